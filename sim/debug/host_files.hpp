// SPDX-License-Identifier: MIT
/// The programs of a run as files of the host, and the packets with which gdb reads them
/// (`vFile:...`): what has symbols is the file, not the guest's memory.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "debug/packet.hpp"

namespace utsim::debug {

class HostFiles {
public:
    virtual ~HostFiles() = default;
    /// Where the host has the program that the simulated tree calls so; empty: nowhere.
    virtual std::string find(const std::string& inside) const = 0;
    /// Of a path that `find` answers, or that such a program lies at; nothing for any other.
    virtual std::optional<std::uint64_t> size(const std::string& outside) const = 0;
    /// Of a file that has a size: up to `n` bytes.
    virtual std::string read(const std::string& outside, std::uint64_t offset,
                             std::size_t n) const = 0;
};

/// Answers `vFile` packets. Nothing can be written, and nothing read but those programs.
class FileServer {
public:
    explicit FileServer(const HostFiles* files) : files_(files) {}

    /// The answer to what follows behind `vFile:`. Empty where there are no files.
    std::string answer(PayloadReader reader);

private:
    std::string open(PayloadReader reader);
    std::string close(PayloadReader reader);
    std::string read(PayloadReader reader);
    std::string status(PayloadReader reader);
    const std::string* opened(PayloadReader& reader) const;

    const HostFiles* files_;
    std::array<std::string, 8> open_;  ///< by descriptor; empty: it is free
};

}  // namespace utsim::debug
