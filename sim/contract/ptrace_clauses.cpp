// SPDX-License-Identifier: MIT
// What tracers rely on: the promises of ptrace(2) and wait(2), seen from outside, by the system
// calls of the tracer, by what the tracee does, and by what the kernel says of stops and parents.
// Where only calls are looked at, a task is known to be a tracee once it has asked for that, or a
// request of ptrace has named it; whatever its engines are, the kernel is to blame.
#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/signal_types.hpp"

namespace utsim {

namespace {

constexpr std::int64_t nr_wait4 = 61;
constexpr std::int64_t nr_ptrace = 101;
constexpr std::int64_t request_traceme = 0;
constexpr std::int64_t request_detach = 17;

/// Kept of each task that was born: its pid, whether it is a tracee, and above that some bits of
/// the clause's own.
constexpr std::uint64_t pid_bits = 0xffffffff;
constexpr std::uint64_t tracee_bit = pid_bits + 1;
constexpr int own_shift = 33;

std::uint64_t own_bits(const Number& kept) { return std::uint64_t{kept} >> own_shift; }
void set_own_bits(Number kept, std::uint64_t bits) {
    kept = (std::uint64_t{kept} & (pid_bits | tracee_bit)) | bits << own_shift;
}

/// The living task that was born with this pid, as far as that was seen.
TaskId task_of_pid(Judge& j, std::int64_t pid) {
    TaskId found;
    if (pid <= 0) return found;
    each_task(j, [&](TaskId id, const TaskView& view) {
        const bool is = (std::uint64_t{j.of(id)} & pid_bits) == static_cast<std::uint64_t>(pid);
        if (is && view.released == never) found = id;
    });
    return found;
}

bool is_tracee(Judge& j, TaskId task) { return (std::uint64_t{j.of(task)} & tracee_bit) != 0; }

/// At a birth or the beginning of a call: who has which pid, and who is a tracee. True when that is
/// all that the event says.
bool learns(Judge& j) {
    if (j.kind() == EventKind::new_task) {
        j.of(j.task_in(0)) = static_cast<std::uint64_t>(j.value(2)) & pid_bits;
        return true;
    }
    if (j.kind() != EventKind::syscall_enter || j.value(1) != nr_ptrace) return false;
    const bool asks = j.value(2) == request_traceme;
    const TaskId task = asks ? j.task_in(0) : task_of_pid(j, j.value(3));
    if (task.valid()) j.of(task) |= tracee_bit;
    return false;
}
/// For `hears` of monitors that use it.
constexpr TopicSet teaches = on(EventKind::new_task, EventKind::syscall_enter);

/// P-1. Own bits: the lowest says of a task that waits that its wait may tell of something else
/// than a stop; above it stands who was told of the stop that the task is in, the leader of its
/// group, and 1 more. (A stop for job control is told to the real parent as well.)
constexpr std::uint64_t waits_for_more = 1;
constexpr int told_shift = 1;

void p1_begins(Judge& j) {
    constexpr std::int64_t wait_continued = 8;
    if (j.value(1) != nr_wait4) return;
    Number kept = j.of(j.task_in(0));
    const std::uint64_t rest = own_bits(kept) & ~waits_for_more;
    set_own_bits(kept, rest | ((j.value(4) & wait_continued) != 0 ? waits_for_more : 0));
}

void p1_told_once(Judge& j) {
    if (learns(j)) return;
    if (j.kind() == EventKind::syscall_enter) return p1_begins(j);
    Number own = j.of(j.task_in(0));
    if (j.kind() == EventKind::task_state) return set_own_bits(own, own_bits(own) & waits_for_more);
    if (j.value(1) != nr_wait4 || (own_bits(own) & waits_for_more) != 0) return;
    const TaskId task = task_of_pid(j, j.value(2));
    if (!task.valid() || !j.task(task).alive() || !j.task(task).traced()) return;
    const std::uint64_t told = group_of(j, j.task_in(0)).value + std::uint64_t{1};
    Number kept = j.of(task);
    const bool again = own_bits(kept) >> told_shift == told;
    set_own_bits(kept, (own_bits(kept) & waits_for_more) | told << told_shift);
    j.expect(!again, j.task(task).state_since,
             [&] { return "wait4 tells of one stop of " + j.name(task) + " twice"; });
}

void p2_stays(Judge& j) {
    if (learns(j)) return;
    const TaskId task = j.task_in(0);
    if (!is_tracee(j, task)) return;
    if (j.kind() == EventKind::task_state) {
        if (j.task(task).traced()) j.exercised();
        return;
    }
    if (!j.task(task).traced()) return;
    j.broken(j.task(task).state_since, j.name(task) + " goes on though nobody has let it go");
}

/// P-3. Kept of a tracee: the tracer's number and 1 more, what that has yet to be sent SIGCHLD for,
/// whether the tracer is no parent of it anyway, and while something is owed the number of the
/// tracee's actor, which sends the signal. The moment: since when.
constexpr std::uint64_t tracer_bits = 0xffffffff;
constexpr std::uint64_t owes_stop = tracer_bits + 1;
constexpr std::uint64_t owes_end = owes_stop << 1;
constexpr std::uint64_t is_stranger = owes_stop << 2;
constexpr int sender_shift = 35;
constexpr std::uint64_t sender_bits = ~std::uint64_t{0} << sender_shift;

std::uint64_t of_tracee(Judge& j, TaskId task) { return std::uint64_t{j.of(task)}; }

TaskId tracer_of(Judge& j, TaskId task) {
    return TaskId{static_cast<std::uint32_t>(of_tracee(j, task) & tracer_bits) - 1};
}

std::uint64_t sender(const Judge& j) {
    return std::uint64_t{j.event().actor.value} << sender_shift;
}

void owe(Judge& j, TaskId task, std::uint64_t what) {
    j.of(task) = (of_tracee(j, task) & ~sender_bits) | what | sender(j);
    j.moment(task) = j.event().step;
}

/// The task has gone past the place where it sends the signal. A tracer that dies hears nothing
/// any more.
void p3_is_late(Judge& j, TaskId task, std::uint64_t what) {
    if ((of_tracee(j, task) & what) == 0) return;
    const TaskView& tracer = j.task(tracer_of(j, task));
    j.of(task) &= ~(what | sender_bits);
    if (tracer.killed != never || tracer.exiting != never || !tracer.alive()) return;
    j.expect(false, j.moment(task), [&] {
        return j.name(tracer_of(j, task)) + " is not told by SIGCHLD that " + j.name(task) +
               (what == owes_stop ? " has stopped" : " has ended");
    });
}

/// The actor of `task` has sent a signal to its tracer.
void p3_pays(Judge& j, TaskId task) {
    const std::uint64_t kept = of_tracee(j, task);
    // Of its own child a tracer hears by the signal that clone was told.
    const bool any = (kept & is_stranger) == 0;
    const bool is = j.value(1) == K_SIGCHLD;
    std::uint64_t paid = is ? owes_stop : 0;
    if (is || any) paid |= owes_end;
    if ((kept & paid) == 0) return;
    j.exercised();
    const std::uint64_t left = kept & ~paid;
    j.of(task) = (left & (owes_stop | owes_end)) != 0 ? left : left & ~sender_bits;
}

void p3_sent(Judge& j) {
    each_task(j, [&](TaskId id, const TaskView&) {
        const std::uint64_t kept = of_tracee(j, id);
        if ((kept & (owes_stop | owes_end)) == 0 || (kept & sender_bits) != sender(j)) return;
        if (group_of(j, j.task_in(0)) == group_of(j, tracer_of(j, id))) p3_pays(j, id);
    });
}

/// Between the stop and the signal the tracer may have said that it does not want to hear.
void p3_action_changes(Judge& j) {
    constexpr std::int64_t nr_rt_sigaction = 13;
    if (j.value(1) != nr_rt_sigaction) return;
    const TaskId group = group_of(j, j.task_in(0));
    each_task(j, [&](TaskId id, const TaskView&) {
        if ((of_tracee(j, id) & owes_stop) == 0) return;
        if (group_of(j, tracer_of(j, id)) == group) j.of(id) &= ~(owes_stop | sender_bits);
    });
}

void p3_tracer_hears(Judge& j) {
    const TaskId task = j.task_in(0);
    switch (j.kind()) {
        case EventKind::new_parent: {
            const bool stranger = group_of(j, j.task_in(1)) != group_of(j, j.task_in(2));
            const std::uint64_t tracer = j.task_in(1).value + std::uint64_t{1};
            j.of(task) = j.value(3) != 0 ? tracer | (stranger ? is_stranger : 0) : 0;
            j.moment(task) = never;
            return;
        }
        case EventKind::ptrace_stop:
            p3_is_late(j, task, owes_stop);
            if (j.value(6) != 0 && std::uint64_t{j.of(task)} != 0) owe(j, task, owes_stop);
            return;
        case EventKind::exit:
            p3_is_late(j, task, owes_stop);
            if (std::uint64_t{j.of(task)} != 0) owe(j, task, owes_end);
            return;
        case EventKind::signal_generated:
            return p3_sent(j);
        case EventKind::notify_parent:
            // Its child, of which nobody wanted a signal.
            if (j.value(1) == 0 && (of_tracee(j, task) & is_stranger) == 0) {
                j.of(task) &= ~(owes_end | sender_bits);
            }
            return;
        case EventKind::syscall_ran:
            return p3_action_changes(j);
        case EventKind::task_state:
            if (j.value(2) != 0) p3_is_late(j, task, owes_end);
            return;
        default:
            return p3_is_late(j, task, owes_stop);
    }
}

void p3_at_end(Judge& j) {
    if (!ended(j)) return;
    each_task(j, [&](TaskId id, const TaskView&) { p3_is_late(j, id, owes_stop); });
}

/// P-4. Kept of each task whose parent is known: who may wait for it, and 1 more; whether it is a
/// thread, for which only a tracer may; whether that is a tracer.
constexpr std::uint64_t is_thread = pid_bits + 1;
constexpr std::uint64_t is_traced = is_thread << 1;

void p4_born(Judge& j) {
    constexpr std::int64_t clone_parent = 0x8000;
    constexpr std::int64_t clone_thread = 0x10000;
    const TaskId task = j.task_in(0);
    const bool same = (j.value(3) & (clone_parent | clone_thread)) != 0;
    std::uint64_t parent = std::uint64_t{j.of(j.task_in(1))} & pid_bits;
    if (!same) parent = j.task_in(1).value + std::uint64_t{1};
    // Who traces it from birth on has been told already.
    if (std::uint64_t{j.of(task)} == 0) j.of(task) = parent;
    if ((j.value(3) & clone_thread) != 0) j.of(task) |= is_thread;
}

void p4_follows(Judge& j) {
    const TaskId task = j.task_in(0);
    switch (j.kind()) {
        case EventKind::new_task:
            return p4_born(j);
        case EventKind::new_parent:
            j.of(task) = (std::uint64_t{j.of(task)} & is_thread) |
                         (j.task_in(1).value + std::uint64_t{1}) |
                         (j.value(3) != 0 ? is_traced : 0);
            return;
        case EventKind::exec:
            j.of(task) &= ~is_thread;  // whoever executes a program leads its group from then on
            return;
        default:
            j.of(task) = 0;
            return;
    }
}

void p4_somebody_waits(Judge& j) {
    if (!ended(j)) return;
    each_task(j, [&](TaskId id, const TaskView& view) {
        const std::uint64_t kept{j.of(id)};
        const bool thread = (kept & is_thread) != 0 && (kept & is_traced) == 0;
        const bool known = thread || (kept & pid_bits) != 0;
        if (!known || view.alive() || view.released != never) return;
        const TaskId parent{static_cast<std::uint32_t>(kept & pid_bits) - 1};
        j.expect(!thread && j.task(parent).alive(), view.dead, [&] {
            return thread ? j.name(id) + " is a thread, and stays a zombie"
                          : j.name(id) + " stays a zombie, and " + j.name(parent) +
                                ", who may wait for it, is dead";
        });
    });
}

void p5_hears(Judge& j) { (void)learns(j); }

void p5_killed(Judge& j) {
    if (!ended(j)) return;
    each_task(j, [&](TaskId id, const TaskView& view) {
        if (view.killed == never || !is_tracee(j, id)) return;
        j.expect(view.exiting != never || !view.alive(), view.killed,
                 [&] { return j.name(id) + " got SIGKILL and never ends"; });
    });
}

/// P-6. Own bits: the signal that the task has told of, and above it the one that a DETACH has
/// handed back to it.
constexpr std::uint64_t told_bits = 0xff;
constexpr int back_shift = 8;

void p6_detach_asks(Judge& j) {
    const bool detaches = j.value(1) == nr_ptrace && j.value(2) == request_detach;
    const TaskId task = detaches ? task_of_pid(j, j.value(3)) : TaskId{};
    if (!task.valid()) return;
    const std::uint64_t told = own_bits(j.of(task)) & told_bits;
    const auto back = static_cast<std::uint64_t>(j.value(5));
    if (told == 0 || back != told || !j.task(task).traced()) return;
    set_own_bits(j.of(task), told | back << back_shift);
    j.moment(task) = j.event().step;
}

void p6_delivers(Judge& j) {
    const TaskId task = j.task_in(0);
    switch (j.kind()) {
        case EventKind::new_task:
            j.of(task) = static_cast<std::uint64_t>(j.value(2)) & pid_bits;
            return;
        case EventKind::callback:
            if (j.callback().kind != CallbackKind::signal) return;
            set_own_bits(j.of(task), static_cast<std::uint64_t>(j.value(5)) & told_bits);
            return;
        case EventKind::syscall_enter:
            return p6_detach_asks(j);
        default:
            break;
    }
    const std::uint64_t back = own_bits(j.of(task)) >> back_shift;
    set_own_bits(j.of(task), 0);
    if (back == 0 || j.kind() == EventKind::exit) return;
    const bool taken = j.kind() == EventKind::signal_taken &&
                       (j.value(1) == static_cast<std::int64_t>(back) || j.value(1) == K_SIGKILL);
    j.expect(taken, j.moment(task), [&] {
        return j.name(task) + " does not take the signal that PTRACE_DETACH has handed back";
    });
}

void p7_last(Judge& j) {
    constexpr std::int64_t event_exit = 6;
    if (j.kind() == EventKind::ptrace_stop) {
        if (j.value(4) == event_exit) j.moment(j.task_in(0)) = j.event().step;
        return;
    }
    const TaskId task = j.task_in(0);
    const std::uint64_t reported = j.moment(task);
    if (reported == never) return;
    j.moment(task) = never;
    j.expect(j.kind() == EventKind::exit, reported,
             [&] { return j.name(task) + " has reported its end and does something else"; });
}

constexpr Clause clauses[] = {
    {"P-1", Bound::utrace, "wait tells who waits of a stop of a tracee once.",
     teaches | on(EventKind::syscall_ran) | armed(on(EventKind::task_state)), p1_told_once},

    {"P-2", Bound::utrace,
     "A tracee that is stopped executes nothing and makes no call until it was let go.",
     teaches | while_traced(on(EventKind::task_state, EventKind::instruction, EventKind::handler)),
     p2_stays},

    {"P-3", Bound::utrace,
     "Each stop and each end of a tracee sends its tracer SIGCHLD, unless that asked not to hear.",
     on(EventKind::new_parent) |
         armed(becomes() | on(EventKind::ptrace_stop, EventKind::exit, EventKind::signal_generated,
                              EventKind::notify_parent, EventKind::syscall_enter,
                              EventKind::syscall_ran, EventKind::user, EventKind::handler)),
     p3_tracer_hears, p3_at_end},

    {"P-4", Bound::utrace, "No zombie stays that nobody can wait for.",
     on(EventKind::new_task, EventKind::new_parent) |
         armed(on(EventKind::exec, EventKind::released)),
     p4_follows, p4_somebody_waits},

    {"P-5", Bound::utrace, "A task that got SIGKILL ends, whatever stop it is in.", teaches,
     p5_hears, p5_killed},

    {"P-6", Bound::utrace,
     "PTRACE_DETACH in a stop that told of a signal delivers the signal if it hands it back.",
     teaches | told(CallbackKind::signal) |
         armed(on(EventKind::signal_taken, EventKind::user, EventKind::exit)),
     p6_delivers},

    {"P-7", Bound::utrace,
     "Behind the stop of PTRACE_EVENT_EXIT comes nothing but the end of the task.",
     on(EventKind::ptrace_stop) |
         armed(on(EventKind::signal_taken, EventKind::handler, EventKind::user, EventKind::exit)),
     p7_last},
};

}  // namespace

std::span<const Clause> ptrace_clauses() { return clauses; }

}  // namespace utsim
