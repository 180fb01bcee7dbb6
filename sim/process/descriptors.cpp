// SPDX-License-Identifier: MIT
// Descriptors and what they lead to: making, sharing, closing.
#include "process/process.hpp"

#include "process/path.hpp"

namespace utsim {

OpenFile* find_file(const Task* task, std::int32_t descriptor) {
    const ArenaArray<Descriptor>& table = process_of(task).files->table;
    if (descriptor < 0 || static_cast<std::uint32_t>(descriptor) >= table.size) return nullptr;
    return table[static_cast<std::uint32_t>(descriptor)].file;
}

OpenFile* make_open_file(Kernel& kernel, Inode* inode, std::uint32_t flags) {
    OpenFile* file = kernel.processes->open_files.take();
    if (file == nullptr) return nullptr;
    file->ops = &ops_of(inode->kind);
    file->inode = inode;
    file->flags = flags;
    ++inode->users;
    return file;
}

void put_file(Task* current, OpenFile* file) {
    if (--file->users != 0) return;
    if (file->ops->release != nullptr) file->ops->release(current, *file);
    if (file->task != nullptr) put_task_struct(file->task);
    Kernel& kernel = kernel_of(current);
    put_inode(kernel, file->inode);
    kernel.processes->open_files.give_back(file);
}

namespace {

std::uint32_t most_descriptors(const Task* task) {
    const std::uint64_t soft = process_of(task).group->limits[resource_nofile].soft;
    return soft < ProcessLimits::descriptors ? static_cast<std::uint32_t>(soft)
                                             : ProcessLimits::descriptors;
}

}  // namespace

std::int64_t install_file(Task* current, OpenFile* file, bool close_on_exec, std::int32_t from) {
    ArenaArray<Descriptor>& table = process_of(current).files->table;
    const std::uint32_t most = most_descriptors(current);
    for (auto n = static_cast<std::uint32_t>(from); n < most; ++n) {
        if (n < table.size && table[n].file != nullptr) continue;
        table.set(world_of(current).arena(), n, {file, close_on_exec});
        return n;
    }
    return -K_EMFILE;
}

std::int64_t close_descriptor(Task* current, std::int32_t descriptor) {
    OpenFile* file = find_file(current, descriptor);
    if (file == nullptr) return -K_EBADF;
    process_of(current).files->table[static_cast<std::uint32_t>(descriptor)] = {};
    put_file(current, file);
    return 0;
}

std::int64_t replace_descriptor(Task* current, OpenFile* file, std::int32_t to,
                                bool close_on_exec) {
    if (to < 0 || static_cast<std::uint32_t>(to) >= most_descriptors(current)) return -K_EBADF;
    ++file->users;
    close_descriptor(current, to);
    process_of(current).files->table.set(world_of(current).arena(), static_cast<std::uint32_t>(to),
                                         {file, close_on_exec});
    return to;
}

}  // namespace utsim
