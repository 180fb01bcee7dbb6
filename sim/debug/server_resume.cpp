// SPDX-License-Identifier: MIT
// The packets that make time pass, and how a stop is told.
//
// A thread that gdb wants to run alone runs with the others, as the order of the run has it:
// whoever looks at a run does not change it. What gdb took away to let one thread pass a breakpoint
// still holds for the others (`Session::unmark`).
#include <algorithm>

#include "debug/registers.hpp"
#include "debug/server.hpp"
#include "debug/tasks.hpp"
#include "process/process.hpp"

namespace utsim::debug {

namespace {

constexpr int trap = 5;
constexpr int interrupt = 2;

/// One action of `vCont`.
struct Action {
    char what = 'c';
    std::uint64_t begin = 0, end = 0;  ///< of `r`
    std::optional<ThreadName> whom;    ///< nobody: all others
};

std::optional<Action> action_in(PayloadReader& reader) {
    Action action;
    const std::string_view rest = reader.rest();
    if (rest.empty()) return std::nullopt;
    action.what = rest.front();
    reader.take(rest.front());
    if (action.what == 'C' || action.what == 'S') {
        if (!reader.hex()) return std::nullopt;
    } else if (action.what == 'r') {
        const auto begin = reader.hex();
        if (!begin || !reader.take(',')) return std::nullopt;
        const auto end = reader.hex();
        if (!end) return std::nullopt;
        action.begin = *begin;
        action.end = *end;
    } else if (action.what != 'c' && action.what != 's') {
        return std::nullopt;
    }
    if (reader.take(':')) {
        action.whom = thread_name(reader);
        if (!action.whom) return std::nullopt;
    }
    return action;
}

bool is_step(char what) { return what == 's' || what == 'S' || what == 'r'; }

}  // namespace

std::string Server::resume(PayloadReader reader) {
    Going going;
    // The old packets: `c`, `s`, `C05`, `S05`, and `bc`, `bs`; for the thread of `Hc`.
    if (reader.take("bc")) {
        if (std::optional<std::string> gone = vanished()) return *std::move(gone);
        going.backwards = true;
        return go(going);
    }
    if (reader.take("bs")) {
        going.backwards = true;
        const Task* task = task_of(continued_);
        if (task == nullptr) return stop_of_nobody(continued_);
        going.stepping = task->id;
        going.alone = true;
        return go(going);
    }
    if (reader.take('b')) return "";
    bool others_run = false;
    std::optional<Action> step;
    while (!reader.at_end()) {
        const std::optional<Action> action = action_in(reader);
        if (!action) return "E01";
        reader.take(';');
        if (is_step(action->what)) {
            if (!step) step = action;
        } else if (!action->whom || action->whom->tid <= 0) {
            others_run = true;
        }
    }
    if (!step) {
        std::optional<std::string> gone = vanished();
        return gone ? *std::move(gone) : go(going);
    }
    const ThreadName whom = step->whom.value_or(continued_);
    const Task* task = task_of(whom);
    if (task == nullptr) return stop_of_nobody(whom);
    going.stepping = task->id;
    going.alone = !others_run;
    going.begin = step->begin;
    going.end = step->end;
    return go(going);
}

/// A jump in time (`monitor goto`) can take processes away that gdb counts on. It is told of them
/// one by one before anything moves, as it cannot bear to see them born a second time.
std::optional<std::string> Server::vanished() {
    const std::vector<Task*> all = session_.tasks();
    if (all.empty() || !multiprocess_) return std::nullopt;
    for (const int pid : known_) {
        const auto there = [&](const Task* task) { return task->tgid == pid; };
        if (std::any_of(all.begin(), all.end(), there)) continue;
        known_.erase(pid);
        return "W00;process:" + hex_number(static_cast<std::uint64_t>(pid));
    }
    return std::nullopt;
}

/// Somebody is to step who is not there at this time: they cannot, and gdb takes an error where it
/// waits for a stop as a reason to ask again.
std::string Server::stop_of_nobody(const ThreadName& name) {
    std::string text = "T05replaylog:begin;";
    for (const unsigned number : {rbp_number, rsp_number, rip_number}) {
        text +=
            hex_of(std::string(1, static_cast<char>(number))) + ":" + std::string(16, '0') + ";";
    }
    text += "thread:";
    if (multiprocess_) text += "p" + hex_number(static_cast<std::uint64_t>(name.pid)) + ".";
    return text + hex_number(static_cast<std::uint64_t>(name.tid)) + ";";
}

/// A stop without a reason.
Stop Server::here() {
    Stop stop = session_.last_stop();
    if (stop.kind != StopKind::exited && stop.kind != StopKind::unborn) stop.kind = StopKind::step;
    const std::vector<Task*> all = session_.tasks();
    if (task_by_id(session_.world(), stop.task) == nullptr && !all.empty()) {
        stop.task = all.front()->id;
    }
    return stop;
}

std::string Server::go(const Going& going) {
    const Stop stop = session_.go(going);
    flush_output();
    return stop_reply(stop);
}

std::string Server::name_of_thread(const Task* task) const {
    const std::string tid = hex_number(static_cast<std::uint64_t>(task->pid));
    if (!multiprocess_) return tid;
    return "p" + hex_number(static_cast<std::uint64_t>(task->tgid)) + "." + tid;
}

/// What stands in the stop beside signal, thread and registers.
std::string Server::reason_of(const Stop& stop) {
    World& world = session_.world();
    switch (stop.kind) {
        case StopKind::breakpoint:
            if (stop.type == hard_break) return hard_breaks_ ? "hwbreak:;" : "";
            return soft_breaks_ ? "swbreak:;" : "";
        case StopKind::watch: {
            const char* name = stop.type == read_watch     ? "rwatch"
                               : stop.type == access_watch ? "awatch"
                                                           : "watch";
            return std::string(name) + ":" + hex_number(stop.address) + ";";
        }
        case StopKind::syscall_entry:
        case StopKind::syscall_return:
            return (stop.kind == StopKind::syscall_entry ? "syscall_entry:" : "syscall_return:") +
                   hex_number(static_cast<std::uint64_t>(stop.number)) + ";";
        case StopKind::fork:
        case StopKind::vfork:
            return (stop.kind == StopKind::fork ? "fork:" : "vfork:") +
                   name_of_thread(task_by_id(world, stop.child)) + ";";
        case StopKind::vfork_done:
            return "vforkdone:;";
        case StopKind::exec: {
            const Task* task = task_by_id(world, stop.task);
            std::string path = task->process != nullptr ? task->process->group->exe : "";
            if (options_.files != nullptr && !path.empty()) {
                const std::string host = options_.files->find(path);
                if (!host.empty()) path = host;
            }
            return "exec:" + hex_of(path) + ";";
        }
        case StopKind::begin:
            return "replaylog:begin;";
        case StopKind::end:
            return "replaylog:end;";
        default:
            return "";
    }
}

std::string Server::stop_reply(const Stop& stop) {
    World& world = session_.world();
    if (stop.kind == StopKind::exited || stop.kind == StopKind::unborn) {
        known_.erase(static_cast<int>(stop.address));
        const int signal = static_cast<int>(stop.number & 0x7f);
        const auto code = static_cast<std::uint64_t>(stop.number >> 8 & 0xff);
        std::string text = signal != 0
                               ? "X" + hex_of(std::string(1, static_cast<char>(gdb_signal(signal))))
                               : "W" + hex_of(std::string(1, static_cast<char>(code)));
        if (multiprocess_) text += ";process:" + hex_number(stop.address);
        return text;
    }
    if (stop.kind == StopKind::point || stop.kind == StopKind::clause) {
        std::string who;
        if (stop.kind == StopKind::point) {
            const ActorId actor{static_cast<std::uint32_t>(stop.address)};
            who = std::string(world.names().actor(actor)) + " is at ";
        }
        say("step " + std::to_string(stop.step) + ": " + who + stop.text + "\n");
    }
    const Task* task = task_by_id(world, stop.task);
    int signal = stop.kind == StopKind::interrupted ? interrupt : trap;
    if (stop.kind == StopKind::signal) signal = gdb_signal(static_cast<int>(stop.number));
    std::string text = "T" + hex_of(std::string(1, static_cast<char>(signal))) + reason_of(stop);
    if (const Task* child = task_by_id(world, stop.child); child != nullptr) {
        known_.insert(child->tgid);
    }
    if (task != nullptr) {
        known_.insert(task->tgid);
        told_ = {task->tgid, task->pid};
        for (const unsigned number : {rbp_number, rsp_number, rip_number}) {
            text += hex_of(std::string(1, static_cast<char>(number))) + ":" +
                    hex_of(register_bytes(*task, number)) + ";";
        }
        text += "thread:" + name_of_thread(task) + ";";
        general_ = told_;
        continued_ = told_;
    } else if (told_.tid > 0) {
        // Nobody is left; it is told of whom it was told before.
        text += "thread:" + std::string(multiprocess_ ? "p" : "") +
                (multiprocess_ ? hex_number(static_cast<std::uint64_t>(told_.pid)) + "." : "") +
                hex_number(static_cast<std::uint64_t>(told_.tid)) + ";";
    }
    return text;
}

}  // namespace utsim::debug
