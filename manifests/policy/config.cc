#include "manifests/policy/config.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "core/report/escape.h"
#include "manifests/policy/read_exemptions.h"
#include "manifests/policy/read_exposure.h"
#include "manifests/policy/yaml_bounds.h"
#include "manifests/policy/yaml_reader.h"

namespace kaudit {
namespace {

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    if (next_code_point(text, at) == kNotACharacter) return false;
  }
  return true;
}

// One pass over the tree with the names of what is allowed at each place.
class Reader : public YamlReader {
 public:
  using YamlReader::YamlReader;

  Policy policy(const YAML::Node& root) {
    Policy out;
    if (root.IsNull()) return out;
    members(root, "the configuration",
            {"profile", "kube-version", "fail-on", "severity", "include", "exclude", "rules",
             "namespaces", "exemptions", "workload-templates", "annotations", "images",
             "pod-templates", "exposure", "weights"},
            [&](const std::string& key, const YAML::Node& value) { top(out, key, value); });
    return out;
  }

 private:
  void top(Policy& out, const std::string& key, const YAML::Node& value) {
    if (key == "profile") {
      out.profile = checked(key, value, parse_profile(scalar(key, value)));
    } else if (key == "kube-version") {
      const std::string& text = scalar(key, value);
      const KubeVersion version = checked(key, value, parse_kube_version(text));
      out.minor = version.minor;
      if (version.newer) out.notes.push_back(newer_version_note(text));
    } else if (key == "fail-on") {
      out.fail_on = checked(key, value, parse_fail_on(scalar(key, value)));
    } else if (key == "severity") {
      out.severity = checked(key, value, parse_severity(scalar(key, value)));
    } else if (key == "include") {
      out.include = rule_list(key, value);
    } else if (key == "exclude") {
      out.exclude = rule_list(key, value);
    } else if (key == "rules") {
      settings(out, value);
    } else if (key == "namespaces") {
      read_namespaces(*this, value, out);
    } else if (key == "exemptions") {
      read_exemptions(*this, value, out);
    } else if (key == "workload-templates") {
      out.templates = checked(key, value, parse_templates(scalar(key, value)));
    } else if (key == "annotations") {
      out.annotations = checked(key, value, parse_annotations(scalar(key, value)));
    } else if (key == "exposure") {
      read_exposure(*this, value, out.exposure);
    } else if (key == "weights") {
      read_weights(*this, value, out.exposure.weights);
    } else if (key == "images") {
      images(out, value);
    } else {
      items(key, value, [&](const YAML::Node& item) { pod_template(out, item); });
    }
  }

  std::vector<const Rule*> rule_list(const std::string& key, const YAML::Node& value) {
    std::vector<const Rule*> rules;
    items(key, value, [&](const YAML::Node& item) {
      const auto found = checked(key, item, parse_rule(scalar(key, item)));
      rules.insert(rules.end(), found.begin(), found.end());
    });
    return rules;
  }

  void settings(Policy& out, const YAML::Node& node) {
    members(node, "rules", {}, [&](const std::string& name, const YAML::Node& value) {
      const auto rules = parse_rule(name);
      if (!rules) fail_at_key("rules: " + rules.error().message);
      RuleSetting setting;
      members(value, "rules." + name, {"action", "severity"},
              [&](const std::string& key, const YAML::Node& word) {
                const std::string path = "rules." + name + "." + key;
                if (key == "action") {
                  setting.has_action = true;
                  setting.action = checked(path, word, parse_action(scalar(path, word)));
                } else {
                  setting.has_severity = true;
                  setting.severity = checked(path, word, parse_severity(scalar(path, word)));
                }
              });
      for (const Rule* rule : *rules) out.settings.emplace_back(rule, setting);
    });
  }

  void images(Policy& out, const YAML::Node& node) {
    members(node, "images", {"verified"}, [&](const std::string& key, const YAML::Node& value) {
      const std::string path = "images." + key;
      const std::vector<std::string> list = words(path, value);
      for (std::size_t n = 0; n < list.size(); ++n) {
        auto pattern = ImagePattern::parse(list[n]);
        if (!pattern) {
          fail(value[n], path + ": " + in_quotes(list[n]) + " " + pattern.error().message);
        }
        out.verified_images.push_back(*std::move(pattern));
      }
    });
  }

  void pod_template(Policy& out, const YAML::Node& node) {
    PodTemplatePath row;
    members(node, "an entry of pod-templates", {"group", "kind", "path", "bare-spec"},
            [&](const std::string& key, const YAML::Node& value) {
              const std::string path = "pod-templates." + key;
              if (key == "bare-spec") {
                row.bare_spec = boolean(path, value);
                return;
              }
              const std::string& text = scalar(path, value);
              if (text.empty()) fail(value, path + " must not be empty");
              (key == "group" ? row.group : key == "kind" ? row.kind : row.path) = text;
            });
    if (row.kind.empty() || row.path.empty()) {
      fail(node, "an entry of pod-templates needs group, kind and path");
    }
    out.pod_templates.push_back(std::move(row));
  }
};

}  // namespace

Result<Policy> parse_config(const std::string& text, const std::string& name) {
  const auto source = std::make_shared<const Source>(name, text);
  Reader reader(*source);
  try {
    if (text.find('\0') != std::string::npos) {
      return reader.at(YAML::Mark::null_mark(), "holds a NUL byte");
    }
    // yaml-cpp would take the marks of UTF-16 as such, and put others in place of what is amiss.
    if (!is_utf8(text)) return reader.at(YAML::Mark::null_mark(), "holds bytes that are not UTF-8");
    check_bounds(text, reader);
    Policy policy = reader.policy(YAML::Load(text));
    policy.source = source;
    return policy;
  } catch (const YamlReader::Bad& bad) {
    return bad.error;
  } catch (const YAML::Exception& exception) {
    return reader.at(exception.mark, exception.msg);
  }
}

std::string find_config(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  // Named as the user would name it where it is at hand.
  const fs::path here =
      directory == "." ? fs::path(kConfigName) : fs::path(directory) / kConfigName;
  if (fs::exists(here, error)) return here.string();
  for (fs::path at = fs::weakly_canonical(directory, error); !error && !at.empty();
       at = at.parent_path()) {
    const fs::path candidate = at / kConfigName;
    if (fs::exists(candidate, error)) return candidate.string();
    error.clear();
    if (at == at.parent_path()) break;
  }
  return {};
}

}  // namespace kaudit
