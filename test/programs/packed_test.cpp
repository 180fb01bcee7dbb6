// SPDX-License-Identifier: MIT
// What a trace carries of files can have been written by anybody.
#include "process/inode.hpp"
#include "process/packed_tree.hpp"
#include "support/testing.hpp"

using namespace utsim;

TEST_CASE("a packed tree has no name that a folder cannot have", "[process]") {
    FileTree tree;
    CHECK(tree.add("/" + std::string(longest_name, 'n'), "long enough"));
    CHECK(unpack_tree(*pack_tree(tree)) != nullptr);
    CHECK(tree.add("/" + std::string(longest_name + 1, 'n'), "too long"));
    CHECK(unpack_tree(*pack_tree(tree)) == nullptr);
}
