// SPDX-License-Identifier: MIT
// Lists, pools and counted objects: what the kernel rooms keep their things in.
#include <string>
#include <vector>

#include "sched/choosers.hpp"
#include "sched/list.hpp"
#include "sched/object.hpp"
#include "sched/pool.hpp"
#include "sched/world.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

struct Item {
    int number;
    ListHead entry;
};

template <typename V>
void describe(V& v, Item& item) {
    v.field("number", item.number);
    v.field("entry", item.entry);
}

std::string forwards(ListHead* head) {
    std::string text;
    for (Item* item : list_entries<&Item::entry>(head)) text += std::to_string(item->number);
    return text;
}

std::string backwards(ListHead* head) {
    std::string text;
    for (Item* item : list_entries_reverse<&Item::entry>(head)) {
        text += std::to_string(item->number);
    }
    return text;
}

struct Thing {
    int before;
    Counted count;
    int after;
};

/// How a run ends whose only actor does `body` to one thing.
std::string fate(void (*body)(Thing&)) {
    World world;
    struct Part {
        Thing thing;
        void (*body)(Thing&);
    };
    Part* part = world.arena().make<Part>();
    part->thing.count.init();
    part->body = body;
    world.add_actor(
        ActorKind::task, "a",
        [](void* argument) {
            Part& self = *static_cast<Part*>(argument);
            self.body(self.thing);
        },
        part);
    Serial serial;
    const RunEnd end = world.run(serial);
    return std::string(run_end_name(end)) + " " + world.end_detail();
}

void drop(Thing& thing) {
    if (thing.count.put("put")) thing.count.poison(&thing);
}

}  // namespace

TEST_CASE("list: what goes in comes out in order, both ways") {
    ListHead head;
    list_init(&head);
    CHECK(list_empty(&head));
    Item items[4] = {{1, {}}, {2, {}}, {3, {}}, {4, {}}};
    list_add_tail(&items[1].entry, &head);
    list_add_tail(&items[2].entry, &head);
    list_add(&items[0].entry, &head);
    list_add_tail(&items[3].entry, &head);
    CHECK(forwards(&head) == "1234");
    CHECK(backwards(&head) == "4321");
    CHECK(list_first_entry<&Item::entry>(&head) == &items[0]);

    list_del_init(&items[1].entry);
    list_del_init(&items[1].entry);
    CHECK(list_empty(&items[1].entry));
    CHECK(forwards(&head) == "134");
    list_move_tail(&items[0].entry, &head);
    CHECK(forwards(&head) == "341");

    for (Item* item : list_entries_safe<&Item::entry>(&head)) {
        if (item->number != 4) list_del_init(&item->entry);
    }
    CHECK(forwards(&head) == "4");

    ListHead others;
    list_init(&others);
    list_splice_tail_init(&others, &head);
    CHECK(forwards(&head) == "4");
    list_add_tail(&items[0].entry, &others);
    list_add_tail(&items[1].entry, &others);
    list_splice_tail_init(&others, &head);
    CHECK(forwards(&head) == "412");
    CHECK(backwards(&head) == "214");
    CHECK(list_empty(&others));
}

TEST_CASE("list: who joins at the end during a walk is walked over too") {
    ListHead head;
    list_init(&head);
    Item items[2] = {{1, {}}, {2, {}}};
    list_add_tail(&items[0].entry, &head);
    std::string seen;
    for (Item* item : list_entries<&Item::entry>(&head)) {
        seen += std::to_string(item->number);
        if (item->number == 1) list_add_tail(&items[1].entry, &head);
    }
    CHECK(seen == "12");
}

TEST_CASE("pool: gives fresh records up to its size and takes them back") {
    World world;
    auto& pool = *world.arena().make<Pool<Item>>();
    pool.init(2);
    Item* one = pool.take();
    Item* two = pool.take();
    REQUIRE(one != nullptr);
    REQUIRE(two != nullptr);
    CHECK(pool.take() == nullptr);
    one->number = 7;
    pool.give_back(one);
    CHECK(pool.in_use() == 1);
    const std::size_t used = world.arena().used();
    CHECK(pool.take() == one);
    CHECK(one->number == 0);
    CHECK(world.arena().used() == used);
}

TEST_CASE("object: uses after the last reference are bugs, whatever they are") {
    CHECK(fate([](Thing& thing) {
              thing.count.get("get");
              drop(thing);
              thing.count.check_alive("use");
              drop(thing);
          }) == "quiet ");
    CHECK(fate([](Thing& thing) {
              drop(thing);
              thing.count.check_alive("use");
          }) == "bug use: use after free");
    CHECK(fate([](Thing& thing) {
              drop(thing);
              thing.count.get("get");
          }) == "bug get: use after free");
    CHECK(fate([](Thing& thing) {
              drop(thing);
              drop(thing);
          }) == "bug put: use after free");
    CHECK(fate([](Thing& thing) {
              if (thing.count.put("put")) thing.count.get("get");
          }) == "bug get: reference taken after the last was dropped");
    CHECK(fate([](Thing& thing) {
              thing.count = Counted();
              thing.count.check_alive("use");
          }) == "bug use: use of what is no such object");
}

TEST_CASE("object: a freed one is poison on both sides of its header") {
    Thing thing{1, {}, 2};
    thing.count.init();
    REQUIRE(thing.count.put("put"));
    thing.count.poison(&thing);
    CHECK(thing.before == 0x6b6b6b6b);
    CHECK(thing.after == 0x6b6b6b6b);
    CHECK(thing.count.freed());
}
