// SPDX-License-Identifier: MIT
// What a trace carries of files, and what a scenario says of them, can have been written by
// anybody.
#include "process/inode.hpp"
#include "process/packed_tree.hpp"
#include "support/testing.hpp"

using namespace utsim;

TEST_CASE("a tree of files has no name that a folder cannot have", "[process]") {
    FileTree tree;
    CHECK(tree.add("/" + std::string(longest_name, 'n'), "long enough"));
    CHECK(!tree.add("/" + std::string(longest_name + 1, 'n'), "too long"));
    CHECK(!tree.add("/a/" + std::string(longest_name + 1, 'n') + "/b", "too long"));
    CHECK(!tree.add("/a/../b", "not where it says"));
    CHECK(!tree.add(std::string("/a\0b", 4), "cut"));
    CHECK(!tree.add(std::string(FileTreeLimits::path, '/') + "a", "a path too long"));
    CHECK(tree.add("//a/./b", "what says nothing is left out"));
    CHECK(tree.count() == 3);
    REQUIRE(tree.root().find("a") != nullptr);
    CHECK(tree.root().find("a")->find("b") != nullptr);
}

TEST_CASE("a packed tree has no name that a folder cannot have", "[process]") {
    const auto unpacks = [](const std::string& name) {
        FileTree tree;
        // As somebody else would write it.
        auto& root = const_cast<TreeFile&>(tree.root());
        root.children[name] = std::make_unique<TreeFile>();
        return unpack_tree(*pack_tree(tree)) != nullptr;
    };
    CHECK(unpacks(std::string(longest_name, 'n')));
    CHECK(!unpacks(std::string(longest_name + 1, 'n')));
    CHECK(!unpacks(".."));
    CHECK(!unpacks("."));
    CHECK(!unpacks(std::string("a\0b", 3)));
}
