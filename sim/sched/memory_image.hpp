// SPDX-License-Identifier: MIT
/// Memory as it was at some moment, in blocks that moments share as long as nothing in them
/// changes.
///
/// A run writes a few dozen bytes a step into a world of many kilobytes. Whoever keeps every moment
/// of it so pays for the blocks that changed, and for comparing the rest.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/ref.hpp"

namespace utsim {

/// What all images of one World take together. It outlives the World as long as images do.
struct ImageUse {
    std::size_t bytes = 0;
};

class MemoryBlock : public RefCounted<MemoryBlock> {
public:
    static constexpr std::size_t size = 256;

    MemoryBlock(const std::byte* from, ImageUse& use);
    ~MemoryBlock() { use_.bytes -= sizeof(MemoryBlock); }

    bool is(const std::byte* memory) const;
    void copy_to(std::byte* memory) const;

private:
    ImageUse& use_;
    std::array<std::byte, size> bytes_;
};

/// A row of blocks: what images share when none of its blocks changed.
struct MemoryChunk : public RefCounted<MemoryChunk> {
    static constexpr std::size_t count = 32;
    static constexpr std::size_t size = count * MemoryBlock::size;

    explicit MemoryChunk(ImageUse& counter) : use(counter) { use.bytes += sizeof(MemoryChunk); }
    /// A second row of the same blocks.
    explicit MemoryChunk(const MemoryChunk& other, ImageUse& counter) : MemoryChunk(counter) {
        blocks = other.blocks;
    }
    ~MemoryChunk() { use.bytes -= sizeof(MemoryChunk); }

    ImageUse& use;
    std::array<Ref<MemoryBlock>, count> blocks;
};

/// One moment of one stretch of memory.
struct MemoryImage {
    std::shared_ptr<ImageUse> use;  // first, so that it goes last
    std::size_t used = 0;
    std::vector<Ref<MemoryChunk>> chunks;
};

/// Makes images of a stretch of memory, and puts them back. What lies behind its used part is zero,
/// up to a whole chunk.
class MemoryKeeper {
public:
    explicit MemoryKeeper(std::shared_ptr<ImageUse> use) : use_(std::move(use)) {}

    void take(const std::byte* memory, std::size_t used, MemoryImage& into);
    void put_back(std::byte* memory, const MemoryImage& image);
    /// Drops what it holds to be shared with the next image.
    void forget() { latest_.clear(); }

private:
    std::shared_ptr<ImageUse> use_;
    std::vector<Ref<MemoryChunk>> latest_;  ///< of the image that was taken or put back last
};

}  // namespace utsim
