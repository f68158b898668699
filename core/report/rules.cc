#include "core/report/rules.h"

#include <algorithm>

#include "core/report/entries.h"
#include "core/report/json_writer.h"

namespace kaudit {
namespace {

constexpr std::size_t kColumns = 80;

// By the first digit of the id.
constexpr std::string_view kFamilies[] = {"",          "isolation",   "network", "supply chain",
                                          "secrets",   "image",       "access",  "resources",
                                          "manifests", "attack paths"};

std::string_view family_at(std::size_t digit) noexcept { return kFamilies[digit]; }
std::size_t digit_of(const Rule& rule) noexcept {
  return static_cast<std::size_t>(rule.id[2] - '0');
}

std::string profiles_of(const Rule& rule) {
  std::string out;
  for_each_profile(rule.profiles, [&](std::string_view name) {
    if (!out.empty()) out += ", ";
    out += name;
  });
  return out.empty() ? "advice" : out;
}

std::string surfaces_of(const Rule& rule) {
  std::string out;
  for (const Surface surface : rule.surfaces) {
    if (surface == Surface{}) continue;
    if (!out.empty()) out += ", ";
    out += name_of(surface);
  }
  return out;
}

std::string_view surface_title(Surface surface) noexcept {
  switch (surface) {
    case Surface::kubernetes: return "Kubernetes";
    case Surface::compose: return "Compose";
    case Surface::dockerfile: return "Dockerfiles";
    case Surface::image: return "images";
  }
  return "";
}

// Each item between `before` and `after`, with commas.
std::string joined(std::span<const std::string_view> items, std::string_view before = "",
                   std::string_view after = "") {
  std::string out;
  for (const std::string_view item : items) {
    if (!out.empty()) out += ", ";
    out.append(before).append(item).append(after);
  }
  return out;
}

// An example without the words that only the rule's test needs.
std::string shown(std::string_view example) {
  constexpr std::string_view kExpected = "# expect:";
  std::string out;
  while (!example.empty()) {
    const std::string_view line = example.substr(0, example.find('\n'));
    example.remove_prefix(std::min(example.size(), line.size() + 1));
    if (line.starts_with("# expect-next:")) {
      out += "# found in the next line\n";
      continue;
    }
    const std::size_t mark = line.find(kExpected);
    out += line.substr(0, mark);
    if (mark != std::string_view::npos) out += "# found here";
    out += '\n';
  }
  return out;
}

void pad(std::string& out, std::string_view text, std::size_t width) {
  out += text;
  out.append(width - std::min(width, text.size()) + 2, ' ');
}

// Words filled into lines behind an indentation.
void wrap(std::string& out, std::string_view text) {
  constexpr std::string_view kIndent = "  ";
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (column != 0 && column + 1 + word.size() > kColumns) {
      out += '\n';
      column = 0;
    }
    out += column == 0 ? kIndent : " ";
    out += word;
    column += (column == 0 ? kIndent.size() : 1) + word.size();
  }
  out += '\n';
}

void indent_lines(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) out.append("  ").append(line);
    out += '\n';
  }
}

void append_item(std::string& out, std::string_view label, std::string_view text) {
  if (!text.empty()) out.append("- ").append(label).append(": ").append(text) += '\n';
}

void append_example(std::string& out, std::string_view title, std::string_view language,
                    std::string_view text) {
  out.append(title).append(":\n\n```").append(language).append("\n");
  out.append(shown(text)).append("```\n\n");
}

// The anchor that GitHub and GitLab give a heading of an id and a slug.
std::string anchor_of(const Rule& rule) {
  std::string out(rule.id);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return (out += '-').append(rule.slug);
}

void append_section(std::string& out, const Rule& rule) {
  out.append("### ").append(rule.id).append(" ").append(rule.slug).append("\n\n");
  out.append("**").append(rule.title).append(".** ").append(rule.rationale).append("\n\n");
  append_item(out, "Severity", name_of(rule.severity));
  append_item(out, "Profiles", profiles_of(rule));
  append_item(out, "Surfaces", surfaces_of(rule));
  if (rule.since_minor != 0) {
    append_item(out, "Checked from", "Kubernetes 1." + std::to_string(rule.since_minor));
  }
  append_item(out, "Speaks for, at the same place", joined(rule.supersedes, "`", "`"));
  append_item(out, "Known elsewhere as", joined(rule.aliases, "`", "`"));
  append_item(out, "References", joined(rule.references, "<", ">"));
  out.append("\n").append(rule.remediation).append("\n\n");
  append_example(out, "Found", example_language(rule.surfaces[0]), rule.bad);
  append_example(out, "Not found", example_language(rule.surfaces[0]), rule.good);
  for (const OnSurface& more : rule.more) {
    out.append("In ").append(surface_title(more.surface)).append(": ").append(more.remediation);
    out.append("\n\n");
    append_example(out, "Found", example_language(more.surface), more.bad);
    append_example(out, "Not found", example_language(more.surface), more.good);
  }
}

}  // namespace

std::string_view family_of(const Rule& rule) noexcept { return family_at(digit_of(rule)); }

std::string rules_as_text(std::span<const Rule* const> rules) {
  std::size_t widest_slug = 0;
  std::size_t widest_profiles = 0;
  for (const Rule* rule : rules) {
    widest_slug = std::max(widest_slug, rule->slug.size());
    widest_profiles = std::max(widest_profiles, profiles_of(*rule).size());
  }
  std::string out;
  for (const Rule* rule : rules) {
    pad(out, rule->id, 6);
    pad(out, rule->slug, widest_slug);
    pad(out, name_of(rule->severity), 8);
    pad(out, profiles_of(*rule), widest_profiles);
    out.append(rule->title) += '\n';
  }
  return out;
}

std::string rules_as_json(std::span<const Rule* const> rules) {
  StringOutput text;
  JsonWriter json(text);
  const auto list = [&](std::string_view name, std::span<const std::string_view> items) {
    json.key(name);
    json.begin_array(JsonWriter::Layout::line);
    for (const std::string_view item : items) json.value(item);
    json.end_array();
  };
  json.begin_array();
  for (const Rule* rule : rules) {
    json.begin_object();
    json.member("id", rule->id);
    json.member("slug", rule->slug);
    json.member("title", rule->title);
    json.member("family", family_of(*rule));
    json.member("severity", name_of(rule->severity));
    json.key("profiles");
    json.begin_array(JsonWriter::Layout::line);
    for_each_profile(rule->profiles, [&](std::string_view name) { json.value(name); });
    json.end_array();
    json.key("surfaces");
    json.begin_array(JsonWriter::Layout::line);
    for (const Surface surface : rule->surfaces) {
      if (surface != Surface{}) json.value(name_of(surface));
    }
    json.end_array();
    json.member("since_minor", rule->since_minor);
    json.member("rationale", rule->rationale);
    json.member("remediation", rule->remediation);
    list("supersedes", rule->supersedes);
    list("aliases", rule->aliases);
    list("references", rule->references);
    json.member("bad", rule->bad);
    json.member("good", rule->good);
    json.end_object();
  }
  json.end_array();
  json.end_line();
  json.flush();
  return text.text();
}

std::string rules_as_markdown(std::span<const Rule* const> rules) {
  std::string out = "| Id | Rule | Severity | Profile | What it finds |\n|---|---|---|---|---|\n";
  for (const Rule* rule : rules) {
    out.append("| ").append(rule->id).append(" | `").append(rule->slug).append("` | ");
    out.append(name_of(rule->severity)).append(" | ").append(profiles_of(*rule));
    out.append(" | ").append(rule->title).append(" |\n");
  }
  return out;
}

std::string explain(const Rule& rule) {
  std::string out;
  out.append(rule.id).append(" ").append(rule.slug).append(": ").append(rule.title).append("\n");
  out.append("severity ").append(name_of(rule.severity)).append("; profiles ");
  out.append(profiles_of(rule)).append("; surfaces ").append(surfaces_of(rule));
  if (rule.since_minor != 0) {
    out += "; from Kubernetes 1." + std::to_string(rule.since_minor) + " on";
  }
  out += "\n\nWhy\n";
  wrap(out, rule.rationale);
  out += "\nWhat to do\n";
  wrap(out, rule.remediation);
  out += "\nFound\n";
  indent_lines(out, shown(rule.bad));
  out += "\nNot found\n";
  indent_lines(out, shown(rule.good));
  for (const OnSurface& more : rule.more) {
    out.append("\nIn ").append(surface_title(more.surface)).append("\n");
    wrap(out, more.remediation);
    out += "\nFound\n";
    indent_lines(out, shown(more.bad));
    out += "\nNot found\n";
    indent_lines(out, shown(more.good));
  }
  if (!rule.supersedes.empty()) {
    out += "\nSpeaks, at the same place, for\n";
    wrap(out, joined(rule.supersedes));
  }
  if (!rule.aliases.empty()) {
    out += "\nKnown elsewhere as\n";
    wrap(out, joined(rule.aliases));
  }
  out += "\nReferences\n";
  for (const std::string_view link : rule.references) out.append("  ").append(link) += '\n';
  return out;
}

std::string rules_page() {
  std::string out =
      "# Rules\n\n"
      "Written by the program from its rule table; do not edit (`KAUDIT_UPDATE=1 scripts/test` "
      "rewrites it).\n"
      "A finding of a profile breaks that profile's verdict: `core` is what the webhook denies by "
      "default,\n`baseline` and `restricted` are Kubernetes' Pod Security Standards, `advice` goes "
      "beyond them.\n\n";
  for (std::size_t digit = 1; digit < std::size(kFamilies); ++digit) {
    std::string table;
    for (const Rule* rule : all_rules()) {
      if (digit_of(*rule) != digit) continue;
      table.append("| [").append(rule->id).append("](#").append(anchor_of(*rule)).append(") | ");
      table.append("`")
          .append(rule->slug)
          .append("` | ")
          .append(name_of(rule->severity))
          .append(" | ");
      table.append(profiles_of(*rule)).append(" | ").append(rule->title).append(" |\n");
    }
    if (table.empty()) continue;
    out += "## " + std::to_string(digit) + ": " + std::string(family_at(digit)) +
           "\n\n| Id | Rule | Severity | Profile | What it finds |\n|---|---|---|---|---|\n" +
           table + '\n';
  }
  out += "## Each rule\n\n";
  for (const Rule* rule : all_rules()) append_section(out, *rule);
  out.pop_back();  // one line break at the end of the file
  return out;
}

std::string rules_overview() {
  std::string out = std::to_string(all_rules().size()) + " rules: ";
  bool first = true;
  for (std::size_t digit = 1; digit < std::size(kFamilies); ++digit) {
    const auto count = std::count_if(all_rules().begin(), all_rules().end(),
                                     [&](const Rule* rule) { return digit_of(*rule) == digit; });
    if (count == 0) continue;
    if (!std::exchange(first, false)) out += ", ";
    out += std::to_string(count) + ' ' + std::string(family_at(digit));
  }
  return out + ".\n\n" + rules_as_markdown(all_rules());
}

}  // namespace kaudit
