#include "manifests/cli/command_line.h"

#include <algorithm>

#include "manifests/policy/arguments.h"
#include "manifests/policy/policy.h"

namespace kaudit {
namespace {

constexpr std::uint16_t bit(Command command) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(command));
}
constexpr std::uint16_t kAudit = bit(Command::audit);
constexpr std::uint16_t kDiff = bit(Command::diff);
constexpr std::uint16_t kRules = bit(Command::rules);
constexpr std::uint16_t kFacts = bit(Command::facts);
constexpr std::uint16_t kReview = bit(Command::review);
constexpr std::uint16_t kExemptions = bit(Command::exemptions);
constexpr std::uint16_t kEvery = 0xffff;

constexpr CommandRow kCommands[] = {
    {Command::audit, "", "[PATH...]", "audit files, directories, or - for standard input"},
    {Command::diff, "diff", "OLD NEW",
     "say what got worse and what better: two reports, paths or git revisions"},
    {Command::rules, "rules", "", "list the rules; also --format json or markdown"},
    {Command::explain, "explain", "RULE...", "say what a rule is about and how to mend it"},
    {Command::facts, "facts", "[PATH...]", "print as JSON what was understood"},
    {Command::review, "review", "FILE", "print what the webhook answers to an AdmissionReview"},
    {Command::exemptions, "exemptions", "[PATH...]",
     "list the policy's exemptions: used, unused, expired, too wide"},
    {Command::completion, "completion", "bash|zsh|fish", "print a completion script"},
};

using Offer = OptionRow::Offer;
constexpr OptionRow kOptions[] = {
    {Opt::profile, "--profile", "", "PROFILE", Offer::words, "core|baseline|restricted|all",
     "only findings that break this profile (default: all)", kAudit | kDiff},
    {Opt::fail_on, "--fail-on", "", "SEVERITY", Offer::words,
     "info|low|medium|high|critical|none|priority:",
     "exit 1 when a finding is at or above it; priority:300 too (default: high)", kAudit | kDiff},
    {Opt::severity, "--severity", "", "SEVERITY", Offer::words, "info|low|medium|high|critical",
     "leave out findings below it (default: info)", kAudit | kDiff},
    {Opt::kube_version, "--kube-version", "", "VERSION", Offer::words, "latest",
     "judge as this version of Kubernetes does, 1.0 to 1.37 (default: latest)",
     kAudit | kDiff | kExemptions},
    {Opt::include, "--include", "", "RULE", Offer::rules, "",
     "only these rules: id, slug or alias; repeatable, or a,b,c", kAudit | kDiff | kExemptions},
    {Opt::exclude, "--exclude", "", "RULE", Offer::rules, "",
     "all but these rules; repeatable, or a,b,c", kAudit | kDiff | kExemptions},
    {Opt::config, "--config", "", "FILE", Offer::files, "",
     "the configuration (default: .kaudit.yaml beside or above the first PATH)",
     kAudit | kDiff | kFacts | kReview | kExemptions},
    {Opt::no_config, "--no-config", "", "", Offer::nothing, "",
     "read no configuration: for trees that others wrote",
     kAudit | kDiff | kFacts | kReview | kExemptions},
    {Opt::as, "--as", "", "SURFACE", Offer::words, "kubernetes|compose|dockerfile",
     "what the files named are, whatever their names say", kAudit | kDiff | kFacts | kExemptions},
    {Opt::compose_file, "--compose-file", "", "FILE", Offer::files, "",
     "one file of a Compose project, in order; repeatable; -f FILE.yaml too",
     kAudit | kFacts | kExemptions},
    {Opt::respect_gitignore, "--respect-gitignore", "", "", Offer::nothing, "",
     "leave out what .gitignore files name", kAudit | kDiff | kFacts | kExemptions},
    {Opt::max_file_size, "--max-file-size", "", "SIZE", Offer::nothing, "",
     "largest file that is read, such as 512K, 64M, 1G (default: 64M)",
     kAudit | kDiff | kFacts | kReview | kExemptions},
    {Opt::max_image_size, "--max-image-size", "", "SIZE", Offer::nothing, "",
     "most that an image archive may unpack to (default: 32G)",
     kAudit | kDiff | kFacts | kExemptions},
    {Opt::jobs, "--jobs", "-j", "N", Offer::nothing, "",
     "files examined at a time (default: one per processor)", kAudit | kDiff | kExemptions},
    {Opt::format, "--format", "-f", "FORMAT", Offer::words,
     "text|json|sarif|junit|github|gitlab|markdown|csv|checklist|prometheus|policyreport|"
     "html|dot|mermaid",
     "of the next --output, else of standard output (default: text)", kAudit | kDiff | kRules},
    {Opt::output, "--output", "-o", "FILE", Offer::files, "",
     "write the report there, in the format before it or of its suffix; repeatable",
     kAudit | kDiff},
    {Opt::colour, "--color", "", "WHEN", Offer::words, "auto|always|never",
     "colours in text (default: auto; NO_COLOR and FORCE_COLOR count)", kAudit | kDiff},
    {Opt::today, "--today", "", "DATE", Offer::nothing, "",
     "judge as on that day, 2026-12-31: exemptions end (default: today, UTC)",
     kAudit | kDiff | kExemptions | kReview},
    {Opt::order, "--order", "", "ORDER", Offer::words, "priority|file",
     "what to fix first (default), or file by file without ranking", kAudit},
    {Opt::top, "--top", "", "N", Offer::nothing, "",
     "list only the N findings to fix first; all are counted", kAudit},
    {Opt::shard, "--shard", "", "I/N", Offer::nothing, "",
     "only one of N parts, 0 to N-1: of the files, or of the objects of a single file", kAudit},
    {Opt::scan_report, "--scan-report", "", "FILE", Offer::files, "",
     "of Trivy or Grype, for the checklist; IMAGE=FILE where it names none; repeatable", kAudit},
    {Opt::show_exempted, "--show-exempted", "", "", Offer::nothing, "",
     "list in text what the policy exempts, with reason and end", kAudit},
    {Opt::verbose, "--verbose", "-v", "", Offer::nothing, "",
     "say what was skipped and why, and show each rule's rationale",
     kAudit | kDiff | kFacts | kReview | kExemptions},
    {Opt::quiet, "--quiet", "-q", "", Offer::nothing, "",
     "no summary, notes or progress on standard error",
     kAudit | kDiff | kFacts | kReview | kExemptions},
    {Opt::route, "--route", "", "ROUTE", Offer::words, "policy|core|baseline|restricted",
     "answer as at /validate/ROUTE (default: policy, as at /validate)", kReview},
    {Opt::mode, "--mode", "", "MODE", Offer::words, "enforce|audit",
     "audit: allow all and say what would have been denied (default: enforce)", kReview},
    {Opt::pretty, "--pretty", "", "", Offer::nothing, "", "indent the answer, as on a terminal",
     kReview},
    {Opt::git, "--git", "", "", Offer::nothing, "",
     "OLD and NEW are revisions (main, v1:deploy), whatever files are called so", kDiff},
    {Opt::version, "--version", "", "", Offer::nothing, "",
     "print the version and that of the rules", kEvery},
    {Opt::help, "--help", "-h", "", Offer::nothing, "", "print this", kEvery},
};

Error usage_error(std::string message) { return {ErrorCode::config, std::move(message), {}}; }

const CommandRow& row_of(Command command) {
  return *std::find_if(std::begin(kCommands), std::end(kCommands),
                       [&](const CommandRow& row) { return row.command == command; });
}

std::string unknown_option(const std::string& word, Command command) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string_view> names;
  for (const OptionRow& row : kOptions) {
    if (takes(row, command)) {
      names.push_back(row.long_name);
    } else if (name == row.long_name || name == row.short_name) {
      const CommandRow& other = row_of(command);
      return "`kaudit" + (other.name.empty() ? std::string() : " " + std::string(other.name)) +
             "` takes no option " + name;
    }
  }
  return "unknown option " + in_quotes(name) + did_you_mean(name, names) +
         (name.starts_with("--") ? "" : "; write ./" + name + " or -- before a path like this");
}

// `a|b|c` below the help of an option, broken after a bar where it is long.
void append_words(std::string& text, std::string_view words) {
  constexpr std::size_t kWidth = 80;
  while (!words.empty()) {
    std::size_t end = words.size();
    if (end > kWidth) end = words.rfind('|', kWidth) + 1;
    text.append(30, ' ').append(words.substr(0, end)) += '\n';
    words.remove_prefix(end);
  }
}

}  // namespace

std::span<const CommandRow> command_rows() noexcept { return kCommands; }
std::span<const OptionRow> option_rows() noexcept { return kOptions; }

Result<CommandLine> split_command_line(std::vector<std::string> arguments) {
  CommandLine line;
  if (!arguments.empty()) {
    for (const CommandRow& row : kCommands) {
      if (!row.name.empty() && row.name == arguments.front()) line.command = row.command;
    }
    if (line.command != Command::audit) arguments.erase(arguments.begin());
  }
  std::vector<Opt> opts;
  std::vector<ArgumentRow> rows;
  for (const OptionRow& row : kOptions) {
    if (!takes(row, line.command)) continue;
    opts.push_back(row.opt);
    rows.push_back({row.long_name, row.short_name, !row.value.empty()});
  }
  auto split = split_arguments(std::move(arguments), rows);
  if (!split) return std::move(split).error();
  if (!split->unknown.empty()) {
    return usage_error(unknown_option(split->unknown.front(), line.command));
  }
  for (auto& [row, value] : split->options) line.options.emplace_back(opts[row], std::move(value));
  line.operands = std::move(split->operands);
  return line;
}

std::string help_text() {
  std::string text =
      "kaudit finds what makes workloads dangerous in Kubernetes manifests, Dockerfiles and "
      "Compose files.\n\nUsage:\n";
  const auto pad = [&](std::size_t from, std::size_t width) {
    const std::size_t used = text.size() - from;
    text.append(used < width ? width - used : 1, ' ');
  };
  for (const CommandRow& row : kCommands) {
    const std::size_t from = text.size();
    text += "  kaudit ";
    if (row.command == Command::audit) text += "[OPTION...] ";
    text += row.name;
    if (!row.name.empty() && !row.operands.empty()) text += ' ';
    text += row.operands;
    pad(from, 38);
    text += row.help;
    text += '\n';
  }
  text +=
      "\nA directory's *.yaml, *.yml and *.json files and Dockerfiles are audited; without PATH,\n"
      "this directory's.\n"
      "A path that is called like a command is written with ./ before it.\n\nOptions:\n";
  for (const OptionRow& row : kOptions) {
    const std::size_t from = text.size();
    text += "  ";
    text += row.short_name.empty() ? "   " : row.short_name;
    text += row.short_name.empty() ? " " : ", ";
    text += row.long_name;
    if (!row.value.empty()) {
      text += ' ';
      text += row.value;
    }
    pad(from, 30);
    text += row.help;
    text += '\n';
    if (row.offer == Offer::words && row.words.find('|') != std::string_view::npos) {
      append_words(text, row.words);
    }
  }
  text +=
      "\nExit status: 0 no finding at or above --fail-on, 1 findings, 2 something could not be\n"
      "examined or wrong usage (2 beats 1), 130 or 143 when interrupted.\n";
  return text;
}

}  // namespace kaudit
