// SPDX-License-Identifier: MIT
// The last words of a broken simulator: enough for somebody else to see the same failure.
#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace utsim {

namespace {

// tidy: allow thread_local (diagnostics only: nothing a trace can see depends on it)
thread_local CheckContext* innermost = nullptr;

constexpr int exit_internal = 70;  // EX_SOFTWARE, part of the published exit codes

const char* base_name(const char* path) {
    const char* slash = std::strrchr(path, '/');
    return slash != nullptr ? slash + 1 : path;
}

}  // namespace

CheckContext::CheckContext() : outer_(innermost) { innermost = this; }
CheckContext::~CheckContext() { innermost = outer_; }

void check_failed(const char* condition, const char* file, int line, const char* message) {
    std::fprintf(stderr, "utsim: internal error: %s\n  check   %s (%s:%d)\n", message, condition,
                 base_name(file), line);
    for (CheckContext* context = innermost; context != nullptr;) {
        innermost = context->outer_;  // a check that fails while describing must not come back here
        std::fputs(context->describe().c_str(), stderr);
        context = innermost;
    }
    std::fputs("This is a bug in utsim, not in your input. Please report it and these lines.\n",
               stderr);
    std::fflush(nullptr);
    std::_Exit(exit_internal);
}

}  // namespace utsim
