#include "manifests/policy/yaml_reader.h"

#include <algorithm>

#include "manifests/policy/policy.h"

namespace kaudit {

Location YamlReader::location(const YAML::Mark& mark) const {
  Location where;
  where.source = source_.name();
  if (mark.is_null()) return where;
  // yaml-cpp counts bytes.
  const auto line = static_cast<std::uint32_t>(mark.line + 1);
  const std::string_view whole = source_.line(line);
  if (whole.data() == nullptr) return where;
  const auto begin = static_cast<std::size_t>(whole.data() - source_.text().data());
  where.begin = source_.mark(begin + static_cast<std::size_t>(mark.column));
  return where;
}

Error YamlReader::at(const YAML::Mark& mark, std::string message) const {
  return {ErrorCode::config, std::move(message), location(mark)};
}

void YamlReader::fail(const YAML::Node& node, std::string message) const {
  throw Bad{at(node.Mark(), std::move(message))};
}

const std::string& YamlReader::key_of(const YAML::Node& key,
                                      const std::vector<std::string_view>& allowed,
                                      std::vector<std::string>& seen) {
  if (!key.IsScalar()) fail(key, "a key must be a word");
  const std::string& name = key.Scalar();
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
    fail(key, "unknown key " + in_quotes(name) + did_you_mean(name, allowed));
  }
  if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
    fail(key, "key " + in_quotes(name) + " is written twice");
  }
  seen.push_back(name);
  return name;
}

const std::string& YamlReader::scalar(const std::string& key, const YAML::Node& value) {
  // yaml-cpp puts an omitted value where the next token is.
  if (value.IsNull()) fail(key_, key + " has no value");
  if (!value.IsScalar()) fail(value, key + " must be one word");
  return value.Scalar();
}

const std::string& YamlReader::sentence(const std::string& key, const YAML::Node& value) {
  const std::string& text = scalar(key, value);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    fail(value, key + " must not be empty");
  }
  return text;
}

bool YamlReader::boolean(const std::string& key, const YAML::Node& value) {
  const std::string& text = scalar(key, value);
  if (text != "true" && text != "false") fail(value, key + " must be true or false");
  return text == "true";
}

std::vector<std::string> YamlReader::words(const std::string& key, const YAML::Node& value) {
  std::vector<std::string> list;
  items(key, value, [&](const YAML::Node& item) { list.push_back(sentence(key, item)); });
  if (list.empty()) fail(value, key + " must not be empty");
  return list;
}

}  // namespace kaudit
