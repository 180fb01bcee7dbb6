// SPDX-License-Identifier: MIT
// The allocation functions of the program count what they hand out. There is no way back from a
// fiber that needs memory in the middle of a modelled call, so what is over the limit ends the
// program at once: with a message, and with nothing half written.
#include "cli/memory.hpp"

#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "base/out_of_memory.hpp"
#include "cli/exit_code.hpp"
#include "cli/output_file.hpp"

namespace utsim::cli {

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

std::atomic<std::uint64_t> in_use{0};
std::atomic<std::uint64_t> most{~std::uint64_t{0}};
std::atomic<bool> json{false};
std::atomic<bool> given_up{false};
void (*last_function)(void*) = nullptr;
void* last_argument = nullptr;

/// What must not be lost.
void do_what_is_left() {
    most = ~std::uint64_t{0};
    if (last_function != nullptr) last_function(last_argument);
}

void say(const char* message, const char* hint) {
    char text[600];
    const bool as_json = json.load();
    const int length =
        as_json
            ? std::snprintf(text, sizeof text,
                            "{\n  \"format\": \"utsim.errors/1\",\n"
                            "  \"errors\": [\n    {\n      \"code\": \"E-CLI-040\",\n"
                            "      \"message\": \"%s\",\n      \"hint\": \"%s\"\n    }\n  ]\n}\n",
                            message, hint)
            : std::snprintf(text, sizeof text, "utsim: error: %s [E-CLI-040]\n  %s\n", message,
                            hint);
    (void)write_all(as_json ? STDOUT_FILENO : STDERR_FILENO,
                    {text, static_cast<std::size_t>(length)});
}

[[noreturn]] void give_up(const char* message, const char* hint) {
    // What is done then may run out of memory, too: that is said already.
    if (!given_up.exchange(true)) {
        say(message, hint);
        do_what_is_left();
    }
    remove_unfinished_file();
    std::_Exit(exit_unwritten);
}

[[noreturn]] void over_limit() {
    char message[200];
    std::snprintf(message, sizeof message, "out of memory: --max-memory=%llu (MiB) is reached",
                  static_cast<unsigned long long>(most.load() / mebibyte));
    give_up(message, "a larger --max-memory, or a smaller --max-steps");
}

void system_gives_no_more(const char* what) {
    char message[300];
    std::snprintf(message, sizeof message,
                  "out of memory: the system gives no more for %s (%llu MiB are in use)", what,
                  static_cast<unsigned long long>(in_use.load() / mebibyte));
    give_up(message, "see ulimit -v; a smaller --max-steps needs less");
}

void check_limit(std::uint64_t size) {
    if (size > most || in_use.load(std::memory_order_relaxed) > most - size) over_limit();
}

/// Arenas and stacks, which are mapped.
void count_mapping(std::int64_t bytes) {
    if (bytes > 0) check_limit(static_cast<std::uint64_t>(bytes));
    in_use.fetch_add(static_cast<std::uint64_t>(bytes), std::memory_order_relaxed);
}

void* allocate(std::size_t size, std::size_t align = alignof(std::max_align_t)) {
    check_limit(size);
    if (size == 0) size = 1;
    // What aligned_alloc gives, free takes back.
    void* memory = align <= alignof(std::max_align_t)
                       ? std::malloc(size)
                       : std::aligned_alloc(align, (size + align - 1) & ~(align - 1));
    if (memory == nullptr) system_gives_no_more("an allocation");
    in_use.fetch_add(malloc_usable_size(memory), std::memory_order_relaxed);
    return memory;
}

void release(void* memory) noexcept {
    if (memory == nullptr) return;
    in_use.fetch_sub(malloc_usable_size(memory), std::memory_order_relaxed);
    std::free(memory);
}

}  // namespace

void watch_memory() {
    set_memory_limit(default_memory_limit);
    set_out_of_memory_handler(system_gives_no_more);
    set_mapped_memory_counter(count_mapping);
}

void set_memory_limit(std::uint64_t mebibytes) {
    most = mebibytes > ~std::uint64_t{0} / mebibyte ? ~std::uint64_t{0} : mebibytes * mebibyte;
}

void at_out_of_memory(void (*function)(void*), void* argument) {
    last_function = function;
    last_argument = argument;
}

void tell_memory_as_json(bool wanted) { json = wanted; }

std::uint64_t memory_in_use() { return in_use; }

std::uint64_t memory_left() {
    const std::uint64_t used = in_use;
    return used < most ? most - used : 0;
}

}  // namespace utsim::cli

void* operator new(std::size_t size) { return utsim::cli::allocate(size); }
void* operator new[](std::size_t size) { return utsim::cli::allocate(size); }
void* operator new(std::size_t size, std::align_val_t align) {
    return utsim::cli::allocate(size, static_cast<std::size_t>(align));
}
void* operator new[](std::size_t size, std::align_val_t align) {
    return utsim::cli::allocate(size, static_cast<std::size_t>(align));
}
void operator delete(void* memory, std::align_val_t) noexcept { utsim::cli::release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { utsim::cli::release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    utsim::cli::release(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    utsim::cli::release(memory);
}
void operator delete(void* memory) noexcept { utsim::cli::release(memory); }
void operator delete[](void* memory) noexcept { utsim::cli::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { utsim::cli::release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { utsim::cli::release(memory); }
