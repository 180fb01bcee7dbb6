// SPDX-License-Identifier: MIT
// Nothing tells which bytes a step has written, so an image is made by comparing memory with the
// one before, block by block; comparing is several times cheaper than copying what nobody changed.
#include "sched/memory_image.hpp"

#include <cstdint>
#include <cstring>

namespace utsim {

namespace {

std::size_t chunks_for(std::size_t used) {
    return (used + MemoryChunk::size - 1) / MemoryChunk::size;
}

/// Blocks of chunk number `chunk` that the first `used` bytes reach into.
std::size_t blocks_in(std::size_t chunk, std::size_t used) {
    const std::size_t left = used - chunk * MemoryChunk::size;
    return std::min(MemoryChunk::count, (left + MemoryBlock::size - 1) / MemoryBlock::size);
}

}  // namespace

MemoryBlock::MemoryBlock(const std::byte* from, ImageUse& use) : use_(use) {
    std::memcpy(bytes_.data(), from, size);
    use_.bytes += sizeof(MemoryBlock);
}

bool MemoryBlock::is(const std::byte* memory) const {
    // All words at once: most blocks are the same, and a loop without a way out is one that the
    // compiler turns into a few wide operations.
    std::uint64_t different = 0;
    for (std::size_t i = 0; i < size; i += sizeof different) {
        std::uint64_t mine = 0;
        std::uint64_t other = 0;
        std::memcpy(&mine, bytes_.data() + i, sizeof mine);
        std::memcpy(&other, memory + i, sizeof other);
        different |= mine ^ other;
    }
    return different == 0;
}

void MemoryBlock::copy_to(std::byte* memory) const { std::memcpy(memory, bytes_.data(), size); }

void MemoryKeeper::take(const std::byte* memory, std::size_t used, MemoryImage& into) {
    latest_.resize(chunks_for(used));
    for (std::size_t c = 0; c < latest_.size(); ++c) {
        Ref<MemoryChunk>& chunk = latest_[c];
        if (!chunk) chunk = Ref(new MemoryChunk(*use_));
        const std::byte* first = memory + c * MemoryChunk::size;
        const std::size_t count = blocks_in(c, used);
        for (std::size_t b = 0; b < count; ++b) {
            const std::byte* bytes = first + b * MemoryBlock::size;
            if (chunk->blocks[b] && chunk->blocks[b]->is(bytes)) continue;
            if (chunk->shared()) chunk = Ref(new MemoryChunk(*chunk, *use_));
            chunk->blocks[b] = Ref(new MemoryBlock(bytes, *use_));
        }
    }
    if (into.use == nullptr) into.use = use_;
    into.used = used;
    into.chunks.assign(latest_.begin(), latest_.end());
}

void MemoryKeeper::put_back(std::byte* memory, const MemoryImage& image) {
    for (std::size_t c = 0; c < image.chunks.size(); ++c) {
        std::byte* first = memory + c * MemoryChunk::size;
        const std::size_t count = blocks_in(c, image.used);
        for (std::size_t b = 0; b < count; ++b) {
            image.chunks[c]->blocks[b]->copy_to(first + b * MemoryBlock::size);
        }
    }
    latest_.assign(image.chunks.begin(), image.chunks.end());
}

}  // namespace utsim
