// SPDX-License-Identifier: MIT
// Descriptors. Whoever waits looks up five times a second, since Ctrl-C may have been pressed.
#include "cli/gdb_wire.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "cli/interrupt.hpp"

namespace utsim::cli {

namespace {

constexpr int look_up_after = 200;  // milliseconds

/// Whether there is something to read; waits a bit.
bool readable(int descriptor, int milliseconds) {
    pollfd one{descriptor, POLLIN, 0};
    return ::poll(&one, 1, milliseconds) > 0;
}

}  // namespace

bool DescriptorWire::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(out_, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

std::ptrdiff_t DescriptorWire::receive(char* bytes, std::size_t n, bool wait) {
    while (!readable(in_, wait ? look_up_after : 0)) {
        if (interrupted()) return -1;
        if (!wait) return 0;
    }
    for (;;) {
        const ssize_t got = ::read(in_, bytes, n);
        if (got < 0 && errno == EINTR) continue;
        return got > 0 ? got : -1;
    }
}

LoopbackPort::LoopbackPort(std::uint16_t port) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* general = reinterpret_cast<sockaddr*>(&address);
    if (descriptor_ < 0 ||
        ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(descriptor_, general, size) != 0 || ::listen(descriptor_, 1) != 0 ||
        ::getsockname(descriptor_, general, &size) != 0) {
        problem_ = std::strerror(errno);
        return;
    }
    number_ = ntohs(address.sin_port);
}

LoopbackPort::~LoopbackPort() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

int LoopbackPort::accept(const std::function<bool()>& over) {
    while (!over()) {
        if (!readable(descriptor_, look_up_after)) continue;
        const int client = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        const int on = 1;
        (void)::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return client;
    }
    return -1;
}

namespace {

constexpr int not_found = 127;  // as shells say it

}  // namespace

Started::Started(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGPIPE, SIG_DFL);
    ::execvp(arguments[0], arguments.data());
    ::_exit(not_found);
}

bool Started::over() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) != 0) pid_ = 0;
    return pid_ <= 0;
}

bool Started::wait() {
    while (pid_ > 0 && ::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {}
    const bool ran = pid_ >= 0 && !(WIFEXITED(status_) && WEXITSTATUS(status_) == not_found);
    pid_ = 0;
    return ran;
}

void outlive_clients(bool someone_else) {
    std::signal(SIGPIPE, SIG_IGN);
    if (someone_else) std::signal(SIGINT, SIG_IGN);
}

}  // namespace utsim::cli
