// SPDX-License-Identifier: MIT
/// Our own bugs: `UTSIM_CHECK`, on in every build.
///
/// A failed check prints the condition, a message and what the running world adds (step, schedule
/// so far, reproduce command), then ends the process with status 70. It is never used for what a
/// user can type or load (that is `Result`), nor for what the modelled kernel answers (an errno).
#pragma once

#include <string>

namespace utsim {

/// Reports and exits with status 70.
[[noreturn]] void check_failed(const char* condition, const char* file, int line,
                               const char* message);

/// Adds lines to a failing check's report: where the run is and how to reproduce it.
///
/// One per thread, innermost first; whoever drives a World installs one for the time it runs.
class CheckContext {
public:
    CheckContext();
    virtual ~CheckContext();
    CheckContext(const CheckContext&) = delete;
    CheckContext& operator=(const CheckContext&) = delete;
    virtual std::string describe() const = 0;

private:
    CheckContext* outer_;
    friend void check_failed(const char*, const char*, int, const char*);
};

}  // namespace utsim

#define UTSIM_CHECK(condition, message)                                     \
    do {                                                                    \
        if (!(condition)) [[unlikely]] {                                    \
            ::utsim::check_failed(#condition, __FILE__, __LINE__, message); \
        }                                                                   \
    } while (false)

#define UTSIM_UNREACHABLE(message) ::utsim::check_failed("unreachable", __FILE__, __LINE__, message)
