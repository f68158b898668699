#include "manifests/cli/service_build.h"

#include <memory>
#include <utility>

#include "core/report/report.h"
#include "core/shown.h"
#include "manifests/adapt/compose_project.h"
#include "manifests/cli/inline_dockerfile.h"
#include "manifests/load.h"
#include "manifests/read/dockerfile.h"

namespace kaudit {
namespace {

// Of all Dockerfiles that a project names, one that several services name counted each time.
constexpr std::size_t kMostBytes = std::size_t{4} << 20;

// Hands the Build of a Dockerfile on.
template <class Then>
class OnBuild final : public IgnoringVisitor {
 public:
  explicit OnBuild(Then then) : then_(std::move(then)) {}
  using IgnoringVisitor::visit;
  void visit(const Build& fact) override { then_(fact); }

 private:
  Then then_;
};

template <class Then>
class OnDocument final : public DocumentVisitor {
 public:
  OnDocument(Then then, std::vector<Error>& errors) : then_(std::move(then)), errors_(errors) {}
  void document(const Document& document) override { then_(document); }
  void error(Error error) override { errors_.push_back(std::move(error)); }

 private:
  Then then_;
  std::vector<Error>& errors_;
};

// Why what lies there is not followed; empty: it may be. The path itself is not said: it may hold a
// password.
std::string_view reason_against(const Text& path) {
  if (path.state == Text::State::unresolved) return "its variable has no value here";
  if (compose::is_remote(path.value)) return "it is not a file of the project";
  if (compose::is_absolute(path.value)) return "the path is absolute";
  return {};
}

// Equal for services for which the same image is built.
std::string key_of(const BuildRequest& request) {
  std::string key(request.file.empty() ? std::to_string(request.at) : request.file);
  const auto add = [&](std::string_view text) {
    key += '\0';
    key += text;
  };
  add(request.directory);
  add(request.target.value);
  for (const EnvVar& arg : request.args) {
    add(arg.name.value);
    add(arg.value.written() ? arg.value.value : std::string_view("\x01"));
  }
  return key;
}

}  // namespace

void ServiceBuilds::show(const Workload& service, const Build& made) {
  std::vector<Container> containers(service.containers.begin(), service.containers.end());
  for (Container& container : containers) container.build.made = &made;
  Workload shown = service;
  shown.containers = containers;
  to_.visit(shown);
}

const BuildContext* ServiceBuilds::context_of(const BuildRequest& request) {
  if (!reason_against(request.context).empty()) return nullptr;
  const auto directory = files_.directory_on_disk(std::string(request.directory));
  if (!directory) return nullptr;
  const bool named = request.dockerfile.written();
  return contexts_.read(*directory, std::string(named ? request.dockerfile.value : "Dockerfile"));
}

Result<std::shared_ptr<const Source>> ServiceBuilds::dockerfile_of(const Document& document,
                                                                   const BuildRequest& request) {
  const Value text = document.at(request.at)["dockerfile_inline"];
  if (text.set()) return inline_dockerfile(document, text.id());
  for (const auto& [name, path] : {std::pair("build.context: ", &request.context),
                                   std::pair("build.dockerfile: ", &request.dockerfile)}) {
    const std::string_view reason = reason_against(*path);
    if (!reason.empty()) {
      return Error{ErrorCode::unsupported, name + std::string(reason), {}};
    }
  }
  auto source = files_.read(std::string(request.file));
  if (!source && source.error().code == ErrorCode::not_found) {
    return Error{ErrorCode::not_found, "the file does not exist", {}};
  }
  return source;
}

void ServiceBuilds::check_target(const Workload& service, const Build& made) {
  const Text& target = service.containers[0].build.target;
  if (!target.written() || target.value.empty() ||
      made.find_stage(target.value, made.stages.size()) != nullptr) {
    return;
  }
  errors_.push_back({ErrorCode::malformed,
                     "build.target of service " + quoted(service.name) +
                         " names no stage of its Dockerfile: Docker refuses this",
                     service.document->locate(target.at)});
}

void ServiceBuilds::visit(const Workload& fact) {
  if (fact.containers.size() != 1 || fact.containers[0].build.at == kNoNode) {
    return to_.visit(fact);
  }
  const BuildRequest& request = fact.containers[0].build;
  const auto source = dockerfile_of(*fact.document, request);
  if (!source) {
    if (notes_.size() < kMostNotes) {
      notes_.push_back({source.error().code,
                        "the Dockerfile of service " + quoted(fact.name) +
                            " was not examined for it: " + source.error().message,
                        fact.document->locate(request.at)});
    }
    return to_.visit(fact);
  }
  const std::size_t size = 1 + (*source)->text().size();
  if (bytes_ + size > kMostBytes) {
    if (!std::exchange(gave_up_, true)) {
      errors_.push_back({ErrorCode::too_large,
                         "the Dockerfiles of its services are too large together: not all were "
                         "examined for them",
                         fact.document->locate(request.at)});
    }
    return to_.visit(fact);
  }
  bytes_ += size;
  const bool is_file = !fact.document->at(request.at)["dockerfile_inline"].set();
  if (is_file) followed_.insert((*source)->name());
  bool done = false;
  const auto built = [&](const Build& build) {
    done = true;
    check_target(fact, build);
    show(fact, build);
    if (!shown_.insert(key_of(request)).second) return;
    Build of_service = build;
    of_service.kind = fact.kind;
    of_service.name = fact.name;
    builds_.visit(of_service);
  };
  OnBuild to_build(built);
  const auto adapt = [&](const Document& document) {
    if (!document.root().set()) return;
    adapter_.adapt(
        document, to_build, context_of(request),
        {.args = request.args, .target = request.target.written() ? request.target.value : ""});
  };
  OnDocument to_document(adapt, errors_);
  read_dockerfile(*source, limits_, to_document);
  if (!done) to_.visit(fact);
}

}  // namespace kaudit
