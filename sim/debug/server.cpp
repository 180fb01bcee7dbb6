// SPDX-License-Identifier: MIT
// The loop of a session, and the packets that are about the session itself.
#include "debug/server.hpp"

#include <algorithm>

#include "debug/tasks.hpp"

namespace utsim::debug {

namespace {

/// More that is read while a run goes on is no debugger's.
constexpr std::size_t most_waiting = 256;
constexpr const char* fine = "OK";

}  // namespace

Server::Server(Session& session, Wire& wire, ServerOptions options)
    : session_(session),
      wire_(wire),
      options_(std::move(options)),
      monitor_(session, options_.again),
      files_(options_.files) {
    session_.new_client();
    session_.travel().on_look([this] { return somebody_calls(); });
}

/// Reads what there is. False when the session is over.
bool Server::fetch(bool wait) {
    char buffer[4096];
    const std::ptrdiff_t got = wire_.receive(buffer, sizeof buffer, wait);
    if (got < 0) end_ = end_.value_or(ServerEnd::gone);
    if (got <= 0) return !end_;
    std::string_view bytes(buffer, static_cast<std::size_t>(got));
    while (!end_) {
        switch (reader_.next(bytes)) {
            case PacketReader::Item::nothing:
                return true;
            case PacketReader::Item::packet:
                if (acks_ && !wire_.send("+")) end_ = ServerEnd::gone;
                packets_.push_back(reader_.payload());
                called_ = false;  // a call is about what was begun before it
                if (packets_.size() > most_waiting) end_ = ServerEnd::too_long;
                break;
            case PacketReader::Item::ack:
                break;
            case PacketReader::Item::nak:
                if (acks_ && !wire_.send(last_sent_)) end_ = ServerEnd::gone;
                break;
            case PacketReader::Item::interrupt:
                called_ = true;
                break;
            case PacketReader::Item::damaged:
                if (acks_ && !wire_.send("-")) end_ = ServerEnd::gone;
                break;
            case PacketReader::Item::too_long:
                end_ = ServerEnd::too_long;
                break;
        }
    }
    return false;
}

bool Server::somebody_calls() {
    if (!fetch(false)) return true;
    return std::exchange(called_, false);
}

void Server::reply(std::string_view payload) {
    last_sent_ = packet_of(payload);
    if (!wire_.send(last_sent_)) end_ = end_.value_or(ServerEnd::gone);
}

ServerEnd Server::serve() {
    while (!end_) {
        if (packets_.empty()) {
            fetch(true);
            continue;
        }
        const std::string payload = std::move(packets_.front());
        packets_.pop_front();
        const std::optional<std::string> text = answer(payload);
        if (text) reply(*text);
        if (std::exchange(leave_acks_, false)) acks_ = false;
    }
    session_.travel().on_look(nullptr);
    return *end_;
}

std::optional<std::string> Server::answer(const std::string& payload) {
    PayloadReader reader(payload);
    if (reader.take("vCont?")) return "vCont;c;C;s;S;r";
    if (reader.take("vCont;")) return resume(reader);
    if (reader.take("vKill;")) return kill(reader);
    if (reader.take("vFile:")) return files_.answer(reader);
    if (payload.empty() || payload[0] == 'v') return "";
    reader.take(payload[0]);
    switch (payload[0]) {
        case '?':
            return stop_reply(here());
        case 'q':
            return query(reader);
        case 'Q':
            return set(reader);
        case 'g':
            return read_registers();
        case 'G':
            return write_registers(reader);
        case 'p':
            return read_register(reader);
        case 'P':
            return write_register(reader);
        case 'm':
            return read_memory(reader);
        case 'M':
            return write_memory(reader, false);
        case 'X':
            return write_memory(reader, true);
        case 'Z':
            return mark(reader, true);
        case 'z':
            return mark(reader, false);
        case 'H':
            return choose_thread(reader);
        case 'T': {
            const std::optional<ThreadName> name = thread_name(reader);
            return name && task_of(*name) != nullptr ? fine : "E01";
        }
        case 'b':
        case 'c':
        case 'C':
        case 's':
        case 'S':
            return resume(PayloadReader(payload));
        case 'D':
            return detach(reader);
        case 'k':
            end_ = ServerEnd::detached;
            return std::nullopt;
        case '!':
            return fine;
        default:
            return "";
    }
}

/// The task of that name: of a whole process, or of anybody, one that it may be.
Task* Server::task_of(const ThreadName& name) {
    Task* any = nullptr;
    for (Task* task : session_.tasks()) {
        const bool process = name.pid <= 0 || name.pid == task->tgid;
        if (!process) continue;
        if (name.tid > 0) {
            if (task->pid == name.tid) return task;
            continue;
        }
        if (any == nullptr || task->id == session_.last_stop().task) any = task;
    }
    return any;
}

std::string Server::choose_thread(PayloadReader reader) {
    const bool general = reader.take('g');
    if (!general && !reader.take('c')) return "";
    const std::optional<ThreadName> name = thread_name(reader);
    if (!name) return "E01";
    const bool exact = name->tid > 0;
    if (exact && task_of(*name) == nullptr) return "E01";
    (general ? general_ : continued_) = *name;
    return fine;
}

/// A process that nobody debugs any more; the session goes on as long as there is another.
void Server::let_go(std::int64_t pid) {
    Interest& interest = session_.interest();
    const std::vector<Task*> all = shown_tasks(session_.world());
    const auto is_its = [&](const Task* task) { return task->tgid == pid; };
    const bool there = std::any_of(all.begin(), all.end(), is_its);
    if (there || known_.count(static_cast<int>(pid)) != 0) {
        interest.detached.insert(static_cast<int>(pid));
    }
    known_.erase(static_cast<int>(pid));
    interest.calls.erase(static_cast<int>(pid));
    interest.marks.erase(std::remove_if(interest.marks.begin(), interest.marks.end(),
                                        [&](const Mark& mark) { return mark.tgid == pid; }),
                         interest.marks.end());
    if (session_.tasks().empty()) end_ = ServerEnd::detached;
}

std::optional<std::string> Server::detach(PayloadReader reader) {
    if (!reader.take(';')) {
        end_ = ServerEnd::detached;
        return fine;
    }
    return kill(reader);
}

/// The run is not touched: nobody looks at that process any more, that is all.
std::optional<std::string> Server::kill(PayloadReader reader) {
    const std::optional<std::uint64_t> pid = reader.hex();
    if (!pid || *pid > 0x7fffffff) return "E01";
    let_go(static_cast<std::int64_t>(*pid));
    return fine;
}

void Server::say(const std::string& text) {
    constexpr std::size_t at_once = 4000;
    for (std::size_t at = 0; at < text.size(); at += at_once) {
        reply("O" + hex_of(std::string_view(text).substr(at, at_once)));
    }
}

void Server::flush_output() {
    for (const std::string& note : notes_) say(note);
    notes_.clear();
    say(session_.take_output());
}

}  // namespace utsim::debug
