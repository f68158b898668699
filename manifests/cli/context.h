// The build context of a Dockerfile on disk: which directory it is, its .dockerignore, and the
// files in it whose names say that they hold secrets. Nothing but the .dockerignore is opened.
//
// Bounded: so many entries and levels; links are not followed; only regular files and directories
// count. Thread-safety: one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/build.h"
#include "manifests/cli/discover.h"
#include "manifests/read/context_list.h"

namespace kaudit {

class ContextReader {
 public:
  explicit ContextReader(const Inputs& inputs) : inputs_(inputs) {}

  // The context is the directory of the Dockerfile, or the nearest one above it (not above what was
  // asked for) that holds all that is copied. Null where it is not known: standard input, or a
  // Dockerfile that copies nothing. Valid until the reader ends.
  [[nodiscard]] const BuildContext* read(const Input& input, const Document& document);
  // The context that is known to be the directory `root`. `dockerfile`: its path seen from there.
  [[nodiscard]] const BuildContext* read(const std::string& root, const std::string& dockerfile);

 private:
  struct Entry {
    ContextList list;
    BuildContext facts;
  };
  std::unique_ptr<Entry> walk(const std::string& root, const std::string& dockerfile) const;

  const Inputs& inputs_;
  // By directory and .dockerignore: many Dockerfiles may have one context.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Entry>> known_;
};

}  // namespace kaudit
