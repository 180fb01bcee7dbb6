// SPDX-License-Identifier: MIT
/// Pipes: 64 KiB of bytes between two open files. Writes of up to PIPE_BUF bytes are never torn.
#pragma once

#include "process/inode.hpp"

namespace utsim {

struct Pipe {
    static constexpr std::uint32_t block_size = 4096;
    static constexpr std::uint32_t blocks = 16;
    static constexpr std::uint32_t capacity = block_size * blocks;

    char* block[blocks] = {};  ///< made when they are first needed, and kept for the next pipe
    std::uint32_t first = 0;   ///< where the oldest byte is
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

/// pipe2(): the two ends, or a negated errno.
std::int64_t make_pipe(Task* current, std::uint32_t flags, OpenFile** read_end,
                       OpenFile** write_end);

}  // namespace utsim
