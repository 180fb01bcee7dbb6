// SPDX-License-Identifier: MIT
// What goes into these forms comes from scenario files and guests, so nothing of it may end an
// attribute, a line or a block that it stands in.
#include <algorithm>

#include "base/visible.hpp"
#include "cli/ci_report.hpp"
#include "vocabulary/markup_text.hpp"

namespace utsim::cli {

namespace {

constexpr std::size_t most_in_summary = 100;  // GitHub takes a mebibyte

std::size_t count_of(const std::vector<CiCase>& cases, CiVerdict verdict) {
    return static_cast<std::size_t>(std::count_if(
        cases.begin(), cases.end(), [&](const CiCase& one) { return one.verdict == verdict; }));
}

/// For XML 1.0, which has no place for control characters, not even spelt as a reference.
std::string xml(const std::string& text) {
    std::string out;
    const std::string plain = visible(text);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const std::string_view rest = std::string_view(plain).substr(i);
        if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
            out += rest[2] == '\xbe' ? "\\ufffe" : "\\uffff";
            i += 2;
        } else {
            out += plain[i];
        }
    }
    return markup_text(out);
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

/// All there is to say, line by line.
std::vector<std::string> lines_of(const CiCase& one) {
    std::vector<std::string> out;
    if (!one.message.empty()) out.push_back(one.message);
    for (const std::string& line : one.details) {
        if (out.empty() || line != out.front()) out.push_back(line);
    }
    if (!one.reproduce.empty()) out.push_back("reproduce: " + one.reproduce);
    return out;
}

std::string attribute(const char* name, const std::string& value) {
    return std::string(" ") + name + "=\"" + xml(value) + "\"";
}

std::string counts(const std::vector<CiCase>& cases) {
    return attribute("tests", std::to_string(cases.size())) +
           attribute("failures", std::to_string(count_of(cases, CiVerdict::failed))) +
           attribute("errors", std::to_string(count_of(cases, CiVerdict::error))) +
           attribute("skipped", std::to_string(count_of(cases, CiVerdict::skipped)));
}

std::string junit_case(const std::string& title, const CiCase& one) {
    std::string out = "    <testcase" + attribute("name", one.name) +
                      attribute("classname", one.file.empty() ? title : one.file);
    if (!one.file.empty()) out += attribute("file", one.file);
    if (one.line != 0) out += attribute("line", std::to_string(one.line));
    if (one.verdict == CiVerdict::ok) return out + "/>\n";
    const char* element = one.verdict == CiVerdict::failed    ? "failure"
                          : one.verdict == CiVerdict::skipped ? "skipped"
                                                              : "error";
    out += ">\n      <" + std::string(element) + attribute("message", one.message);
    if (one.verdict == CiVerdict::skipped) return out + "/>\n    </testcase>\n";
    out += ">";
    for (const std::string& line : lines_of(one)) out += xml(line) + "\n";
    return out + "</" + element + ">\n    </testcase>\n";
}

/// Of workflow commands; a property ends at a comma or a colon.
std::string escaped(const std::string& text, bool property) {
    std::string out;
    for (const char c : visible(text)) {
        if (c == '%') {
            out += "%25";
        } else if (c == '\n') {
            out += "%0A";
        } else if (c == '\r') {
            out += "%0D";
        } else if (property && (c == ':' || c == ',')) {
            out += c == ':' ? "%3A" : "%2C";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::string junit_text(const std::string& title, const std::vector<CiCase>& cases) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
                      attribute("name", title) + counts(cases) + ">\n  <testsuite" +
                      attribute("name", title) + counts(cases) + ">\n";
    for (const CiCase& one : cases) out += junit_case(title, one);
    return out + "  </testsuite>\n</testsuites>\n";
}

std::string ktap_text(const std::vector<CiCase>& cases) {
    std::string out = "KTAP version 1\n1.." + std::to_string(cases.size()) + "\n";
    std::size_t number = 0;
    for (const CiCase& one : cases) {
        const bool bad = one.verdict == CiVerdict::failed || one.verdict == CiVerdict::error;
        if (bad) {
            for (const std::string& line : lines_of(one)) out += "# " + one_line(line) + "\n";
        }
        std::string name = one_line(one.name);  // a '#' would begin a directive
        std::replace(name.begin(), name.end(), '#', '_');
        out += std::string(bad ? "not ok " : "ok ") + std::to_string(++number) + " " + name;
        if (one.verdict == CiVerdict::skipped) out += " # SKIP " + one_line(one.message);
        out += "\n";
    }
    return out;
}

std::string annotation_text(const CiCase& one) {
    std::string out = one.verdict == CiVerdict::skipped ? "::warning " : "::error ";
    if (!one.file.empty()) out += "file=" + escaped(one.file, true) + ",";
    if (one.line != 0) {
        out += "line=" + std::to_string(one.line) + ",col=" + std::to_string(one.column) + ",";
    }
    out += "title=" + escaped(one.name, true) + "::";
    std::string text;
    for (const std::string& line : lines_of(one)) text += (text.empty() ? "" : "\n") + line;
    return out + escaped(text, false) + "\n";
}

std::string step_summary_text(const std::string& title, const std::string& summary,
                              const std::vector<CiCase>& cases) {
    std::string out = "### " + title + "\n\n" + one_line(visible(summary)) + "\n\n";
    std::size_t told = 0;
    for (const CiCase& one : cases) {
        if (one.verdict == CiVerdict::ok) continue;
        if (++told > most_in_summary) continue;
        std::string block = one.name + "\n";
        for (const std::string& line : lines_of(one)) block += line + "\n";
        block = visible(block);
        std::replace(block.begin(), block.end(), '`', '\'');  // it would end the block
        out += "```\n" + block + "```\n\n";
    }
    if (told > most_in_summary) {
        out += "and " + std::to_string(told - most_in_summary) + " more\n\n";
    }
    return out;
}

}  // namespace utsim::cli
