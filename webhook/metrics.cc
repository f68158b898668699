#include "webhook/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <atomic>
#include <sstream>
#include <utility>
#include <vector>

#include "core/rule.h"
#include "webhook/process.h"

namespace kaudit {
namespace {

using prometheus::Counter;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kOperations[] = {"CREATE", "UPDATE", "DELETE", "CONNECT", "other"};
constexpr std::size_t kModes = 2;

struct Resource {
  std::string_view group, resource, subresource, label;
};
// The last row stands for whatever is not in the table.
constexpr Resource kResources[] = {
    {"", "pods", "", "pods"},
    {"", "pods", "ephemeralcontainers", "pods/ephemeralcontainers"},
    {"", "pods", "resize", "pods/resize"},
    {"", "podtemplates", "", "podtemplates"},
    {"", "replicationcontrollers", "", "replicationcontrollers"},
    {"apps", "daemonsets", "", "daemonsets"},
    {"apps", "deployments", "", "deployments"},
    {"apps", "replicasets", "", "replicasets"},
    {"apps", "statefulsets", "", "statefulsets"},
    {"batch", "cronjobs", "", "cronjobs"},
    {"batch", "jobs", "", "jobs"},
    {"", "", "", "other"},
};

std::size_t index_of_resource(std::string_view group, std::string_view resource,
                              std::string_view subresource) noexcept {
  const auto* last = std::end(kResources) - 1;
  const auto* row = std::find_if(std::begin(kResources), last, [&](const Resource& it) {
    return it.resource == resource && it.subresource == subresource && it.group == group;
  });
  return static_cast<std::size_t>(row - std::begin(kResources));
}

std::size_t index_of_operation(std::string_view operation) noexcept {
  const auto* last = std::end(kOperations) - 1;
  return static_cast<std::size_t>(std::find(std::begin(kOperations), last, operation) -
                                  std::begin(kOperations));
}

// Counters of one family by a number: adding a series costs 200 ns and a lock, a cached one 7.
class Cached {
 public:
  Cached(prometheus::Family<Counter>& family, std::size_t size) : family_(family), series_(size) {}

  // `labels` is called when the series is new.
  template <class Labels>
  Counter& at(std::size_t index, Labels labels) {
    Counter* counter = series_[index].load(std::memory_order_acquire);
    if (counter == nullptr) {
      counter = &family_.Add(labels());  // gives the same one to whoever asks at the same time
      series_[index].store(counter, std::memory_order_release);
    }
    return *counter;
  }

 private:
  prometheus::Family<Counter>& family_;
  std::vector<std::atomic<Counter*>> series_;
};

prometheus::Family<Counter>& counters(prometheus::Registry& registry, const char* name,
                                      const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

void add(std::vector<MetricFamily>& out, const char* name, const char* help, MetricType type,
         const std::vector<std::pair<std::vector<prometheus::ClientMetric::Label>, double>>& all) {
  MetricFamily family{name, help, type, {}};
  for (const auto& [labels, value] : all) {
    prometheus::ClientMetric metric;
    metric.label = labels;
    metric.counter.value = metric.gauge.value = value;  // the type says which is read
    family.metric.push_back(std::move(metric));
  }
  out.push_back(std::move(family));
}

double seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

template <class Number>
double load(const std::atomic<Number>& counter) {
  return static_cast<double>(counter.load(std::memory_order_relaxed));
}

void add_front(std::vector<MetricFamily>& out, const FrontCounters& front, double shed_late) {
  struct Row {
    const char *name, *help;
    MetricType type;
    double value;
  };
  for (const Row& row : {
           Row{"kaudit_connections_total", "Connections that were accepted.", MetricType::Counter,
               load(front.connections)},
           Row{"kaudit_connections_open", "Connections that are open.", MetricType::Gauge,
               load(front.open)},
           Row{"kaudit_connections_refused_total", "Connections that were over a limit.",
               MetricType::Counter, load(front.refused_connections)},
           Row{"kaudit_connection_timeouts_total",
               "Connections that were closed because a deadline was over.", MetricType::Counter,
               load(front.timeouts)},
           Row{"kaudit_http_requests_total", "Complete HTTP requests.", MetricType::Counter,
               load(front.requests)},
           Row{"kaudit_requests_in_flight", "Requests that wait or are being answered.",
               MetricType::Gauge, load(front.in_flight)},
           Row{"kaudit_requests_shed_total",
               "Requests that were answered with 503 and Retry-After because of overload.",
               MetricType::Counter, load(front.shed) + shed_late},
           Row{"kaudit_protocol_errors_total", "Requests that were no proper HTTP.",
               MetricType::Counter, load(front.protocol_errors)},
           Row{"kaudit_tls_errors_total", "TLS handshakes and connections that failed.",
               MetricType::Counter, load(front.tls_errors)},
       }) {
    add(out, row.name, row.help, row.type, {{{}, row.value}});
  }
}

void add_process(std::vector<MetricFamily>& out) {
  const ProcessFacts facts = process_facts();
  struct Row {
    const char *name, *help;
    MetricType type;
    std::optional<double> value;
  };
  for (const Row& row :
       {Row{"process_cpu_seconds_total", "Processor time used, in seconds.", MetricType::Counter,
            facts.cpu_seconds},
        Row{"process_start_time_seconds", "When the process started, since 1970 in seconds.",
            MetricType::Gauge, facts.start_time_seconds},
        Row{"process_resident_memory_bytes", "Memory that is resident, in bytes.",
            MetricType::Gauge, facts.resident_bytes},
        Row{"process_virtual_memory_bytes", "Address space, in bytes.", MetricType::Gauge,
            facts.virtual_bytes},
        Row{"process_open_fds", "File descriptors that are open.", MetricType::Gauge,
            facts.open_descriptors},
        Row{"process_max_fds", "File descriptors that may be open.", MetricType::Gauge,
            facts.most_descriptors}}) {
    if (row.value) add(out, row.name, row.help, row.type, {{{}, *row.value}});
  }
}

}  // namespace

std::string_view resource_label(std::string_view group, std::string_view resource,
                                std::string_view subresource) noexcept {
  return kResources[index_of_resource(group, resource, subresource)].label;
}

struct Metrics::Impl {
  struct Reload {
    prometheus::Gauge *success, *time;
    Counter* errors;
  };

  explicit Impl(Mode own)
      : requests(counters(registry, "kaudit_admission_requests_total",
                          "AdmissionReviews that were answered."),
                 std::size(kOperations) * std::size(kResources) * kOutcomes * kModes * 2),
        denials(counters(registry, "kaudit_rule_denials_total",
                         "Reviews that a rule denied, or in mode audit would have denied."),
                all_rules().size() * kModes),
        warnings(counters(registry, "kaudit_rule_warnings_total",
                          "Reviews in which a rule gave a warning."),
                 all_rules().size()),
        exemptions_used(counters(registry, "kaudit_exemptions_used_total",
                                 "Reviews in which an exemption covered findings of a rule."),
                        all_rules().size()) {
    for (const Rule* rule : all_rules()) {
      (void)denial(*rule, own);
      (void)of_rule(warnings, *rule);
      (void)of_rule(exemptions_used, *rule);
    }
    prometheus::BuildGauge()
        .Name("kaudit_build_info")
        .Help("Always 1; the labels say what runs here.")
        .Register(registry)
        .Add({{"version", KAUDIT_VERSION},
              {"ruleset", std::string(ruleset_version())},
              {"pod_security_standards", "1." + std::to_string(kNewestMinor)},
              {"mode", std::string(name_of(own))}})
        .Set(1);
  }

  Counter& denial(const Rule& rule, Mode mode) {
    return denials.at(index_of(rule) * kModes + static_cast<std::size_t>(mode), [&] {
      return prometheus::Labels{{"rule", std::string(rule.slug)},
                                {"mode", std::string(name_of(mode))}};
    });
  }
  static Counter& of_rule(Cached& series, const Rule& rule) {
    return series.at(index_of(rule),
                     [&] { return prometheus::Labels{{"rule", std::string(rule.slug)}}; });
  }
  Counter& request(const Decision& decision) {
    const std::size_t operation = index_of_operation(decision.operation);
    const std::size_t resource =
        index_of_resource(decision.group, decision.resource, decision.subresource);
    std::size_t index = operation * std::size(kResources) + resource;
    index = index * kOutcomes + static_cast<std::size_t>(decision.outcome);
    index = index * kModes + static_cast<std::size_t>(decision.mode);
    index = index * 2 + (decision.dry_run ? 1 : 0);
    return requests.at(index, [&] {
      return prometheus::Labels{{"operation", std::string(kOperations[operation])},
                                {"resource", std::string(kResources[resource].label)},
                                {"outcome", std::string(name_of(decision.outcome))},
                                {"mode", std::string(name_of(decision.mode))},
                                {"dry_run", decision.dry_run ? "true" : "false"}};
    });
  }
  Reload reload_of(const char* success, const char* time, const char* errors, const char* what) {
    const std::string of(what);
    return {
        &gauge(registry, success, ("1 when the " + of + " in use is what the files hold.").c_str()),
        &gauge(registry, time,
               ("When the " + of + " in use was read, since 1970 in seconds.").c_str()),
        &counters(registry, errors, ("Times that a changed " + of + " was refused.").c_str())
             .Add({})};
  }

  prometheus::Registry registry;
  Cached requests, denials, warnings, exemptions_used;
  prometheus::Histogram& duration =
      prometheus::BuildHistogram()
          .Name("kaudit_admission_duration_seconds")
          .Help("From the last byte of a review to its answer, waiting included, in seconds.")
          .Register(registry)
          .Add({}, prometheus::Histogram::BucketBoundaries{0.00005, 0.0001, 0.00025, 0.0005, 0.001,
                                                           0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                           0.25, 0.5, 1});
  Reload policy =
      reload_of("kaudit_policy_reload_success", "kaudit_policy_reload_success_timestamp_seconds",
                "kaudit_policy_reload_errors_total", "policy");
  Reload tls = reload_of("kaudit_tls_reload_success", "kaudit_tls_reload_success_timestamp_seconds",
                         "kaudit_tls_reload_errors_total", "certificate");
  prometheus::Family<prometheus::Gauge>& exemptions =
      prometheus::BuildGauge()
          .Name("kaudit_exemptions")
          .Help("Exemptions of the policy in use; expired ones no longer count.")
          .Register(registry);
  prometheus::Gauge& active = exemptions.Add({{"state", "active"}});
  prometheus::Gauge& expired = exemptions.Add({{"state", "expired"}});
  std::atomic<std::uint64_t> shed{0};
  MetricSources sources;
};

Metrics::Metrics(Mode mode) : impl_(std::make_unique<Impl>(mode)) {}
Metrics::~Metrics() = default;

void Metrics::observe(MetricSources sources) { impl_->sources = std::move(sources); }

void Metrics::decided(const Decision& decision) {
  impl_->request(decision).Increment();
  // Most reviews have no finding: nothing is allocated for them.
  if (decision.findings.empty()) return;
  const bool denied =
      decision.outcome == Outcome::denied || decision.outcome == Outcome::would_deny;
  struct Marks {
    bool denied = false, warned = false, exempted = false;
  };
  std::vector<Marks> seen(all_rules().size());
  const auto count = [](bool& mark, Counter& counter) {
    if (!std::exchange(mark, true)) counter.Increment();
  };
  for (const Finding& finding : decision.findings) {
    if (finding.rule == nullptr) continue;
    Marks& marks = seen[index_of(*finding.rule)];
    if (finding.exemption != nullptr) {
      count(marks.exempted, Impl::of_rule(impl_->exemptions_used, *finding.rule));
    } else if (denied && finding.action == Action::deny) {
      count(marks.denied, impl_->denial(*finding.rule, decision.mode));
    } else if (finding.action == Action::warn) {
      count(marks.warned, Impl::of_rule(impl_->warnings, *finding.rule));
    }
  }
}

void Metrics::answered(std::chrono::nanoseconds took) {
  impl_->duration.Observe(std::chrono::duration<double>(took).count());
}

void Metrics::shed() { impl_->shed.fetch_add(1, std::memory_order_relaxed); }

void Metrics::reloaded(Reloaded what, bool success, std::chrono::system_clock::time_point now) {
  const Impl::Reload& reload = what == Reloaded::policy ? impl_->policy : impl_->tls;
  reload.success->Set(success ? 1 : 0);
  if (success) {
    reload.time->Set(seconds(now));
  } else {
    reload.errors->Increment();
  }
}

void Metrics::exemptions(std::size_t all, std::size_t expired) {
  impl_->active.Set(static_cast<double>(all - expired));
  impl_->expired.Set(static_cast<double>(expired));
}

std::string Metrics::text() const {
  std::vector<MetricFamily> families = impl_->registry.Collect();
  const MetricSources& sources = impl_->sources;
  if (sources.front != nullptr) add_front(families, *sources.front, load(impl_->shed));
  if (sources.tls) {
    const TlsState state = sources.tls();
    const bool has_ca = state.ca_not_after != std::chrono::system_clock::time_point{};
    std::vector<std::pair<std::vector<prometheus::ClientMetric::Label>, double>> series = {
        {{{"certificate", "serving"}}, seconds(state.not_after)}};
    if (has_ca) series.push_back({{{"certificate", "ca"}}, seconds(state.ca_not_after)});
    add(families, "kaudit_tls_certificate_expiry_timestamp_seconds",
        "When a certificate ends, since 1970 in seconds.", MetricType::Gauge, series);
  }
  if (sources.ready) {
    add(families, "kaudit_ready", "1 when /readyz says so.", MetricType::Gauge,
        {{{}, sources.ready() ? 1.0 : 0.0}});
  }
  if (sources.dropped_log_lines) {
    add(families, "kaudit_log_lines_dropped_total",
        "Log lines that could not be written without waiting.", MetricType::Counter,
        {{{}, static_cast<double>(sources.dropped_log_lines())}});
  }
  add_process(families);
  std::sort(families.begin(), families.end(),
            [](const MetricFamily& a, const MetricFamily& b) { return a.name < b.name; });
  for (MetricFamily& family : families) {
    std::sort(family.metric.begin(), family.metric.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace kaudit
