#include "manifests/policy/arguments.h"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <limits>
#include <map>

#include "core/rule.h"
#include "manifests/policy/policy.h"

namespace kaudit {
namespace {

Error usage_error(std::string message) { return {ErrorCode::config, std::move(message), {}}; }

// `--switch=x` and `--option=`, of which CLI11 would make something else.
Result<bool> check_equals(const std::vector<std::string>& words,
                          std::span<const ArgumentRow> rows) {
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) continue;
    for (const ArgumentRow& row : rows) {
      if (word.substr(0, equals) != row.long_name) continue;
      if (!row.takes_value) return usage_error(std::string(row.long_name) + " takes no value");
      if (equals + 1 == word.size()) {
        return usage_error(std::string(row.long_name) + " needs a value");
      }
    }
  }
  return true;
}

}  // namespace

// Operands are left to the "extras", for CLI11 would take a path such as `[a,b]` apart.
Result<Arguments> split_arguments(std::vector<std::string> words,
                                  std::span<const ArgumentRow> rows) {
  std::vector<std::string> after;
  const auto mark = std::find(words.begin(), words.end(), "--");
  if (mark != words.end()) {
    after.assign(mark + 1, words.end());
    words.erase(mark, words.end());
  }
  const auto checked = check_equals(words, rows);
  if (!checked) return checked.error();
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  struct Known {
    std::size_t row;
    std::size_t read = 0;  // how many of its values
  };
  std::map<const CLI::Option*, Known> known;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::string names(rows[n].long_name);
    if (!rows[n].short_name.empty()) names += "," + std::string(rows[n].short_name);
    CLI::Option* option = rows[n].takes_value ? app.add_option(names) : app.add_flag(names);
    if (rows[n].takes_value) option->expected(1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    known[option] = {n};
  }
  std::reverse(words.begin(), words.end());  // as CLI11 wants it
  try {
    app.parse(words);
  } catch (const CLI::ArgumentMismatch& mismatch) {
    const std::string what = mismatch.what();  // "--format: 1 required TEXT missing"
    return usage_error(what.substr(0, what.find(':')) + " needs a value");
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  Arguments split;
  for (std::string& word : app.remaining()) {
    const bool option = word.size() > 1 && word.front() == '-';
    (option ? split.unknown : split.operands).push_back(std::move(word));
  }
  split.operands.insert(split.operands.end(), after.begin(), after.end());
  for (const CLI::Option* option : app.parse_order()) {
    Known& it = known.at(option);
    split.options.emplace_back(
        it.row, rows[it.row].takes_value ? option->results().at(it.read) : std::string());
    ++it.read;
  }
  return split;
}

Result<std::size_t> parse_size(std::string_view text) {
  const auto wrong = [&] {
    return usage_error(in_quotes(text) + " is no size such as 512K, 64M or 1G, at most 4G");
  };
  std::size_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return wrong();
  std::string_view unit = text.substr(static_cast<std::size_t>(stop - text.data()));
  unsigned shift = 0;
  if (!unit.empty()) {
    constexpr std::string_view kUnits = "KMG";
    const char upper = static_cast<char>(unit[0] >= 'a' ? unit[0] - 'a' + 'A' : unit[0]);
    const auto at = kUnits.find(upper);
    if (at != std::string_view::npos) {
      shift = 10 * (static_cast<unsigned>(at) + 1);
      unit.remove_prefix(1);
      if (unit == "i" || unit == "iB" || unit == "B") unit = {};
    } else if (unit == "B") {
      unit = {};
    }
  }
  constexpr std::size_t kFour = std::size_t{4} << 30;
  if (!unit.empty() || number == 0 || number > (kFour >> shift)) return wrong();
  // Places in a text are 32 bits wide (core/document.h).
  return std::min<std::size_t>(number << shift, std::numeric_limits<std::uint32_t>::max());
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  using std::chrono::milliseconds;
  const auto wrong = [&] {
    return usage_error(in_quotes(text) + " is no duration such as 500ms, 10s or 1m30s, at most 1h");
  };
  constexpr milliseconds kMost = std::chrono::hours(1);
  if (text == "0") return milliseconds(0);
  milliseconds sum{0};
  std::string_view rest = text;
  if (rest.empty()) return wrong();
  while (!rest.empty()) {
    std::uint32_t number = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{}) return wrong();
    rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
    struct Unit {
      std::string_view name;
      milliseconds size;
    };
    constexpr Unit kUnits[] = {{"ms", milliseconds(1)},
                               {"s", std::chrono::seconds(1)},
                               {"m", std::chrono::minutes(1)},
                               {"h", std::chrono::hours(1)}};
    const Unit* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                    [&](const Unit& it) { return rest.starts_with(it.name); });
    if (unit == std::end(kUnits)) return wrong();
    rest.remove_prefix(unit->name.size());
    sum += unit->size * static_cast<std::int64_t>(number);
    if (sum > kMost) return wrong();
  }
  return sum;
}

std::string version_text(std::string_view program) {
  return std::string(program) + " " KAUDIT_VERSION ", rules " + std::string(ruleset_version()) +
         " (" + std::to_string(all_rules().size()) + " of them), Pod Security Standards 1.0 to 1." +
         std::to_string(kNewestMinor) + "\n";
}

void keep_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
  }
}

}  // namespace kaudit
