// SPDX-License-Identifier: MIT
// One row for each bug, in the order of `Quirk`. A row does not say what finds it: that is for the
// contract to show, which knows of none of them.
#include "semantics/quirks.hpp"

#include <algorithm>

namespace utsim {

namespace {

constexpr QuirkInfo table[] = {
    {"B01", "detach-leaves-singlestep", "2009-08-30", "2010-10-20",
     "A thread that was being stepped was let go by DETACH and died of a SIGTRAP that nobody "
     "traced any more.",
     "Only utrace_control(RESUME) switched stepping off. DETACH had once fallen through into "
     "that case, until a clean-up gave it one of its own.",
     "utrace_reset switches stepping off whenever it wakes the thread and nothing is "
     "outstanding.",
     "A step that has been armed, a stop, and DETACH by the last engine.",
     "step.disable=control-resume", 8},
    {"B02", "reporting-left-set-by-resume-pass", "2010-08-18", "2010-10-12",
     "After a plain report utrace_set_events and DETACH answered -EINPROGRESS for ever, and "
     "utrace_barrier did not return.",
     "An optimisation took report_quiesce with event 0 for the wanted callback and returned its "
     "engine to a caller that looks at no answer, so `reporting` stayed set.",
     "The pass ends right after report_quiesce when there is no event, with `reporting` cleared.",
     "A REPORT, and then a call about the engine that was asked last.", "", 2},
    {"B03", "detach-vs-start-callback-null-callback", "2008-08-25", "2010-08-18",
     "The kernel jumped through a null pointer when an engine without QUIESCE was detached at "
     "the wrong moment.",
     "start_callback read the engine's flags and then its table. DETACH in between left it with "
     "old flags and the table of detached engines, which has nothing but report_quiesce and "
     "report_reap.",
     "An engine whose table is that of detached engines is treated as if it had QUIESCE.",
     "An engine with an event bit but without QUIESCE, detached between two loads.",
     "report.detached=by-flags", 20},
    {"B04", "api-succeeds-during-reap", "2009-09-07", "2010-08-16",
     "While report_reap was running utrace_barrier answered 0, and utrace_set_events changed "
     "engines that were about to go.",
     "The gate of all calls asked only whether the engine's own turn had come, not whether the "
     "reaper had started.",
     "From the start of reaping all calls answer -ESRCH.",
     "Two engines, or a callback that lasts; a call while the reaper is at it.", "gate.reap=enters",
     0},
    {"B05", "set-events-reap-bit", "", "2010-08-14",
     "REAP could not be given up while report_death ran, although its callback had not begun, "
     "and could be had when the reaper had already gone by.",
     "What a dying thread refuses was decided by the thread's state and not by what the engine "
     "had asked for.",
     "The engine's own mask decides.", "A change of DEATH or REAP while the thread is dying.",
     "events.refusal=by-task", 0},
    {"B06", "lookup-walks-list-being-reaped", "2009-09-07", "2010-01-20",
     "A look-up found engines that were being torn down, or walked off the list into freed "
     "memory.",
     "The reaper took engines off the thread's own list after it had let go of the lock.",
     "It moves all engines to a private list before it unlocks.",
     "A look-up while report_reap is running.", "reap.list=in-place", 0},
    {"B07", "reap-flag-not-set", "2009-12-16", "2009-12-17",
     "DETACH of an engine that was just being reaped answered 0 and dropped its reference a "
     "second time.",
     "A cosmetic restructuring set the `reap` mark only when reaping had to wait for the death "
     "report.",
     "The mark is always set before reaping begins.",
     "A reaper inside report_reap, and DETACH of another engine.", "", 19},
    {"B08", "attach-delay-bypassed", "2009-09-14", "2009-12-12",
     "A stranger attached to a new thread before its creator could, whose own attach then found "
     "the place taken.",
     "Whoever had no struct utrace of his own was not made to wait.",
     "All but the creator wait; four days later the rule was given up altogether.",
     "An attach to a child during its report_clone, by somebody who is not traced.",
     "attach.newborn=waits-if-traced", 0},
    {"B09", "callback-detach-lockless", "2008-08-25", "2009-12-04",
     "utrace_barrier answered 0, still attached, for an engine whose callback had just answered "
     "DETACH.",
     "The thread marked the engine as detached without the lock, so a barrier could look at the "
     "table before and at `reporting` after.",
     "The mark is made under the lock.",
     "A barrier preempted between two loads while it holds the lock.",
     "report.detach-answer=unlocked", 20},
    {"B10", "bogus-si-signo", "", "2009-11-30",
     "An engine that chose TERM without a signal in info brought the kernel down in a BUG_ON.",
     "A number with bit 7 set, such as uninitialised memory has, was taken as it was.",
     "Such a number becomes SIGTRAP, with a warning.",
     "An engine that leaves a number with bit 7 in info.", "signal.bogus=taken", 0},
    {"B11", "syscall-resumed-stale-action", "2009-04-21", "2009-11-23",
     "A system call's entry was reported again and again and the call never made.",
     "The repeated report started from the STOP and the request that had led to it.",
     "It starts from RESUME, as any report.",
     "STOP at the entry, then INTERRUPT or a second engine that answers REPORT.",
     "entry.repeat-from=last-action", 10},
    {"B13", "spurious-notify-kills-step", "2009-10-28", "2009-11-19",
     "A step that report_signal had asked for was forgotten, and the thread ran free.",
     "The hook before user mode ended as any pass does when it had been called for nothing, and "
     "so switched stepping off.",
     "It returns at once when nothing was asked for.",
     "A REPORT and a signal together, with the answer SINGLESTEP.", "resume.unasked=finishes", 0},
    {"B14", "syscall-entry-interrupt-not-repeated", "2009-04-21", "2009-11-18",
     "After INTERRUPT during a stop at a system call's entry nobody got to see the registers "
     "again.",
     "Only a REPORT led to the repeated callback.", "INTERRUPT does as well.",
     "STOP at the entry, then INTERRUPT.", "entry.repeat=report", 0},
    {"B15", "fork-failure-frees-parent-utrace", "2009-09-14", "2009-11-17",
     "A fork that failed freed the struct utrace of the parent, which went on using it.",
     "A new thread is a copy of its parent, pointer included, and that was cleared only when it "
     "was complete.",
     "The pointer is cleared right after the copy.",
     "A traced thread whose fork fails, for example because a signal is pending.",
     "fork.utrace=copied", 0},
    {"B17", "lookup-null-utrace", "2009-09-14", "2009-11-16",
     "Looking up an engine of a thread that was never traced followed a null pointer.",
     "The answer -ENOENT was made but not returned.", "It is returned.",
     "A look-up without anything before it.", "attach.lookup=crashes", 0},
    {"B18", "resume-set-to-stop", "2009-11-12", "2009-11-15",
     "After a stop at a system call's entry all requests were ignored.",
     "STOP itself was stored where the outstanding request is kept, and nothing is stronger than "
     "that.",
     "A pass that is followed by a stop leaves no request.", "STOP at the entry, then REPORT.",
     "report.stop=stop", 9},
    {"B19", "get-signal-misses-pending-attach", "2009-09-04", "2009-11-15",
     "A signal killed a thread without a word to an engine that had just been attached and had "
     "asked for it.",
     "Attaching no longer forced a report, and the signal path looked for newcomers only when "
     "there was a request as well.",
     "It always looks for them.",
     "Attach, utrace_set_events, and a signal before anything else happens.",
     "signal.newcomers=missed", 4},
    {"B20", "stop-ignored-while-step-pending", "2009-10-28", "2009-11-12",
     "A thread went on to user mode although an engine had been told that its stop was in "
     "progress.",
     "STOP asked for a report only if nothing at all was outstanding, and a step was.",
     "It asks whenever what is outstanding is weaker than a report.",
     "A step by one engine and then STOP by another, before the thread has run.",
     "stop.request=if-none", 0},
    {"B21", "resume-read-twice", "2009-10-28", "2009-11-12",
     "A request was used up without a callback.",
     "The hook before user mode read the request, then cleared it under the lock without looking "
     "at what it had become.",
     "What counts is the value that is read under the lock.",
     "A call between the two, while something else has led to the hook.",
     "resume.read=before-start", 0},
    {"B22", "sigkill-outruns-tracer-lock", "2009-10-27", "2009-11-03",
     "A thread that SIGKILL had woken made callbacks while a tracer held the lock and took it "
     "for stopped.",
     "With the `stopped` mark went the step in which a woken thread had to take the lock.",
     "A thread that SIGKILL wakes waits until the lock is free.",
     "SIGKILL while somebody is inside utrace_control.", "stop.kill=runs-on", 18},
    {"B23", "dequeue-during-group-stop", "", "2009-10-22",
     "A thread took and reported other signals, or died of them, although its group was "
     "stopping.",
     "The signal path took the next signal off the queue without asking whether a group stop "
     "waits for this thread.",
     "During a group stop nothing is taken off the queue.",
     "Two threads, a stop signal and another signal.", "", 0},
    {"B24", "set-events-false-einprogress", "", "2009-10-20",
     "utrace_set_events answered -EINPROGRESS to somebody who had only added events.",
     "Whether the thread was inside one of the engine's callbacks was all that was asked.",
     "It is asked only if something was taken away.", "A new event bit during a callback.", "", 0},
    {"B25", "reset-touches-freed-task", "2009-09-08", "2009-09-08",
     "A thread could be freed while a tracer that had just detached its last engine was still "
     "using its lock.",
     "With flags of 0 the reaper passes by; utrace_reset stored them and then went on using the "
     "thread.",
     "The store and the unlock stand inside an RCU section.",
     "DETACH of a dead thread while somebody reaps it.", "", 0},
    {"B26", "slow-path-cleared-report-stuck", "2009-09-04", "2009-09-07",
     "After a second REPORT no callback came, nor after any other.",
     "One mark stood for newcomers and for requests. It was cleared when the newcomers had been "
     "dealt with, and the request, still set, hid all that came later.",
     "The mark stands for newcomers only, and requests are looked at for themselves.",
     "REPORT on a stopped thread, and another one when it runs.", "", 11},
    {"B27", "attach-leaves-utrace-flags-zero", "2009-09-04", "2009-09-06",
     "An INTERRUPT led to nothing, nor did any later one.",
     "Attaching left the thread's flags at 0, so all hooks passed utrace by, while the request "
     "stayed.",
     "The first engine sets REAP in the thread's flags.",
     "Attach and a request before utrace_set_events.", "", 0},
    {"B28", "reap-callback-never-made", "2009-07-22", "2009-09-07",
     "For six weeks no engine ever got report_reap.",
     "The engine's mask was cleared and then asked for REAP.", "The mask is cleared afterwards.",
     "An engine with REAP, and a death.", "", 1},
    {"B29", "death-report-skips-attaching", "2008-08-25", "2009-09-04",
     "An engine that had attached and asked for DEATH while the thread was exiting did not get "
     "report_death.",
     "The death report walked the list without the newcomers.",
     "They join the list when the report begins.",
     "An attach between a thread's last report and its death.", "", 17},
    {"B30", "detach-forgets-it-wanted-stop", "2009-08-30", "2009-09-01",
     "A thread stopped for an engine that was not there any more.",
     "DETACH asked whether the engine wanted a stop after it had overwritten the engine's flags.",
     "It asks first.", "DETACH after an answer of STOP, before the thread has stopped.", "", 0},
    {"B30b", "einprogress-checked-before-mark", "2009-09-01", "2009-09-01",
     "DETACH answered 0 and a callback began all the same.",
     "Whether the thread was inside a callback was asked before the engine was marked as "
     "detached.",
     "It is asked afterwards.", "DETACH just as the thread turns to the engine.", "", 0},
    {"B31", "zombie-detach-not-unlinked", "2009-08-31", "2009-09-01",
     "DETACH of a dead thread answered 0, but the engine stayed and a barrier never ended.",
     "Whether the list may be changed was asked by whether the thread is stopped, and a dead one "
     "is not.",
     "A dead thread is as good as a stopped one.", "A zombie, and DETACH.", "", 3},
    {"B33", "detach-vs-stop-orphan", "2008-08-25", "2009-09-01",
     "A thread stopped for an engine that had just been detached, and nobody was left to let it "
     "go.",
     "DETACH answered 0 between the answer STOP and the stop itself; the thread did not look "
     "again.",
     "DETACH takes the stop bit from the thread's flags, and the thread looks at them under the "
     "lock before it stops.",
     "DETACH after a callback that answers STOP, before the thread takes the lock.", "", 14},
    {"B34", "stop-relock-livelock", "2009-08-24", "2009-08-30",
     "A thread took and dropped the lock for ever.",
     "The first attempt at the bug above looked again until no engine was left or one wanted a "
     "stop; a bystander makes that never.",
     "It was taken back after six days.", "The same with a second engine that wants no stop.", "",
     15},
    {"B35", "signal-handler-flag-leak", "2008-08-25", "2009-08-26",
     "The first report that a new tracer got said that a signal handler had just been set up.",
     "The mark of a handler, and a request, outlived the last engine, since without engines "
     "nothing clears them.",
     "utrace_reset clears them when no engine is left.",
     "The last engine leaves between the set-up of a handler, or a request, and user mode; "
     "another one attaches.",
     "", 13},
    {"B36", "einprogress-on-zombie", "", "2009-08-30",
     "utrace_set_events answered -EINPROGRESS about a thread that was dead.",
     "It asked only whether the thread was inside a callback, and report_death is one.",
     "On a dead thread it does not ask.", "A change of the mask during report_death.", "", 0},
    {"B37", "sigkill-missed-after-demotion", "2008-08-25", "2009-08-14",
     "A system call was made although SIGKILL was pending.",
     "A stopped thread took its death for a normal wake-up when a tracer had let it go into a "
     "group stop before.",
     "It asks whether SIGKILL is pending.",
     "A stop at a system call's entry that becomes a group stop, and SIGKILL.", "", 0},
    {"B38a", "stop-drops-report-request", "2008-08-25", "2009-03-15",
     "An engine had answered REPORT and was not called before user mode.",
     "Another one had answered STOP, and only the strongest answer was kept.",
     "The strongest answer beside STOP is kept as a request.",
     "Two engines that answer STOP and REPORT.", "", 7},
    {"B38b", "stop-drops-interrupt-request", "2008-08-25", "2009-08-14",
     "An engine had answered INTERRUPT and did not get report_signal.",
     "As with REPORT, and it took five months longer to be seen.",
     "The strongest answer beside STOP is kept as a request.",
     "Two engines that answer STOP and INTERRUPT.", "", 7},
    {"B39", "report-beats-interrupt", "2008-08-25", "2009-08-14",
     "An engine had answered INTERRUPT and got report_quiesce only.",
     "REPORT had the smaller number and so counted as the stronger one.",
     "The two numbers were exchanged.", "Two engines that answer REPORT and INTERRUPT.", "", 0},
    {"B40", "interrupt-also-sets-report", "2009-08-14", "2009-08-14",
     "A report_quiesce came that nobody had asked for.",
     "An answer of INTERRUPT when one was outstanding already asked for a REPORT as well.",
     "Each answer asks for itself only.", "INTERRUPT by a tracer and as an answer.", "", 0},
    {"B41", "sigcont-fools-tracer", "2008-08-25", "2009-07-31",
     "A thread ran on although its tracer had been told that it was stopped.",
     "STOP on a thread in a job control stop left it in the state from which SIGCONT wakes.",
     "The state becomes that of a traced stop.", "A stop signal, STOP, and SIGCONT.", "", 6},
    {"B42", "stopped-bit-leaks", "2008-08-25", "2009-07-31",
     "A BUG_ON ended the run of a thread that ran although it was marked as stopped.",
     "The mark that a tracer sets on a thread in a job control stop was not cleared when "
     "somebody else woke it.",
     "Every wake-up from a job control stop clears it.",
     "A stop signal, STOP, and a wake-up that is no tracer's.", "", 12},
    {"B43", "utrace-stop-loses-group-stop", "2008-08-25", "2009-07-28",
     "A thread that was let go ran on although its process was stopped.",
     "Who stopped for a tracer as the last of the group did not note that the group had stopped.",
     "It notes it.", "Two threads, a stop signal, and a stop for an engine.", "", 0},
    {"B44", "wakeup-ignores-group-stop-in-progress", "2008-08-25", "2009-07-28",
     "A thread that had been counted as stopped ran on.",
     "Letting go asked only whether the group had stopped, not whether it was about to.",
     "It asks for both.",
     "Two threads, one of them held by an engine and let go while the other has still to stop.", "",
     0},
    {"B45", "jctl-callbacks-in-task-stopped", "2008-08-25", "2009-07-31",
     "A thread kept running in a group stop after its report_jctl had slept.",
     "The report was made when the thread already counted as stopped, and what came in between "
     "was not seen.",
     "The report comes first, while the thread runs.",
     "A report_jctl that lasts, and SIGCONT or another thread.", "", 0},
    {"B47", "reporting-left-set-no-callback", "2009-03-06", "2009-06-02",
     "As in the later bug of the same kind: -EINPROGRESS for ever and barriers that do not "
     "return, for an engine that was not even called.",
     "start_callback set `reporting`, found that the engine wants nothing, and returned.",
     "It is cleared there, too.",
     "Two engines, of which the last one wants nothing; any event; a call.", "", 2},
    {"B49", "interrupt-before-sigpending", "2008-08-25", "2009-03-24",
     "A BUG_ON fired: an interrupt without a pending signal.",
     "The tracer notes the request first and sets TIF_SIGPENDING later; the thread came by in "
     "between.",
     "The thread sets the flag itself.",
     "INTERRUPT preempted in the middle, while something else leads to the hook before user "
     "mode.",
     "", 16},
    {"B51", "jctl-eats-attach-report", "2008-08-25", "2009-03-20",
     "An engine that had asked for JCTL was told nothing of a stop.",
     "The job control report cleared what was outstanding without taking in the newcomers.",
     "It takes them in.", "An attach just before a job control stop.", "", 0},
    {"B52", "ealready-too-early", "", "2009-03-18",
     "DETACH was refused although the death report had not begun.",
     "That the thread looked dead and had a report to make was taken for the report itself.",
     "Only a report that has begun refuses.", "DETACH between the death and its report.", "", 0},
    {"B53", "step-without-arch-support-bugs", "", "2009-03-31",
     "An engine that answered SINGLESTEP on a machine that cannot step brought the kernel down.",
     "The answer was passed on to a function that ends in BUG there.",
     "A warning; a block step becomes a single step where that is possible.",
     "A machine without single step, and an engine that did not ask.", "", 0},
    {"B54", "attach-report-swallowed", "2009-03-02", "2009-03-15",
     "No request of an engine ever led to a callback.",
     "Attaching asked for a report, but left the thread's flags at 0: the thread passed by, and "
     "the request that stayed hid all later ones.",
     "Attaching puts REAP into the flags.",
     "Attach, the thread passing through the kernel, then utrace_set_events and REPORT.", "", 5},
    {"B55", "do-stop-unlocked-check", "2008-08-25", "2009-03-15",
     "A thread ran although STOP had answered that it is stopped.",
     "That it was in a job control stop was asked without siglock, and SIGCONT came.",
     "It is asked under siglock only.", "STOP preempted between test and mark, and SIGCONT.", "",
     0},
    {"B56", "jctl-notify-argument", "2008-08-25", "2009-03-15",
     "report_jctl was told that the parent would be notified when it was not.",
     "The kind of the event was passed as the notification.",
     "0 is passed unless this thread is the last one.", "Two threads and a stop signal.", "", 0},
    {"B57", "attach-missing-else", "2009-03-05", "2009-03-10",
     "An engine was attached to a thread that had been reaped, and stayed for ever.",
     "The answer -ESRCH was overwritten by the test that followed.", "An `else`.",
     "An attach that begins before the reaping and ends after it.", "", 0},
    {"B58", "creator-test-by-real-parent", "2009-03-03", "2009-03-09",
     "A thread waited for itself inside report_clone.",
     "Who made a thread was asked of its parent, which for CLONE_THREAD and CLONE_PARENT is "
     "somebody else.",
     "The creator notes whom it is making.", "An attach inside report_clone of a new thread.", "",
     0},
    {"B59", "reap-skips-attaching-only", "2009-03-02", "2009-03-05",
     "An engine attached to a zombie never got report_reap and was never freed.",
     "The reaper did nothing when the list of attached engines was empty, whoever waited to join "
     "it.",
     "It always looks at both.", "An attach to a dead thread.", "", 0},
    {"B60", "attach-returns-eagain", "2009-03-02", "2009-03-03",
     "Attaching to a new thread failed with -EAGAIN, which nobody had promised.",
     "The loop that started over was lost, its error was not.", "The wait is a loop again.",
     "An attach to a child during its report_clone.", "", 0},
    {"B61", "child-inherits-utrace-bits", "2009-03-02", "2009-03-03",
     "The first request to a new thread led to nothing.",
     "Its struct was a copy of the parent's, with the requests that were outstanding there.",
     "It is cleared.", "A request while the thread is making a child, and then one to the child.",
     "", 0},
    {"B63", "double-siglock", "2009-03-02", "2009-03-18",
     "A thread waited for a lock that it held itself.",
     "The signal path took siglock again for a thread that a tracer had marked in a job control "
     "stop.",
     "That branch went.", "A stop signal, STOP, and SIGCONT.", "", 12},
    {"B64", "reporting-cleared-before-effect", "2008-08-25", "2009-02-22",
     "A thread stopped after it had been told to go on.",
     "`reporting` was cleared before the answer was carried out: a barrier said that the "
     "callback was over, RESUME came, and then the older STOP.",
     "It is cleared last.", "A barrier and RESUME between a callback's return and its effect.", "",
     0},
    {"B78", "set-events-sets-engine-stop", "2008-08-25", "2009-10-27",
     "A thread stopped although nobody had asked for it.",
     "The internal stop bit in the mask given to utrace_set_events was stored.",
     "It is masked out.", "A caller that passes on an engine's own flags.", "events.stop-bit=taken",
     0},
    {"B79", "exit-dead-treated-as-reaped", "2008-08-25", "2009-07-31",
     "A barrier answered that the engine was gone while its report_death was running.",
     "A thread that reaps itself is EXIT_DEAD already when it makes that report, and was refused "
     "as if it were released.",
     "The state is not asked for.",
     "A thread that nobody waits for, and a call during its report_death.", "", 0},
};
static_assert(std::size(table) == quirk_count);

}  // namespace

std::span<const QuirkInfo> quirk_table() { return table; }

const QuirkInfo* find_quirk(std::string_view id) {
    const auto at = std::find_if(std::begin(table), std::end(table),
                                 [&](const QuirkInfo& row) { return row.id == id; });
    return at != std::end(table) ? at : nullptr;
}

Quirk quirk_of(const QuirkInfo& row) { return static_cast<Quirk>(&row - table); }

}  // namespace utsim
