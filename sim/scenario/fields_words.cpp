// SPDX-License-Identifier: MIT
// The types that many objects share: names, numbers, and the kernel's words. Words come from the
// tables that the trace prints with, so what a trace shows can be pasted into a scenario.
#include "scenario/fields_table.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

constexpr std::size_t name_length = 31;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_address(std::string_view text) {
    if (is_hex_number(text)) return true;
    std::string_view label = text.substr(0, text.find('+'));
    if (label.empty() || label.size() > 64 || !(is_letter(label[0]) || label[0] == '.'))
        return false;
    for (const char c : label) {
        if (!is_letter(c) && !is_digit(c) && c != '.') return false;
    }
    if (label.size() == text.size()) return true;
    const std::string_view offset = text.substr(label.size() + 1);
    if (offset.empty() || offset.size() > 9) return false;
    for (const char c : offset) {
        if (!is_digit(c)) return false;
    }
    return true;
}

void add_numbers(FieldTable& table) {
    table.yes_no = &table.add(Shape::boolean);
    table.count = table.add_integer(0, INT32_MAX);
    table.integer = table.add_integer(INT64_MIN, INT64_MAX);
    table.hex =
        table.add_text("a number like \"0x1f\"", 18, "^0x[0-9a-fA-F]{1,16}$", is_hex_number);
    table.number = table.add_either({table.integer, table.hex});
    table.place = table.add_text(
        "an address: \"0x401000\", a label, or a place like \"main+3\"", 100,
        "^(0x[0-9a-fA-F]{1,16}|[A-Za-z_.][A-Za-z0-9_.]{0,63}(\\+[0-9]{1,9})?)$", is_address);
    table.address = table.add_either({table.add_integer(0, INT64_MAX), table.place});
    table.code_address = table.add_either({table.integer, table.place});
    table.text = table.add_text("", 100'000, "", nullptr);
    table.note = table.add_either({table.text, table.add_list(table.text, 0, 100)});
    table.name = table.add_text("a name (a letter, then letters, digits, _ . -)", 31,
                                "^[A-Za-z_][A-Za-z0-9_.-]{0,30}$", is_name);
}

void add_kernel_words(FieldTable& table) {
    const Type* signal_word = table.add_words("signal", words_of(signal_names()));
    table.signal = table.add_either({signal_word, table.add_integer(1, 64)});
    table.signals = table.add_list(table.signal, 0, 64);

    const Type* call_word = table.add_words("system call", words_of(syscall_names()), "__NR_");
    table.syscall = table.add_either({call_word, table.add_integer(-1, 100'000)});

    table.result =
        table.add_either({table.integer, table.add_words("errno", words_of(result_names()))});

    table.clone_flags = table.add_list(
        table.add_words("clone flag", words_of(clone_flag_names(), "CLONE_"), "CLONE_"), 0, 16);
    const Type* state =
        table.add_words("task state", words_of(task_state_names(), "TASK_"), "TASK_");
    table.task_state = table.add_either({state, table.add_integer(0, 1023)});
    table.task_states =
        table.add_either({state, table.add_integer(0, 1023), table.add_list(state, 1, 16)});
    table.exit_state = table.add_words("exit state", {"ALIVE", "ZOMBIE", "DEAD"}, "EXIT_");
}

bool is_wait_status(std::string_view text) { return read_wait_status(text).has_value(); }

void add_wait_status(FieldTable& table) {
    std::string signals;
    for (const std::string& word : words_of(signal_names())) {
        signals += signals.empty() ? "" : "|";
        for (const char c : word) signals += c == '+' ? std::string("\\+") : std::string(1, c);
    }
    table.wait_status = table.add_text(
        R"(how a task ended: "exit 3", "SIGTERM", "SIGTERM core")", 100,
        "^(exit 0*([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])|(" + signals + ")( core)?)$",
        is_wait_status);
}

void add_callback_keys(FieldTable& table) {
    std::vector<std::string> keys;
    for (const std::string& callback : words_of(callback_names(), "report_")) {
        if (callback == "release") continue;
        keys.push_back(callback);
        if (callback == "quiesce") {
            keys.push_back("quiesce:0");
            for (const NamedValue& event : event_names()) {
                if (event.name != "ENGINE_STOP")
                    keys.push_back("quiesce:" + std::string(event.name));
            }
        } else if (callback == "signal") {
            keys.insert(keys.end(), {"signal:REPORT", "signal:HANDLER"});
            for (const NamedValue& s : signal_names())
                keys.push_back("signal:" + std::string(s.name));
        } else if (callback == "syscall_entry") {
            keys.push_back("syscall_entry:RESUMED");
        } else if (callback == "jctl") {
            keys.insert(keys.end(), {"jctl:STOPPED", "jctl:CONTINUED"});
        }
    }
    table.callback_key = table.add_words("callback", keys, "report_");
    keys.push_back("*");
    table.any_callback_key = table.add_words("callback", std::move(keys), "report_");
}

void add_utrace_words(FieldTable& table) {
    std::vector<std::string> events;
    for (const NamedValue& entry : event_names()) {
        if (entry.name != "ENGINE_STOP") events.emplace_back(entry.name);
    }
    const Type* mask = table.add_integer(0, 0xffffffff);
    events.insert(events.end(), {"SIGNAL_ALL", "SYSCALL"});
    const Type* group = table.add_words("event", std::move(events), "UTRACE_EVENT_");
    table.events = table.add_either({table.add_list(group, 0, 20), mask});

    const std::vector<std::string> actions = words_of(resume_action_names(), "UTRACE_");
    table.resume_word = table.add_words("resume action", actions, "UTRACE_");
    table.action = table.add_either({table.resume_word, table.add_integer(0, 255)});
    std::vector<std::string> answers = actions;
    answers.insert(answers.end(), {"KEEP", "STICKY"});
    const Type* answer = table.add_words("answer", std::move(answers), "UTRACE_");
    std::vector<std::string> parts = words_of(signal_action_names(), "UTRACE_SIGNAL_");
    for (const std::string& word : words_of(syscall_action_names(), "UTRACE_SYSCALL_")) {
        parts.insert(parts.end(), {word, "UTRACE_SYSCALL_" + word});
    }
    const Type* part =
        table.add_words("signal or syscall action", std::move(parts), "UTRACE_SIGNAL_");
    Type& words = table.add(Shape::tuple);
    words.min = 1;
    words.max = 3;
    words.parts = {answer, part, table.add_words("flag", {"HOLD", "RESUMED"})};
    table.callback_word = table.add_either({answer, &words});

    table.callback = table.add_words("callback", words_of(callback_names(), "report_"), "report_");
    table.attach_flags = table.add_list(
        table.add_words("attach flag", words_of(attach_flag_names(), "UTRACE_ATTACH_"),
                        "UTRACE_ATTACH_"),
        0, 8);
    add_callback_keys(table);
}

}  // namespace

bool is_name(std::string_view text) {
    if (text.empty() || text.size() > name_length || !is_letter(text[0])) return false;
    for (const char c : text) {
        if (!is_letter(c) && !is_digit(c) && c != '.' && c != '-') return false;
    }
    return true;
}

bool is_hex_number(std::string_view text) {
    if (text.size() < 3 || text.size() > 18 || !text.starts_with("0x")) return false;
    for (const char c : text.substr(2)) {
        if (!is_hex_digit(c)) return false;
    }
    return true;
}

std::vector<std::string> words_of(Names names, std::string_view prefix) {
    std::vector<std::string> words;
    for (const NamedValue& entry : names) {
        std::string_view word = entry.name;
        if (word.starts_with(prefix)) word.remove_prefix(prefix.size());
        words.emplace_back(word);
    }
    return words;
}

Type& FieldTable::add(Shape shape, std::string name, std::string about) {
    Type& type = types.emplace_back();
    type.shape = shape;
    type.name = std::move(name);
    type.about = std::move(about);
    return type;
}

Type& FieldTable::add_object(std::string name, std::string about) {
    Type& type = add(Shape::object, std::move(name), std::move(about));
    type.fields.push_back({"note", note, "Says why; it changes nothing.", "", false, false});
    in_reference.push_back(&type);
    return type;
}

const Type* FieldTable::add_text(std::string form, std::int64_t max, std::string pattern,
                                 bool (*accepts)(std::string_view)) {
    Type& type = add(Shape::text);
    type.form = std::move(form);
    type.max = max;
    type.pattern = std::move(pattern);
    type.accepts = accepts;
    return &type;
}

const Type* FieldTable::add_integer(std::int64_t min, std::int64_t max) {
    Type& type = add(Shape::integer);
    type.min = min;
    type.max = max;
    return &type;
}

const Type* FieldTable::add_words(std::string name, std::vector<std::string> words,
                                  std::string prefix) {
    Type& type = add(Shape::word, std::move(name));
    type.words = std::move(words);
    type.prefix = std::move(prefix);
    return &type;
}

const Type* FieldTable::add_list(const Type* element, std::int64_t min, std::int64_t max) {
    Type& type = add(Shape::list);
    type.element = element;
    type.min = min;
    type.max = max;
    return &type;
}

const Type* FieldTable::add_map(const Type* key, const Type* element) {
    Type& type = add(Shape::map);
    type.key = key;
    type.element = element;
    return &type;
}

const Type* FieldTable::add_either(std::vector<const Type*> parts) {
    Type& type = add(Shape::either);
    type.parts = std::move(parts);
    return &type;
}

void add_shared_types(FieldTable& table) {
    add_numbers(table);
    add_kernel_words(table);
    add_wait_status(table);
    add_utrace_words(table);
}

}  // namespace utsim
