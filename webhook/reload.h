// The policy and the certificates, read again when their files change.
//
// By content: an edit in place counts as much as the `..data` link of a mounted ConfigMap or Secret
// that points elsewhere. What cannot be used is refused: the last good policy and the last good
// pair stay, the metrics and one log line say so. A policy is also made anew when the day changes
// (UTC), because exemptions end.
//
// Thread-safety: start, poke and stop from one thread; check() from that of start() only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "webhook/admission.h"
#include "webhook/current.h"
#include "webhook/log.h"
#include "webhook/metrics.h"
#include "webhook/net/tls.h"

namespace kaudit {

// The text of a policy file, at most 1 MiB; "" for no file, which is the default policy.
[[nodiscard]] Result<std::string> read_policy(const std::string& file);
struct LoadedPolicy {
  std::shared_ptr<const Admission> admission;
  std::vector<std::string> notes;  // sentences for whoever wrote it
};
// `file`: for errors, which have its line and column.
[[nodiscard]] Result<LoadedPolicy> make_admission(const std::string& text, const std::string& file,
                                                  const AdmissionOptions& options, Day today);
void log_notes(Log& log, const std::string& file, const std::vector<std::string>& notes);

[[nodiscard]] Day day_of(std::chrono::system_clock::time_point time);

// What is watched and told; all must outlive the Reloader.
struct ReloadParts {
  std::string policy_file;  // empty: none
  std::string policy_text;  // in use at start
  AdmissionOptions options;
  Day today = 0;  // of the Admission in use at start
  Current<Admission>* admission = nullptr;
  TlsContext* tls = nullptr;
  Log* log = nullptr;
  Metrics* metrics = nullptr;
};

class Reloader {
 public:
  explicit Reloader(ReloadParts parts);
  ~Reloader() { stop(); }
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // Looks once, as if it were `now`.
  void check(std::chrono::system_clock::time_point now);

  // A thread that looks at every interval.
  void start(std::chrono::milliseconds interval);
  // It looks at once.
  void poke();
  void stop();

 private:
  void check_policy(std::chrono::system_clock::time_point now);
  void check_tls(std::chrono::system_clock::time_point now);
  void refused(Reloaded what, const std::string& message, std::chrono::system_clock::time_point now,
               std::string& last);
  // Tells metrics and log of the exemptions of the policy in use.
  void tell_exemptions(const Admission& admission);

  ReloadParts parts_;
  std::string policy_error_, tls_error_, tls_problem_;  // as last told; empty: none
  std::mutex mutex_;
  std::condition_variable wake_;
  bool poked_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace kaudit
