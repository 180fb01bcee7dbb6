// SPDX-License-Identifier: MIT
// Others write to a suspended stack too (into a lock or a completion that lies there), so whether
// it is the same is seen by its bytes and not by who ran.
#include "sched/stack_image.hpp"

namespace utsim {

StackImage::StackImage(const void* context, const FiberStack& stack, ImageUse& use)
    : use_(use),
      context_(context),
      size_(fiber_image_size(context, stack)),
      bytes_(new std::byte[size_]) {
    save_fiber(bytes_.get(), context, stack);
    use_.bytes += sizeof(StackImage) + size_;
}

StackImage::~StackImage() { use_.bytes -= sizeof(StackImage) + size_; }

bool StackImage::is(const void* context, const FiberStack& stack) const {
    return context == context_ && fiber_image_is(bytes_.get(), context, stack);
}

void StackImage::put_back(void* context, const FiberStack& stack) const {
    restore_fiber(bytes_.get(), context, stack);
}

}  // namespace utsim
