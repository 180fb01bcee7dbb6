// SPDX-License-Identifier: MIT
// Images of memory: each one puts back what was there, in any order, and those that are alike
// share.
#include "sched/memory_image.hpp"

#include <cstring>
#include <vector>

#include "base/random.hpp"
#include "test/support/testing.hpp"

using namespace utsim;

namespace {

constexpr std::size_t room = 4 * MemoryChunk::size;

/// A stretch of memory that grows, as the arena does: zero behind its used part.
struct Stretch {
    alignas(64) std::byte bytes[room] = {};
    std::size_t used = 0;

    void shrink(std::size_t to) {
        if (to < used) std::memset(bytes + to, 0, used - to);
        used = to;
    }
    std::vector<std::byte> copy() const { return {bytes, bytes + used}; }
};

}  // namespace

TEST_CASE("an image puts back what it was made of, in any order", "[sched][image]") {
    utsim::testing::check_property("sched.memory_image", [](std::uint64_t seed) {
        Random random(seed);
        auto use = std::make_shared<ImageUse>();
        MemoryKeeper keeper(use);
        auto memory = std::make_unique<Stretch>();
        std::vector<MemoryImage> images;
        std::vector<std::vector<std::byte>> expected;
        for (int i = 0; i < 12; ++i) {
            if (random.below(3) == 0) {
                memory->used += random.below(static_cast<std::uint32_t>(room - memory->used + 1));
            }
            for (std::uint32_t n = random.below(6); n > 0 && memory->used > 0; --n) {
                const auto at = random.below(static_cast<std::uint32_t>(memory->used));
                memory->bytes[at] = static_cast<std::byte>(random.below(256));
            }
            keeper.take(memory->bytes, memory->used, images.emplace_back());
            expected.push_back(memory->copy());
            if (random.below(3) != 0) continue;
            const std::size_t back = random.below(static_cast<std::uint32_t>(images.size()));
            memory->shrink(std::min(memory->used, images[back].used));
            memory->used = images[back].used;
            keeper.put_back(memory->bytes, images[back]);
            RC_ASSERT(memory->copy() == expected[back]);
        }
        images.clear();
        keeper.forget();
        RC_ASSERT(use->bytes == 0u);
    });
}

TEST_CASE("images share what did not change", "[sched][image]") {
    auto use = std::make_shared<ImageUse>();
    MemoryKeeper keeper(use);
    auto memory = std::make_unique<Stretch>();
    memory->used = room;
    std::vector<MemoryImage> images(100);
    keeper.take(memory->bytes, memory->used, images[0]);
    const std::size_t first = use->bytes;
    CHECK(first >= room);
    for (std::size_t i = 1; i < images.size(); ++i) {
        memory->bytes[5 * MemoryBlock::size] = static_cast<std::byte>(i);
        keeper.take(memory->bytes, memory->used, images[i]);
    }
    const std::size_t each = (use->bytes - first) / (images.size() - 1);
    CHECK(each <= sizeof(MemoryBlock) + sizeof(MemoryChunk));
    const std::size_t before = use->bytes;
    MemoryImage same;
    keeper.take(memory->bytes, memory->used, same);
    CHECK(use->bytes == before);
}
