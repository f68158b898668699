#include "core/report/diff.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "core/base_name.h"
#include "core/exposure/exposure.h"

namespace kaudit {
namespace {

// `spec.containers[0].image` -> `spec.containers[].image`.
std::string without_indices(std::string_view field) {
  std::string text;
  bool inside = false;
  for (const char c : field) {
    if (c == ']') inside = false;
    if (!inside) text += c;
    if (c == '[') inside = true;
  }
  return text;
}

// What two findings must share to be taken for the same, the strictest first.
struct Likeness {
  enum class File : std::uint8_t { same, renamed, any_name, object_moved };
  File file;
  bool indices;
  bool message;
};
constexpr Likeness kLikenesses[] = {
    {Likeness::File::same, true, true},          {Likeness::File::same, false, true},
    {Likeness::File::same, true, false},         {Likeness::File::renamed, false, true},
    {Likeness::File::renamed, true, false},      {Likeness::File::any_name, false, true},
    {Likeness::File::any_name, true, false},     {Likeness::File::object_moved, false, true},
    {Likeness::File::object_moved, true, false},
};

using Key = std::array<std::string, 8>;

Key key_of(const ReportedFinding& finding, const Likeness& likeness) {
  std::string file;
  if (likeness.file == Likeness::File::same) file = finding.below;
  if (likeness.file == Likeness::File::renamed) file = base_name(finding.below);
  return {finding.rule,
          std::move(file),
          finding.kind,
          finding.ns,
          finding.name,
          finding.container,
          likeness.indices ? finding.field : without_indices(finding.field),
          likeness.message ? finding.message : std::string()};
}

class Matcher {
 public:
  Matcher(const Snapshot& before, const Snapshot& after)
      : before_(before),
        after_(after),
        match_of_before_(before.findings.size()),
        match_of_after_(after.findings.size()) {
    for (const Likeness& likeness : kLikenesses) match(likeness);
  }

  [[nodiscard]] const ReportedFinding* of_before(std::size_t n) const {
    return match_of_before_[n];
  }
  [[nodiscard]] const ReportedFinding* of_after(std::size_t n) const { return match_of_after_[n]; }

 private:
  static bool may_have_moved(const ReportedFinding& finding, const Snapshot& other,
                             Likeness::File file) {
    switch (file) {
      case Likeness::File::same: return true;
      case Likeness::File::renamed:
      case Likeness::File::any_name: return !other.files.contains(finding.below);
      // A cluster has one object of a name; a folder has many services called web.
      case Likeness::File::object_moved:
        return finding.surface == Surface::kubernetes && !finding.name.empty();
    }
    return false;
  }

  void match(const Likeness& likeness) {
    std::map<Key, std::vector<std::size_t>> waiting;  // of before, the last one first
    for (std::size_t n = before_.findings.size(); n-- > 0;) {
      const ReportedFinding& finding = before_.findings[n];
      if (match_of_before_[n] == nullptr && may_have_moved(finding, after_, likeness.file)) {
        waiting[key_of(finding, likeness)].push_back(n);
      }
    }
    if (waiting.empty()) return;
    for (std::size_t n = 0; n < after_.findings.size(); ++n) {
      const ReportedFinding& finding = after_.findings[n];
      if (match_of_after_[n] != nullptr || !may_have_moved(finding, before_, likeness.file)) {
        continue;
      }
      const auto found = waiting.find(key_of(finding, likeness));
      if (found == waiting.end() || found->second.empty()) continue;
      const std::size_t other = found->second.back();
      found->second.pop_back();
      match_of_after_[n] = &before_.findings[other];
      match_of_before_[other] = &finding;
    }
  }

  const Snapshot& before_;
  const Snapshot& after_;
  std::vector<const ReportedFinding*> match_of_before_, match_of_after_;
};

bool could_not_be_examined(const Snapshot& snapshot, const ReportedFinding& finding) {
  const auto file = snapshot.files.find(finding.below);
  return file != snapshot.files.end() && !file->second;
}

// 1: now reached from further away than it was; -1: from nearer. What is unknown is neither.
int more_exposed(const ReportedFinding& was, const ReportedFinding& now) {
  const auto before = parse_exposure(was.exposure);
  const auto after = parse_exposure(now.exposure);
  if (!before || !after || *before == *after) return 0;
  return *after > *before ? 1 : -1;
}

void sort_by_severity(std::vector<Change>& changes) {
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.finding().severity > b.finding().severity;
  });
}

}  // namespace

std::size_t Snapshot::counting() const noexcept {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [](const auto& finding) { return !finding.exempted; }));
}

Diff compare(const Snapshot& before, const Snapshot& after) {
  const Matcher matcher(before, after);
  Diff diff;
  for (std::size_t n = 0; n < after.findings.size(); ++n) {
    const ReportedFinding& now = after.findings[n];
    const ReportedFinding* was = matcher.of_after(n);
    const bool counted_before = was != nullptr && !was->exempted;
    if (now.exempted) {
      if (counted_before) diff.accepted.push_back({was, &now});
      continue;
    }
    if (was == nullptr) {
      const bool unknown = could_not_be_examined(before, now);
      (unknown ? diff.not_examined : diff.worse).push_back({nullptr, &now});
    } else if (was->exempted || was->severity < now.severity) {
      diff.worse.push_back({was, &now});
    } else if (was->severity > now.severity) {
      diff.better.push_back({was, &now});
    } else if (const int more = more_exposed(*was, now); more != 0) {
      (more > 0 ? diff.worse : diff.better).push_back({was, &now});
    } else {
      ++diff.same;
    }
  }
  for (std::size_t n = 0; n < before.findings.size(); ++n) {
    const ReportedFinding& was = before.findings[n];
    if (was.exempted || matcher.of_before(n) != nullptr) continue;
    const bool unknown = could_not_be_examined(after, was);
    (unknown ? diff.not_examined : diff.better).push_back({&was, nullptr});
  }
  for (auto* changes : {&diff.worse, &diff.better, &diff.accepted, &diff.not_examined}) {
    sort_by_severity(*changes);
  }
  return diff;
}

std::size_t at_or_above(const Diff& diff, const DiffRun& run) noexcept {
  if (!run.fail_on_set) return 0;
  return static_cast<std::size_t>(
      std::count_if(diff.worse.begin(), diff.worse.end(), [&](const Change& change) {
        return run.fail_on_priority != 0 ? change.after->priority >= run.fail_on_priority
                                         : change.after->severity >= run.fail_on;
      }));
}

}  // namespace kaudit
