#include "webhook/log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include "core/report/json_writer.h"
#include "core/rule.h"

namespace kaudit {
namespace {

// Kubernetes' names have at most 253 bytes; only what somebody made up is ever shortened.
constexpr std::size_t kLongestText = 256;
constexpr std::size_t kLongestEscaped = 320;
// Room for the end of a line after its last rule.
constexpr std::size_t kReserve = 64;

// At most `most` bytes, without half a character at the end.
std::string_view beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

// As a literal of JSON, shortened until it fits.
std::string literal_of(std::string_view text) {
  for (std::size_t most = kLongestText;; most /= 2) {
    const std::string_view part = beginning(text, most);
    std::string literal;
    append_json_string(literal,
                       part.size() == text.size() ? std::string(text) : std::string(part) + "…");
    if (literal.size() <= kLongestEscaped || most == 1) return literal;
  }
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:/@,+").find(c) != std::string_view::npos;
  });
}

// 2026-01-31T12:00:00.000Z
std::string time_text(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  const std::time_t seconds = whole.count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char day[24], text[40];
  (void)std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
  const auto milli = std::chrono::duration_cast<std::chrono::milliseconds>(since - whole).count();
  (void)std::snprintf(text, sizeof text, "%s.%03dZ", day, static_cast<int>(milli));
  return text;
}

class Line {
 public:
  Line(LogFormat format, std::chrono::system_clock::time_point time, LogLevel level,
       std::string_view message)
      : json_(format == LogFormat::json) {
    if (json_) {
      text_ += '{';
      raw("time", '"' + time_text(time) + '"');
      raw("level", '"' + std::string(name_of(level)) + '"');
      text("msg", message);
    } else {
      text_ = time_text(time) + ' ';
      for (const char c : name_of(level)) text_ += static_cast<char>(c - 'a' + 'A');
      text_ += ' ';
      text_ += message;
    }
  }

  void text(std::string_view key, std::string_view value) {
    raw(key, !json_ && is_plain(value) && value.size() <= kLongestText ? std::string(value)
                                                                       : literal_of(value));
  }
  void raw(std::string_view key, std::string_view value) {
    if (json_) {
      if (text_.size() > 1) text_ += ',';
      text_ += '"';
      text_ += key;
      text_ += "\":";
    } else {
      text_ += ' ';
      text_ += key;
      text_ += '=';
    }
    text_ += value;
  }
  // Slugs, which need no escape; of a list that is too long, its beginning.
  void list(std::string_view key, const std::vector<std::string_view>& slugs) {
    std::string value = json_ ? "[" : "";
    std::size_t left = slugs.size();
    for (const std::string_view slug : slugs) {
      if (text_.size() + key.size() + value.size() + slug.size() + kReserve > kLongestLine) break;
      if (left != slugs.size()) value += ',';
      value += json_ ? '"' + std::string(slug) + '"' : std::string(slug);
      --left;
    }
    if (json_) value += ']';
    raw(key, value);
    if (left > 0) raw("more_rules", std::to_string(left));
  }
  void field(const LogField& field) {
    if (const auto* words = std::get_if<std::string_view>(&field.value)) {
      text(field.key, *words);
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      raw(field.key, std::to_string(*number));
    } else {
      raw(field.key, std::get<bool>(field.value) ? "true" : "false");
    }
  }
  [[nodiscard]] std::string end() && {
    text_ += json_ ? "}\n" : "\n";
    return std::move(text_);
  }

 private:
  bool json_;
  std::string text_;
};

// Each rule once, in the order of the findings.
template <class Predicate>
std::vector<std::string_view> slugs_of(const Decision& decision, Predicate predicate) {
  std::vector<std::string_view> slugs;
  for (const Finding& finding : decision.findings) {
    if (finding.rule == nullptr || !predicate(finding)) continue;
    const std::string_view slug = finding.rule->slug;
    if (std::find(slugs.begin(), slugs.end(), slug) == slugs.end()) slugs.push_back(slug);
  }
  return slugs;
}

}  // namespace

std::string_view name_of(LogLevel level) noexcept {
  constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

LogLevel level_of(Outcome outcome) noexcept {
  return outcome == Outcome::allowed || outcome == Outcome::not_judged ? LogLevel::info
                                                                       : LogLevel::warn;
}

std::string log_line(LogFormat format, std::chrono::system_clock::time_point time, LogLevel level,
                     std::string_view message, std::span<const LogField> fields) {
  Line line(format, time, level, message);
  for (const LogField& field : fields) line.field(field);
  return std::move(line).end();
}

std::string decision_line(LogFormat format, std::chrono::system_clock::time_point time,
                          const Decision& decision, std::chrono::microseconds took) {
  Line line(format, time, level_of(decision.outcome), name_of(decision.outcome));
  line.text("uid", decision.uid);
  line.text("user", decision.user);
  line.text("operation", decision.operation);
  line.text("kind", decision.kind);
  std::string resource(beginning(decision.resource, kLongestText));
  if (!decision.subresource.empty()) resource += '/' + std::string(decision.subresource);
  line.text("resource", resource);
  line.text("namespace", decision.ns);
  line.text("name", decision.name);
  line.raw("mode", format == LogFormat::json ? '"' + std::string(name_of(decision.mode)) + '"'
                                             : std::string(name_of(decision.mode)));
  line.raw("dry_run", decision.dry_run ? "true" : "false");
  line.raw("decision_us", std::to_string(took.count()));
  if (decision.outcome == Outcome::unjudgeable || decision.outcome == Outcome::malformed) {
    line.text("reason", decision.message);
  }
  const auto exempted =
      slugs_of(decision, [](const Finding& finding) { return finding.exemption != nullptr; });
  if (!exempted.empty()) line.list("exempted", exempted);
  line.list("rules", slugs_of(decision, [](const Finding& finding) {
              return finding.action == Action::deny && finding.exemption == nullptr;
            }));
  return std::move(line).end();
}

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!writes(level)) return;
  put(log_line(options_.format, std::chrono::system_clock::now(), level, message,
               {fields.begin(), fields.size()}));
}

void Log::decision(const Decision& decision, std::chrono::microseconds took) {
  const LogLevel level = level_of(decision.outcome);
  if (!writes(level) || (level == LogLevel::info && !sampled())) return;
  put(decision_line(options_.format, std::chrono::system_clock::now(), decision, took));
}

// Evenly: of 1/10 the tenth, the twentieth, and so on.
bool Log::sampled() noexcept {
  if (options_.allowed <= 0) return false;
  const auto count = static_cast<double>(allowed_.fetch_add(1, std::memory_order_relaxed));
  return std::floor((count + 1) * options_.allowed) > std::floor(count * options_.allowed);
}

void Log::put(const std::string& line) {
  const std::lock_guard lock(mutex_);
  // A pipe is writable when it has room for PIPE_BUF bytes, which a line and its `\n` never exceed.
  pollfd ready{descriptor_, POLLOUT, 0};
  const bool writable = ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
  if (!writable) {
    ++dropped_;
    return;
  }
  const std::string text = torn_ ? '\n' + line : line;
  ssize_t written = 0;
  do {
    written = ::write(descriptor_, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(text.size())) {
    torn_ = false;
    return;
  }
  ++dropped_;
  if (written > 0) torn_ = true;
}

}  // namespace kaudit
