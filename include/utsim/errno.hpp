// SPDX-License-Identifier: MIT
/// Error numbers of the modelled kernel. They are values of the model, never errors of utsim.
#pragma once

namespace utsim {

/// Kernel calls return these negated, as Linux does.
enum KernelErrno : int {
    K_EPERM = 1,
    K_ENOENT = 2,
    K_ESRCH = 3,
    K_EINTR = 4,
    K_EIO = 5,
    K_ENXIO = 6,
    K_E2BIG = 7,
    K_ENOEXEC = 8,
    K_EBADF = 9,
    K_ECHILD = 10,
    K_EAGAIN = 11,
    K_ENOMEM = 12,
    K_EACCES = 13,
    K_EFAULT = 14,
    K_EBUSY = 16,
    K_EEXIST = 17,
    K_EXDEV = 18,
    K_ENODEV = 19,
    K_ENOTDIR = 20,
    K_EISDIR = 21,
    K_EINVAL = 22,
    K_ENFILE = 23,
    K_EMFILE = 24,
    K_ENOTTY = 25,
    K_EFBIG = 27,
    K_ENOSPC = 28,
    K_ESPIPE = 29,
    K_EROFS = 30,
    K_EMLINK = 31,
    K_EPIPE = 32,
    K_ERANGE = 34,
    K_ENAMETOOLONG = 36,
    K_ENOSYS = 38,
    K_ENOTEMPTY = 39,
    K_ELOOP = 40,
    K_EOVERFLOW = 75,
    K_ENOTSOCK = 88,
    K_EOPNOTSUPP = 95,
    K_EAFNOSUPPORT = 97,
    K_ETIMEDOUT = 110,
    K_EALREADY = 114,
    K_EINPROGRESS = 115,
    K_ERESTARTSYS = 512,
    K_ERESTARTNOINTR = 513,
    K_ERESTARTNOHAND = 514,
    K_ERESTART_RESTARTBLOCK = 516,
};

/// `EINPROGRESS` for 115, or null for a number that has no name here.
const char* errno_name(int number);

}  // namespace utsim
