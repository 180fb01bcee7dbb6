// SPDX-License-Identifier: MIT
/// Pipes: 64 KiB of bytes between two open files. Writes of up to PIPE_BUF bytes are never torn.
#pragma once

#include "process/inode.hpp"

namespace utsim {

/// A piece of a pipe's memory; the room has a pool of them.
struct PipeBlock {
    static constexpr std::uint32_t size = 4096;
    char bytes[size] = {};
};

template <typename V>
void describe(V& v, PipeBlock& b) {
    v.field("bytes", b.bytes);
}

struct Pipe {
    static constexpr std::uint32_t block_size = PipeBlock::size;
    static constexpr std::uint32_t blocks = 16;
    static constexpr std::uint32_t capacity = block_size * blocks;

    PipeBlock* block[blocks] = {};  ///< made when they are first needed
    std::uint32_t first = 0;        ///< where the oldest byte is
    std::uint32_t filled = 0;
    std::uint32_t readers = 0;
    std::uint32_t writers = 0;
    WaitQueue wait;
};

template <typename V>
void describe(V& v, Pipe& p) {
    v.field("block", p.block);
    v.field("first", p.first);
    v.field("filled", p.filled);
    v.field("readers", p.readers);
    v.field("writers", p.writers);
    v.field("wait", p.wait);
}

extern const FileOps pipe_ops;

// Pipes as rings of bytes, which sockets are as well.

/// As many of the caller's bytes as fit; how many, or -EFAULT, or -ENOMEM.
std::int64_t put_bytes(Task* current, Pipe& pipe, std::uint64_t from, std::uint64_t n);
/// Copies bytes from the `offset`th on to the caller, without taking them; how many, or -EFAULT.
std::int64_t copy_bytes(Task* current, const Pipe& pipe, std::uint64_t offset, std::uint64_t to,
                        std::uint64_t n);
/// Takes the oldest bytes away.
void drop_bytes(Pipe& pipe, std::uint32_t n);
/// Gives its memory back.
void free_blocks(Task* current, Pipe& pipe);
/// Somebody has written what nobody will read: SIGPIPE and -EPIPE.
std::int64_t send_sigpipe(Task* current);

/// pipe2(): the two ends, or a negated errno.
std::int64_t make_pipe(Task* current, std::uint32_t flags, OpenFile** read_end,
                       OpenFile** write_end);

}  // namespace utsim
