// libyaml's complaints as sentences that a person can act on.
#pragma once

#include <yaml.h>

#include <string>

namespace kaudit::read {

struct YamlProblem {
  std::string message;
  bool at_context = false;  // the place is where the construct began, not where it was given up
};

// `next` is the character at the problem's place, NUL at the end of the text.
[[nodiscard]] YamlProblem describe_problem(const yaml_parser_t& parser, char next);

}  // namespace kaudit::read
