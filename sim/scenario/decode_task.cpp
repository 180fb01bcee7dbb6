// SPDX-License-Identifier: MIT
// Tasks: where they stand in the family, what signals do to them, and what they run.
#include <memory>
#include <span>

#include <algorithm>

#include "base/digest.hpp"
#include "base/read_file.hpp"
#include "base/suggest.hpp"
#include "cpu/assembler.hpp"
#include "cpu/elf.hpp"
#include "scenario/decode.hpp"
#include "scenario/fields_table.hpp"
#include "scenario/values.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t default_code_address = 0x401000;
constexpr std::uint64_t lowest_code_address = 0x10000;
constexpr std::uint64_t highest_code_address = 0x7000'0000'0000;

constexpr NamedValue handler_flag_names[] = {
    {"SA_ONESHOT", static_cast<std::int64_t>(K_SA_ONESHOT)},
    {"SA_RESTART", static_cast<std::int64_t>(K_SA_RESTART)},
    {"SA_NODEFER", static_cast<std::int64_t>(K_SA_NODEFER)},
    {"SA_NOCLDSTOP", static_cast<std::int64_t>(K_SA_NOCLDSTOP)},
    {"SA_NOCLDWAIT", static_cast<std::int64_t>(K_SA_NOCLDWAIT)},
    {"SA_ONSTACK", static_cast<std::int64_t>(K_SA_ONSTACK)},
    {"SA_SIGINFO", static_cast<std::int64_t>(K_SA_SIGINFO)},
};

std::uint8_t hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    return static_cast<std::uint8_t>((c | 0x20) - 'a' + 10);
}

std::vector<std::uint8_t> as_bytes(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    std::string digits;
    for (const char c : text) {
        if (c != ' ') digits += c;
    }
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes.push_back(
            static_cast<std::uint8_t>(hex_digit(digits[i]) << 4 | hex_digit(digits[i + 1])));
    }
    return bytes;
}

void set_image(TaskData& task, cpu::Image image) {
    for (const cpu::Image::Symbol& symbol : image.symbols) {
        task.labels.emplace(symbol.name, symbol.address);
    }
    task.image = std::make_shared<const cpu::Image>(std::move(image));
}

}  // namespace

std::int64_t handler_flags_of(const JsonValue* value) {
    return flags_of(value, handler_flag_names, "SA_");
}

void Decoder::decode_tasks(const JsonValue& root) {
    for (const bool child : {false, true}) {
        const JsonValue* list = member(root, child ? "children" : "tasks");
        if (list == nullptr) continue;
        for (const JsonValue& json : list->items) {
            decode_task(json, data_.tasks.emplace_back(), child);
        }
    }
    std::map<int, const char*> pids;
    const JsonValue* list = member(root, "tasks");
    if (list == nullptr) return;
    for (const JsonValue& json : list->items) {
        const JsonValue* pid = member(json, "pid");
        if (!integer_of(pid)) continue;
        if (!pids.emplace(static_cast<int>(pid->integer), "").second) {
            problems_.add(213, *pid, "another task has pid " + std::to_string(pid->integer));
        }
    }
}

void Decoder::decode_task(const JsonValue& json, TaskData& task, bool child) {
    task.name = text_of(member(json, "name"));
    task.place = place_of(json);
    task.child = child;
    task.pid = static_cast<int>(integer_of(member(json, "pid")).value_or(0));
    task.ignored = signals_of(member(json, "ignored"));
    task.blocked = signals_of(member(json, "blocked")) & ~sig_kernel_only;
    task.autoreap = flag_of(member(json, "autoreap"), false);
    task.orphaned_pgrp = flag_of(member(json, "orphaned_pgrp"), false);
    task.kernel_thread = flag_of(member(json, "kernel_thread"), false);
    task.idle_at_end = flag_of(member(json, "idle_at_end"), false);
    task.argv = texts_of(member(json, "argv"));
    task.env = texts_of(member(json, "env"));
    decode_parent(member(json, "parent"), task);
    decode_code(json, task);
    decode_handlers(json, task);
}

void Decoder::decode_parent(const JsonValue* parent, TaskData& task) {
    if (parent == nullptr || !parent->is(JsonKind::text)) return;
    const auto found = names_.find(parent->text);
    if (found != names_.end() && found->second.kind == NameKind::controller) {
        task.parent = found->second.index;
        return;
    }
    task.parent_task = find(parent, NameKind::task);
    const auto own = static_cast<int>(data_.tasks.size()) - 1;
    if (task.parent_task >= own) {
        problems_.add(205, *parent,
                      task.parent_task == own ? "a task cannot be its own parent"
                                              : "a parent must come before its children",
                      task.parent_task == own ? "" : "move \"" + parent->text + "\" up");
        task.parent_task = -1;
    }
}

void Decoder::refuse_members(const JsonValue& json, std::initializer_list<const char*> keys,
                             const char* why) {
    for (const char* key : keys) {
        if (const JsonMember* found = json.find(key)) {
            problems_.add_at_key(211, *found, std::string("\"") + key + "\" is only for " + why);
        }
    }
}

void Decoder::decode_code(const JsonValue& json, TaskData& task) {
    const JsonValue* at = member(json, "at");
    std::uint64_t address = static_cast<std::uint64_t>(
        number_of(at).value_or(static_cast<std::int64_t>(default_code_address)));
    if (address < lowest_code_address || address > highest_code_address) {
        problems_.add(219, *at, "no program can be loaded there",
                      "0x10000 to 0x700000000000 can be used");
        address = default_code_address;
    }
    task.registers = registers_of(member(json, "regs"));
    const JsonValue* lines = member(json, "asm");
    const JsonValue* bytes = member(json, "bytes");
    const JsonValue* elf = member(json, "elf");
    const JsonValue* exec = member(json, "exec");
    if (lines != nullptr) {
        task.level = ProgramLevel::assembly;
        decode_assembly(*lines, address, task);
    } else if (bytes != nullptr) {
        task.level = ProgramLevel::bytes;
        set_image(task, cpu::make_image(as_bytes(text_of(bytes)), address));
    } else if (elf != nullptr) {
        task.level = ProgramLevel::elf;
        refuse_members(json, {"at", "regs"}, "`asm` and `bytes`");
        decode_elf(*elf, task);
    } else if (exec != nullptr) {
        task.level = ProgramLevel::elf;
        refuse_members(json, {"at", "regs"}, "`asm` and `bytes`");
        decode_exec(*exec, task);
    } else {
        task.ops = decode_program(member(json, "program"), program_base);
        refuse_members(json, {"at", "regs"}, "`asm` and `bytes`");
    }
    if (elf == nullptr && exec == nullptr) {
        refuse_members(json, {"argv", "env"}, "`elf` and `exec`");
    }
    if (task.level != ProgramLevel::abstract) {
        refuse_members(json, {"idle_at_end"}, "abstract programs");
    }
}

void Decoder::decode_assembly(const JsonValue& lines, std::uint64_t address, TaskData& task) {
    std::string text;
    std::vector<std::size_t> item_of_line;  // an entry may hold several lines
    for (std::size_t i = 0; i < lines.items.size(); ++i) {
        const std::string line = text_of(&lines.items[i]);
        for (const char c : line) {
            if (c == '\n') item_of_line.push_back(i);
        }
        item_of_line.push_back(i);
        text += line + "\n";
    }
    const Result<cpu::Assembly> assembly = cpu::assemble(text, {address, ""});
    if (assembly.ok()) {
        set_image(task, cpu::make_image(*assembly));
        return;
    }
    for (const Error& error : assembly.errors()) {
        const std::size_t line = error.line == 0 ? 1 : error.line;
        const bool known = line <= item_of_line.size();
        const JsonValue& item = known ? lines.items[item_of_line[line - 1]] : lines;
        TextPlace place = item.place;
        if (known && error.column > 0 && item.text.find_first_of("\n\\\"\t") == std::string::npos) {
            place.column += error.column;  // behind the opening quote
            place.length = error.length;
        }
        problems_.add_at(204, place, item.pointer(), error.message, error.hint);
    }
}

void Decoder::need_file(const std::string& name, const std::string& bytes) {
    const bool known = std::any_of(data_.files.begin(), data_.files.end(),
                                   [&](const NeededFile& file) { return file.name == name; });
    if (known) return;
    Digest digest;
    digest.add(bytes);
    data_.files.push_back({name, std::to_string(bytes.size()) + " bytes, " + digest.text()});
}

void Decoder::decode_elf(const JsonValue& path, TaskData& task) {
    std::string full = text_of(&path);
    if (!full.empty() && full[0] != '/' && !folder_.empty()) full = folder_ + "/" + full;
    const Result<std::string> bytes = read_file(full, ReadLimit{cpu::elf_file_limit});
    if (!bytes.ok()) {
        const Error& error = bytes.errors().front();
        problems_.add(210, path, "\"" + full + "\" " + error.message);
        return;
    }
    need_file(text_of(&path), *bytes);
    if (task.argv.empty()) task.argv.push_back(text_of(&path));
    Result<cpu::Image> image = cpu::read_elf(std::as_bytes(std::span(*bytes)), full);
    if (image.ok()) {
        set_image(task, std::move(image).value());
        return;
    }
    for (const Error& error : image.errors()) {
        problems_.add(210, path, error.message, error.hint);
    }
}

void Decoder::decode_handlers(const JsonValue& json, TaskData& task) {
    const JsonValue* handlers = member(json, "handlers");
    if (handlers == nullptr) return;
    for (const JsonMember& m : handlers->members) {
        const NamedValue* signal = find_name(signal_names(), m.key);
        if (signal == nullptr) continue;
        HandlerData handler;
        handler.signal = static_cast<int>(signal->value);
        handler.action.flags =
            static_cast<std::uint64_t>(handler_flags_of(member(m.value, "flags")));
        handler.action.mask = signals_of(member(m.value, "mask")) & ~sig_kernel_only;
        handler.action.handler = handler_base(handler.signal);
        if (task.level == ProgramLevel::abstract) {
            refuse_members(m.value, {"label"}, "`asm` and `bytes`");
            handler.ops = decode_program(member(m.value, "program"), handler.action.handler);
        } else {
            refuse_members(m.value, {"program"}, "abstract programs");
            const JsonValue* label = member(m.value, "label");
            if (label == nullptr) {
                problems_.add(216, m.value, "\"label\" is missing: where does the handler begin?");
            } else {
                handler.action.handler =
                    address_of(*label, static_cast<int>(data_.tasks.size()) - 1);
            }
        }
        task.handlers.push_back(std::move(handler));
    }
}

}  // namespace utsim
