#include "manifests/policy/policy.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <numeric>

namespace kaudit {
namespace {

struct ProfileRow {
  std::string_view name;
  Profiles only;  // of a report
  Profiles deny;
};
constexpr ProfileRow kProfiles[] = {
    {"core", kCore, kCore},
    {"baseline", kBaseline, kBaseline},
    {"restricted", kRestricted, kBaseline | kRestricted},
    {"all", {}, kCore},
};
constexpr Profiles kWarn = kCore | kBaseline | kRestricted;

// That of no profile where the name is none.
const ProfileRow& row_of(std::string_view profile) {
  for (const ProfileRow& row : kProfiles) {
    if (row.name == profile) return row;
  }
  return row_of("all");
}

Error config_error(std::string message) { return {ErrorCode::config, std::move(message), {}}; }

std::string comma_list(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

// `"hig" is no severity (info, low, …); did you mean "high"?`
Error not_one_of(std::string_view text, std::string_view what,
                 const std::vector<std::string_view>& words) {
  return config_error(in_quotes(text) + " is no " + std::string(what) + " (" + comma_list(words) +
                      ")" + did_you_mean(text, words));
}

// Levenshtein's distance, given up (as limit + 1) for texts whose lengths differ by more.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit) return limit + 1;
  std::vector<std::size_t> row(a.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t j = 0; j < b.size(); ++j) {
    std::size_t diagonal = row[0];
    row[0] = j + 1;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const std::size_t above = row[i + 1];
      row[i + 1] = std::min({above + 1, row[i] + 1, diagonal + (a[i] == b[j] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[a.size()];
}

template <class Enum>
bool digits(std::string_view& text, Enum& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

void Policy::overlay(Policy other) {
  const auto take = [](auto& mine, auto& theirs) {
    if (theirs) mine = std::move(theirs);
  };
  if (other.profile) namespaces.clear();
  take(profile, other.profile);
  take(minor, other.minor);
  take(fail_on, other.fail_on);
  take(severity, other.severity);
  take(include, other.include);
  take(exclude, other.exclude);
  take(templates, other.templates);
  take(annotations, other.annotations);
  take(today, other.today);
  if (other.source != nullptr) source = std::move(other.source);
  const auto append = [](auto& mine, auto& theirs) {
    mine.insert(mine.end(), std::make_move_iterator(theirs.begin()),
                std::make_move_iterator(theirs.end()));
  };
  append(settings, other.settings);
  append(namespaces, other.namespaces);
  append(exemptions, other.exemptions);
  append(verified_images, other.verified_images);
  append(pod_templates, other.pod_templates);
  append(exposure.stated, other.exposure.stated);
  append(notes, other.notes);
}

PlanOptions Policy::plan_options() const {
  PlanOptions options = admission_options();
  options.only = row_of(profile.value_or("all")).only;
  return options;
}

PlanOptions Policy::admission_options(std::optional<std::string_view> requested) const {
  PlanOptions options;
  options.minor = minor.value_or(kNewestMinor);
  options.deny = row_of(requested ? *requested : profile.value_or("all")).deny;
  options.warn = kWarn;
  options.at_least = severity.value_or(Severity::info);
  if (include) options.include = *include;
  if (exclude) options.exclude = *exclude;
  options.settings = settings;
  if (!requested) {
    for (const NamespaceEntry& entry : namespaces) {
      options.namespaces.push_back({entry.names, row_of(entry.profile).deny, kWarn, entry.where});
    }
  }
  options.exemptions = exemptions;
  options.verified_images = verified_images;
  options.annotations_allowed = annotations.value_or(false);
  options.templates = templates.value_or(Action::deny);
  options.today = today.value_or(today_utc());
  return options;
}

Day today_utc() {
  const auto now = std::chrono::system_clock::now();
  return static_cast<Day>(std::chrono::floor<std::chrono::days>(now).time_since_epoch().count());
}

std::vector<std::string_view> profile_names() {
  std::vector<std::string_view> names;
  for (const ProfileRow& row : kProfiles) names.push_back(row.name);
  return names;
}

std::vector<std::string_view> severity_names() {
  return {name_of(Severity::info), name_of(Severity::low), name_of(Severity::medium),
          name_of(Severity::high), name_of(Severity::critical)};
}

std::vector<std::string_view> action_names() {
  return {name_of(Action::off), name_of(Action::audit), name_of(Action::warn),
          name_of(Action::deny)};
}

Result<std::string> parse_profile(std::string_view text) {
  for (const ProfileRow& row : kProfiles) {
    if (row.name == text) return std::string(text);
  }
  return not_one_of(text, "profile", profile_names());
}

Result<std::string> parse_enforced_profile(std::string_view text) {
  const std::vector<std::string_view> words = {"core", "baseline", "restricted"};
  if (std::find(words.begin(), words.end(), text) != words.end()) return std::string(text);
  return not_one_of(text, "profile of a namespace", words);
}

Result<Severity> parse_severity(std::string_view text) {
  Severity severity{};
  if (parse(text, severity)) return severity;
  return not_one_of(text, "severity", severity_names());
}

Result<FailOn> parse_fail_on(std::string_view text) {
  if (text == "none") return FailOn{.set = false, .severity = Severity::critical};
  Severity severity{};
  if (parse(text, severity)) return FailOn{.set = true, .severity = severity};
  constexpr std::string_view kPriority = "priority:";
  if (text.starts_with(kPriority)) {
    FailOn fail_on;
    const char* begin = text.data() + kPriority.size();
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, fail_on.priority);
    if (error == std::errc{} && stop == end && fail_on.priority >= 1 && fail_on.priority <= 1000) {
      return fail_on;
    }
    return Error{ErrorCode::config,
                 in_quotes(text) + " names no priority: write priority:1 to priority:1000",
                 {}};
  }
  std::vector<std::string_view> words = severity_names();
  words.emplace_back("none");
  words.emplace_back("priority:N");
  return not_one_of(text, "severity", words);
}

Result<Action> parse_action(std::string_view text) {
  Action action{};
  if (parse(text, action)) return action;
  return not_one_of(text, "action", action_names());
}

Result<Action> parse_templates(std::string_view text) {
  if (text == "deny") return Action::deny;
  if (text == "warn") return Action::warn;
  return not_one_of(text, "action for templates", {"deny", "warn"});
}

Result<bool> parse_annotations(std::string_view text) {
  if (text == "allow") return true;
  if (text == "ignore") return false;
  return not_one_of(text, "way to take annotations", {"allow", "ignore"});
}

Result<Day> parse_date(std::string_view text) {
  if (const auto day = parse_day(text)) return *day;
  return config_error(in_quotes(text) + " is no day such as 2026-12-31");
}

Result<KubeVersion> parse_kube_version(std::string_view text) {
  if (text == "latest") return KubeVersion{};
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  unsigned major = 0;
  unsigned minor = 0;
  bool good = digits(rest, major) && rest.starts_with('.');
  if (good) {
    rest.remove_prefix(1);
    good = digits(rest, minor);
  }
  // A patch number and a distribution's suffix do not change the standards: v1.30.4+k3s1.
  if (good && rest.starts_with('.')) {
    unsigned patch = 0;
    rest.remove_prefix(1);
    good = digits(rest, patch);
  }
  good = good && (rest.empty() || rest.starts_with('+') || rest.starts_with('-'));
  if (!good || major != 1) {
    return config_error(in_quotes(text) + " is no version of Kubernetes (1.0 to 1." +
                        std::to_string(kNewestMinor) + ", latest)");
  }
  if (minor > kNewestMinor) return KubeVersion{kNewestMinor, true};
  return KubeVersion{static_cast<std::uint8_t>(minor), false};
}

std::string newer_version_note(std::string_view text) {
  return "Kubernetes " + std::string(text) + " is newer than what this kaudit knows; judged as 1." +
         std::to_string(kNewestMinor);
}

Result<std::vector<const Rule*>> parse_rule(std::string_view name) {
  std::vector<const Rule*> rules;
  std::vector<std::string_view> names;
  for (const Rule* rule : all_rules()) {
    if (rule->id == name || rule->slug == name) return std::vector<const Rule*>{rule};
    if (std::find(rule->aliases.begin(), rule->aliases.end(), name) != rule->aliases.end()) {
      rules.push_back(rule);
    }
    names.push_back(rule->slug);
    names.push_back(rule->id);
    names.insert(names.end(), rule->aliases.begin(), rule->aliases.end());
  }
  if (!rules.empty()) return rules;
  std::string message = "unknown rule " + in_quotes(name) + did_you_mean(name, names);
  if (!message.ends_with('?')) message += "; `kaudit rules` lists them";
  return config_error(std::move(message));
}

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongest = 64;  // no name is longer: hostile input stays cheap
  if (text.empty() || text.size() > kLongest) return {};
  std::string_view best;
  // One slip in a short word, one in three letters of a longer one.
  std::size_t best_distance = std::max<std::size_t>(1, text.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t d = distance(text, candidate, best_distance);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  if (!best.empty() || text.size() < 4) return best;
  for (const std::string_view candidate : candidates) {  // a part of the name: "privileged"
    if (candidate.find(text) != std::string_view::npos) return candidate;
  }
  return {};
}

std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& candidates) {
  const std::string_view best = nearest(text, candidates);
  return best.empty() ? std::string() : "; did you mean " + in_quotes(best) + "?";
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 200;
  std::string out = "\"";
  out += text.substr(0, kShown);
  if (text.size() > kShown) out += "…";
  out += '"';
  return out;
}

}  // namespace kaudit
