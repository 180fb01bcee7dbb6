// SPDX-License-Identifier: MIT
// Abstract programs. A loop is its body and a jump back; everything else is one operation.
#include "scenario/decode.hpp"

#include <algorithm>

#include "scenario/values.hpp"

namespace utsim {

std::int64_t handler_flags_of(const JsonValue* value);

namespace {

constexpr NamedValue call_numbers[] = {
    {"pause", 34},       {"read", 0},       {"usleep", 35},      {"clone", 56},
    {"exec", 59},        {"exit", 60},      {"kill", 62},        {"tkill", 200},
    {"exit_group", 231}, {"sigaction", 13}, {"sigprocmask", 14},
};

constexpr NamedValue op_kinds[] = {
    {"compute", static_cast<std::int64_t>(OpKind::plain)},
    {"branch", static_cast<std::int64_t>(OpKind::branch)},
    {"fault", static_cast<std::int64_t>(OpKind::fault)},
    {"trap", static_cast<std::int64_t>(OpKind::trap)},
    {"syscall", static_cast<std::int64_t>(OpKind::syscall)},
    {"pause", static_cast<std::int64_t>(OpKind::pause)},
    {"read", static_cast<std::int64_t>(OpKind::read)},
    {"usleep", static_cast<std::int64_t>(OpKind::usleep)},
    {"clone", static_cast<std::int64_t>(OpKind::clone)},
    {"exec", static_cast<std::int64_t>(OpKind::exec)},
    {"sigaction", static_cast<std::int64_t>(OpKind::sigaction)},
    {"sigprocmask", static_cast<std::int64_t>(OpKind::sigprocmask)},
    {"exit", static_cast<std::int64_t>(OpKind::exit)},
    {"exit_group", static_cast<std::int64_t>(OpKind::exit_group)},
    {"kill", static_cast<std::int64_t>(OpKind::kill)},
    {"tkill", static_cast<std::int64_t>(OpKind::tkill)},
};

}  // namespace

namespace {

/// In instructions: an operation may stand for many.
std::size_t length_of(const std::vector<ProgramOpData>& ops) {
    std::size_t length = 0;
    for (const ProgramOpData& data : ops) length += data.op.repeat;
    return length;
}

}  // namespace

std::vector<ProgramOpData> Decoder::decode_program(const JsonValue* list, std::uint64_t base) {
    std::vector<ProgramOpData> ops;
    if (list == nullptr || !list->is(JsonKind::list)) return ops;
    if (operations_ > ScenarioLimits::operations) return ops;  // that has been told
    for (const JsonValue& item : list->items) append_operation(item, base, ops);
    operations_ += length_of(ops);
    if (operations_ > ScenarioLimits::operations) {
        problems_.add(220, *list,
                      "more than " + std::to_string(ScenarioLimits::operations) +
                          " operations in all programs",
                      "use a loop");
        ops.clear();
    }
    return ops;
}

void Decoder::append_operation(const JsonValue& json, std::uint64_t base,
                               std::vector<ProgramOpData>& out) {
    const std::string name = text_of(member(json, "op"));
    if (out.size() > ScenarioLimits::operations) return;  // told at the end
    if (name == "loop") return append_loop(json, base, out);
    const NamedValue* kind = find_name(op_kinds, name);
    if (kind == nullptr) return;
    ProgramOpData data;
    data.op.kind = static_cast<OpKind>(kind->value);
    data.op.target = TaskId::none_value;
    if (const NamedValue* call = find_name(call_numbers, name)) {
        data.op.nr = static_cast<int>(call->value);
    }
    if (data.op.kind == OpKind::plain || data.op.kind == OpKind::branch) {
        const std::int64_t count = integer_of(member(json, "count")).value_or(1);
        constexpr std::int64_t too_many = ScenarioLimits::operations + 1;
        data.op.repeat = static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, too_many));
        if (data.op.repeat == 0) return;
    } else {
        decode_call(json, name, data);
    }
    out.push_back(data);
}

void Decoder::append_loop(const JsonValue& json, std::uint64_t base,
                          std::vector<ProgramOpData>& out) {
    const std::size_t start = length_of(out);
    const JsonValue* body = member(json, "program");
    const std::int64_t times = integer_of(member(json, "times")).value_or(1);
    if (body != nullptr && body->is(JsonKind::list)) {
        for (const JsonValue& item : body->items) append_operation(item, base, out);
    }
    if (times == 1) return;
    ProgramOpData jump;
    jump.op.kind = OpKind::jump;
    jump.op.count = times == 0 ? 0 : static_cast<std::uint32_t>(times - 1);
    // Targets count from where main programs begin, also in handlers.
    jump.op.target = static_cast<std::uint32_t>((base - program_base) / op_size + start);
    out.push_back(jump);
}

void Decoder::decode_call(const JsonValue& json, std::string_view name, ProgramOpData& out) {
    ProgramOp& op = out.op;
    op.signal = signal_of(member(json, "signal")).value_or(0);
    if (name == "exit" || name == "exit_group")
        op.ret = integer_of(member(json, "code")).value_or(0);
    if (name == "read") op.ret = integer_of(member(json, "ret")).value_or(0);
    if (name == "kill" || name == "tkill") {
        if (const JsonValue* task = member(json, "task")) {
            out.signalled = find(task, NameKind::task);
        }
    }
    if (name == "syscall") {
        op.nr = syscall_of(member(json, "nr")).value_or(0);
        const JsonValue* ret = member(json, "ret");
        op.scripted = ret != nullptr;
        op.ret = result_of(ret).value_or(0);
        if (const JsonValue* args = member(json, "args")) {
            for (std::size_t i = 0; i < args->items.size() && i < 6; ++i) {
                op.arg[i] = static_cast<std::uint64_t>(number_of(&args->items[i]).value_or(0));
            }
        }
    }
    if (name == "clone") decode_clone(json, out);
    if (name == "exec") {
        if (const JsonValue* becomes = member(json, "becomes")) {
            out.child = find_child(becomes);
        }
    }
    if (name == "sigaction") decode_sigaction(json, out);
    if (name == "sigprocmask") {
        const std::string how = text_of(member(json, "how"));
        op.how = how.ends_with("UNBLOCK") ? 1 : how.ends_with("SETMASK") ? 2 : 0;
        op.set = signals_of(member(json, "set"));
    }
}

void Decoder::decode_clone(const JsonValue& json, ProgramOpData& out) {
    out.child = find_child(member(json, "child"));
    std::int64_t flags = flags_of(member(json, "flags"), clone_flag_names(), "CLONE_");
    constexpr std::int64_t clone_thread = 0x10000;
    constexpr std::int64_t thread_needs = 0x100 | 0x800;  // CLONE_VM | CLONE_SIGHAND
    if ((flags & clone_thread) != 0) flags |= thread_needs;
    const int exit_signal = signal_of(member(json, "exit_signal")).value_or(K_SIGCHLD);
    if ((flags & clone_thread) == 0) flags |= exit_signal;
    out.op.arg[0] = static_cast<std::uint64_t>(flags);
}

void Decoder::decode_sigaction(const JsonValue& json, ProgramOpData& out) {
    KSigaction& action = out.op.action;
    const std::string to = text_of(member(json, "to"));
    action.flags = static_cast<std::uint64_t>(handler_flags_of(member(json, "flags")));
    action.handler = to.ends_with("DFL")   ? K_SIG_DFL
                     : to.ends_with("IGN") ? K_SIG_IGN
                                           : handler_base(out.op.signal);
    if (in_set(sig_kernel_only, out.op.signal)) {
        problems_.add(221, *member(json, "signal"),
                      "this signal can be neither caught nor ignored");
    }
}

}  // namespace utsim
