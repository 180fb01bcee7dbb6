// SPDX-License-Identifier: MIT
// execve of static programs and of scripts that name their interpreter. Everything that can be
// refused is refused before the point of no return; the new memory is complete by then.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "cpu/image.hpp"
#include "kernel/exec.hpp"
#include "kernel/memory.hpp"
#include "process/calls.hpp"
#include "process/file_tree.hpp"
#include "process/path.hpp"

namespace utsim {

namespace {

constexpr std::size_t most_texts = 4096;
constexpr int most_interpreters = 4;

/// What exec is asked for. It lives on the host's heap, and only as long as nobody else can run.
struct Request {
    std::string path;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
};

/// The texts of a null-terminated array of the caller's. `left`: bytes that they may take.
std::int64_t copy_texts(Task* current, std::uint64_t address, std::size_t& left,
                        std::vector<std::string>& out) {
    for (std::uint64_t n = 0; address != 0; ++n) {
        std::uint64_t text_at = 0;
        if (copy_from_user(current, &text_at, address + n * sizeof text_at, sizeof text_at) != 0) {
            return -K_EFAULT;
        }
        if (text_at == 0) break;
        if (n == most_texts) return -K_E2BIG;
        std::string text(left, '\0');
        const std::int64_t size = copy_string(current, text_at, text.data(), left);
        if (size == -K_ENAMETOOLONG) return -K_E2BIG;
        if (size < 0) return size;
        text.resize(static_cast<std::size_t>(size));
        left -= text.size() + 1;
        out.push_back(std::move(text));
    }
    return 0;
}

std::int64_t find_program(Task* current, const std::string& path, Inode** out) {
    const std::int64_t failed = find_path(current, K_AT_FDCWD, path, true, out);
    if (failed != 0) return failed;
    if ((*out)->kind != InodeKind::regular) return -K_EACCES;
    return may_access(current, **out, 1) ? 0 : -K_EACCES;
}

/// `#!interpreter argument`: puts both in front of the arguments. False: it is no script.
bool use_interpreter(const Inode& inode, Request& request) {
    char line[256] = {};
    const std::size_t size = read_body(inode, 0, line, sizeof line - 1);
    if (size < 3 || line[0] != '#' || line[1] != '!') return false;
    std::string_view text(line, size);
    text = text.substr(2, text.find('\n') == std::string_view::npos ? size : text.find('\n') - 2);
    const auto trim = [](std::string_view t) {
        t.remove_prefix(std::min(t.find_first_not_of(" \t"), t.size()));
        return t.substr(0, t.find_last_not_of(" \t") + 1);
    };
    text = trim(text);
    const std::size_t space = text.find_first_of(" \t");
    const std::string interpreter(text.substr(0, space));
    if (interpreter.empty()) return false;
    if (request.arguments.empty()) request.arguments.emplace_back();
    request.arguments[0] = request.path;
    if (space != std::string_view::npos) {
        request.arguments.insert(request.arguments.begin(), std::string(trim(text.substr(space))));
    }
    request.arguments.insert(request.arguments.begin(), interpreter);
    request.path = interpreter;
    return true;
}

/// A program that was written during the run, or its host's copy; null when it is none.
std::shared_ptr<const cpu::Image> image_of(const Inode& inode) {
    if (inode.upper == nullptr && inode.lower != nullptr) {
        return inode.lower->program() != nullptr ? inode.lower->image : nullptr;
    }
    TreeFile written;
    written.bytes.resize(inode.size);
    read_body(inode, 0, written.bytes.data(), written.bytes.size());
    written.program();
    return written.image;
}

/// The new program's memory, ready to start.
struct NewProgram {
    NewImage image;
    cpu::StackPlaces places;
    const char* exe = "";  ///< absolute, in the arena
};

void adopt_names(Task* current, void* argument) {
    const auto& program = *static_cast<const NewProgram*>(argument);
    ProcessGroup& group = *process_of(current).group;
    set_comm(current, program.exe);
    drop_text(kernel_of(current), group.exe);
    group.exe = program.exe;
    group.texts = program.places;
}

std::int64_t build(Task* current, const Request& request, const cpu::Image& image,
                   NewProgram& out) {
    Kernel& kernel = kernel_of(current);
    const std::vector<std::string_view> arguments(request.arguments.begin(),
                                                  request.arguments.end());
    const std::vector<std::string_view> environment(request.environment.begin(),
                                                    request.environment.end());
    const Credentials& cred = process_of(current).cred;
    cpu::InitialStack stack;
    stack.arguments = arguments;
    stack.environment = environment;
    stack.file = request.path;
    stack.random = next_random(current);
    stack.user = cred.uid;
    stack.effective_user = cred.euid;
    stack.group = cred.gid;
    stack.effective_group = cred.egid;
    cpu::AddressSpace* space = cpu::AddressSpace::create(kernel.world->arena(), *kernel.pages);
    std::int64_t result = cpu::load_image(image, *space);
    if (result == 0) result = cpu::build_initial_stack(image, *space, stack, &out.places);
    if (result < 0) {
        space->release();
        return result;
    }
    out.image.space = space;
    out.image.entry = image.entry;
    out.image.stack = static_cast<std::uint64_t>(result);
    return 0;
}

/// All that can fail.
std::int64_t prepare(Task* current, NewProgram& program) {
    Request request;
    std::string path(ProcessLimits::path, '\0');
    const std::int64_t size = copy_string(current, current->regs.rdi(), path.data(), path.size());
    if (size < 0) return size;
    path.resize(static_cast<std::size_t>(size));
    request.path = std::move(path);
    std::size_t left = ProcessLimits::arguments;
    std::int64_t failed = copy_texts(current, current->regs.rsi(), left, request.arguments);
    if (failed == 0) failed = copy_texts(current, current->regs.rdx(), left, request.environment);
    if (failed != 0) return failed;

    Inode* inode = nullptr;
    for (int n = 0;; ++n) {
        failed = find_program(current, request.path, &inode);
        if (failed != 0) return failed;
        if (!use_interpreter(*inode, request)) break;
        if (n == most_interpreters) return -K_ELOOP;
    }
    const std::shared_ptr<const cpu::Image> image = image_of(*inode);
    if (image == nullptr) return -K_ENOEXEC;
    if (request.arguments.empty()) request.arguments.emplace_back();
    std::string full(ProcessLimits::path, '\0');
    full.resize(path_of(*inode, full.data(), full.size()));
    if (full.size() == ProcessLimits::path) return -K_ENAMETOOLONG;  // folders can be renamed
    failed = build(current, request, *image, program);
    if (failed != 0) return failed;
    program.exe = copy_text(kernel_of(current), full);
    return 0;
}

}  // namespace

std::int64_t sys_execve(Task* current) {
    NewProgram program;
    const std::int64_t failed = prepare(current, program);
    if (failed != 0) return failed;
    program.image.committed = adopt_names;
    program.image.argument = &program;
    const std::int64_t result = do_execve_image(current, program.image);
    if (result < 0) {
        program.image.space->release();
        drop_text(kernel_of(current), program.exe);
    }
    return result;
}

}  // namespace utsim
