// SPDX-License-Identifier: MIT
// Futexes. Words are told apart by memory and address, so that threads, vfork children and those
// who share a mapping meet.
#include "process/futex.hpp"

#include <limits>

#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "process/time.hpp"

namespace utsim {

namespace {

enum FutexOp : std::uint32_t {
    wait = 0,
    wake = 1,
    requeue = 3,
    cmp_requeue = 4,
    wake_op = 5,
    wait_bitset = 9,
    wake_bitset = 10,
};
constexpr std::uint32_t command_mask = 0x7f;
constexpr std::uint32_t clock_realtime = 256;
constexpr std::uint32_t any_bits = 0xffffffff;
constexpr std::uint32_t owner_died = 0x40000000;
constexpr std::uint32_t waiters_bit = 0x80000000;
constexpr std::uint32_t tid_mask = 0x3fffffff;
/// Locks that are looked at; a list in a circle ends here.
constexpr int most_robust_locks = 2048;

cpu::AddressSpace::Key key_of(const Task* task, std::uint64_t address) {
    if (task->mm == nullptr || task->mm->space == nullptr) return {nullptr, address};
    return task->mm->space->key_of(address);
}

int wake_waiters(Task* task, std::uint64_t address, std::uint32_t most, std::uint32_t bits) {
    const cpu::AddressSpace::Key key = key_of(task, address);
    std::uint32_t count = 0;
    for (FutexWaiter* waiter : list_entries_safe<&FutexWaiter::node>(&processes_of(task).futexes)) {
        if (count == most) break;
        if (waiter->key != key) continue;
        if ((waiter->bits & bits) == 0) continue;
        waiter->woken = true;
        list_del_init(&waiter->node);
        wake_up_state(waiter->task, TASK_INTERRUPTIBLE);
        ++count;
    }
    return static_cast<int>(count);
}

std::int64_t futex_wait(Task* current, std::uint64_t address, std::uint32_t expected,
                        std::uint32_t bits, std::uint64_t end) {
    if (bits == 0) return -K_EINVAL;
    std::uint32_t value = 0;
    if (copy_from_user(current, &value, address, sizeof value) != 0) return -K_EFAULT;
    if (value != expected) return -K_EAGAIN;
    FutexWaiter waiter;
    waiter.task = current;
    waiter.key = key_of(current, address);
    waiter.bits = bits;
    list_add_tail(&waiter.node, &processes_of(current).futexes);
    const std::int64_t result =
        sleep_until_ready(current, end, "futex_wait", [&] { return waiter.woken; });
    if (!waiter.woken) list_del_init(&waiter.node);
    return result;
}

std::int64_t futex_requeue(Task* current, std::uint64_t from, std::uint64_t to, std::uint32_t wakes,
                           std::uint32_t moves) {
    std::int64_t count = wake_waiters(current, from, wakes, any_bits);
    const cpu::AddressSpace::Key old_key = key_of(current, from);
    for (FutexWaiter* waiter : list_entries<&FutexWaiter::node>(&processes_of(current).futexes)) {
        if (moves == 0) break;
        if (waiter->key != old_key) continue;
        waiter->key = key_of(current, to);
        --moves;
        ++count;
    }
    return count;
}

/// FUTEX_WAKE_OP: changes one word, wakes at the other, and at the changed one if its old value
/// compares as the operation says.
std::int64_t futex_wake_op(Task* current, std::uint64_t first, std::uint64_t second,
                           std::uint32_t wakes, std::uint32_t more, std::uint32_t operation) {
    std::uint32_t old = 0;
    if (copy_from_user(current, &old, second, sizeof old) != 0) return -K_EFAULT;
    const auto signed_12 = [](std::uint32_t bits) {
        return static_cast<std::int32_t>(bits << 20) >> 20;
    };
    auto argument = static_cast<std::uint32_t>(signed_12(operation >> 12 & 0xfff));
    const std::int32_t compared = signed_12(operation & 0xfff);
    if ((operation & 0x80000000) != 0) argument = 1u << (argument & 31);
    std::uint32_t value = old;
    switch (operation >> 28 & 7) {
        case 0:
            value = argument;
            break;
        case 1:
            value += argument;
            break;
        case 2:
            value |= argument;
            break;
        case 3:
            value &= ~argument;
            break;
        case 4:
            value ^= argument;
            break;
        default:
            return -K_ENOSYS;
    }
    if (copy_to_user(current, second, &value, sizeof value) != 0) return -K_EFAULT;
    std::int64_t count = wake_waiters(current, first, wakes, any_bits);
    const auto was = static_cast<std::int32_t>(old);
    const bool holds[] = {was == compared, was != compared,
                          was<compared, was <= compared, was> compared, was >= compared};
    const std::uint32_t comparison = operation >> 24 & 15;
    if (comparison >= std::size(holds)) return -K_ENOSYS;
    if (holds[comparison]) count += wake_waiters(current, second, more, any_bits);
    return count;
}

}  // namespace

std::int64_t sys_futex(Task* current) {
    const cpu::Registers& regs = current->regs;
    const std::uint64_t address = regs.rdi();
    const auto op = static_cast<std::uint32_t>(regs.rsi());
    const auto value = static_cast<std::uint32_t>(regs.rdx());
    const std::uint64_t fourth = regs.gpr[10];
    const std::uint64_t second = regs.gpr[8];
    const auto third = static_cast<std::uint32_t>(regs.gpr[9]);
    if (address % 4 != 0) return -K_EINVAL;
    const std::uint32_t command = op & command_mask;
    if (command == wait || command == wait_bitset) {
        std::uint64_t end = no_deadline;
        if (fourth != 0) {
            std::uint64_t length = 0;
            const std::int64_t failed = copy_timespec(current, fourth, &length);
            if (failed != 0) return failed;
            // The plain one says how long, the other one until when.
            end = command == wait ? deadline_after(current, length)
                                  : deadline_at(current, length, (op & clock_realtime) != 0);
        }
        return futex_wait(current, address, value, command == wait ? any_bits : third, end);
    }
    switch (command) {
        case wake:
            return wake_waiters(current, address, value, any_bits);
        case wake_bitset:
            return third == 0 ? -K_EINVAL : wake_waiters(current, address, value, third);
        case cmp_requeue: {
            std::uint32_t now = 0;
            if (copy_from_user(current, &now, address, sizeof now) != 0) return -K_EFAULT;
            if (now != third) return -K_EAGAIN;
            return futex_requeue(current, address, second, value,
                                 static_cast<std::uint32_t>(fourth));
        }
        case requeue:
            return futex_requeue(current, address, second, value,
                                 static_cast<std::uint32_t>(fourth));
        case wake_op:
            return futex_wake_op(current, address, second, value,
                                 static_cast<std::uint32_t>(fourth), third);
        default:
            return -K_ENOSYS;
    }
}

void wake_futex_word(Task* task, std::uint64_t address) {
    wake_waiters(task, address, std::numeric_limits<std::uint32_t>::max(), any_bits);
}

void exit_robust_list(Task* current) {
    const std::uint64_t head = process_of(current).robust_list;
    if (head == 0 || current->mm == nullptr) return;
    struct {
        std::uint64_t first;
        std::int64_t offset;
        std::uint64_t pending;
    } list{};
    if (copy_from_user(current, &list, head, sizeof list) != 0) return;
    std::uint64_t at = list.first;
    for (int n = 0; at != head && n < most_robust_locks; ++n) {
        std::uint64_t next = 0;
        if (copy_from_user(current, &next, at, sizeof next) != 0) return;
        const std::uint64_t word_at =
            (at & ~std::uint64_t{1}) + static_cast<std::uint64_t>(list.offset);
        std::uint32_t word = 0;
        if (copy_from_user(current, &word, word_at, sizeof word) != 0) return;
        if ((word & tid_mask) == static_cast<std::uint32_t>(pid_vnr(current, current->pid))) {
            const std::uint32_t left = (word & waiters_bit) | owner_died;
            copy_to_user(current, word_at, &left, sizeof left);
            if ((word & waiters_bit) != 0) wake_waiters(current, word_at, 1, any_bits);
        }
        at = next;
    }
}

}  // namespace utsim
