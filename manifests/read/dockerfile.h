// Dockerfiles, as BuildKit's parser takes them apart (moby/buildkit, frontend/dockerfile/parser).
//
// The Document is an object with one member for each stage, by its name (`stage-1` where it has
// none), which holds the stage's instructions in their order: `FROM`, `RUN-1`, `RUN-2`, `COPY-1` …
// What stands before the first FROM is in `global`, parser directives are in `directives`. So a
// finding's path stays the same when lines move. An instruction is an object:
//   op        its name in capitals; begins where the keyword stands
//   flags     [{name, value}], value null where none is written (`--link`)
//   exec      true for the JSON form (RUN, CMD, ENTRYPOINT, SHELL, HEALTHCHECK, COPY, ADD, VOLUME)
//   words     strings: sources and destination, ports, a USER; of a command in the JSON form its
//             words, in the shell form the pieces that blanks outside of quotes divide, quotes and
//             all: joined by blanks they are the script
//   pairs     [{name, value}] of ENV, LABEL, ARG as written; value null: an ARG without default
//   type      NONE or CMD, of HEALTHCHECK
//   heredocs  [{name, expand, lines}]; `<<-` is applied: lines have lost their leading tabs
//   trigger   the instruction that ONBUILD keeps
// No two strings overlap in the text, so that each can be redacted by its place.
//
// Errors: as manifests/load.h. An instruction that BuildKit refuses is an error of its place; the
// rest of the file is read, and of a refused instruction as much as was understood.
#pragma once

#include <memory>

#include "manifests/load.h"

namespace kaudit {

void read_dockerfile(const std::shared_ptr<const Source>& source, const Limits& limits,
                     DocumentVisitor& visitor);

}  // namespace kaudit
