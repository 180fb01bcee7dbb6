// SPDX-License-Identifier: MIT
// Boost.Context's two assembly routines and what AddressSanitizer wants to know about them. This is
// the only file that includes boost/context. A sanitizer follows one stack at a time: each switch
// tells it which one comes next, and a copied stack takes its shadow along, because the shadow says
// which of its bytes lie between variables.
#include "sched/fiber.hpp"

#include <boost/context/detail/fcontext.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/check.hpp"

#ifdef UTSIM_WATCHED_FIBERS
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
// Part of the runtime's interface, but declared in no installed header.
extern "C" void __asan_get_shadow_mapping(std::size_t* scale, std::size_t* offset);
#define UTSIM_NO_ASAN __attribute__((no_sanitize_address, noinline))
#endif

namespace utsim {

namespace {

using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

void first_entry(transfer_t transfer) {
    auto& host = *static_cast<FiberHost*>(transfer.data);
    host.context = transfer.fctx;
#ifdef UTSIM_WATCHED_FIBERS
    __sanitizer_finish_switch_fiber(nullptr, &host.stack_bottom, &host.stack_size);
#endif
    try {
        host.main(host.argument);
    } catch (...) {
        UTSIM_UNREACHABLE("an exception left a fiber");
    }
    UTSIM_UNREACHABLE("a fiber's main returned");
}

#ifdef UTSIM_WATCHED_FIBERS

struct Shadow {
    std::uint8_t* first;
    std::size_t size;
};

/// The shadow of [from, to); `from` is rounded down to a granule.
Shadow shadow_of(const void* from, const void* to) {
    std::size_t scale = 0;
    std::size_t offset = 0;
    __asan_get_shadow_mapping(&scale, &offset);
    const auto first = (reinterpret_cast<std::uintptr_t>(from) >> scale) + offset;
    const auto last = (reinterpret_cast<std::uintptr_t>(to) >> scale) + offset;
    return {reinterpret_cast<std::uint8_t*>(first), last - first};
}

// memcpy would be intercepted, and a loop of bytes might be turned into it.
UTSIM_NO_ASAN void copy_unwatched(void* to, const void* from, std::size_t size) {
    using Word [[gnu::aligned(1), gnu::may_alias]] = std::uint64_t;
    auto* target = static_cast<volatile std::uint8_t*>(to);
    const auto* source = static_cast<const volatile std::uint8_t*>(from);
    std::size_t i = 0;
    for (; i + sizeof(Word) <= size; i += sizeof(Word)) {
        *reinterpret_cast<volatile Word*>(target + i) =
            *reinterpret_cast<const volatile Word*>(source + i);
    }
    for (; i < size; ++i) target[i] = source[i];
}

/// Also where marks lie that an abandoned fiber has left.
UTSIM_NO_ASAN void zero_unwatched(void* to, std::size_t size) {
    auto* target = static_cast<volatile std::uint8_t*>(to);
    for (std::size_t i = 0; i < size; ++i) target[i] = 0;
}

/// How deep calls usually go.
constexpr std::size_t usual_depth = 16384;
#else
constexpr std::size_t usual_depth = 2048;
#endif

}  // namespace

std::size_t live_stack_size(const void* context, const FiberStack& stack) {
    return static_cast<std::size_t>(stack.high - static_cast<const std::byte*>(context));
}

void copy_live_stack(std::byte* out, const void* context, const FiberStack& stack) {
#ifdef UTSIM_WATCHED_FIBERS
    copy_unwatched(out, context, live_stack_size(context, stack));
#else
    std::memcpy(out, context, live_stack_size(context, stack));
#endif
}

void* prepare_fiber(const FiberStack& stack) {
#ifdef UTSIM_WATCHED_FIBERS
    // An abandoned fiber leaves its marks behind.
    __asan_unpoison_memory_region(stack.low, static_cast<std::size_t>(stack.high - stack.low));
#endif
    // Not all of what counts as live from now on is written to below.
    wipe_below(stack.high, stack);
    return make_fcontext(stack.high, static_cast<std::size_t>(stack.high - stack.low), first_entry);
}

// transfer_t and FiberArrival are the same two pointers; the detour through a function without type
// tells the compiler that the cast is meant.
FiberArrival (*const jump_to_fiber)(void*, void*) =
    reinterpret_cast<FiberArrival (*)(void*, void*)>(reinterpret_cast<void (*)()>(jump_fcontext));

void wipe_below(void* context, const FiberStack& stack) {
    auto* end = static_cast<std::byte*>(context);
    std::byte* low = stack.low + stack_end_words * sizeof stack_end_mark;
    const std::size_t size = std::min(usual_depth, static_cast<std::size_t>(end - low));
#ifdef UTSIM_WATCHED_FIBERS
    zero_unwatched(end - size, size);
#else
    std::memset(end - size, 0, size);
#endif
}

void wipe_stack(const FiberStack& stack) {
    std::byte* low = stack.low + stack_end_words * sizeof stack_end_mark;
    const auto size = static_cast<std::size_t>(stack.high - low);
#ifdef UTSIM_WATCHED_FIBERS
    zero_unwatched(low, size);
#else
    std::memset(low, 0, size);
#endif
}

// Its own frame is where those of the next calls will lie.
[[gnu::noinline]] void wipe_ahead() {
    std::byte room[usual_depth];
    std::memset(room, 0, sizeof room);
    asm volatile("" : : "r"(room) : "memory");  // somebody may look at it: it is not left out
}

std::size_t default_stack_size() {
#if defined(UTSIM_WATCHED_FIBERS) || !defined(__OPTIMIZE__)  // both make frames large
    return std::size_t{184} << 10;
#else
    return std::size_t{64} << 10;
#endif
}

#ifdef UTSIM_WATCHED_FIBERS

void* enter_fiber(FiberHost& host, void* context, const FiberStack& stack) {
    void* fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&fake_stack, stack.low,
                                   static_cast<std::size_t>(stack.high - stack.low));
    const transfer_t transfer = jump_fcontext(context, &host);
    __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
    return transfer.fctx;
}

void leave_fiber(FiberHost& host) {
    void* fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&fake_stack, host.stack_bottom, host.stack_size);
    const transfer_t transfer = jump_fcontext(host.context, nullptr);
    auto& visitor = *static_cast<FiberHost*>(transfer.data);
    visitor.context = transfer.fctx;
    __sanitizer_finish_switch_fiber(fake_stack, &visitor.stack_bottom, &visitor.stack_size);
}

std::size_t fiber_image_size(const void* context, const FiberStack& stack) {
    const std::size_t size = live_stack_size(context, stack);
    return size + ((shadow_of(context, stack.high).size + 7) & ~std::size_t{7});
}

void save_fiber(std::byte* image, const void* context, const FiberStack& stack) {
    const std::size_t size = live_stack_size(context, stack);
    const Shadow shadow = shadow_of(context, stack.high);
    copy_unwatched(image, context, size);
    copy_unwatched(image + size, shadow.first, shadow.size);
}

void restore_fiber(const std::byte* image, void* context, const FiberStack& stack) {
    const std::size_t size = live_stack_size(context, stack);
    __asan_unpoison_memory_region(stack.low, static_cast<std::size_t>(stack.high - stack.low));
    const Shadow shadow = shadow_of(context, stack.high);
    copy_unwatched(context, image, size);
    copy_unwatched(shadow.first, image + size, shadow.size);
}

// Comparing would need the marks too; a second copy is as right, and this build need not be fast.
bool fiber_image_is(const std::byte*, const void*, const FiberStack&) { return false; }

#else

bool fiber_image_is(const std::byte* image, const void* context, const FiberStack& stack) {
    return std::memcmp(image, context, live_stack_size(context, stack)) == 0;
}

std::size_t fiber_image_size(const void* context, const FiberStack& stack) {
    return live_stack_size(context, stack);
}

void save_fiber(std::byte* image, const void* context, const FiberStack& stack) {
    std::memcpy(image, context, live_stack_size(context, stack));
}

void restore_fiber(const std::byte* image, void* context, const FiberStack& stack) {
    std::memcpy(context, image, live_stack_size(context, stack));
}

#endif

}  // namespace utsim
