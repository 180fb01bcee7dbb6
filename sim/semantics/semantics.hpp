// SPDX-License-Identifier: MIT
/// What is being simulated: one choice at every decision point.
///
/// A decision point is a place where the recorded versions of utrace differ, or where the mail or
/// the history argues for something else. Each is an enum here, one row of `decision_table.cpp`,
/// and a seam, `decided(task, StepArm::by_resume)`, at the one place of the code that it is about.
/// The first enumerator is not special; what era F chose is in the table.
///
/// A quirk is no decision: it is a mistake that somebody made once, and a switch that makes it
/// again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace utsim {

// --- requests and steps --------------------------------------------------------------------------

enum class RequestStorage : std::uint8_t { bits, field };
enum class StepArm : std::uint8_t { control, flags, resume };
enum class StepOnRunning : std::uint8_t { refused, stored };
enum class StepCallback : std::uint8_t { when_needed, always };
enum class StepDisable : std::uint8_t { control_resume, wakeup };
enum class StepUnsupported : std::uint8_t { lets_go, keeps_stop };
enum class FlagsArmed : std::uint8_t { in_utrace_stop, after_jobctl_too };
enum class FlagsWinner : std::uint8_t { single, block, latest };
enum class FlagsOnResume : std::uint8_t { kept, cleared };
enum class FlagsOnDetach : std::uint8_t { kept, cleared };
enum class FlagsSecondEngine : std::uint8_t { not_told, told };

// --- reporting passes ----------------------------------------------------------------------------

enum class ReportStart : std::uint8_t { locks_for_any_request, spares_interrupt };
enum class ReportStop : std::uint8_t { report, stop, report_unless_stopping };
enum class ReportStep : std::uint8_t { dropped, stored };
enum class ReportDetached : std::uint8_t { by_flags, by_table };
enum class ReportQuiesce : std::uint8_t { counts_for_nothing, counts };
enum class ReportDetachAnswer : std::uint8_t { unlocked, locked };

// --- stopping ------------------------------------------------------------------------------------

enum class StopInterrupt : std::uint8_t { waits_for_recalc, sets_flag };
enum class StopKill : std::uint8_t { runs_on, waits_for_lock };
enum class StopRequest : std::uint8_t { if_none, if_weaker };

// --- the last hook before user mode --------------------------------------------------------------

enum class ResumeUnasked : std::uint8_t { reports, finishes, returns };
enum class ResumeRead : std::uint8_t { before_start, from_start };
enum class ResumeNobody : std::uint8_t { resets, does_not_reset };
enum class ResumeApply : std::uint8_t { resets, does_not_reset };

// --- signals -------------------------------------------------------------------------------------

enum class SignalNewcomers : std::uint8_t { missed, noticed };
enum class SignalBogus : std::uint8_t { taken, repaired };
enum class SignalOrder : std::uint8_t { lowest_first, synchronous_first };
enum class SignalHandlerMark : std::uint8_t { always_notifies, unless_requested };
enum class SignalHandlerStop : std::uint8_t { whoever_steps, ptrace_only };
enum class SignalMarkAlone : std::uint8_t { returns, finishes };

// --- system calls --------------------------------------------------------------------------------

enum class EntryRepeat : std::uint8_t { never, report, report_or_interrupt };
enum class EntryRepeatFrom : std::uint8_t { last_action, resume };
enum class EntryAbort : std::uint8_t { exact, masked };
enum class EntryOrder : std::uint8_t { last_attached_first, first_attached_first };
enum class ExitStepTrap : std::uint8_t { arch, utrace, ptrace_only };

// --- attaching, changing, reaping ----------------------------------------------------------------

enum class AttachLookup : std::uint8_t { crashes, enoent };
enum class AttachNewborn : std::uint8_t { waits_if_traced, waits, at_once };
enum class AttachReport : std::uint8_t { none, forced };
enum class GateReap : std::uint8_t { enters, refuses };
enum class ControlInvalid : std::uint8_t { silent, warns };
enum class EventsStopBit : std::uint8_t { taken, masked };
enum class EventsRefusal : std::uint8_t { by_task, by_engine };
enum class ReapList : std::uint8_t { in_place, taken_first };

// --- fork and the processor ----------------------------------------------------------------------

enum class ForkStepping : std::uint8_t { inherited, cleared };
enum class ForkUtrace : std::uint8_t { copied, cleared };
enum class DebugBtf : std::uint8_t { of_the_task, of_the_calling_cpu };
enum class Arch : std::uint8_t { x86, powerpc, s390 };
/// An s390's step event, in user mode or of a call instruction.
enum class S390StepTrap : std::uint8_t { for_ptrace_only, if_fatal_is_wanted };
enum class HasStep : std::uint8_t { scenario, yes, no };
/// A type of its own, because a choice is found by its type.
enum class HasBlockStep : std::uint8_t { scenario, yes, no };

// --- the kernel around it, where fifteen years have changed what a tracer sees -------------------

enum class SignalDying : std::uint8_t { queued, dropped };
enum class SyscallNumberBits : std::uint8_t { all, low_32 };
enum class SyscallInvalid : std::uint8_t { keeps_result, fails };
enum class WaitidOptions : std::uint8_t { refused, accepted };
enum class PtraceSeize : std::uint8_t { absent, present };
enum class PtraceGroupStop : std::uint8_t { stopped, traps };
enum class PtraceGroupResume : std::uint8_t { ends_group_stop, kept };
enum class PtraceGroupDetach : std::uint8_t { runs, stays_stopped };
enum class PtraceRealParent : std::uint8_t { not_told, told };
enum class PtraceExecMessage : std::uint8_t { none, old_tid };
enum class PtraceExecTrap : std::uint8_t { always, unless_seized };
enum class PtraceKillRunning : std::uint8_t { nothing, kills };
enum class PtraceAttachSignal : std::uint8_t { from_user, from_kernel };
enum class PtraceRequests : std::uint8_t { of_2009, of_today };
enum class PtraceRegset : std::uint8_t { absent, present };
enum class PtraceEventStop : std::uint8_t { before_user_mode, inside_the_call };
enum class PtraceSeccomp : std::uint8_t { absent, filter_first, entry_first };
enum class UnameRelease : std::uint8_t { of_2_6_34, of_2_6_32, of_today };

using Choices = std::tuple<  //
    RequestStorage, StepArm, StepOnRunning, StepCallback, StepDisable, StepUnsupported, FlagsArmed,
    FlagsWinner, FlagsOnResume, FlagsOnDetach, FlagsSecondEngine, ReportStart, ReportStop,
    ReportStep, ReportDetached, ReportQuiesce, ReportDetachAnswer, StopInterrupt, StopKill,
    StopRequest, ResumeUnasked, ResumeRead, ResumeNobody, ResumeApply, SignalNewcomers, SignalBogus,
    SignalOrder, SignalHandlerMark, SignalHandlerStop, SignalMarkAlone, EntryRepeat,
    EntryRepeatFrom, EntryAbort, EntryOrder, ExitStepTrap, AttachLookup, AttachNewborn,
    AttachReport, GateReap, ControlInvalid, EventsStopBit, EventsRefusal, ReapList, ForkStepping,
    ForkUtrace, DebugBtf, Arch, S390StepTrap, HasStep, HasBlockStep, SignalDying, SyscallNumberBits,
    SyscallInvalid, WaitidOptions, PtraceSeize, PtraceGroupStop, PtraceGroupResume,
    PtraceGroupDetach, PtraceRealParent, PtraceExecMessage, PtraceExecTrap, PtraceKillRunning,
    PtraceAttachSignal, PtraceRequests, PtraceRegset, PtraceEventStop, PtraceSeccomp, UnameRelease>;

inline constexpr std::size_t decision_count = std::tuple_size_v<Choices>;

/// The position of a decision in `Choices`, which is its row in the table.
template <typename Decision, std::size_t I = 0>
constexpr std::size_t decision_index() {
    if constexpr (std::is_same_v<std::tuple_element_t<I, Choices>, Decision>) {
        return I;
    } else {
        return decision_index<Decision, I + 1>();
    }
}

/// A bug of the history that can be switched on; `semantics/quirks.hpp` has the list.
enum class Quirk : std::uint8_t;

/// A choice at every decision point. Plain data; `preset("F")` and its siblings make one.
struct Semantics {
    std::array<std::uint8_t, decision_count> choice{};
    std::uint64_t quirks = 0;  ///< one bit for each that is on; no preset has any

    template <typename Decision>
    constexpr Decision get() const {
        return static_cast<Decision>(choice[decision_index<Decision>()]);
    }
    template <typename Decision>
    constexpr void set(Decision value) {
        choice[decision_index<Decision>()] = static_cast<std::uint8_t>(value);
    }
    /// The seam: whether `value` is what this semantics decided.
    template <typename Decision>
    constexpr bool decided(Decision value) const {
        return get<Decision>() == value;
    }
    constexpr bool has(Quirk quirk) const {
        return (quirks >> static_cast<unsigned>(quirk) & 1) != 0;
    }
    constexpr void add(Quirk quirk) { quirks |= std::uint64_t{1} << static_cast<unsigned>(quirk); }
    bool operator==(const Semantics&) const = default;
};

/// Era F: what `sim/utrace` is read as.
const Semantics& final_semantics();

}  // namespace utsim
