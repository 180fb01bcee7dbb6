// SPDX-License-Identifier: MIT
// Changing an engine's mask: what is refused, and what an engine may still hear of bits that it
// took away.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t quiesce_event = UTRACE_EVENT(EVENT_QUIESCE);
constexpr std::uint64_t death_event = UTRACE_EVENT(EVENT_DEATH);
constexpr std::uint64_t reap_event = UTRACE_EVENT(EVENT_REAP);
constexpr std::uint64_t death_events = quiesce_event | death_event;

/// At an `api` event of utrace_set_events.
struct Change {
    explicit Change(const Judge& j)
        : api(j.api()),
          is_one(api.call == ApiCall::set_events && api.engine.valid() &&
                 j.call_ledger().mask_known),
          taken(j.call().mask & ~api.flags),
          added(api.flags & ~ENGINE_STOP & ~j.call().mask) {}

    ApiReading api;
    bool is_one;
    std::uint64_t taken;  ///< bits that were set before and are not in the new mask
    std::uint64_t added;  ///< bits that are new
};

void refuse_clearing_death(Judge& j) {
    const Change change(j);
    if (!change.is_one) return;
    const ApiReading& api = change.api;
    if (api.result == -K_EALREADY) {
        return j.expect(api.exit_state != 0, j.call().step, [&] {
            return "a mask for " + j.name(api.engine) + " is refused with -EALREADY and " +
                   j.name(api.task) + " is not dying";
        });
    }
    if ((change.taken & death_event) == 0 || !death_report_spans(j, api.task)) return;
    j.expect(!is_accepted(api.result), j.task(api.task).dead, [&] {
        return "DEATH is taken out of the mask of " + j.name(api.engine) +
               " while the death is being reported";
    });
}

void refuse_late_death_bits(Judge& j) {
    const Change change(j);
    if (!change.is_one || !undisturbed(j) || j.call().exit_state == 0) return;
    if ((change.added & death_events) == 0) return;
    const bool refused = change.api.result == -K_EALREADY || change.api.result == -K_ESRCH;
    j.expect(refused, j.task(change.api.task).dead, [&] {
        return "DEATH or QUIESCE is promised to " + j.name(change.api.engine) + " and " +
               j.name(change.api.task) + " is dead already";
    });
}

void refuse_detached(Judge& j) {
    const Change change(j);
    if (!change.is_one) return;
    const ApiReading& api = change.api;
    const bool by_call = j.call().left != never && !j.engine(api.engine).left_by_answer;
    if (j.call().detached != never || by_call) {
        return j.expect(api.result == -K_ESRCH, j.engine(api.engine).left, [&] {
            return "the mask of " + j.name(api.engine) +
                   ", which is detached, is not refused with -ESRCH";
        });
    }
    const std::uint64_t reaping = j.ledger(api.engine).reaping;
    if ((change.taken & reap_event) == 0 || reaping == never || reaping >= j.call().step) return;
    // Until early 2010 the answer was -EALREADY, and documented so.
    j.expect(api.result == -K_ESRCH || api.result == -K_EALREADY, reaping, [&] {
        return "REAP is taken out of the mask of " + j.name(api.engine) + " while it is reported";
    });
}

/// Kept: the step in which a mask with QUIESCE was set while the task was stopped.
void mask_of_a_stopped_task(Judge& j) {
    switch (j.kind()) {
        case EventKind::api: {
            const Change change(j);
            if (change.api.call != ApiCall::set_events || !change.api.engine.valid()) return;
            if (!is_accepted(change.api.result)) return;
            // What was set before does not say any more what is wanted.
            j.moment(change.api.engine) = never;
            if (!change.is_one || change.api.result != 0 || !began_traced(j)) return;
            const bool still = (change.api.state & TaskView::task_traced) != 0;
            if (!still || !undisturbed(j) || j.call().exit_state != 0) return;
            j.exercised();
            const bool quiesce = (change.api.flags & quiesce_event) != 0;
            j.moment(change.api.engine) = quiesce ? j.event().step : never;
            return;
        }
        case EventKind::callback: {
            const CallbackReading callback = j.callback();
            if (j.moment(callback.engine) == never) return;
            const std::uint64_t since = j.moment(callback.engine);
            j.moment(callback.engine) = never;
            const EngineView& engine = j.engine(callback.engine);
            if (engine.leaving != never || engine.setting != 0) return;
            if (asked_for(engine, 0, callback)) return;
            return j.broken(since, j.name(callback.engine) +
                                       " gets a callback that it switched off during the stop");
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    if (excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t since = j.moment(id);
        if (since == never || !engine.stays()) return;
        j.moment(id) = never;
        j.broken(since, j.name(task) + " goes on without a report_quiesce to " + j.name(id) +
                            ", whose mask with QUIESCE was set while it was stopped");
    });
}

/// Kept: the bits that were taken away with the answer 0.
void nothing_of_cleared_bits(Judge& j, bool (*counts)(const Judge&, const Change&)) {
    if (j.kind() == EventKind::api) {
        const Change change(j);
        if (!change.is_one || !is_accepted(change.api.result)) return;
        j.of(change.api.engine) &= ~change.api.flags;
        if (change.api.result != 0 || change.taken == 0 || !counts(j, change)) return;
        j.of(change.api.engine) |= change.taken;
        return j.exercised();
    }
    const CallbackReading callback = j.callback();
    if (callback.kind == CallbackKind::reap && !j.task(callback.task).alive()) return;
    const EngineView& engine = j.engine(callback.engine);
    const bool cleared = (j.of(callback.engine) & (callback.event | quiesce_event)) != 0;
    if (!cleared || engine.leaving != never || engine.setting != 0) return;
    if (asked_for(engine, engine.mask_late, callback)) return;
    j.broken(engine.masked,
             j.name(callback.engine) + " gets a callback of a kind that it has switched off");
}

/// Kept: the bits that were taken away with the answer -EINPROGRESS.
void repeat_tells_the_end(Judge& j) {
    const Change change(j);
    if (!change.is_one) return;
    Number waiting = j.of(change.api.engine);
    if (change.api.result == -K_EINPROGRESS) {
        waiting |= change.taken;
        return;
    }
    if (change.api.result != 0 || waiting == 0) return;
    const EngineView& engine = j.engine(change.api.engine);
    const bool still_runs =
        spans_callback(j) && (waiting & bits_of_callback(engine)) != 0 && !by_target(j);
    const std::uint64_t since = engine.in_callback;
    waiting = 0;
    j.expect(!still_runs, since, [&] {
        return "set_events for " + j.name(change.api.engine) +
               " said -EINPROGRESS and now 0, while the same callback still runs";
    });
}

/// C-187. Kept for each task: the step of the first mask with the stop bit in it, and 1 once an
/// engine has had the bit: then the task can stop for what is left of that (C-257).
void stop_bit_means_nothing(Judge& j) {
    switch (j.kind()) {
        case EventKind::engine_stop: {
            j.of(j.task_in(0)) = 1;
            const CallView* call = j.past().call(j.event().actor);
            const bool by_mask = call != nullptr && call->call == ApiCall::set_events;
            if (j.value(2) == 0 || !by_mask) return;
            return j.broken(call->step, "the stop bit in the mask of " + j.name(j.engine_in(1)) +
                                            " holds " + j.name(j.task_in(0)));
        }
        case EventKind::api: {
            const Change change(j);
            if (!change.is_one || (change.api.flags & ENGINE_STOP) == 0) return;
            if (!is_accepted(change.api.result)) return;
            j.exercised();
            Moment since = j.moment(change.api.task);
            if (since == never) since = j.event().step;
            return;
        }
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    const bool stops =
        (j.value(1) & TaskView::task_traced) != 0 && j.past().is_current(j.event().actor, task);
    if (!stops || stops_for_ptrace(j) || j.moment(task) == never || j.of(task) != 0) return;
    j.broken(j.moment(task),
             j.name(task) + " is stopped by the stop bit in a mask, and by nobody else");
}

constexpr Clause clauses[] = {
    {"C-174",
     Bound::utrace,
     "utrace_set_events replaces the mask of its engine by the new one.",
     (returns(ApiCall::set_events) & accepted) | on(EventKind::callback),
     [](Judge& j) {
         if (j.kind() == EventKind::api) {
             const Change change(j);
             if (change.is_one && is_accepted(change.api.result)) j.exercised();
             return;
         }
         const CallbackReading callback = j.callback();
         const EngineView& engine = j.engine(callback.engine);
         if (engine.masked == never || engine.leaving != never) return;
         if (asked_for(engine, engine.mask_late, callback)) return;
         j.broken(engine.masked, j.name(callback.engine) +
                                     " gets a callback that is not in the mask it was given");
     },
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-175",
     Bound::utrace,
     "-EALREADY, and no change: DEATH cannot be taken away once report_death may have begun.",
     returns(ApiCall::set_events),
     refuse_clearing_death,
     nullptr,
     {},
     "contract/detach-during-death"},

    {"C-176",
     Bound::utrace,
     "-EALREADY, and no change: DEATH and QUIESCE cannot be asked for when the thread is dead.",
     returns(ApiCall::set_events),
     refuse_late_death_bits,
     nullptr,
     {},
     "contract/death-refusals"},

    {"C-177",
     Bound::utrace,
     "-ESRCH: the engine is detached, or REAP is to be taken away and report_reap may have begun.",
     returns(ApiCall::set_events),
     refuse_detached,
     nullptr,
     {},
     "contract/detach-while-stopped"},

    {"C-178",
     Bound::utrace,
     "A mask set while the thread is stopped is what counts from then on, and if QUIESCE is in it "
     "a report_quiesce follows when the thread goes on.",
     returns(ApiCall::set_events) | armed(on(EventKind::callback, EventKind::instruction)),
     mask_of_a_stopped_task,
     nullptr,
     {},
     "contract/events-while-stopped"},

    {"C-179",
     Bound::utrace,
     "When bits are taken away while the thread may be inside a callback of the engine, the answer "
     "is -EINPROGRESS.",
     returns(ApiCall::set_events),
     [](Judge& j) {
         const Change change(j);
         if (!change.is_one || change.taken == 0 || !spans_callback(j) || by_target(j)) return;
         if (change.api.exit_state != 0 || j.task(change.api.task).traced()) return;
         const EngineView& engine = j.engine(change.api.engine);
         if (engine.kind == CallbackKind::reap) return;
         j.expect(change.api.result != 0, engine.in_callback, [&] {
             return "bits of " + j.name(change.api.engine) +
                    " are taken away with the answer 0 while a callback of it runs";
         });
     },
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-180",
     Bound::utrace,
     "After the answer 0 no callback for the bits taken away is made.",
     (returns(ApiCall::set_events) & accepted) | armed(on(EventKind::callback)),
     [](Judge& j) {
         nothing_of_cleared_bits(j, [](const Judge& judge, const Change&) {
             return (judge.call().state & TaskView::task_traced) == 0;
         });
     },
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-181",
     Bound::utrace,
     "A call that only adds bits is never answered with -EINPROGRESS.",
     returns(ApiCall::set_events),
     [](Judge& j) {
         const Change change(j);
         if (!change.is_one || change.taken != 0 || !undisturbed(j)) return;
         j.expect(change.api.result != -K_EINPROGRESS, j.call().step, [&] {
             return "bits are only added to " + j.name(change.api.engine) +
                    " and the answer is -EINPROGRESS";
         });
     },
     nullptr,
     {},
     "contract/events-in-progress"},

    {"C-182",
     Bound::utrace,
     "A thread that changes a mask about itself never gets -EINPROGRESS.",
     returns(ApiCall::set_events),
     [](Judge& j) {
         const Change change(j);
         if (!change.is_one || !by_target(j)) return;
         j.expect(change.api.result != -K_EINPROGRESS, j.call().step, [&] {
             return j.name(change.api.task) + " has nobody to wait for and is told -EINPROGRESS";
         });
     },
     nullptr,
     {},
     "contract/calls-on-oneself"},

    comparing(Compares::passes,
              {"C-183",
               Bound::utrace,
               "A new engine hears nothing of the event in progress, whatever its mask.",
               on(EventKind::engine_attached) | armed(with_event),
               [](Judge& j) {
                   // Kept: the pass in which it came.
                   if (j.kind() == EventKind::engine_attached) {
                       const TaskId task = j.task_in(0);
                       const bool during = j.task(task).calling != EngineId::none_value &&
                                           j.past().is_current(j.event().actor, task);
                       if (!during) return;
                       j.count(j.engine_in(1)) = j.task(task).pass;
                       return j.exercised();
                   }
                   const CallbackReading callback = j.callback();
                   // Passes over these events can follow each other without anything in between.
                   const std::uint64_t unclear = UTRACE_EVENT_SIGNAL_ALL | UTRACE_EVENT(EVENT_JCTL);
                   if (callback.event == 0 || (callback.event & unclear) != 0) return;
                   const bool same = j.count(callback.engine) == j.task(callback.task).pass;
                   if (!same || j.past().begins_pass(callback)) return;
                   j.broken(j.engine(callback.engine).attached,
                            j.name(callback.engine) +
                                " hears of the event during which it was attached");
               },
               nullptr,
               {},
               "contract/attach-in-callback"}),

    {"C-184",
     Bound::utrace,
     "After -EINPROGRESS the same call can be repeated: 0 says that the old callbacks are over.",
     returns(ApiCall::set_events),
     repeat_tells_the_end,
     nullptr,
     {},
     "contract/repeated-set-events"},

    {"C-185",
     Bound::utrace,
     "All this holds for a thread that got SIGKILL, too.",
     (returns(ApiCall::set_events) & accepted) | armed(on(EventKind::callback)),
     [](Judge& j) {
         nothing_of_cleared_bits(j, [](const Judge& judge, const Change& change) {
             return judge.task(change.api.task).killed != never;
         });
     },
     nullptr,
     {},
     "contract/mask-of-a-killed-task"},

    undecided("C-186", Bound::utrace,
              "From the answers an engine always knows which callbacks it will and will not get.",
              "It sums up the clauses around it and promises nothing of its own."),

    {"C-187",
     Bound::utrace,
     "The internal stop bit in a mask means nothing, so an engine's flags can be passed back.",
     on(EventKind::engine_stop) | (returns(ApiCall::set_events) & accepted) |
         armed(becomes(Standing::traced)),
     stop_bit_means_nothing,
     nullptr,
     {},
     "contract/stop-bit-in-events"},

    {"C-188",
     Bound::utrace,
     "A DEATH or QUIESCE bit that was accepted before the thread died makes sure that its death is "
     "reported.",
     {},
     nullptr,
     [](Judge& j) {
         if (!ended(j)) return;
         every_engine(j, [&](EngineId id, const EngineView& engine) {
             const EngineLedger& ledger = j.ledger(id);
             const TaskId task{engine.task};
             if ((ledger.mask_at_death & engine.mask & death_events) == 0) return;
             if (engine.leaving != never || j.ledger(task).deaths_open != 0) return;
             j.expect(ledger.death != never, engine.masked, [&] {
                 return "the death of " + j.name(task) + " is not reported to " + j.name(id) +
                        ", whose mask was accepted before";
             });
         });
     },
     {},
     "tutorial/death"},
};

}  // namespace

std::span<const Clause> set_events_clauses() { return clauses; }

}  // namespace utsim
