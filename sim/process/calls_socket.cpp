// SPDX-License-Identifier: MIT
// Calls about sockets. There are pairs and nothing else: a machine without networks, whose sockets
// have no names. Descriptors travel in control messages.
#include <algorithm>

#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "process/calls.hpp"
#include "process/process.hpp"
#include "process/socket.hpp"

namespace utsim {

namespace {

constexpr std::int32_t af_unix = 1;
constexpr std::int32_t sol_socket = 1;
constexpr std::uint32_t scm_rights = 1;
constexpr std::uint32_t scm_credentials = 2;

/// `struct cmsghdr`; what it holds lies behind it.
struct ControlHead {
    std::uint64_t length;
    std::int32_t level;
    std::uint32_t type;
};

/// `struct msghdr`.
struct MessageHead {
    std::uint64_t name;
    std::uint32_t name_size, pad;
    std::uint64_t pieces, piece_count, control, control_size;
    std::uint32_t flags, pad2;
};
static_assert(sizeof(MessageHead) == 56);

/// The socket of the first argument, kept open as long as the call lasts.
class HeldSocket {
public:
    explicit HeldSocket(Task* current) : held_(current) {}

    /// 0, or what is wrong with the descriptor.
    std::int64_t wrong() const {
        if (held_.get() == nullptr) return -K_EBADF;
        return file().inode->kind == InodeKind::socket ? 0 : -K_ENOTSOCK;
    }
    OpenFile& file() const { return *held_.get(); }
    Socket& socket() const { return *file().inode->socket; }

private:
    HeldFile held_;
};

// --- descriptors that travel ---------------------------------------------------------------------

std::int64_t take_descriptors(Task* current, std::uint64_t from, std::uint64_t size,
                              Rights& rights) {
    for (std::uint64_t done = 0; done + sizeof(std::int32_t) <= size;
         done += sizeof(std::int32_t)) {
        std::int32_t descriptor = 0;
        if (copy_from_user(current, &descriptor, from + done, sizeof descriptor) != 0) {
            return -K_EFAULT;
        }
        if (rights.count == SocketPart::most_files) return -K_EINVAL;
        OpenFile* file = find_file(current, descriptor);
        if (file == nullptr) return -K_EBADF;
        ++file->users;
        rights.files[rights.count++] = file;
    }
    return 0;
}

/// What a message brings besides bytes. With an error `rights` has what was taken by then.
std::int64_t take_control(Task* current, const MessageHead& head, Rights& rights) {
    constexpr std::uint64_t most_control = 4096;
    std::uint64_t at = 0;
    if (head.control_size > most_control) return -K_ENOBUFS;
    while (at + sizeof(ControlHead) <= head.control_size) {
        ControlHead one{};
        if (copy_from_user(current, &one, head.control + at, sizeof one) != 0) return -K_EFAULT;
        if (one.length < sizeof one || one.length > head.control_size - at) return -K_EINVAL;
        if (one.level == sol_socket && one.type == scm_rights) {
            const std::int64_t failed = take_descriptors(current, head.control + at + sizeof one,
                                                         one.length - sizeof one, rights);
            if (failed != 0) return failed;
        } else if (one.level == sol_socket && one.type != scm_credentials) {
            return -K_EINVAL;
        }
        at += (one.length + 7) & ~std::uint64_t{7};
    }
    return 0;
}

/// Gives the caller the descriptors that there is room for, and says in `head` what came of it.
void give_control(Task* current, MessageHead& head, std::uint32_t flags, Rights& rights) {
    const std::uint64_t room = head.control_size;
    head.control_size = 0;
    if (rights.count == 0) return;
    ControlHead made{sizeof(ControlHead), sol_socket, scm_rights};
    std::uint32_t given = 0;
    for (; given < rights.count; ++given) {
        const std::uint64_t place = made.length;
        if (head.control == 0 || place + sizeof(std::int32_t) > room) break;
        OpenFile* file = rights.files[given];
        const std::int64_t descriptor =
            install_file(current, file, (flags & K_MSG_CMSG_CLOEXEC) != 0);
        if (descriptor < 0) break;
        ++file->users;  // `rights` keeps its own until the end
        const auto number = static_cast<std::int32_t>(descriptor);
        copy_to_user(current, head.control + place, &number, sizeof number);
        made.length += sizeof number;
    }
    if (given < rights.count) head.flags |= K_MSG_CTRUNC;
    if (given == 0) return;
    copy_to_user(current, head.control, &made, sizeof made);
    head.control_size = std::min(room, (made.length + 7) & ~std::uint64_t{7});
}

std::int64_t give_no_name(Task* current, std::uint64_t address, std::uint64_t size_at) {
    std::uint32_t room = 0;
    const std::uint16_t family = af_unix;
    const std::uint32_t size = sizeof family;
    if (copy_from_user(current, &room, size_at, sizeof room) != 0) return -K_EFAULT;
    if (static_cast<std::int32_t>(room) < 0) return -K_EINVAL;
    if (copy_to_user(current, address, &family, std::min(room, size)) != 0) return -K_EFAULT;
    return copy_to_user(current, size_at, &size, sizeof size);
}

}  // namespace

std::int64_t sys_socket(Task*) { return -K_EAFNOSUPPORT; }

std::int64_t sys_socketpair(Task* current) {
    constexpr std::uint32_t flag_bits = K_O_NONBLOCK | K_O_CLOEXEC;
    const cpu::Registers& r = current->regs;
    const auto type = static_cast<std::uint32_t>(r.rsi());
    const std::uint32_t kind = type & ~flag_bits;
    if (int_of(r.rdi()) != af_unix) return -K_EAFNOSUPPORT;
    if ((kind & ~15u) != 0) return -K_EINVAL;
    if (kind != 1 && kind != 2 && kind != 5) return -K_ESOCKTNOSUPPORT;
    if (int_of(r.rdx()) != 0 && int_of(r.rdx()) != af_unix) return -K_EPROTONOSUPPORT;
    OpenFile* files[2] = {};
    const std::int64_t failed = make_socket_pair(current, static_cast<SocketType>(kind),
                                                 type & K_O_NONBLOCK, &files[0], &files[1]);
    if (failed != 0) return failed;
    const bool closes = (type & K_O_CLOEXEC) != 0;
    std::int32_t numbers[2] = {-1, -1};
    std::int64_t result = 0;
    for (int i = 0; i < 2 && result == 0; ++i) {
        const std::int64_t number = install_file(current, files[i], closes);
        if (number < 0)
            result = number;
        else
            numbers[i] = static_cast<std::int32_t>(number);
    }
    if (result == 0) result = copy_to_user(current, r.gpr[10], numbers, sizeof numbers);
    if (result == 0) return 0;
    for (int i = 0; i < 2; ++i) {
        if (numbers[i] >= 0)
            close_descriptor(current, numbers[i]);
        else
            put_file(current, files[i]);
    }
    return result;
}

std::int64_t sys_sendto(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    const cpu::Registers& r = current->regs;
    if (r.gpr[8] != 0) return -K_EISCONN;
    MessagePieces pieces(current, r.rsi(), r.rdx());
    Rights rights;
    return send_message(current, held.file(), pieces, static_cast<std::uint32_t>(r.gpr[10]),
                        rights);
}

std::int64_t sys_recvfrom(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    const cpu::Registers& r = current->regs;
    MessagePieces pieces(current, r.rsi(), r.rdx());
    Rights rights;
    std::uint32_t told = 0;
    const std::uint64_t name_size_at = r.gpr[8] != 0 ? r.gpr[9] : 0;
    const std::int64_t done = receive_message(current, held.file(), pieces,
                                              static_cast<std::uint32_t>(r.gpr[10]), rights, &told);
    drop_rights(current, rights);
    const std::uint32_t none = 0;
    if (done < 0 || name_size_at == 0) return done;
    return copy_to_user(current, name_size_at, &none, sizeof none) != 0 ? -K_EFAULT : done;
}

std::int64_t sys_sendmsg(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    MessageHead head{};
    MessagePieces pieces(current);
    Rights rights;
    if (copy_from_user(current, &head, current->regs.rsi(), sizeof head) != 0) return -K_EFAULT;
    if (head.name != 0 && head.name_size != 0) return -K_EISCONN;
    std::int64_t failed = pieces.list(head.pieces, head.piece_count);
    if (failed == 0 && head.control != 0) failed = take_control(current, head, rights);
    if (failed != 0) {
        drop_rights(current, rights);
        return failed;
    }
    return send_message(current, held.file(), pieces,
                        static_cast<std::uint32_t>(current->regs.rdx()), rights);
}

std::int64_t sys_recvmsg(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    const auto flags = static_cast<std::uint32_t>(current->regs.rdx());
    const std::uint64_t address = current->regs.rsi();
    MessageHead head{};
    MessagePieces pieces(current);
    Rights rights;
    if (copy_from_user(current, &head, address, sizeof head) != 0) return -K_EFAULT;
    const std::int64_t wrong = pieces.list(head.pieces, head.piece_count);
    if (wrong != 0) return wrong;
    std::uint32_t told = 0;
    const std::int64_t done = receive_message(current, held.file(), pieces, flags, rights, &told);
    if (done < 0) {
        drop_rights(current, rights);  // of a message that is lost
        return done;
    }
    head.flags = told | (flags & K_MSG_CMSG_CLOEXEC);
    head.name_size = 0;
    give_control(current, head, flags, rights);
    drop_rights(current, rights);
    return copy_to_user(current, address, &head, sizeof head) != 0 ? -K_EFAULT : done;
}

std::int64_t sys_shutdown(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    const auto how = static_cast<std::uint32_t>(current->regs.rsi());
    if (how > 2) return -K_EINVAL;
    shut_down(current, held.socket(), how != 1, how != 0);
    return 0;
}

std::int64_t sys_getsockname(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    return give_no_name(current, current->regs.rsi(), current->regs.rdx());
}

std::int64_t sys_getpeername(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    const Socket& socket = held.socket();
    if (socket.peer == nullptr && socket.type == SocketType::datagram) return -K_ENOTCONN;
    return give_no_name(current, current->regs.rsi(), current->regs.rdx());
}

namespace {

enum SocketOption : std::int32_t {
    so_reuseaddr = 2,
    so_type = 3,
    so_error = 4,
    so_sndbuf = 7,
    so_rcvbuf = 8,
    so_keepalive = 9,
    so_peercred = 17,
    so_acceptconn = 30,
    so_protocol = 38,
    so_domain = 39,
};

}  // namespace

std::int64_t sys_getsockopt(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    const cpu::Registers& r = current->regs;
    Socket& socket = held.socket();
    std::int32_t values[3] = {};
    std::uint32_t size = sizeof values[0];
    if (int_of(r.rsi()) != sol_socket) return -K_EOPNOTSUPP;
    switch (int_of(r.rdx())) {
        case so_type:
            values[0] = static_cast<std::int32_t>(socket.type);
            break;
        case so_error:
            values[0] = socket.error;
            socket.error = 0;
            break;
        case so_domain:
            values[0] = af_unix;
            break;
        case so_sndbuf:
        case so_rcvbuf:
            values[0] = Pipe::capacity;
            break;
        case so_reuseaddr:
        case so_keepalive:
        case so_acceptconn:
        case so_protocol:
            break;
        case so_peercred:
            values[0] = pid_vnr(current, socket.creator);
            values[1] = static_cast<std::int32_t>(socket.uid);
            values[2] = static_cast<std::int32_t>(socket.gid);
            size = sizeof values;
            break;
        default:
            return -K_ENOPROTOOPT;
    }
    std::uint32_t room = 0;
    if (copy_from_user(current, &room, r.gpr[8], sizeof room) != 0) return -K_EFAULT;
    size = std::min(size, room);
    if (copy_to_user(current, r.gpr[10], values, size) != 0) return -K_EFAULT;
    return copy_to_user(current, r.gpr[8], &size, sizeof size);
}

/// What would change nothing here is taken.
std::int64_t sys_setsockopt(Task* current) {
    const HeldSocket held(current);
    if (held.wrong() != 0) return held.wrong();
    const cpu::Registers& r = current->regs;
    if (int_of(r.rsi()) != sol_socket) return -K_EOPNOTSUPP;
    const std::int32_t option = int_of(r.rdx());
    const bool known = option == so_reuseaddr || option == so_sndbuf || option == so_rcvbuf ||
                       option == so_keepalive;
    return known ? 0 : -K_ENOPROTOOPT;
}

/// connect, accept, bind, listen: for sockets that can have names.
std::int64_t sys_socket_call(Task* current) {
    const HeldSocket held(current);
    return held.wrong() != 0 ? held.wrong() : -K_EOPNOTSUPP;
}

}  // namespace utsim
