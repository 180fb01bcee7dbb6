// SPDX-License-Identifier: MIT
/// What monitors keep themselves, as an Identity (identity.hpp) tells it: numbers as they are; of a
/// step or a count that there is one, and how it stands to what its clause compares it with.
#pragma once

#include <cstdint>

#include "contract/dispatch.hpp"
#include "contract/history.hpp"
#include "contract/ledger.hpp"
#include "contract/monitor_memory.hpp"

namespace utsim {

template <typename V>
class KeptNumbers {
public:
    KeptNumbers(V& visitor, const History& history, const Ledger& other,
                const MonitorMemory& numbers, const Dispatch& dispatch)
        : v(visitor),
          past(history),
          ledger(other),
          memory(numbers),
          dispatch_(dispatch) {}

    void tell() {
        for (std::size_t i = 0; i < static_cast<std::size_t>(Keeping::count_); ++i) {
            const auto what = static_cast<Keeping>(i);
            memory.each(what, [&](std::size_t slot, std::uint32_t id, const std::uint64_t& value) {
                v.number(what, slot, id);
                if (what <= Keeping::of_all) return v.kept_value("number.value", value);
                kept(what, dispatch_.clause(slot).compares, slot, id, value);
            });
        }
    }

private:
    /// Moments and counts lie there as one more than they are, so that 0 is none.
    void kept(Keeping what, Compares with, std::size_t slot, std::uint32_t id,
              const std::uint64_t& value) {
        const TaskId task{what == Keeping::moment_of_engine || what == Keeping::count_of_engine
                              ? past.engine(EngineId{id}).task
                              : id};
        const TaskView& t = past.task(task);
        // Who compares it with nothing asks only whether it is there.
        const bool is_step = what < Keeping::count_of_engine && with != Compares::nothing;
        v.kept_moment("number.moment", value, is_step);
        switch (with) {
            case Compares::nothing:
                return;
            case Compares::acts:
                return v.kept_order("number.acts", value, t.last_act);
            case Compares::pass_step:
                return v.kept_order("number.pass", value, t.pass_step);
            case Compares::handler:
                return v.kept_order("number.handler", value, t.handler);
            case Compares::call_step:
                return v.kept_order("number.call", value, t.call_step);
            case Compares::passes:
                return v.kept_order("number.pass", value, t.pass);
            case Compares::system_calls:
                return v.kept_order("number.system call", value, ledger.task(task).system_calls);
            case Compares::callbacks:
                return v.kept_order("number.callbacks", value, past.engine(EngineId{id}).callbacks);
            case Compares::calls:
                return past.each_call(task, [&](const CallView& call) {
                    v.kept_order("number.call", value, call.step);
                });
            case Compares::what_was_heard:
                return past.each_engine(task, [&](EngineId, const EngineView& e) {
                    v.kept_order("number.mask", value, e.masked);
                    const bool since = e.last_callback != never && e.last_callback >= value - 1;
                    v.kept_some("number.callback", since ? 1 : 0, 1);
                });
            case Compares::of_all:
                if (what != Keeping::moment_of_task) return;
                return v.kept_orders("number.all", value,
                                     memory.at(Keeping::moment_of_all, slot, 0));
        }
    }

    V& v;
    const History& past;
    const Ledger& ledger;
    const MonitorMemory& memory;
    const Dispatch& dispatch_;
};

template <typename V>
void tell_numbers(V& v, const History& past, const Ledger& ledger, const MonitorMemory& memory,
                  const Dispatch& dispatch) {
    KeptNumbers<V>(v, past, ledger, memory, dispatch).tell();
}

}  // namespace utsim
