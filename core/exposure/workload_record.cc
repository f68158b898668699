#include "core/exposure/workload_record.h"

#include <algorithm>
#include <iterator>

#include "core/built_image.h"
#include "core/exposure/collector.h"
#include "core/host_path.h"
#include "core/servers.h"

namespace kaudit {
namespace {

const Text* find(std::span<const Pair> pairs, std::string_view name) noexcept {
  const auto found = std::ranges::find(pairs, name, &Pair::name);
  return found == pairs.end() ? nullptr : &found->value;
}

// Repositories of ingress controllers and reverse proxies: what sends on requests from outside.
constexpr std::string_view kProxies[] = {
    "ingress-nginx", "nginx-ingress", "traefik", "haproxy-ingress", "kubernetes-ingress-controller",
    "contour",       "nginx-proxy",   "caddy",   "ambassador",      "proxyv2"};

// Of what runs the jobs of a CI system.
constexpr std::string_view kRunners[] = {
    "gitlab-runner", "actions-runner", "github-runner", "drone-runner", "woodpecker-agent",
    "jenkins",       "buildkite",      "concourse",     "act_runner",   "teamcity-agent",
    "ci-runner",     "bamboo-agent",   "azp-agent"};

bool names_any(const Container& container, std::span<const std::string_view> names) noexcept {
  const std::string_view image = container.image.value_or({});
  return std::ranges::any_of(
      names, [&](std::string_view name) { return image.find(name) != std::string_view::npos; });
}

bool is_console(const Container& container) noexcept {
  const Server* server = server_of_image(container.image.value_or({}));
  return server != nullptr && server->kind == Server::Kind::console;
}

bool leads_to_runtime(const Text& path) {
  if (!path.written()) return false;
  const HostPathKind kind = grade(HostPath(path.value)).kind;
  return kind == HostPathKind::runtime_socket || kind == HostPathKind::runtime_directory;
}

bool takes_node(const Workload& fact) {
  if (fact.host_pid.is(true)) return true;
  const auto privileged = [](const Container& container) {
    return container.security.privileged.is(true);
  };
  const auto reaches_runtime = [](const Volume& volume) {
    return leads_to_runtime(volume.host_path);
  };
  return std::ranges::any_of(fact.containers, privileged) ||
         std::ranges::any_of(fact.volumes, reaches_runtime);
}

bool is_given_secrets(const Workload& fact) {
  return std::ranges::any_of(fact.uses,
                             [](const ConfigUse& use) { return use.secret && !use.only_pulls; });
}

Lifetime kubernetes_lifetime(const Workload& fact) noexcept {
  if (fact.kind == "CronJob" || fact.kind == "ScheduledJob" || fact.kind == "CronWorkflow") {
    return Lifetime::scheduled;
  }
  for (const std::string_view kind : {"Job", "Workflow", "TaskRun", "PipelineRun"}) {
    if (fact.kind == kind) return Lifetime::once;
  }
  if (fact.kind == "Pod" &&
      (fact.restart_policy.is("Never") || fact.restart_policy.is("OnFailure")))
    return Lifetime::once;
  return Lifetime::always;
}

// Compose restarts nothing unless it is told to, and most services run on all the same: once are
// those that say `restart: "no"` or on-failure.
Lifetime compose_lifetime(const Workload& fact) noexcept {
  const std::string_view restart = fact.restart_policy.value_or({});
  return restart == "no" || restart == "false" || restart.starts_with("on-failure")
             ? Lifetime::once
             : Lifetime::always;
}

// By which Traefik, Caddy's docker-proxy and nginx-proxy learn of what they publish.
bool is_proxied(const Workload& fact) {
  if (const Text* enabled = find(fact.labels, "traefik.enable");
      enabled != nullptr && enabled->value == "false") {
    return false;
  }
  for (const Pair& label : fact.labels) {
    if (label.name == "traefik.enable" || label.name == "caddy") return true;
    if (label.name.starts_with("traefik.") && label.name.ends_with(".rule")) return true;
    if (label.name.starts_with("traefik.frontend.rule")) return true;
  }
  return std::ranges::any_of(fact.containers, [](const Container& container) {
    return std::ranges::any_of(container.env, [](const EnvVar& variable) {
      return variable.name.value == "VIRTUAL_HOST";
    });
  });
}

void state(WorkloadRecord& out, std::span<const Pair> annotations) {
  const Text* stated = find(annotations, kExposureAnnotation);
  if (stated == nullptr || out.stated) return;
  out.stated = parse_exposure(stated->value);
  if (out.stated) out.stated_by = std::string("annotation ").append(kExposureAnnotation);
}

void add_containers(const Workload& fact, WorkloadRecord& out) {
  const bool compose = fact.surface == Surface::compose;
  for (const Container& container : fact.containers) {
    out.proxy = out.proxy || names_any(container, kProxies);
    out.ci_runner = out.ci_runner || names_any(container, kRunners);
    out.console = out.console || is_console(container);
    for (const Port& port : container.ports) {
      PortRecord& to = out.ports.emplace_back();
      to.name = port.name.value;
      to.number = port.container.value;
      to.last = port.container_last;
      to.host = port.host.value;
      to.host_ip = port.host_ip.value;
      to.published = compose;
      if (!compose && !port.host.written()) continue;
      to.where = fact.document->locate(port.host.written() ? port.host.at : port.container.at);
      to.where.pointer.clear();
    }
    if (container.built != nullptr && !container.built->dockerfile.empty()) {
      out.dockerfiles.push_back(container.built->dockerfile);
    }
    if (!container.build.file.empty()) out.dockerfiles.emplace_back(container.build.file);
  }
}

}  // namespace

ObjectRecord object_record(const Object& object) {
  ObjectRecord out;
  out.key = {object.document->serial(), object.at};
  out.surface = object.surface;
  out.kind = object.kind;
  out.ns = object.ns;
  out.name = object.name;
  out.where = object.document->locate_key(object.at);
  out.where.pointer.clear();
  return out;
}

Labels labels_of(std::span<const Pair> pairs) {
  Labels out;
  out.reserve(pairs.size());
  for (const Pair& pair : pairs) out.emplace_back(pair.name, pair.value.value);
  std::ranges::stable_sort(out, {}, &Labels::value_type::first);
  const auto again = std::ranges::unique(out, {}, &Labels::value_type::first);
  out.erase(again.begin(), again.end());
  return out;
}

std::vector<ConfigName> names_of(std::span<const ConfigUse> uses) {
  std::vector<ConfigName> out;
  for (const ConfigUse& use : uses) {
    if (use.name.written()) out.push_back({std::string(use.name.value), use.secret});
  }
  return out;
}

WorkloadRecord workload_record(const Workload& fact) {
  const bool compose = fact.surface == Surface::compose;
  WorkloadRecord out;
  static_cast<ObjectRecord&>(out) = object_record(fact);
  out.controller_kind = fact.controller_kind;
  out.controller_name = fact.controller_name;
  out.api_version = fact.api_version;
  out.labels = labels_of(compose ? fact.labels : fact.pod_labels);
  out.lifetime = compose ? compose_lifetime(fact) : kubernetes_lifetime(fact);
  out.replicas = fact.replicas.value_or(1);
  out.gains.node_wide = fact.kind == "DaemonSet" || fact.global;
  out.gains.replicas = out.replicas > 1;
  out.gains.node = takes_node(fact);
  out.gains.secrets = is_given_secrets(fact);
  out.host_network = fact.host_network.is(true);
  out.patch = fact.patch;
  out.proxied = compose && is_proxied(fact);
  out.always_public =
      fact.kind == "Service" && fact.api_version.starts_with("serving.knative.dev/");
  if (const Text* visible = find(fact.labels, "networking.knative.dev/visibility")) {
    out.always_public = out.always_public && visible->value != "cluster-local";
  }
  out.account = fact.service_account.value;
  out.takes_token = !compose && !fact.automount_token.is(false);
  out.network_mode = fact.network_mode.value;
  out.internal_only =
      !fact.networks.empty() && std::ranges::all_of(fact.networks, &Network::internal);
  state(out, fact.annotations);
  state(out, compose ? fact.labels : fact.pod_annotations);
  out.configs = names_of(fact.uses);
  add_containers(fact, out);
  return out;
}

void add_part(const Workload& fact, WorkloadRecord& out) {
  out.gains.node = out.gains.node || takes_node(fact);
  out.gains.secrets = out.gains.secrets || is_given_secrets(fact);
  out.host_network = out.host_network || fact.host_network.is(true);
  out.patch = out.patch && fact.patch;
  std::ranges::move(names_of(fact.uses), std::back_inserter(out.configs));
  add_containers(fact, out);
}

}  // namespace kaudit
