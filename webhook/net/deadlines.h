// Points in time that connections must not outlive. All of one kind last equally long, so that each
// kind is a list in the order of arrival, and setting, clearing and finding the next cost O(1);
// only one that starts in the past has to look for its place.
//
// Thread-safety: none. Ownership: none; a node leaves its list before it is destroyed.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace kaudit {

using Clock = std::chrono::steady_clock;

enum class DeadlineKind : std::uint8_t { handshake, header, body, write, idle, linger, none };
inline constexpr std::size_t kDeadlineKinds = 6;  // without none

// Time that runs only now and then: what a peer has used of what it has in all.
class Stopwatch {
 public:
  void run(Clock::time_point now) {
    if (running_) return;
    began_ = now - used_;
    running_ = true;
  }
  void pause(Clock::time_point now) {
    if (!running_) return;
    used_ = now - began_;
    running_ = false;
  }
  void reset() { *this = {}; }
  // When it would have begun if it had never paused. Only while it runs.
  [[nodiscard]] Clock::time_point began() const { return began_; }

 private:
  Clock::time_point began_{};
  Clock::duration used_{};
  bool running_ = false;
};

// The base of what has a deadline.
struct DeadlineNode {
  DeadlineNode* previous = nullptr;
  DeadlineNode* next = nullptr;
  Clock::time_point since;
  DeadlineKind kind = DeadlineKind::none;
};

class Deadlines {
 public:
  using Lengths = std::array<std::chrono::milliseconds, kDeadlineKinds>;
  explicit Deadlines(const Lengths& lengths) : lengths_(lengths) {}

  // Starts the deadline at `since`, which is now or, rarely, before, to be over at `latest` if it
  // would last longer; one of that kind that runs already goes on.
  void set(DeadlineNode& node, DeadlineKind kind, Clock::time_point since,
           Clock::time_point latest = Clock::time_point::max()) {
    if (node.kind == kind) return;
    clear(node);
    if (kind == DeadlineKind::none) return;
    since = std::min(since, latest - lengths_[static_cast<std::size_t>(kind)]);
    List& list = of(kind);
    node.kind = kind;
    node.since = since;
    node.previous = list.last;
    while (node.previous != nullptr && node.previous->since > since) {
      node.previous = node.previous->previous;
    }
    DeadlineNode*& before = node.previous != nullptr ? node.previous->next : list.first;
    node.next = before;
    before = &node;
    (node.next != nullptr ? node.next->previous : list.last) = &node;
  }

  void clear(DeadlineNode& node) {
    if (node.kind == DeadlineKind::none) return;
    List& list = of(node.kind);
    (node.previous != nullptr ? node.previous->next : list.first) = node.next;
    (node.next != nullptr ? node.next->previous : list.last) = node.previous;
    node.previous = node.next = nullptr;
    node.kind = DeadlineKind::none;
  }

  // The one that has run longest, or null.
  [[nodiscard]] DeadlineNode* oldest(DeadlineKind kind) { return of(kind).first; }

  // One that is over, or null.
  [[nodiscard]] DeadlineNode* expired(Clock::time_point now) {
    for (std::size_t i = 0; i < kDeadlineKinds; ++i) {
      DeadlineNode* node = lists_[i].first;
      if (node != nullptr && node->since + lengths_[i] <= now) return node;
    }
    return nullptr;
  }

  // When the next is over; `limit` where none is before.
  [[nodiscard]] Clock::time_point next(Clock::time_point limit) const {
    for (std::size_t i = 0; i < kDeadlineKinds; ++i) {
      const DeadlineNode* node = lists_[i].first;
      if (node != nullptr) limit = std::min(limit, node->since + lengths_[i]);
    }
    return limit;
  }

 private:
  struct List {
    DeadlineNode* first = nullptr;
    DeadlineNode* last = nullptr;
  };
  List& of(DeadlineKind kind) { return lists_[static_cast<std::size_t>(kind)]; }

  Lengths lengths_;
  std::array<List, kDeadlineKinds> lists_;
};

}  // namespace kaudit
