// SPDX-License-Identifier: MIT
// Nothing here allocates: a signal handler may call it, or there is nothing left. Code on a fiber
// throws nothing, so running out of memory there can only end the process; then it ends so
// everywhere.
#include "base/out_of_memory.hpp"

#include <cstdio>
#include <cstdlib>

namespace utsim {

namespace {

constexpr int exit_unwritten = 7;  // part of the published exit codes

void (*handler_of_program)(const char*) = nullptr;
void (*counter_of_program)(std::int64_t) = nullptr;

}  // namespace

void set_out_of_memory_handler(void (*handler)(const char* what)) { handler_of_program = handler; }

void set_mapped_memory_counter(void (*counter)(std::int64_t bytes)) {
    counter_of_program = counter;
}

void count_mapped_memory(std::int64_t bytes) {
    if (counter_of_program != nullptr) counter_of_program(bytes);
}

void out_of_memory(const char* what) {
    if (handler_of_program != nullptr) handler_of_program(what);
    std::fprintf(stderr, "utsim: out of memory: %s\n", what);
    std::_Exit(exit_unwritten);
}

}  // namespace utsim
