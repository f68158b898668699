#include "manifests/read/yaml_error.h"

#include <array>
#include <string_view>

namespace kaudit::read {
namespace {

struct Row {
  std::string_view context;  // empty: any
  std::string_view problem;
  std::string_view message;
  bool at_context = false;
};

constexpr std::string_view kDroppedText =
    "text after the end of the document, which Kubernetes ignores silently; start a new document "
    "with a line of ---";

constexpr std::array kRows = {
    Row{"", "did not find expected <document start>", kDroppedText},
    Row{"while parsing a block mapping", "did not find expected key",
        "expected a key as in 'key: value'; this line is indented unlike its neighbours, or the "
        "value before it goes on after its closing quote or bracket"},
    Row{"while parsing a block collection", "did not find expected '-' indicator",
        "expected an item that begins with '- ', or another indentation"},
    Row{"", "mapping values are not allowed in this context",
        "a mapping cannot begin here: check the indentation, or quote the value if it contains "
        "': '"},
    Row{"while scanning a simple key", "could not find expected ':'",
        "expected ':' after this key; or a value over several lines is indented too little", true},
    Row{"while scanning a quoted scalar", "found unexpected end of stream",
        "the quoted text that begins here has no closing quote", true},
    Row{"while scanning a quoted scalar", "found unexpected document indicator",
        "the quoted text that begins here has no closing quote in its document", true},
    Row{"while scanning a double-quoted scalar", "found unknown escape character",
        "an escape that YAML does not know; write \\\\ for a backslash, or use single quotes"},
    Row{"while parsing a flow sequence", "did not find expected ',' or ']'",
        "the list that begins here is not closed, or a comma is missing in it", true},
    Row{"while parsing a flow mapping", "did not find expected ',' or '}'",
        "the mapping that begins here is not closed, or a comma is missing in it", true},
    Row{"while scanning a plain scalar", "found a tab character that violates indentation",
        "a tab cannot indent YAML; use spaces"},
    Row{"while scanning a block scalar",
        "found a tab character where an indentation space is expected",
        "a tab cannot indent YAML; use spaces"},
};

}  // namespace

YamlProblem describe_problem(const yaml_parser_t& parser, char next) {
  const std::string_view problem = parser.problem != nullptr ? parser.problem : "";
  const std::string_view context = parser.context != nullptr ? parser.context : "";
  if (problem == "found character that cannot start any token") {
    if (next == '\t') return {"a tab cannot indent YAML; use spaces"};
    return {std::string("a value cannot begin with '") + next + "' unless it is quoted"};
  }
  for (const Row& row : kRows) {
    if (row.problem == problem && (row.context.empty() || row.context == context)) {
      return {std::string(row.message), row.at_context};
    }
  }
  std::string message = "not valid YAML: ";
  message += problem.empty() ? "the parser gave no reason" : problem;
  if (!context.empty()) message.append(" ").append(context);
  return {std::move(message)};
}

}  // namespace kaudit::read
