// SPDX-License-Identifier: MIT
/// A file that a user names, read piece by piece.
#pragma once

#include <memory>
#include <string>

#include <utsim/result.hpp>

namespace utsim {

class OpenFile {
public:
    /// `-` is standard input. Errors have no code: every caller has one of its own. A FIFO that
    /// nobody writes to is refused after a few seconds.
    static Result<std::unique_ptr<OpenFile>> open(const std::string& path);
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    /// Adds the next bytes to `text`. False at the end, and when it cannot be read (`problem`).
    bool read(std::string& text);
    /// Why it could not be read; empty when all is well.
    const std::string& problem() const { return problem_; }
    Error error() const;

private:
    explicit OpenFile(std::string path);
    bool wait_for_fifo();
    void add(std::string& text, long got);

    std::string path_;
    std::string problem_;
    std::string buffer_;
    std::string first_;  ///< what opening has read
    int fd_ = -1;
};

}  // namespace utsim
