// One file into one FileReport: read, adapt, evaluate.
//
// Thread-safety: each thread has its own Examiner; Plan, Inputs and BuiltImages are shared and must
// outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/engine.h"
#include "core/report/report.h"
#include "manifests/adapt.h"
#include "manifests/adapt/build.h"
#include "manifests/cli/built_images.h"
#include "manifests/cli/compose_file.h"
#include "manifests/cli/context.h"
#include "manifests/cli/discover.h"
#include "manifests/cli/image_input.h"
#include "manifests/cli/input_reader.h"
#include "manifests/cli/shard.h"
#include "manifests/image.h"
#include "manifests/load.h"

namespace kaudit {

// The reason for a file that was read well and is no manifest.
inline constexpr std::string_view kNoObject = "no Kubernetes object";

class Examiner {
 public:
  Examiner(const Plan& plan, std::span<const PodTemplatePath> pod_templates, const Inputs& inputs,
           const BuiltImages& built, std::size_t max_file_size);

  // Of every file only the objects of that shard.
  void take_only(Shard shard) noexcept { shard_ = shard; }
  // Reports name their subjects (FileReport::subjects) from now on.
  void collect_subjects() noexcept { subjects_ = true; }
  // Likewise what says who reaches whom (FileReport::exposure).
  void collect_exposure() noexcept { exposure_ = true; }

  // What archives say to workloads is added there from now on; may be null.
  void collect_shipped(std::vector<ShippedImage>* shipped) noexcept { shipped_ = shipped; }
  // How much of an archive may be unpacked.
  void limit_images(std::uint64_t most_unpacked) noexcept {
    image_limits_.unpacked = most_unpacked;
  }
  // Who is told how much of archives was read.
  void report_progress(ReadProgress progress) { image_progress_ = std::move(progress); }
  // The bytes of an input that turns out to hold images (0: not known, a directory); opened for
  // that. Nothing of another one, nor of a stream.
  [[nodiscard]] std::optional<std::uint64_t> archive_size(const Input& input);

  // Never fails: what goes wrong is in the report.
  [[nodiscard]] FileReport examine(const Input& input);
  // The same for a text that is at hand. `asked`: the user named this very file, so that one
  // without any content was not what they meant. `input`: where it lies, null when that is unknown.
  [[nodiscard]] FileReport examine(std::string name, std::string text, bool asked,
                                   Surface surface = Surface::kubernetes,
                                   const Input* input = nullptr);

 private:
  // Documents one by one: all but Compose. `guess`: what turns out to be Compose is examined so.
  [[nodiscard]] FileReport examine_documents(const std::shared_ptr<const Source>& source,
                                             bool asked, Surface surface, const Input* input,
                                             bool guess);
  [[nodiscard]] FileReport examine_images(const Input& input, InputReader::Opened& opened);
  [[nodiscard]] FileReport examine_compose(const Input& input,
                                           const std::shared_ptr<const Source>& source);
  // What is found in a Dockerfile only because a service sets its args, target or context.
  void add_builds(std::vector<Finding> of_services, const std::set<std::string>& dockerfiles,
                  std::vector<Finding>& findings);

  const Plan& plan_;
  const BuiltImages& built_;
  KubernetesAdapter adapter_;
  BuildAdapter build_adapter_;
  ContextReader contexts_;
  InputReader reader_;
  ComposeFiles compose_;
  std::vector<ShippedImage>* shipped_ = nullptr;
  Limits limits_;
  ImageLimits image_limits_;
  ReadProgress image_progress_;
  // Rule and place of what is found in Dockerfiles that are examined by themselves.
  using Found = std::set<std::tuple<const Rule*, std::uint32_t, std::uint32_t>>;
  std::map<std::string, Found> dockerfiles_;
  bool subjects_ = false;
  bool exposure_ = false;
  Shard shard_;
};

}  // namespace kaudit
