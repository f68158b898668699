#include "manifests/policy/read_exemptions.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/glob.h"
#include "core/image_pattern.h"

namespace kaudit {
namespace {

// The lists of words, by key; how they compare: core/exemption.h.
struct ListRow {
  std::string_view key;
  std::vector<std::string> Exemption::* list;
};
constexpr ListRow kLists[] = {
    {"namespaces", &Exemption::namespaces}, {"kinds", &Exemption::kinds},
    {"names", &Exemption::names},           {"containers", &Exemption::containers},
    {"images", &Exemption::images},         {"users", &Exemption::users},
    {"groups", &Exemption::groups},         {"runtime-classes", &Exemption::runtime_classes},
};

bool is_lower_name(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '*' || c == '?' ||
           also.find(c) != std::string_view::npos;
  });
}

// Why no object ever has such a name; empty when one may. What can never match is a slip: found
// when the policy is read, not when a pod is denied at night.
std::string objection_to(std::string_view key, const std::string& word) {
  const std::string quoted = in_quotes(word);
  if (word.size() > kLongestName) return quoted + " is longer than any name";
  if (key == "images") {
    const auto pattern = ImagePattern::parse(word);
    return pattern ? std::string() : quoted + " " + pattern.error().message;
  }
  if (key == "kinds") {
    const bool kind = (word[0] >= 'A' && word[0] <= 'Z') || word[0] == '*' || word[0] == '?';
    return kind ? std::string()
                : quoted + " is no kind; kinds begin with a capital letter, as in Pod";
  }
  if (key == "namespaces" || key == "containers") {
    return is_lower_name(word, "")
               ? std::string()
               : quoted + " is no name: such names are small letters, digits and dashes";
  }
  if (key == "runtime-classes") {
    return is_lower_name(word, ".")
               ? std::string()
               : quoted + " is no name: such names are small letters, digits, dashes and dots";
  }
  return {};
}

std::vector<std::string> names(YamlReader& reader, const std::string& path, std::string_view key,
                               const YAML::Node& value) {
  std::vector<std::string> list = reader.words(path, value);
  for (std::size_t n = 0; n < list.size(); ++n) {
    const std::string objection = objection_to(key, list[n]);
    if (!objection.empty()) reader.fail(value[n], path + ": " + objection);
  }
  return list;
}

void read_rules(YamlReader& reader, const YAML::Node& value, Exemption& out) {
  const std::vector<std::string> list = reader.words("exemptions.rules", value);
  for (std::size_t n = 0; n < list.size(); ++n) {
    if (list[n] == "*") {
      if (list.size() == 1) return;
      reader.fail(value[n], "exemptions.rules: \"*\" means all rules, so it stands alone");
    }
    const auto rules = reader.checked("exemptions.rules", value[n], parse_rule(list[n]));
    out.rules.insert(out.rules.end(), rules.begin(), rules.end());
  }
}

Exemption read_exemption(YamlReader& reader, const YAML::Node& node) {
  Exemption out;
  out.where = reader.location(node.Mark());
  std::vector<std::string_view> keys = {"rules", "reason", "owner", "expires"};
  for (const ListRow& row : kLists) keys.push_back(row.key);
  bool has_rules = false;
  reader.members(
      node, "an entry of exemptions", keys, [&](const std::string& key, const YAML::Node& value) {
        const std::string path = "exemptions." + key;
        if (key == "rules") {
          has_rules = true;
          read_rules(reader, value, out);
        } else if (key == "reason") {
          out.reason = reader.sentence(path, value);
        } else if (key == "owner") {
          out.owner = reader.sentence(path, value);
        } else if (key == "expires") {
          out.expires = reader.checked(path, value, parse_date(reader.scalar(path, value)));
        } else {
          for (const ListRow& row : kLists) {
            if (row.key == key) out.*row.list = names(reader, path, key, value);
          }
        }
      });
  if (!has_rules) {
    reader.fail(node, "an entry of exemptions needs rules: a list of them, or [\"*\"]");
  }
  if (out.reason.empty()) {
    reader.fail(node, "an entry of exemptions needs a reason: why the findings are accepted");
  }
  return out;
}

}  // namespace

void read_exemptions(YamlReader& reader, const YAML::Node& value, Policy& out) {
  reader.items("exemptions", value, [&](const YAML::Node& item) {
    out.exemptions.push_back(read_exemption(reader, item));
  });
}

void read_namespaces(YamlReader& reader, const YAML::Node& value, Policy& out) {
  std::unordered_set<std::string> seen;
  reader.items("namespaces", value, [&](const YAML::Node& item) {
    NamespaceEntry entry;
    Exemption exemption;
    bool exempt = false;
    entry.where = exemption.where = reader.location(item.Mark());
    reader.members(
        item, "an entry of namespaces",
        {"names", "profile", "exempt", "reason", "owner", "expires"},
        [&](const std::string& key, const YAML::Node& member) {
          const std::string path = "namespaces." + key;
          if (key == "names") {
            entry.names = names(reader, path, "namespaces", member);
            for (std::size_t n = 0; n < entry.names.size(); ++n) {
              if (!seen.insert(entry.names[n]).second) {
                reader.fail(member[n], path + ": " + in_quotes(entry.names[n]) +
                                           " is named twice; the first entry would count");
              }
            }
          } else if (key == "profile") {
            entry.profile =
                reader.checked(path, member, parse_enforced_profile(reader.scalar(path, member)));
          } else if (key == "exempt") {
            exempt = reader.boolean(path, member);
            if (!exempt) reader.fail(member, path + " is true or not written");
          } else if (key == "reason") {
            exemption.reason = reader.sentence(path, member);
          } else if (key == "owner") {
            exemption.owner = reader.sentence(path, member);
          } else {
            exemption.expires =
                reader.checked(path, member, parse_date(reader.scalar(path, member)));
          }
        });
    if (entry.names.empty()) reader.fail(item, "an entry of namespaces needs names");
    if (entry.profile.empty() != exempt) {
      reader.fail(item, "an entry of namespaces needs either a profile or exempt: true");
    }
    if (!exempt) {
      if (!exemption.reason.empty() || !exemption.owner.empty() || exemption.expires) {
        reader.fail(item, "reason, owner and expires go with exempt: true");
      }
      out.namespaces.push_back(std::move(entry));
      return;
    }
    if (exemption.reason.empty()) {
      reader.fail(item, "an entry of namespaces with exempt: true needs a reason");
    }
    exemption.namespaces = std::move(entry.names);
    out.exemptions.push_back(std::move(exemption));
  });
}

}  // namespace kaudit
