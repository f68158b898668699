#include "manifests/read/yaml_error.h"

#include <array>

namespace kaudit::read {
namespace {

struct Row {
  std::string_view context;  // how it begins; empty: any
  std::string_view problem;  // how it begins; empty: any
  std::string_view message;
  ProblemPlace place = ProblemPlace::problem;
};

// libyaml 0.2.5: scanner.c, parser.c. The first row that fits counts.
constexpr std::array kRows = {
    Row{"", "did not find expected <document start>", kDroppedText},
    Row{"while parsing a block collection", "did not find expected '-' indicator",
        "expected '- ' as on the lines above, or another indentation"},
    Row{"", "block sequence entries are not allowed in this context",
        "a list cannot begin on this line; begin it on a line of its own"},
    Row{"while scanning a simple key", "could not find expected ':'",
        "this line has no ': ' and so is no key; a value that goes on from the line above must be "
        "indented more",
        ProblemPlace::context},
    Row{"while scanning a quoted scalar", "found unexpected end of stream",
        "the quoted text that begins here has no closing quote", ProblemPlace::context},
    Row{"while scanning a quoted scalar", "found unexpected document indicator",
        "the quoted text that begins here has no closing quote in its document",
        ProblemPlace::context},
    Row{"while parsing a quoted scalar", "found unknown escape character",
        "an escape that YAML does not know; write \\\\ for a backslash, or use single quotes"},
    Row{"while parsing a quoted scalar", "did not find expected hexdecimal number",
        "the escape lacks hexadecimal digits"},
    Row{"while parsing a quoted scalar", "found invalid Unicode character escape code",
        "the escape names no character; write one beyond U+FFFF as in \\U0001F600"},
    Row{"while parsing a flow sequence", "did not find expected ',' or ']'",
        "the list that begins here is not closed, or a comma is missing in it",
        ProblemPlace::context},
    Row{"while parsing a flow mapping", "did not find expected ',' or '}'",
        "the mapping that begins here is not closed, or a comma is missing in it",
        ProblemPlace::context},
    Row{"while scanning a plain scalar", "found unexpected ':'",
        "a ':' directly before a bracket or comma, which YAML readers take differently; write a "
        "blank after it"},
    Row{"while scanning an alias", "",
        "'*' begins an alias, and no name of an anchor follows; quote the value if it is text",
        ProblemPlace::context},
    Row{"while scanning an anchor", "",
        "'&' begins an anchor, and no name follows; quote the value if it is text",
        ProblemPlace::context},
    Row{"while parsing a node", "found undefined tag handle",
        "'!' begins a tag, and its handle is unknown; quote the value if it is text"},
    Row{"while scanning a tag", "",
        "'!' begins a tag that is not well formed; quote the value if "
        "it is text",
        ProblemPlace::context},
    Row{"while parsing a tag", "",
        "'!' begins a tag that is not well formed; quote the value if "
        "it is text",
        ProblemPlace::context},
    Row{"while scanning a block scalar", "did not find expected comment or line break",
        "the text of '|' and '>' begins on the next line"},
    Row{"while scanning a block scalar", "found an indentation indicator equal to 0",
        "the indentation after '|' or '>' must be 1 to 9"},
    Row{"", "found a tab character", "a tab cannot indent YAML; use spaces"},
    Row{"while scanning a directive", "found unknown directive name",
        "a line that begins with '%' is a directive, and only %YAML and %TAG are known"},
};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

std::string cannot_begin(char c) {
  return std::string("a value cannot begin with '") + c + "' unless it is quoted";
}

// Something stands where only a key could.
std::string_view no_key(std::string_view before, char next) {
  if (next == ':') return "a key is missing before this ':'";
  if (is_blank(before)) return "this line is indented like no line above it";
  return "the value ended before this; quote it as a whole if this belongs to it";
}

// A mapping would begin inside a value.
std::string_view no_mapping(std::string_view before) {
  if (before.find(": ") == std::string_view::npos) {
    return "this line is indented as if it went on with the value above";
  }
  return "a second ': ' on one line; quote the value if it is text";
}

}  // namespace

YamlProblem describe_problem(const yaml_parser_t& parser, std::string_view before, char next) {
  const std::string_view problem = parser.problem != nullptr ? parser.problem : "";
  const std::string_view context = parser.context != nullptr ? parser.context : "";
  if (problem == "found character that cannot start any token") {
    if (next == '\t') return {"a tab cannot indent YAML; use spaces"};
    return {cannot_begin(next)};
  }
  if (problem == "did not find expected node content") {
    if (next == '\0')
      return {"the list or mapping that begins here is not closed", ProblemPlace::collection};
    return {cannot_begin(next)};
  }
  if (context == "while parsing a block mapping" && problem == "did not find expected key") {
    return {std::string(no_key(before, next))};
  }
  if (problem == "mapping values are not allowed in this context") {
    return {std::string(no_mapping(before))};
  }
  for (const Row& row : kRows) {
    if (problem.starts_with(row.problem) && context.starts_with(row.context)) {
      return {std::string(row.message), row.place};
    }
  }
  std::string message = "not valid YAML: ";
  message += problem.empty() ? "the parser gave no reason" : problem;
  if (!context.empty()) message.append(" ").append(context);
  return {std::move(message)};
}

}  // namespace kaudit::read
