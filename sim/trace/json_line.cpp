// SPDX-License-Identifier: MIT
// A recursive reader without recursion: objects nest twice at most. It is written here because a
// trace can hold millions of lines and every mistake needs its column.
#include "trace/json_line.hpp"

#include <algorithm>

#include "vocabulary/json_text.hpp"

namespace utsim {

namespace {

constexpr std::size_t max_members = 512;  // a header names files

void append_utf8(std::string& out, std::uint32_t code) {
    const auto push = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xc0 | (code >> 6));
        push(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        push(0xe0 | (code >> 12));
        push(0x80 | ((code >> 6) & 0x3f));
        push(0x80 | (code & 0x3f));
    } else {
        push(0xf0 | (code >> 18));
        push(0x80 | ((code >> 12) & 0x3f));
        push(0x80 | ((code >> 6) & 0x3f));
        push(0x80 | (code & 0x3f));
    }
}

class LineReader {
public:
    LineReader(std::string_view line, std::vector<LineMember>& members, LineMistake& mistake)
        : line_(line),
          members_(members),
          mistake_(mistake) {}

    bool read() {
        skip_space();
        if (!object("", true)) return false;
        skip_space();
        return at_ == line_.size() || fail("unexpected text after the object");
    }

private:
    bool fail(std::string message, std::size_t length = 1) { return fail_at(at_, message, length); }
    bool fail_at(std::size_t at, std::string message, std::size_t length = 1) {
        mistake_ = {std::move(message), at + 1, length};
        return false;
    }
    bool at(char c) const { return at_ < line_.size() && line_[at_] == c; }
    void skip_space() {
        while (at(' ') || at('\t') || at('\r')) ++at_;
    }
    bool take(char c, const char* what) {
        skip_space();
        if (!at(c)) {
            return fail(at_ < line_.size()
                            ? std::string("expected ") + what
                            : std::string("the line ends where ") + what + " should be");
        }
        ++at_;
        skip_space();
        return true;
    }

    bool object(const std::string& prefix, bool may_nest) {
        if (!take('{', "'{'")) return false;
        if (at('}')) {
            ++at_;
            return true;
        }
        while (true) {
            if (!member(prefix, may_nest)) return false;
            skip_space();
            if (at('}')) break;
            if (!take(',', "',' or '}'")) return false;
        }
        ++at_;
        return true;
    }

    bool member(const std::string& prefix, bool may_nest) {
        LineMember member;
        member.key_column = at_ + 1;
        const std::size_t key_at = at_;
        if (!string(member.key)) return false;
        member.key = prefix + member.key;
        if (known(member.key)) {
            return fail_at(key_at, "the key \"" + member.key + "\" is there twice", at_ - key_at);
        }
        if (members_.size() >= max_members) return fail_at(key_at, "too many keys in one line");
        if (!take(':', "':'")) return false;
        if (at('{')) {
            if (!may_nest) return fail("objects do not nest this deep in a trace");
            return object(member.key + ".", false);
        }
        member.column = at_ + 1;
        if (!value(member)) return false;
        member.length = at_ + 1 - member.column;
        members_.push_back(std::move(member));
        return true;
    }

    bool known(const std::string& key) const {
        return std::any_of(members_.begin(), members_.end(),
                           [&](const LineMember& other) { return other.key == key; });
    }

    bool value(LineMember& member) {
        if (at('"')) {
            member.kind = LineMember::Kind::string;
            return string(member.text);
        }
        if (at('-') || (at_ < line_.size() && line_[at_] >= '0' && line_[at_] <= '9')) {
            member.kind = LineMember::Kind::integer;
            return integer(member);
        }
        if (word("true") || word("false")) {
            member.kind = LineMember::Kind::boolean;
            member.truth = line_[at_ - 2] == 'u';
            return true;
        }
        if (word("null")) return true;
        return fail(at('[') ? "a trace has no arrays" : "expected a value");
    }

    bool word(std::string_view text) {
        if (line_.substr(at_, text.size()) != text) return false;
        at_ += text.size();
        return true;
    }

    bool integer(LineMember& member) {
        const std::size_t start = at_;
        member.negative = at('-');
        if (member.negative) ++at_;
        const std::size_t first = at_;
        for (; at_ < line_.size() && line_[at_] >= '0' && line_[at_] <= '9'; ++at_) {
            const auto digit = static_cast<std::uint64_t>(line_[at_] - '0');
            if (member.magnitude > (~std::uint64_t{0} - digit) / 10) {
                return fail_at(start, "a number of more than 64 bits", at_ - start);
            }
            member.magnitude = member.magnitude * 10 + digit;
        }
        if (at_ == first) return fail("expected a digit");
        if (line_[first] == '0' && at_ - first > 1) {
            return fail_at(start, "a number with a leading zero", at_ - start);
        }
        if (at('.') || at('e') || at('E')) return fail("a trace has only integers");
        if (member.negative && member.magnitude > std::uint64_t{1} << 63) {
            return fail_at(start, "a number of more than 64 bits", at_ - start);
        }
        return true;
    }

    bool string(std::string& out) {
        if (!at('"')) return fail("expected a string");
        const std::size_t start = at_++;
        while (at_ < line_.size() && line_[at_] != '"') {
            if (static_cast<unsigned char>(line_[at_]) < 0x20) {
                return fail("a control character in a string");
            }
            if (line_[at_] != '\\') {
                out += line_[at_++];
            } else if (!escape(out)) {
                return false;
            }
        }
        if (at_ == line_.size()) return fail_at(start, "a string without an end", at_ - start);
        ++at_;
        return is_utf8(out) || fail_at(start, "a string that is not UTF-8", at_ - start);
    }

    bool escape(std::string& out) {
        static constexpr std::string_view letters = "\"\\/bfnrt";
        static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const std::size_t start = at_++;
        if (at('u')) {
            ++at_;
            std::uint32_t code = 0;
            return hex4(code) && unicode(start, code, out);
        }
        const std::size_t index =
            at_ < line_.size() ? letters.find(line_[at_]) : std::string_view::npos;
        if (index == std::string_view::npos) return fail_at(start, "an unknown escape", 2);
        out += meanings[index];
        ++at_;
        return true;
    }

    bool unicode(std::size_t start, std::uint32_t code, std::string& out) {
        if (code >= 0xd800 && code < 0xdc00 && word("\\u")) {
            std::uint32_t low = 0;
            if (!hex4(low)) return false;
            if (low < 0xdc00 || low > 0xdfff) return fail_at(start, "half a surrogate pair", 6);
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else if (code >= 0xd800 && code <= 0xdfff) {
            return fail_at(start, "half a surrogate pair", 6);
        }
        append_utf8(out, code);
        return true;
    }

    bool hex4(std::uint32_t& code) {
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = at_ < line_.size() ? line_[at_] : '\0';
            code <<= 4;
            if (c >= '0' && c <= '9') {
                code |= static_cast<std::uint32_t>(c - '0');
            } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
                code |= static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
            } else {
                return fail("expected four hexadecimal digits");
            }
        }
        return true;
    }

    std::string_view line_;
    std::vector<LineMember>& members_;
    LineMistake& mistake_;
    std::size_t at_ = 0;
};

}  // namespace

bool read_json_line(std::string_view line, std::vector<LineMember>& members, LineMistake& mistake) {
    members.clear();
    return LineReader(line, members, mistake).read();
}

}  // namespace utsim
