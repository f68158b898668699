#include "core/exposure/graph.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "core/exposure/accounts.h"
#include "core/exposure/collector.h"
#include "core/exposure/compose_network.h"
#include "core/exposure/controllers.h"
#include "core/exposure/fronts.h"
#include "core/exposure/isolation.h"
#include "core/exposure/label_index.h"
#include "core/exposure/shown_hop.h"
#include "core/glob.h"
#include "core/shown.h"

namespace kaudit {
namespace {

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// One way from outside to a workload.
struct Way {
  ExposureLevel level = ExposureLevel::isolated;
  Front front;
  const ServiceRecord* service = nullptr;
  std::size_t port = 0;              // of the service
  const PortRecord* host = nullptr;  // of the node
  bool host_network = false;
};

}  // namespace

void append(ExposureFacts& to, ExposureFacts&& from) {
  append(to.workloads, std::move(from.workloads));
  append(to.services, std::move(from.services));
  append(to.routes, std::move(from.routes));
  append(to.gateways, std::move(from.gateways));
  append(to.policies, std::move(from.policies));
  append(to.namespaces, std::move(from.namespaces));
  append(to.roles, std::move(from.roles));
  append(to.bindings, std::move(from.bindings));
  append(to.accounts, std::move(from.accounts));
  append(to.builds, std::move(from.builds));
  append(to.others, std::move(from.others));
  to.unread_policies = to.unread_policies || from.unread_policies;
}

// What is needed while the graph is made, and no longer.
class ExposureGraph::Solver {
 public:
  explicit Solver(ExposureGraph& graph)
      : graph_(graph),
        facts_(graph.facts_),
        accounts_(facts_),
        controllers_(facts_),
        fronts_(facts_) {}

  void run() {
    index_pods();
    match_services();
    isolation_.emplace(facts_, pods_, proxies_, budget_);
    graph_.complete_ = graph_.complete_ && isolation_->complete();
    for (std::size_t n = 0; n < facts_.workloads.size(); ++n) solve(n);
    for (std::size_t n = 0; n < facts_.services.size(); ++n) solve_service(n);
    for (const RouteRecord& route : facts_.routes) solve_route(route);
    solve_others();
    for (const BuildRecord& build : facts_.builds) solve_build(build);
  }

 private:
  // More ways than these to the same pods are left aside, the shortest ones first.
  static constexpr std::size_t kMostServices = 64;

  void index_pods() {
    groups_.resize(facts_.workloads.size());
    for (std::size_t n = 0; n < facts_.workloads.size(); ++n) {
      const WorkloadRecord& workload = facts_.workloads[n];
      if (workload.surface == Surface::compose) {
        projects_[workload.key.document].push_back(&workload);
      } else {
        Labels labels = workload.labels;
        labels.insert(labels.begin(), {std::string(kDirectoryLabel), directory_of(workload)});
        groups_[n] = pods_.add(namespace_of(workload), labels);
        proxies_.resize(pods_.size());
        proxies_[groups_[n]] = proxies_[groups_[n]] || workload.proxy;
      }
    }
  }

  // The most exposed first, so that what is left aside changes nothing.
  void match_services() {
    services_of_.resize(pods_.size());
    std::vector<std::size_t> order(facts_.services.size());
    for (std::size_t n = 0; n < order.size(); ++n) order[n] = n;
    std::ranges::stable_sort(order, std::greater{},
                             [&](std::size_t n) { return fronts_.level_of(n); });
    for (const std::size_t n : order) {
      const ServiceRecord& service = facts_.services[n];
      if (service.selector.empty() || service.type == "ExternalName") continue;
      const bool whole = pods_.select(namespace_of(service), selector_of_labels(service.selector),
                                      budget_, [&](LabelIndex::Group group) {
                                        auto& list = services_of_[group];
                                        if (list.size() < kMostServices) list.push_back(n);
                                      });
      graph_.complete_ = graph_.complete_ && whole;
    }
  }

  // The number of the container's port that a service's leads to; nothing where the pod has none of
  // that name.
  static std::optional<std::int64_t> target_of(const ServiceRecord& service, std::size_t port,
                                               const WorkloadRecord& workload) {
    if (port >= service.ports.size()) return 0;
    const ServiceRecord::Port& from = service.ports[port];
    if (from.target.empty()) return from.number;
    std::int64_t number = 0;
    const char* const end = from.target.data() + from.target.size();
    if (std::from_chars(from.target.data(), end, number).ptr == end) return number;
    const auto named = std::ranges::find(workload.ports, from.target, &PortRecord::name);
    if (named == workload.ports.end()) return std::nullopt;
    return named->number;
  }

  // As far as policies let it: those from outside by themselves, or through a proxy.
  ExposureLevel let_in(std::size_t index, ExposureLevel level, bool routed,
                       std::int64_t port) const {
    const WorkloadRecord& workload = facts_.workloads[index];
    // What shares the node's network is none of a policy's business.
    if (workload.host_network) return level;
    const Isolation::From from = isolation_->admitted(groups_[index], port, workload);
    if (from == Isolation::kNobody) return ExposureLevel::isolated;
    if (level <= ExposureLevel::cluster) return level;
    if (routed) return isolation_->admits_proxy(from) ? level : ExposureLevel::cluster;
    if ((from & Isolation::kInternet) != 0) return level;
    return (from & Isolation::kPrivateNetwork) != 0 ? std::min(level, ExposureLevel::network)
                                                    : ExposureLevel::cluster;
  }

  Way best_way(std::size_t index) const {
    const WorkloadRecord& workload = facts_.workloads[index];
    Way best;
    const auto offer = [&](Way way, std::int64_t port) {
      const ExposureLevel let = let_in(index, way.level, way.front.route != nullptr, port);
      // What is kept out is no part of the way in.
      if (let < way.level && let == ExposureLevel::cluster) way.front = {};
      way.level = let;
      if (way.level > best.level) best = way;
    };
    for (const std::size_t n : services_of_[groups_[index]]) {
      const ServiceRecord& service = facts_.services[n];
      for (const PortFronts& fronts : fronts_.of(n)) {
        if (fronts.level() <= best.level) continue;
        const auto port = target_of(service, fronts.port, workload);
        if (!port) continue;
        for (const Front* front : {&fronts.routed, &fronts.direct}) {
          offer({front->level, *front, &service, fronts.port, nullptr, false}, *port);
        }
      }
    }
    for (const PortRecord& port : workload.ports) {
      if (port.host == 0) continue;
      const bool loopback = port.host_ip.starts_with("127.") || port.host_ip == "::1";
      offer({loopback ? ExposureLevel::cluster : ExposureLevel::network,
             {},
             nullptr,
             0,
             &port,
             false},
            port.number);
    }
    // Without a port that anyone knows of it is a tool that only looks at the network.
    if (workload.host_network && (!workload.ports.empty() || best.service != nullptr)) {
      offer({ExposureLevel::network, {}, nullptr, 0, nullptr, true}, 0);
    }
    if (workload.always_public) offer({ExposureLevel::internet, {}, nullptr, 0, nullptr, false}, 0);
    return best;
  }

  static void show(const Way& way, const WorkloadRecord& workload, Exposure& out) {
    if (way.front.gateway != nullptr) out.path.push_back(hop_of(*way.front.gateway));
    if (way.front.route != nullptr) out.path.push_back(hop_of(*way.front.route));
    if (way.service != nullptr) {
      Hop hop = hop_of(*way.service);
      if (way.port < way.service->ports.size()) {
        hop.what.append(":").append(std::to_string(way.service->ports[way.port].number));
      }
      out.path.push_back(std::move(hop));
    }
    if (way.host != nullptr) {
      out.path.push_back(
          {"port " + std::to_string(way.host->host) + " of its nodes", way.host->where});
    }
    if (way.host_network) out.path.push_back({"the network of its nodes", workload.where});
  }

  void solve(std::size_t index) {
    const WorkloadRecord& workload = facts_.workloads[index];
    Exposure out;
    out.lifetime = workload.lifetime;
    out.gains = workload.gains;
    out.console = workload.console;
    out.ci_runner = workload.ci_runner;
    out.controller = controllers_.topmost(workload);
    if (workload.surface == Surface::compose) {
      solve_compose(workload, projects_[workload.key.document], out);
    } else {
      solve_kubernetes(index, out);
    }
    state(workload, out);
    out.path.push_back({title_of_workload(workload), workload.where});
    keep(workload.key, std::move(out), &workload);
  }

  void solve_kubernetes(std::size_t index, Exposure& out) const {
    const WorkloadRecord& workload = facts_.workloads[index];
    if (workload.takes_token) {
      out.gains.account = accounts_.power_of(namespace_of(workload), workload.account);
    }
    const LabelIndex::Group group = groups_[index];
    const PolicyRecord* policy = isolation_->policy_of(group);
    out.unguarded = policy == nullptr && !workload.host_network && !workload.patch &&
                    isolation_->complete() && !facts_.unread_policies;
    const Way way = best_way(index);
    if (!workload.host_network && isolation_->admitted(group) == Isolation::kNobody) {
      out.level = ExposureLevel::isolated;
      out.note = "a policy lets nothing in";
      out.path.push_back(hop_of(*policy));
    } else if (way.level == ExposureLevel::isolated) {
      out.level = ExposureLevel::unknown;
      out.note = workload.host_network
                     ? "it is on its node's network, and no port of it is known"
                     : "no Service, route or port of a node among what was examined leads to it";
    } else {
      out.level = way.level;
      if (policy != nullptr && way.level == ExposureLevel::cluster) {
        out.note = "from what " + title_of(*policy) + " lets in";
      }
      show(way, workload, out);
    }
  }

  void state(const WorkloadRecord& workload, Exposure& out) const {
    const auto set = [&](ExposureLevel level, std::string by) {
      out.level = level;
      out.stated_by = std::move(by);
      out.path.clear();
      out.note.clear();
    };
    if (workload.stated) return set(*workload.stated, workload.stated_by);
    for (const StatedExposure& stated : graph_.options_.stated) {
      const auto allows = [](const std::vector<std::string>& list, std::string_view name) {
        return list.empty() || matches_any(list, name);
      };
      if (!allows(stated.namespaces, workload.ns) || !allows(stated.kinds, workload.kind) ||
          !allows(stated.names, workload.name)) {
        continue;
      }
      return set(stated.level, stated.where.source + ":" + std::to_string(stated.where.begin.line));
    }
  }

  void solve_service(std::size_t index) {
    const ServiceRecord& service = facts_.services[index];
    const auto& ports = fronts_.of(index);
    const PortFronts& most = *std::ranges::max_element(ports, {}, &PortFronts::level);
    Way way{most.level(), most.routed.level >= most.direct.level ? most.routed : most.direct,
            &service,     most.port,
            nullptr,      false};
    Exposure out;
    out.level = service.unresolved ? ExposureLevel::unknown : way.level;
    show(way, {}, out);
    keep(service.key, std::move(out), nullptr);
  }

  void solve_route(const RouteRecord& route) {
    Exposure out;
    const Front front = fronts_.of_route(route);
    out.level = front.level;
    if (front.gateway != nullptr) out.path.push_back(hop_of(*front.gateway));
    out.path.push_back(hop_of(route));
    keep(route.key, std::move(out), nullptr);
  }

  // Roles, accounts and configurations are as exposed as the most exposed workload that uses them.
  void solve_others() {
    for (const AccountRecord& account : facts_.accounts) {
      const Shared user = most_exposed(users_, user_key(account));
      keep_as(account, user);
      if (user != nullptr) note_configs(account, account.configs, user);
    }
    for (const ObjectRecord& object : facts_.others) {
      keep_as(object, most_exposed(users_, user_key(object)));
    }
    for (const BindingRecord& binding : facts_.bindings) {
      Shared most;
      for (const BindingRecord::Account& account : binding.accounts) {
        const std::string_view ns =
            account.ns.empty() ? namespace_of(binding) : std::string_view(account.ns);
        const Shared user = most_exposed(users_, user_key("ServiceAccount", ns, account.name));
        if (user != nullptr && (most == nullptr || user->score > most->score)) most = user;
      }
      keep_as(binding, most);
    }
  }

  void solve_build(const BuildRecord& build) {
    const std::string& file = build.where.source;
    if (build.stated) {
      Exposure out;
      out.level = *build.stated;
      out.stated_by = std::string("LABEL ").append(kExposureAnnotation);
      out.path.push_back(hop_of(build));
      keep(build.key, std::move(out), nullptr);
    } else {
      keep_as(build, most_exposed(builds_, file));
    }
    graph_.by_dockerfile_[file] = graph_.by_object_[build.key];
    if (!build.aside.empty()) graph_.aside_[file] = build.aside;
  }

  using Users = std::unordered_map<std::string, Shared>;

  static std::string user_key(std::string_view kind, std::string_view ns, std::string_view name) {
    std::string key(kind);
    return key.append(" ").append(ns).append("/").append(name);
  }

  // What is named in a Compose project is of that project.
  static std::string user_key(std::string_view kind, const ObjectRecord& scope,
                              std::string_view name) {
    return scope.surface == Surface::compose
               ? user_key(kind, std::to_string(scope.key.document), name)
               : user_key(kind, namespace_of(scope), name);
  }
  static std::string user_key(const ObjectRecord& object) {
    return user_key(object.kind, object, object.name);
  }

  void note_configs(const ObjectRecord& user, const std::vector<ConfigName>& configs,
                    const Shared& exposure) {
    const bool compose = user.surface == Surface::compose;
    const std::string_view secret = compose ? "secret" : "Secret";
    const std::string_view config_map = compose ? "config" : "ConfigMap";
    for (const ConfigName& config : configs) {
      note_user(users_, user_key(config.secret ? secret : config_map, user, config.name), exposure);
    }
  }

  static Shared most_exposed(const Users& users, const std::string& key) {
    const auto found = users.find(key);
    return found == users.end() ? nullptr : found->second;
  }

  static void note_user(Users& users, const std::string& key, const Shared& exposure) {
    Shared& most = users[key];
    if (most == nullptr || exposure->score > most->score) most = exposure;
  }

  // As `user`, and the object itself as a last hop.
  void keep_as(const ObjectRecord& object, const Shared& user) {
    Exposure out;
    if (user != nullptr) {
      out = *user;
      out.controller = {};
    } else {
      out.lifetime = Lifetime::unknown;
      out.note = "no workload among what was examined uses it";
    }
    out.path.push_back(hop_of(object));
    keep(object.key, std::move(out), nullptr);
  }

  void keep(const ObjectKey& key, Exposure exposure, const WorkloadRecord* workload) {
    exposure.score = graph_.options_.weights.score(exposure);
    const auto shared = std::make_shared<const Exposure>(std::move(exposure));
    graph_.by_object_[key] = shared;
    if (workload == nullptr) return;
    for (const std::string& file : workload->dockerfiles) {
      note_user(builds_, file, shared);
      note_user(graph_.by_dockerfile_, file, shared);
    }
    note_configs(*workload, workload->configs, shared);
    if (workload->surface == Surface::compose) return;
    const std::string_view ns = namespace_of(*workload);
    const std::string_view account = workload->account;
    note_user(users_, user_key("ServiceAccount", ns, account.empty() ? "default" : account),
              shared);
    note_user(users_, user_key("Namespace", "default", ns), shared);
  }

  ExposureGraph& graph_;
  const ExposureFacts& facts_;
  Accounts accounts_;
  Controllers controllers_;
  Fronts fronts_;
  LabelIndex pods_;
  std::size_t budget_ = kMostMatches;
  std::optional<Isolation> isolation_;
  std::vector<bool> proxies_;                          // by group: a pod of it is a reverse proxy
  std::vector<LabelIndex::Group> groups_;              // by index of the workload
  std::vector<std::vector<std::size_t>> services_of_;  // by group
  std::unordered_map<std::uint64_t, std::vector<const WorkloadRecord*>> projects_;
  Users users_, builds_;
};

ExposureGraph::ExposureGraph(ExposureFacts facts, ExposureOptions options)
    : facts_(std::move(facts)), options_(std::move(options)) {
  Solver(*this).run();
}

ExposureGraph::Shared ExposureGraph::of(const ObjectKey& object) const {
  const auto found = by_object_.find(object);
  return found == by_object_.end() ? nullptr : found->second;
}

ExposureGraph::Shared ExposureGraph::of_dockerfile(const std::string& file) const {
  const auto found = by_dockerfile_.find(file);
  return found == by_dockerfile_.end() ? nullptr : found->second;
}

bool ExposureGraph::is_aside(const std::string& file, std::uint32_t line) const {
  const auto found = aside_.find(file);
  if (found == aside_.end()) return false;
  return std::ranges::any_of(found->second, [&](const auto& lines) {
    return line >= lines.first && line <= lines.second;
  });
}

}  // namespace kaudit
