// SPDX-License-Identifier: MIT
/// Fibers: flows of control with stacks of their own, and the switch between them and the host.
///
/// Only fiber.cpp knows what a fiber is made of. A suspended fiber is one pointer into its stack,
/// so copying the bytes from there to the stack's high end saves it, and abandoning it costs
/// nothing: no fiber is ever unwound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SANITIZE_ADDRESS__)
#define UTSIM_WATCHED_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UTSIM_WATCHED_FIBERS 1
#endif
#endif

namespace utsim {

/// The memory of one fiber's stack.
struct FiberStack {
    std::byte* low = nullptr;
    std::byte* high = nullptr;
};

/// Overflowing a stack goes through these words first; they are looked at after every switch.
inline constexpr std::uint64_t stack_end_mark = 0x6b63617473646e65;
inline constexpr std::size_t stack_end_words = 4;

inline void mark_stack_end(const FiberStack& stack) {
    for (std::size_t i = 0; i < stack_end_words; ++i) {
        std::memcpy(stack.low + i * sizeof stack_end_mark, &stack_end_mark, sizeof stack_end_mark);
    }
}

inline bool stack_overflowed(const FiberStack& stack) {
    std::uint64_t words[stack_end_words];
    std::memcpy(words, stack.low, sizeof words);
    return ((words[0] ^ stack_end_mark) | (words[1] ^ stack_end_mark) |
            (words[2] ^ stack_end_mark) | (words[3] ^ stack_end_mark)) != 0;
}

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

/// What a switch brings: where the one who switched waits, and a word from it.
struct FiberArrival {
    void* from;
    void* word;
};

/// The switch itself. A pointer, because only fiber.cpp may know whose it is, and because the
/// functions below must be inline: each return across a switch is one that the CPU predicts
/// wrongly.
extern FiberArrival (*const jump_to_fiber)(void* context, void* word);

#ifdef UTSIM_WATCHED_FIBERS

void* enter_fiber(FiberHost& host, void* context, const FiberStack& stack);
void leave_fiber(FiberHost& host);

#else

/// Host to fiber; returns when the fiber leaves, with the place where it did.
inline void* enter_fiber(FiberHost& host, void* context, const FiberStack&) {
    return jump_to_fiber(context, &host).from;
}

/// Fiber to host; returns when somebody enters the fiber again.
inline void leave_fiber(FiberHost& host) {
    const FiberArrival arrival = jump_to_fiber(host.context, nullptr);
    // After a restore this is another visit, perhaps from another place on the host's stack.
    static_cast<FiberHost*>(arrival.word)->context = arrival.from;
}

#endif

/// The live bytes of a suspended fiber, without marks.
std::size_t live_stack_size(const void* context, const FiberStack& stack);
void copy_live_stack(std::byte* out, const void* context, const FiberStack& stack);

/// Copies a suspended fiber's live bytes [context, high) to `image`, and back in place.
///
/// Under AddressSanitizer the marks around its variables travel with the bytes; `image` must hold
/// `fiber_image_size`.
std::size_t fiber_image_size(const void* context, const FiberStack& stack);
void save_fiber(std::byte* image, const void* context, const FiberStack& stack);
void restore_fiber(const std::byte* image, void* context, const FiberStack& stack);
/// Whether the live bytes are those of `image`, which was made with the same `context`.
bool fiber_image_is(const std::byte* image, const void* context, const FiberStack& stack);

/// Zeroes a stretch of the free part of a suspended fiber's stack, as deep as calls usually go.
void wipe_below(void* context, const FiberStack& stack);
/// All of a stack that no fiber is on.
void wipe_stack(const FiberStack& stack);
/// As `wipe_below`, below the caller's frame.
void wipe_ahead();

/// What a stack takes by default in this build.
std::size_t default_stack_size();

}  // namespace utsim
