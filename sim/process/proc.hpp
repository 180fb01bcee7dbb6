// SPDX-License-Identifier: MIT
/// /proc: what programs ask about processes. Folders and files are made when somebody looks, and a
/// file's contents are those of the moment when it is opened.
#pragma once

#include <string_view>

#include "process/process.hpp"

namespace utsim {

/// Puts /proc below `root`.
void mount_proc(Kernel& kernel, Inode& root);
/// The entry of one of its folders, or null.
Inode* find_proc_child(Task* current, Inode& folder, std::string_view name);
/// Takes everything out of a folder.
void drop_children(Kernel& kernel, Inode& folder);
/// Makes all entries of a folder, for getdents.
void fill_proc_folder(Task* current, Inode& folder);
/// Where a link in /proc leads; empty when nowhere.
std::string_view proc_link_target(Task* current, const Inode& link);
/// Makes the contents. 0 or a negated errno.
std::int64_t open_proc_file(Task* current, OpenFile& file);

}  // namespace utsim
