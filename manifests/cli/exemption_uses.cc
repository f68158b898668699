#include "manifests/cli/exemption_uses.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace kaudit {
namespace {

constexpr std::size_t kShownLine = 400;

std::string comma_list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

// What of a rule's findings the policy wants to see.
struct Wanted {
  const Rule* rule;
  Severity severity;
  Action action;
};

std::optional<Wanted> wanted(const PlanOptions& options) {
  const auto listed = [](const std::vector<const Rule*>& rules, const Rule* rule) {
    return std::find(rules.begin(), rules.end(), rule) != rules.end();
  };
  const Rule* rule = find_rule("exception-problem");
  Wanted out{rule, rule->severity, Action::audit};
  for (const auto& [other, setting] : options.settings) {
    if (other != rule) continue;
    if (setting.has_severity) out.severity = setting.severity;
    if (setting.has_action) out.action = setting.action;
  }
  if (out.action == Action::off || out.severity < options.at_least || options.only.any() ||
      listed(options.exclude, rule) ||
      (!options.include.empty() && !listed(options.include, rule))) {
    return std::nullopt;
  }
  return out;
}

Finding finding_of(const Wanted& wanted, const Exemption& exemption, const Source* source,
                   std::string message, std::string fix) {
  Finding finding;
  finding.rule = wanted.rule;
  finding.severity = wanted.severity;
  finding.profiles = wanted.rule->profiles;
  finding.action = wanted.action;
  finding.where = exemption.where;
  finding.where.end = finding.where.begin;
  if (source != nullptr) {
    const Source::Excerpt excerpt = source->excerpt(finding.where.begin, kShownLine);
    std::uint32_t length = 0;
    for (const char c : excerpt.text) length += starts_code_point(c) ? 1U : 0U;
    finding.source_line = excerpt.text;
    finding.source_column = excerpt.column;
    finding.where.end.column = std::max(finding.where.begin.column, excerpt.column + length);
    finding.source_begin = finding.where.begin.column - excerpt.column;
    finding.source_end = length;
  }
  finding.fingerprint =
      fingerprint_of(finding.where.source, description_of(exemption) + "\n" + message);
  finding.message = std::move(message);
  finding.fix = std::move(fix);
  return finding;
}

}  // namespace

void ExemptionUses::count(const FileReport& file) {
  const std::vector<Exemption>& list = exemptions_.list();
  for (const Finding& finding : file.findings) {
    if (finding.exemption == nullptr) continue;
    if (finding.exemption == &exemptions_.by_annotation()) {
      ++by_annotation_;
    } else {
      ++used_[static_cast<std::size_t>(finding.exemption - list.data())];
    }
  }
}

std::vector<ExemptionUses::State> ExemptionUses::states() const {
  std::vector<State> states;
  for (std::size_t n = 0; n < used_.size(); ++n) {
    const Exemption& exemption = exemptions_.list()[n];
    const bool of_run =
        !ranked_ && !exemption.rules.empty() && std::ranges::all_of(exemption.rules, &Rule::of_run);
    states.push_back({&exemption, used_[n], exemptions_.has_expired(exemption),
                      is_too_wide(exemption), !exemption.users.empty() || !exemption.groups.empty(),
                      of_run});
  }
  return states;
}

std::optional<FileReport> ExemptionUses::problems(const Policy& policy, bool whole) const {
  const auto rule = wanted(policy.plan_options());
  if (!rule || policy.source == nullptr) return std::nullopt;
  FileReport report;
  report.file = policy.source->name();
  report.status = FileStatus::examined;
  for (const State& state : states()) {
    const auto add = [&](std::string message, std::string fix) {
      report.findings.push_back(finding_of(*rule, *state.exemption, policy.source.get(),
                                           std::move(message), std::move(fix)));
    };
    if (state.expired) {
      add("exemption ended on " + to_text(*state.exemption->expires) + ": it no longer counts",
          "Remove the entry, or accept the findings anew with a later `expires`.");
    }
    if (state.too_wide) {
      add("exemption lets every finding pass: it is of all rules, and no namespace, name, "
          "container, image, user, group or runtime class narrows it down",
          "Name the rules that it is for, or where they do not hold.");
    }
    if (whole && state.unused()) {
      add("exemption let no finding pass in all that was examined",
          "Remove the entry, or correct what it names.");
    }
  }
  if (report.findings.empty()) return std::nullopt;
  return report;
}

bool covers_policy(const std::vector<std::string>& paths, const Policy& policy) {
  namespace fs = std::filesystem;
  if (policy.source == nullptr) return false;
  std::error_code error;
  const fs::path home = fs::canonical(policy.source->name(), error).parent_path();
  if (error) return false;
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    const fs::path root = fs::canonical(path, error);
    if (error || !fs::is_directory(root, error)) return false;
    return std::mismatch(root.begin(), root.end(), home.begin(), home.end()).first == root.end();
  });
}

std::string description_of(const Exemption& exemption) {
  std::string text;
  for (const Rule* rule : exemption.rules) {
    text.append(text.empty() ? "" : ", ").append(rule->slug);
  }
  if (text.empty()) text = "all rules";
  const char* separator = " of ";
  const auto add = [&](std::string_view what, const std::vector<std::string>& words) {
    if (words.empty()) return;
    text.append(separator).append(what).append(" ").append(comma_list(words));
    separator = "; ";
  };
  add("namespaces", exemption.namespaces);
  add("kinds", exemption.kinds);
  add("names", exemption.names);
  add("containers", exemption.containers);
  add("images", exemption.images);
  add("users", exemption.users);
  add("groups", exemption.groups);
  add("runtime classes", exemption.runtime_classes);
  return text;
}

}  // namespace kaudit
