// SPDX-License-Identifier: MIT
/// Collecting everything that is wrong with one file, to be told at once and in file order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

#include "scenario/json_value.hpp"

namespace utsim {

class Problems {
public:
    Problems(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

    /// `code` is the number in `E-SCN-nnn`; docs/scenario.md lists them.
    void add(int code, const JsonValue& value, std::string message, std::string hint = {});
    void add_at_key(int code, const JsonMember& member, std::string message, std::string hint = {});
    void add_at(int code, const TextPlace& place, const std::string& pointer, std::string message,
                std::string hint = {});

    /// False when there are so many before `place` that another one there would not be told. Asked
    /// by who would have to work for a message or hint, and then says `pass_over` instead.
    bool wants(const TextPlace& place) const;
    void pass_over() { ++count_; }

    /// Whether something was said about `value` itself, or so much that no more will be shown.
    bool said_of(const JsonValue& value) const;
    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }
    /// In file order, and no more than `ScenarioLimits::errors` of them.
    std::vector<Error> take();

private:
    std::string_view text_;
    std::string file_;
    std::size_t count_ = 0;
    std::vector<Error> errors_;  ///< a heap: the one that would be told last is in front
};

/// The `line`-th line (1-based) of `text`, without its end; empty when there is none.
std::string_view line_of(std::string_view text, std::size_t line);

}  // namespace utsim
