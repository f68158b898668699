// Reads: FROM and COPY --from of a Dockerfile, the images of Compose services that are not built.
// Refused: an image from a registry where everybody can publish, of a publisher that neither this
// list nor the policy's `images.verified` knows. Allowed: Docker Official Images, publishers of
// their own software, and every other registry: who runs one, or a project of one, decides who
// publishes there. With a digest nobody can change it any more: low.
#include <algorithm>

#include "core/official_image.h"
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

// Registries where an account of anybody's publishes. gcr.io, *.pkg.dev and the like hold projects
// of those who pay for them, mostly the user's own.
constexpr std::string_view kPublic[] = {"ghcr.io", "public.ecr.aws", "quay.io",
                                        "registry.gitlab.com"};

struct Publishers {
  std::string_view registry;
  std::span<const std::string_view> namespaces;  // the first part of the repository
};

// Who publishes software of their own: Docker's Verified Publishers and Sponsored Open Source
// (hub.docker.com, badges as of 2026), and projects' own organisations elsewhere.
constexpr std::string_view kHub[] = {"adguard",
                                     "adoptopenjdk",
                                     "airbyte",
                                     "amazon",
                                     "apache",
                                     "aquasec",
                                     "argoproj",
                                     "atlassian",
                                     "authelia",
                                     "bitnamisecure",
                                     "bitwarden",
                                     "calico",
                                     "certbot",
                                     "cilium",
                                     "cimg",
                                     "circleci",
                                     "clickhouse",
                                     "cloudflare",
                                     "cockroachdb",
                                     "condaforge",
                                     "confluentinc",
                                     "continuumio",
                                     "coredns",
                                     "curlimages",
                                     "cypress",
                                     "daprio",
                                     "datadog",
                                     "debezium",
                                     "docker",
                                     "dpage",
                                     "dynatrace",
                                     "elastic",
                                     "envoyproxy",
                                     "falcosecurity",
                                     "fluent",
                                     "flyway",
                                     "gitea",
                                     "gitlab",
                                     "goharbor",
                                     "grafana",
                                     "hadolint",
                                     "haproxytech",
                                     "hashicorp",
                                     "homeassistant",
                                     "influxdata",
                                     "istio",
                                     "jaegertracing",
                                     "jenkins",
                                     "jupyter",
                                     "kindest",
                                     "koalaman",
                                     "kong",
                                     "linkerd",
                                     "linuxserver",
                                     "liquibase",
                                     "mattermost",
                                     "minio",
                                     "moby",
                                     "mongodb",
                                     "mysql",
                                     "netboxcommunity",
                                     "newrelic",
                                     "nginx",
                                     "nginxinc",
                                     "nodered",
                                     "nvidia",
                                     "openpolicyagent",
                                     "openresty",
                                     "opensearchproject",
                                     "openzipkin",
                                     "oryd",
                                     "otel",
                                     "owncloud",
                                     "paketobuildpacks",
                                     "percona",
                                     "pgvector",
                                     "phpmyadmin",
                                     "pihole",
                                     "portainer",
                                     "postgis",
                                     "prom",
                                     "provectuslabs",
                                     "pulumi",
                                     "pytorch",
                                     "qdrant",
                                     "rancher",
                                     "rayproject",
                                     "redis",
                                     "redislabs",
                                     "redpandadata",
                                     "rocker",
                                     "rockylinux",
                                     "rustlang",
                                     "scylladb",
                                     "selenium",
                                     "semgrep",
                                     "signoz",
                                     "snyk",
                                     "sonatype",
                                     "supabase",
                                     "sysdig",
                                     "tailscale",
                                     "temporalio",
                                     "tensorflow",
                                     "thanosio",
                                     "timescale",
                                     "tonistiigi",
                                     "traefik",
                                     "ubuntu",
                                     "valkey",
                                     "vaultwarden",
                                     "velero",
                                     "victoriametrics",
                                     "vllm",
                                     "yugabytedb",
                                     "zabbix"};
constexpr std::string_view kGithub[] = {
    "actions",  "aquasecurity",     "astral-sh",      "cloudnative-pg", "containerd",
    "dexidp",   "external-secrets", "flannel-io",     "fluxcd",         "gitleaks",
    "grafana",  "goauthentik",      "home-assistant", "kedacore",       "kubewarden",
    "kyverno",  "letsencrypt",      "mealie-recipes", "open-telemetry", "openfga",
    "opentofu", "project-zot",      "sigstore",       "spiffe",         "stakater"};
constexpr std::string_view kQuay[] = {"argoproj",     "centos",
                                      "cilium",       "coreos",
                                      "fedora",       "jetstack",
                                      "keycloak",     "metallb",
                                      "minio",        "openshift",
                                      "oauth2-proxy", "podman",
                                      "prometheus",   "prometheus-operator",
                                      "skopeo",       "buildah",
                                      "strimzi",      "tigera",
                                      "ceph",         "thanos"};
constexpr std::string_view kEcr[] = {"amazonlinux",  "aws-observability", "docker",
                                     "eks",          "eks-distro",        "lambda",
                                     "bottlerocket", "karpenter",         "ubuntu"};
constexpr std::string_view kGitlab[] = {"gitlab-org"};
constexpr Publishers kPublishers[] = {{"docker.io", kHub},
                                      {"ghcr.io", kGithub},
                                      {"quay.io", kQuay},
                                      {"public.ecr.aws", kEcr},
                                      {"registry.gitlab.com", kGitlab}};

bool is_known(std::string_view registry, std::string_view publisher) noexcept {
  for (const Publishers& row : kPublishers) {
    if (row.registry != registry) continue;
    return std::find(row.namespaces.begin(), row.namespaces.end(), publisher) !=
           row.namespaces.end();
  }
  return false;
}

// Of what anybody could have published `docker.io/acme`; empty: of somebody who is known.
std::string_view publisher_of(const Image& image, const Sink& sink) noexcept {
  if (!image.valid() || !official_name(image.ref).empty()) return {};
  const std::string_view registry = image.ref.registry;
  const bool hub = is_docker_hub(registry);
  if (!hub && std::find(std::begin(kPublic), std::end(kPublic), registry) == std::end(kPublic)) {
    return {};
  }
  const std::string_view repository = image.ref.repository;
  const std::string_view publisher = repository.substr(0, repository.find('/'));
  if (is_known(hub ? "docker.io" : registry, publisher)) return {};
  const auto& verified = sink.verified_images();
  const bool trusted = std::any_of(verified.begin(), verified.end(),
                                   [&](const auto& pattern) { return pattern.matches(image.ref); });
  return trusted ? std::string_view() : publisher;
}

void report(std::string who, const Image& image, std::string_view publisher,
            const Container* container, Sink& sink) {
  const std::string_view registry =
      is_docker_hub(image.ref.registry) ? "docker.io" : image.ref.registry;
  std::string pattern(registry);
  (pattern += '/').append(publisher) += "/**";
  who += " uses image " + quoted(image.value) + " of " + quoted(publisher) + ", whom nobody has " +
         "verified; it must be an official image, one of a publisher that you trust, or your own";
  Note note{.at = image.at,
            .message = std::move(who),
            .fix =
                "Use the official image of it, or write in .kaudit.yaml, once you have looked "
                "at who that is: `images: {verified: [\"" +
                pattern + "\"]}`",
            .container = container};
  const Severity severity = image.ref.digest.empty() ? Severity::medium : Severity::low;
  sink.report(std::move(note), severity, kAdvice);
}

void check_service(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    if (container.build.at != kNoNode) continue;  // the name of what is built
    const std::string_view publisher = publisher_of(container.image, sink);
    if (!publisher.empty()) {
      report(subject(container), container.image, publisher, &container, sink);
    }
  }
}

void check_build(const Build& build, Sink& sink) {
  for (const Stage& stage : build.stages) {
    if (stage.parent != kNoStage || stage.from_scratch()) continue;
    const Image image = image_of(stage.base);
    const std::string_view publisher = publisher_of(image, sink);
    if (!publisher.empty()) report(subject(build, stage), image, publisher, nullptr, sink);
  }
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    const BuildFlag* from = instruction.op == Op::copy ? instruction.flag("from") : nullptr;
    if (from == nullptr || build.find_stage(from->value.value, stage.index) != nullptr) return;
    const Image image = image_of(from->value);
    const std::string_view publisher = publisher_of(image, sink);
    if (!publisher.empty()) {
      report(subject(build, stage, instruction), image, publisher, nullptr, sink);
    }
  });
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/docker-hub/repos/manage/trusted-content/",
    "https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Use the official image, or name the publisher in "
                                               ".kaudit.yaml: `images: {verified: [\"acme/**\"]}`.",
                                .bad = R"(services:
  db:
    image: acme/postgres:16.4  # expect: base-image-unverified
)",
                                .good = R"(services:
  db:
    image: postgres:16.4
)"}};

}  // namespace

extern constinit const Rule rule_base_image_unverified = checked({
    .id = "KA3004",
    .slug = "base-image-unverified",
    .title = "Image is of a publisher that nobody has verified",
    .rationale =
        "Everybody can publish under a name of their own on a public registry, and images with "
        "miners and back doors have been pulled millions of times under names that look right. "
        "Known are Docker's Official Images, publishers of their own software, and what the "
        "policy lists in `images.verified`; a registry that is not open to everybody is taken "
        "for the user's own.",
    .remediation =
        "Use the official image, or name the publisher in .kaudit.yaml: `images: {verified: "
        "[\"acme/**\"]}`.",
    .severity = Severity::medium,
    .surfaces = {Surface::dockerfile, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(# expect-next: base-image-unverified
FROM acme/node-extras:22.11
USER 10001
)",
    .good = R"(FROM node:22.11
USER 10001
)",
    .checks = {.build = check_build, .compose = check_service},
    .more = kMore,
});

}  // namespace kaudit
