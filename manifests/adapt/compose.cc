#include "manifests/compose.h"

#include <algorithm>
#include <array>

#include "manifests/adapt/compose_project.h"
#include "manifests/adapt/compose_service.h"

namespace kaudit {
namespace {

constexpr bool is_section(std::string_view name) noexcept {
  constexpr std::array kSections = {"version", "name",    "services", "networks", "volumes",
                                    "configs", "secrets", "include",  "models"};
  return name.starts_with("x-") ||
         std::find(kSections.begin(), kSections.end(), name) != kSections.end();
}

// `image:` or `build:` in a mapping: what makes a service one.
bool runs_something(Value service) noexcept {
  const Value build = service["build"];
  return service["image"].as_string().has_value() || build.is_object() ||
         build.as_string().has_value();
}

constexpr std::array<std::string_view, 2> kExtensions = {".yaml", ".yml"};

template <class Holds>
bool all_of(Value mapping, Holds holds) {
  for (const Value member : mapping) {
    if (!holds(member)) return false;
  }
  return true;
}

template <class Holds>
bool any_of(Value mapping, Holds holds) {
  for (const Value member : mapping) {
    if (holds(member)) return true;
  }
  return false;
}

bool in_section(Value member) noexcept { return is_section(member.key()); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::string_view name_of(ComposeForm form) noexcept {
  switch (form) {
    case ComposeForm::none: return "other";
    case ComposeForm::services: return "services";
    case ComposeForm::fragment: return "fragment";
    case ComposeForm::v1: return "v1";
    case ComposeForm::empty: return "empty";
  }
  return "";
}

ComposeGuess guess_compose(const Document& document) {
  const Value root = document.root();
  if (!root.set()) return {ComposeForm::empty, false};
  if (!root.is_object() || (root["apiVersion"].set() && root["kind"].set())) return {};
  const Value services = root["services"];
  if (services.is_object() || (services.present() && !services.set())) {
    return {ComposeForm::services, all_of(root, in_section) && any_of(services, runs_something)};
  }
  if (root.size() != 0 && all_of(root, in_section)) return {ComposeForm::fragment, false};
  const bool old = all_of(root, [](Value m) { return m.is_object() || in_section(m); });
  if (old && any_of(root, runs_something)) return {ComposeForm::v1, false};
  return {root.size() == 0 ? ComposeForm::empty : ComposeForm::none, false};
}

bool is_compose_name(std::string_view name) noexcept {
  const std::string lowered = lower(name);
  for (const std::string_view extension : kExtensions) {
    if (!lowered.ends_with(extension)) continue;
    const std::string_view stem =
        std::string_view(lowered).substr(0, lowered.size() - extension.size());
    for (const std::string_view word : {"docker-compose", "compose", "podman-compose"}) {
      if (stem == word) return true;
      if (stem.starts_with(word) &&
          (stem[word.size()] == '.' || stem[word.size()] == '-' || stem[word.size()] == '_')) {
        return true;
      }
      if (stem.ends_with(word) && stem.size() > word.size()) {
        const char before = stem[stem.size() - word.size() - 1];
        if (before == '.' || before == '-' || before == '_') return true;
      }
    }
  }
  return false;
}

// compose-go, cli/options.go: DefaultFileNames and DefaultOverrideFileNames.
std::vector<std::string> override_names(std::string_view name) {
  const bool base = name == "compose.yaml" || name == "compose.yml" ||
                    name == "docker-compose.yml" || name == "docker-compose.yaml";
  if (!base) return {};
  return {"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml",
          "docker-compose.override.yaml"};
}

std::vector<std::string> base_names(std::string_view name) {
  const auto overrides = override_names("compose.yaml");
  if (std::find(overrides.begin(), overrides.end(), name) == overrides.end()) return {};
  return {"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"};
}

ComposeAdapter::Outcome ComposeAdapter::adapt(std::span<const std::shared_ptr<const Source>> files,
                                              ProjectFiles* beside, const Limits& limits,
                                              FactVisitor& visitor) {
  compose::Project project = compose::load_project(files, beside, limits);
  Outcome out;
  out.form = project.form;
  out.documents = project.documents;
  out.errors = std::move(project.errors);
  if (project.document().node_count() == 0) return out;
  const Value root = project.document().root();
  const auto wrong = [&](Value section, std::string_view name) {
    if (!section.set() || section.is_object()) return;
    out.errors.push_back({ErrorCode::malformed,
                          std::string(name) + " is " +
                              std::string(kaudit::name_of(section.kind())) +
                              "; it must be a mapping",
                          project.document().locate(section.id())});
  };
  compose::ServiceReader reader(project, beside);
  const Value services = root["services"];
  wrong(services, "services");
  for (const Value service : services.is_object() ? services : Value()) {
    if (!service.set()) continue;  // `web:` and nothing: Compose has no such service
    if (project.form == ComposeForm::v1 && !service.is_object()) continue;
    reader.begin();
    Workload workload;
    reader.read(service, workload);
    visitor.visit(workload);
  }
  for (const bool secret : {true, false}) {
    const std::string_view name = secret ? "secrets" : "configs";
    const Value section = root[name];
    wrong(section, name);
    for (const Value entry : section.is_object() ? section : Value()) {
      reader.begin();
      Config config;
      reader.read(entry, secret, config);
      visitor.visit(config);
    }
  }
  return out;
}

}  // namespace kaudit
