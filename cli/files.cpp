// SPDX-License-Identifier: MIT
// Writing goes through a file beside the target that then takes its name: nobody ever sees half of
// it, and an existing file is not touched before the new one is complete.
#include "cli/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "cli/arguments.hpp"

namespace utsim::cli {

namespace {

namespace fs = std::filesystem;

Error file_error(const char* code, const std::string& path, const std::string& what,
                 std::string hint = {}) {
    Error error = usage_error(code, what, std::move(hint));
    error.file = path;
    return error;
}

std::string reason() { return std::strerror(errno); }

bool write_all(int fd, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t now = ::write(fd, text.data() + done, text.size() - done);
        if (now < 0 && errno == EINTR) continue;
        if (now <= 0) return false;
        done += static_cast<std::size_t>(now);
    }
    return true;
}

void add_folder(const std::string& path, const std::vector<std::string>& extensions,
                std::vector<std::string>& out, std::error_code& error) {
    std::vector<std::string> found;
    fs::recursive_directory_iterator at(path, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const bool wanted = std::find(extensions.begin(), extensions.end(),
                                      at->path().extension()) != extensions.end();
        if (wanted && at->is_regular_file(error)) {
            found.push_back(at->path().string());
        }
    }
    std::sort(found.begin(), found.end());
    out.insert(out.end(), found.begin(), found.end());
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    const bool standard = path == "-";
    std::FILE* file = standard ? stdin : std::fopen(path.c_str(), "rb");
    if (file == nullptr) return file_error("E-CLI-020", path, "cannot be read: " + reason());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> closer(
        file, [](std::FILE* f) { return f == stdin ? 0 : std::fclose(f); });
    std::string text;
    char buffer[1 << 16];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file)) {
        text.append(buffer, got);
        if (text.size() > limit) {
            return file_error("E-CLI-021", path,
                              "is larger than " + std::to_string(limit) + " bytes");
        }
    }
    if (std::ferror(file) != 0) return file_error("E-CLI-020", path, "cannot be read: " + reason());
    return text;
}

Result<Done> write_file(const std::string& path, const std::string& text, bool replace) {
    const std::string beside = path + ".new-" + std::to_string(::getpid());
    const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return file_error("E-CLI-022", path, "cannot be written: " + reason());
    const bool written = write_all(fd, text);
    const bool closed = ::close(fd) == 0;
    // link() refuses what is there, rename() replaces it; both are one step.
    const bool named = written && closed &&
                       (replace ? std::rename(beside.c_str(), path.c_str()) == 0
                                : ::link(beside.c_str(), path.c_str()) == 0);
    const int problem = errno;
    if (!named || !replace) ::unlink(beside.c_str());
    if (named) return Done{};
    if (problem == EEXIST && !replace) {
        return file_error("E-CLI-023", path, "is there already, and is not overwritten");
    }
    errno = problem;
    return file_error("E-CLI-022", path, "cannot be written: " + reason());
}

Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& paths) {
    return find_files(paths, {".json"});
}

Result<std::vector<std::string>> find_files(const std::vector<std::string>& paths,
                                            const std::vector<std::string>& extensions) {
    std::vector<std::string> files;
    std::vector<Error> errors;
    for (const std::string& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            files.push_back(path);
            continue;
        }
        add_folder(path, extensions, files, error);
        if (error) {
            errors.push_back(file_error("E-CLI-020", path, "cannot be read: " + error.message()));
        }
    }
    if (!errors.empty()) return errors;
    return files;
}

}  // namespace utsim::cli
