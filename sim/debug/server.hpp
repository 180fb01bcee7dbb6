// SPDX-License-Identifier: MIT
/// The gdb remote protocol for one session: packets in, packets out.
///
/// gdb's processes are the thread groups of the run, its threads the tasks. It knows no time and
/// need not: when it asks for a step backwards the session goes there, and all that gdb asks next
/// it asks of another World. Nothing that comes over the wire can do more than end the session.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "debug/host_files.hpp"
#include "debug/monitor.hpp"
#include "debug/packet.hpp"
#include "debug/session.hpp"
#include "debug/wire.hpp"

namespace utsim::debug {

struct ServerOptions {
    Monitor::Again again;
    /// The programs of the run where the host has them; null: it has none.
    const HostFiles* files = nullptr;
    /// Hears what has to be said beside the protocol.
    std::function<void(const std::string&)> talk;
};

/// How a session ended.
enum class ServerEnd : std::uint8_t {
    detached,  ///< as it should
    gone,      ///< the other end has vanished
    too_long,  ///< it sent a packet that nobody would read
};

class Server {
public:
    Server(Session& session, Wire& wire, ServerOptions options);

    /// Until the session is over.
    ServerEnd serve();

private:
    /// The answer to a packet; nothing when there is none to be sent.
    std::optional<std::string> answer(const std::string& payload);

    // server.cpp
    bool fetch(bool wait);
    bool somebody_calls();
    void reply(std::string_view payload);
    void say(const std::string& text);
    void flush_output();
    std::optional<std::string> detach(PayloadReader reader);
    std::optional<std::string> kill(PayloadReader reader);
    void let_go(std::int64_t pid);
    Task* task_of(const ThreadName& name);
    Task* general_task() { return task_of(general_); }
    std::string choose_thread(PayloadReader reader);

    // server_query.cpp
    std::string query(PayloadReader reader);
    std::string set(PayloadReader reader);
    std::string supported(PayloadReader reader);
    std::string transfer(PayloadReader reader);
    std::optional<std::string> object(std::string_view kind, const std::string& annex);
    std::string thread_list_xml();
    std::string thread_list();
    std::string auxiliary_vector();
    std::string executable(const std::string& annex);
    std::string signal_information();
    std::string catch_calls(PayloadReader reader);
    std::string pass_signals(PayloadReader reader);
    std::string monitored(PayloadReader reader);
    std::string thread_text(const Task* task);

    // server_resume.cpp
    std::string resume(PayloadReader reader);
    std::string go(const Going& going);
    std::optional<std::string> vanished();
    Stop here();
    std::string stop_of_nobody(const ThreadName& name);
    std::string stop_reply(const Stop& stop);
    std::string reason_of(const Stop& stop);
    std::string name_of_thread(const Task* task) const;

    // server_memory.cpp
    std::string read_registers();
    std::string write_registers(PayloadReader reader);
    std::string read_register(PayloadReader reader);
    std::string write_register(PayloadReader reader);
    std::string read_memory(PayloadReader reader);
    std::string write_memory(PayloadReader reader, bool binary);
    std::string mark(PayloadReader reader, bool on);
    void tell_of_change(const char* what);

    Session& session_;
    Wire& wire_;
    ServerOptions options_;
    Monitor monitor_;
    FileServer files_;
    PacketReader reader_;
    std::deque<std::string> packets_;  ///< that were read and not answered yet
    bool damaged_ = false;
    bool called_ = false;  ///< Ctrl-C
    std::optional<ServerEnd> end_;
    bool acks_ = true;
    bool leave_acks_ = false;
    std::string last_sent_;

    bool multiprocess_ = false, soft_breaks_ = false, hard_breaks_ = false;
    ThreadName general_;
    ThreadName continued_;
    ThreadName told_;      ///< the thread of the last stop
    std::set<int> known_;  ///< processes that gdb has heard of, and not of their end
    std::vector<std::string> notes_;
};

}  // namespace utsim::debug
