// SPDX-License-Identifier: MIT
/// Fibers: flows of control with stacks of their own, and the switch between them and the host.
///
/// Only fiber.cpp knows what a fiber is made of. A suspended fiber is one pointer into its stack,
/// so copying the bytes from there to the stack's high end saves it, and abandoning it costs
/// nothing: no fiber is ever unwound.
#pragma once

#include <cstddef>

namespace utsim {

/// The memory of one fiber's stack.
struct FiberStack {
    std::byte* low = nullptr;
    std::byte* high = nullptr;
};

/// The host's side of the switches: whoever enters fibers has one, outside the arena.
struct FiberHost {
    void* context = nullptr;             ///< where the host waits while a fiber runs
    const void* stack_bottom = nullptr;  ///< for AddressSanitizer
    std::size_t stack_size = 0;
    /// What a fiber runs when it is entered for the first time. Must not return.
    void (*main)(void* argument) = nullptr;
    void* argument = nullptr;
};

/// A fiber that has not run yet; `enter_fiber` starts `host.main(host.argument)` on it.
void* prepare_fiber(const FiberStack& stack);

/// Host to fiber; returns when the fiber leaves, with the place where it did.
void* enter_fiber(FiberHost& host, void* context, const FiberStack& stack);

/// Fiber to host; returns when somebody enters the fiber again.
void leave_fiber(FiberHost& host);

/// True in builds whose stacks are watched by AddressSanitizer.
bool fibers_are_watched();

/// Copies a suspended fiber's live bytes [context, high) to `image`, and back in place.
///
/// Under AddressSanitizer the marks around its variables travel with the bytes; `image` must hold
/// `fiber_image_size`.
std::size_t fiber_image_size(const void* context, const FiberStack& stack);
void save_fiber(std::byte* image, const void* context, const FiberStack& stack);
void restore_fiber(const std::byte* image, void* context, const FiberStack& stack);

/// What a stack takes by default in this build.
std::size_t default_stack_size();

}  // namespace utsim
