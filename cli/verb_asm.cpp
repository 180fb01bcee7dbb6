// SPDX-License-Identifier: MIT
// `utsim asm`: what a scenario's assembly text becomes, before it is in a scenario.
#include <charconv>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"
#include "cpu/assembler.hpp"
#include "vocabulary/json_text.hpp"

namespace utsim::cli {

namespace {

constexpr std::size_t bytes_column = 12;
constexpr std::size_t text_column = 38;
constexpr std::size_t bytes_a_line = 8;

bool parse_address(const std::string& text, std::uint64_t& address) {
    const bool hex = text.compare(0, 2, "0x") == 0;
    const char* begin = text.data() + (hex ? 2 : 0);
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, address, hex ? 16 : 10);
    return error == std::errc{} && stop == end && begin != end;
}

std::string hex_of(const cpu::Assembly& assembly, std::size_t from, std::size_t count) {
    std::string out;
    append_hex_bytes(out, {reinterpret_cast<const char*>(assembly.bytes.data()) + from, count});
    return out;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        if (!lines.back().empty() && lines.back().back() == '\r') lines.back().pop_back();
        at = end + 1;
    }
    return lines;
}

/// Address, bytes, source; long data goes on below itself.
std::string listing(const cpu::Assembly& assembly, const std::string& text) {
    const std::vector<std::string> source = lines_of(text);
    std::string out;
    std::size_t next = 0;
    for (std::size_t number = 1; number <= source.size(); ++number) {
        bool first = true;
        for (; next < assembly.lines.size() && assembly.lines[next].line == number; ++next) {
            const cpu::Assembly::Line& line = assembly.lines[next];
            for (std::size_t done = 0; done < line.size; done += bytes_a_line) {
                std::string row;
                append_hex(row, line.address + done);
                row.resize(bytes_column, ' ');
                row += hex_of(assembly, line.address - assembly.base + done,
                              std::min(bytes_a_line, line.size - done));
                if (first) {
                    row.resize(text_column, ' ');
                    row += source[number - 1];
                }
                first = false;
                out += row + "\n";
            }
        }
        if (first)
            out += std::string(source[number - 1].empty() ? 0 : text_column, ' ') +
                   source[number - 1] + "\n";
    }
    return out;
}

Json assembly_json(const cpu::Assembly& assembly) {
    Json out;
    out["base"] = assembly.base;
    out["bytes"] = hex_of(assembly, 0, assembly.bytes.size());
    out["labels"] = Json::object();
    for (const cpu::Assembly::Label& label : assembly.labels)
        out["labels"][label.name] = label.address;
    Json lines = Json::array();
    for (const cpu::Assembly::Line& line : assembly.lines) {
        lines.push_back(Json{{"line", line.line},
                             {"address", line.address},
                             {"bytes", hex_of(assembly, line.address - assembly.base, line.size)},
                             {"code", line.is_code}});
    }
    out["lines"] = lines;
    return out;
}

}  // namespace

int verb_asm(const Arguments& arguments, Console& console) {
    const std::string& file = arguments.positionals()[0];
    cpu::AssemblyOptions options;
    options.file = shown_name(file);
    if (arguments.has("--base") && !parse_address(arguments.text("--base"), options.base)) {
        console.mistakes({usage_error(
            "E-CLI-013", "--base needs an address, not '" + arguments.text("--base") + "'",
            "addresses are 0x401000 or decimal")});
        return exit_usage;
    }
    const Result<std::string> text = read_input(file, cpu::assembly_text_limit);
    if (!text.ok()) {
        console.mistakes(text.errors());
        return exit_rejected;
    }
    const Result<cpu::Assembly> assembly = cpu::assemble(*text, options);
    if (!assembly.ok()) {
        console.mistakes(assembly.errors());
        return exit_rejected;
    }
    if (console.json()) {
        console.result("utsim.asm/1", assembly_json(*assembly));
    } else if (arguments.has("--bytes")) {
        console.out(hex_of(*assembly, 0, assembly->bytes.size()) + "\n");
    } else {
        console.out(listing(*assembly, *text));
    }
    return exit_held;
}

}  // namespace utsim::cli
