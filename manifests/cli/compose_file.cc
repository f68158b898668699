#include "manifests/cli/compose_file.h"

#include <algorithm>
#include <vector>

#include "core/base_name.h"
#include "core/fact_visitors.h"
#include "manifests/cli/service_build.h"
#include "manifests/cli/surface.h"
#include "manifests/load.h"

namespace kaudit {
namespace {

// What is read from a pipe lies nowhere.
class NoFiles final : public ProjectFiles {
 public:
  Result<std::shared_ptr<const Source>> read(const std::string&) override {
    return Error{ErrorCode::io, "the Compose file came from standard input", {}};
  }
  std::optional<bool> ignored_by_git(const std::string&) override { return std::nullopt; }
};

// The first document decides.
class Guess final : public DocumentVisitor {
 public:
  void document(const Document& document) override {
    if (!guess) guess = guess_compose(document);
  }
  void error(Error) override {}  // whoever examines the file meets it again
  std::optional<ComposeGuess> guess;
};

// Passes on what does not come from a file that is examined by itself.
template <class IsForeign>
class OwnParts final : public ForwardingVisitor {
 public:
  OwnParts(FactVisitor& to, const IsForeign& is_foreign)
      : ForwardingVisitor(to), is_foreign_(is_foreign) {}
  using ForwardingVisitor::visit;
  void visit(const Workload& fact) override { pass(fact); }
  void visit(const Config& fact) override { pass(fact); }

 private:
  template <class Fact>
  void pass(const Fact& fact) {
    if (!is_foreign_(fact.document->source_of(fact.at).name())) ForwardingVisitor::visit(fact);
  }

  const IsForeign& is_foreign_;
};

}  // namespace

bool ComposeFiles::only_content_tells(const Input& input) const {
  const bool asked_for = input.how != Input::How::found && inputs_.as.has_value();
  return !in_project(input) && !asked_for &&
         kaudit::surface_of(input, inputs_) == Surface::kubernetes &&
         !is_compose_name(base_name(input.path));
}

Surface ComposeFiles::surface_of(const Input& input, const std::shared_ptr<const Source>& source,
                                 const Limits& limits) const {
  if (in_project(input)) return Surface::compose;
  const Surface by_name = kaudit::surface_of(input, inputs_);
  const bool asked_for = input.how != Input::How::found && inputs_.as.has_value();
  if (asked_for || by_name != Surface::kubernetes || !source) return by_name;
  const bool named = !only_content_tells(input);
  // What has no such word is certainly none; most manifests end here.
  if (!named && source->text().find("services") == std::string::npos) return by_name;
  Guess guess;
  read_yaml(source, limits, guess);
  const bool compose = !guess.guess ? named  // broken, or empty: the name is all there is
                       : named      ? guess.guess->form != ComposeForm::none
                                    : guess.guess->certain;
  return compose ? Surface::compose : by_name;
}

std::unique_ptr<DiskProjectFiles> ComposeFiles::files_on_disk(const Input& input) const {
  if (input.how == Input::How::found) {
    const std::string below = input.path.substr(input.below);
    const std::size_t slash = below.rfind('/');
    return std::make_unique<DiskProjectFiles>(
        inputs_.roots[input.root], slash == std::string::npos ? "" : below.substr(0, slash),
        input.path.substr(0, input.below), limit_);
  }
  if (input.how != Input::How::asked) return nullptr;
  const std::size_t slash = input.path.rfind('/');
  if (slash == std::string::npos) return std::make_unique<DiskProjectFiles>(".", "", "", limit_);
  return std::make_unique<DiskProjectFiles>(input.path.substr(0, std::max<std::size_t>(slash, 1)),
                                            "", input.path.substr(0, slash + 1), limit_);
}

std::unique_ptr<ProjectFiles> ComposeFiles::files_beside(const Input& input) const {
  if (auto on_disk = files_on_disk(input)) return on_disk;
  return std::make_unique<NoFiles>();
}

const Input* ComposeFiles::examined(const std::string& path) const {
  const auto at = std::lower_bound(inputs_.files.begin(), inputs_.files.end(), path,
                                   [](const Input& a, const std::string& b) { return a.path < b; });
  return at != inputs_.files.end() && at->path == path ? &*at : nullptr;
}

bool ComposeFiles::in_project(const Input& input) const {
  return input.how == Input::How::asked && std::find(inputs_.project.begin(), inputs_.project.end(),
                                                     input.path) != inputs_.project.end();
}

std::optional<std::string> ComposeFiles::read_with(const Input& input) const {
  if (in_project(input) && input.path != inputs_.project.front()) return inputs_.project.front();
  if (input.how != Input::How::found) return std::nullopt;
  const std::string_view name = base_name(input.path);
  const std::string directory = input.path.substr(0, input.path.size() - name.size());
  for (const std::string& base : base_names(name)) {
    if (examined(directory + base) != nullptr) return directory + base;
  }
  return std::nullopt;
}

// One of a project that cannot be read is an error of its own input.
std::vector<std::shared_ptr<const Source>> ComposeFiles::files_of(
    const Input& input, const std::shared_ptr<const Source>& source, ProjectFiles& beside) {
  std::vector files{source};
  if (in_project(input)) {
    for (const std::string& name : inputs_.project) {
      const Input* other = examined(name);
      if (name == input.path || other == nullptr) continue;
      if (auto text = reader_.read(*other)) {
        files.push_back(std::make_shared<const Source>(name, *std::move(text)));
      }
    }
    return files;
  }
  for (const std::string& name : override_names(base_name(input.path))) {
    if (auto found = beside.read(name)) {
      files.push_back(*std::move(found));
      break;  // Compose takes the first
    }
  }
  return files;
}

ComposeFiles::Outcome ComposeFiles::adapt(const Input& input,
                                          const std::shared_ptr<const Source>& source,
                                          const Limits& limits, FactVisitor& visitor,
                                          FactVisitor* builds) {
  const std::unique_ptr<DiskProjectFiles> on_disk = files_on_disk(input);
  NoFiles none;
  ProjectFiles& beside = on_disk == nullptr ? static_cast<ProjectFiles&>(none) : *on_disk;
  const std::vector<std::shared_ptr<const Source>> files = files_of(input, source, beside);
  const auto is_foreign = [&](const std::string& name) {
    return examined(name) != nullptr &&
           std::none_of(files.begin(), files.end(),
                        [&](const auto& file) { return file->name() == name; });
  };
  if (on_disk == nullptr || builds == nullptr) {
    OwnParts parts(visitor, is_foreign);
    ComposeAdapter::Outcome outcome = ComposeAdapter().adapt(files, &beside, limits, parts);
    return {outcome.documents, std::move(outcome.errors), {}, {}};
  }
  ServiceBuilds follow(visitor, *builds, *on_disk, contexts_, limits);
  OwnParts parts(follow, is_foreign);
  ComposeAdapter::Outcome read = ComposeAdapter().adapt(files, &beside, limits, parts);
  Outcome outcome{read.documents, std::move(read.errors), std::move(follow.notes()),
                  follow.followed()};
  for (Error& error : follow.errors()) {
    // Of a Dockerfile that is examined by itself its own report speaks.
    if (examined(error.where.source) == nullptr || error.where.source == input.path) {
      outcome.errors.push_back(std::move(error));
    }
  }
  return outcome;
}

}  // namespace kaudit
