// SPDX-License-Identifier: MIT
// One row for each decision point. The row says what a designer needs in order to choose: the
// question, the possible answers and what follows from each, where to read on, and what the six
// recorded versions did. Rows are in the order of `Choices`, which the compiler checks.
#include "semantics/decision_table.hpp"

#include <algorithm>

namespace utsim {

namespace {

/// The six choices, E1 to F, as the enumerators that they are.
template <typename Decision>
constexpr std::array<std::uint8_t, era_count> eras(Decision e1, Decision e2, Decision e3,
                                                   Decision e4, Decision e5, Decision f) {
    return {static_cast<std::uint8_t>(e1), static_cast<std::uint8_t>(e2),
            static_cast<std::uint8_t>(e3), static_cast<std::uint8_t>(e4),
            static_cast<std::uint8_t>(e5), static_cast<std::uint8_t>(f)};
}
/// All six agree: the alternative comes from the mail or the history.
template <typename Decision>
constexpr std::array<std::uint8_t, era_count> always(Decision value) {
    return eras(value, value, value, value, value, value);
}
/// Changed once, between E1 and E2, E2 and E3, ...
template <typename Decision>
constexpr auto from_e2(Decision before, Decision after) {
    return eras(before, after, after, after, after, after);
}
template <typename Decision>
constexpr auto from_e3(Decision before, Decision after) {
    return eras(before, before, after, after, after, after);
}
template <typename Decision>
constexpr auto from_e4(Decision before, Decision after) {
    return eras(before, before, before, after, after, after);
}
template <typename Decision>
constexpr auto from_e5(Decision before, Decision after) {
    return eras(before, before, before, before, after, after);
}
template <typename Decision>
constexpr auto from_f(Decision before, Decision after) {
    return eras(before, before, before, before, before, after);
}

constexpr DecisionInfo table[] = {
    {"request.store",
     "How an outstanding request is kept until the task can act on it",
     "7.1, 7.3; S13",
     {{{"bits", "Two bits, report and interrupt. A step cannot be kept at all."},
       {"field", "One field that holds the strongest action asked for, steps included."}}},
     from_e2(RequestStorage::bits, RequestStorage::field)},
    {"step.arm",
     "Who arms a step that utrace_control asked for, and when",
     "7.2, 6.2 to 6.5; S13; the October 2009 mail",
     {{{"control",
        "The caller of utrace_control, at once, while it holds utrace->lock. Arming reads the "
        "task's instruction and so may sleep under the lock."},
       {"flags",
        "utrace_control sets set_singlestep or set_blockstep under the lock; the task arms the "
        "step after it wakes up in utrace_stop, where it may sleep."},
       {"resume",
        "The request is stored as any other; the task arms the step as the last thing before user "
        "mode."}}},
     from_e2(StepArm::control, StepArm::resume)},
    {"step.running",
     "What becomes of a step asked for while the task is not stopped for tracing",
     "7.2; S13",
     {{{"refused", "-EAGAIN, nothing is done."},
       {"stored", "Accepted; the task steps once on its way to user mode."}}},
     from_e2(StepOnRunning::refused, StepOnRunning::stored)},
    {"step.callback",
     "Whether a step asked for by utrace_control is preceded by a round of callbacks",
     "the October 2009 mail; C-218, C-219",
     {{{"when-needed",
        "Only if something else asks for one. Engines are not told of each other's steps."},
       {"always",
        "Each such request is a REPORT too: every engine with QUIESCE is asked before user mode, "
        "and the step happens only if an answer says so."}}},
     always(StepCallback::when_needed)},
    {"step.disable",
     "When stepping is switched off for a task that is let go",
     "7.2; S01, B01",
     {{{"control-resume",
        "By utrace_control(RESUME) on a traced task, whoever else wants what. DETACH leaves the "
        "task stepping."},
       {"wakeup",
        "By utrace_reset when it really wakes the task and no request is outstanding, for DETACH "
        "too."}}},
     from_f(StepDisable::control_resume, StepDisable::wakeup)},
    {"step.unsupported",
     "What -EOPNOTSUPP leaves behind on a machine that cannot step",
     "7.2",
     {{{"lets-go", "The engine's stop has been given up, but the task is not woken."},
       {"keeps-stop", "Nothing has changed."}}},
     from_e2(StepUnsupported::lets_go, StepUnsupported::keeps_stop)},
    {"flags.armed",
     "Where a task arms the step that was flagged while it was stopped",
     "the October 2009 mail; 4.16",
     {{{"in-utrace-stop",
        "After it wakes up in utrace_stop. A job control stop that a tracer turned into a traced "
        "one sleeps elsewhere, so a step asked for there is armed only after the next stop."},
       {"after-jobctl-too", "Wherever it wakes up from being traced."}}},
     always(FlagsArmed::after_jobctl_too)},
    {"flags.winner",
     "Which step is armed when both step flags were set during one stop",
     "the October 2009 mail, which leaves it open",
     {{{"single", "The single step: nobody misses an instruction that it asked to see."},
       {"block", "The block step."},
       {"latest", "The one asked for last; setting one flag clears the other."}}},
     always(FlagsWinner::latest)},
    {"flags.on-resume",
     "What utrace_control(RESUME) by any engine does to step flags that are set",
     "the October 2009 mail, which leaves it open",
     {{{"kept", "They stay: another engine may have set them."},
       {"cleared", "They are cleared, as control(RESUME) switches armed stepping off."}}},
     always(FlagsOnResume::cleared)},
    {"flags.on-detach",
     "What utrace_control(DETACH) by any engine does to step flags that are set",
     "the October 2009 mail, which leaves it open; B01",
     {{{"kept", "They stay, as an armed step stays."}, {"cleared", "They are cleared."}}},
     always(FlagsOnDetach::kept)},
    {"flags.second-engine",
     "Whether a second engine that asks for the other kind of step learns of it",
     "the October 2009 mail: the information that would be lost",
     {{{"not-told", "The call returns 0 and nothing follows."},
       {"told", "The call returns 0 and a report is requested, in which everybody is asked."}}},
     always(FlagsSecondEngine::not_told)},
    {"report.start",
     "Which outstanding requests make a pass take the lock before its first engine",
     "4.4, 7.3, 7.4; B21",
     {{{"locks-for-any-request", "Any; INTERRUPT is then left alone."},
       {"spares-interrupt", "All but INTERRUPT, which this pass does not use up."}}},
     eras(ReportStart::spares_interrupt, ReportStart::locks_for_any_request,
          ReportStart::spares_interrupt, ReportStart::spares_interrupt,
          ReportStart::spares_interrupt, ReportStart::spares_interrupt)},
    {"report.stop",
     "What the answer STOP leaves as a request for later",
     "4.8, 7.3, 7.4; S12, B18",
     {{{"report", "A REPORT, even when the task stops right after this pass."},
       {"stop", "STOP itself, stored where a request belongs, when the task stops right away."},
       {"report-unless-stopping", "A REPORT, unless the task stops right after this pass."}}},
     eras(ReportStop::report, ReportStop::report, ReportStop::stop,
          ReportStop::report_unless_stopping, ReportStop::report_unless_stopping,
          ReportStop::report_unless_stopping)},
    {"report.step",
     "What becomes of a step answered in a pass that is not the last before user mode",
     "7.1, 7.3; S13",
     {{{"dropped", "It is forgotten."},
       {"stored", "It is kept as a request, until user mode or the next pass."}}},
     from_e2(ReportStep::dropped, ReportStep::stored)},
    {"report.detached",
     "How a pass notices that an engine was detached while it looked at it",
     "4.7; B03",
     {{{"by-flags",
        "By the engine's flags alone, so a callback may be taken from a table that has "
        "none."},
       {"by-table", "By its table as well."}}},
     from_f(ReportDetached::by_flags, ReportDetached::by_table)},
    {"report.quiesce",
     "Whether report_quiesce alone makes a pass one that somebody wanted",
     "4.7, 4.18; S02, B02",
     {{{"counts-for-nothing", "No: every report before user mode ends in utrace_reset."},
       {"counts", "Yes: stale event bits stay until somebody detaches or a pass is not wanted."}}},
     from_f(ReportQuiesce::counts_for_nothing, ReportQuiesce::counts)},
    {"report.detach-answer",
     "How the answer DETACH is recorded",
     "4.6; B09",
     {{{"unlocked", "Without the lock, so that a call under the lock may see half of it."},
       {"locked", "Under the lock."}}},
     from_f(ReportDetachAnswer::unlocked, ReportDetachAnswer::locked)},
    {"stop.interrupt",
     "Whether an INTERRUPT answered beside a STOP sets TIF_SIGPENDING before the stop",
     "4.15, 7.3, 7.4",
     {{{"waits-for-recalc", "No: it is recomputed after waking."}, {"sets-flag", "Yes."}}},
     from_e3(StopInterrupt::waits_for_recalc, StopInterrupt::sets_flag)},
    {"stop.kill",
     "What a task does that SIGKILL wakes from its stop while somebody holds utrace->lock",
     "4.14, 7.3; B22",
     {{{"runs-on", "It runs; whoever holds the lock still takes it for stopped."},
       {"waits-for-lock", "It waits until the lock is free (utrace_finish_stop)."}}},
     from_e3(StopKill::runs_on, StopKill::waits_for_lock)},
    {"stop.request",
     "When STOP or DETACH on a running task asks for a report",
     "4.16, 7.2; S12, B20",
     {{{"if-none",
        "Only if nothing is outstanding: a step that is pending wins, and the task is "
        "not asked."},
       {"if-weaker", "Whenever what is outstanding is weaker than a report."}}},
     from_e3(StopRequest::if_none, StopRequest::if_weaker)},
    {"resume.unasked",
     "What utrace_resume does when it is called and nothing was asked for",
     "4.18, 7.3, 7.4; S10, B13",
     {{{"reports", "Everybody with QUIESCE is asked all the same."},
       {"finishes", "No callbacks, but the pass ends as usual: stepping is switched off."},
       {"returns", "Nothing: the stepping state stays as it is."}}},
     eras(ResumeUnasked::reports, ResumeUnasked::finishes, ResumeUnasked::finishes,
          ResumeUnasked::finishes, ResumeUnasked::finishes, ResumeUnasked::returns)},
    {"resume.read",
     "When utrace_resume reads the request that it acts on",
     "7.4; B21",
     {{{"before-start",
        "Before the pass starts, without the lock: one that comes in between is "
        "used up unseen."},
       {"from-start", "As the start of the pass consumes it."}}},
     from_e3(ResumeRead::before_start, ResumeRead::from_start)},
    {"resume.nobody",
     "Whether a report before user mode recomputes the task's flags when no engine has QUIESCE",
     "4.18; the recordings: an engine without QUIESCE that detaches stays until another event",
     {{{"resets", "Yes."}, {"does-not-reset", "No."}}},
     eras(ResumeNobody::resets, ResumeNobody::resets, ResumeNobody::does_not_reset,
          ResumeNobody::does_not_reset, ResumeNobody::does_not_reset, ResumeNobody::resets)},
    {"resume.apply",
     "Whether a pass that only applies a stored action recomputes the task's flags",
     "7.4; S12",
     {{{"resets", "Yes."}, {"does-not-reset", "No."}}},
     from_e3(ResumeApply::resets, ResumeApply::does_not_reset)},
    {"signal.newcomers",
     "Whether the signal pass looks for engines that have just been attached",
     "4.20, 7.4; B19",
     {{{"missed", "Only when there is a request as well: a new engine may miss a signal."},
       {"noticed", "Always."}}},
     from_e4(SignalNewcomers::missed, SignalNewcomers::noticed)},
    {"signal.bogus",
     "What an si_signo with bit 0x80, left by an engine, does",
     "4.20 F; B10",
     {{{"taken", "It is taken as it is, and the death of the task by it is a BUG_ON."},
       {"repaired", "A warning; it becomes SIGTRAP."}}},
     from_f(SignalBogus::taken, SignalBogus::repaired)},
    {"signal.order",
     "Which of several pending signals is taken first",
     "5.5",
     {{{"lowest-first", "The lowest number, so SIGHUP comes before the SIGTRAP of a step."},
       {"synchronous-first", "Those that an instruction raised, then the lowest number."}}},
     from_f(SignalOrder::lowest_first, SignalOrder::synchronous_first)},
    {"signal.handler-mark",
     "When setting up a handler makes the task look at utrace once more before user mode",
     "4.19, 7.3",
     {{{"always-notifies", "Always, whatever is outstanding."},
       {"unless-requested", "Only if no request is outstanding that does it anyway."}}},
     from_e2(SignalHandlerMark::always_notifies, SignalHandlerMark::unless_requested)},
    {"signal.handler-stop",
     "Who passes through ptrace's stop after a handler was set up during a step",
     "7.3",
     {{{"whoever-steps",
        "Whoever was being stepped. A task that nobody ptraces goes on at once, but "
        "counts as stopped for a group stop in progress."},
       {"ptrace-only", "Only who is ptraced."}}},
     from_f(SignalHandlerStop::whoever_steps, SignalHandlerStop::ptrace_only)},
    {"signal.mark-alone",
     "What the signal pass does when only the mark of a handler set-up led to it",
     "4.20 A5, 7.3",
     {{{"returns", "It drops the mark; the stepping state stays as it is."},
       {"finishes",
        "It drops the mark and ends as a pass without a wish: stepping is switched "
        "off."}}},
     from_e2(SignalMarkAlone::returns, SignalMarkAlone::finishes)},
    {"entry.repeat",
     "Which requests made during a stop at system call entry lead to another report",
     "4.21, 7.4; S08, S09, B14",
     {{{"never", "None: the call is made."},
       {"report", "REPORT; an INTERRUPT lets the call be made first."},
       {"report-or-interrupt", "REPORT and INTERRUPT."}}},
     eras(EntryRepeat::never, EntryRepeat::never, EntryRepeat::report, EntryRepeat::report,
          EntryRepeat::report, EntryRepeat::report_or_interrupt)},
    {"entry.repeat-from",
     "What a repeated report at system call entry starts from",
     "4.21, 7.4; S09, B11",
     {{{"last-action", "The STOP that led to it, so that the task stops again whatever is said."},
       {"resume", "RESUME, as any report."}}},
     from_f(EntryRepeatFrom::last_action, EntryRepeatFrom::resume)},
    {"entry.abort",
     "How the answer UTRACE_SYSCALL_ABORT is recognised",
     "4.21, 7.3; S08",
     {{{"exact", "Only when no other bit of the answer is set."},
       {"masked", "By the bits that carry it."}}},
     from_e3(EntryAbort::exact, EntryAbort::masked)},
    {"entry.order",
     "In which order engines are asked at system call entry",
     "4.21; S28",
     {{{"last-attached-first", "The engine that attached first has the last word."},
       {"first-attached-first", "As in all other passes; so it was before API 20090416."}}},
     always(EntryOrder::last_attached_first)},
    {"exit.step-trap",
     "Who makes the SIGTRAP of a system call that was stepped",
     "6.9, 6.12; S11",
     {{{"arch",
        "The system call exit path, if TIF_SINGLESTEP is set after the report and somebody "
        "wants fatal signals."},
       {"utrace",
        "utrace_report_syscall_exit, if stepping was on before it and an engine has "
        "SIGNAL_CORE."},
       {"ptrace-only",
        "Nobody, unless ptrace is used: the step ends one instruction later, or never if the call "
        "rewrites the flags (rt_sigreturn, execve), as TF is gone then."}}},
     eras(ExitStepTrap::arch, ExitStepTrap::arch, ExitStepTrap::arch, ExitStepTrap::utrace,
          ExitStepTrap::ptrace_only, ExitStepTrap::ptrace_only)},
    {"attach.lookup",
     "What looking up an engine of a task that was never traced does",
     "7.3; B17",
     {{{"crashes", "It follows a null pointer."}, {"enoent", "-ENOENT."}}},
     from_e4(AttachLookup::crashes, AttachLookup::enoent)},
    {"attach.newborn",
     "Whether others can attach to a child before its creator's report_clone is over",
     "7.3; S06, B08",
     {{{"waits-if-traced",
        "They wait, but only if they are traced themselves: a slip of the original."},
       {"waits", "They wait until the child has been reported, so its creator is first."},
       {"at-once", "Yes."}}},
     from_f(AttachNewborn::waits_if_traced, AttachNewborn::at_once)},
    {"attach.report",
     "Whether attaching an engine makes the task report soon",
     "S20",
     {{{"none", "No: nothing happens until a request or an event."},
       {"forced", "Yes; so it was before September 2009."}}},
     always(AttachReport::none)},
    {"gate.reap",
     "Whether calls get through while the engines of a dead task are being reaped",
     "2.2, 7.3; S03, B04",
     {{{"enters", "Yes, as long as the engine's own turn has not come."},
       {"refuses", "No: -ESRCH."}}},
     from_f(GateReap::enters, GateReap::refuses)},
    {"control.invalid",
     "Whether a call of utrace_control that cannot mean anything is warned of",
     "2.4; S05",
     {{{"silent", "No: -EINVAL alone."}, {"warns", "Yes, beside -EINVAL."}}},
     from_f(ControlInvalid::silent, ControlInvalid::warns)},
    {"events.stop-bit",
     "What ENGINE_STOP in the argument of utrace_set_events does",
     "2.3, 7.3; B78",
     {{{"taken", "It is stored: the engine stops the task at its next report."},
       {"masked", "Nothing."}}},
     from_e3(EventsStopBit::taken, EventsStopBit::masked)},
    {"events.refusal",
     "By what utrace_set_events decides that a death event comes too late",
     "2.3, 7.3; S03, B05",
     {{{"by-task",
        "By the state of the task and its flags: what another engine has asked for may "
        "be had late, and REAP may not be given up."},
       {"by-engine", "By the engine's own mask."}}},
     from_f(EventsRefusal::by_task, EventsRefusal::by_engine)},
    {"reap.list",
     "How the engines of a reaped task are walked",
     "4.27, 7.3; B06",
     {{{"in-place", "On the task's list, where others may still look them up."},
       {"taken-first", "On a private list."}}},
     from_f(ReapList::in_place, ReapList::taken_first)},
    {"fork.stepping",
     "Whether the child of a task that is being stepped is being stepped",
     "7.3",
     {{{"inherited", "Yes: it takes a SIGTRAP that nobody expects."}, {"cleared", "No."}}},
     from_f(ForkStepping::inherited, ForkStepping::cleared)},
    {"fork.utrace",
     "When the copy of the parent's struct utrace leaves a new task",
     "7.3; B15",
     {{{"copied", "After it is linked: a fork that fails before that frees the parent's."},
       {"cleared", "At once."}}},
     from_e5(ForkUtrace::copied, ForkUtrace::cleared)},
    {"debug.btf",
     "Where arming or dropping a block step for another task is noted",
     "6.5",
     {{{"of-the-task", "In the task's own debug control value."},
       {"of-the-calling-cpu", "In the register of the CPU that runs the caller."}}},
     from_f(DebugBtf::of_the_task, DebugBtf::of_the_calling_cpu)},
    {"arch",
     "How the machine reports a step around a system call",
     "6.12",
     {{{"x86", "By a thread flag; setting it in mid-call counts."},
       {"powerpc", "By a thread flag that is sampled before the exit report."},
       {"s390", "By an event of the processor when the call instruction is fetched."}}},
     always(Arch::x86)},
    {"s390.step-trap",
     "On arch=s390, when a step event becomes a SIGTRAP",
     "6.12",
     {{{"for-ptrace-only", "Only if ptrace is used: utrace engines hear of no step at all."},
       {"if-fatal-is-wanted", "If an engine has SIGNAL_TERM or SIGNAL_CORE."}}},
     from_f(S390StepTrap::for_ptrace_only, S390StepTrap::if_fatal_is_wanted)},
    {"has_single_step",
     "Whether the machine can step single instructions",
     "6.12",
     {{{"scenario", "As the scenario says."}, {"yes", "Yes."}, {"no", "No."}}},
     always(HasStep::scenario)},
    {"has_block_step",
     "Whether the machine can step basic blocks",
     "6.12",
     {{{"scenario", "As the scenario says."}, {"yes", "Yes."}, {"no", "No."}}},
     always(HasBlockStep::scenario)},
    {"signal.dying",
     "What becomes of a signal to a process whose end has begun",
     "P6.11; D15",
     {{{"queued", "It is queued; SIGKILL still ends a stop, also that of PTRACE_EVENT_EXIT."},
       {"dropped", "Nothing. Since about Linux 5.17."}}},
     always(SignalDying::queued)},
    {"syscall.number",
     "Which bits of orig_rax are the number of a call, and say that there was one",
     "P8.3, P8.7; D22",
     {{{"all", "All 64: a number that is negative is none."},
       {"low-32", "The low 32: none if they are all ones. Since Linux 5.14."}}},
     always(SyscallNumberBits::all)},
    {"syscall.invalid",
     "What a call returns whose number a tracer has made invalid",
     "P8.3; D10",
     {{{"keeps-result", "What the tracer has left in rax."},
       {"fails", "-ENOSYS, unless the number is -1. Since Linux 5.14."}}},
     always(SyscallInvalid::keeps_result)},
    {"waitid.options",
     "Whether waitid takes __WALL, __WCLONE and __WNOTHREAD",
     "P10.1; D20",
     {{{"refused", "-EINVAL."}, {"accepted", "As wait4 does. Since Linux 4.7."}}},
     always(WaitidOptions::accepted)},
    {"ptrace.seize",
     "Whether there are PTRACE_SEIZE, PTRACE_INTERRUPT and PTRACE_LISTEN",
     "P3.3 to P3.5; D1",
     {{{"absent", "-EIO."}, {"present", "Since Linux 3.4."}}},
     always(PtraceSeize::present)},
    {"ptrace.group-stop",
     "What a tracee does in a group stop",
     "P7.1, P7.3; D2, D3",
     {{{"stopped", "It is STOPPED as if untraced; the first request makes it TRACED."},
       {"traps",
        "It traps and is TRACED; so does one that was STOPPED when it was attached to. "
        "Since Linux 3.0."}}},
     always(PtraceGroupStop::traps)},
    {"ptrace.group-resume",
     "What a resumption out of a group stop does to the process",
     "P7.4; D4",
     {{{"ends-group-stop", "The process does not count as stopped any more."},
       {"kept", "This thread runs, the process stays stopped. Since Linux 3.0."}}},
     always(PtraceGroupResume::kept)},
    {"ptrace.group-detach",
     "What PTRACE_DETACH does to a thread of a stopped process",
     "P7.5; D5",
     {{{"runs", "It runs."}, {"stays-stopped", "It stops with its group. Since Linux 3.0."}}},
     always(PtraceGroupDetach::stays_stopped)},
    {"ptrace.real-parent",
     "Whether the real parent of a tracee hears of its group stops",
     "P7.11; D6",
     {{{"not-told", "Not while it is traced by somebody else."},
       {"told", "As of any child. Since Linux 3.0."}}},
     always(PtraceRealParent::told)},
    {"ptrace.exec-message",
     "The message of PTRACE_EVENT_EXEC",
     "P4.3; D7",
     {{{"none", "0."}, {"old-tid", "The id that the thread had before. Since Linux 3.0."}}},
     always(PtraceExecMessage::old_tid)},
    {"ptrace.exec-trap",
     "Who gets a SIGTRAP after execve without PTRACE_O_TRACEEXEC",
     "P9.6; D8",
     {{{"always", "Every tracee."}, {"unless-seized", "Who is not seized. Since Linux 3.4."}}},
     always(PtraceExecTrap::unless_seized)},
    {"ptrace.kill",
     "What PTRACE_KILL does to a tracee that runs",
     "P3.11; D9",
     {{{"nothing", "0, and nothing."}, {"kills", "Sends SIGKILL. Since Linux 5.19."}}},
     always(PtraceKillRunning::kills)},
    {"ptrace.attach-signal",
     "si_code of the SIGSTOP of PTRACE_ATTACH",
     "P3.2; D12",
     {{{"from-user", "SI_USER, from pid 0."}, {"from-kernel", "SI_KERNEL. Since Linux 4.20."}}},
     always(PtraceAttachSignal::from_kernel)},
    {"ptrace.requests",
     "Whether there are PTRACE_O_EXITKILL, PEEKSIGINFO, the signal mask, GET_SYSCALL_INFO, and "
     "messages at stops of calls",
     "P3.21 to P3.25; D17",
     {{{"of-2009", "-EIO and -EINVAL."}, {"of-today", "Since Linux 3.8 to 5.3."}}},
     always(PtraceRequests::of_today)},
    {"ptrace.regset",
     "Whether there are PTRACE_GETREGSET and PTRACE_SETREGSET",
     "P3.18; D18",
     {{{"absent", "-EIO."}, {"present", "Since Linux 2.6.34."}}},
     always(PtraceRegset::present)},
    {"ptrace.event-stop",
     "Where a tracee stops for a clone, an exec or the exit of a call",
     "P16.3",
     {{{"before-user-mode", "Where utrace lets an engine stop it: when the call is over."},
       {"inside-the-call", "Where it happens, by a hook of its own."}}},
     always(PtraceEventStop::inside_the_call)},
};
static_assert(std::size(table) == decision_count, "one row for each member of Choices");

/// A row is where `decided` looks for it.
template <typename Decision>
constexpr bool row_is(std::string_view name) {
    return table[decision_index<Decision>()].name == name;
}
static_assert(row_is<RequestStorage>("request.store") && row_is<StepDisable>("step.disable") &&
              row_is<FlagsSecondEngine>("flags.second-engine") &&
              row_is<ReportDetachAnswer>("report.detach-answer") &&
              row_is<StopRequest>("stop.request") && row_is<ResumeApply>("resume.apply") &&
              row_is<SignalHandlerMark>("signal.handler-mark") &&
              row_is<ExitStepTrap>("exit.step-trap") && row_is<ReapList>("reap.list") &&
              row_is<HasBlockStep>("has_block_step") && row_is<WaitidOptions>("waitid.options") &&
              row_is<PtraceSeize>("ptrace.seize") && row_is<PtraceExecTrap>("ptrace.exec-trap") &&
              row_is<PtraceEventStop>("ptrace.event-stop"));

constexpr Contradiction contradiction_table[] = {
    {"step.arm", "resume", "request.store", "bits",
     "two bits have no room for a step, so the task cannot arm it later"},
    {"report.step", "stored", "request.store", "bits", "two bits have no room for a step"},
    {"report.stop", "stop", "request.store", "bits", "two bits have no room for a STOP"},
    {"step.running", "stored", "step.arm", "control",
     "the caller cannot change the registers of a task that is running"},
    {"has_block_step", "yes", "arch", "s390", "an s390 cannot step basic blocks"},
};

}  // namespace

std::size_t DecisionInfo::value_count() const {
    return static_cast<std::size_t>(std::count_if(
        values.begin(), values.end(), [](const ValueInfo& value) { return !value.name.empty(); }));
}

std::optional<std::uint8_t> DecisionInfo::find_value(std::string_view value) const {
    for (std::size_t i = 0; i < value_count(); ++i) {
        if (values[i].name == value) return static_cast<std::uint8_t>(i);
    }
    return std::nullopt;
}

std::span<const DecisionInfo> decision_table() { return table; }

const DecisionInfo* find_decision(std::string_view name) {
    for (const DecisionInfo& row : table) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

std::span<const Contradiction> contradictions() { return contradiction_table; }

}  // namespace utsim
