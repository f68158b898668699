// An entry of an image's history, taken apart: what a builder wrote into `created_by`.
//
// Known are the ways of BuildKit (`COPY . /app # buildkit`, `RUN |1 A=b /bin/sh -c …`), of Docker's
// old builder and Buildah (`/bin/sh -c #(nop)  ENV A=b`), and of Kaniko, which writes the line of
// the Dockerfile. They print lists as Go does, without commas, and values without quotes: where a
// blank may be a part of the value or the end of it, the names in the image's configuration decide.
//
// Ownership: views into the text and the names. Thread-safety: pure functions. Time: linear.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace kaudit::read {

struct HistoryWord {
  std::string_view at;  // where it stands in the entry
  std::string text;     // without quotes
};

struct HistoryPair {
  HistoryWord name, value;
  bool has_value = false;  // false: an ARG without value
};

struct HistoryInstruction {
  std::string_view op;  // as in a Dockerfile; empty: no instruction of Docker's
  std::string_view at;  // all of it
  bool exec = false;    // `words` are those of a command, not pieces of a script
  bool none = false;    // HEALTHCHECK NONE
  std::vector<HistoryWord> words;
  std::vector<HistoryPair> pairs;
};

// Names that a value cannot contain ` NAME=` of by chance; empty: they are not known.
using KnownNames = std::unordered_set<std::string_view>;

struct HistoryNames {
  KnownNames env;     // of the configuration's Env
  KnownNames labels;  // of its Labels
};

// One instruction; before a RUN with build arguments an ARG that holds them. `created_by` must live
// as long as the result.
[[nodiscard]] std::vector<HistoryInstruction> parse_history(std::string_view created_by,
                                                            const HistoryNames& names);

}  // namespace kaudit::read
