// SPDX-License-Identifier: MIT
/// The programs of test/ptrace/record, and for those that do not print what was recorded yet, what
/// they need. Who passes is held to passing.
#pragma once

#include <string_view>

namespace utsim {

struct RecordedProgram {
    std::string_view name;
    std::string_view open;  ///< why it is not run; empty: it passes
};

/// Waits for another task by the state letter of /proc/PID/stat, or by a pipe.
inline constexpr std::string_view proc = "open and read of /proc/PID/stat";
inline constexpr std::string_view pipe = "pipe";
inline constexpr std::string_view proc_and_pipe = "open and read of /proc/PID/stat, pipe";
inline constexpr std::string_view descriptors = "close, lseek, dup";
inline constexpr std::string_view credentials = "pipe, setuid, setgid, PR_SET_DUMPABLE";
inline constexpr std::string_view exec = "execve of ELF";
inline constexpr std::string_view exec_and_proc = "execve of ELF, /proc/PID/stat, pipe";
inline constexpr std::string_view shared = "MAP_SHARED, /proc/PID/stat";

inline constexpr RecordedProgram recorded_programs[] = {
    {"101_target", proc},
    {"102_running", proc},
    {"103_killreq", proc},
    {"104_baddata", ""},
    {"105_setoptions", ""},
    {"106_traceme", pipe},
    {"107_othertracer", proc},
    {"109_uid", credentials},
    {"110_nodump", credentials},
    {"201_attach", proc},
    {"202_attachstopped", proc},
    {"204_seize", proc},
    {"205_interruptstopped", proc},
    {"206_seizestopped", proc},
    {"208_groupstop", proc},
    {"210_groupthreads", shared},
    {"212_parentview", proc_and_pipe},
    {"213_procstate", "/proc/PID/stat, /proc/self/status"},
    {"215_listenstop", proc},
    {"216_groupinject", proc},
    {"301_deliver", ""},
    {"303_injectwhere", ""},
    {"304_blocked", ""},
    {"306_sigkill", proc},
    {"307_order", ""},
    {"308_peeksiginfo", ""},
    {"309_sigmask", ""},
    {"310_fault", ""},
    {"312_onestack", ""},
    {"401_entryexit", descriptors},
    {"402_change", descriptors},
    {"404_callinfo", descriptors},
    {"405_sysemu", ""},
    {"406_restart", proc_and_pipe},
    {"408_pokerip", proc},
    {"410_sigsys", "seccomp filters"},
    {"411_restartnr", proc},
    {"501_fork", proc_and_pipe},
    {"502_vfork", proc},
    {"503_clone", ""},
    {"505_exec", exec_and_proc},
    {"506_execsyscall", exec},
    {"507_exectrapblocked", exec},
    {"508_execthread", exec_and_proc},
    {"510_exit", ""},
    {"511_exitgroup", proc},
    {"513_exitkill", "PR_SET_CHILD_SUBREAPER, MAP_SHARED, /proc/PID/stat"},
    {"514_execreap", exec_and_proc},
    {"601_hidden", proc_and_pipe},
    {"602_tracerdies", proc_and_pipe},
    {"603_nowait", ""},
    {"606_sigchld", "a sched_yield that gives way in the default order"},
    {"607_autoreap", pipe},
    {"608_tracerign", proc_and_pipe},
    {"610_continued", proc},
    {"611_eintr", proc},
    {"612_initdeath", "CLONE_NEWPID, pipe, /proc/PID/stat"},
    {"614_cldstop", proc},
    {"701_detach", proc},
    {"703_reattach", proc},
    {"704_detachsignal", proc},
    {"706_orphan", "PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, pipe, /proc/PID/stat"},
    {"707_threadtracer", proc},
    {"801_step", ""},
    {"802_stepsyscall", ""},
    {"803_stephandler", ""},
    {"804_flags", ""},
    {"806_stepclone", "time slices: in the default order a tracee that loops is never left"},
    {"808_block", ""},
    {"809_stepshadow", ""},
    {"810_break", ""},
    {"811_watch", "debug registers"},
    {"901_useroff", ""},
    {"902_pokeregs", ""},
    {"903_setregs", ""},
    {"905_fpregs", ""},
    {"906_memory", "MAP_SHARED"},
    {"907_procmem", "/proc/PID/mem"},
    {"908_archprctl", ""},
    {"909_origrax", shared},
};

}  // namespace utsim
