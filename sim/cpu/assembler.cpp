// SPDX-License-Identifier: MIT
// Parse all lines, then lay the statements out in rounds: each round encodes what depends on labels
// with the addresses of the round before, and a statement's size never shrinks. When nothing grows
// any more every address is final. A text made to need very many rounds gets long branches
// everywhere after a while, and is refused if that does not end it: the work stays linear.
#include "cpu/assembler.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "cpu/assembler_encode.hpp"
#include "cpu/assembler_names.hpp"
#include "cpu/assembler_symbols.hpp"
#include "cpu/assembler_syntax.hpp"

namespace utsim::cpu {

namespace {

using namespace assembler;

/// Rounds, and statements encoded, in which branches get the chance to stay short.
constexpr int patient_rounds = 30;
constexpr std::size_t patient_work = assembly_work_limit / 4;
/// A branch of at least this size is a long one.
constexpr std::size_t long_branch = 5;

struct Placed {
    Statement statement;
    std::uint64_t address = 0;
    std::size_t size = 0;
    bool fixed = false;  ///< encoded once and for all
    Encoded encoded;
};

class Assembler {
public:
    Assembler(std::string_view text, const AssemblyOptions& options)
        : text_(text),
          options_(options) {}

    Result<Assembly> run() {
        split_lines();
        if (!lines_.empty()) {
            parse();
            if (!enough_errors()) lay_out();  // with errors too: it checks operands and names
            report_problems();
        }
        if (!errors_.empty()) {
            std::sort(errors_.begin(), errors_.end(), [](const Error& a, const Error& b) {
                return std::tie(a.line, a.column, a.message) <
                       std::tie(b.line, b.column, b.message);
            });
            if (errors_.size() > assembly_error_limit) errors_.resize(assembly_error_limit);
            return std::move(errors_);
        }
        return result();
    }

private:
    void split_lines() {
        if (text_.size() > assembly_text_limit) {
            Error error;
            error.code = "E-ASM-012";
            error.message =
                "the text is longer than " + std::to_string(assembly_text_limit) + " bytes";
            error.file = options_.file;
            errors_.push_back(std::move(error));
            return;
        }
        std::size_t start = 0;
        while (start <= text_.size()) {
            const std::size_t end = std::min(text_.find('\n', start), text_.size());
            lines_.push_back(text_.substr(start, end - start));
            start = end + 1;
        }
    }

    bool enough_errors() const { return errors_.size() >= assembly_error_limit; }

    void add_error(std::size_t line, const Problem& problem) {
        if (enough_errors()) return;
        Error error;
        error.code = problem.code;
        error.message = problem.message;
        error.hint = problem.hint;
        error.file = options_.file;
        error.line = line;
        error.column = problem.span.column;
        error.length = std::max<std::size_t>(problem.span.length, 1);
        error.source_line = lines_[line - 1].substr(0, assembly_line_limit);
        errors_.push_back(std::move(error));
    }

    void parse() {
        std::string scope;
        for (std::size_t i = 0; i < lines_.size() && !enough_errors(); ++i) {
            const std::size_t line = i + 1;
            if (lines_[i].size() > assembly_line_limit) {
                add_error(line, too_large("the line is longer than " +
                                          std::to_string(assembly_line_limit) + " bytes"));
                continue;
            }
            ParsedLine parsed = parse_line(lines_[i], scope);
            for (const LabelAt& label : parsed.labels) {
                define(label.name, label.span, {line, placed_.size(), 0, nullptr});
                labels_.push_back({label.name, 0, line});
            }
            if (parsed.problem) {
                add_error(line, *parsed.problem);
                // A constant without a value is still known, so that its uses are not errors too.
                if (parsed.statement.kind != Statement::Kind::constant) continue;
                parsed.statement.amount = {};
            }
            if (parsed.statement.kind == Statement::Kind::nothing) continue;
            parsed.statement.line = line;
            placed_.push_back({std::move(parsed.statement), 0, 0, false, {}});
        }
        // Statements do not move any more, so constants can be pointed at.
        for (std::size_t i = 0; i < placed_.size(); ++i) {
            const Statement& statement = placed_[i].statement;
            if (statement.kind != Statement::Kind::constant) continue;
            define(statement.name, statement.span, {statement.line, i, 0, &statement.amount});
        }
    }

    void define(const std::string& name, Span span, const SymbolTable::Symbol& symbol) {
        if (symbols_.define(name, symbol)) return;
        const std::size_t other = symbols_.find(name)->line;
        const auto [first, second] = std::minmax(other, symbol.line);
        add_error(second, {"E-ASM-003", "'" + name + "' is defined twice",
                           "it is defined in line " + std::to_string(first) + " already", span});
    }

    static Problem too_large(std::string message) {
        return {"E-ASM-012", std::move(message), "", {}};
    }

    void lay_out() {
        symbols_.resolve();
        std::size_t work = 0;
        bool grown = true;
        for (int round = 0; grown; ++round) {
            move_all();
            grown = false;
            const bool patient = round < patient_rounds && work < patient_work;
            std::size_t total = 0;
            std::size_t certain_problems = 0;
            for (Placed& placed : placed_) {
                if (!placed.fixed) {
                    ++work;
                    grown |= encode_again(placed, patient);
                }
                total += placed.size;
                if (total > assembly_bytes_limit) {
                    return add_error(placed.statement.line,
                                     too_large("up to here the text makes more than " +
                                               std::to_string(assembly_bytes_limit) + " bytes"));
                }
                // More rounds would not change these.
                certain_problems += is_certain(placed.encoded) ? 1 : 0;
                if (certain_problems == assembly_error_limit) return;
            }
            if (work > assembly_work_limit) {
                return add_error(1, too_large("the sizes of too many statements depend on each "
                                              "other"));
            }
        }
    }

    /// True when it takes more room than before.
    bool encode_again(Placed& placed, bool patient) {
        std::size_t least = placed.size;
        if (!patient && is_flexible_branch(placed.statement)) least = std::max(least, long_branch);
        placed.encoded = encode(placed.statement, placed.address, symbols_, least);
        placed.fixed = !depends_on_place(placed.statement);
        const bool align = placed.statement.kind == Statement::Kind::align;
        if (placed.encoded.bytes.size() <= placed.size || align) return false;
        placed.size = placed.encoded.bytes.size();
        return true;
    }

    /// A problem that has nothing to do with where things are.
    static bool is_certain(const Encoded& encoded) {
        if (!encoded.problem) return false;
        const std::string_view code = encoded.problem->code;
        return code != "E-ASM-008" && code != "E-ASM-011";
    }

    /// Gives every statement, label and constant its address or value.
    void move_all() {
        std::uint64_t address = options_.base;
        for (Placed& placed : placed_) {
            placed.address = address;
            if (placed.statement.kind == Statement::Kind::align) {
                // Gaps follow from the address alone, and may shrink while branches grow.
                placed.size = encode(placed.statement, address, symbols_, 0).bytes.size();
            }
            address += placed.size;
        }
        symbols_.for_each([&](SymbolTable::Symbol& symbol) {
            symbol.address =
                symbol.statement < placed_.size() ? placed_[symbol.statement].address : address;
        });
        symbols_.resolve();
    }

    void report_problems() {
        for (Placed& placed : placed_) {
            if (!placed.encoded.problem || enough_errors()) continue;
            Problem& problem = *placed.encoded.problem;
            if (!problem.undefined.empty()) problem.hint = symbols_.suggest(problem.undefined);
            add_error(placed.statement.line, problem);
        }
    }

    Assembly result() {
        Assembly assembly;
        assembly.base = options_.base;
        for (const Placed& placed : placed_) {
            if (placed.size == 0) continue;
            assembly.lines.push_back({placed.statement.line, placed.address, placed.size,
                                      placed.statement.kind == Statement::Kind::instruction});
            Encoded encoded = placed.encoded;
            encoded.bytes.resize(placed.size);
            assembly.bytes.insert(assembly.bytes.end(), encoded.bytes.begin(), encoded.bytes.end());
        }
        for (Assembly::Label& label : labels_) {
            label.address = symbols_.find(label.name)->address;
        }
        assembly.labels = std::move(labels_);
        return assembly;
    }

    std::string_view text_;
    const AssemblyOptions& options_;
    std::vector<std::string_view> lines_;
    std::vector<Placed> placed_;
    SymbolTable symbols_;
    std::vector<Assembly::Label> labels_;
    std::vector<Error> errors_;
};

}  // namespace

const Assembly::Label* Assembly::find_label(std::string_view name) const {
    for (const Label& label : labels) {
        if (label.name == name) return &label;
    }
    return nullptr;
}

const Assembly::Line* Assembly::line_at(std::uint64_t address) const {
    const auto behind = std::upper_bound(
        lines.begin(), lines.end(), address,
        [](std::uint64_t wanted, const Line& line) { return wanted < line.address; });
    if (behind == lines.begin()) return nullptr;
    const Line& line = *(behind - 1);
    return address - line.address < line.size ? &line : nullptr;
}

std::string Assembly::name_of(std::uint64_t address) const {
    if (address < base || address - base >= bytes.size()) return {};
    const auto behind = std::upper_bound(
        labels.begin(), labels.end(), address,
        [](std::uint64_t wanted, const Label& label) { return wanted < label.address; });
    if (behind == labels.begin()) return {};
    // Of several labels in one place the first.
    const auto best = std::lower_bound(
        labels.begin(), behind, (behind - 1)->address,
        [](const Label& label, std::uint64_t wanted) { return label.address < wanted; });
    const std::uint64_t offset = address - best->address;
    return offset == 0 ? best->name : best->name + "+" + std::to_string(offset);
}

Result<Assembly> assemble(std::string_view text, const AssemblyOptions& options) {
    return Assembler(text, options).run();
}

}  // namespace utsim::cpu
