// Which images the tree itself builds, and whom they run as: Compose files and skaffold.yaml say
// which Dockerfile builds which image, archives hold images of their names, and the history of
// those tells the Dockerfile too. Nothing is guessed from names that are only alike.
//
// An image of the same name is the tree's whatever its tag, unless two Dockerfiles build that name
// or it is a bare one such as `nginx`, which is somebody else's but for the tag that is built here.
//
// Bounded: only files among the inputs and the Dockerfiles that they name are read, through no
// link. Errors: what cannot be read is left out here; whoever examines the file says so.
// Thread-safety: const after gather(); it must outlive its JoinedFacts.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/built_image.h"
#include "core/fact_visitors.h"
#include "core/shipped_image.h"
#include "manifests/cli/discover.h"

namespace kaudit {

class BuiltImages {
 public:
  BuiltImages() = default;  // none
  [[nodiscard]] static BuiltImages gather(const Inputs& inputs, std::size_t max_file_size);

  // Names the Dockerfile among the inputs that built an image, where the image's history holds all
  // that just this one does.
  static void find_dockerfiles(const Inputs& inputs, std::size_t max_file_size,
                               std::vector<ShippedImage>& shipped);
  // An image of an archive. A workload runs it where it names that very tag, or its digest.
  void add(const ShippedImage& shipped);

  [[nodiscard]] bool none() const noexcept { return images_.empty(); }
  // Null: not known.
  [[nodiscard]] const BuiltImage* find(const Workload& workload, const Container& container) const;

 private:
  class Gatherer;

  struct Named {
    std::string tag;
    const BuiltImage* image;
    bool shipped = false;  // of an archive, and so known for this tag alone
  };
  // The one Dockerfile and stage that they are all built from; null where they differ.
  [[nodiscard]] static const BuiltImage* only_one(const std::vector<Named>& candidates,
                                                  std::optional<std::string_view> tag);

  using Place = std::tuple<std::string, std::uint32_t, std::uint32_t>;  // file, line, column

  std::deque<BuiltImage> images_;                      // stay where they are
  std::map<Place, const BuiltImage*> by_build_;        // where `build:` is written
  std::map<std::string, std::vector<Named>> by_name_;  // registry/repository
  std::map<std::string, const BuiltImage*, std::less<>> by_digest_;
};

// Tells workloads of the images that are built here.
class JoinedFacts final : public ForwardingVisitor {
 public:
  JoinedFacts(const BuiltImages& images, FactVisitor& to)
      : ForwardingVisitor(to), images_(images) {}

  using ForwardingVisitor::visit;
  void visit(const Workload& fact) override;

 private:
  const BuiltImages& images_;
  std::vector<Container> containers_;
};

}  // namespace kaudit
