// SPDX-License-Identifier: MIT
// Tasks and their programs. They begin and end with user instructions, and have some in between, so
// that a step, a report or a stop has something to happen at.
#include "cpu/assembler.hpp"
#include "explore/wide_maker.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t code_address = 0x401000;

Draft texts(const std::vector<std::string>& lines) {
    Draft out = Draft::list();
    for (const std::string& line : lines) out.add(line);
    return out;
}

std::string hexadecimal(const std::vector<std::uint8_t>& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const std::uint8_t byte : bytes) {
        if (!out.empty()) out += ' ';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

}  // namespace

// --- abstract operations ---------------------------------------------------------------------

Draft WideMaker::call_operation() {
    const std::string_view nr = draw("call");
    Draft out = op("syscall");
    if (nr == "unknown") {
        out.set("nr", 999);
        return out;
    }
    out.set("nr", nr.empty() ? "getpid" : nr);
    if (nr == "write" || chance("call-result.scripted")) out.set("ret", 1 + below(3));
    return out;
}

Draft WideMaker::clone_operation() {
    Draft out = op("clone");
    const bool second = has_second_child_ && chance("clone-child.second");
    out.set("child", second ? "child2" : "child");
    const std::string_view kind = draw("clone");
    if (kind == "thread") out.set("flags", Draft::list({"VM", "SIGHAND", "THREAD"}));
    if (kind == "vfork") out.set("flags", Draft::list({"VM", "VFORK"}));
    if (kind == "untraced") out.set("flags", Draft::list({"UNTRACED"}));
    return out;
}

Draft WideMaker::operation(bool child) {
    const bool may_clone = has_child_ && !child;
    const std::string_view word = may_clone ? draw("op") : draw("op", {"op.clone"});
    if (word == "call") return call_operation();
    if (word == "clone") return clone_operation();
    Draft out = op(word.empty() ? "compute" : word);
    if (word == "kill") {
        out.set("op", chance("kill-op.thread") ? "tkill" : "kill");
        out.set("signal", signal());
        if (task_count_ > 1 && chance("kill-op.other")) out.set("task", task_name());
    } else if (word == "exec") {
        if (has_child_ && chance("exec-op.becomes")) out.set("becomes", "child");
    } else if (word == "sigaction") {
        out.set("signal", "SIGUSR1");
        out.set("to", draw("sigaction-to"));
    } else if (word == "sigprocmask") {
        out.set("how", draw("sigprocmask-how"));
        out.set("set", Draft::list({"SIGUSR1", "SIGTRAP"}));
    } else if (word == "loop") {
        out.set("times", 2);
        out.set("program", Draft::list({op("compute"), call_operation()}));
    } else if (word == "exit" || word == "exit_group") {
        if (below(2) != 0) out.set("code", below(8));
    } else if (word == "compute" || word == "branch") {
        if (chance("op-count.many")) out.set("count", 2 + below(2));
    }
    return out;
}

Draft WideMaker::program(std::uint32_t count, bool child) {
    Draft ops = Draft::list();
    ops.add(op("compute"));
    for (std::uint32_t i = 0; i < count; ++i) {
        ops.add(operation(child));
        if (chance("op-behind.compute")) ops.add(op(below(4) != 0 ? "compute" : "branch"));
    }
    return ops;
}

/// The last instructions are user instructions, whatever comes behind them.
void WideMaker::end_program(Draft& task, Draft& ops) {
    ops.add({{"op", "compute"}, {"count", 2 + below(2)}});
    const std::string_view end = draw("end");
    if (end == "exit" || end == "exit_group") ops.add(op(end));
    task.set("program", std::move(ops));
    if (end == "idle") task.set("idle_at_end", true);
}

// --- real code -------------------------------------------------------------------------------

void WideMaker::call_snippet(std::vector<std::string>& lines, int nr) {
    lines.push_back("mov eax, " + std::to_string(nr));
    lines.push_back("syscall");
}

void WideMaker::snippet(std::vector<std::string>& lines) {
    const std::string_view word = draw("code");
    const std::string label = "l" + std::to_string(++labels_);
    const auto add = [&](std::initializer_list<std::string_view> more) {
        lines.insert(lines.end(), more.begin(), more.end());
    };
    if (word == "loop") {
        lines.push_back("mov ecx, " + std::to_string(2 + below(2)));
        lines.push_back(label + ": dec ecx");
        lines.push_back("jnz " + label);
    } else if (word == "call") {
        call_snippet(lines, below(4) != 0 ? 39 : 24);  // getpid, sched_yield
    } else if (word == "write") {
        add({"mov edi, 1", "lea rsi, [rel text]", "mov edx, 2"});
        call_snippet(lines, 1);
    } else if (word == "kill") {
        call_snippet(lines, 39);
        constexpr int numbers[] = {10, 10, 10, 12, 15, 19, 18, 9, 5, 20};
        lines.push_back("mov edi, eax");
        lines.push_back("mov esi, " + std::to_string(numbers[below(std::size(numbers))]));
        call_snippet(lines, 62);
    } else if (word == "trap") {
        add({"int3"});
    } else if (word == "string") {
        add({"lea rsi, [rel text]", "lea rdi, [rsp - 64]", "mov ecx, 3", "rep movsb"});
    } else if (word == "function") {
        lines.push_back("call " + label);
        lines.push_back("jmp " + label + "e");
        lines.push_back(label + ": inc ebx");
        lines.push_back("ret");
        lines.push_back(label + "e: nop");
    } else if (word == "jump") {
        lines.push_back("jmp " + label);
        lines.push_back(label + ": nop");
    } else if (word == "own-step") {
        add({"pushfq", "or qword ptr [rsp], 256", "popfq", "nop", "nop"});
    } else if (word == "flags") {
        add({"pushfq", "inc ebx", "popfq"});
    } else if (word == "fault") {
        add({"xor eax, eax", "mov ebx, [rax]"});
    } else if (word == "undefined") {
        add({"ud2"});
    } else if (word == "fork") {
        call_snippet(lines, 57);
    } else if (word == "vfork") {
        call_snippet(lines, 58);
    } else if (word == "pause") {
        call_snippet(lines, 34);
    } else if (word == "mask") {
        add({"push 512", "mov rsi, rsp", "xor edi, edi", "xor edx, edx", "mov r10d, 8"});
        call_snippet(lines, 14);
        add({"pop rbx"});
    } else if (word == "sleep") {
        add({"push 1000", "push 0", "mov rdi, rsp", "xor esi, esi"});
        call_snippet(lines, 35);
        add({"pop rbx", "pop rbx"});
    } else {
        add({"mov ebx, 1", "inc ebx", "nop"});
    }
}

void WideMaker::real_code(Draft& task, bool as_bytes) {
    std::vector<std::string> lines{"start: nop"};
    const std::uint32_t count = 1 + below(3);
    for (std::uint32_t i = 0; i < count; ++i) {
        snippet(lines);
        if (chance("op-behind.compute")) lines.emplace_back("inc ebx");
    }
    lines.insert(lines.end(), {"nop", "xor edi, edi"});
    call_snippet(lines, below(2) != 0 ? 60 : 231);
    lines.insert(lines.end(), {"handler: nop", "inc ebx", "ret", "text: db \"ab\", 10"});
    if (!as_bytes) {
        task.set("asm", texts(lines));
        return;
    }
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    const Result<cpu::Assembly> assembly = cpu::assemble(text, {code_address, ""});
    if (!assembly.ok()) {
        task.set("asm", texts(lines));  // then the loader says why
        return;
    }
    task.set("bytes", hexadecimal(assembly->bytes));
    if (!task.has("handlers")) return;
    const std::uint64_t handler = assembly->find_label("handler")->address;
    for (Draft& entry : task["handlers"]) entry.set("label", handler);
}

// --- tasks -----------------------------------------------------------------------------------

Draft WideMaker::handlers(bool real_code) {
    Draft out = Draft::object();
    for (const std::string_view signal : {"SIGUSR1", "SIGTRAP"}) {
        if (signal == "SIGTRAP" && !chance("handlers.trap")) continue;
        Draft handler = Draft::object();
        if (real_code) {
            handler.set("label", "handler");
        } else {
            handler.set("program", program(1, true));
        }
        if (chance("handler.flags")) handler.set("flags", Draft::list({draw("handler-flag")}));
        out.set(std::string(signal), std::move(handler));
    }
    return out;
}

Draft WideMaker::task(std::uint32_t index) {
    Draft out{{"name", "t" + std::to_string(index)}};
    if (chance("task.parent"))
        out.set("parent", "c" + std::to_string(1 + below(controller_count_)));
    std::string_view level = draw("level");
    const bool must = index == 1 && meeting_ != nullptr && !meeting_->level.empty();
    if (must) level = meeting_->level;
    const bool real = level == "asm" || level == "bytes";
    if (chance("task.handlers")) out.set("handlers", handlers(real));
    if (real) {
        real_code(out, level == "bytes");
        real_task_ = out.text_at("name");
    } else {
        const std::string_view count = draw("ops");
        Draft ops = program(count == "one"     ? 1
                            : count == "two"   ? 2
                            : count == "three" ? 3
                                               : 4 + below(3),
                            false);
        end_program(out, ops);
    }
    if (chance("task.ignored")) out.set("ignored", Draft::list({"SIGUSR1"}));
    if (chance("task.blocked")) out.set("blocked", Draft::list({"SIGUSR1"}));
    if (chance("task.autoreap")) out.set("autoreap", true);
    if (chance("task.orphaned")) out.set("orphaned_pgrp", true);
    if (index > 1 && chance("task.kernel-thread")) out.set("kernel_thread", true);
    return out;
}

Draft WideMaker::child(std::string_view name) {
    Draft out{{"name", name}};
    Draft ops = program(1 + below(2), true);
    end_program(out, ops);
    return out;
}

}  // namespace utsim
