// SPDX-License-Identifier: MIT
/// A document taken apart: its blocks, the commands in them, what it says each command prints.
#pragma once

#include <cctype>
#include <fstream>
#include <string>
#include <vector>

#include "support/testing.hpp"

namespace utsim::testing {

/// A fenced block, or lines that are indented by four.
struct Block {
    std::string language;  ///< what stands behind the fence
    std::size_t line = 0;  ///< of its first line in the document
    std::vector<std::string> lines;
    bool generated = false;  ///< another test compares it as a whole

    std::string text() const {
        std::string out;
        for (const std::string& one : lines) out += one + "\n";
        return out;
    }
};

struct Document {
    std::string path;
    std::vector<Block> blocks;
    std::vector<std::pair<std::size_t, std::string>> spans;  ///< `...` in prose, with their lines
};

/// A command of a document and, when there are any, the lines below it.
struct Claim {
    std::size_t line = 0;
    std::string command;
    std::vector<std::string> excerpt;
};

inline bool begins(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}

inline bool ends(const std::string& text, const std::string& end) {
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

inline std::string without_end_blanks(std::string text) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(without_end_blanks(line));
    return lines;
}

/// The text between backquotes in a line of prose.
inline void add_spans(Document& document, const std::string& line, std::size_t number) {
    for (std::size_t at = line.find('`'); at != std::string::npos;) {
        const std::size_t end = line.find('`', at + 1);
        if (end == std::string::npos) return;
        document.spans.emplace_back(number, line.substr(at + 1, end - at - 1));
        at = line.find('`', end + 1);
    }
}

inline Document read_document(const std::string& path) {
    Document document{path, {}, {}};
    std::ifstream in(source_path(path), std::ios::binary);
    if (!in) FAIL(path << " cannot be read");
    bool fenced = false;
    bool open = false;
    bool blank = true;  // an indented block begins behind an empty line
    bool generated = false;
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (begins(line, "<!-- reference: begin")) generated = true;
        if (begins(line, "<!-- reference: end")) generated = false;
        if (begins(line, "```")) {
            fenced = !fenced;
            open = false;
            if (fenced) document.blocks.push_back({line.substr(3), number + 1, {}, generated});
        } else if (fenced) {
            document.blocks.back().lines.push_back(without_end_blanks(line));
        } else if (begins(line, "    ") && (open || blank)) {
            if (!open) document.blocks.push_back({"", number, {}, generated});
            open = true;
            document.blocks.back().lines.push_back(without_end_blanks(line.substr(4)));
        } else if (open && line.empty()) {
            document.blocks.back().lines.push_back(line);
        } else {
            open = false;
            add_spans(document, line, number);
        }
        blank = line.empty();
    }
    return document;
}

/// Commands begin with one of these words, or stand behind `$ `.
inline bool is_command(const std::string& line) {
    for (const char* word : {"utsim ", "./dev ", "cmake ", "echo ", "source "}) {
        if (begins(line, word)) return true;
    }
    return false;
}

/// `utsim run s.json    # what it does`: the words behind two blanks are not part of it.
inline std::string command_of(const std::string& line) {
    return without_end_blanks(line.substr(0, line.find("  ")));
}

inline std::vector<Claim> claims_of(const Block& block) {
    std::vector<Claim> claims;
    bool shows = false;
    for (std::size_t i = 0; i < block.lines.size(); ++i) {
        const std::string& line = block.lines[i];
        if (begins(line, "$ ")) {
            claims.push_back({block.line + i, line.substr(2), {}});
            shows = true;
        } else if (shows) {
            claims.back().excerpt.push_back(line);
        } else if (is_command(line)) {
            claims.push_back({block.line + i, command_of(line), {}});
        }
    }
    return claims;
}

/// `s.json`, but FILE, SEM, N are to be filled in. The names of the semantics are no such words.
inline bool has_gap(const std::string& command) {
    std::size_t letters = 0;
    for (std::size_t i = 0; i <= command.size(); ++i) {
        const bool capital = i < command.size() && command[i] >= 'A' && command[i] <= 'Z';
        letters = capital ? letters + 1 : 0;
        if (letters >= 2) return true;
    }
    return ends(command, "=N") || command.find("...") != std::string::npos;
}

/// Whether a printed line is that of the excerpt, in which `...` stands for any text.
inline bool line_fits(const std::string& shown, const std::string& printed) {
    std::size_t at = 0;
    std::size_t from = 0;
    for (bool first = true;; first = false) {
        const std::size_t gap = shown.find("...", from);
        const bool last = gap == std::string::npos;
        std::string part = shown.substr(from, last ? gap : gap - from);
        if (!first && begins(part, " ")) part.erase(0, 1);
        if (!last) part = without_end_blanks(part);
        if (first && last) return printed == shown;
        const std::size_t found = last ? printed.rfind(part) : printed.find(part, at);
        if (found == std::string::npos || found < at || (first && found != 0)) return false;
        at = found + part.size();
        if (last) return at == printed.size();
        from = gap + 3;
    }
}

/// The number of excerpt lines that fit, which is all of them when the excerpt is true. A line of
/// `...` is any number of lines.
inline std::size_t fitting_lines(const std::vector<std::string>& excerpt,
                                 const std::vector<std::string>& printed) {
    std::vector<char> reached(printed.size() + 1, 0);  // how much may be printed before this line
    reached[0] = 1;
    for (std::size_t i = 0; i < excerpt.size(); ++i) {
        std::vector<char> next(printed.size() + 1, 0);
        const bool any = excerpt[i] == "...";
        for (std::size_t at = 0; at <= printed.size(); ++at) {
            if (any) {
                next[at] = reached[at] != 0 || (at > 0 && next[at - 1] != 0) ? 1 : 0;
            } else if (at > 0 && reached[at - 1] != 0 && line_fits(excerpt[i], printed[at - 1])) {
                next[at] = 1;
            }
        }
        bool some = false;
        for (const char one : next) some = some || one != 0;
        if (!some) return i;
        reached = std::move(next);
    }
    return reached[printed.size()] != 0 ? excerpt.size() : excerpt.size() - 1;
}

}  // namespace utsim::testing
