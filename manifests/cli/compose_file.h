// Compose files among the inputs: which they are, what belongs to them, and their facts.
//
// Thread-safety: one thread each; Inputs are shared and must outlive it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "manifests/cli/context.h"
#include "manifests/cli/discover.h"
#include "manifests/cli/input_reader.h"
#include "manifests/cli/project_files.h"
#include "manifests/compose.h"

namespace kaudit {

class ComposeFiles {
 public:
  ComposeFiles(const Inputs& inputs, std::size_t max_file_size)
      : inputs_(inputs), limit_(max_file_size), reader_(inputs, max_file_size), contexts_(inputs) {}

  // What a file is examined as: --as, its name, and for Compose files their content: a name counts
  // unless the content is something else, and the content alone where nothing else looks like that.
  // `source`: null when the file cannot be read.
  [[nodiscard]] Surface surface_of(const Input& input, const std::shared_ptr<const Source>& source,
                                   const Limits& limits) const;
  // Neither --as, -f nor its name says what the file is: only what stands in it can make it a
  // Compose file (ComposeGuess::certain, of its first document). Whoever reads it anyway asks
  // there.
  [[nodiscard]] bool only_content_tells(const Input& input) const;
  // `compose.yaml`, where `compose.override.yaml` was found beside it and is read along with it.
  [[nodiscard]] std::optional<std::string> read_with(const Input& input) const;
  // The input of that name; null: it is not examined by itself.
  [[nodiscard]] const Input* examined(const std::string& path) const;

  // With its override file, or with the other files of the project that was asked for. Services
  // that come from an included file which is examined itself are left to that one. Files are
  // followed below the directory that was asked for, or for a file that was asked for below its
  // own. `builds`: Dockerfiles of services are followed, as ServiceBuilds does it, and
  // `dockerfiles` names them.
  struct Outcome {
    std::size_t documents = 0;
    std::vector<Error> errors;
    std::vector<Error> notes;  // what was not followed
    std::set<std::string> dockerfiles;
  };
  [[nodiscard]] Outcome adapt(const Input& input, const std::shared_ptr<const Source>& source,
                              const Limits& limits, FactVisitor& visitor,
                              FactVisitor* builds = nullptr);

  // What may be read for a file: below the directory that was asked for, seen from its own.
  [[nodiscard]] std::unique_ptr<ProjectFiles> files_beside(const Input& input) const;

 private:
  [[nodiscard]] std::unique_ptr<DiskProjectFiles> files_on_disk(const Input& input) const;
  [[nodiscard]] std::vector<std::shared_ptr<const Source>> files_of(
      const Input& input, const std::shared_ptr<const Source>& source, ProjectFiles& beside);
  [[nodiscard]] bool in_project(const Input& input) const;

  const Inputs& inputs_;
  std::size_t limit_;
  InputReader reader_;
  ContextReader contexts_;
};

}  // namespace kaudit
