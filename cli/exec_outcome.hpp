// SPDX-License-Identifier: MIT
/// What came of a program, or of many orders of one, for other programs to read.
#pragma once

#include <string>
#include <vector>

#include "cli/json_output.hpp"
#include "explore/contract_run.hpp"
#include "explore/outcomes.hpp"

namespace utsim::cli {

class Arguments;

/// Keeps what programs write.
class WrittenByProgram final : public EventSink {
public:
    void emit(const Event& event) override;
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override { return false; }

    const std::string& to(int descriptor) const { return text_[descriptor == 2 ? 1 : 0]; }

private:
    std::string text_[2];
};

/// `exit 3`, `hangs`, `does not end: limit`.
std::string status_text(const Outcome& outcome);
/// Where two outputs part, in words; empty when they are the same.
std::string output_difference(const std::string& usual, const std::string& other);
/// In quotes, and not too long. What is not to be seen does not come into the terminal.
std::string shown_line(const std::string& text);
/// The lines of an output.
std::vector<std::string> output_lines(const std::string& text);

/// One run: `utsim.exec/1`. `verdict` is null when nobody has judged it.
Json exec_json(const Arguments& arguments, const RunReport& report, const Outcome& outcome,
               const WrittenByProgram& written, const ContractVerdict* verdict);
/// Many orders, the outcomes in this order: `utsim.exec-orders/1`.
Json exec_orders_json(const Arguments& arguments, const OutcomeReport& report,
                      const std::vector<const OutcomeFound*>& found);

}  // namespace utsim::cli
