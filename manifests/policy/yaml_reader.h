// What every part of the policy file is read with: values of a shape, or an error with its place.
// Private to manifests/policy.
//
// Errors: Bad is thrown up to parse_config(), and no further. Thread-safety: one thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/document.h"
#include "core/result.h"

namespace kaudit {

class YamlReader {
 public:
  struct Bad {
    Error error;
  };

  // `source`: what is read, for the places of errors; it must outlive the reader.
  explicit YamlReader(const Source& source) : source_(source) {}

  [[nodiscard]] Location location(const YAML::Mark& mark) const;
  [[nodiscard]] Error at(const YAML::Mark& mark, std::string message) const;
  [[noreturn]] void fail(const YAML::Node& node, std::string message) const;
  // Points at the key of the member that is read.
  [[noreturn]] void fail_at_key(std::string message) const { fail(key_, std::move(message)); }

  // Calls `each` for every member; refuses repeated names and, unless `allowed` is empty, unknown
  // ones.
  template <class Each>
  void members(const YAML::Node& node, const std::string& what,
               const std::vector<std::string_view>& allowed, const Each& each) {
    if (!node.IsMap()) fail(node, what + " must be a mapping");
    std::vector<std::string> seen;
    for (const auto& member : node) {
      const std::string& key = key_of(member.first, allowed, seen);
      key_.reset(member.first);  // assignment would write into the node
      each(key, member.second);
    }
  }

  template <class Each>
  void items(const std::string& key, const YAML::Node& value, const Each& each) {
    if (!value.IsSequence()) fail(value.IsNull() ? key_ : value, key + " must be a list");
    for (const auto& item : value) each(item);
  }

  const std::string& scalar(const std::string& key, const YAML::Node& value);
  // As scalar(), and with something in it that is not blank.
  const std::string& sentence(const std::string& key, const YAML::Node& value);
  bool boolean(const std::string& key, const YAML::Node& value);
  // A list with at least one word in it, none of them empty.
  std::vector<std::string> words(const std::string& key, const YAML::Node& value);

  template <class T>
  T checked(const std::string& key, const YAML::Node& value, Result<T> result) {
    if (!result) fail(value, key + ": " + result.error().message);
    return *std::move(result);
  }

 private:
  const std::string& key_of(const YAML::Node& key, const std::vector<std::string_view>& allowed,
                            std::vector<std::string>& seen);

  const Source& source_;
  YAML::Node key_;  // of the member that is read
};

}  // namespace kaudit
