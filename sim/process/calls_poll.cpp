// SPDX-License-Identifier: MIT
// Waiting for several files: poll and select, with and without a signal mask of their own. All who
// wait sleep in one queue and look again whenever any file has changed.
#include <algorithm>

#include "kernel/memory.hpp"
#include "kernel/signal.hpp"
#include "process/calls.hpp"
#include "process/time.hpp"

namespace utsim {

namespace {

struct PollFd {
    std::int32_t fd;
    std::int16_t events;
    std::int16_t revents;
};
constexpr std::uint64_t most_polled = ProcessLimits::descriptors;
constexpr std::uint32_t always_told = K_POLLERR | K_POLLHUP | K_POLLNVAL;

std::uint32_t look_at(Task* current, std::int32_t fd) {
    OpenFile* file = find_file(current, fd);
    return file != nullptr ? file->ops->poll(current, *file) : K_POLLNVAL;
}

/// Waits until `look()` finds something; 0 when the time is over.
template <typename Look>
std::int64_t wait_for_files(Task* current, std::uint64_t end, const char* function, Look&& look) {
    std::int64_t found = 0;
    const auto ready = [&] { return (found = look()) != 0; };
    WaitQueue& queue = processes_of(current).pollers;
    const std::int64_t result = wait_event(current, queue, end, function, ready);
    if (result == -K_ETIMEDOUT) return 0;
    return result == -K_ERESTARTSYS ? -K_ERESTARTNOHAND : found;
}

std::int64_t do_poll(Task* current, std::uint64_t end) {
    const std::uint64_t address = current->regs.rdi();
    const auto count = static_cast<std::uint32_t>(current->regs.rsi());
    if (count > most_polled) return -K_EINVAL;
    const auto entry_at = [&](std::uint32_t n) { return address + n * sizeof(PollFd); };
    std::int64_t failed = 0;
    const auto look = [&]() -> std::int64_t {
        std::int64_t ready = 0;
        for (std::uint32_t n = 0; n < count; ++n) {
            PollFd one{};
            if (copy_from_user(current, &one, entry_at(n), sizeof one) != 0) {
                failed = -K_EFAULT;
                return -1;
            }
            std::uint32_t events = 0;
            if (one.fd >= 0) {
                events = look_at(current, one.fd) &
                         (static_cast<std::uint16_t>(one.events) | always_told);
            }
            one.revents = static_cast<std::int16_t>(events);
            if (copy_to_user(current, entry_at(n), &one, sizeof one) != 0) {
                failed = -K_EFAULT;
                return -1;
            }
            ready += events != 0 ? 1 : 0;
        }
        return ready;
    };
    const std::int64_t result = wait_for_files(current, end, "do_poll", look);
    return failed != 0 ? failed : result;
}

constexpr std::size_t words = most_polled / 64;
struct FdSets {
    std::uint64_t in[words], out[words], except[words];
};

bool has(const std::uint64_t* set, std::uint32_t fd) { return (set[fd / 64] >> fd % 64 & 1) != 0; }

std::int64_t do_select(Task* current, std::uint64_t end) {
    const cpu::Registers& r = current->regs;
    const auto n = static_cast<std::int32_t>(r.rdi());
    if (n < 0) return -K_EINVAL;
    const auto count = std::min(static_cast<std::uint32_t>(n), ProcessLimits::descriptors);
    const std::size_t bytes = (count + 63) / 64 * 8;
    const std::uint64_t addresses[3] = {r.rsi(), r.rdx(), r.gpr[10]};
    FdSets wanted{};
    std::uint64_t* sets[3] = {wanted.in, wanted.out, wanted.except};
    for (int i = 0; i < 3; ++i) {
        if (addresses[i] != 0 && copy_from_user(current, sets[i], addresses[i], bytes) != 0) {
            return -K_EFAULT;
        }
    }
    for (std::uint32_t fd = 0; fd < count; ++fd) {
        const bool asked = has(wanted.in, fd) || has(wanted.out, fd) || has(wanted.except, fd);
        if (asked && find_file(current, static_cast<std::int32_t>(fd)) == nullptr) return -K_EBADF;
    }
    FdSets found{};
    std::uint64_t* results[3] = {found.in, found.out, found.except};
    const auto look = [&]() -> std::int64_t {
        std::int64_t ready = 0;
        found = {};
        for (std::uint32_t fd = 0; fd < count; ++fd) {
            const bool asked = has(wanted.in, fd) || has(wanted.out, fd);
            if (!asked) continue;
            const std::uint32_t events = look_at(current, static_cast<std::int32_t>(fd));
            const std::uint64_t bit = std::uint64_t{1} << fd % 64;
            if (has(wanted.in, fd) && (events & (K_POLLIN | K_POLLHUP | K_POLLERR)) != 0) {
                found.in[fd / 64] |= bit;
                ++ready;
            }
            if (has(wanted.out, fd) && (events & (K_POLLOUT | K_POLLERR)) != 0) {
                found.out[fd / 64] |= bit;
                ++ready;
            }
        }
        return ready;
    };
    const std::int64_t result = wait_for_files(current, end, "do_select", look);
    if (result < 0) return result;
    for (int i = 0; i < 3; ++i) {
        if (addresses[i] != 0 && copy_to_user(current, addresses[i], results[i], bytes) != 0) {
            return -K_EFAULT;
        }
    }
    return result;
}

/// Another signal mask for as long as the call sleeps. A signal that ends it is delivered with that
/// mask in force; then the old one comes back.
class MaskForCall {
public:
    MaskForCall(Task* current, const SigSet* mask) : current_(current), changed_(mask != nullptr) {
        if (!changed_) return;
        old_ = current->blocked;
        set_current_blocked(current, *mask & ~sig_kernel_only, "set_user_sigmask");
    }
    std::int64_t end(std::int64_t result) {
        if (!changed_) return result;
        if (result == -K_ERESTARTNOHAND) {
            current_->saved_sigmask = old_;
            current_->restore_sigmask = true;
        } else {
            set_current_blocked(current_, old_, "restore_saved_sigmask");
        }
        return result;
    }

private:
    Task* current_;
    bool changed_;
    SigSet old_ = 0;
};

}  // namespace

std::int64_t sys_poll(Task* current) {
    const auto milliseconds = static_cast<std::int32_t>(current->regs.rdx());
    if (milliseconds < 0) return do_poll(current, no_deadline);
    return do_poll(current, deadline_after(current, static_cast<std::uint64_t>(milliseconds) *
                                                        World::tick_time));
}

std::int64_t sys_ppoll(Task* current) {
    std::uint64_t end = no_deadline;
    if (current->regs.rdx() != 0) {
        std::uint64_t length = 0;
        const std::int64_t failed = copy_timespec(current, current->regs.rdx(), &length);
        if (failed != 0) return failed;
        end = deadline_after(current, length);
    }
    SigSet mask = 0;
    const std::uint64_t mask_at = current->regs.gpr[10];
    if (mask_at != 0 && current->regs.gpr[8] != sizeof mask) return -K_EINVAL;
    if (mask_at != 0 && copy_from_user(current, &mask, mask_at, sizeof mask) != 0) {
        return -K_EFAULT;
    }
    MaskForCall masked(current, mask_at != 0 ? &mask : nullptr);
    return masked.end(do_poll(current, end));
}

std::int64_t sys_select(Task* current) {
    std::uint64_t end = no_deadline;
    if (current->regs.gpr[8] != 0) {
        struct {
            std::int64_t seconds, microseconds;
        } time{};
        if (copy_from_user(current, &time, current->regs.gpr[8], sizeof time) != 0) {
            return -K_EFAULT;
        }
        if (time.seconds < 0 || time.microseconds < 0) return -K_EINVAL;
        const auto seconds = std::min<std::int64_t>(time.seconds, 1'000'000'000);
        end = deadline_after(current, static_cast<std::uint64_t>(seconds) * 1'000'000'000 +
                                          static_cast<std::uint64_t>(time.microseconds) * 1000);
    }
    return do_select(current, end);
}

std::int64_t sys_pselect6(Task* current) {
    std::uint64_t end = no_deadline;
    if (current->regs.gpr[8] != 0) {
        std::uint64_t length = 0;
        const std::int64_t failed = copy_timespec(current, current->regs.gpr[8], &length);
        if (failed != 0) return failed;
        end = deadline_after(current, length);
    }
    struct {
        std::uint64_t address, size;
    } argument{};
    const std::uint64_t argument_at = current->regs.gpr[9];
    if (argument_at != 0 && copy_from_user(current, &argument, argument_at, sizeof argument) != 0) {
        return -K_EFAULT;
    }
    SigSet mask = 0;
    if (argument.address != 0) {
        if (argument.size != sizeof mask) return -K_EINVAL;
        if (copy_from_user(current, &mask, argument.address, sizeof mask) != 0) return -K_EFAULT;
    }
    MaskForCall masked(current, argument.address != 0 ? &mask : nullptr);
    return masked.end(do_select(current, end));
}

}  // namespace utsim
