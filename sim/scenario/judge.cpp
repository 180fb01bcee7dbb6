// SPDX-License-Identifier: MIT
// The verdicts. Steps and final states are read from the World as it stands; what needed the stream
// of events comes from the monitor.
#include <algorithm>

#include <fmt/format.h>

#include "scenario/build.hpp"
#include "scenario/expect.hpp"
#include "scenario/fields_table.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

namespace {

class Judge {
public:
    Judge(const Scenario& scenario, const ExpectMonitor& monitor, const ScriptContext& context,
          RunEnd end)
        : data_(scenario.data()),
          monitor_(monitor),
          context_(context),
          end_(end) {}

    std::vector<ExpectationResult> all() {
        for (std::size_t i = 0; i < data_.steps.size(); ++i) judge_step(i);
        if (end_ == RunEnd::quiet) judge_controllers();
        for (std::size_t i = 0; i < data_.expect.size(); ++i) {
            if (monitor_.applies(i)) judge_entry(i);
        }
        return std::move(results_);
    }

private:
    void add(const SourcePlace& place, std::string what, Verdict verdict, std::string message,
             std::uint64_t step) {
        results_.push_back({verdict, std::move(what), std::move(message), step, place.pointer,
                            place.line, place.column});
    }

    void judge_step(std::size_t id) {
        const StepInfo& info = data_.steps[id];
        if (!info.has_expect) return;
        const ScriptContext::StepResult& result = context_.results[id];
        if (!result.done) {
            return add(info.place, info.in_words, Verdict::vacuous, "this step was never reached",
                       0);
        }
        std::string message;
        if (result.wrong) {
            char answer[40];
            describe_answer(result.answer, answer, sizeof(answer));
            message = std::string("it answered ") + answer;
            if (const RegisterValue* asked = result.differs) {
                message = fmt::format("{} was 0x{:x}, not 0x{:x}",
                                      name_of(register_names(), static_cast<int>(asked->name)),
                                      result.there, asked->value);
            }
        }
        add(info.place, info.in_words, result.wrong ? Verdict::violated : Verdict::held, message,
            result.step);
    }

    void judge_controllers() {
        for (std::uint16_t i = 0; i < context_.controller_count; ++i) {
            const ScriptController& controller = context_.controllers[i];
            if (controller.at >= controller.count || data_.controllers[i].may_wait) continue;
            const StepInfo& info = data_.steps[controller.steps[controller.at].id];
            add(info.place, std::string(controller.name) + " comes to its end", Verdict::violated,
                fmt::format("it still is at its step {} of {}: {}", controller.at + 1,
                            controller.count, info.in_words),
                context_.world->step());
        }
    }

    void judge_entry(std::size_t index) {
        const Expectation& e = data_.expect[index];
        const ExpectMonitor::Progress& seen = monitor_.progress(index);
        switch (e.kind) {
            case Expectation::Kind::final:
                for (const FinalState& final : e.finals) judge_final(final);
                break;
            case Expectation::Kind::sometimes:
                add(e.place, e.what, seen.count > 0 ? Verdict::held : Verdict::violated,
                    seen.count > 0 ? "" : "no such event", seen.step);
                break;
            case Expectation::Kind::never:
                add(e.place, e.what, seen.count == 0 ? Verdict::held : Verdict::violated,
                    seen.count == 0 ? "" : fmt::format("it happened {} times", seen.count),
                    seen.step);
                break;
            case Expectation::Kind::order:
                judge_order(e, seen);
                break;
            case Expectation::Kind::count:
                judge_count(e, seen);
                break;
            case Expectation::Kind::output:
                judge_output(e);
                break;
            case Expectation::Kind::end: {
                const bool right = static_cast<RunEnd>(e.end) == end_;
                add(e.place, e.what, right ? Verdict::held : Verdict::violated,
                    right ? "" : std::string("it ended ") + run_end_name(end_),
                    context_.world->step());
                break;
            }
            case Expectation::Kind::contract:
                break;  // judged by who has the contract at hand
        }
    }

    void judge_order(const Expectation& e, const ExpectMonitor::Progress& seen) {
        const bool complete = seen.count == e.patterns.size();
        std::string message;
        if (!complete) {
            message = fmt::format("the first {} of {} came, then no {}", seen.count,
                                  e.patterns.size(), e.patterns[seen.count].in_words);
        }
        add(e.place, e.what, complete ? Verdict::held : Verdict::violated, message, seen.step);
    }

    void judge_count(const Expectation& e, const ExpectMonitor::Progress& seen) {
        const bool right = seen.count >= e.at_least && seen.count <= e.at_most;
        std::string wanted = e.at_least == e.at_most ? fmt::format("exactly {}", e.at_least)
                             : e.at_most == ~std::uint64_t{0}
                                 ? fmt::format("at least {}", e.at_least)
                                 : fmt::format("{} to {}", e.at_least, e.at_most);
        add(e.place, e.what, right ? Verdict::held : Verdict::violated,
            right ? "" : fmt::format("{} and not {}", seen.count, wanted), seen.step);
    }

    void judge_output(const Expectation& e) {
        const std::string& seen = monitor_.output(e.task);
        add(e.place, e.what, seen == e.text ? Verdict::held : Verdict::violated,
            seen == e.text ? "" : fmt::format("\"{}\"", seen), context_.world->step());
    }

    // --- final states -------------------------------------------------------------------------

    void compare(const FinalState& final, const char* name, const FinalState::Number& wanted,
                 std::int64_t seen, const char* format = "{}") {
        if (!wanted.set) return;
        const bool right = seen == wanted.value;
        std::string message;
        if (!right) message = "it is " + fmt::format(fmt::runtime(format), seen);
        add(final.place, final.name + " " + name, right ? Verdict::held : Verdict::violated,
            message, context_.world->step());
    }

    void judge_final(const FinalState& final) {
        if (final.is_engine) return judge_engine(final);
        for (std::uint16_t i = 0; i < context_.task_count; ++i) {
            if (context_.tasks[i].name == final.name) return judge_task(final, i);
        }
    }

    void judge_task(const FinalState& final, std::uint16_t index) {
        const Task* task = slot_task(const_cast<ScriptContext&>(context_), index);
        if (task == nullptr) {
            return add(final.place, final.name + " final", Verdict::violated,
                       "the task never existed", context_.world->step());
        }
        const int code = task->exit_code;
        const bool dead = task->exit_state.peek() != EXIT_ALIVE;
        const std::int64_t signal = dead ? code & 0x7f : -1;
        compare(final, "state", final.state, task->state.peek());
        compare(final, "exit_state", final.exit_state, task->exit_state.peek());
        compare(final, "exit", final.exit, signal == 0 ? (code >> 8) & 0xff : -1);
        compare(final, "killed_by", final.killed_by, signal > 0 ? signal : 0);
        compare(final, "ip", final.ip, static_cast<std::int64_t>(task->regs.rip), "{:#x}");
        compare(final, "pending", final.pending, static_cast<std::int64_t>(task->pending.signal),
                "{:#x}");
        if (!final.has_output) return;
        const std::string& seen = monitor_.output(final.name);
        const bool right = seen == final.output;
        add(final.place, final.name + " output", right ? Verdict::held : Verdict::violated,
            right ? "" : fmt::format("\"{}\"", seen), context_.world->step());
    }

    void judge_engine(const FinalState& final) {
        std::size_t index = 0;
        while (index < data_.engines.size() && data_.engines[index].name != final.name) ++index;
        if (index == data_.engines.size()) return;
        const EngineSlot& slot = context_.engines[index];
        compare(final, "attached", final.attached, is_attached(slot) ? 1 : 0);
        compare(final, "calls", final.calls, slot.calls);
        const EngineObjects objects = engine_objects(context_, data_, index);
        if (objects.stepper != nullptr) {
            compare(final, "steps", final.steps, objects.stepper->steps);
            compare(final, "interrupted", final.interrupted, objects.stepper->interrupted);
            if (final.has_positions) judge_positions(final, *objects.stepper);
        }
        if (objects.guard != nullptr) {
            compare(final, "allowed", final.allowed, objects.guard->allowed);
            compare(final, "aborted", final.aborted, objects.guard->aborted);
        }
    }

    static bool is_attached(const EngineSlot& slot) {
        return slot.engine != nullptr && !slot.engine->kref.freed() &&
               slot.engine->ops.peek() != nullptr &&
               slot.engine->ops.peek() != utrace_detached_ops();
    }

    void judge_positions(const FinalState& final, const StepperState& seen) {
        const std::size_t count = std::min<std::size_t>(seen.steps, StepperState::positions_kept);
        const bool right =
            count >= final.positions.size() &&
            std::equal(final.positions.begin(), final.positions.end(), seen.position);
        std::string message;
        if (!right) {
            message = "they are";
            for (std::size_t i = 0; i < std::min<std::size_t>(count, 16); ++i) {
                message += fmt::format(" {:#x}", seen.position[i]);
            }
        }
        add(final.place, final.name + " positions", right ? Verdict::held : Verdict::violated,
            message, context_.world->step());
    }

    const ScenarioData& data_;
    const ExpectMonitor& monitor_;
    const ScriptContext& context_;
    RunEnd end_;
    std::vector<ExpectationResult> results_;
};

}  // namespace

std::vector<ExpectationResult> judge(const Scenario& scenario, const ExpectMonitor& monitor,
                                     const ScriptContext& context, RunEnd end) {
    return Judge(scenario, monitor, context, end).all();
}

std::vector<ExpectedBreach> expected_breaches(const ScenarioData& scenario,
                                              const Semantics& semantics) {
    std::vector<ExpectedBreach> breaches;
    for (const Expectation& e : scenario.expect) {
        if (!applies_under(scenario, e, semantics)) continue;
        for (const std::string& clause : e.clauses) breaches.push_back({clause, e.place});
    }
    return breaches;
}

bool is_expected_end(const ScenarioData& scenario, const ExpectMonitor& monitor, RunEnd end) {
    for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
        const Expectation& e = scenario.expect[i];
        if (!monitor.applies(i) || e.kind != Expectation::Kind::end) continue;
        return static_cast<RunEnd>(e.end) == end;
    }
    return end == RunEnd::quiet;
}

}  // namespace utsim
