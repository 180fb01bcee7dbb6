// SPDX-License-Identifier: MIT
/// The user's mistakes as values: what a `Result<T>` carries when a file, flag or schedule is
/// wrong.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace utsim {

/// One mistake in something a user gave us.
///
/// The command line prints it as `file:line:col: error: message`, then `at POINTER`, the source
/// line with a caret, and the hint. Fields that do not apply are empty or zero.
struct Error {
    std::string code;         ///< stable id, for example `E-SCN-014`; the documentation lists them
    std::string message;      ///< one sentence without a full stop
    std::string file;         ///< as the user spelt it
    std::size_t line = 0;     ///< 1-based; 0 when there is no position
    std::size_t column = 0;   ///< 1-based, in bytes
    std::size_t length = 1;   ///< bytes to underline from `column`
    std::string pointer;      ///< JSON pointer (RFC 6901)
    std::string source_line;  ///< the text of the line, for the caret
    std::string hint;         ///< what would be right, or "did you mean ..."
};

/// Either a value or every mistake that was found (never an empty list).
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}
    Result(Error error) : state_(std::vector<Error>{std::move(error)}) {}
    Result(std::vector<Error> errors) : state_(std::move(errors)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    /// The value. Only when `ok()`.
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    /// The mistakes, in file order. Only when not `ok()`.
    const std::vector<Error>& errors() const { return std::get<1>(state_); }
    std::vector<Error>&& take_errors() { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, std::vector<Error>> state_;
};

/// The success value of operations that only can fail.
struct Done {};

}  // namespace utsim

/// Evaluates a `Result`; on failure returns its errors from the enclosing function.
#define UTSIM_TRY(declaration, expression)                                     \
    auto declaration##_result = (expression);                                  \
    if (!declaration##_result.ok()) return declaration##_result.take_errors(); \
    auto declaration = std::move(declaration##_result).value()
