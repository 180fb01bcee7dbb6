// SPDX-License-Identifier: MIT
/// The way to whoever is at the other end of a debugging session: a socket, a pipe, or a test.
#pragma once

#include <cstddef>
#include <string_view>

namespace utsim::debug {

class Wire {
public:
    virtual ~Wire() = default;
    /// False: the other end has gone.
    virtual bool send(std::string_view bytes) = 0;
    /// Up to `n` bytes. 0: there is nothing now, which is never the answer if it should wait. -1:
    /// the other end has gone.
    virtual std::ptrdiff_t receive(char* bytes, std::size_t n, bool wait) = 0;
};

}  // namespace utsim::debug
