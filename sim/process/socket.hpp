// SPDX-License-Identifier: MIT
/// Pairs of AF_UNIX sockets: bytes in both directions, with or without borders, and descriptors
/// that travel with them (SCM_RIGHTS). Other sockets there are none.
#pragma once

#include "process/pipe.hpp"

namespace utsim {

/// What only calls about sockets answer.
enum SocketErrno : int {
    K_EMSGSIZE = 90,
    K_ENOPROTOOPT = 92,
    K_EPROTONOSUPPORT = 93,
    K_ESOCKTNOSUPPORT = 94,
    K_ECONNRESET = 104,
    K_ENOBUFS = 105,
    K_EISCONN = 106,
    K_ENOTCONN = 107,
    K_ECONNREFUSED = 111,
};

/// Values of socket(2).
enum class SocketType : std::uint8_t { stream = 1, datagram = 2, packets = 5 };

/// `struct sk_buff`: bytes that were sent at once, or, in a stream, until the next descriptors.
struct SocketPart {
    static constexpr std::uint32_t most_files = 16;

    ListHead node;
    std::uint32_t size = 0;  ///< what has not been read yet
    std::uint32_t file_count = 0;
    OpenFile* files[most_files] = {};  ///< on their way: each is a use
};

template <typename V>
void describe(V& v, SocketPart& p) {
    v.field("node", p.node);
    v.field("size", p.size);
    v.field("file_count", p.file_count);
    v.field("files", p.files);
}

/// One end.
struct Socket {
    SocketType type = SocketType::stream;
    bool shut_in = false;   ///< nothing more will come
    bool shut_out = false;  ///< nothing more may be sent
    int error = 0;          ///< told once
    Socket* peer = nullptr;
    Pipe in;         ///< the bytes of `parts`, which were sent to this end
    ListHead parts;  ///< SocketPart
    WaitQueue wait;
    int creator = 0;  ///< pid, for SO_PEERCRED
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

template <typename V>
void describe(V& v, Socket& s) {
    v.field("type", s.type);
    v.field("shut_in", s.shut_in);
    v.field("shut_out", s.shut_out);
    v.field("error", s.error);
    v.field("peer", s.peer);
    v.field("in", s.in);
    v.field("parts", s.parts);
    v.field("wait", s.wait);
    v.field("creator", s.creator);
    v.field("uid", s.uid);
    v.field("gid", s.gid);
}

enum MessageFlag : std::uint32_t {
    K_MSG_OOB = 1,
    K_MSG_PEEK = 2,
    K_MSG_CTRUNC = 8,
    K_MSG_TRUNC = 0x20,
    K_MSG_DONTWAIT = 0x40,
    K_MSG_WAITALL = 0x100,
    K_MSG_NOSIGNAL = 0x4000,
    K_MSG_CMSG_CLOEXEC = 0x40000000,
};

/// `struct iovec`.
struct IoVector {
    std::uint64_t base, length;
};

/// The caller's memory that a message comes from or goes to: one piece, or a list of `iovec`, which
/// is copied, since others may change it while the caller sleeps.
class MessagePieces {
public:
    /// None, until `list` says which.
    explicit MessagePieces(Task* current) : current_(current) {}
    MessagePieces(Task* current, std::uint64_t only, std::uint64_t size);
    ~MessagePieces();
    MessagePieces(const MessagePieces&) = delete;
    MessagePieces& operator=(const MessagePieces&) = delete;

    /// 0, or a negated errno.
    std::int64_t list(std::uint64_t address, std::uint64_t count);
    /// Bytes of all of them; at most what one call moves.
    std::uint64_t total() const { return total_; }
    /// Makes `base` and `length` say what is next; false at the end.
    bool next();
    void pass(std::uint64_t n);

    std::uint64_t base = 0;
    std::uint64_t length = 0;

private:
    static constexpr std::uint64_t few = 8;
    static constexpr std::uint64_t most = 1024;

    IoVector* entries();

    Task* current_;
    IoVector few_[few] = {};
    ProcText* many_ = nullptr;  ///< the list when it is longer
    std::uint64_t count_ = 0;
    std::uint64_t at_ = 0;
    std::uint64_t total_ = 0;
};

/// Descriptors that go with a message.
struct Rights {
    std::uint32_t count = 0;
    OpenFile* files[SocketPart::most_files] = {};
};

extern const FileOps socket_ops;

/// Two ends that know each other, with an inode each; or a negated errno.
std::int64_t make_socket_pair(Task* current, SocketType type, std::uint32_t flags, OpenFile** first,
                              OpenFile** second);
/// How many bytes, or a negated errno; `rights` are taken over when there is no error.
std::int64_t send_message(Task* current, OpenFile& file, MessagePieces& pieces, std::uint32_t flags,
                          Rights& rights);
/// `*told` gets the flags of the answer, `rights` what came along.
std::int64_t receive_message(Task* current, OpenFile& file, MessagePieces& pieces,
                             std::uint32_t flags, Rights& rights, std::uint32_t* told);
/// Lets go of descriptors that nobody got.
void drop_rights(Task* current, Rights& rights);
void shut_down(Task* current, Socket& socket, bool in, bool out);

}  // namespace utsim
