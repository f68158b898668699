// Documents and errors as text that tests compare.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "manifests/load.h"

namespace kaudit::testing {

using Reader =
    std::function<void(const std::shared_ptr<const Source>&, const Limits&, DocumentVisitor&)>;

struct ReadText {
  std::vector<std::string> documents;
  std::vector<std::string> errors;  // "file:line:column: message"
};

// Compact JSON; what a later duplicate overrides is left out.
[[nodiscard]] std::string to_json(Value value);
// One line per value: `/spec/name key 2:3-2:7 2:9-2:14 "bob"`, the key's place before the value's;
// "shadowed" where a later member of the same name counts. Then the pairs of duplicate keys.
[[nodiscard]] std::string to_places(const Document& document);

// Reads with `dump` applied to each document.
[[nodiscard]] ReadText read_with(const Reader& reader, std::string text,
                                 const std::function<std::string(const Document&)>& dump,
                                 const Limits& limits = {}, std::string name = "test");

}  // namespace kaudit::testing
