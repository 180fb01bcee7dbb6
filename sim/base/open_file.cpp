// SPDX-License-Identifier: MIT
// A file is opened without waiting, so that a FIFO without a writer does not hold us. A read from
// such a FIFO gives nothing, one whose writer is only slow says EAGAIN; that is how they are told
// apart.
#include "base/open_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace utsim {

namespace {

constexpr std::size_t piece = 1 << 16;
constexpr int attempts_at_fifo = 150;
constexpr unsigned pause_at_fifo = 20'000;  // microseconds; three seconds in all

ssize_t read_some(int fd, std::string& buffer) {
    ssize_t got = 0;
    do {
        got = ::read(fd, buffer.data(), buffer.size());
    } while (got < 0 && errno == EINTR);
    return got;
}

/// Waits until somebody writes to a FIFO; the first bytes are in `buffer`. 0: nobody did.
ssize_t first_of_fifo(int fd, std::string& buffer) {
    for (int attempt = 0; attempt < attempts_at_fifo; ++attempt) {
        const ssize_t got = read_some(fd, buffer);
        if (got > 0) return got;
        if (got < 0 && errno != EAGAIN) return got;
        if (got < 0) break;  // a writer is there
        ::usleep(pause_at_fifo);
    }
    const int flags = ::fcntl(fd, F_GETFL);
    const ssize_t got = read_some(fd, buffer);
    if (got >= 0 || errno != EAGAIN) return got;
    ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    return read_some(fd, buffer);
}

}  // namespace

OpenFile::OpenFile(std::string path) : path_(std::move(path)), buffer_(piece, '\0') {}

OpenFile::~OpenFile() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
}

Error OpenFile::error() const {
    Error error;
    error.file = path_ == "-" ? "(standard input)" : path_;
    error.message = "cannot be read: " + problem_;
    return error;
}

Result<std::unique_ptr<OpenFile>> OpenFile::open(const std::string& path) {
    std::unique_ptr<OpenFile> file(new OpenFile(path));
    struct stat state{};
    if (path.find('\0') != std::string::npos) {
        file->path_.clear();
        file->problem_ = "its name has a zero byte";
    } else if (path.empty()) {
        file->problem_ = "a name without letters";
    } else if (path == "-") {
        file->fd_ = STDIN_FILENO;
    } else {
        file->fd_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }
    if (!file->problem_.empty()) return file->error();
    if (file->fd_ < 0 || ::fstat(file->fd_, &state) != 0) {
        file->problem_ = std::strerror(errno);
    } else if (S_ISDIR(state.st_mode)) {
        file->problem_ = "it is a folder";
    } else if (S_ISFIFO(state.st_mode) && path != "-") {
        (void)file->wait_for_fifo();
    }
    if (!file->problem_.empty()) return file->error();
    return file;
}

bool OpenFile::wait_for_fifo() {
    const ssize_t got = first_of_fifo(fd_, buffer_);
    if (got == 0) problem_ = "it is a FIFO that nobody writes to";
    add(first_, got);
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) & ~O_NONBLOCK);
    return got > 0;
}

void OpenFile::add(std::string& text, long got) {
    if (got < 0) problem_ = std::strerror(errno);
    if (got > 0) text.append(buffer_, 0, static_cast<std::size_t>(got));
}

bool OpenFile::read(std::string& text) {
    if (!first_.empty()) {
        text += std::exchange(first_, {});
        return true;
    }
    const ssize_t got = read_some(fd_, buffer_);
    add(text, got);
    return got > 0;
}

}  // namespace utsim
