// SPDX-License-Identifier: MIT
// Changes work on the tree of the file and know little about scenarios: which lists there are whose
// elements can go, come twice or change places, and which words can stand for each other. Tasks,
// engines and controllers of generated scenarios have the same names, so parts of one mostly fit
// into another.
#include "explore/vary.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"

namespace utsim {

namespace {

/// A value in the tree, and the key under which it, or the list it is in, stands.
struct Place {
    Draft* node;
    std::string key;
};

constexpr std::string_view actions[] = {"STOP",       "RESUME",    "REPORT", "INTERRUPT",
                                        "SINGLESTEP", "BLOCKSTEP", "DETACH"};
constexpr std::string_view answers[] = {"STOP",      "RESUME", "REPORT", "INTERRUPT", "SINGLESTEP",
                                        "BLOCKSTEP", "DETACH", "STICKY", "KEEP"};
constexpr std::string_view events[] = {
    "QUIESCE",      "REAP",   "CLONE",      "EXEC",        "EXIT",        "DEATH", "SYSCALL_ENTRY",
    "SYSCALL_EXIT", "SIGNAL", "SIGNAL_IGN", "SIGNAL_STOP", "SIGNAL_TERM", "JCTL",  "SIGNAL_ALL"};
constexpr std::string_view other_signals[] = {"SIGUSR1", "SIGHUP",  "SIGTRAP", "SIGSTOP", "SIGTSTP",
                                              "SIGCONT", "SIGKILL", "SIGTERM", "SIGCHLD"};
constexpr std::string_view signal_parts[] = {"IGN", "DELIVER", "TERM", "CORE", "STOP", "TSTP"};
constexpr std::string_view ops[] = {"compute", "branch", "pause",      "read",  "fault",
                                    "trap",    "exit",   "exit_group", "usleep"};
constexpr std::string_view engine_calls[] = {"detach", "barrier",         "get",
                                             "put",    "prepare_examine", "finish_examine"};
constexpr std::string_view task_calls[] = {"wake", "reap", "state"};

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// Lists whose elements stand for themselves.
bool is_free_list(const Place& place) {
    return place.node->is_list() && !place.node->empty() &&
           is_one_of(place.key, {"steps", "program", "do", "queue", "events", "asm", "engines",
                                 "controllers", "rules", "children", "tasks"});
}

class Variation {
public:
    Variation(Draft& scenario, const Draft& other, std::uint64_t seed)
        : scenario_(scenario),
          other_(other),
          random_(seed) {}

    void make() {
        std::uint32_t count = 1;
        while (count < 4 && random_.below(2) != 0) ++count;
        for (std::uint32_t i = 0; i < count; ++i) {
            for (int tries = 0; tries < 8 && !change(); ++tries) {}
        }
    }

private:
    bool change() {
        switch (random_.below(12)) {
            case 0:
            case 1:
                return drop();
            case 2:
                return double_one();
            case 3:
                return swap();
            case 4:
                return move();
            case 5:
            case 6:
            case 7:
                return change_word();
            case 8:
                return change_number();
            case 9:
                return change_mask();
            default:
                return take();
        }
    }

    template <typename Wanted>
    static void collect(Draft& node, const std::string& key, const Wanted& wanted,
                        std::vector<Place>& out) {
        const Place place{&node, key};
        if (wanted(place)) out.push_back(place);
        if (node.is_object()) {
            // The lists in `answers` are called by their callbacks.
            for (Draft& value : node) {
                collect(value, key == "answers" ? "queue" : value.key(), wanted, out);
            }
        } else if (node.is_list()) {
            for (Draft& item : node) collect(item, key + "[]", wanted, out);
        }
    }

    template <typename Wanted>
    Place pick(Draft& tree, const Wanted& wanted) {
        std::vector<Place> places;
        collect(tree, "", wanted, places);
        if (places.empty()) return {nullptr, ""};
        return places[random_.below(static_cast<std::uint32_t>(places.size()))];
    }

    std::size_t index_in(const Draft& list) {
        return random_.below(static_cast<std::uint32_t>(list.size()));
    }

    bool drop() {
        const Place list = pick(scenario_, is_free_list);
        if (list.node == nullptr) return false;
        list.node->erase(index_in(*list.node));
        return true;
    }

    bool double_one() {
        const Place list = pick(scenario_, [](const Place& place) {
            return is_free_list(place) && is_one_of(place.key, {"steps", "program", "do", "queue"});
        });
        if (list.node == nullptr || list.node->size() > 16) return false;
        const std::size_t index = index_in(*list.node);
        Draft copy = list.node->at(index);
        list.node->insert(index, std::move(copy));
        return true;
    }

    bool swap() {
        const Place list = pick(scenario_, [](const Place& place) {
            return is_free_list(place) && place.node->size() > 1;
        });
        if (list.node == nullptr) return false;
        const std::size_t one = index_in(*list.node);
        const std::size_t other = index_in(*list.node);
        std::swap(list.node->at(one), list.node->at(other));
        return true;
    }

    /// Into another list of the same kind, or to another place of the same one.
    bool move() {
        const Place from = pick(scenario_, [](const Place& place) {
            return is_free_list(place) && is_one_of(place.key, {"steps", "program", "queue"});
        });
        if (from.node == nullptr) return false;
        const std::size_t index = index_in(*from.node);
        Draft moved = from.node->at(index);
        from.node->erase(index);
        const Place to = pick(scenario_, [&](const Place& place) {
            return place.node->is_list() && place.key == from.key;
        });
        const auto size = static_cast<std::uint32_t>(to.node->size());
        to.node->insert(random_.below(size + 1), std::move(moved));
        return true;
    }

    template <std::size_t size>
    bool another(Draft& word, const std::string_view (&words)[size]) {
        word.become(words[random_.below(size)]);
        return true;
    }

    bool change_word() {
        const Place word = pick(scenario_, [](const Place& place) {
            return place.node->is_text() &&
                   is_one_of(place.key,
                             {"action", "then", "return", "return[]", "queue[]", "queue[][]",
                              "signal", "events[]", "si_signo", "op", "on", "task", "engine", "*"});
        });
        if (word.node == nullptr) return renamed_call();
        const std::string& old = word.node->text();
        const std::string_view key = word.key;
        if (key == "on" || key == "task" || key == "engine") return another_name(*word.node, key);
        if (key == "op") {
            const bool plain = std::find(std::begin(ops), std::end(ops), old) != std::end(ops);
            return plain && another(*word.node, ops);
        }
        if (key == "events[]") return another(*word.node, events);
        if (key == "signal" || key == "si_signo") return another(*word.node, other_signals);
        if (key == "action" || key == "then") return another(*word.node, actions);
        const bool part = key.ends_with("[]") && key != "queue[]" &&
                          std::find(std::begin(signal_parts), std::end(signal_parts), old) !=
                              std::end(signal_parts);
        if (part) return another(*word.node, signal_parts);
        if (old == "ABORT" || old == "RUN" || old == "HOLD" || old == "RESUMED") return false;
        return another(*word.node, answers);
    }

    bool another_name(Draft& name, std::string_view key) {
        const Draft* list = scenario_.find(key == "engine" ? "engines" : "tasks");
        if (list == nullptr || list->empty()) return false;
        const std::string& chosen = list->at(index_in(*list)).text_at("name");
        name.become(chosen);
        return !chosen.empty();
    }

    /// Another call about the same engine or task.
    bool renamed_call() {
        const auto renames = [this](const auto& calls, Draft& step) {
            for (const std::string_view call : calls) {
                const Draft* found = step.find(call);
                if (found == nullptr) continue;
                Draft arguments = *found;
                step.become(Draft::object());
                step.set(calls[random_.below(std::size(calls))], std::move(arguments));
                return true;
            }
            return false;
        };
        const Place step =
            pick(scenario_, [](const Place& place) { return place.key == "steps[]"; });
        if (step.node == nullptr) return false;
        return renames(engine_calls, *step.node) || renames(task_calls, *step.node);
    }

    bool change_number() {
        const Place number = pick(scenario_, [](const Place& place) {
            return place.node->is_integer() &&
                   is_one_of(place.key, {"count", "ticks", "calls", "nth", "code", "ret", "times",
                                         "rbx", "ax", "state"});
        });
        if (number.node == nullptr) return false;
        number.node->become(1 + random_.below(4));
        return true;
    }

    bool change_mask() {
        const Place mask = pick(scenario_, [](const Place& place) {
            return place.key == "events" && place.node->is_list();
        });
        if (mask.node == nullptr) return false;
        const std::string_view event = events[random_.below(std::size(events))];
        const auto found = std::find(mask.node->begin(), mask.node->end(), event);
        if (found != mask.node->end()) {
            mask.node->erase(static_cast<std::size_t>(found - mask.node->begin()));
        } else {
            mask.node->add(event);
        }
        return true;
    }

    /// A part of the other scenario, in the place of one of the same kind or beside it.
    bool take() {
        constexpr std::string_view kinds[] = {"engines[]", "controllers[]", "steps[]", "steps[]",
                                              "program",   "queue",         "queue[]", "events",
                                              "default",   "program[]",     "answers"};
        const std::string_view kind = kinds[random_.below(std::size(kinds))];
        const auto same_kind = [&](const Place& place) { return place.key == kind; };
        Draft source = other_;
        const Place from = pick(source, same_kind);
        if (from.node == nullptr) return false;
        const Place to = pick(scenario_, same_kind);
        if (to.node == nullptr) return false;
        if (kind == "engines[]" || kind == "controllers[]") {
            // It plays the part of the one that goes.
            from.node->set("name", to.node->text_at("name"));
        }
        to.node->become(std::move(*from.node));
        return true;
    }

    Draft& scenario_;
    const Draft& other_;
    Random random_;
};

}  // namespace

void vary_scenario(Draft& scenario, const Draft& other, std::uint64_t seed) {
    Variation(scenario, other, seed).make();
}

}  // namespace utsim
