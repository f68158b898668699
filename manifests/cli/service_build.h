// The Dockerfiles that Compose services are built from: read beside the project, resolved with the
// args of the service up to its target, and shown to whoever judges the service.
//
// Nothing outside the directory that is examined is read, through no link (project_files.h). What
// is not followed is noted: a context that lies elsewhere (a URL, an absolute path), a Dockerfile
// that is not there, an inline one whose places cannot be told. Bounded: so many builds and bytes a
// project. Thread-safety: one thread.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "core/build.h"
#include "core/fact_visitors.h"
#include "manifests/adapt/build.h"
#include "manifests/cli/context.h"
#include "manifests/cli/project_files.h"

namespace kaudit {

class ServiceBuilds final : public ForwardingVisitor {
 public:
  // `to` is shown all facts, a service with its BuildRequest::made filled in. `builds` is shown the
  // Dockerfiles, as objects of their service.
  ServiceBuilds(FactVisitor& to, FactVisitor& builds, DiskProjectFiles& files,
                ContextReader& contexts, const Limits& limits)
      : ForwardingVisitor(to),
        to_(to),
        builds_(builds),
        files_(files),
        contexts_(contexts),
        limits_(limits) {}

  using ForwardingVisitor::visit;
  void visit(const Workload& fact) override;

  // What of the Dockerfiles could not be read.
  [[nodiscard]] std::vector<Error>& errors() noexcept { return errors_; }
  // What was not followed, and why.
  [[nodiscard]] std::vector<Error>& notes() noexcept { return notes_; }
  // The files that were, by the names that reports use.
  [[nodiscard]] const std::set<std::string>& followed() const noexcept { return followed_; }

 private:
  void show(const Workload& service, const Build& made);
  // Errors: the message is the reason alone.
  [[nodiscard]] Result<std::shared_ptr<const Source>> dockerfile_of(const Document& document,
                                                                    const BuildRequest& request);
  void check_target(const Workload& service, const Build& made);
  [[nodiscard]] const BuildContext* context_of(const BuildRequest& request);

  FactVisitor& to_;
  FactVisitor& builds_;
  DiskProjectFiles& files_;
  ContextReader& contexts_;
  const Limits& limits_;
  BuildAdapter adapter_;
  std::size_t bytes_ = 0;
  bool gave_up_ = false;
  std::set<std::string> shown_;  // file, target and args of what `builds_` has seen
  std::set<std::string> followed_;
  std::vector<Error> errors_, notes_;
};

}  // namespace kaudit
