// SPDX-License-Identifier: MIT
// A tool for whoever adds a row: tries every small edit of the runs of scenarios, and prints those
// that make exactly one clause speak. Whether that edit really breaks the clause's sentence is for
// a person to say.
//
//     utsim-breaches try FILE              tries the rows of a file
//     utsim-breaches show SCENARIO [SEM]   the events of a run, as edits call them
//     utsim-breaches propose [ID|SCENARIO...]   edits for these clauses, or for all; of these runs,
//                                          or of all
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>

#include "breach/edit.hpp"
#include "breach/row.hpp"
#include "trace/event_log.hpp"
#include "vocabulary/value.hpp"

namespace utsim::testing {

namespace {

std::string joined(const std::set<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// One edit in two forms.
struct Proposal {
    std::string line;
    Stream stream;
};

class Search {
public:
    Search(std::set<std::string> wanted, std::size_t most)
        : wanted_(std::move(wanted)),
          most_(most) {}

    void scenario(const std::string& name, const std::string& semantics);
    void print() const;

private:
    void in_place(const Recording& run, std::size_t i);
    void spans(const Recording& run, std::size_t i);
    void moves(const Recording& run, std::size_t i, std::size_t end);
    void consider(std::string key, const std::string& line, const Stream& stream);

    std::set<std::string> wanted_;
    std::size_t most_;
    Recording* run_ = nullptr;
    std::string name_;
    std::string semantics_;
    std::set<std::string> before_;
    std::map<std::string, std::map<std::string, std::string>> exact_;  // clause, key, text
    std::map<std::string, std::pair<std::size_t, std::string>> least_;
    std::size_t tried_ = 0;
};

void Search::consider(std::string key, const std::string& line, const Stream& stream) {
    ++tried_;
    const std::set<std::string> after = clauses_in(run_->judge(stream));
    std::set<std::string> fresh;
    for (const std::string& id : after) {
        if (before_.count(id) == 0) fresh.insert(id);
    }
    for (const std::string& id : fresh) {
        if (!wanted_.empty() && wanted_.count(id) == 0) continue;
        const std::string text = id + "  " + name_ +
                                 (semantics_.empty() ? "" : "\n  under " + semantics_) + "\n  " +
                                 line + "\n  also: " + joined(fresh);
        auto& least = least_[id];
        if (least.second.empty() || fresh.size() < least.first) least = {fresh.size(), text};
        if (fresh.size() != 1) continue;
        auto& exact = exact_[id];
        if (exact.size() < most_) exact.try_emplace(std::move(key), text);
    }
}

/// Whether one more and one less can be tried; of ids only those that there are.
bool is_number(Format format) {
    return format == Format::number || format == Format::hex || format == Format::address ||
           format == Format::program_point || format == Format::signal || format == Format::syscall;
}

std::vector<std::int64_t> other_values(const Stream& stream, const Event& event,
                                       std::size_t field) {
    const std::int64_t now = event.value[field];
    std::set<std::int64_t> values;
    const Format format = format_of({event.kind, field, event.value.data()});
    switch (format) {
        case Format::result:
            values = {0, -114, -115, -3, -22, -11, -17, -1, -512, 1};
            break;
        case Format::resume:
        case Format::word:
        case Format::word_signal:
        case Format::word_syscall:
            for (int i = 0; i < 7; ++i) values.insert((now & ~std::int64_t{7}) | i);
            for (int i = 0; i < 8; ++i) values.insert((now & ~std::int64_t{0xf0}) | (i << 4));
            values.insert(now ^ 0x100);
            break;
        case Format::flag:
            values = {0, 1};
            break;
        case Format::task_state:
            values = {0, 1, 4, 128 | 8};
            break;
        case Format::exit_state:
            values = {0, 16, 32};
            break;
        case Format::event_mask:
        case Format::event_bit:
            for (int i = 0; i < 20; ++i) values.insert(now ^ (std::int64_t{1} << i));
            values.insert(0);
            [[fallthrough]];
        default:
            for (const Told& told : stream) {
                if (told.event.kind == event.kind) values.insert(told.event.value[field]);
            }
            break;
    }
    if (is_number(format)) values.insert({now + 1, now - 1, 0});
    values.erase(now);
    return {values.begin(), values.end()};
}

void Search::in_place(const Recording& run, std::size_t i) {
    const Stream& whole = run.stream();
    const Event& event = whole[i].event;
    const std::string what = describe_event(whole, i, run_->names());
    const std::string kind(kind_info(event.kind).name);
    Stream stream = whole;
    stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(i));
    consider("drop " + kind, "drop " + what, stream);
    stream = whole;
    stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(i), whole[i]);
    consider("copy " + kind, "copy " + what + " before " + what, stream);
    stream = whole;
    for (std::size_t field = 0; field < field_count(event.kind); ++field) {
        const std::string name(kind_info(event.kind).field[field].name);
        if (name == "call") continue;  // no call returns from another one
        for (const std::int64_t value : other_values(whole, event, field)) {
            stream[i] = whole[i];
            stream[i].event.value[field] = value;
            consider("set " + kind + " " + name,
                     "set " + what + " to " + name + "=" +
                         field_text(stream[i].event, field, run_->names()),
                     stream);
        }
    }
}

void Search::moves(const Recording& run, std::size_t i, std::size_t end) {
    const Stream& whole = run.stream();
    const bool span = end != i + 1;
    const std::string what = describe_event(whole, i, run_->names(), span);
    const std::string kind = std::string(kind_info(whole[i].event.kind).name) + (span ? ".." : "");
    const Stream part(whole.begin() + static_cast<std::ptrdiff_t>(i),
                      whole.begin() + static_cast<std::ptrdiff_t>(end));
    constexpr int far = 14;
    for (int by = -far; by <= far; ++by) {
        const std::ptrdiff_t place = by < 0 ? static_cast<std::ptrdiff_t>(i) + by
                                            : static_cast<std::ptrdiff_t>(end) - 1 + by;
        if (by == 0 || place < 0 || place >= static_cast<std::ptrdiff_t>(whole.size())) continue;
        const auto at = static_cast<std::size_t>(place);
        Stream moved = part;
        for (Told& told : moved) told.event.step = whole[at].event.step;
        Stream stream = whole;
        const auto first = stream.begin() + static_cast<std::ptrdiff_t>(i);
        stream.erase(first, first + static_cast<std::ptrdiff_t>(part.size()));
        const std::ptrdiff_t target =
            by < 0 ? place : place + 1 - static_cast<std::ptrdiff_t>(part.size());
        stream.insert(stream.begin() + target, moved.begin(), moved.end());
        const std::string where =
            (by < 0 ? " before " : " after ") + describe_event(whole, at, run_->names());
        const std::string to(kind_info(whole[at].event.kind).name);
        consider("move " + kind + (by < 0 ? " before " : " after ") + to, "move " + what + where,
                 stream);
        stream = whole;
        stream.insert(stream.begin() + place + (by < 0 ? 0 : 1), moved.begin(), moved.end());
        consider("copy " + kind + (by < 0 ? " before " : " after ") + to, "copy " + what + where,
                 stream);
    }
}

void Search::spans(const Recording& run, std::size_t i) {
    const Stream& whole = run.stream();
    const std::size_t end = span_end(whole, i) + 1;
    moves(run, i, i + 1);
    if (end == i + 1) return;
    moves(run, i, end);
    const std::string kind(kind_info(whole[i].event.kind).name);
    const std::string what = describe_event(whole, i, run_->names(), true);
    Stream stream = whole;
    stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(i),
                 stream.begin() + static_cast<std::ptrdiff_t>(end));
    consider("drop " + kind + "..", "drop " + what, stream);
    for (const std::string_view name : {"engine", "task", "action"}) {
        std::size_t field = 0;
        const KindInfo& info = kind_info(whole[i].event.kind);
        while (field < field_count(info.kind) && info.field[field].name != name) ++field;
        if (field == field_count(info.kind)) continue;
        const bool closes = kind_info(whole[end - 1].event.kind).field[field].name == name;
        for (const std::int64_t value : other_values(whole, whole[i].event, field)) {
            stream = whole;
            stream[i].event.value[field] = value;
            if (closes) stream[end - 1].event.value[field] = value;
            consider("set " + kind + ".. " + std::string(name),
                     "set " + what + " to " + std::string(name) + "=" +
                         field_text(stream[i].event, field, run_->names()),
                     stream);
        }
    }
}

void Search::scenario(const std::string& name, const std::string& semantics) {
    auto scenario = breach_scenario(name);
    if (!scenario.ok()) return;
    RunOptions options;
    options.semantics = semantics;
    auto run = Recording::of(*scenario, options);
    if (!run.ok()) return;
    if (run->stream().size() > 1500) return;
    run_ = &*run;
    name_ = name;
    semantics_ = semantics;
    before_ = clauses_in(run->judge(run->stream()));
    if (!before_.empty()) return;  // what is reported anyway says nothing
    for (std::size_t i = 0; i < run->stream().size(); ++i) {
        in_place(*run, i);
        spans(*run, i);
    }
    std::fprintf(stderr, "%s %s: %zu events, %zu edits so far\n", name.c_str(), semantics.c_str(),
                 run->stream().size(), tried_);
}

void Search::print() const {
    for (const auto& [id, least] : least_) {
        const auto exact = exact_.find(id);
        if (exact == exact_.end()) {
            std::printf("# none alone\n%s\n\n", least.second.c_str());
            continue;
        }
        for (const auto& [key, text] : exact->second) {
            std::printf("%s\n\n", text.c_str());
        }
    }
}

int propose(int count, char** words) {
    std::set<std::string> wanted;
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
        const std::string word = words[i];
        if (word.find('/') != std::string::npos) {
            names.push_back(word);
        } else {
            wanted.insert(word);
        }
    }
    if (names.empty()) {
        for (const BuiltinScenario& builtin : builtin_scenarios()) {
            if (!builtin.name.starts_with("diff/")) names.emplace_back(builtin.name);
        }
    }
    Search search(wanted, 400);
    for (const std::string& name : names) search.scenario(name, "");
    search.print();
    return 0;
}

int show(const std::string& name, const std::string& semantics) {
    auto scenario = breach_scenario(name);
    if (!scenario.ok()) return 1;
    RunOptions options;
    options.semantics = semantics;
    auto run = Recording::of(*scenario, options);
    if (!run.ok()) return 1;
    for (std::size_t i = 0; i < run->stream().size(); ++i) {
        const Event& event = run->stream()[i].event;
        std::printf("%4llu %-8s %s |", static_cast<unsigned long long>(event.step),
                    std::string(run->names().actor(event.actor)).c_str(),
                    describe_event(run->stream(), i, run->names()).c_str());
        for (std::size_t f = 0; f < field_count(event.kind); ++f) {
            std::printf(" %s=%s", std::string(kind_info(event.kind).field[f].name).c_str(),
                        field_text(event, f, run->names()).c_str());
        }
        std::printf("\n");
    }
    for (const Violation& v : run->judge(run->stream())) {
        std::printf("%s: %s\n", v.rule.c_str(), v.message.c_str());
    }
    return 0;
}

/// What each shipped scenario is reported for under each of its semantics, and under `more`.
int judge_all(int count, char** more) {
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        auto scenario = breach_scenario(std::string(builtin.name));
        if (!scenario.ok()) continue;
        std::vector<std::string> all = scenario->cases();
        if (all.empty()) all.emplace_back("");
        for (int i = 0; i < count; ++i) all.emplace_back(more[i]);
        for (const std::string& semantics : all) {
            RunOptions options;
            options.semantics = semantics;
            auto run = Recording::of(*scenario, options);
            if (!run.ok()) continue;
            const auto broken = clauses_in(run->judge(run->stream()));
            if (broken.empty()) continue;
            std::printf("%s [%s] %s\n", std::string(builtin.name).c_str(), semantics.c_str(),
                        joined(broken).c_str());
        }
    }
    return 0;
}

int try_file(const std::string& path) {
    const auto rows = read_breaches(path);
    if (!rows.ok()) {
        std::printf("%s\n", rows.errors().front().message.c_str());
        return 1;
    }
    for (const Breach& row : *rows) {
        if (!row.not_yet.empty()) continue;
        const BreachOutcome outcome = try_breach(row);
        if (!outcome.mistake.empty()) {
            std::printf("%s line %zu: %s\n", row.clause.c_str(), row.line, outcome.mistake.c_str());
            continue;
        }
        std::set<std::string> expected{row.clause};
        for (const Also& also : row.also) expected.insert(also.clause);
        if (clauses_in(outcome.after) == expected && outcome.before.empty()) continue;
        std::printf("%s line %zu: before {%s}\n", row.clause.c_str(), row.line,
                    joined(outcome.before).c_str());
        for (const Violation& v : outcome.after) {
            std::printf("    %s: %s\n", v.rule.c_str(), v.message.c_str());
        }
    }
    return 0;
}

}  // namespace

}  // namespace utsim::testing

int main(int argc, char** argv) {
    using namespace utsim::testing;
    const std::string verb = argc > 1 ? argv[1] : "";
    if (verb == "try" && argc > 2) return try_file(argv[2]);
    if (verb == "show" && argc > 2) return show(argv[2], argc > 3 ? argv[3] : "");
    if (verb == "judge") return judge_all(argc - 2, argv + 2);
    if (verb == "propose") return propose(argc - 2, argv + 2);
    std::fprintf(stderr, "utsim-breaches try FILE | show SCENARIO [SEM] | propose [ID...]\n");
    return 2;
}
