// SPDX-License-Identifier: MIT
// CLI11 takes words apart; whether they are right is decided here, by the command table, so that
// every mistake is told in the same way and with a suggestion.
#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include <utsim/semantics.hpp>

#include "base/suggest.hpp"

namespace utsim::cli {

namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string help_hint(const CommandInfo& command) {
    return "utsim help " + std::string(command.name) + " explains the command";
}

std::string one_of_text(std::span<const std::string_view> words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        out += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

/// What CLI11 fills in.
struct RawOption {
    const OptionInfo* info;
    std::vector<std::string> values;
    std::size_t count = 0;
};

}  // namespace

class Parser {
public:
    explicit Parser(const CommandInfo& command) : command_(command), arguments_(command) {
        for (const OptionInfo& option : command.options) raw_.push_back({&option, {}, 0});
        for (const OptionInfo& option : shared_options()) raw_.push_back({&option, {}, 0});
    }

    Result<Arguments> parse(std::vector<std::string> words) {
        // Behind `--` nothing is an option, whatever it looks like.
        const auto end = std::find(words.begin(), words.end(), "--");
        const std::vector<std::string> plain(end == words.end() ? end : end + 1, words.end());
        words.erase(end, words.end());
        const std::vector<std::string> rest = take_the_rest(words);
        std::replace(words.begin(), words.end(), std::string("-h"), std::string("--help"));
        std::replace(words.begin(), words.end(), std::string("-q"), std::string("--quiet"));
        std::vector<std::string> others;
        std::vector<std::string> extras;
        if (!take_apart(std::move(words), others, extras)) return std::move(errors_);
        for (const RawOption& option : raw_) check_option(option);
        for (const std::string& word : extras) check_extra(word);
        for (const OptionRule& rule : command_.rules) check_rule(rule);
        arguments_.positionals_ = std::move(others);
        for (const auto* more : {&rest, &plain}) {
            arguments_.positionals_.insert(arguments_.positionals_.end(), more->begin(),
                                           more->end());
        }
        if (!arguments_.has("--help")) check_positionals();
        if (!errors_.empty()) return std::move(errors_);
        return std::move(arguments_);
    }

private:
    void mistake(const char* code, std::string message, std::string hint = {}) {
        if (hint.empty()) hint = help_hint(command_);
        errors_.push_back(usage_error(code, std::move(message), std::move(hint)));
    }

    /// Of a command whose arguments are another program's: takes off what stands from that on.
    std::vector<std::string> take_the_rest(std::vector<std::string>& words) const {
        if (!command_.positional.takes_the_rest) return {};
        std::size_t at = 0;
        for (; at < words.size() && words[at].size() > 1 && words[at][0] == '-'; ++at) {
            const bool has_value = std::any_of(raw_.begin(), raw_.end(), [&](const RawOption& o) {
                return o.info->name == words[at] && o.info->kind != ValueKind::flag;
            });
            if (has_value) ++at;
        }
        at = std::min(at, words.size());
        const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(at),
                                            words.end());
        words.resize(at);
        return rest;
    }

    bool take_apart(std::vector<std::string> words, std::vector<std::string>& others,
                    std::vector<std::string>& extras) {
        if (flag_with_value(words)) return false;
        CLI::App app;
        app.set_help_flag();
        app.allow_extras();
        for (RawOption& option : raw_) {
            const std::string name(option.info->name);
            if (option.info->kind == ValueKind::flag) {
                app.add_flag_function(name, [&option](std::int64_t count) {
                    option.count = static_cast<std::size_t>(count);
                });
            } else {
                app.add_option(name, option.values)
                    ->expected(1)
                    ->allow_extra_args(false)
                    ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
            }
        }
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
        try {
            app.parse(words);
        } catch (const CLI::ArgumentMismatch& problem) {
            missing_value(problem.what());
            return false;
        } catch (const CLI::Error& problem) {
            mistake("E-CLI-001", std::string("the command line cannot be read: ") + problem.what());
            return false;
        }
        for (std::string& word : app.remaining()) {
            const bool option = word.size() > 1 && word[0] == '-';
            (option ? extras : others).push_back(std::move(word));
        }
        return true;
    }

    /// CLI11 would take `--json=no` for a way to say no.
    bool flag_with_value(const std::vector<std::string>& words) {
        for (const std::string& word : words) {
            for (const RawOption& option : raw_) {
                const std::string start = std::string(option.info->name) + "=";
                if (option.info->kind != ValueKind::flag || word.rfind(start, 0) != 0) continue;
                mistake("E-CLI-007", std::string(option.info->name) + " takes no value");
                return true;
            }
        }
        return false;
    }

    void missing_value(const std::string& what) {
        for (const RawOption& option : raw_) {
            if (what.compare(0, option.info->name.size(), option.info->name) != 0) continue;
            mistake("E-CLI-002", std::string(option.info->name) +
                                     " needs a value: " + std::string(option.info->name) + "=" +
                                     std::string(option.info->value));
            return;
        }
        mistake("E-CLI-001", "the command line cannot be read: " + what);
    }

    void check_option(const RawOption& option) {
        const OptionInfo& info = *option.info;
        const std::string name(info.name);
        if (info.kind == ValueKind::flag) {
            if (option.count > 0) arguments_.options_[name] = "";
            return;
        }
        if (option.values.empty()) return;
        if (option.values.size() > 1) {
            mistake("E-CLI-003", name + " is there twice");
            return;
        }
        const std::string& value = option.values[0];
        if (value.empty()) {
            mistake("E-CLI-002", name + " needs a value: " + name + "=" + std::string(info.value));
        } else if (info.kind == ValueKind::choice && !is_choice(info.choices, value)) {
            mistake(
                "E-CLI-004",
                name + " cannot be " + in_quotes(value) + ": it is " + one_of_text(info.choices),
                did_you_mean(value, info.choices));
        } else if (info.kind == ValueKind::number) {
            check_number(info, value);
        }
        arguments_.options_[name] = value;
    }

    static bool is_choice(std::span<const std::string_view> choices, std::string_view value) {
        return std::find(choices.begin(), choices.end(), value) != choices.end();
    }

    void check_number(const OptionInfo& info, const std::string& value) {
        const std::string name(info.name);
        const std::optional<std::uint64_t> number = parse_number(value);
        if (!number) {
            mistake("E-CLI-005", name + " needs a number, not " + in_quotes(value));
        } else if (*number < info.least || *number > info.most) {
            mistake("E-CLI-006", name + " is from " + std::to_string(info.least) + " to " +
                                     std::to_string(info.most));
        }
    }

    void check_extra(const std::string& word) {
        const std::string name = word.substr(0, word.find('='));
        std::vector<std::string_view> known;
        for (const RawOption& option : raw_) {
            known.push_back(option.info->name);
        }
        mistake("E-CLI-008", "unknown option " + in_quotes(name), did_you_mean(name, known));
    }

    /// `--at`, or `--format=jsonl` when it has that value.
    bool is_there(std::string_view option) const {
        const std::size_t equal = option.find('=');
        if (!arguments_.has(option.substr(0, equal))) return false;
        return equal == std::string_view::npos ||
               arguments_.text(option.substr(0, equal)) == option.substr(equal + 1);
    }

    void check_rule(const OptionRule& rule) {
        if (!is_there(rule.option)) return;
        std::string all;
        std::string_view there;
        for (std::string_view rest = rule.other; !rest.empty();) {
            const std::string_view one = rest.substr(0, rest.find('|'));
            rest.remove_prefix(std::min(rest.size(), one.size() + 1));
            all += (all.empty() ? "" : " or ") + std::string(one);
            if (is_there(one)) there = one;
        }
        if (rule.needs && there.empty()) {
            mistake("E-CLI-024", std::string(rule.option) + " means nothing without " + all);
        } else if (!rule.needs && !there.empty()) {
            mistake("E-CLI-025", std::string(rule.option) + " and " + std::string(there) +
                                     " exclude each other");
        }
    }

    void check_positionals() {
        const PositionalInfo& info = command_.positional;
        const std::vector<std::string>& words = arguments_.positionals_;
        if (words.size() < info.least) {
            mistake("E-CLI-009", "utsim " + std::string(command_.name) + " needs " +
                                     std::string(info.name) + ": " + std::string(info.help));
        } else if (words.size() > info.most) {
            mistake("E-CLI-010", "there is nothing for " + in_quotes(words[info.most]) + " to be");
        }
        if (!info.first.empty() && !words.empty()) check_choice(info, info.first, words[0]);
        if (info.choices.empty()) return;
        for (const std::string& word : words) check_choice(info, info.choices, word);
    }

    void check_choice(const PositionalInfo& info, std::span<const std::string_view> choices,
                      const std::string& word) {
        if (is_choice(choices, word)) return;
        mistake("E-CLI-011",
                std::string(info.name) + " cannot be " + in_quotes(word) + ": it is " +
                    one_of_text(choices),
                did_you_mean(word, choices));
    }

    const CommandInfo& command_;
    Arguments arguments_;
    std::vector<RawOption> raw_;
    std::vector<Error> errors_;
};

std::string Arguments::text(std::string_view option) const {
    const auto found = options_.find(option);
    return found == options_.end() ? std::string() : found->second;
}

Result<std::string> semantics_named(const std::string& word) {
    if (is_semantics_file_name(word)) {
        UTSIM_TRY(from_file, load_semantics_file(word));
        return from_file.name;
    }
    UTSIM_TRY(described, describe_semantics(word));
    return described.name;
}

Result<Done> Arguments::name_semantics() {
    for (const OptionInfo& option : command_->options) {
        const auto found = options_.find(option.name);
        if (option.kind != ValueKind::semantics || found == options_.end()) continue;
        UTSIM_TRY(name, semantics_named(found->second));
        found->second = name;
    }
    return Done{};
}

std::optional<std::uint64_t> Arguments::number(std::string_view option) const {
    const auto found = options_.find(option);
    if (found == options_.end()) return std::nullopt;
    return parse_number(found->second);
}

Result<Arguments> parse_arguments(const CommandInfo& command, std::vector<std::string> words) {
    return Parser(command).parse(std::move(words));
}

Error usage_error(const char* code, std::string message, std::string hint) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.hint = std::move(hint);
    return error;
}

Error unknown_command(std::string_view name) {
    std::vector<std::string_view> known;
    for (const CommandInfo& command : commands()) known.push_back(command.name);
    std::string hint = did_you_mean(name, known);
    if (hint.empty()) hint = "utsim help lists the commands";
    return usage_error("E-CLI-012", "unknown command " + in_quotes(name), std::move(hint));
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
    return value;
}

}  // namespace utsim::cli
