#include "manifests/cli/built_images.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base_name.h"
#include "core/build_steps.h"
#include "core/shown.h"
#include "manifests/adapt/build.h"
#include "manifests/cli/compose_file.h"
#include "manifests/cli/inline_dockerfile.h"
#include "manifests/cli/input_reader.h"
#include "manifests/cli/surface.h"
#include "manifests/load.h"
#include "manifests/read/dockerfile.h"

namespace kaudit {
namespace {

// Of all Dockerfiles, one of which several stages are wanted counted each time; what comes after
// that is not known.
constexpr std::size_t kMostBytes = std::size_t{64} << 20;

bool is_skaffold_name(std::string_view path) noexcept {
  const std::string_view name = base_name(path);
  return name == "skaffold.yaml" || name == "skaffold.yml";
}

// What has to be known to build an image.
struct Request {
  std::string dockerfile;  // seen from the directory of the file that asks
  std::string target;      // empty: the last stage
  bool args = false;       // some are given, so defaults of ARG may not count
};

// Whom the wanted stage runs as.
class UserOfStage final : public IgnoringVisitor, public DocumentVisitor {
 public:
  UserOfStage(const Request& request, BuiltImage& out) : request_(request), out_(out) {}

  void document(const Document& document) override { BuildAdapter().adapt(document, *this); }
  void error(Error) override { failed = true; }

  using IgnoringVisitor::visit;
  void visit(const Build& build) override {
    const Stage* stage = request_.target.empty()
                             ? build.final_stage()
                             : build.find_stage(request_.target, build.stages.size());
    if (stage == nullptr) return;
    const BuildUser user = user_of(build, *stage);
    const Text& decides = user.user.state == Text::State::absent ? user.base : user.user;
    const bool variable = build.document->at(decides.at).text().find('$') != std::string_view::npos;
    if (request_.args && variable) return;
    out_.user = user.kind;
    if (user.user.written()) out_.user_name = shown(user.user.value);
    if (user.kind == BuildUser::Kind::root) out_.why_root = why_root(user);
    out_.where = build.document->locate(user.at);
    found = true;
  }

  bool found = false;
  bool failed = false;

 private:
  const Request& request_;
  BuiltImage& out_;
};

}  // namespace

// ---- Gathering ---------------------------------------------------------------------------------

class BuiltImages::Gatherer final : public IgnoringVisitor, public DocumentVisitor {
 public:
  Gatherer(const Inputs& inputs, std::size_t max_file_size, BuiltImages& out)
      : inputs_(inputs),
        reader_(inputs, max_file_size),
        compose_(inputs, max_file_size),
        out_(out) {
    limits_.bytes = max_file_size;
  }

  void gather(const Input& input) {
    const bool readable = input.how == Input::How::found || input.how == Input::How::asked;
    const bool skaffold = is_skaffold_name(input.path);
    const bool compose = is_compose_name(base_name(input.path)) || inputs_.as == Surface::compose;
    if (!readable || (!skaffold && !compose)) return;
    auto text = reader_.read(input);
    if (!text || is_binary(*text)) return;
    const auto source = std::make_shared<const Source>(input.path, *std::move(text));
    beside_ = compose_.files_beside(input);
    if (skaffold) {
      read_manifest(source, limits_, *this);
    } else if (compose_.surface_of(input, source, limits_) == Surface::compose &&
               !compose_.read_with(input)) {
      (void)compose_.adapt(input, source, limits_, *this);
    }
  }

  // Of Compose.
  using IgnoringVisitor::visit;
  void visit(const Workload& service) override {
    for (const Container& container : service.containers) {
      const BuildRequest& build = container.build;
      const Document& document = *service.document;
      const Value text = document.at(build.at)["dockerfile_inline"];
      if ((build.file.empty() && !text.set()) || build.target.state == Text::State::unresolved) {
        continue;
      }
      const Location at = document.locate(build.at);
      const Request request{std::string(build.file), std::string(build.target.value),
                            !build.args.empty()};
      const BuiltImage* image =
          text.set() ? add_inline(request, document, text.id(), at) : add(request, at);
      if (image == nullptr) continue;
      out_.by_build_[{at.source, at.begin.line, at.begin.column}] = image;
      name(container.image, image);
    }
  }

  // Of Skaffold: https://skaffold.dev/docs/references/yaml/
  void document(const Document& document) override {
    const Value root = document.root();
    if (!root["apiVersion"].text().starts_with("skaffold/")) return;
    for (const Value artifact : root["build"]["artifacts"]) {
      const auto is_other = [&](std::string_view builder) { return artifact[builder].present(); };
      constexpr std::string_view kOthers[] = {"bazel", "buildpacks", "custom", "jib", "ko"};
      if (std::ranges::any_of(kOthers, is_other)) continue;
      const Value how = artifact["kaniko"].present() ? artifact["kaniko"] : artifact["docker"];
      const auto or_else = [](Value value, std::string_view other) {
        return std::string(value.set() ? value.text() : other);
      };
      const std::string context = or_else(artifact["context"], ".");
      const std::string dockerfile = or_else(how["dockerfile"], "Dockerfile");
      const bool templated = (context + dockerfile).find("{{") != std::string::npos;
      if (templated || context.starts_with('/') || dockerfile.starts_with('/')) continue;
      const BuiltImage* image = add({clean_path(context + '/' + dockerfile),
                                     or_else(how["target"], ""), how["buildArgs"].set()},
                                    document.locate(artifact["image"].id()));
      const Text written{artifact["image"].text(), artifact["image"].id(), Text::State::written};
      if (image != nullptr) name(image_of(written), image);
    }
  }
  void error(Error) override {}  // whoever examines the file says so

 private:
  const BuiltImage* add(const Request& request, const Location& said_at) {
    const auto source = beside_->read(request.dockerfile);
    if (!source) return nullptr;
    auto [known, is_new] =
        known_.try_emplace({(*source)->name(), request.target, request.args}, std::nullopt);
    if (is_new) known->second = image_of_stage(request, *source);
    return keep(known->second, said_at);
  }

  const BuiltImage* add_inline(const Request& request, const Document& document, NodeId text,
                               const Location& said_at) {
    const auto source = inline_dockerfile(document, text);
    return source ? keep(image_of_stage(request, *source), said_at) : nullptr;
  }

  const BuiltImage* keep(const std::optional<BuiltImage>& found, const Location& said_at) {
    if (!found) return nullptr;
    BuiltImage image = *found;
    image.said_by = shown(said_at.source) + ':' + std::to_string(said_at.begin.line);
    return &out_.images_.emplace_back(std::move(image));
  }

  std::optional<BuiltImage> image_of_stage(const Request& request,
                                           const std::shared_ptr<const Source>& source) {
    bytes_ += source->text().size();
    if (bytes_ > kMostBytes) return std::nullopt;
    BuiltImage image;
    image.dockerfile = source->name();
    image.target = request.target;
    UserOfStage user(request, image);
    read_dockerfile(source, limits_, user);
    if (!user.found || user.failed) return std::nullopt;
    return image;
  }

  void name(const Image& written, const BuiltImage* image) {
    if (!written.valid()) return;
    out_.by_name_[pulled_name(written.ref)].push_back(
        {std::string(pulled_tag(written.ref)), image});
  }

  const Inputs& inputs_;
  InputReader reader_;
  ComposeFiles compose_;
  std::size_t bytes_ = 0;
  // By Dockerfile, stage, and whether arguments are given.
  std::map<std::tuple<std::string, std::string, bool>, std::optional<BuiltImage>> known_;
  std::unique_ptr<ProjectFiles> beside_;
  Limits limits_;
  BuiltImages& out_;
};

BuiltImages BuiltImages::gather(const Inputs& inputs, std::size_t max_file_size) {
  BuiltImages images;
  Gatherer gatherer(inputs, max_file_size, images);
  for (const Input& input : inputs.files) gatherer.gather(input);
  return images;
}

void BuiltImages::find_dockerfiles(const Inputs& inputs, std::size_t max_file_size,
                                   std::vector<ShippedImage>& shipped) {
  // What each of its stages does; `--target` may have chosen any.
  class Stages final : public IgnoringVisitor, public DocumentVisitor {
   public:
    void document(const Document& document) override { BuildAdapter().adapt(document, *this); }
    void error(Error) override {}  // whoever examines the file says so
    using IgnoringVisitor::visit;
    void visit(const Build& build) override {
      for (const Stage& stage : build.stages) {
        stages.emplace_back(stage.label, steps_of(build, stage));
      }
    }
    std::vector<std::pair<std::string, BuildSteps>> stages;
  };
  if (shipped.empty()) return;
  InputReader reader(inputs, max_file_size);
  Limits limits;
  limits.bytes = max_file_size;
  std::size_t bytes = 0;
  std::vector<std::size_t> count(shipped.size());
  for (const Input& input : inputs.files) {
    const bool readable = input.how == Input::How::found || input.how == Input::How::asked;
    if (!readable || surface_of(input, inputs) != Surface::dockerfile) continue;
    auto text = reader.read(input);
    if (!text) continue;
    bytes += text->size();
    if (bytes > kMostBytes) break;
    Stages dockerfile;
    read_dockerfile(std::make_shared<const Source>(input.path, *std::move(text)), limits,
                    dockerfile);
    for (std::size_t n = 0; n < shipped.size(); ++n) {
      const auto built = std::ranges::find_if(dockerfile.stages, [&](const auto& stage) {
        return was_built_by(shipped[n].steps, stage.second);
      });
      if (built == dockerfile.stages.end()) continue;
      const bool only = ++count[n] == 1;  // else they are copies of one Dockerfile
      shipped[n].image.dockerfile = only ? input.path : "";
      shipped[n].image.said_by = only ? "its history" : "";
    }
  }
}

void BuiltImages::add(const ShippedImage& shipped) {
  const auto keep = [&](BuiltImage image) { return &images_.emplace_back(std::move(image)); };
  const BuiltImage* unnamed = nullptr;
  for (const std::string& name : shipped.names) {
    const auto ref = parse_image(name);
    if (!ref) continue;
    std::vector<Named>& candidates = by_name_[pulled_name(*ref)];
    const std::string tag(pulled_tag(*ref));
    BuiltImage image = shipped.image;
    const BuiltImage* const built = only_one(candidates, tag);
    if (built != nullptr) {
      image.dockerfile = built->dockerfile;
      image.target = built->target;
      image.said_by = built->said_by;
    }
    const BuiltImage* const kept = keep(std::move(image));
    if (unnamed == nullptr) unnamed = kept;
    for (auto& [place, of_build] : by_build_) {
      if (built != nullptr && of_build == built) of_build = kept;
    }
    std::erase_if(candidates, [&](const Named& each) { return each.tag == tag && !each.shipped; });
    candidates.push_back({tag, kept, true});
  }
  if (unnamed == nullptr) unnamed = keep(shipped.image);
  for (const std::string& digest : {shipped.digest, shipped.id}) {
    if (!digest.empty()) by_digest_.emplace(digest, unnamed);
  }
}

// ---- Asking ------------------------------------------------------------------------------------

namespace {

bool same(const BuiltImage& a, const BuiltImage& b) noexcept {
  // Several inline Dockerfiles stand in one file.
  return a.dockerfile == b.dockerfile && a.target == b.target && a.archive == b.archive &&
         a.where.begin == b.where.begin;
}

}  // namespace

const BuiltImage* BuiltImages::only_one(const std::vector<Named>& candidates,
                                        std::optional<std::string_view> tag) {
  const BuiltImage* one = nullptr;
  for (const Named& candidate : candidates) {
    if (tag ? candidate.tag != *tag : candidate.shipped) continue;
    if (one != nullptr && !same(*one, *candidate.image)) return nullptr;
    one = candidate.image;
  }
  return one;
}

const BuiltImage* BuiltImages::find(const Workload& workload, const Container& container) const {
  if (container.build.at != kNoNode) {
    const Location at = workload.document->locate(container.build.at);
    const auto found = by_build_.find({at.source, at.begin.line, at.begin.column});
    return found == by_build_.end() ? nullptr : found->second;
  }
  if (!container.image.valid()) return nullptr;
  const ImageRef& ref = container.image.ref;
  if (const auto shipped = by_digest_.find(ref.digest); shipped != by_digest_.end()) {
    return shipped->second;
  }
  const auto found = by_name_.find(pulled_name(ref));
  if (found == by_name_.end()) return nullptr;
  const std::string_view tag = pulled_tag(ref);
  const bool tag_is_built = std::ranges::any_of(
      found->second, [&](const Named& candidate) { return candidate.tag == tag; });
  if (tag_is_built) return only_one(found->second, tag);
  const bool bare = ref.registry.empty() && ref.repository.find('/') == std::string_view::npos;
  return bare ? nullptr : only_one(found->second, std::nullopt);
}

void JoinedFacts::visit(const Workload& fact) {
  containers_.assign(fact.containers.begin(), fact.containers.end());
  for (Container& container : containers_) container.built = images_.find(fact, container);
  Workload joined = fact;
  joined.containers = containers_;
  ForwardingVisitor::visit(joined);
}

}  // namespace kaudit
