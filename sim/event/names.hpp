// SPDX-License-Identifier: MIT
/// The words that people know for the numbers in events: signals, errnos, calls, states, masks.
///
/// Writers print them, the reader and the scenario loader look them up, error messages suggest
/// them. Every table lists a number once, so that what was printed can be read back.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <utsim/errno.hpp>

namespace utsim {

struct NamedValue {
    std::string_view name;
    std::int64_t value;
};
using Names = std::span<const NamedValue>;

/// The name of `value`, or an empty view.
std::string_view name_of(Names names, std::int64_t value);
/// The entry called `name`, or null.
const NamedValue* find_name(Names names, std::string_view name);

Names resume_action_names();   ///< UTRACE_STOP ... UTRACE_DETACH
Names signal_action_names();   ///< UTRACE_SIGNAL_DELIVER ...
Names syscall_action_names();  ///< UTRACE_SYSCALL_RUN, UTRACE_SYSCALL_ABORT
Names event_names();           ///< QUIESCE ... JCTL as mask bits, and ENGINE_STOP
Names attach_flag_names();     ///< UTRACE_ATTACH_CREATE ...
Names api_call_names();        ///< utrace_control for ApiCall::control, wake for ApiCall::wake
Names callback_names();        ///< report_quiesce for CallbackKind::quiesce
Names task_state_names();      ///< whole states (TASK_TRACED 136)
Names task_state_bits();       ///< single bits (__TASK_TRACED 8)
Names exit_state_names();      ///< EXIT_ZOMBIE, EXIT_DEAD
Names cld_names();             ///< CLD_STOPPED ...
Names step_switch_names();     ///< user_enable_single_step ...
Names return_path_names();     ///< sys irq trap fault fork
Names clone_flag_names();      ///< CLONE_VM ...; the low byte is the exit signal
Names signal_names();          ///< SIGHUP ... SIGRTMIN+32
Names result_names();          ///< -EPERM ..., as calls answer
Names register_names();        ///< rax ... gs_base, in the order of Register
Names disposition_names();     ///< none (-1), SIG_DFL, SIG_IGN, handler
Names syscall_names();         ///< read write ..., by number
Names ptrace_stop_names();     ///< signal group event_stop ..., which stop of a tracee it is
Names ptrace_event_names();    ///< PTRACE_EVENT_FORK ...
/// SI_USER ..., TRAP_TRACE ...: a table for each sort of signal. A number is in several of them.
std::span<const Names> si_code_tables();

/// `SIGUSR1` for 10, `SIGRTMIN+2` style for real-time ones, null outside 1..64.
const char* signal_name(int signal);
/// `SI_USER`, `TRAP_TRACE`: what si_code means for `signal`; empty when it has no name.
std::string_view si_code_name(std::int64_t signal, std::int64_t code);
/// The code of this name among those that `signal` can come with, or null.
const NamedValue* find_si_code(std::int64_t signal, std::string_view name);

/// One Linux system call of x86-64.
struct SyscallInfo {
    int nr;
    std::string_view name;
    /// Types of the arguments, one word each with blanks between: `fd >bytes size`. `>` before
    /// one: the call writes there, so it can be told when the call is over. A last word `=addr` is
    /// the type of the result where that is no plain number.
    std::string_view arguments;
};
int argument_count(const SyscallInfo& info);
/// The row of `nr`, or null.
const SyscallInfo* find_syscall(int nr);
const SyscallInfo* find_syscall(std::string_view name);

}  // namespace utsim
