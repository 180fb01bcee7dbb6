// SPDX-License-Identifier: MIT
// A file is opened without waiting, so that a FIFO without a writer does not hold us. A read from
// such a FIFO gives nothing, one whose writer is only slow says EAGAIN; that is how they are told
// apart.
#include "base/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace utsim {

namespace {

constexpr std::size_t piece = 1 << 16;
constexpr int attempts_at_fifo = 150;
constexpr unsigned pause_at_fifo = 20'000;  // microseconds; three seconds in all

/// A descriptor that is closed again, unless it is standard input.
class Descriptor {
public:
    explicit Descriptor(const std::string& path) : standard_(path == "-") {
        fd_ = standard_ ? STDIN_FILENO
                        : ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }
    ~Descriptor() {
        if (!standard_ && fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int fd() const { return fd_; }
    bool standard() const { return standard_; }

private:
    bool standard_;
    int fd_ = -1;
};

Error cannot_read(const std::string& path, const std::string& why) {
    Error error;
    error.file = path == "-" ? "(standard input)" : path;
    error.message = "cannot be read: " + why;
    return error;
}

Error cannot_read(const std::string& path) { return cannot_read(path, std::strerror(errno)); }

ssize_t read_some(int fd, char* buffer) {
    ssize_t got = 0;
    do {
        got = ::read(fd, buffer, piece);
    } while (got < 0 && errno == EINTR);
    return got;
}

/// Waits until somebody writes to a FIFO; the first bytes are in `buffer`. 0: nobody did.
ssize_t first_of_fifo(int fd, char* buffer) {
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

std::size_t limit_of(std::string_view text, const ReadLimit& limit) {
    const bool larger = limit.is_larger_kind != nullptr && limit.is_larger_kind(text);
    return larger ? limit.larger : limit.bytes;
}

}  // namespace

Result<std::string> read_file(const std::string& path, const ReadLimit& limit, bool cut) {
    if (path.find('\0') != std::string::npos) return cannot_read("", "its name has a zero byte");
    if (path.empty()) return cannot_read(path, "a name without letters");
    const Descriptor file(path);
    struct stat state{};
    if (file.fd() < 0 || ::fstat(file.fd(), &state) != 0) return cannot_read(path);
    if (S_ISDIR(state.st_mode)) return cannot_read(path, "it is a folder");
    std::string buffer(piece, '\0');
    const bool waits = S_ISFIFO(state.st_mode) && !file.standard();
    ssize_t got =
        waits ? first_of_fifo(file.fd(), buffer.data()) : read_some(file.fd(), buffer.data());
    if (waits && got == 0) return cannot_read(path, "it is a FIFO that nobody writes to");
    if (waits) ::fcntl(file.fd(), F_SETFL, ::fcntl(file.fd(), F_GETFL) & ~O_NONBLOCK);
    std::string text;
    for (std::size_t most = 0; got > 0; got = read_some(file.fd(), buffer.data())) {
        text.append(buffer, 0, static_cast<std::size_t>(got));
        if (most == 0 && text.size() < piece && limit.is_larger_kind != nullptr) {
            continue;  // what it is shows with more of it
        }
        if (most == 0) most = limit_of(text, limit);
        if (text.size() <= most) continue;
        if (cut) break;
        return cannot_read(path, "it is larger than " + std::to_string(most) + " bytes");
    }
    if (got < 0) return cannot_read(path);
    const std::size_t most = limit_of(std::string_view(text).substr(0, piece), limit);
    if (text.size() > most) {
        if (!cut) return cannot_read(path, "it is larger than " + std::to_string(most) + " bytes");
        text.resize(most + 1);
    }
    return text;
}

}  // namespace utsim
