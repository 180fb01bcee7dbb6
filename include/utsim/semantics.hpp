// SPDX-License-Identifier: MIT
/// Semantics: which utrace is simulated, as a choice at every decision point.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

namespace utsim {

/// One of the answers to a decision point's question.
struct DecisionValue {
    std::string_view name;     ///< as `--semantics=F,point=name` spells it
    std::string_view meaning;  ///< what then happens
};

/// A place where the recorded versions differ, or where somebody argued for something else.
struct DecisionPoint {
    std::string_view name;      ///< `step.arm`
    std::string_view group;     ///< what it is about: `Reporting passes`
    std::string_view question;  ///< what is decided
    std::string_view source;    ///< where to read on
    std::vector<DecisionValue> values;
    std::array<std::size_t, 6> recorded;  ///< index of the value that E1, E2, E3, E4, E5, F chose
};

/// All decision points, in the order in which names and documents have them.
const std::vector<DecisionPoint>& decision_points();

/// A semantics that has a name.
struct SemanticsPreset {
    std::string_view name;
    std::string_view date;  ///< of the recorded version, or of the proposal
    std::string_view api;   ///< UTRACE_API_VERSION
    std::string_view summary;
    bool recorded = false;  ///< a version that was published, not a proposal
};
const std::vector<SemanticsPreset>& semantics_presets();

/// One choice.
struct SemanticsChoice {
    std::string_view decision;
    std::string_view value;
};

/// A real bug of utrace's history that can be made again, as `--semantics=F,quirk=B33` does it.
struct QuirkInfo {
    std::string_view id;        ///< `B33`
    std::string_view name;      ///< `detach-vs-stop-orphan`
    std::string_view since;     ///< the day of the change that made it; empty: not known
    std::string_view mended;    ///< the day of the change that ended it
    std::string_view happened;  ///< what was seen
    std::string_view why;       ///< what the code did
    std::string_view fix;       ///< what it does since
    std::string_view needs;     ///< what has to come together for it to be seen
    /// The decision that is this bug, `step.disable=control-resume`; empty: it has its own switch.
    std::string_view decision;
    /// Its place among the twenty that any search ought to find, the easiest first; 0: not one.
    unsigned rung = 0;
};
/// All, by their numbers.
std::span<const QuirkInfo> quirk_table();

/// A semantics that was read and found right.
struct SemanticsDescription {
    /// The shortest text that says it, good for `RunOptions::semantics`: a preset, then what
    /// differs from it.
    std::string name;
    std::string title;   ///< of a file that has one
    std::string preset;  ///< what it was built on
    /// Of every choice. A trace carries it, so that a replay notices when a name has come to mean
    /// something else.
    std::string digest;
    std::vector<SemanticsChoice> choices;  ///< one for each decision point
    std::vector<std::string_view> quirks;  ///< ids of those that are on
};

/// Reads `F`, `E1,step.arm=flags`, `2009-11-13`, `20090421,arch=s390`. An empty text is F.
Result<SemanticsDescription> describe_semantics(std::string_view text);

/// A decision point at which two semantics differ; or a quirk, such as `B33`, that is `on` or
/// `off`.
struct SemanticsDifference {
    std::string_view decision;
    std::string_view first;
    std::string_view second;
};
std::vector<SemanticsDifference> compare_semantics(const SemanticsDescription& first,
                                                   const SemanticsDescription& second);

/// Reads a semantics file (`"format": "utsim.semantics/1"`).
Result<SemanticsDescription> load_semantics_file(const std::string& path);
/// The same for text that is in memory; `file` is what messages call it.
Result<SemanticsDescription> load_semantics_text(std::string_view text, const std::string& file);
/// True for what is meant as a file's name: it has a `/` in it or ends in `.json`.
bool is_semantics_file_name(std::string_view text);

/// The JSON Schema (draft 2020-12) of semantics files.
std::string semantics_schema();

}  // namespace utsim
