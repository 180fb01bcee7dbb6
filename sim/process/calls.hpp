// SPDX-License-Identifier: MIT
/// The system calls of the process model, by file. Each takes its arguments from the registers and
/// returns what RAX gets.
#pragma once

#include <cstdint>
#include <string_view>

namespace utsim {

struct Task;

// process.cpp
std::int64_t sys_unshare(Task* current);

// calls_exec.cpp
std::int64_t sys_execve(Task* current);

// calls_identity.cpp
std::int64_t sys_getuid(Task* current);
std::int64_t sys_geteuid(Task* current);
std::int64_t sys_getgid(Task* current);
std::int64_t sys_getegid(Task* current);
std::int64_t sys_setuid(Task* current);
std::int64_t sys_setgid(Task* current);
std::int64_t sys_setresuid(Task* current);
std::int64_t sys_setresgid(Task* current);
std::int64_t sys_getresuid(Task* current);
std::int64_t sys_getresgid(Task* current);
std::int64_t sys_setreuid(Task* current);
std::int64_t sys_setregid(Task* current);
std::int64_t sys_setgroups(Task* current);
std::int64_t sys_personality(Task* current);
std::int64_t sys_setpgid(Task* current);
std::int64_t sys_getpgid(Task* current);
std::int64_t sys_getpgrp(Task* current);
std::int64_t sys_getsid(Task* current);
std::int64_t sys_setsid(Task* current);
std::int64_t sys_uname(Task* current);
/// The version that uname and /proc/version say.
std::string_view kernel_release(const Task* current);
std::int64_t sys_prctl(Task* current);
std::int64_t sys_prlimit64(Task* current);
std::int64_t sys_getrlimit(Task* current);
std::int64_t sys_setrlimit(Task* current);
std::int64_t sys_getrandom(Task* current);
std::int64_t sys_sysinfo(Task* current);
std::int64_t sys_sched_getaffinity(Task* current);
std::int64_t sys_set_robust_list(Task* current);
std::int64_t sys_getcpu(Task* current);
std::int64_t sys_nothing(Task* current);

// calls_io.cpp
std::int64_t sys_read(Task* current);
std::int64_t sys_file_write(Task* current);
std::int64_t sys_readv(Task* current);
std::int64_t sys_file_writev(Task* current);
std::int64_t sys_pread64(Task* current);
std::int64_t sys_pwrite64(Task* current);
std::int64_t sys_lseek(Task* current);
std::int64_t sys_ioctl(Task* current);
std::int64_t sys_ftruncate(Task* current);
std::int64_t sys_truncate(Task* current);

// calls_memory.cpp
std::int64_t sys_mmap(Task* current);
std::int64_t sys_mremap(Task* current);
std::int64_t sys_madvise(Task* current);

// calls_name.cpp
std::int64_t sys_stat(Task* current);
std::int64_t sys_lstat(Task* current);
std::int64_t sys_fstat(Task* current);
std::int64_t sys_newfstatat(Task* current);
std::int64_t sys_access(Task* current);
std::int64_t sys_faccessat(Task* current);
std::int64_t sys_getcwd(Task* current);
std::int64_t sys_chdir(Task* current);
std::int64_t sys_fchdir(Task* current);
std::int64_t sys_mkdir(Task* current);
std::int64_t sys_mkdirat(Task* current);
std::int64_t sys_rmdir(Task* current);
std::int64_t sys_unlink(Task* current);
std::int64_t sys_unlinkat(Task* current);
std::int64_t sys_rename(Task* current);
std::int64_t sys_renameat(Task* current);
std::int64_t sys_readlink(Task* current);
std::int64_t sys_readlinkat(Task* current);
std::int64_t sys_chmod(Task* current);
std::int64_t sys_chown(Task* current);
std::int64_t sys_fchown(Task* current);
std::int64_t sys_fchownat(Task* current);
std::int64_t sys_fchmodat(Task* current);
std::int64_t sys_lchown(Task* current);
std::int64_t sys_renameat2(Task* current);
std::int64_t sys_fchmod(Task* current);
std::int64_t sys_umask(Task* current);

// calls_link.cpp
std::int64_t sys_symlink(Task* current);
std::int64_t sys_symlinkat(Task* current);
std::int64_t sys_link(Task* current);
std::int64_t sys_linkat(Task* current);
std::int64_t sys_getdents64(Task* current);

// calls_socket.cpp
std::int64_t sys_socket(Task* current);
std::int64_t sys_socketpair(Task* current);
std::int64_t sys_sendto(Task* current);
std::int64_t sys_recvfrom(Task* current);
std::int64_t sys_sendmsg(Task* current);
std::int64_t sys_recvmsg(Task* current);
std::int64_t sys_shutdown(Task* current);
std::int64_t sys_getsockname(Task* current);
std::int64_t sys_getpeername(Task* current);
std::int64_t sys_getsockopt(Task* current);
std::int64_t sys_setsockopt(Task* current);
std::int64_t sys_socket_call(Task* current);

// usage.cpp
std::int64_t sys_getrusage(Task* current);
std::int64_t sys_times(Task* current);

// calls_open.cpp
std::int64_t sys_open(Task* current);
std::int64_t sys_openat(Task* current);
std::int64_t sys_creat(Task* current);
std::int64_t sys_close(Task* current);
std::int64_t sys_pipe(Task* current);
std::int64_t sys_pipe2(Task* current);
std::int64_t sys_dup(Task* current);
std::int64_t sys_dup2(Task* current);
std::int64_t sys_dup3(Task* current);
std::int64_t sys_fcntl(Task* current);

// calls_poll.cpp
std::int64_t sys_poll(Task* current);
std::int64_t sys_ppoll(Task* current);
std::int64_t sys_select(Task* current);
std::int64_t sys_pselect6(Task* current);

}  // namespace utsim
