#include "manifests/cli/options.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "manifests/policy/arguments.h"

namespace kaudit {
namespace {

constexpr unsigned kMostJobs = 256;
constexpr std::size_t kMostTop = 1'000'000;
// Beyond it more threads only wait for memory.
constexpr unsigned kMostJobsUnasked = 32;

Error usage_error(std::string message) { return {ErrorCode::config, std::move(message), {}}; }

struct Suffix {
  std::string_view text;
  Format format;
};
constexpr Suffix kSuffixes[] = {
    {".sarif", Format::sarif},     {".sarif.json", Format::sarif}, {".json", Format::json},
    {".xml", Format::junit},       {".md", Format::markdown},      {".html", Format::html},
    {".dot", Format::dot},         {".mmd", Format::mermaid},      {".csv", Format::csv},
    {".prom", Format::prometheus}, {".txt", Format::text}};

bool format_of_suffix(std::string_view path, Format& out) {
  for (const Suffix& suffix : kSuffixes) {
    if (path.ends_with(suffix.text)) {
      out = suffix.format;
      return true;
    }
  }
  return false;
}

std::vector<std::string_view> words_of(Opt opt) {
  for (const OptionRow& row : option_rows()) {
    if (row.opt != opt) continue;
    std::vector<std::string_view> words;
    std::string_view rest = row.words;
    while (!rest.empty()) {
      words.push_back(rest.substr(0, rest.find('|')));
      rest.remove_prefix(std::min(rest.size(), words.back().size() + 1));
    }
    return words;
  }
  return {};
}

std::string not_one_of(std::string_view text, std::string_view what, Opt opt) {
  const auto words = words_of(opt);
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return in_quotes(text) + " is no " + std::string(what) + " (" + list + ")" +
         did_you_mean(text, words);
}

// Pairs formats with files: a --format belongs to the -o that follows it; an -o without one takes
// the format of its suffix; a --format that no -o follows belongs to the only -o, if that has none
// yet, else to standard output.
class Pairing {
 public:
  Result<bool> format(const std::string& word) {
    Format format{};
    if (!parse(word, format))
      return usage_error("--format: " + not_one_of(word, "format", Opt::format));
    if (pending_) {
      const auto placed = to_standard_output();
      if (!placed) return placed;
    }
    pending_ = format;
    return true;
  }

  Result<bool> output(std::string path) {
    if (path.empty()) return usage_error("--output: the name of a file must not be empty");
    if (path == "-") path.clear();
    for (const Entry& entry : entries_) {
      if (entry.path == path) {
        return usage_error(path.empty() ? "two reports cannot both go to standard output"
                                        : "two reports cannot both go to " + in_quotes(path));
      }
    }
    entries_.push_back({std::move(path), pending_});
    pending_.reset();
    return true;
  }

  Result<std::vector<OutputSpec>> finish() {
    if (pending_ && entries_.size() == 1 && !entries_[0].format) {
      entries_[0].format = std::exchange(pending_, std::nullopt);
    }
    if (pending_ || entries_.empty()) {
      const auto placed = to_standard_output();
      if (!placed) return placed.error();
    }
    std::vector<OutputSpec> outputs;
    for (Entry& entry : entries_) {
      Format format = Format::text;
      if (entry.format) {
        format = *entry.format;
      } else if (!entry.path.empty() && !format_of_suffix(entry.path, format)) {
        return usage_error("--output: " + in_quotes(entry.path) +
                           " does not tell the format; write --format before it");
      }
      outputs.push_back({format, std::move(entry.path)});
    }
    return outputs;
  }

 private:
  struct Entry {
    std::string path;
    std::optional<Format> format;
  };

  Result<bool> to_standard_output() {
    const bool taken = std::any_of(entries_.begin(), entries_.end(),
                                   [](const Entry& entry) { return entry.path.empty(); });
    if (taken) return usage_error("--format: two reports cannot both go to standard output");
    entries_.insert(entries_.begin(), {std::string(), std::exchange(pending_, std::nullopt)});
    return true;
  }

  std::optional<Format> pending_;
  std::vector<Entry> entries_;
};

// A comma list of rules, appended.
Result<bool> add_rules(std::string_view list, std::optional<std::vector<const Rule*>>& out) {
  if (!out) out.emplace();
  while (true) {
    const auto comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    if (!name.empty()) {
      auto rules = parse_rule(name);
      if (!rules) return std::move(rules).error();
      out->insert(out->end(), rules->begin(), rules->end());
    }
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  if (out->empty()) return usage_error("names no rule");
  return true;
}

class Interpreter {
 public:
  Result<bool> take(Opt opt, const std::string& value) {
    switch (opt) {
      case Opt::profile: return set(options.policy.profile, parse_profile(value));
      case Opt::fail_on: return set(options.policy.fail_on, parse_fail_on(value));
      case Opt::severity: return set(options.policy.severity, parse_severity(value));
      case Opt::kube_version: {
        const auto version = parse_kube_version(value);
        if (!version) return version.error();
        options.policy.minor = version->minor;
        options.policy.notes.clear();
        if (version->newer) options.policy.notes.push_back(newer_version_note(value));
        return true;
      }
      case Opt::include: return add_rules(value, options.policy.include);
      case Opt::exclude: return add_rules(value, options.policy.exclude);
      case Opt::config:
        options.config = value;
        options.use_config = true;
        return true;
      case Opt::no_config:
        options.config.clear();
        options.use_config = false;
        return true;
      case Opt::as:
        for (const Surface surface : {Surface::kubernetes, Surface::compose, Surface::dockerfile}) {
          if (value == name_of(surface)) return accept(options.as, std::optional(surface));
        }
        return usage_error(not_one_of(value, "surface", Opt::as));
      case Opt::compose_file:
        if (value.empty() || value == "-") return usage_error("it must be the name of a file");
        options.project.push_back(value);
        return true;
      case Opt::respect_gitignore: return options.respect_gitignore = true;
      case Opt::max_file_size:
      case Opt::max_image_size: {
        const auto size = parse_size(value);
        if (!size) return size.error();
        (opt == Opt::max_file_size ? options.max_file_size : options.max_image_size) = *size;
        return true;
      }
      case Opt::jobs: return number(value, kMostJobs, options.jobs);
      case Opt::top: return number(value, kMostTop, options.top);
      case Opt::colour:
        if (value == "auto") return accept(options.colour, Colour::automatic);
        if (value == "always") return accept(options.colour, Colour::always);
        if (value == "never") return accept(options.colour, Colour::never);
        return usage_error(not_one_of(value, "choice", Opt::colour));
      case Opt::route:
        if (parse(value, options.route)) return true;
        return usage_error(not_one_of(value, "route", Opt::route));
      case Opt::mode:
        if (parse(value, options.mode)) return true;
        return usage_error(not_one_of(value, "mode", Opt::mode));
      case Opt::pretty: return options.pretty = true;
      case Opt::git: return options.git = true;
      case Opt::order:
        if (value == "priority") return accept(options.order, Order::priority);
        if (value == "file") return accept(options.order, Order::file);
        return usage_error(not_one_of(value, "order", Opt::order));
      case Opt::shard: {
        const auto shard = parse_shard(value);
        if (!shard) return shard.error();
        options.shard = *shard;
        return true;
      }
      case Opt::scan_report:
        if (value.empty() || value.ends_with('=') || value.starts_with('=')) {
          return usage_error("write FILE, or IMAGE=FILE");
        }
        options.scan_reports.push_back(value);
        return true;
      case Opt::show_exempted: return options.show_exempted = true;
      case Opt::today: return set(options.policy.today, parse_date(value));
      case Opt::verbose: return options.verbose = true;
      case Opt::quiet: return options.quiet = true;
      case Opt::version: return options.version = true;
      case Opt::help: return options.help = true;
      case Opt::format:
      case Opt::output: break;  // paired by the caller
    }
    return true;
  }

  Options options;

 private:
  template <class T>
  static Result<bool> number(const std::string& text, T most, T& out) {
    T value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < 1 || value > most) {
      return usage_error(in_quotes(text) + " is no number from 1 to " + std::to_string(most));
    }
    out = value;
    return true;
  }
  template <class T>
  Result<bool> accept(T& out, T value) {
    out = value;
    return true;
  }
  template <class T>
  Result<bool> set(std::optional<T>& out, Result<T> value) {
    if (!value) return std::move(value).error();
    out = *std::move(value);
    return true;
  }
};

std::string name_of(Opt opt) {
  for (const OptionRow& row : option_rows()) {
    if (row.opt == opt) return std::string(row.long_name);
  }
  return {};
}

Result<bool> check_operands(const Options& options) {
  const auto& operands = options.operands;
  switch (options.command) {
    case Command::audit:
    case Command::facts:
    case Command::exemptions:
      for (const std::string& path : operands) {
        if (path.empty()) return usage_error("a path must not be empty");
      }
      break;
    case Command::diff:
      if (operands.size() != 2 || operands[0].empty() || operands[1].empty()) {
        return usage_error("`kaudit diff` needs two operands, OLD and NEW");
      }
      if (operands[0] == "-" && operands[1] == "-") {
        return usage_error("only one of OLD and NEW can come from standard input");
      }
      break;
    case Command::rules:
      if (!operands.empty()) {
        return usage_error("`kaudit rules` takes no operand; `kaudit explain " + operands[0] +
                           "` explains a rule");
      }
      break;
    case Command::explain:
      if (operands.empty()) return usage_error("`kaudit explain` needs a rule");
      break;
    case Command::review:
      if (operands.size() != 1 || operands[0].empty()) {
        return usage_error("`kaudit review` needs one file, or - for standard input");
      }
      break;
    case Command::completion:
      if (operands.size() != 1) {
        return usage_error("`kaudit completion` needs one of bash, zsh, fish");
      }
      break;
  }
  return true;
}

}  // namespace

std::vector<std::string> paths_of(const Options& options) {
  if (!options.operands.empty() || !options.project.empty()) return options.operands;
  return {"."};
}

unsigned jobs_of(const Options& options) {
  if (options.jobs != 0) return options.jobs;
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMostJobsUnasked);
}

Result<Options> parse_options(std::vector<std::string> arguments) {
  auto line = split_command_line(std::move(arguments));
  if (!line) return std::move(line).error();
  Interpreter interpreter;
  Options& options = interpreter.options;
  options.command = line->command;
  options.operands = std::move(line->operands);
  Pairing pairing;
  for (const auto& [opt, value] : line->options) {
    // `-f compose.yaml -f compose.prod.yaml`, as docker compose takes it; no format is called so.
    const bool file = value.ends_with(".yaml") || value.ends_with(".yml");
    if (opt == Opt::format && file && options.command == Command::audit) {
      options.project.push_back(value);
      continue;
    }
    if (opt == Opt::format || opt == Opt::output) {
      const auto paired = opt == Opt::format ? pairing.format(value) : pairing.output(value);
      if (!paired) return paired.error();
      continue;
    }
    const auto taken = interpreter.take(opt, value);
    if (!taken) return usage_error(name_of(opt) + ": " + taken.error().message);
  }
  if (options.help || options.version) return options;
  auto outputs = pairing.finish();
  if (!outputs) return std::move(outputs).error();
  options.outputs = *std::move(outputs);
  const auto checked = check_operands(options);
  if (!checked) return checked.error();
  return options;
}

}  // namespace kaudit
