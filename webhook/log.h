// Log lines: one JSON object or one line of key=value each, to a descriptor.
//
// Whatever a name holds, a line is one line of valid UTF-8 without a character that a terminal
// obeys, and of at most kLongestLine bytes. No value of an object's field is ever logged.
//
// A line is one write(2), made only where it cannot block: admission never waits for whoever reads
// the log. A line that finds the pipe full, the disk full or the reader gone is dropped and counted
// (kaudit_log_lines_dropped_total).
//
// Thread-safety: any thread. Ownership: the descriptor stays the caller's.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "webhook/admission.h"

namespace kaudit {

enum class LogFormat : std::uint8_t { json, text };
enum class LogLevel : std::uint8_t { debug, info, warn, error };
[[nodiscard]] std::string_view name_of(LogLevel level) noexcept;

struct LogOptions {
  LogFormat format = LogFormat::json;
  LogLevel level = LogLevel::info;
  double allowed = 0;  // the part of the allowed reviews that is logged: 0 none, 1 all
};

// What a pipe takes in one piece and, when poll(2) calls it writable, at once: PIPE_BUF of Linux.
inline constexpr std::size_t kLongestLine = 4096;

struct LogField {
  std::string_view key;  // ours: needs no escape
  std::variant<std::string_view, std::int64_t, bool> value;
};

class Log {
 public:
  Log(int descriptor, const LogOptions& options) : descriptor_(descriptor), options_(options) {}

  // `message`: a few words of ours; a long or hostile field is shortened and escaped.
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
  // A denial, or what would have been one: always. An allowed review: as sampled.
  void decision(const Decision& decision, std::chrono::microseconds took);

  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  // The options say that a line of that level is written.
  [[nodiscard]] bool writes(LogLevel level) const noexcept { return level >= options_.level; }

 private:
  [[nodiscard]] bool sampled() noexcept;
  void put(const std::string& line);

  int descriptor_;
  LogOptions options_;
  std::atomic<std::uint64_t> dropped_{0}, allowed_{0};
  std::mutex mutex_;
  bool torn_ = false;  // the last line was written in part
};

// The lines themselves, with their line feed.
[[nodiscard]] std::string log_line(LogFormat format, std::chrono::system_clock::time_point time,
                                   LogLevel level, std::string_view message,
                                   std::span<const LogField> fields);
[[nodiscard]] std::string decision_line(LogFormat format,
                                        std::chrono::system_clock::time_point time,
                                        const Decision& decision, std::chrono::microseconds took);
[[nodiscard]] LogLevel level_of(Outcome outcome) noexcept;

}  // namespace kaudit
