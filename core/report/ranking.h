// What to fix first: gives findings their exposure and priority, and finds the most urgent ones.
//
// Ownership: findings share their exposure; FixFirst copies what it keeps. Thread-safety: one
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/exposure/graph.h"
#include "core/report/report.h"

namespace kaudit {

// Sets Finding::exposure and priority of all findings of the file, and settles its rules of the
// run; reports then list them by priority (entries_of()).
void rank(FileReport& file, const ExposureGraph& graph);

// Leaves out of all lists (FileReport::left_out) what is not among the `most` findings with the
// highest priority; of equal ones the first, in the order of `files` and their findings. Folded
// ones (core/report/fold.h) are left out with the rest.
void list_only(std::vector<FileReport>& files, std::size_t most);

// The highest priority of what counts in it; 0 where nothing does.
[[nodiscard]] unsigned top_priority(const FileReport& file) noexcept;

// The most urgent findings of a run, those of one rule about one object together, in how many files
// it may be written; a chain speaks for the finding that it stands at. Shown file by file, in any
// order; ties stand in the order shown.
class FixFirst {
 public:
  struct Item {
    std::string file;  // that was examined
    Finding finding;   // the one with the highest priority
    std::size_t alike = 1;
    std::string owner;  // what it is about, so that another file's is known
  };

  explicit FixFirst(std::size_t most) noexcept : most_(most) {}
  void add(const FileReport& file);
  // The highest priority first.
  [[nodiscard]] const std::vector<Item>& items() const noexcept { return items_; }

 private:
  std::size_t most_;
  std::vector<Item> items_;
};

}  // namespace kaudit
