#include "core/report/fold.h"

#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/exposure/exposure.h"
#include "core/report/entries.h"

namespace kaudit {
namespace {

// Where findings count as the same; `nth` of those that an object has alike.
struct Likeness {
  const Rule* rule;
  std::string owner;
  std::string_view container, message;
  std::size_t nth = 0;
  friend bool operator==(const Likeness&, const Likeness&) = default;
};

struct LikenessHash {
  std::size_t operator()(const Likeness& key) const noexcept {
    const std::hash<std::string_view> hash;
    std::size_t out = std::hash<const Rule*>{}(key.rule) + key.nth;
    for (const std::string_view part : {std::string_view(key.owner), key.container, key.message}) {
      out = out * 31 + hash(part);
    }
    return out;
  }
};

bool is_kept(const Finding& finding) noexcept {
  return finding.exposure != nullptr && !finding.exposure->controller.kind.empty();
}

class Folding {
 public:
  // Those of owners come first, for they stand for the others.
  void run(std::vector<FileReport>& files) {
    for (const bool kept : {false, true}) {
      for (FileReport& file : files) {
        for (Finding& finding : file.findings) {
          if (finding.exemption == nullptr && is_kept(finding) == kept) add(file, finding);
        }
      }
    }
  }

 private:
  void add(const FileReport& file, Finding& finding) {
    Likeness key{finding.rule, owner_of(finding), finding.container, finding.message};
    if (key.owner.empty()) return;
    if (finding.document != document_ || finding.object != object_) {
      document_ = finding.document;
      object_ = finding.object;
      alike_.clear();
    }
    key.nth = alike_[{finding.rule, finding.container, finding.message}]++;
    const auto [first, is_new] = findings_.try_emplace(std::move(key), &finding);
    if (is_new) return;
    finding.folded = true;
    first->second->also.push_back(
        {file_of(file, finding), finding.where.begin, object_of(finding)});
  }

  std::unordered_map<Likeness, Finding*, LikenessHash> findings_;
  // Of the object that was added last, whose findings come together.
  std::uint64_t document_ = 0;
  NodeId object_ = kNoNode;
  std::map<std::tuple<const Rule*, std::string_view, std::string_view>, std::size_t> alike_;
};

}  // namespace

std::string owner_of(const Finding& finding) {
  std::string out;
  if (finding.name.empty()) return out;
  const bool kept = is_kept(finding);
  const ObjectName name =
      kept ? finding.exposure->controller : ObjectName{finding.kind, finding.ns, finding.name};
  out.append(name_of(finding.surface));
  for (const std::string* part : {&name.kind, &name.ns, &name.name}) {
    out.append(1, '\0').append(*part);
  }
  if (finding.surface == Surface::compose) {
    const std::string& file = finding.where.source;
    out.append(1, '\0').append(file, 0, file.rfind('/') + 1);
  }
  return out;
}

void fold(std::vector<FileReport>& files) { Folding().run(files); }

}  // namespace kaudit
