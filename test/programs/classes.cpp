// SPDX-License-Identifier: MIT
// What a C++ program needs of the machine: exceptions through frames with destructors, streams,
// containers, virtual calls, threads, clean-up at exit.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};
struct Square final : Shape {
    explicit Square(double side) : side(side) {}
    double area() const override { return side * side; }
    double side;
};
struct Circle final : Shape {
    explicit Circle(double radius) : radius(radius) {}
    double area() const override { return 3.25 * radius * radius; }
    double radius;
};

int alive = 0;
struct Counted {
    Counted() { ++alive; }
    Counted(const Counted&) = delete;
    ~Counted() { --alive; }
};

int descend(int depth) {
    const Counted counted;
    if (depth == 0) throw std::out_of_range("the bottom");
    try {
        return descend(depth - 1);
    } catch (const std::logic_error&) {
        if (depth % 4 == 0) throw std::runtime_error("from " + std::to_string(depth));
        throw;
    }
}

struct AtExit {
    ~AtExit() { std::puts("at the end"); }
} at_exit;

}  // namespace

int main() {
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 1; i < 6; ++i) {
        shapes.push_back(std::make_unique<Square>(i * 0.5));
        shapes.push_back(std::make_unique<Circle>(i));
    }
    std::cout << std::accumulate(shapes.begin(), shapes.end(), 0.0, [](double sum, const auto& s) {
        return sum + s->area();
    }) << "\n";
    try {
        descend(9);
    } catch (const std::exception& error) {
        std::cout << error.what() << ", alive " << alive << "\n";
    }
    try {
        std::vector<int>().at(3);
    } catch (const std::out_of_range&) {
        std::cout << "out of range\n";
    }
    std::map<std::string, int> counts;
    std::istringstream words("one two three two one two");
    for (std::string word; words >> word;) ++counts[word];
    for (const auto& [word, count] : counts) std::cout << word << "=" << count << " ";
    std::cout << "\n";
    std::unordered_map<int, std::string> names;
    for (int i = 0; i < 100; ++i) names[i * 37] = std::to_string(i);
    std::cout << names.at(99 * 37) << " " << names.size() << "\n";
    std::mutex mutex;
    std::atomic<int> turns = 0;
    long sum = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] {
            for (int k = 0; k < 50; ++k) {
                const std::lock_guard<std::mutex> lock(mutex);
                sum += i * k;
                ++turns;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::printf("%d %ld %.3f\n", turns.load(), sum, std::stod("1.5e2"));
    std::cout << std::hex << 255 << std::dec << " " << std::boolalpha << (alive == 0) << std::endl;
    return 3;
}
