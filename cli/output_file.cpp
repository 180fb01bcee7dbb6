// SPDX-License-Identifier: MIT
// A file without a name (O_TMPFILE) cannot be left behind, whatever ends the program. Where the
// file system has none, the file has a name of its own until it is complete; a name that is in use,
// by a run that was killed perhaps, is passed over.
#include "cli/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "trace/reader.hpp"

namespace utsim::cli {

namespace {

constexpr int names_tried = 1000;
constexpr int attempts_at_fifo = 150;
constexpr unsigned pause_at_fifo = 20'000;  // microseconds; three seconds in all
constexpr std::size_t beginning_read = 4096;

/// Name of the unfinished file, if it has one.
char unfinished[4096];

bool is_trace(std::string_view text) {
    if (looks_like_trace(text)) return true;
    const std::string_view line = text.substr(0, text.find('\n'));
    return line.starts_with("scenario ") && line.find(", semantics ") != std::string_view::npos;
}

bool is_scenario(std::string_view text) {
    return text.find("\"utsim.scenario/") != std::string_view::npos;
}

bool is_junit(std::string_view text) {
    return text.starts_with("<?xml") && text.find("<testsuites") != std::string_view::npos;
}

Error file_error(const char* code, const std::string& path, std::string what,
                 std::string hint = {}) {
    Error error = usage_error(code, std::move(what), std::move(hint));
    error.file = path;
    return error;
}

Error cannot_write(const std::string& path, int problem) {
    return file_error("E-CLI-022", path,
                      std::string("cannot be written: ") + std::strerror(problem));
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// A name in the same folder; short, since the file's own name may be as long as names can be.
std::string name_beside(const std::string& path, int number) {
    return folder_of(path) + "/.utsim-" + std::to_string(::getpid()) + "-" + std::to_string(number);
}

std::string own_descriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

/// Whether the file may be replaced; says why not.
Result<Done> check_kind(const std::string& path, const FileKind* replaces) {
    struct stat state{};
    if (::stat(path.c_str(), &state) != 0 || !S_ISREG(state.st_mode) || state.st_size == 0) {
        return Done{};
    }
    if (replaces == nullptr) {
        return file_error("E-CLI-023", path, "is there already, and is not overwritten");
    }
    std::string beginning(beginning_read, '\0');
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const ssize_t got = fd < 0 ? -1 : ::read(fd, beginning.data(), beginning.size());
    if (fd >= 0) ::close(fd);
    beginning.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    if (replaces->is(beginning)) return Done{};
    return file_error(
        "E-CLI-027", path,
        "is there already and is not " + std::string(replaces->name) + ", so it is not overwritten",
        "remove it, or choose another name");
}

}  // namespace

constinit const FileKind trace_file{"a trace", is_trace};
constinit const FileKind scenario_file{"a scenario", is_scenario};
constinit const FileKind junit_file{"a JUnit report", is_junit};

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t now = ::write(fd, text.data(), text.size());
        if (now < 0 && errno == EINTR) continue;
        if (now < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(now));
    }
    return true;
}

void remove_unfinished_file() noexcept {
    if (unfinished[0] != '\0') ::unlink(unfinished);
}

Result<Done> make_folder(const std::string& path) {
    std::error_code failed;
    std::filesystem::create_directories(path, failed);
    if (!failed) return Done{};
    return file_error("E-CLI-022", path, "cannot be made: " + failed.message());
}

bool is_write_error(const Error& error) { return error.code == "E-CLI-022"; }

int code_of_files(const std::vector<Error>& mistakes, int otherwise) {
    if (mistakes.empty()) return otherwise;
    return std::any_of(mistakes.begin(), mistakes.end(), is_write_error) ? exit_unwritten
                                                                         : exit_rejected;
}

Result<OutputFile> OutputFile::open(const std::string& path, const FileKind* replaces) {
    if (path.find('\0') != std::string::npos || path.empty() || path.back() == '/') {
        return file_error("E-CLI-022", path, "cannot be written: this is not the name of a file");
    }
    struct stat state{};
    const bool there = ::lstat(path.c_str(), &state) == 0;
    if (there && S_ISDIR(state.st_mode)) return cannot_write(path, EISDIR);
    UTSIM_TRY(fits, check_kind(path, replaces));
    static_cast<void>(fits);
    if (there && replaces == nullptr) {
        return file_error("E-CLI-023", path, "is there already, and is not overwritten");
    }
    OutputFile file(path, replaces != nullptr);
    const bool as_it_is = there && !S_ISREG(state.st_mode);
    UTSIM_TRY(opened, as_it_is ? file.open_as_it_is(S_ISFIFO(state.st_mode)) : file.open_beside());
    static_cast<void>(opened);
    return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      replaces_(other.replaces_),
      way_(other.way_),
      beside_(std::exchange(other.beside_, {})),
      fd_(std::exchange(other.fd_, -1)),
      problem_(other.problem_) {}

OutputFile::~OutputFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!beside_.empty()) ::unlink(beside_.c_str());
    if (!beside_.empty()) unfinished[0] = '\0';
}

Result<Done> OutputFile::open_as_it_is(bool fifo) {
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY;
    for (int attempt = 0; attempt < attempts_at_fifo; ++attempt) {
        fd_ = ::open(path_.c_str(), flags | (fifo ? O_NONBLOCK : 0), 0666);
        if (fd_ >= 0 || !fifo || errno != ENXIO) break;
        ::usleep(pause_at_fifo);
    }
    if (fd_ < 0 && fifo && errno == ENXIO) {
        return file_error("E-CLI-022", path_,
                          "cannot be written: it is a FIFO that nobody reads from");
    }
    if (fd_ < 0) return cannot_write(path_, errno);
    if (fifo) ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) & ~O_NONBLOCK);
    return Done{};
}

Result<Done> OutputFile::open_beside() {
    fd_ = ::open(folder_of(path_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd_ >= 0 && ::access(own_descriptor(fd_).c_str(), F_OK) == 0) {
        way_ = Way::unnamed;
        return Done{};
    }
    if (fd_ >= 0) ::close(fd_);
    way_ = Way::beside;
    for (int number = 0; number < names_tried; ++number) {
        const std::string name = name_beside(path_, number);
        fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd_ < 0 && errno == EEXIST) continue;
        if (fd_ < 0) return cannot_write(path_, errno);
        beside_ = name;
        if (name.size() < sizeof unfinished) std::strcpy(unfinished, name.c_str());
        return Done{};
    }
    return cannot_write(path_, EEXIST);
}

bool OutputFile::write(std::string_view text) {
    if (problem_ == 0 && !write_all(fd_, text)) problem_ = errno;
    return problem_ == 0;
}

/// Gives a file without a name one beside its place.
bool OutputFile::name_it() {
    const std::string own = own_descriptor(fd_);
    for (int number = 0; number < names_tried; ++number) {
        const std::string name = name_beside(path_, number);
        if (::linkat(AT_FDCWD, own.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
            beside_ = name;
            return true;
        }
        if (errno != EEXIST) return false;
    }
    return false;
}

/// The complete file gets its name; errno says why not.
bool OutputFile::take_place() {
    if (way_ == Way::unnamed && !replaces_) {
        return ::linkat(AT_FDCWD, own_descriptor(fd_).c_str(), AT_FDCWD, path_.c_str(),
                        AT_SYMLINK_FOLLOW) == 0;
    }
    if (way_ == Way::unnamed && !name_it()) return false;
    if (!replaces_) return ::link(beside_.c_str(), path_.c_str()) == 0;
    struct stat old{};
    if (::lstat(path_.c_str(), &old) == 0) {
        if (!S_ISREG(old.st_mode)) {  // it was not when we began
            errno = EEXIST;
            return false;
        }
        (void)::chmod(beside_.c_str(), old.st_mode & 07777);
    }
    if (std::rename(beside_.c_str(), path_.c_str()) != 0) return false;
    beside_.clear();
    unfinished[0] = '\0';
    return true;
}

Result<Done> OutputFile::finish() {
    if (problem_ == 0 && way_ != Way::as_it_is && !take_place()) problem_ = errno;
    if (::close(std::exchange(fd_, -1)) != 0 && problem_ == 0) problem_ = errno;
    if (problem_ == 0) return Done{};
    if (problem_ == EEXIST) {
        return file_error("E-CLI-023", path_, "is there already, and is not overwritten");
    }
    return cannot_write(path_, problem_);
}

Result<Done> write_file(const std::string& path, std::string_view text, const FileKind* replaces) {
    UTSIM_TRY(file, OutputFile::open(path, replaces));
    file.write(text);
    return file.finish();
}

Result<Done> append_file(const std::string& path, std::string_view text) {
    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;
    const int fd = ::open(path.c_str(), flags, 0666);
    if (fd < 0) return cannot_write(path, errno);
    int problem = write_all(fd, text) ? 0 : errno;
    // Devices and pipes have nothing that could be waited for.
    if (problem == 0 && ::fdatasync(fd) != 0 && errno != EINVAL && errno != EROFS) problem = errno;
    if (::close(fd) != 0 && problem == 0) problem = errno;
    if (problem != 0) return cannot_write(path, problem);
    return Done{};
}

}  // namespace utsim::cli
