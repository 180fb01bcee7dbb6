// SPDX-License-Identifier: MIT
// The packets about registers, memory, breakpoints and watchpoints. What is written makes another
// run, and that is said.
#include "debug/registers.hpp"
#include "debug/server.hpp"
#include "debug/tasks.hpp"

namespace utsim::debug {

namespace {

constexpr const char* fine = "OK";
constexpr const char* no_thread = "E01";
constexpr const char* no_memory = "E0e";  // EFAULT
constexpr const char* wrong = "E16";      // EINVAL
constexpr const char* full = "E0c";       // ENOMEM
constexpr std::uint64_t most_bytes = PacketReader::most / 8;
/// Longer ranges are left to gdb, which steps then.
constexpr std::uint64_t most_watched = 4096;

struct Range {
    std::uint64_t address = 0;
    std::uint64_t length = 0;
};

std::optional<Range> range_in(PayloadReader& reader) {
    const auto address = reader.hex();
    if (!address || !reader.take(',')) return std::nullopt;
    const auto length = reader.hex();
    if (!length) return std::nullopt;
    return Range{*address, *length};
}

}  // namespace

std::string Server::read_registers() {
    const Task* task = general_task();
    // gdb counts on tasks that a jump in time has taken away.
    return task != nullptr ? hex_of(all_registers(*task))
                           : std::string(all_registers_size * 2, 'x');
}

std::string Server::read_register(PayloadReader reader) {
    const Task* task = general_task();
    const auto number = reader.hex();
    if (task == nullptr || !number || *number >= register_count) return no_thread;
    return hex_of(register_bytes(*task, static_cast<unsigned>(*number)));
}

void Server::tell_of_change(const char* what) {
    std::string note = std::string(what) + " at step " + std::to_string(session_.step()) +
                       ": from here on this is another run\n";
    if (options_.talk) options_.talk(note);
    for (const std::string& kept : notes_) {
        if (kept == note) return;
    }
    notes_.push_back(std::move(note));
}

std::string Server::write_registers(PayloadReader reader) {
    const Task* task = general_task();
    const std::optional<std::string> bytes = bytes_of_hex(reader.rest());
    if (task == nullptr || !bytes || bytes->size() != all_registers_size) return wrong;
    if (*bytes == all_registers(*task)) return fine;
    const auto set = [bytes = *bytes](Task& t) { set_all_registers(t, bytes); };
    if (!session_.change_task(task, set)) return full;
    tell_of_change("registers were written");
    return fine;
}

std::string Server::write_register(PayloadReader reader) {
    const Task* task = general_task();
    const auto number = reader.hex();
    if (task == nullptr || !number || *number >= register_count || !reader.take('=')) return wrong;
    const auto n = static_cast<unsigned>(*number);
    const std::optional<std::string> bytes = bytes_of_hex(reader.rest());
    if (!bytes || bytes->size() != register_size(n)) return wrong;
    if (*bytes == register_bytes(*task, n)) return fine;
    const auto set = [n, bytes = *bytes](Task& t) { set_register(t, n, bytes); };
    if (!session_.change_task(task, set)) return full;
    tell_of_change("registers were written");
    return fine;
}

std::string Server::read_memory(PayloadReader reader) {
    const Task* task = general_task();
    const std::optional<Range> range = range_in(reader);
    if (task == nullptr || !range) return no_thread;
    std::string bytes(std::min(range->length, most_bytes), '\0');
    const std::size_t got = read_guest(task, range->address, bytes.data(), bytes.size());
    bytes.resize(got);
    return got == 0 && range->length != 0 ? no_memory : hex_of(bytes);
}

std::string Server::write_memory(PayloadReader reader, bool binary) {
    const Task* task = general_task();
    const std::optional<Range> range = range_in(reader);
    if (task == nullptr || !range || !reader.take(':')) return wrong;
    const std::optional<std::string> bytes =
        binary ? unescaped(reader.rest()) : bytes_of_hex(reader.rest());
    if (!bytes || bytes->size() != range->length) return wrong;
    std::string now(bytes->size(), '\0');
    const std::size_t there = read_guest(task, range->address, now.data(), now.size());
    if (there != now.size()) return no_memory;
    if (now == *bytes) return fine;
    if (!session_.write_memory(task, range->address, *bytes)) return full;
    tell_of_change("memory was written");
    return fine;
}

std::string Server::mark(PayloadReader reader, bool on) {
    const auto type = reader.hex();
    if (!type || *type > access_watch) return "";
    if (!reader.take(',')) return wrong;
    const std::optional<Range> range = range_in(reader);
    if (!range) return wrong;
    const Task* task = general_task();
    if (task == nullptr && general_.pid <= 0) return no_thread;
    Mark mark;
    mark.tgid = task != nullptr ? task->tgid : static_cast<int>(general_.pid);
    mark.address = range->address;
    mark.type = static_cast<int>(*type);
    if (mark.is_watch()) {
        if (range->length == 0 || range->length > most_watched) return wrong;
        if (mark.address + range->length < mark.address) return wrong;
        mark.length = range->length;
        if (on && !session_.can_watch(mark)) return wrong;
    }
    if (on) return session_.mark(mark) ? fine : full;
    session_.unmark(mark);
    return fine;
}

}  // namespace utsim::debug
