// SPDX-License-Identifier: MIT
/// The programs of test/ptrace/record. All of them are held to what was recorded.
#pragma once

#include <string_view>

namespace utsim {

inline constexpr std::string_view recorded_programs[] = {
    "101_target",
    "102_running",
    "103_killreq",
    "104_baddata",
    "105_setoptions",
    "106_traceme",
    "107_othertracer",
    "109_uid",
    "110_nodump",
    "201_attach",
    "202_attachstopped",
    "204_seize",
    "205_interruptstopped",
    "206_seizestopped",
    "208_groupstop",
    "210_groupthreads",
    "212_parentview",
    "213_procstate",
    "215_listenstop",
    "216_groupinject",
    "301_deliver",
    "303_injectwhere",
    "304_blocked",
    "306_sigkill",
    "307_order",
    "308_peeksiginfo",
    "309_sigmask",
    "310_fault",
    "312_onestack",
    "401_entryexit",
    "402_change",
    "404_callinfo",
    "405_sysemu",
    "406_restart",
    "408_pokerip",
    "410_sigsys",
    "411_restartnr",
    "501_fork",
    "502_vfork",
    "503_clone",
    "505_exec",
    "506_execsyscall",
    "507_exectrapblocked",
    "508_execthread",
    "510_exit",
    "511_exitgroup",
    "513_exitkill",
    "514_execreap",
    "601_hidden",
    "602_tracerdies",
    "603_nowait",
    "606_sigchld",
    "607_autoreap",
    "608_tracerign",
    "610_continued",
    "611_eintr",
    "612_initdeath",
    "614_cldstop",
    "701_detach",
    "703_reattach",
    "704_detachsignal",
    "706_orphan",
    "707_threadtracer",
    "801_step",
    "802_stepsyscall",
    "803_stephandler",
    "804_flags",
    "806_stepclone",
    "808_block",
    "809_stepshadow",
    "810_break",
    "811_watch",
    "901_useroff",
    "902_pokeregs",
    "903_setregs",
    "905_fpregs",
    "906_memory",
    "907_procmem",
    "908_archprctl",
    "909_origrax",
};

/// Those whose output depends on who goes on where, and why. They stand the schedules that the test
/// draws, but not every switch inside the kernel.
struct RecordedRace {
    std::string_view name;
    std::string_view reason;
};

inline constexpr RecordedRace recorded_races[] = {
    {"614_cldstop",
     "it looks into /proc until its child is stopped, which is so before SIGCHLD is sent"},
};

}  // namespace utsim
