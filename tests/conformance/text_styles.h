// One object written as text in many ways that all mean the same, for tests that expect the same of
// each. Thread-safety: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace kaudit::testing {

using Json = nlohmann::ordered_json;

struct JsonStyle {
  enum class Escapes { few, all, some, solidus } escapes = Escapes::few;
  enum class Order { written, reversed, sorted, mixed } order = Order::written;
  enum class Numbers { plain, fraction, exponent } numbers = Numbers::plain;
  std::string blank{};  // between any two tokens
  bool twice = false;   // each member is written again with the same value
};
[[nodiscard]] std::string to_json_text(const Json& value, const JsonStyle& style);

struct YamlStyle {
  enum class Quotes { plain, single, doubled, escaped, block } quotes = Quotes::plain;
  enum class Numbers { plain, hex, octal, fraction } numbers = Numbers::plain;
  std::string yes = "true", no = "false", null = "null";
  int indent = 2;
  bool flow_leaves = false;    // collections of scalars in brackets
  bool tags = false;           // !!str, !!int, …
  bool comments = false;       // after each line
  bool explicit_keys = false;  // `? key`
  bool merge = false;          // members of each mapping through a merge key
  bool aliases = false;        // what repeats is an alias of its first occurrence
};
[[nodiscard]] std::string to_yaml_text(const Json& value, const YamlStyle& style);

}  // namespace kaudit::testing
