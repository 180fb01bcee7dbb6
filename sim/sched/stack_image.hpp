// SPDX-License-Identifier: MIT
/// The live bytes of a suspended fiber's stack at some moment. Moments between which it did not run
/// share one.
#pragma once

#include <cstddef>
#include <memory>

#include "base/ref.hpp"
#include "sched/fiber.hpp"
#include "sched/memory_image.hpp"

namespace utsim {

class StackImage : public RefCounted<StackImage> {
public:
    StackImage(const void* context, const FiberStack& stack, ImageUse& use);
    ~StackImage();

    /// Whether the fiber is still, or again, where it was.
    bool is(const void* context, const FiberStack& stack) const;
    void put_back(void* context, const FiberStack& stack) const;
    std::size_t size() const { return size_; }

private:
    ImageUse& use_;
    const void* context_;
    std::size_t size_;
    std::unique_ptr<std::byte[]> bytes_;
};

}  // namespace utsim
