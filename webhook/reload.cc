#include "webhook/reload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/exemption.h"
#include "manifests/policy/config.h"

namespace kaudit {
namespace {

constexpr std::size_t kLargestPolicy = std::size_t{1} << 20;

Error io_error(const std::string& file) {
  return {
      ErrorCode::io, std::string("cannot read it: ") + std::strerror(errno), {file, "", {}, {}}};
}

}  // namespace

Result<std::string> read_policy(const std::string& file) {
  std::string text;
  if (file.empty()) return text;
  // Not to wait where somebody put a pipe.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return io_error(file);
  char buffer[16384];
  ssize_t got = 0;
  while (text.size() <= kLargestPolicy) {
    got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  const Error failed = io_error(file);
  (void)::close(descriptor);
  if (got < 0) return failed;
  if (text.size() > kLargestPolicy) {
    return Error{ErrorCode::too_large, "a policy has at most 1 MiB", {file, "", {}, {}}};
  }
  return text;
}

Result<LoadedPolicy> make_admission(const std::string& text, const std::string& file,
                                    const AdmissionOptions& options, Day today) {
  Policy policy;
  if (!file.empty()) {
    auto read = parse_config(text, file);
    if (!read) return std::move(read).error();
    policy = *std::move(read);
  }
  policy.today = today;
  auto admission = std::make_shared<const Admission>(policy, options);
  return LoadedPolicy{std::move(admission), std::move(policy.notes)};
}

void log_notes(Log& log, const std::string& file, const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    log.write(LogLevel::warn, "policy", {{"file", file}, {"note", note}});
  }
}

Day day_of(std::chrono::system_clock::time_point time) {
  return static_cast<Day>(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

Reloader::Reloader(ReloadParts parts) : parts_(std::move(parts)) {
  const auto now = std::chrono::system_clock::now();
  parts_.metrics->reloaded(Reloaded::policy, true, now);
  parts_.metrics->reloaded(Reloaded::tls, true, now);
  tell_exemptions(*parts_.admission->get());
}

void Reloader::check(std::chrono::system_clock::time_point now) {
  check_policy(now);
  if (parts_.tls != nullptr) check_tls(now);
}

void Reloader::refused(Reloaded what, const std::string& message,
                       std::chrono::system_clock::time_point now, std::string& last) {
  if (message == last) return;
  last = message;
  parts_.metrics->reloaded(what, false, now);
  parts_.log->write(LogLevel::error,
                    what == Reloaded::policy ? "policy refused, the last good one stays"
                                             : "certificate refused, the last good one stays",
                    {{"error", message}});
}

void Reloader::check_policy(std::chrono::system_clock::time_point now) {
  const Day today = day_of(now);
  auto text = read_policy(parts_.policy_file);
  if (!text) {
    refused(Reloaded::policy, to_string(text.error()), now, policy_error_);
    text = parts_.policy_text;  // the day may still have changed
  } else if (*text == parts_.policy_text && !policy_error_.empty()) {
    policy_error_.clear();
    parts_.metrics->reloaded(Reloaded::policy, true, now);
    parts_.log->write(LogLevel::info, "policy is again the one in use");
  }
  const bool changed = *text != parts_.policy_text;
  if (!changed && today == parts_.today) return;
  auto made = make_admission(*text, parts_.policy_file, parts_.options, today);
  if (!made) {
    refused(Reloaded::policy, to_string(made.error()), now, policy_error_);
    if (today == parts_.today) return;
    made = make_admission(parts_.policy_text, parts_.policy_file, parts_.options, today);
    if (!made) return;
  } else if (changed) {
    parts_.policy_text = *std::move(text);
    policy_error_.clear();
    parts_.metrics->reloaded(Reloaded::policy, true, now);
    parts_.log->write(LogLevel::info, "policy read again", {{"file", parts_.policy_file}});
    log_notes(*parts_.log, parts_.policy_file, made->notes);
  }
  parts_.today = today;
  parts_.admission->set(made->admission);
  tell_exemptions(*made->admission);
}

void Reloader::check_tls(std::chrono::system_clock::time_point now) {
  const auto exchanged = parts_.tls->reload();
  if (!exchanged) {
    refused(Reloaded::tls, to_string(exchanged.error()), now, tls_error_);
  } else if (*exchanged || !tls_error_.empty()) {
    tls_error_.clear();
    parts_.metrics->reloaded(Reloaded::tls, true, now);
    parts_.log->write(LogLevel::info, *exchanged ? "certificate read again"
                                                 : "certificate is again the one in use");
  }
  const TlsState state = parts_.tls->state();
  std::string problem;
  for (const std::string& sentence : state.problems) {
    problem += (problem.empty() ? "" : "; ") + sentence;
  }
  if (problem == tls_problem_) return;
  tls_problem_ = std::move(problem);
  if (tls_problem_.empty()) {
    parts_.log->write(LogLevel::info, "certificate is good");
  } else {
    parts_.log->write(LogLevel::error, "not ready because of the certificate",
                      {{"error", tls_problem_}});
  }
}

void Reloader::tell_exemptions(const Admission& admission) {
  const Exemptions& exemptions = admission.plan(Route::policy).exemptions();
  std::size_t expired = 0;
  for (const Exemption& exemption : exemptions.list()) {
    if (!exemptions.has_expired(exemption)) continue;
    ++expired;
    parts_.log->write(LogLevel::warn, "exemption has expired and no longer counts",
                      {{"file", exemption.where.source},
                       {"line", std::int64_t{exemption.where.begin.line}},
                       {"reason", exemption.reason},
                       {"owner", exemption.owner}});
  }
  parts_.metrics->exemptions(exemptions.list().size(), expired);
}

void Reloader::start(std::chrono::milliseconds interval) {
  thread_ = std::thread([this, interval] {
    std::unique_lock lock(mutex_);
    while (true) {
      (void)wake_.wait_for(lock, interval, [&] { return poked_ || stopping_; });
      if (stopping_) return;
      poked_ = false;
      lock.unlock();
      check(std::chrono::system_clock::now());
      lock.lock();
    }
  });
}

void Reloader::poke() {
  const std::lock_guard lock(mutex_);
  poked_ = true;
  wake_.notify_one();
}

void Reloader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace kaudit
