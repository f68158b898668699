// Compose files among the inputs: which they are, what belongs to them, and their facts.
//
// Thread-safety: one thread each; Inputs are shared and must outlive it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "manifests/cli/discover.h"
#include "manifests/compose.h"

namespace kaudit {

class ComposeFiles {
 public:
  ComposeFiles(const Inputs& inputs, std::size_t max_file_size)
      : inputs_(inputs), limit_(max_file_size) {}

  // What a file is examined as: --as, its name, and for Compose files their content: a name counts
  // unless the content is something else, and the content alone where nothing else looks like that.
  // `source`: null when the file cannot be read.
  [[nodiscard]] Surface surface_of(const Input& input, const std::shared_ptr<const Source>& source,
                                   const Limits& limits) const;
  // `compose.yaml`, where `compose.override.yaml` was found beside it and is read along with it.
  [[nodiscard]] std::optional<std::string> read_with(const Input& input) const;

  // With its override file. Services that come from an included file which is examined itself are
  // left to that one. Files are followed below the directory that was asked for, or for a file that
  // was asked for below its own.
  [[nodiscard]] ComposeAdapter::Outcome adapt(const Input& input,
                                              const std::shared_ptr<const Source>& source,
                                              const Limits& limits, FactVisitor& visitor);

  // What may be read for a file: below the directory that was asked for, seen from its own.
  [[nodiscard]] std::unique_ptr<ProjectFiles> files_beside(const Input& input) const;

 private:
  [[nodiscard]] bool is_examined(const std::string& path) const;

  const Inputs& inputs_;
  std::size_t limit_;
};

}  // namespace kaudit
