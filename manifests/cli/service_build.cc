#include "manifests/cli/service_build.h"

#include <memory>
#include <utility>

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

// Equal for services for which the same image is built.
std::string key_of(const BuildRequest& request) {
  std::string key(request.file);
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
  const auto directory = files_.directory_on_disk(std::string(request.directory));
  if (!directory) return nullptr;
  const bool named = request.dockerfile.written();
  return contexts_.read(*directory, std::string(named ? request.dockerfile.value : "Dockerfile"));
}

void ServiceBuilds::visit(const Workload& fact) {
  if (fact.containers.size() != 1 || fact.containers[0].build.file.empty()) return to_.visit(fact);
  const BuildRequest& request = fact.containers[0].build;
  const auto source = files_.read(std::string(request.file));
  if (!source) return to_.visit(fact);  // it may well not be in the repository
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
  followed_.insert((*source)->name());
  bool done = false;
  const auto built = [&](const Build& build) {
    done = true;
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
