// SPDX-License-Identifier: MIT
/// Files that commands leave behind. All of them are written here.
///
/// A regular file appears whole or not at all: it is written beside its place, and takes its name
/// when it is complete. Anything else that has the name already (a device, a FIFO, a link) is
/// written to as it is and never replaced.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

namespace utsim::cli {

/// What a file must be for a command to replace it: something that the command writes itself.
struct FileKind {
    std::string_view name;  ///< `a trace`
    bool (*is)(std::string_view beginning) = nullptr;
};
/// A trace in any form.
extern const FileKind trace_file;
extern const FileKind scenario_file;
extern const FileKind junit_file;

class OutputFile {
public:
    /// Gets ready to write `path`. A file that is there already is an error unless it is empty or
    /// of the kind `replaces`; with null, whatever it is.
    static Result<OutputFile> open(const std::string& path, const FileKind* replaces);
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    /// Leaves nothing behind unless `finish` was called.
    ~OutputFile();

    /// False when it could not be written; `finish` says why.
    bool write(std::string_view text);
    /// The file takes its place.
    Result<Done> finish();

private:
    enum class Way : unsigned char { as_it_is, unnamed, beside };
    OutputFile(std::string path, bool replaces) : path_(std::move(path)), replaces_(replaces) {}
    Result<Done> open_beside();
    Result<Done> open_as_it_is(bool fifo);
    bool take_place();
    bool name_it();

    std::string path_;
    bool replaces_;
    Way way_ = Way::as_it_is;
    std::string beside_;  ///< the name it has until it is complete
    int fd_ = -1;
    int problem_ = 0;  ///< errno of the first write that failed
};

/// All of `text` in one go.
Result<Done> write_file(const std::string& path, std::string_view text, const FileKind* replaces);

/// Adds `text` to the end of a file, which is made if there is none, and waits until it is on the
/// disk. What others add at the same time comes before or after it.
Result<Done> append_file(const std::string& path, std::string_view text);

/// Makes the folder and those that it is in, if it is not there.
Result<Done> make_folder(const std::string& path);

/// Whether the mistake is that something could not be written (and not that it must not be).
bool is_write_error(const Error& error);

/// The exit code that mistakes with files come to; `otherwise` when there are none.
int code_of_files(const std::vector<Error>& mistakes, int otherwise);

/// Takes the unfinished file away, for ends that run no destructors. Callable in a signal handler.
void remove_unfinished_file() noexcept;

/// All of `text` to a descriptor; errno says why not.
bool write_all(int fd, std::string_view text);

}  // namespace utsim::cli
