// SPDX-License-Identifier: MIT
// A hand-written scanner: the language has five kinds of tokens, and good messages for the habits
// of people who come from AT&T syntax matter more than anything a generator would give.
#include "cpu/assembler_token.hpp"

#include "cpu/assembler.hpp"

namespace utsim::cpu::assembler {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '@' ||
           c == '?';
}
bool is_word(char c) { return is_word_start(c) || is_digit(c) || c == '$'; }

int digit_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 99;
}

Token wrong(Token token, std::string message, std::string hint = {}) {
    token.kind = Token::Kind::wrong;
    token.message = std::move(message);
    token.hint = std::move(hint);
    return token;
}

/// As much of a text as a message shows.
std::string cropped(std::string_view text) {
    constexpr std::size_t shown = 40;
    return text.size() <= shown ? std::string(text) : std::string(text.substr(0, shown)) + "...";
}

Token number_token(std::string_view written, Token token) {
    token.kind = Token::Kind::number;
    std::uint64_t base = 10;
    std::string_view digits = written;
    if (written.size() > 2 && written[0] == '0') {
        const char kind = written[1];
        if (kind == 'x' || kind == 'X') base = 16;
        if (kind == 'b' || kind == 'B') base = 2;
        if (kind == 'o' || kind == 'O') base = 8;
        if (base != 10) digits.remove_prefix(2);
    }
    for (const char c : digits) {
        if (c == '_') continue;
        const auto value = static_cast<std::uint64_t>(digit_value(c));
        if (value >= base) {
            return wrong(std::move(token), "'" + cropped(written) + "' is not a number",
                         "hexadecimal numbers are written as 0x1f");
        }
        if (token.number > (~std::uint64_t{0} - value) / base) {
            return wrong(std::move(token), "the number does not fit into 64 bits");
        }
        token.number = token.number * base + value;
    }
    return token;
}

/// The byte behind a backslash; -1 when there is no such escape.
int escape(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        case '0':
            return 0;
        case '\\':
        case '\'':
        case '"':
            return c;
        default:
            return -1;
    }
}

Token string_token(std::string_view line, std::size_t& position, Token token) {
    const char quote = line[position++];
    token.kind = Token::Kind::text;
    while (position < line.size() && line[position] != quote) {
        char c = line[position++];
        if (c == '\\' && position < line.size()) {
            const int value = escape(line[position]);
            if (value < 0) {
                token.span = {position, 2};
                return wrong(std::move(token), "unknown escape in a string",
                             "there are \\n \\t \\r \\0 \\\\ \\' and \\\"");
            }
            c = static_cast<char>(value);
            ++position;
        }
        token.text += c;
    }
    if (position == line.size()) {
        token.span.length = position - token.span.column + 1;
        return wrong(std::move(token), "the string has no end",
                     std::string("close it with ") + quote);
    }
    ++position;
    token.span.length = position - token.span.column + 1;
    return token;
}

}  // namespace

Token next_token(std::string_view line, std::size_t& position) {
    while (position < line.size() &&
           (line[position] == ' ' || line[position] == '\t' || line[position] == '\r')) {
        ++position;
    }
    Token token;
    token.span = {position + 1, 1};
    if (position == line.size() || line[position] == ';' || line[position] == '#') return token;
    const std::size_t start = position;
    const char c = line[position];
    if (c == '"' || c == '\'') return string_token(line, position, std::move(token));
    if (is_digit(c) || is_word_start(c)) {
        while (position < line.size() && is_word(line[position])) ++position;
        const std::string_view written = line.substr(start, position - start);
        token.span.length = written.size();
        if (is_digit(c)) return number_token(written, std::move(token));
        if (written.size() > assembly_name_limit) {
            return wrong(std::move(token), "a name has at most " +
                                               std::to_string(assembly_name_limit) + " characters");
        }
        token.kind = Token::Kind::word;
        token.text = written;
        return token;
    }
    ++position;
    if (std::string_view("[]+-*,:()=$").find(c) != std::string_view::npos) {
        token.kind = Token::Kind::sign;
        token.text = c;
        return token;
    }
    if (c == '%') {
        return wrong(std::move(token), "registers are written without '%'",
                     "this is Intel syntax: destination first, as in 'mov eax, 5'");
    }
    if (c == '\0') return wrong(std::move(token), "a zero byte in the text");
    return wrong(std::move(token), std::string("unexpected character '") + c + "'");
}

}  // namespace utsim::cpu::assembler
