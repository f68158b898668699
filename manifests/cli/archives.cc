#include "manifests/cli/archives.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>

#include "manifests/cli/pool.h"

namespace kaudit {
namespace {

struct Archive {
  std::size_t file;  // in the list of files
  std::uint64_t bytes;
};

struct Examined {
  FileReport report;
  std::vector<ShippedImage> shipped;
};

// How much was read of all of them together. From any thread.
class Progress {
 public:
  Progress(Messages& messages, std::string name, std::uint64_t total)
      : messages_(messages), name_(std::move(name)), total_(total) {}

  void read(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    done_ += bytes;
    messages_.progress(name_, done_, total_);
  }

 private:
  std::mutex mutex_;
  Messages& messages_;
  std::string name_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
};

// Of all of them; 0: not known.
std::uint64_t size_of(const std::vector<Archive>& archives) {
  std::uint64_t total = 0;
  for (const Archive& archive : archives) {
    if (archive.bytes == 0) return 0;
    total += archive.bytes;
  }
  return total;
}

}  // namespace

ExaminedArchives examine_archives(const std::vector<const Input*>& files, unsigned jobs,
                                  const std::function<std::unique_ptr<Examiner>()>& make_examiner,
                                  Messages& messages) {
  ExaminedArchives out;
  out.reports.resize(files.size());
  std::vector<Archive> archives;
  const auto opener = make_examiner();
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (const auto bytes = opener->archive_size(*files[n])) archives.push_back({n, *bytes});
  }
  if (archives.empty()) return out;
  Progress progress(messages,
                    archives.size() == 1 ? files[archives.front().file]->path
                                         : std::to_string(archives.size()) + " image archives",
                    size_of(archives));
  in_order<Examined>(
      archives.size(), jobs,
      [&] {
        std::shared_ptr<Examiner> examiner = make_examiner();
        examiner->report_progress([&](std::size_t bytes) { progress.read(bytes); });
        return [examiner, &archives, &files](std::size_t i) {
          Examined examined;
          examiner->collect_shipped(&examined.shipped);
          examined.report = examiner->examine(*files[archives[i].file]);
          return examined;
        };
      },
      [&](std::size_t i, Examined&& examined) {
        out.reports[archives[i].file] = std::move(examined.report);
        std::ranges::move(examined.shipped, std::back_inserter(out.shipped));
        return true;
      });
  return out;
}

}  // namespace kaudit
