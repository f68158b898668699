// How far workloads are exposed, and the sentence that says why: good and bad beside each other.
#include "tests/support/exposure.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/exposure/internal_address.h"

namespace kaudit {
namespace {

constexpr const char* kWeb = R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers:
        - {name: web, image: "shop:1", ports: [{name: http, containerPort: 8080}]}
)";
constexpr const char* kPod = "Deployment shop/web (3 replicas, always running)";

std::string service(const std::string& spec, const std::string& more = "") {
  return "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop" + more +
         "}\nspec: {" + spec + "}\n";
}
constexpr const char* kPlain =
    "selector: {app: web}, ports: [{name: web, port: 80, targetPort: http}]";

std::string object(const std::string& version, const std::string& kind, const std::string& spec,
                   const std::string& more = "") {
  return "---\napiVersion: " + version + "\nkind: " + kind +
         "\nmetadata: {name: r, namespace: shop" + more + "}\nspec: " + spec + "\n";
}
std::string ingress(const std::string& port, const std::string& more = "") {
  return object("networking.k8s.io/v1", "Ingress",
                "{rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: "
                "web, port: {" +
                    port + "}}}}]}}]}",
                more);
}
std::string policy(const std::string& spec, const std::string& ns = "shop") {
  return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, "
         "namespace: " +
         ns + "}\nspec: " + spec + "\n";
}

struct Case {
  const char* name;
  std::string more;    // beside kWeb
  std::string expect;  // the reason, before the workload; `@` stands for it
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const Case kKubernetes[] = {
    {"nothing_leads_to_it", "",
     "unknown: no Service, route or port of a node among what was examined leads to it; @"},
    {"cluster_ip", service(kPlain), "cluster: Service shop/web:80 -> @"},
    {"headless", service(std::string(kPlain) + ", clusterIP: None"),
     "cluster: Service shop/web:80 -> @"},
    {"another_namespace",
     "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: other}\nspec: {" +
         std::string(kPlain) + "}\n",
     "unknown: no Service, route or port of a node among what was examined leads to it; @"},
    {"one_label_differs", service("selector: {app: web, tier: back}, ports: [{port: 80}]"),
     "unknown: no Service, route or port of a node among what was examined leads to it; @"},
    {"no_selector_selects_nothing", service("ports: [{port: 80}], type: LoadBalancer"),
     "unknown: no Service, route or port of a node among what was examined leads to it; @"},
    {"no_port_of_that_name",
     service("type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: admin}]"),
     "unknown: no Service, route or port of a node among what was examined leads to it; @"},
    {"node_port", service(std::string(kPlain) + ", type: NodePort"),
     "network: Service shop/web:80 -> @"},
    {"load_balancer", service(std::string(kPlain) + ", type: LoadBalancer"),
     "internet: Service shop/web:80 -> @"},
    {"load_balancer_of_private_ranges",
     service(std::string(kPlain) +
             ", type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8, 192.168.7.0/24]"),
     "network: Service shop/web:80 -> @"},
    {"load_balancer_of_one_public_range",
     service(std::string(kPlain) +
             ", type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8, 0.0.0.0/0]"),
     "internet: Service shop/web:80 -> @"},
    {"external_ip", service(std::string(kPlain) + ", externalIPs: [198.51.100.7]"),
     "internet: Service shop/web:80 -> @"},
    {"private_external_ip", service(std::string(kPlain) + ", externalIPs: [10.1.2.3]"),
     "network: Service shop/web:80 -> @"},
    {"ingress", ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"ingress_by_name_of_port", ingress("name: web") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"ingress_at_another_port", ingress("number: 9090") + service(kPlain),
     "cluster: Service shop/web:80 -> @"},
    {"ingress_of_old_versions",
     object("extensions/v1beta1", "Ingress", "{backend: {serviceName: web, servicePort: 80}}") +
         service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"internal_ingress",
     ingress("number: 80", ", annotations: {alb.ingress.kubernetes.io/scheme: internal}") +
         service(kPlain),
     "network: Ingress shop/r -> Service shop/web:80 -> @"},
    {"ingress_to_an_external_name",
     ingress("number: 80") +
         "---\napiVersion: v1\nkind: Service\nmetadata: {name: real, namespace: shop}\nspec: {" +
         kPlain + "}\n" + service("type: ExternalName, externalName: real.shop.svc.cluster.local"),
     "internet: Ingress shop/r -> Service shop/real:80 -> @"},
    {"http_route",
     object("gateway.networking.k8s.io/v1", "HTTPRoute",
            "{parentRefs: [{name: g}], rules: [{backendRefs: [{name: web, port: 80}]}]}") +
         service(kPlain),
     "internet: HTTPRoute shop/r -> Service shop/web:80 -> @"},
    {"grpc_route_with_its_gateway",
     object("gateway.networking.k8s.io/v1", "GRPCRoute",
            "{parentRefs: [{name: r}], rules: [{backendRefs: [{name: web, port: 80}]}]}") +
         object("gateway.networking.k8s.io/v1", "Gateway", "{gatewayClassName: nginx}") +
         service(kPlain),
     "internet: Gateway shop/r -> GRPCRoute shop/r -> Service shop/web:80 -> @"},
    {"tcp_route_of_an_internal_gateway",
     object("gateway.networking.k8s.io/v1alpha2", "TCPRoute",
            "{parentRefs: [{name: r}], rules: [{backendRefs: [{name: web, port: 80}]}]}") +
         object("gateway.networking.k8s.io/v1", "Gateway", "{gatewayClassName: gke-l7-rilb}") +
         service(kPlain),
     "network: Gateway shop/r -> TCPRoute shop/r -> Service shop/web:80 -> @"},
    {"tls_route_of_a_mesh",
     object("gateway.networking.k8s.io/v1alpha2", "TLSRoute",
            "{parentRefs: [{kind: Service, name: web}], "
            "rules: [{backendRefs: [{name: web, port: 80}]}]}") +
         service(kPlain),
     "cluster: Service shop/web:80 -> @"},
    {"openshift_route",
     object("route.openshift.io/v1", "Route",
            "{to: {kind: Service, name: web}, port: {targetPort: http}}") +
         service(kPlain),
     "internet: Route shop/r -> Service shop/web:80 -> @"},
    {"traefik_route",
     object("traefik.io/v1alpha1", "IngressRoute",
            "{routes: [{services: [{name: web, port: 80}]}]}") +
         service(kPlain),
     "internet: IngressRoute shop/r -> Service shop/web:80 -> @"},
    {"istio_virtual_service",
     object("networking.istio.io/v1", "VirtualService",
            "{gateways: [other/g], http: [{route: [{destination: {host: "
            "web.shop.svc.cluster.local}}]}]}") +
         service(kPlain),
     "internet: VirtualService shop/r -> Service shop/web:80 -> @"},
    {"istio_virtual_service_of_the_mesh",
     object("networking.istio.io/v1", "VirtualService",
            "{http: [{route: [{destination: {host: web}}]}]}") +
         service(kPlain),
     "cluster: Service shop/web:80 -> @"},
    {"istio_internal_gateway",
     object("networking.istio.io/v1", "VirtualService",
            "{gateways: [r], http: [{route: [{destination: {host: web}}]}]}") +
         object("networking.istio.io/v1", "Gateway", "{selector: {istio: internal-gateway}}") +
         service(kPlain),
     "network: Gateway shop/r -> VirtualService shop/r -> Service shop/web:80 -> @"},
    // ---- Policies
    {"deny_all", policy("{podSelector: {}}") + ingress("number: 80") + service(kPlain),
     "isolated: a policy lets nothing in; NetworkPolicy shop/p -> @"},
    {"deny_all_of_another_namespace",
     policy("{podSelector: {}}", "other") + ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_of_egress_alone",
     policy("{podSelector: {}, policyTypes: [Egress]}") + ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_of_other_pods",
     policy("{podSelector: {matchLabels: {app: db}}}") + ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_lets_anyone_in",
     policy("{podSelector: {}, ingress: [{}]}") + ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policies_add_up",
     policy("{podSelector: {}}") +
         policy("{podSelector: {matchLabels: {app: web}}, ingress: [{}]}") + ingress("number: 80") +
         service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_lets_own_pods_in",
     policy("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}") + ingress("number: 80") +
         service(kPlain),
     "cluster: from what NetworkPolicy shop/p lets in; Service shop/web:80 -> @"},
    {"policy_lets_other_namespaces_in",
     policy("{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: "
            "{kubernetes.io/metadata.name: ingress-nginx}}}]}]}") +
         ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_names_its_own_namespace",
     policy("{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: "
            "{kubernetes.io/metadata.name: shop}}}]}]}") +
         ingress("number: 80") + service(kPlain),
     "cluster: from what NetworkPolicy shop/p lets in; Service shop/web:80 -> @"},
    {"policy_lets_pods_in_and_a_load_balancer_is_there",
     policy("{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}") +
         service(std::string(kPlain) + ", type: LoadBalancer"),
     "cluster: from what NetworkPolicy shop/p lets in; Service shop/web:80 -> @"},
    {"policy_of_a_private_block",
     policy("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}") +
         service(std::string(kPlain) + ", type: LoadBalancer"),
     "network: Service shop/web:80 -> @"},
    {"policy_of_all_addresses",
     policy("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}") +
         service(std::string(kPlain) + ", type: LoadBalancer"),
     "internet: Service shop/web:80 -> @"},
    {"policy_at_the_port",
     policy("{podSelector: {}, ingress: [{ports: [{port: 8080}]}]}") + ingress("number: 80") +
         service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_at_the_named_port",
     policy("{podSelector: {}, ingress: [{ports: [{port: http}]}]}") + ingress("number: 80") +
         service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_at_a_range_of_ports",
     policy("{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 9000}]}]}") +
         ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"policy_at_another_port",
     policy("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}") + ingress("number: 80") +
         service(kPlain),
     "unknown: no Service, route or port of a node among what was examined leads to it; @"},
    {"proxy_in_the_namespace",
     "---\napiVersion: v1\nkind: Pod\nmetadata: {name: proxy, namespace: shop, labels: {app: "
     "proxy}}\n"
     "spec: {containers: [{name: p, image: \"traefik:v3.1\"}]}\n" +
         policy("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: "
                "{matchLabels: {app: proxy}}}]}]}") +
         ingress("number: 80") + service(kPlain),
     "internet: Ingress shop/r -> Service shop/web:80 -> @"},
    {"in_matches",
     policy("{podSelector: {matchExpressions: [{key: app, operator: In, values: [db, web]}]}}") +
         service(kPlain),
     "isolated: a policy lets nothing in; NetworkPolicy shop/p -> @"},
    {"in_does_not_match",
     policy("{podSelector: {matchExpressions: [{key: app, operator: In, values: [db]}]}}") +
         service(kPlain),
     "cluster: Service shop/web:80 -> @"},
    {"not_in_matches",
     policy("{podSelector: {matchExpressions: [{key: gone, operator: NotIn, values: [x]}]}}") +
         service(kPlain),
     "isolated: a policy lets nothing in; NetworkPolicy shop/p -> @"},
    {"not_in_does_not_match",
     policy("{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}") +
         service(kPlain),
     "cluster: Service shop/web:80 -> @"},
    {"exists",
     policy("{podSelector: {matchExpressions: [{key: tier, operator: Exists}]}}") + service(kPlain),
     "isolated: a policy lets nothing in; NetworkPolicy shop/p -> @"},
    {"does_not_exist",
     policy("{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}") +
         service(kPlain),
     "cluster: Service shop/web:80 -> @"},
    {"no_operator_selects_nothing",
     policy("{podSelector: {matchExpressions: [{key: app, operator: Is, values: [web]}]}}") +
         service(kPlain),
     "cluster: Service shop/web:80 -> @"},
};

class Kubernetes : public ::testing::TestWithParam<Case> {};

TEST_P(Kubernetes, SaysWhy) {
  const Case& c = GetParam();
  std::string expect = c.expect;
  expect.replace(expect.find('@'), 1, kPod);
  const auto graph = testing::exposure_graph({{"a.yaml", kWeb + c.more}});
  EXPECT_EQ(testing::reasons_of(graph).at("Deployment shop/web"), expect);
}

INSTANTIATE_TEST_SUITE_P(Exposure, Kubernetes, ::testing::ValuesIn(kKubernetes),
                         [](const auto& c) { return std::string(c.param.name); });

// Pods of their own, in place of kWeb.
const Case kPods[] = {
    {"host_port", "spec: {containers: [{name: a, ports: [{containerPort: 80, hostPort: 8080}]}]}",
     "network: port 8080 of its nodes -> "},
    {"host_port_of_the_loopback_device",
     "spec: {containers: [{name: a, ports: [{containerPort: 80, hostPort: 80, hostIP: "
     "127.0.0.1}]}]}",
     "cluster: port 80 of its nodes -> "},
    {"host_network",
     "spec: {hostNetwork: true, containers: [{name: a, ports: [{containerPort: 80}]}]}",
     "network: the network of its nodes -> "},
    {"host_network_without_a_port", "spec: {hostNetwork: true, containers: [{name: a}]}",
     "unknown: it is on its node's network, and no port of it is known; "},
};

TEST(Exposure, PortsOfNodes) {
  for (const Case& c : kPods) {
    const auto graph = testing::exposure_graph(
        {{"a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n" + c.more}});
    EXPECT_EQ(testing::reasons_of(graph).at("Pod a"), c.expect + "Pod a (always running)")
        << c.name;
  }
}

TEST(Exposure, StatedByWhoKnows) {
  const std::string pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: shop\n";
  const std::string spec = "spec: {containers: [{name: a, image: \"a:1\"}]}\n";
  const std::string annotated = pod + "  annotations: {kaudit.dev/exposure: ";
  for (const auto& [written, expect] : std::map<std::string, std::string>{
           {"internal", "network (stated by annotation kaudit.dev/exposure): "},
           {"internet", "internet (stated by annotation kaudit.dev/exposure): "},
           {"isolated", "isolated (stated by annotation kaudit.dev/exposure): "},
           {"unknown",
            "unknown: no Service, route or port of a node among what was examined leads to it; "},
           {"nonsense",
            "unknown: no Service, route or port of a node among what was examined leads to "
            "it; "}}) {
    std::string text = annotated;
    text.append(written).append("}\n").append(spec);
    EXPECT_EQ(testing::reasons_of(testing::exposure_graph({{"a.yaml", text}})).at("Pod shop/a"),
              expect + "Pod shop/a (always running)");
  }
  ExposureOptions options;
  StatedExposure stated;
  stated.namespaces = {"sh*"};
  stated.kinds = {"Pod"};
  stated.level = ExposureLevel::internet;
  stated.where.source = ".kaudit.yaml";
  stated.where.begin = {3, 5};
  options.stated = {stated};
  EXPECT_EQ(testing::reasons_of(testing::exposure_graph({{"a.yaml", pod + spec}}, options))
                .at("Pod shop/a"),
            "internet (stated by .kaudit.yaml:3): Pod shop/a (always running)");
  options.stated[0].names = {"b"};
  EXPECT_EQ(testing::levels_of(testing::exposure_graph({{"a.yaml", pod + spec}}, options))
                .at("Pod shop/a"),
            ExposureLevel::unknown);
}

TEST(Exposure, Compose) {
  const auto graph = testing::exposure_graph({{"x.compose.yaml", R"(services:
  everywhere: {image: a, ports: ["8080:80"]}
  web: {image: a, ports: ["443:443"]}
  chosen: {image: a, ports: ["80"]}
  loopback: {image: a, ports: ["127.0.0.1:80:80"]}
  lan: {image: a, ports: ["192.168.1.5:80:80"]}
  public: {image: a, ports: ["198.51.100.7:8080:80"]}
  inner: {image: a, expose: ["80"]}
  closed: {image: a, ports: ["80:80"], networks: [back]}
  both: {image: a, ports: ["80:80"], networks: [back, front]}
  none: {image: a, network_mode: none, ports: ["80:80"]}
  host: {image: a, network_mode: host}
  beside: {image: a, network_mode: "service:web"}
  once: {image: a, restart: "no"}
networks:
  back: {internal: true}
  front: {}
)"}});
  const std::map<std::string, std::string> expect = {
      {"service everywhere",
       "network: port 8080 of all the host's addresses -> service everywhere (always running)"},
      {"service web",
       "internet: port 443 of all the host's addresses -> service web (always running)"},
      {"service chosen",
       "network: port that Docker chooses of all the host's addresses -> service chosen (always "
       "running)"},
      {"service loopback",
       "cluster: nothing of it is published; service loopback (always running)"},
      {"service lan", "network: port 80 of 192.168.1.5 -> service lan (always running)"},
      {"service public", "internet: port 8080 of 198.51.100.7 -> service public (always running)"},
      {"service inner", "cluster: nothing of it is published; service inner (always running)"},
      {"service closed", "cluster: its networks are internal; service closed (always running)"},
      {"service both",
       "internet: port 80 of all the host's addresses -> service both (always running)"},
      {"service none", "isolated: it has no network; service none (always running)"},
      {"service host", "network: the host's own network -> service host (always running)"},
      {"service beside",
       "internet: port 443 of all the host's addresses -> service web -> service beside (always "
       "running)"},
      {"service once", "cluster: nothing of it is published; service once (runs once)"},
  };
  EXPECT_EQ(testing::reasons_of(graph), expect);
}

TEST(Exposure, ComposeBehindAProxy) {
  const std::string services = R"yaml(
  labelled: {image: a, labels: ["traefik.http.routers.a.rule=Host(`a.example`)"]}
  apart: {image: a, labels: {traefik.enable: "false"}}
  caddy: {image: a, labels: {caddy: a.example}}
  nginx: {image: a, environment: {VIRTUAL_HOST: a.example}}
)yaml";
  const auto without = testing::exposure_graph({{"x.compose.yaml", "services:" + services}});
  EXPECT_EQ(testing::reasons_of(without).at("service labelled"),
            "internet: a reverse proxy -> service labelled (always running)");
  const auto with = testing::exposure_graph(
      {{"x.compose.yaml",
        "services:\n  proxy: {image: \"traefik:v3.1\", ports: [\"8443:443\"]}" + services}});
  for (const std::string name : {"service labelled", "service caddy", "service nginx"}) {
    EXPECT_EQ(testing::reasons_of(with).at(name),
              "network: port 8443 of all the host's addresses -> service proxy -> " + name +
                  " (always running)");
  }
  EXPECT_EQ(testing::levels_of(with).at("service apart"), ExposureLevel::cluster);
}

TEST(Exposure, LifetimesAndGains) {
  const auto graph = testing::exposure_graph({{"a.yaml", R"(
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {template: {spec: {hostPID: true, containers: [{name: a, image: a}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: a}]}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {serviceAccountName: root, containers: [{name: a, image: a, envFrom: [{secretRef: {name: s}}]}]}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: root}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: root, namespace: default}]
)"}});
  std::map<std::string, const Exposure*> of;
  for (const WorkloadRecord& workload : graph.facts().workloads) {
    of[workload.name] = graph.of(workload.key).get();
  }
  EXPECT_EQ(of["agent"]->lifetime, Lifetime::always);
  EXPECT_TRUE(of["agent"]->gains.node_wide && of["agent"]->gains.node);
  EXPECT_EQ(of["nightly"]->lifetime, Lifetime::scheduled);
  EXPECT_EQ(of["once"]->lifetime, Lifetime::once);
  EXPECT_EQ(of["once"]->gains.account, AccountPower::cluster_admin);
  EXPECT_TRUE(of["once"]->gains.secrets);
  // unknown 3 * always 10 * (10 + node 3 + node_wide 2) / 20; 3 * 6 * 10 / 20; 3 * 4 * 15 / 20.
  EXPECT_EQ(of["agent"]->score, 23U);
  EXPECT_EQ(of["nightly"]->score, 9U);
  EXPECT_EQ(of["once"]->score, 9U);
}

TEST(Exposure, WhatWorkloadsUseIsAsExposedAsThey) {
  const auto graph =
      testing::exposure_graph({{"a.yaml", std::string(kWeb) + service(kPlain) + R"(---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: idle, namespace: shop}
)"}});
  const auto& accounts = graph.facts().accounts;
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(reason_of(*graph.of(accounts[0].key)),
            "cluster: Service shop/web:80 -> Deployment shop/web (3 replicas, always running) -> "
            "ServiceAccount shop/default");
  EXPECT_EQ(reason_of(*graph.of(accounts[1].key)),
            "unknown: no workload among what was examined uses it; ServiceAccount shop/idle");
}

TEST(Exposure, HopsHavePlaces) {
  const auto graph = testing::exposure_graph(
      {{"web.yaml", kWeb}, {"svc.yaml", service(kPlain)}, {"in.yaml", ingress("number: 80")}});
  std::string places;
  for (const Hop& hop : graph.of(graph.facts().workloads[0].key)->path) {
    places += hop.where.source + ":" + std::to_string(hop.where.begin.line) + " ";
  }
  EXPECT_EQ(places, "in.yaml:2 svc.yaml:2 web.yaml:2 ");
}

// A policy that may be applied elsewhere must not make anything look safe.
TEST(Exposure, PoliciesWithoutNamespaceCountBelowTheirDirectory) {
  const std::string pod =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: "
      "a}]}\n";
  const std::string deny =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: "
      "{podSelector: {}}\n";
  for (const auto& [file, level] : std::map<std::string, ExposureLevel>{
           {"shop/deny.yaml", ExposureLevel::isolated},
           {"deny.yaml", ExposureLevel::isolated},
           {"sho/deny.yaml", ExposureLevel::unknown},
           {"shop/web/policies/deny.yaml", ExposureLevel::unknown}}) {
    const auto graph = testing::exposure_graph({{"shop/web/pod.yaml", pod}, {file, deny}});
    EXPECT_EQ(testing::levels_of(graph).at("Pod a"), level) << file;
  }
}

TEST(Exposure, PrivateAddresses) {
  for (const char* text :
       {"10.0.0.0/8", "10.1.2.3", "172.16.0.0/12", "172.31.0.1", "192.168.0.0/16", "100.64.0.0/10",
        "169.254.1.1", "127.0.0.1", "fd00::/8", "fe80::1", "::1"}) {
    EXPECT_TRUE(is_private_address(text)) << text;
  }
  for (const char* text : {"0.0.0.0/0", "10.0.0.0/7", "172.32.0.1", "172.16.0.0/11", "192.169.0.1",
                           "100.128.0.1", "8.8.8.8", "::/0", "2001:db8::1", "fd00::/6", "", "x",
                           "10.0.0", "10.0.0.256", "10.0.0.0/x"}) {
    EXPECT_FALSE(is_private_address(text)) << text;
  }
}

}  // namespace
}  // namespace kaudit
