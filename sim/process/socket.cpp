// SPDX-License-Identifier: MIT
// What goes through a pair of sockets. The bytes are in a ring like a pipe's; a list beside it says
// where messages begin and which descriptors they bring.
#include "process/socket.hpp"

#include <algorithm>

#include "kernel/memory.hpp"
#include "process/path.hpp"
#include "process/process.hpp"

namespace utsim {

namespace {

Socket& socket_of(const OpenFile& file) { return *file.inode->socket; }

void tell(Task* current, Socket& socket) {
    socket.wait.wake_all();
    processes_of(current).pollers.wake_all();
}

SocketPart* first_part(Socket& socket) {
    return list_empty(&socket.parts) ? nullptr : list_first_entry<&SocketPart::node>(&socket.parts);
}

SocketPart* last_part(Socket& socket) {
    return list_empty(&socket.parts) ? nullptr : list_entry<&SocketPart::node>(socket.parts.prev);
}

/// A new part at the end; null at the limit.
SocketPart* add_part(Task* current, Socket& socket) {
    SocketPart* part = processes_of(current).socket_parts.take();
    if (part != nullptr) list_add_tail(&part->node, &socket.parts);
    return part;
}

/// Closing one socket can close others whose descriptors were on their way, and so on: one after
/// the other, not one within the other.
void drop_parts(Task* current, Socket& socket) {
    ProcessModel& model = processes_of(current);
    while (SocketPart* part = first_part(socket)) {
        list_move_tail(&part->node, &model.dropped_parts);
    }
    if (model.drops_parts) return;
    model.drops_parts = true;
    while (!list_empty(&model.dropped_parts)) {
        SocketPart* part = list_first_entry<&SocketPart::node>(&model.dropped_parts);
        list_del_init(&part->node);
        for (std::uint32_t i = 0; i < part->file_count; ++i) put_file(current, part->files[i]);
        model.socket_parts.give_back(part);
    }
    model.drops_parts = false;
}

/// Sleeps until `ready()`, which still holds when it comes back with 0: others may have been faster
/// than who was woken.
template <typename Ready>
std::int64_t wait_until(Task* current, const OpenFile& file, std::uint32_t flags,
                        const char* function, const Ready& ready) {
    const bool may_wait = (file.flags & K_O_NONBLOCK) == 0 && (flags & K_MSG_DONTWAIT) == 0;
    while (!ready()) {
        if (!may_wait) return -K_EAGAIN;
        const std::int64_t failed =
            wait_event(current, socket_of(file).wait, no_deadline, function, ready);
        if (failed != 0) return failed;
    }
    return 0;
}

// --- sending -------------------------------------------------------------------------------------

/// Why nothing can be sent; 0: it can.
std::int64_t sending_fails(const Socket& socket) {
    if (socket.shut_out) return -K_EPIPE;
    if (socket.peer == nullptr) return -K_ECONNREFUSED;
    return socket.peer->shut_in ? -K_EPIPE : 0;
}

bool has_room(const Socket& peer, std::uint64_t n) { return Pipe::capacity - peer.in.filled >= n; }

void attach(SocketPart& part, Rights& rights) {
    std::copy_n(rights.files, rights.count, part.files);
    part.file_count = rights.count;
    rights.count = 0;
}

/// As much as fits now, all in one part, or nothing when some of it cannot be read.
std::int64_t put_part(Task* current, Socket& peer, MessagePieces& pieces, bool whole,
                      Rights& rights) {
    const std::uint32_t before = peer.in.filled;
    SocketPart* part = last_part(peer);
    const bool joins =
        !whole && rights.count == 0 && part != nullptr && part->size != 0 && part->file_count == 0;
    std::int64_t failed = 0;
    while (failed == 0 && peer.in.filled < Pipe::capacity && pieces.next()) {
        const std::int64_t done = put_bytes(current, peer.in, pieces.base, pieces.length);
        if (done < 0)
            failed = done;
        else
            pieces.pass(static_cast<std::uint64_t>(done));
    }
    const std::uint32_t added = peer.in.filled - before;
    // In a stream a part without bytes would be its end.
    if (failed == 0 && added == 0 && !whole) return 0;
    if (failed == 0 && !joins) part = add_part(current, peer);
    if (failed == 0 && part == nullptr) failed = -K_ENOBUFS;
    if (failed != 0) {
        peer.in.filled = before;
        return failed;
    }
    if (rights.count != 0) attach(*part, rights);
    part->size += added;
    return added;
}

std::int64_t wait_for_room(Task* current, OpenFile& file, std::uint64_t n, std::uint32_t flags) {
    Socket& socket = socket_of(file);
    const auto ready = [&] { return sending_fails(socket) != 0 || has_room(*socket.peer, n); };
    return wait_until(current, file, flags, "sock_alloc_send", ready);
}

/// In one piece or not at all.
std::int64_t send_whole(Task* current, OpenFile& file, MessagePieces& pieces, std::uint32_t flags,
                        Rights& rights) {
    Socket& socket = socket_of(file);
    const std::uint64_t size = pieces.total();
    if (size > Pipe::capacity) return -K_EMSGSIZE;
    if (const std::int64_t failed = wait_for_room(current, file, size, flags); failed != 0) {
        return failed;
    }
    if (const std::int64_t failed = sending_fails(socket); failed != 0) {
        if (failed == -K_ECONNREFUSED && socket.type == SocketType::packets) return -K_EPIPE;
        return failed;
    }
    Socket& peer = *socket.peer;
    const std::int64_t done = put_part(current, peer, pieces, true, rights);
    if (done >= 0) tell(current, peer);
    return done;
}

std::int64_t send_stream(Task* current, OpenFile& file, MessagePieces& pieces, std::uint32_t flags,
                         Rights& rights) {
    Socket& socket = socket_of(file);
    std::int64_t done = 0;
    std::int64_t failed = 0;
    const auto total = static_cast<std::int64_t>(pieces.total());
    while (failed == 0 && done < total) {
        failed = wait_for_room(current, file, 1, flags);
        if (failed == 0 && sending_fails(socket) != 0) {
            if (done != 0) break;
            if ((flags & K_MSG_NOSIGNAL) == 0) return send_sigpipe(current);
            return -K_EPIPE;
        }
        if (failed != 0) break;
        Socket& peer = *socket.peer;
        const std::int64_t piece = put_part(current, peer, pieces, false, rights);
        if (piece < 0) failed = piece;
        if (piece == 0) break;
        if (piece > 0) done += piece;
        tell(current, peer);
    }
    return done != 0 || failed == 0 ? done : failed;
}

// --- receiving -----------------------------------------------------------------------------------

std::int64_t wait_for_part(Task* current, OpenFile& file, std::uint32_t flags) {
    Socket& socket = socket_of(file);
    const auto ready = [&] {
        return !list_empty(&socket.parts) || socket.shut_in || socket.error != 0;
    };
    return wait_until(current, file, flags, "unix_recvmsg", ready);
}

void take_rights(SocketPart& part, Rights& rights) {
    std::copy_n(part.files, part.file_count, rights.files);
    rights.count = part.file_count;
    part.file_count = 0;
}

/// Copies the first `n` bytes of the ring to the pieces without taking them; how many, or -EFAULT.
std::int64_t show_bytes(Task* current, const Pipe& ring, MessagePieces& pieces, std::uint64_t n) {
    std::uint64_t done = 0;
    while (done < n && pieces.next()) {
        const std::uint64_t size = std::min(n - done, pieces.length);
        const std::int64_t shown = copy_bytes(current, ring, done, pieces.base, size);
        if (shown < 0) return done != 0 ? static_cast<std::int64_t>(done) : shown;
        done += static_cast<std::uint64_t>(shown);
        pieces.pass(static_cast<std::uint64_t>(shown));
        if (static_cast<std::uint64_t>(shown) < size) break;
    }
    return static_cast<std::int64_t>(done);
}

void end_part(Task* current, SocketPart* part) {
    list_del_init(&part->node);
    processes_of(current).socket_parts.give_back(part);
}

/// The oldest message; what of it finds no room is lost.
std::int64_t receive_whole(Task* current, Socket& socket, MessagePieces& pieces,
                           std::uint32_t flags, Rights& rights, std::uint32_t* told) {
    SocketPart* part = first_part(socket);
    const std::uint32_t size = part->size;
    const std::uint64_t wanted = std::min<std::uint64_t>(size, pieces.total());
    const std::int64_t done = show_bytes(current, socket.in, pieces, wanted);
    if (wanted < size) *told |= K_MSG_TRUNC;
    if ((flags & K_MSG_PEEK) == 0) {
        take_rights(*part, rights);
        drop_bytes(socket.in, size);
        end_part(current, part);
        if (socket.peer != nullptr) tell(current, *socket.peer);
    }
    return done >= 0 && (flags & K_MSG_TRUNC) != 0 ? size : done;
}

/// What there is, up to the end of a part that brought descriptors.
std::int64_t receive_some(Task* current, Socket& socket, MessagePieces& pieces, std::uint64_t most,
                          std::uint32_t flags, Rights& rights) {
    const bool peeks = (flags & K_MSG_PEEK) != 0;
    if (peeks)
        return show_bytes(current, socket.in, pieces,
                          std::min<std::uint64_t>(most, socket.in.filled));
    std::int64_t done = 0;
    while (SocketPart* part = first_part(socket)) {
        const std::uint64_t left = most - static_cast<std::uint64_t>(done);
        if (left == 0) break;
        const std::uint64_t wanted = std::min<std::uint64_t>(left, part->size);
        const std::int64_t shown = show_bytes(current, socket.in, pieces, wanted);
        if (shown < 0 && done == 0) return shown;
        if (shown <= 0) break;
        const bool brought = part->file_count != 0;
        if (brought) take_rights(*part, rights);
        drop_bytes(socket.in, static_cast<std::uint32_t>(shown));
        part->size -= static_cast<std::uint32_t>(shown);
        if (part->size == 0) end_part(current, part);
        done += shown;
        if (brought) break;
    }
    if (socket.peer != nullptr) tell(current, *socket.peer);
    return done;
}

// --- as files ------------------------------------------------------------------------------------

std::int64_t read_socket(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n) {
    MessagePieces pieces(current, to, n);
    Rights rights;
    std::uint32_t told = 0;
    const std::int64_t done = receive_message(current, file, pieces, 0, rights, &told);
    drop_rights(current, rights);
    return done;
}

std::int64_t write_socket(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n) {
    MessagePieces pieces(current, from, n);
    Rights rights;
    return send_message(current, file, pieces, 0, rights);
}

std::uint32_t poll_socket(Task*, OpenFile& file) {
    const Socket& socket = socket_of(file);
    std::uint32_t events = 0;
    if (!list_empty(&socket.parts) || socket.shut_in) events |= K_POLLIN;
    if (socket.shut_in) events |= K_POLLRDHUP;
    if (socket.shut_in && socket.shut_out) events |= K_POLLHUP;
    if (socket.error != 0) events |= K_POLLERR;
    constexpr std::uint64_t worth_waking = Pipe::block_size;
    if (socket.peer == nullptr || has_room(*socket.peer, worth_waking)) events |= K_POLLOUT;
    return events;
}

void release_socket(Task* current, OpenFile& file) {
    Socket& socket = socket_of(file);
    if (Socket* peer = socket.peer) {
        peer->peer = nullptr;
        if (socket.type != SocketType::datagram) {
            peer->shut_in = peer->shut_out = true;
            if (!list_empty(&socket.parts)) peer->error = K_ECONNRESET;
        }
        tell(current, *peer);
    }
    file.inode->socket = nullptr;
    free_blocks(current, socket.in);
    drop_parts(current, socket);
    processes_of(current).sockets.give_back(&socket);
}

}  // namespace

const FileOps socket_ops = {read_socket, write_socket, poll_socket, release_socket, false};

MessagePieces::MessagePieces(Task* current, std::uint64_t only, std::uint64_t size)
    : base(only),
      length(std::min(size, most_bytes_of_a_call)),
      current_(current),
      total_(length) {}

MessagePieces::~MessagePieces() {
    if (many_ != nullptr) processes_of(current_).texts.give_back(many_);
}

IoVector* MessagePieces::entries() {
    static_assert(most * sizeof(IoVector) <= ProcText::room);
    return many_ != nullptr ? reinterpret_cast<IoVector*>(many_->bytes) : few_;
}

std::int64_t MessagePieces::list(std::uint64_t address, std::uint64_t count) {
    if (count > most) return -K_EMSGSIZE;
    if (count > few) many_ = processes_of(current_).texts.take();
    if (count > few && many_ == nullptr) return -K_ENOBUFS;
    if (count != 0 && copy_from_user(current_, entries(), address, count * sizeof(IoVector)) != 0) {
        return -K_EFAULT;
    }
    count_ = count;
    for (std::uint64_t i = 0; i < count; ++i) {
        total_ += std::min(entries()[i].length, most_bytes_of_a_call - total_);
    }
    return 0;
}

bool MessagePieces::next() {
    while (length == 0 && at_ < count_) {
        const IoVector& piece = entries()[at_++];
        base = piece.base;
        length = piece.length;
    }
    length = std::min(length, total_);
    return length != 0;
}

void MessagePieces::pass(std::uint64_t n) {
    base += n;
    length -= n;
    total_ -= n;
}

std::int64_t make_socket_pair(Task* current, SocketType type, std::uint32_t flags, OpenFile** first,
                              OpenFile** second) {
    Kernel& kernel = kernel_of(current);
    ProcessModel& model = *kernel.processes;
    Socket* ends[2] = {};
    OpenFile* files[2] = {};
    for (int i = 0; i < 2; ++i) {
        ends[i] = model.sockets.take();
        if (ends[i] == nullptr) break;
        ends[i]->type = type;
        list_init(&ends[i]->parts);
        ends[i]->wait.init();
        ends[i]->creator = current->tgid;
        ends[i]->uid = process_of(current).cred.euid;
        ends[i]->gid = process_of(current).cred.egid;
        Inode* inode = make_inode(kernel, nullptr, "socket", InodeKind::socket, 0777);
        if (inode == nullptr) {
            model.sockets.give_back(ends[i]);
            break;
        }
        inode->links = 0;
        inode->socket = ends[i];
        files[i] = make_open_file(kernel, inode, flags | K_O_RDWR);
        if (files[i] != nullptr) continue;
        model.sockets.give_back(ends[i]);
        free_inode(kernel, inode);
        break;
    }
    if (files[1] == nullptr) {
        if (files[0] != nullptr) put_file(current, files[0]);
        return -K_ENFILE;
    }
    ends[0]->peer = ends[1];
    ends[1]->peer = ends[0];
    *first = files[0];
    *second = files[1];
    return 0;
}

std::int64_t send_message(Task* current, OpenFile& file, MessagePieces& pieces, std::uint32_t flags,
                          Rights& rights) {
    if ((flags & K_MSG_OOB) != 0) return -K_EOPNOTSUPP;
    const bool stream = socket_of(file).type == SocketType::stream;
    const std::int64_t done = stream ? send_stream(current, file, pieces, flags, rights)
                                     : send_whole(current, file, pieces, flags, rights);
    drop_rights(current, rights);  // those of a message that was not sent
    return done;
}

std::int64_t receive_message(Task* current, OpenFile& file, MessagePieces& pieces,
                             std::uint32_t flags, Rights& rights, std::uint32_t* told) {
    Socket& socket = socket_of(file);
    *told = 0;
    if ((flags & K_MSG_OOB) != 0) return -K_EOPNOTSUPP;
    const bool stream = socket.type == SocketType::stream;
    const std::uint64_t total = pieces.total();
    std::uint64_t done = 0;
    if (stream && total == 0) return 0;
    do {
        const std::int64_t failed = wait_for_part(current, file, flags);
        if (failed != 0) return done != 0 ? static_cast<std::int64_t>(done) : failed;
        if (list_empty(&socket.parts)) {
            if (done != 0 || socket.error == 0) return static_cast<std::int64_t>(done);
            const int error = socket.error;
            socket.error = 0;
            return -error;
        }
        if (!stream) return receive_whole(current, socket, pieces, flags, rights, told);
        const std::int64_t some =
            receive_some(current, socket, pieces, total - done, flags, rights);
        if (some <= 0) return done != 0 ? static_cast<std::int64_t>(done) : some;
        done += static_cast<std::uint64_t>(some);
    } while (done < total && rights.count == 0 && (flags & K_MSG_WAITALL) != 0 &&
             (flags & K_MSG_PEEK) == 0);
    return static_cast<std::int64_t>(done);
}

void drop_rights(Task* current, Rights& rights) {
    for (std::uint32_t i = 0; i < rights.count; ++i) put_file(current, rights.files[i]);
    rights.count = 0;
}

void shut_down(Task* current, Socket& socket, bool in, bool out) {
    socket.shut_in |= in;
    socket.shut_out |= out;
    Socket* peer = socket.peer;
    if (peer != nullptr && socket.type != SocketType::datagram) {
        peer->shut_in |= out;
        peer->shut_out |= in;
    }
    tell(current, socket);
    if (peer != nullptr) tell(current, *peer);
}

}  // namespace utsim
