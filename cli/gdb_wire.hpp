// SPDX-License-Identifier: MIT
/// Where gdb is: at the other end of our standard input and output, or of a port of this machine.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "debug/wire.hpp"

namespace utsim::cli {

/// A pair of descriptors.
class DescriptorWire final : public debug::Wire {
public:
    DescriptorWire(int in, int out) : in_(in), out_(out) {}
    bool send(std::string_view bytes) override;
    std::ptrdiff_t receive(char* bytes, std::size_t n, bool wait) override;

private:
    int in_;
    int out_;
};

/// Listens on 127.0.0.1, nowhere else.
class LoopbackPort {
public:
    /// `port` 0 takes one that is free. Not `ok` when it cannot be had: then `problem` says why.
    explicit LoopbackPort(std::uint16_t port);
    ~LoopbackPort();
    LoopbackPort(const LoopbackPort&) = delete;
    LoopbackPort& operator=(const LoopbackPort&) = delete;

    bool ok() const { return descriptor_ >= 0 && problem_.empty(); }
    const std::string& problem() const { return problem_; }
    std::uint16_t number() const { return number_; }
    /// The next client; -1 when `over` says so before one has come.
    int accept(const std::function<bool()>& over);

private:
    int descriptor_ = -1;
    std::uint16_t number_ = 0;
    std::string problem_;
};

/// A program that was started beside us.
class Started {
public:
    explicit Started(const std::vector<std::string>& words);
    /// Whether it has ended.
    bool over();
    /// Waits for its end. False when it could not be started.
    bool wait();

private:
    int pid_ = -1;  ///< 0: it has ended
    int status_ = 0;
};

/// A client that goes away is no reason to end; nor is Ctrl-C while `someone_else` has the
/// terminal.
void outlive_clients(bool someone_else);

}  // namespace utsim::cli
