// SPDX-License-Identifier: MIT
/// A trace that is read while it is held against a run.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/open_file.hpp"
#include "trace/line_source.hpp"

namespace utsim::cli {

/// Lines of a file; `begun` was read from it already.
class FileLines final : public LineSource {
public:
    FileLines(std::unique_ptr<OpenFile> file, std::string begun)
        : file_(std::move(file)),
          buffer_(std::move(begun)) {}

    bool next(std::string_view& line) override;
    std::string problem() const override { return file_->problem(); }

private:
    std::unique_ptr<OpenFile> file_;
    std::string buffer_;
    std::size_t at_ = 0;
};

}  // namespace utsim::cli
