// libyaml's complaints as sentences that a person can act on. Thread-safety: pure functions.
#pragma once

#include <yaml.h>

#include <string>
#include <string_view>

namespace kaudit::read {

inline constexpr std::string_view kDroppedText =
    "text after the end of the document, which Kubernetes ignores silently; start a new document "
    "with a line of ---";

// Where the sentence points: to where libyaml gave up, to where the construct began that it was in,
// or to the innermost collection that is open.
enum class ProblemPlace : unsigned char { problem, context, collection };

struct YamlProblem {
  std::string message;
  ProblemPlace place = ProblemPlace::problem;
};

// `before` is the text of the line up to where libyaml gave up; `next` the character there, NUL at
// the end of the document.
[[nodiscard]] YamlProblem describe_problem(const yaml_parser_t& parser, std::string_view before,
                                           char next);

}  // namespace kaudit::read
