// SPDX-License-Identifier: MIT
// Calls that move bytes: read and write in all their forms, seeking, terminals' ioctl.
#include <algorithm>
#include <utility>

#include "kernel/memory.hpp"
#include "process/calls.hpp"
#include "process/ioctl.hpp"
#include "process/path.hpp"
#include "process/tty.hpp"

namespace utsim {

namespace {

std::int64_t do_read(Task* current, OpenFile* file, std::uint64_t to, std::uint64_t n) {
    if (file == nullptr || !file->readable()) return -K_EBADF;
    return file->ops->read != nullptr ? file->ops->read(current, *file, to, n) : -K_EINVAL;
}

std::int64_t do_write(Task* current, OpenFile* file, std::uint64_t from, std::uint64_t n) {
    if (file == nullptr || !file->writable()) return -K_EBADF;
    return file->ops->write != nullptr ? file->ops->write(current, *file, from, n) : -K_EINVAL;
}

/// At a position of its own; the file's stays.
template <typename Transfer>
std::int64_t at_position(OpenFile* file, std::uint64_t offset, Transfer&& transfer) {
    if (file == nullptr) return -K_EBADF;
    if (static_cast<std::int64_t>(offset) < 0) return -K_EINVAL;
    if (!file->ops->has_position) return -K_ESPIPE;
    ++file->users;  // it may be closed by another thread meanwhile
    const std::uint64_t before = std::exchange(file->position, offset);
    const std::int64_t result = transfer();
    file->position = before;
    --file->users;
    return result;
}

/// Runs `transfer(base, length)` over the pieces, up to the first that comes out short.
template <typename Transfer>
std::int64_t over_pieces(Task* current, Transfer&& transfer) {
    constexpr std::uint64_t most_pieces = 1024;
    const std::uint64_t count = current->regs.rdx();
    if (count > most_pieces) return -K_EINVAL;
    std::int64_t done = 0;
    for (std::uint64_t n = 0; n < count; ++n) {
        IoVector piece{};
        if (copy_from_user(current, &piece, current->regs.rsi() + n * sizeof piece, sizeof piece) !=
            0) {
            return done > 0 ? done : -K_EFAULT;
        }
        if (piece.length == 0) continue;
        const std::int64_t moved = transfer(piece.base, piece.length);
        if (moved < 0) return done > 0 ? done : moved;
        done += moved;
        if (static_cast<std::uint64_t>(moved) < piece.length) break;
    }
    return done;
}

/// Of a socket all pieces are one message.
std::int64_t as_message(Task* current, OpenFile* file, bool sends) {
    MessagePieces pieces(current);
    Rights rights;
    std::uint32_t told = 0;
    const cpu::Registers& r = current->regs;
    const std::int64_t failed = pieces.list(r.rsi(), r.rdx());
    if (failed != 0) return failed == -K_EMSGSIZE ? -K_EINVAL : failed;
    if (sends) return send_message(current, *file, pieces, 0, rights);
    const std::int64_t done = receive_message(current, *file, pieces, 0, rights, &told);
    drop_rights(current, rights);
    return done;
}

}  // namespace

std::int64_t sys_read(Task* current) {
    const HeldFile file(current);
    return do_read(current, file.get(), current->regs.rsi(), current->regs.rdx());
}

std::int64_t sys_file_write(Task* current) {
    const HeldFile file(current);
    return do_write(current, file.get(), current->regs.rsi(), current->regs.rdx());
}

std::int64_t sys_readv(Task* current) {
    const HeldFile file(current);
    if (file.get() == nullptr || !file.get()->readable()) return -K_EBADF;
    if (file.get()->inode->kind == InodeKind::socket) return as_message(current, file.get(), false);
    return over_pieces(current, [&](std::uint64_t base, std::uint64_t length) {
        return do_read(current, file.get(), base, length);
    });
}

std::int64_t sys_file_writev(Task* current) {
    const HeldFile file(current);
    if (file.get() == nullptr || !file.get()->writable()) return -K_EBADF;
    if (file.get()->inode->kind == InodeKind::socket) return as_message(current, file.get(), true);
    return over_pieces(current, [&](std::uint64_t base, std::uint64_t length) {
        return do_write(current, file.get(), base, length);
    });
}

std::int64_t sys_pread64(Task* current) {
    const HeldFile file(current);
    return at_position(file.get(), current->regs.gpr[10], [&] {
        return do_read(current, file.get(), current->regs.rsi(), current->regs.rdx());
    });
}

std::int64_t sys_pwrite64(Task* current) {
    const HeldFile file(current);
    return at_position(file.get(), current->regs.gpr[10], [&] {
        return do_write(current, file.get(), current->regs.rsi(), current->regs.rdx());
    });
}

std::int64_t sys_lseek(Task* current) {
    OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    if (file == nullptr) return -K_EBADF;
    if (!file->ops->has_position) return -K_ESPIPE;
    const auto offset = static_cast<std::int64_t>(current->regs.rsi());
    std::int64_t base = 0;
    switch (int_of(current->regs.rdx())) {
        case 0:
            break;
        case 1:
            base = static_cast<std::int64_t>(file->position);
            break;
        case 2:
            base = static_cast<std::int64_t>(file->inode->size);
            break;
        default:
            return -K_EINVAL;
    }
    std::int64_t to = 0;
    const bool memory = file->inode->kind == InodeKind::proc && file->task != nullptr;
    if (__builtin_add_overflow(base, offset, &to) || (to < 0 && !memory)) return -K_EINVAL;
    file->position = static_cast<std::uint64_t>(to);
    return to;
}

namespace {

/// FIONREAD; of datagrams the first one's.
std::int64_t give_waiting_bytes(Task* current, const Inode& inode, std::uint64_t address) {
    std::uint32_t n = inode.pipe != nullptr ? inode.pipe->filled : inode.socket->in.filled;
    const Socket* socket = inode.socket;
    if (socket != nullptr && socket->type == SocketType::datagram && n != 0) {
        n = list_entry<&SocketPart::node>(socket->parts.next)->size;
    }
    return copy_to_user(current, address, &n, sizeof n);
}

}  // namespace

std::int64_t sys_ioctl(Task* current) {
    const std::int32_t descriptor = int_of(current->regs.rdi());
    OpenFile* file = find_file(current, descriptor);
    if (file == nullptr) return -K_EBADF;
    const std::uint64_t address = current->regs.rdx();
    Descriptor& entry = process_of(current).files->table[static_cast<std::uint32_t>(descriptor)];
    switch (static_cast<std::uint32_t>(current->regs.rsi())) {
        case K_FIOCLEX:
            entry.close_on_exec = true;
            return 0;
        case K_FIONCLEX:
            entry.close_on_exec = false;
            return 0;
        case K_FIONBIO: {
            std::int32_t on = 0;
            if (copy_from_user(current, &on, address, sizeof on) != 0) return -K_EFAULT;
            file->flags =
                on != 0 ? file->flags | K_O_NONBLOCK : file->flags & ~std::uint32_t{K_O_NONBLOCK};
            return 0;
        }
        case K_FIONREAD:
            if (file->inode->socket != nullptr || file->inode->pipe != nullptr) {
                return give_waiting_bytes(current, *file->inode, address);
            }
            [[fallthrough]];
        default:
            if (file->inode->tty != nullptr) {
                return tty_ioctl(current, *file, static_cast<std::uint32_t>(current->regs.rsi()),
                                 address);
            }
            // What a run writes goes into its trace, not to a terminal that could be asked.
            return -K_ENOTTY;
    }
}

std::int64_t sys_ftruncate(Task* current) {
    OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    if (file == nullptr) return -K_EBADF;
    if (static_cast<std::int64_t>(current->regs.rsi()) < 0) return -K_EINVAL;
    if (!file->writable() || file->inode->kind != InodeKind::regular) return -K_EINVAL;
    return truncate_body(current, *file->inode, current->regs.rsi());
}

std::int64_t sys_truncate(Task* current) {
    Inode* inode = nullptr;
    const std::int64_t failed = find_user_path(current, K_AT_FDCWD, current->regs.rdi(), 0, &inode);
    if (failed != 0) return failed;
    if (static_cast<std::int64_t>(current->regs.rsi()) < 0) return -K_EINVAL;
    if (is_directory(*inode)) return -K_EISDIR;
    if (inode->kind != InodeKind::regular) return -K_EINVAL;
    if (!may_access(current, *inode, 2)) return -K_EACCES;
    return truncate_body(current, *inode, current->regs.rsi());
}

}  // namespace utsim
