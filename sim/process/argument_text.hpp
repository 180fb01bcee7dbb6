// SPDX-License-Identifier: MIT
/// A line about a system call while it is written: of bounded length, since it stands on a fiber's
/// stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/names.hpp"

namespace utsim {

/// Appends to room of the caller's. What does not fit is left out.
class ArgumentText {
public:
    ArgumentText(char* out, std::size_t room) : out_(out), room_(room) {}

    std::size_t size() const { return size_; }
    void text(std::string_view text);
    void decimal(std::int64_t value);
    void unsigned_decimal(std::uint64_t value);
    void hex(std::uint64_t value);
    void octal(std::uint64_t value);
    /// `NULL`, or hexadecimal.
    void address(std::uint64_t value);
    /// In quotation marks, as in C. `more`: this is only the beginning.
    void quoted(std::string_view bytes, bool more);
    /// `SIGTRAP`, or the number.
    void signal(std::uint64_t number);

private:
    char* out_;
    std::size_t room_;
    std::size_t size_ = 0;
};

/// The words of a type whose values are names or sets of names (`open`, `prot`, `whence`); false
/// when `type` is none of these.
bool write_argument_words(ArgumentText& out, std::string_view type, std::uint64_t value);

}  // namespace utsim
