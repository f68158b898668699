#include "webhook/program.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include "core/rule.h"
#include "webhook/current.h"
#include "webhook/health.h"
#include "webhook/metrics.h"
#include "webhook/net/self_signed.h"
#include "webhook/reload.h"
#include "webhook/routes.h"
#include "webhook/service.h"

namespace kaudit {
namespace {

using std::chrono::milliseconds;

constexpr int kEnding[] = {SIGTERM, SIGINT};
constexpr std::chrono::hours kYear{24 * 365};
// Beside the connections: listeners, files of policy and certificates, /proc, the log.
constexpr rlim_t kOtherDescriptors = 64;

sigset_t taken_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : kEnding) ::sigaddset(&set, signal);
  ::sigaddset(&set, SIGHUP);
  return set;
}

void end_at_once(int signal) { ::_exit(128 + signal); }

// From here on a second signal ends the process, even as the first one of a container, which the
// kernel spares every signal without a handler.
void release_signals() {
  struct sigaction action{};
  action.sa_handler = end_at_once;
  sigset_t ending;
  ::sigemptyset(&ending);
  for (const int signal : kEnding) {
    ::sigaction(signal, &action, nullptr);
    ::sigaddset(&ending, signal);
  }
  (void)::pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

void sleep_for(milliseconds time) {
  timespec left{time.count() / 1000, time.count() % 1000 * 1'000'000};
  while (::clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
  }
}

// As many descriptors as connections are allowed, if the system permits.
void allow_descriptors(const ServeOptions& options, Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = options.front.connections + kOtherDescriptors + 2 * kSideConnections;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) {
    log.write(LogLevel::warn, "fewer file descriptors than connections are allowed",
              {{"descriptors", static_cast<std::int64_t>(limit.rlim_cur)},
               {"wanted", static_cast<std::int64_t>(wanted)}});
  }
}

std::string text_of(const Listen& listen) {
  const bool six = listen.address.find(':') != std::string::npos;
  return (six ? '[' + listen.address + ']' : listen.address) + ':' + std::to_string(listen.port);
}

// Starts, and says where.
Result<bool> listen(Front& front, std::string_view what, Listen listen, Log& log) {
  const auto port = front.start();
  if (!port) return port.error();
  listen.port = *port;
  log.write(LogLevel::info, "listening", {{"for", what}, {"address", text_of(listen)}});
  return true;
}

Result<TlsOptions> tls_options(const ServeOptions& options, Log& log) {
  TlsOptions tls = options.tls;
  if (options.self_signed_dir.empty()) return tls;
  std::vector<std::string> names = tls.service_names;
  names.insert(names.end(), {"localhost", "127.0.0.1", "::1"});
  const auto made = self_signed(options.self_signed_dir, names, kYear);
  if (!made) return made.error();
  log.write(LogLevel::warn, "serving with a self-signed certificate, to try it out",
            {{"ca", made->ca_file}, {"reused", made->reused}});
  tls.certificate_file = made->certificate_file;
  tls.key_file = made->key_file;
  tls.ca_file = made->ca_file;
  return tls;
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += (text.empty() ? "" : "; ") + sentence;
  return text;
}

}  // namespace

void hold_signals() {
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::sigaction(signal, &action, nullptr);
  const sigset_t taken = taken_signals();
  (void)::pthread_sigmask(SIG_BLOCK, &taken, nullptr);
}

Result<bool> run_webhook(const ServeOptions& options) {
  Log log(STDERR_FILENO, options.log);
  Metrics metrics(options.admission.mode);

  // Load everything: a start with a broken policy or certificate is no start.
  ReloadParts parts;
  parts.policy_file = options.config;
  parts.options = options.admission;
  parts.today = day_of(std::chrono::system_clock::now());
  auto text = read_policy(options.config);
  if (!text) return std::move(text).error();
  parts.policy_text = *std::move(text);
  auto loaded = make_admission(parts.policy_text, options.config, options.admission, parts.today);
  if (!loaded) return std::move(loaded).error();
  log_notes(log, options.config, loaded->notes);
  Current<Admission> current(std::move(loaded->admission));
  const auto tls_files = tls_options(options, log);
  if (!tls_files) return tls_files.error();
  const auto tls = TlsContext::load(*tls_files);
  if (!tls) return tls.error();
  allow_descriptors(options, log);

  std::atomic<bool> draining{false};
  const auto checks = [&] {
    return std::vector<Check>{{"policy", ""},
                              {"certificate", joined((*tls)->state().problems)},
                              {"shutdown", draining ? "shutting down" : ""}};
  };
  ReviewService service(current, metrics, log);
  Front front(options.front, tls->get(), admission_handler(service));
  MetricSources sources;
  sources.front = &front.counters();
  sources.tls = [&] { return (*tls)->state(); };
  sources.ready = [&] { return !draining && (*tls)->state().problems.empty(); };
  sources.dropped_log_lines = [&] { return log.dropped(); };
  metrics.observe(std::move(sources));
  parts.admission = &current;
  parts.tls = tls->get();
  parts.log = &log;
  parts.metrics = &metrics;
  Reloader reloader(std::move(parts));

  // Listen, admission first: who is told that it is ready can be sure of it.
  const auto listening =
      listen(front, "admission", {options.front.address, options.front.port}, log);
  if (!listening) return listening.error();
  std::optional<Front> metrics_front, health_front;
  if (options.metrics) {
    metrics_front.emplace(side_options(*options.metrics), nullptr, metrics_handler(metrics));
    const auto started = listen(*metrics_front, "metrics", *options.metrics, log);
    if (!started) return started.error();
  }
  if (options.health) {
    health_front.emplace(side_options(*options.health), nullptr, health_handler(checks));
    const auto started = listen(*health_front, "health", *options.health, log);
    if (!started) return started.error();
  }
  reloader.check(std::chrono::system_clock::now());
  reloader.start(options.reload_interval);
  log.write(LogLevel::info, "serving",
            {{"version", std::string_view(KAUDIT_VERSION)},
             {"ruleset", ruleset_version()},
             {"mode", name_of(options.admission.mode)},
             {"workers", static_cast<std::int64_t>(options.front.workers)}});

  const sigset_t taken = taken_signals();
  int signal = 0;
  while (::sigwait(&taken, &signal) != 0 || signal == SIGHUP) {
    if (signal == SIGHUP) reloader.poke();
  }

  draining = true;
  release_signals();
  front.drain(options.shutdown_delay);
  log.write(LogLevel::info, "shutting down",
            {{"signal", std::int64_t{signal}},
             {"delay_ms", std::int64_t{options.shutdown_delay.count()}}});
  sleep_for(options.shutdown_delay);
  front.stop(options.drain_timeout);
  reloader.stop();
  if (metrics_front) metrics_front->stop(milliseconds(0));
  if (health_front) health_front->stop(milliseconds(0));
  log.write(LogLevel::info, "stopped");
  return true;
}

}  // namespace kaudit
