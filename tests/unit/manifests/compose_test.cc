// Compose projects into facts: what `docker compose config` makes of them, and where it was
// written. What is expected stands in tests/golden/compose_facts.txt, beside each project.
#include "manifests/compose.h"

#include <gtest/gtest.h>

#include <array>

#include "manifests/load.h"
#include "tests/support/facts_text.h"
#include "tests/support/golden.h"
#include "tests/support/memory_files.h"

namespace kaudit {
namespace {

using testing::FactsText;
using testing::MemoryFiles;

struct Project {
  std::string_view name;
  std::vector<std::string> files;  // merged in this order
  std::map<std::string, std::string> beside = {};
};

const Project kProjects[] = {
    {"every field of a service", {R"(services:
  web:
    image: nginx:1.27
    pull_policy: always
    restart: unless-stopped
    runtime: runsc
    privileged: true
    read_only: yes
    user: "1000:0"
    group_add: [root, 44, audio]
    cap_add: [SYS_ADMIN]
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true, seccomp:unconfined, apparmor=unconfined, label:disable]
    network_mode: host
    pid: host
    ipc: host
    uts: host
    userns_mode: host
    cgroup: host
    sysctls: {net.core.somaxconn: 1024}
    devices: ["/dev/kvm:/dev/kvm:rwm", {source: /dev/fuse, target: /dev/fuse}]
    entrypoint: [/run.sh]
    command: -g 'daemon off;'
    labels: {team: shop}
    mem_limit: 512m
    cpus: 0.5
    healthcheck: {test: [CMD, "true"]}
)"}},
    {"ports", {R"(services:
  web:
    image: a:1
    ports:
      - 80
      - 8080:80/udp
      - 2222:22
      - "127.0.0.1:8000-8010:9000-9010"
      - "${PORT}:5432"
      - {target: 1, published: "2", host_ip: "::1", protocol: tcp, name: x}
      - {target: 3}
      - not a port
      - 8080:80/udp
)"}},
    {"volumes", {R"(services:
  web:
    image: a:1
    volumes:
      - /anonymous
      - data:/data
      - ./relative:/x:ro,z
      - ~/home:/y
      - ${WHERE}:/z
      - hidden:/h
      - {type: bind, source: /etc, target: /etc, read_only: true}
      - {type: tmpfs, target: /t}
      - first:/same
      - second:/same
volumes:
  data:
  hidden: {driver_opts: {type: none, o: "bind,ro", device: /var/run}}
)"}},
    {"environment and env_file",
     {R"(services:
  web:
    image: a:1
    environment: [LIST=1, PASSED_ON, "FROM_DOTENV=${SECRET}", 'LITERAL=$$x']
    env_file:
      - a.env
      - {path: raw.env, format: raw}
      - {path: missing.env, required: false}
  map:
    image: a:1
    environment: {NUMBER: 1, WORD: yes, NOTHING: , DEFAULT: "${NONE:-d}"}
    env_file: a.env
)"},
     {{".env", "SECRET=hunter2\n"},
      {"a.env", "A='1'\nB=${SECRET}\nC=${NONE}\nD\n"},
      {"raw.env", "R='1'\n"}}},
    {"build", {R"(services:
  short: {build: ./web}
  long:
    build:
      context: .
      dockerfile: Dockerfile.prod
      target: final
      args: [VERSION=1, PASSED_ON]
)"}},
    {"names are as written", {R"(services:
  on: {image: a:1, environment: {y: 1, 2.0: two, 0x1F: hex}}
  yes: {image: a:1}
  1.0: {image: a:1}
  &n 010: {image: a:1, labels: {*n: x}}
  99999999999999999999: {image: a:1}
)"}},
    {"a name is missing", {"services:\n  ~: {image: a:1}\n"}},
    {"merge keys and anchors", {R"(x-base: &base
  image: a:1
  privileged: true
services:
  web:
    <<: *base
    user: app
  other:
    <<: [*base, {read_only: true}]
    privileged: false
)"}},
    {"override files",
     {R"(services:
  web:
    image: a:1
    command: [one]
    cap_add: [A]
    ports: ["80:80"]
    environment: {A: "1", B: "2"}
    volumes: ["./one:/data"]
    build: ./web
    security_opt: [a, b]
    privileged: true
    user: root
)",
      R"(services:
  web:
    image: a:2
    command: [two]
    cap_add: [A, B]
    ports: ["81:81"]
    environment: [B=3, C=4]
    volumes: ["./two:/data", "./three:/more"]
    build: {target: final}
    security_opt: !override [c]
    privileged: !reset null
    user: !reset
  added: {image: "b:1"}
)"}},
    {"extends",
     {R"(services:
  web:
    extends: {file: common/base.yaml, service: base}
    image: a:2
  local: {extends: web, user: app}
)"},
     {{"common/base.yaml",
       "services:\n  base:\n    extends: deeper\n    image: a:1\n"
       "    env_file: ../a.env\n"
       "  deeper:\n    privileged: true\n    extends: {file: ../deep.yaml, "
       "service: deep}\n"},
      {"deep.yaml", "services: {deep: {read_only: true}}\n"},
      {"a.env", "A=1\n"}}},
    {"include",
     {R"(include:
  - sub/part.yaml
  - path: [two.yaml, three.yaml]
    env_file: other.env
services:
  web: {image: "a:1"}
  db: {user: app}
)"},
     {{"sub/part.yaml", "services:\n  db:\n    image: postgres:${TAG}\n    privileged: true\n"},
      {"sub/.env", "TAG=16\n"},
      {"two.yaml", "services: {two: {image: \"a:${TAG}\"}}\n"},
      {"three.yaml", "services: {two: {read_only: true}}\n"},
      {"other.env", "TAG=17\n"}}},
    {"secrets and configs", {R"(services:
  web: {image: "a:1", secrets: [a]}
secrets:
  a: {file: ./a.txt}
  b: {content: hunter2}
  c: {environment: C}
configs:
  d: {content: "x=${NONE}"}
)"}},
    {"the old form", {"web:\n  image: a:1\n  privileged: true\ndb: {image: \"b:1\"}\n"}},
    {"several documents", {"services: {a: {image: \"a:1\"}}\n---\nservices: {a: {user: app}}\n"}},
    {"nothing to do", {"services:\n  web:\nvolumes:\n"}},
    {"only changes another file", {"services: {web: {privileged: true}}\n"}},
    {"shapes that Compose refuses",
     {"services:\n  a: 1\n  b: [1]\n  c: {image: [a], privileged: perhaps, ports: [[1]], volumes: "
      "[[1]], user: {a: 1}}\nsecrets: [a]\n"}},
    {"not Compose's", {"services: [web]\n"}},
    {"bad variables", {"services: {web: {image: \"a:${TAG\", user: \"${1}\"}}\n"}},
    {"a key twice", {"services:\n  web:\n    image: a:1\n    image: a:2\n"}},
    {"broken YAML", {"services:\n  web: {image: a\n"}},
    {"a circle of extends",
     {"services:\n  a: {image: \"x:1\", extends: b}\n  b: {extends: a}\n  c: {extends: c}\n"
      "  d: {extends: none}\n  e: {extends: {file: compose.yaml}}\n"}},
    {"a circle of includes",
     {"include: [a.yaml]\nservices: {web: {image: \"a:1\"}}\n"},
     {{"a.yaml", "include: [b.yaml]\n"}, {"b.yaml", "include: [a.yaml]\n"}}},
    {"what is not followed", {R"(include:
  - missing.yaml
  - /etc/compose.yaml
  - https://example.org/compose.yaml
  - ../outside.yaml
  - ${WHERE}/compose.yaml
services:
  web:
    image: a:1
    extends: {file: "~/base.yaml", service: base}
    env_file: [/etc/passwd, ../outside.env]
)"}},
};

std::string facts_of(const Project& project) {
  std::vector<std::shared_ptr<const Source>> files;
  for (const std::string& text : project.files) {
    const std::string name = files.empty() ? "compose.yaml" : "over.yaml";
    files.push_back(std::make_shared<const Source>(name, text));
  }
  MemoryFiles beside(project.beside);
  beside.set_ignored({"a.txt"});
  FactsText facts;
  const auto outcome = ComposeAdapter().adapt(files, &beside, Limits{}, facts);
  std::string out = facts.text();
  for (const Error& error : outcome.errors) out += "\nerror " + to_string(error);
  return out;
}

TEST(Compose, ProjectsGiveTheFactsThatComposeGives) {
  std::string out;
  for (const Project& project : kProjects) {
    out.append("==== ").append(project.name).append(" ====\n");
    for (const std::string& file : project.files) out += file;
    for (const auto& [name, text] : project.beside) {
      out.append("---- ").append(name).append("\n").append(text);
    }
    out += facts_of(project) + "\n\n";
  }
  testing::expect_golden(testing::source_dir() / "tests/golden/compose_facts.txt", out);
}

TEST(Compose, WithoutFilesBesideItFollowsNothingAndSaysNothing) {
  const std::array sources{std::make_shared<const Source>(
      "compose.yaml",
      "include: [a.yaml]\nservices: {web: {image: \"a:1\", env_file: a, extends: {file: b, "
      "service: c}}}\n")};
  FactsText facts;
  const auto outcome = ComposeAdapter().adapt(sources, nullptr, Limits{}, facts);
  EXPECT_TRUE(outcome.errors.empty());
  EXPECT_EQ(facts.text(),
            "\nworkload service@2 name=web\n  pod@2\n  service@2 name=web@2 image=a:1@2");
}

// Each service extends the one before it and adds to it: quadratic, if nothing bounded it.
TEST(Compose, ALongChainOfExtendsEndsInAnError) {
  std::string text = "services:\n  s0: {image: \"a:1\"}\n";
  for (int n = 1; n < 200; ++n) {
    const std::string number = std::to_string(n);
    text += "  s" + number + ": {extends: s" + std::to_string(n - 1) + ", ports: [\"" + number +
            ":1\"]}\n";
  }
  const std::array sources{std::make_shared<const Source>("compose.yaml", text)};
  Limits limits;
  limits.nodes = 5000;
  FactsText facts;
  const auto outcome = ComposeAdapter().adapt(sources, nullptr, limits, facts);
  ASSERT_FALSE(outcome.errors.empty());
  EXPECT_EQ(outcome.errors.front().message,
            "the project is too large once its services are put together");
}

TEST(Compose, IsToldByItsContent) {
  const struct {
    std::string_view text;
    ComposeForm form;
    bool certain;
  } cases[] = {
      {"services: {web: {image: a}}", ComposeForm::services, true},
      {"services: {web: {build: .}}", ComposeForm::services, true},
      {"version: '3'\nservices: {web: {image: a}}\nx-a: 1", ComposeForm::services, true},
      {"services: {web: {ports: []}}", ComposeForm::services, false},
      {"services:", ComposeForm::services, false},
      {"services: {web: {image: a}}\nother: 1", ComposeForm::services, false},
      {"include: [a]", ComposeForm::fragment, false},
      {"volumes: {a: }\nx-b: 1", ComposeForm::fragment, false},
      {"web: {image: a}", ComposeForm::v1, false},
      {"web: {image: a}\nother: 1", ComposeForm::none, false},
      {"apiVersion: v1\nkind: Pod\nservices: {web: {image: a}}", ComposeForm::none, false},
      {"services: [a]", ComposeForm::fragment, false},
      {"[a]", ComposeForm::none, false},
      {"{}", ComposeForm::empty, false},
      {"~", ComposeForm::empty, false},
  };
  for (const auto& row : cases) {
    class Guess final : public DocumentVisitor {
     public:
      void document(const Document& document) override { guess = guess_compose(document); }
      void error(Error error) override { ADD_FAILURE() << to_string(error); }
      ComposeGuess guess;
    } visitor;
    read_yaml(std::make_shared<const Source>("x", std::string(row.text)), Limits{}, visitor);
    EXPECT_EQ(name_of(visitor.guess.form), name_of(row.form)) << row.text;
    EXPECT_EQ(visitor.guess.certain, row.certain) << row.text;
  }
}

TEST(Compose, IsToldByItsName) {
  for (const std::string_view name :
       {"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml",
        "docker-compose.prod.yml", "compose.override.yaml", "compose-dev.yaml",
        "docker-compose_secrets.yml", "shop.compose.yaml", "filebeat-compose.yml",
        "podman-compose.yaml", "Docker-Compose.YML"}) {
    EXPECT_TRUE(is_compose_name(name)) << name;
  }
  for (const std::string_view name : {"composer.yaml", "decompose.yaml", "compose.json", "compose",
                                      "values.yaml", "compose.yaml.bak", "mycompose.yml"}) {
    EXPECT_FALSE(is_compose_name(name)) << name;
  }
  EXPECT_EQ(override_names("docker-compose.yml").size(), 4U);
  EXPECT_TRUE(override_names("docker-compose.prod.yml").empty());
  EXPECT_EQ(base_names("compose.override.yaml").size(), 4U);
  EXPECT_TRUE(base_names("compose.yaml").empty());
}

}  // namespace
}  // namespace kaudit
