// SPDX-License-Identifier: MIT
// The table. A new call is a row here and a function in one of the files calls_*.cpp; its name and
// types of arguments come from the table of all calls (event/syscall_names.cpp).
#include "process/call_table.hpp"

#include <algorithm>
#include <iterator>

#include "kernel/task.hpp"
#include "process/calls.hpp"
#include "process/futex.hpp"
#include "process/seccomp.hpp"
#include "process/time.hpp"
#include "process/timers.hpp"
#include "process/usage.hpp"

namespace utsim {

namespace {

struct Row {
    std::int64_t number;
    std::int64_t (*handler)(Task* current);
};

constexpr Row rows[] = {
    {0, sys_read},
    {1, sys_file_write},
    {2, sys_open},
    {3, sys_close},
    {4, sys_stat},
    {5, sys_fstat},
    {6, sys_lstat},
    {7, sys_poll},
    {8, sys_lseek},
    {9, sys_mmap},
    {16, sys_ioctl},
    {17, sys_pread64},
    {18, sys_pwrite64},
    {19, sys_readv},
    {20, sys_file_writev},
    {21, sys_access},
    {22, sys_pipe},
    {23, sys_select},
    {24, sys_sched_yield},
    {25, sys_mremap},
    {26, sys_nothing},  // msync
    {28, sys_madvise},
    {32, sys_dup},
    {33, sys_dup2},
    {36, sys_getitimer},
    {37, sys_alarm},
    {38, sys_setitimer},
    {41, sys_socket},
    {42, sys_socket_call},  // connect
    {43, sys_socket_call},  // accept
    {44, sys_sendto},
    {45, sys_recvfrom},
    {46, sys_sendmsg},
    {47, sys_recvmsg},
    {48, sys_shutdown},
    {49, sys_socket_call},  // bind
    {50, sys_socket_call},  // listen
    {51, sys_getsockname},
    {52, sys_getpeername},
    {53, sys_socketpair},
    {54, sys_setsockopt},
    {55, sys_getsockopt},
    {59, sys_execve},
    {63, sys_uname},
    {72, sys_fcntl},
    {73, sys_nothing},  // flock
    {74, sys_nothing},  // fsync
    {75, sys_nothing},  // fdatasync
    {76, sys_truncate},
    {77, sys_ftruncate},
    {79, sys_getcwd},
    {80, sys_chdir},
    {81, sys_fchdir},
    {82, sys_rename},
    {83, sys_mkdir},
    {84, sys_rmdir},
    {85, sys_creat},
    {86, sys_link},
    {87, sys_unlink},
    {88, sys_symlink},
    {89, sys_readlink},
    {90, sys_chmod},
    {91, sys_fchmod},
    {92, sys_chown},
    {93, sys_fchown},
    {94, sys_lchown},
    {95, sys_umask},
    {96, sys_read_time_of_day},
    {97, sys_getrlimit},
    {98, sys_getrusage},
    {99, sys_sysinfo},
    {100, sys_times},
    {102, sys_getuid},
    {104, sys_getgid},
    {105, sys_setuid},
    {106, sys_setgid},
    {107, sys_geteuid},
    {108, sys_getegid},
    {109, sys_setpgid},
    {111, sys_getpgrp},
    {112, sys_setsid},
    {113, sys_setreuid},
    {114, sys_setregid},
    {115, sys_nothing},  // getgroups
    {116, sys_setgroups},
    {117, sys_setresuid},
    {118, sys_getresuid},
    {119, sys_setresgid},
    {120, sys_getresgid},
    {121, sys_getpgid},
    {124, sys_getsid},
    {132, sys_nothing},  // utime
    {135, sys_personality},
    {149, sys_nothing},  // mlock
    {150, sys_nothing},  // munlock
    {151, sys_nothing},  // mlockall
    {152, sys_nothing},  // munlockall
    {157, sys_prctl},
    {160, sys_setrlimit},
    {162, sys_nothing},  // sync
    {201, sys_time},
    {202, sys_futex},
    {203, sys_nothing},  // sched_setaffinity
    {204, sys_sched_getaffinity},
    {217, sys_getdents64},
    {228, sys_read_clock},
    {229, sys_clock_getres},
    {230, sys_clock_nanosleep},
    {235, sys_nothing},  // utimes
    {257, sys_openat},
    {258, sys_mkdirat},
    {260, sys_fchownat},
    {262, sys_newfstatat},
    {263, sys_unlinkat},
    {264, sys_renameat},
    {265, sys_linkat},
    {266, sys_symlinkat},
    {267, sys_readlinkat},
    {268, sys_fchmodat},
    {269, sys_faccessat},
    {270, sys_pselect6},
    {271, sys_ppoll},
    {272, sys_unshare},
    {273, sys_set_robust_list},
    {280, sys_nothing},  // utimensat
    {292, sys_dup3},
    {293, sys_pipe2},
    {302, sys_prlimit64},
    {309, sys_getcpu},
    {316, sys_renameat2},
    {317, sys_seccomp},
    {318, sys_getrandom},
    {439, sys_faccessat},  // faccessat2
};
static_assert(std::is_sorted(std::begin(rows), std::end(rows),
                             [](const Row& a, const Row& b) { return a.number < b.number; }));

/// Null when there is none with that number.
const Row* find_row(std::int64_t nr) {
    const Row* row =
        std::lower_bound(std::begin(rows), std::end(rows), nr,
                         [](const Row& r, std::int64_t number) { return r.number < number; });
    return row != std::end(rows) && row->number == nr ? row : nullptr;
}

}  // namespace

bool is_process_call(std::int64_t nr) { return find_row(nr) != nullptr; }

bool run_process_call(Task* current, std::int64_t nr, std::int64_t* result) {
    world_of(current).pass_time(World::tick_time);
    count_call(current);
    const Row* row = find_row(nr);
    if (row == nullptr) return false;
    *result = row->handler(current);
    return true;
}

}  // namespace utsim
