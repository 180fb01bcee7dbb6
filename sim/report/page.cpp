// SPDX-License-Identifier: MIT
// The data of a page as compact JSON: words that come often stand once in a list, and of the state
// there is the first one and what changes. It cannot end the element that it stands in.
#include "report/page.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <utsim/explain.hpp>

#include "contract/clauses.hpp"
#include "report/alignment.hpp"
#include "report/frame.hpp"
#include "report/page_files.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/markup_text.hpp"

namespace utsim {

namespace {

/// Numbers for words, in the order in which they are first needed.
class Words {
public:
    std::size_t of(std::string_view word) {
        const auto found = ids_.find(word);
        if (found != ids_.end()) return found->second;
        list_.emplace_back(word);
        return ids_.emplace(word, list_.size() - 1).first->second;
    }
    const std::vector<std::string>& list() const { return list_; }

private:
    std::map<std::string, std::size_t, std::less<>> ids_;
    std::vector<std::string> list_;
};

/// Appends JSON.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}

    void open(char bracket) {
        comma();
        out_ += bracket;
        fresh_ = true;
    }
    void close(char bracket) {
        out_ += bracket;
        fresh_ = false;
    }
    void key(std::string_view name) {
        comma();
        append_json_string(out_, name);
        out_ += ':';
        fresh_ = true;
    }
    void text(std::string_view value) {
        comma();
        append_json_string(out_, value);
    }
    void number(std::uint64_t value) {
        comma();
        append_unsigned(out_, value);
    }
    void plain(std::string_view word) {
        comma();
        out_ += word;
    }
    void texts(const std::vector<std::string>& values) {
        open('[');
        for (const std::string& value : values) text(value);
        close(']');
    }

private:
    void comma() {
        if (!fresh_) out_ += ',';
        fresh_ = false;
    }

    std::string& out_;
    bool fresh_ = true;
};

std::vector<std::string> facts_of(const RecordedRun& run) {
    std::vector<std::string> facts{"scenario " + run.trace.scenario(),
                                   "semantics " + run.trace.semantics(), "ended " + run.report.end};
    if (!run.report.end_detail.empty()) facts.back() += ", " + run.report.end_detail;
    facts.push_back(std::to_string(run.report.steps) + " steps");
    if (!run.report.schedule.empty()) facts.push_back("schedule " + run.report.schedule);
    facts.push_back("fingerprint " + run.trace.claimed_fingerprint());
    return facts;
}

void write_row(Writer& w, const TimelineRow& row, Words& actors, Words& kinds,
               const AlignedRow* beside) {
    w.open('[');
    w.number(row.step);
    w.number(row.lane);
    w.number(actors.of(row.actor));
    w.number(kinds.of(row.kind));
    w.text(row.text);
    w.text(row.result);
    w.number(row.alarm ? 1 : 0);
    w.number(row.count);
    if (beside != nullptr) {
        w.open('{');
        w.key("text");
        w.text(beside->b != nullptr
                   ? beside->b->text + (beside->b->result.empty() ? "" : " = " + beside->b->result)
                   : "");
        w.key("differs");
        w.plain(beside->same ? "false" : "true");
        w.close('}');
    }
    w.close(']');
}

/// What only the other run has stands at the step before it, so that steps never go back.
void write_rows_of_two(Writer& w, const Timeline& a, const Timeline& b, Words& actors,
                       Words& kinds) {
    std::uint64_t step = 0;
    for (const AlignedRow& pair : aligned(a, b)) {
        TimelineRow row = pair.a != nullptr ? *pair.a : TimelineRow{};
        if (pair.a == nullptr) {
            row.step = step;
            row.kind = pair.b->kind;
            row.actor = pair.b->actor;
        }
        step = row.step;
        write_row(w, row, actors, kinds, &pair);
    }
}

void write_lines(Writer& w, const Timeline& line) {
    w.key("lanes");
    w.open('[');
    for (const Lane& lane : line.lanes) {
        w.open('{');
        w.key("name");
        w.text(lane.name);
        w.key("kind");
        w.text(lane.kind == LaneKind::task     ? "task"
               : lane.kind == LaneKind::engine ? "engine"
                                               : "actor");
        w.key("about");
        w.text(lane.about);
        w.close('}');
    }
    w.close(']');
}

/// Calls would cover nearly every row of their lane; these are worth a bar.
bool is_drawn(const Bar& bar) { return bar.kind != BarKind::api || bar.last > bar.first; }

void write_bars(Writer& w, const Timeline& line) {
    w.key("bar_kinds");
    w.open('[');
    for (int kind = 0; kind <= static_cast<int>(BarKind::api); ++kind) {
        w.text(bar_kind_name(static_cast<BarKind>(kind)));
    }
    w.close(']');
    w.key("bars");
    w.open('[');
    for (const Bar& bar : line.bars) {
        if (!is_drawn(bar)) continue;
        w.open('[');
        w.number(static_cast<std::uint64_t>(bar.kind));
        w.number(bar.lane);
        w.number(bar.first);
        w.number(bar.last);
        w.text(bar.text);
        w.close(']');
    }
    w.close(']');
    w.key("arrows");
    w.open('[');
    for (const Arrow& arrow : line.arrows) {
        w.open('[');
        w.number(arrow.from);
        w.number(arrow.to);
        w.close(']');
    }
    w.close(']');
}

void write_states(Writer& w, const StateHistory& states) {
    Words paths;
    const std::vector<StateChange> first = state_changes(StateItem{}, states.first);
    w.key("state");
    w.open('[');
    for (const StateChange& value : first) {
        w.open('[');
        w.number(paths.of(value.path));
        w.text(value.after);
        w.close(']');
    }
    w.close(']');
    w.key("changes");
    w.open('[');
    for (const StateHistory::Step& step : states.steps) {
        w.open('[');
        w.number(step.step);
        w.open('[');
        for (const StateChange& change : step.changes) {
            w.open('[');
            w.number(paths.of(change.path));
            change.is_there ? w.text(change.after) : w.plain("null");
            w.close(']');
        }
        w.close(']');
        w.close(']');
    }
    w.close(']');
    w.key("all_changes");
    w.plain(states.complete ? "true" : "false");
    w.key("paths");
    w.texts(paths.list());
}

void write_told(Writer& w, const RecordedTrace& trace, std::set<std::string>& clauses) {
    w.key("told");
    w.open('[');
    for (const ExplainedLine& line : explain(trace)) {
        if (line.reasons.empty()) continue;  // the row says as much
        w.open('[');
        w.number(line.step);
        w.text(line.text);
        w.open('[');
        for (const ExplainedReason& reason : line.reasons) {
            w.open('[');
            w.text(reason.text);
            w.texts(reason.clauses);
            w.texts(reason.decisions);
            w.close(']');
            clauses.insert(reason.clauses.begin(), reason.clauses.end());
        }
        w.close(']');
        w.close(']');
    }
    w.close(']');
}

void write_text(Writer& w, const PageText& text, std::set<std::string>& clauses) {
    w.key("title");
    w.text(text.title);
    w.key("commands");
    w.texts(text.commands);
    w.key("index");
    w.text(text.index);
    w.key("findings");
    w.open('[');
    for (const PageFinding& finding : text.findings) {
        clauses.insert(finding.clause);
        w.open('{');
        for (const auto& [name, value] :
             {std::pair{"clause", &finding.clause}, std::pair{"message", &finding.message},
              std::pair{"by", &finding.by}}) {
            w.key(name);
            w.text(*value);
        }
        w.key("step");
        w.number(finding.step);
        w.key("since");
        w.number(finding.since);
        w.key("expected");
        w.plain(finding.expected ? "true" : "false");
        w.close('}');
    }
    w.close(']');
}

void write_clauses(Writer& w, const std::set<std::string>& clauses) {
    w.key("clauses");
    w.open('{');
    for (const std::string& id : clauses) {
        const std::string promise = promise_of(id);
        if (promise.empty()) continue;
        w.key(id);
        w.text(promise);
    }
    w.close('}');
}

}  // namespace

std::string in_page(std::string json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '<' || c == '>' || c == '&') {
            out += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026";
        } else if (json.compare(i, 3, "\u2028") == 0 || json.compare(i, 3, "\u2029") == 0) {
            out += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    return out;
}

std::string promise_of(const std::string& clause) {
    for (const Clause* one : all_clauses()) {
        if (one->id == clause) return std::string(one->text);
    }
    return {};
}

std::string page_of(const PageRun& run, const PageText& text, const PageBeside* beside) {
    const RecordedTrace& trace = run.run.trace;
    const Timeline line = timeline_of(trace);
    std::string json;
    Writer w(json);
    std::set<std::string> clauses;
    Words actors;
    Words kinds;
    w.open('{');
    write_text(w, text, clauses);
    std::vector<std::string> facts = facts_of(run.run);
    if (beside != nullptr) {
        w.key("beside");
        w.texts({beside->name, beside->other_name});
        facts.push_back("beside it: " + beside->other_name);
    }
    w.key("facts");
    w.texts(facts);
    write_lines(w, line);
    w.key("rows");
    w.open('[');
    if (beside == nullptr) {
        for (const TimelineRow& row : line.rows) write_row(w, row, actors, kinds, nullptr);
    } else {
        write_rows_of_two(w, line, timeline_of(beside->other.trace), actors, kinds);
    }
    w.close(']');
    w.key("actors");
    w.texts(actors.list());
    w.key("kinds");
    w.texts(kinds.list());
    // Rows of the other run stand between those that bars and arrows are about.
    write_bars(w, beside == nullptr ? line : Timeline{});
    write_told(w, trace, clauses);
    write_states(w, run.states);
    write_clauses(w, clauses);
    w.close('}');
    return filled_frame(page_frame(),
                        {{"HEAD", page_head(markup_text(text.title), PageScript::own)},
                         {"DATA", in_page(std::move(json))},
                         {"SCRIPT", page_script()}});
}

}  // namespace utsim
