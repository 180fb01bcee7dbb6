// SPDX-License-Identifier: MIT
/// Real bugs of utrace's history, as switches.
///
/// Each has a row in `quirks.cpp` that tells what happened, and either a seam of its own,
/// `quirk(task, Quirk::b33_detach_vs_stop_orphan)`, at the place where the mistake was made, or a
/// decision point one of whose values is the mistake. `F,quirk=B33` says both.
#pragma once

#include <optional>
#include <string_view>

#include <utsim/semantics.hpp>

#include "semantics/semantics.hpp"

namespace utsim {

enum class Quirk : std::uint8_t {
    b01_detach_leaves_singlestep,
    b02_reporting_left_by_resume,
    b03_detach_vs_start_callback,
    b04_api_during_reap,
    b05_set_events_reap_bit,
    b06_lookup_during_reap,
    b07_reap_flag_not_set,
    b08_attach_delay_bypassed,
    b09_callback_detach_lockless,
    b10_bogus_si_signo,
    b11_syscall_resumed_stale_action,
    b13_spurious_notify_kills_step,
    b14_entry_interrupt_not_repeated,
    b15_failed_fork_frees_parent,
    b17_lookup_null_utrace,
    b18_resume_set_to_stop,
    b19_signal_misses_newcomers,
    b20_stop_ignored_while_stepping,
    b21_resume_read_twice,
    b22_kill_outruns_lock,
    b23_dequeue_in_group_stop,
    b24_false_einprogress,
    b25_reset_touches_freed_task,
    b26_slow_path_forgotten,
    b27_attach_leaves_flags_zero,
    b28_reap_callback_never_made,
    b29_death_skips_newcomers,
    b30_detach_forgets_its_stop,
    b30b_einprogress_before_mark,
    b31_zombie_detach_not_unlinked,
    b33_detach_vs_stop_orphan,
    b34_stop_retries_for_ever,
    b35_handler_mark_leaks,
    b36_einprogress_on_zombie,
    b37_kill_missed_after_demotion,
    b38a_stop_drops_report,
    b38b_stop_drops_interrupt,
    b39_report_beats_interrupt,
    b40_interrupt_also_reports,
    b41_sigcont_fools_tracer,
    b42_stopped_bit_leaks,
    b43_group_stop_lost,
    b44_wakeup_ignores_group_stop,
    b45_jctl_report_while_stopped,
    b47_reporting_left_without_callback,
    b49_interrupt_before_sigpending,
    b51_jctl_eats_newcomers,
    b52_ealready_too_early,
    b53_step_without_machine,
    b54_attach_report_swallowed,
    b55_stop_tested_unlocked,
    b56_jctl_notify_argument,
    b57_attach_missing_else,
    b58_creator_by_real_parent,
    b59_reap_skips_newcomers,
    b60_attach_returns_eagain,
    b61_child_inherits_bits,
    b63_double_siglock,
    b64_reporting_cleared_first,
    b78_set_events_sets_stop,
    b79_exit_dead_taken_for_reaped,
    count_,
};

inline constexpr std::size_t quirk_count = static_cast<std::size_t>(Quirk::count_);
static_assert(quirk_count <= 64, "Semantics has one word for them");

/// By its id; null when there is none.
const QuirkInfo* find_quirk(std::string_view id);
/// Which switch `row` of the table is; whether anybody asks for it depends on `row.decision`.
Quirk quirk_of(const QuirkInfo& row);

}  // namespace utsim
