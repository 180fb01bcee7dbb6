// SPDX-License-Identifier: MIT
// The tree of a scenario that is made up: built, changed, written and read.
#include "explore/draft.hpp"

#include "explore/lawful.hpp"
#include "support/testing.hpp"

using utsim::Draft;

TEST_CASE("a tree is written as it was built", "[draft]") {
    Draft tree{{"task", "t1"}, {"count", 3}, {"on", true}, {"off", false}};
    tree.set("list", Draft::list({"a", Draft{{"b", -1}}}));
    tree["inner"].set("key", Draft::object());
    CHECK(
        tree.dump() ==
        R"({"task":"t1","count":3,"on":true,"off":false,"list":["a",{"b":-1}],"inner":{"key":{}}})");
    CHECK(tree.has("count"));
    CHECK(tree.text_at("task") == "t1");
    CHECK(tree.text_at("nothing").empty());
    tree.erase("list");
    tree.erase("nothing");
    tree["task"].become(7);
    CHECK(tree.dump() == R"({"task":7,"count":3,"on":true,"off":false,"inner":{"key":{}}})");
}

TEST_CASE("lists can be changed anywhere", "[draft]") {
    Draft list = Draft::list();
    list.add("a");
    list.add("c");
    list.insert(1, "b");
    CHECK(list.dump() == R"(["a","b","c"])");
    list.erase(std::size_t{0});
    CHECK(list.dump() == R"(["b","c"])");
}

TEST_CASE("what was written can be read", "[draft]") {
    const std::string text = R"({"a":[1,-2,true,false,null,"x\"y\\\n\u0001"],"b":{"c":{}},"d":[]})";
    const auto tree = Draft::parse(text);
    REQUIRE(tree.has_value());
    CHECK(tree->dump() == text);
    for (const char* wrong : {"", "{", "[1.5]", "{\"a\":}"}) CHECK_FALSE(Draft::parse(wrong));
    CHECK_FALSE(Draft::parse(std::string(1000, '[') + std::string(1000, ']')));
}

namespace {

std::string lawful(const std::string& text) {
    Draft tree = *Draft::parse(text);
    utsim::make_lawful(tree);
    return tree.dump();
}

std::string with_engine(const std::string& engine, const std::string& controllers = "[]") {
    return R"({"tasks":[{"name":"t"}],"engines":[{"name":"e")" + engine + R"(}],"controllers":)" +
           controllers + "}";
}

std::string one_controller(const std::string& steps) {
    return R"([{"name":"c","steps":[)" + steps + "]}]";
}

}  // namespace

TEST_CASE("a signal is made only where there is one, or a number for it", "[lawful]") {
    const std::string before =
        with_engine(R"(,"answers":{"signal":[["STOP","TERM"],{"return":["STOP","CORE"],)"
                    R"("set":{"si_signo":"SIGTERM"}}],"signal:SIGUSR1":[["RESUME","DELIVER"]]})");
    const std::string after =
        with_engine(R"(,"answers":{"signal":[["STOP","IGN"],{"return":["STOP","CORE"],)"
                    R"("set":{"si_signo":"SIGTERM"}}],"signal:SIGUSR1":[["RESUME","DELIVER"]]})");
    CHECK(lawful(before) == after);
}

TEST_CASE("a machine without steps is asked for none", "[lawful]") {
    CHECK(
        lawful(
            R"({"machine":{"has_block_step":false},"engines":[{"name":"e","then":"BLOCKSTEP"}]})") ==
        R"({"machine":{"has_block_step":false},"engines":[{"name":"e","then":"SINGLESTEP"}]})");
    CHECK(
        lawful(
            R"({"machine":{"has_single_step":false},"engines":[{"name":"e","then":"BLOCKSTEP"}]})") ==
        R"({"machine":{"has_single_step":false},"engines":[{"name":"e","then":"REPORT"}]})");
}

TEST_CASE("a flag that somebody waits for is raised by somebody who waits for nobody", "[lawful]") {
    const std::string waits = R"(,"answers":{"quiesce":[{"return":"STOP","block":"go"}]})";
    CHECK(lawful(with_engine(waits)) ==
          with_engine(waits, R"([{"name":"opener","steps":[{"await":{"ticks":2}},)"
                             R"({"release":"go"}]}])"));
    CHECK(lawful(with_engine(R"(,"answers":{"reap":[{"return":"STOP","block":"go"}]})")) ==
          with_engine(R"(,"answers":{"reap":[{"return":"STOP"}]})"));
}

TEST_CASE("an examination needs a hold, and has an end", "[lawful]") {
    const std::string holder = R"(,"events":["QUIESCE"],"default":{"*":"STICKY"})";
    const std::string hold = R"({"control":{"engine":"e","action":"STOP"}},)"
                             R"({"await":{"task":"t","state":"TRACED"}})";
    const std::string prepare = R"({"prepare_examine":{"engine":"e"}})";
    const std::string finish = R"({"finish_examine":{"engine":"e"}})";
    const std::string good =
        with_engine(holder, one_controller(hold + "," + prepare + "," + finish));
    CHECK(lawful(good) == good);
    CHECK(lawful(with_engine(holder, one_controller(hold + "," + prepare))) == good);
    CHECK(lawful(with_engine(holder, one_controller(hold + "," + prepare + "," + prepare))) ==
          good);
    CHECK(lawful(with_engine(holder, one_controller(prepare + "," + finish))) ==
          with_engine(holder, one_controller("")));
    // It may let go by itself.
    const std::string moody = holder + R"(,"answers":{"quiesce":["RESUME"]})";
    CHECK(lawful(with_engine(moody, one_controller(hold + "," + prepare + "," + finish))) ==
          with_engine(moody, one_controller(hold)));
}

TEST_CASE("who drops a reference has one", "[lawful]") {
    const std::string get = R"({"get":{"engine":"e"}})";
    const std::string put = R"({"put":{"engine":"e"}})";
    const std::string call = R"({"barrier":{"engine":"e"}})";
    const auto steps = [](const std::string& list) {
        return with_engine("", one_controller(list));
    };
    CHECK(lawful(steps(get + "," + put + "," + call)) == steps(get + "," + put + "," + call));
    CHECK(lawful(steps(put + "," + call)) == steps(call));
    CHECK(lawful(steps(call + "," + put)) == steps(call + "," + put));  // nobody needs it any more
    CHECK(lawful(with_engine(R"(,"attach":"controller")", one_controller(get + "," + put))) ==
          with_engine(R"(,"attach":"controller")", one_controller("")));
}
