// SPDX-License-Identifier: MIT
// The packets `q...` and `Q...`: what this end can do, threads, objects, settings, `monitor`.
#include <algorithm>

#include "debug/registers.hpp"
#include "debug/server.hpp"
#include "debug/tasks.hpp"
#include "kernel/siginfo.hpp"
#include "process/process.hpp"
#include "vocabulary/markup_text.hpp"

namespace utsim::debug {

namespace {

constexpr const char* fine = "OK";
constexpr std::uint64_t packet_size = PacketReader::most / 4;

/// Text in XML, where also what a packet must not have is spelt out by `escaped`.
std::string xml_text(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return markup_text(text);
}

}  // namespace

std::string Server::query(PayloadReader reader) {
    if (reader.take("Supported")) return supported(reader);
    if (reader.take("Xfer:")) return transfer(reader);
    if (reader.take("fThreadInfo")) return thread_list();
    if (reader.take("sThreadInfo")) return "l";
    if (reader.take("ThreadExtraInfo,")) {
        const std::optional<ThreadName> name = thread_name(reader);
        const Task* task = name ? task_of(*name) : nullptr;
        if (task == nullptr) return "E01";
        return hex_of(name_of(session_.world(), task) + " (" + thread_text(task) + ")");
    }
    if (reader.take("Rcmd,")) return monitored(reader);
    if (reader.take("Attached")) return "1";
    if (reader.take("Symbol")) return fine;
    if (reader.rest() == "C") {
        const Task* task = general_task();
        return task != nullptr ? "QC" + name_of_thread(task) : "E01";
    }
    return "";
}

std::string Server::set(PayloadReader reader) {
    if (reader.take("StartNoAckMode")) {
        leave_acks_ = true;
        return fine;
    }
    if (reader.take("CatchSyscalls:")) return catch_calls(reader);
    if (reader.take("PassSignals:")) return pass_signals(reader);
    if (reader.take("ProgramSignals:")) return fine;
    return "";
}

std::string Server::supported(PayloadReader reader) {
    Interest& interest = session_.interest();
    reader.take(':');
    multiprocess_ = false;
    while (!reader.at_end()) {
        const std::string_view feature = reader.until(';');
        multiprocess_ = multiprocess_ || feature == "multiprocess+";
        soft_breaks_ = soft_breaks_ || feature == "swbreak+";
        hard_breaks_ = hard_breaks_ || feature == "hwbreak+";
        interest.forks = interest.forks || feature == "fork-events+";
        interest.vforks = interest.vforks || feature == "vfork-events+";
        interest.execs = interest.execs || feature == "exec-events+";
    }
    return "PacketSize=" + hex_number(packet_size) +
           ";QStartNoAckMode+;multiprocess+;swbreak+;hwbreak+;vContSupported+;ReverseStep+;"
           "ReverseContinue+;fork-events+;vfork-events+;exec-events+;QCatchSyscalls+;"
           "QPassSignals+;qXfer:features:read+;qXfer:threads:read+;qXfer:auxv:read+;"
           "qXfer:exec-file:read+;qXfer:siginfo:read+";
}

// --- objects ------------------------------------------------------------------------------------

/// `features:read:target.xml:0,ffb`
std::string Server::transfer(PayloadReader reader) {
    const std::string_view kind = reader.until(':');
    if (reader.until(':') != "read") return "";
    const std::string annex(reader.until(':'));
    const std::optional<std::uint64_t> offset = reader.hex();
    if (!offset || !reader.take(',')) return "E01";
    const std::optional<std::uint64_t> length = reader.hex();
    if (!length) return "E01";
    const std::optional<std::string> whole = object(kind, annex);
    if (!whole) return "E01";
    if (*offset > whole->size()) return "E01";
    const std::size_t most = std::min<std::uint64_t>(*length, packet_size / 2);
    const std::string_view part = std::string_view(*whole).substr(*offset, most);
    const bool last = *offset + part.size() == whole->size();
    return (last ? "l" : "m") + escaped(part);
}

std::optional<std::string> Server::object(std::string_view kind, const std::string& annex) {
    if (kind == "features") {
        if (annex != "target.xml") return std::nullopt;
        return target_description();
    }
    if (kind == "threads") return thread_list_xml();
    if (kind == "auxv") return auxiliary_vector();
    if (kind == "exec-file") return executable(annex);
    if (kind == "siginfo") return signal_information();
    return std::nullopt;
}

std::string Server::thread_text(const Task* task) { return condition_of(session_.world(), task); }

std::string Server::thread_list_xml() {
    std::string text = "<?xml version=\"1.0\"?>\n<threads>\n";
    for (const Task* task : session_.tasks()) {
        known_.insert(task->tgid);
        text += "<thread id=\"" + name_of_thread(task) + "\" core=\"0\" name=\"" +
                xml_text(name_of(session_.world(), task)) + "\">" + xml_text(thread_text(task)) +
                "</thread>\n";
    }
    return text + "</threads>\n";
}

std::string Server::thread_list() {
    std::string text;
    for (const Task* task : session_.tasks()) {
        known_.insert(task->tgid);
        text += (text.empty() ? "m" : ",") + name_of_thread(task);
    }
    return text.empty() ? "l" : text;
}

std::string Server::auxiliary_vector() {
    const Task* task = general_task();
    if (task == nullptr || task->process == nullptr) return {};
    constexpr std::uint64_t most = 4096;
    const cpu::StackPlaces& places = task->process->group->texts;
    std::string bytes(std::min(most, places.vector_end - places.vector), '\0');
    bytes.resize(read_guest(task, places.vector, bytes.data(), bytes.size()));
    return bytes;
}

std::string Server::executable(const std::string& annex) {
    PayloadReader reader(annex);
    ThreadName name = general_;
    if (const auto pid = reader.hex()) name = {static_cast<std::int64_t>(*pid), -1};
    const Task* task = task_of(name);
    if (task == nullptr || task->process == nullptr || options_.files == nullptr) return {};
    return options_.files->find(task->process->group->exe);
}

namespace {

/// What the program would be told of the signal that it is about to take.
SigInfo queued_signal(Task* task, int signal) {
    for (SigPending* pending : {&task->pending, &task->signal->shared_pending}) {
        for (SigQueue* record : list_entries<&SigQueue::entry>(&pending->list)) {
            if (record->info.si_signo == signal) return record->info;
        }
    }
    SigInfo info;  // it was forced without a record, or is gone
    info.si_signo = signal;
    info.si_code = K_SI_USER;
    return info;
}

/// As a stopped tracee has it: a stop that is no signal's is SIGTRAP, and Ctrl-C SIGINT.
SigInfo stop_signal(Task* task, const Stop& stop) {
    if (stop.kind == StopKind::signal) return queued_signal(task, static_cast<int>(stop.number));
    SigInfo info;
    info.si_signo = stop.kind == StopKind::interrupted ? K_SIGINT : K_SIGTRAP;
    if (stop.kind == StopKind::interrupted) return info;
    info.si_code = stop.kind == StopKind::breakpoint && stop.type == soft_break ? K_TRAP_BRKPT
                   : stop.kind == StopKind::breakpoint || stop.kind == StopKind::watch
                       ? K_TRAP_HWBKPT
                       : K_TRAP_TRACE;
    info.si_addr = task->regs.rip;
    return info;
}

}  // namespace

std::string Server::signal_information() {
    Task* task = general_task();
    const Stop& stop = session_.last_stop();
    if (task == nullptr || task->id != stop.task) return {};
    const UserSigInfo info = user_siginfo(stop_signal(task, stop));
    return std::string(reinterpret_cast<const char*>(&info), sizeof info);
}

// --- settings -----------------------------------------------------------------------------------

/// `0`, `1` for all calls, `1;3c;e7` for some.
std::string Server::catch_calls(PayloadReader reader) {
    const Task* task = general_task();
    if (task == nullptr) return "E01";
    std::map<int, CaughtCalls>& calls = session_.interest().calls;
    const std::optional<std::uint64_t> on = reader.hex();
    if (on == 0) {
        calls.erase(task->tgid);
        return fine;
    }
    CaughtCalls caught;
    caught.all = !reader.take(';');
    while (!caught.all && !reader.at_end()) {
        const std::optional<std::uint64_t> number = reader.hex();
        if (!number) return "E01";
        // Nobody makes a call with a larger number but by mistake.
        if (*number < 4096) caught.numbers.insert(static_cast<std::int64_t>(*number));
        reader.take(';');
    }
    calls[task->tgid] = std::move(caught);
    return fine;
}

std::string Server::pass_signals(PayloadReader reader) {
    std::bitset<65> quiet;
    while (!reader.at_end()) {
        const std::optional<std::uint64_t> number = reader.hex();
        if (!number || *number > 255) return "E01";
        quiet[static_cast<std::size_t>(linux_signal(static_cast<int>(*number)))] = true;
        reader.take(';');
    }
    session_.interest().quiet_signals = quiet;
    return fine;
}

std::string Server::monitored(PayloadReader reader) {
    const std::optional<std::string> command = bytes_of_hex(reader.rest());
    if (!command) return "E01";
    say(monitor_.answer(*command));
    return fine;
}

}  // namespace utsim::debug
