// Reads: image, env and the command of every container.
// Allowed: for the images below a password, or nothing that switches asking for one off. Where
// variables come from elsewhere as a whole (envFrom, an env_file that is not there) or a
// configuration file is named, what is missing is not known.
#include <algorithm>
#include <array>

#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

// A variable that opens the door. `values`: those that do, separated by blanks; empty: any but
// false, no, 0 and nothing.
struct OpenDoor {
  std::string_view image, variable, values, says;
};

// Sources: the images' own documentation on Docker Hub, and Bitnami's for its names.
constexpr std::array kDoors = {
    OpenDoor{"postgres", "POSTGRES_HOST_AUTH_METHOD", "trust", "PostgreSQL asks for no password"},
    OpenDoor{"postgis", "POSTGRES_HOST_AUTH_METHOD", "trust", "PostgreSQL asks for no password"},
    OpenDoor{"timescaledb", "POSTGRES_HOST_AUTH_METHOD", "trust",
             "PostgreSQL asks for no password"},
    OpenDoor{"pgvector", "POSTGRES_HOST_AUTH_METHOD", "trust", "PostgreSQL asks for no password"},
    OpenDoor{"mysql", "MYSQL_ALLOW_EMPTY_PASSWORD", "", "MySQL's root has no password"},
    OpenDoor{"percona", "MYSQL_ALLOW_EMPTY_PASSWORD", "", "MySQL's root has no password"},
    OpenDoor{"mariadb", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "", "MariaDB's root has no password"},
    OpenDoor{"mariadb", "MYSQL_ALLOW_EMPTY_PASSWORD", "", "MariaDB's root has no password"},
    OpenDoor{"neo4j", "NEO4J_AUTH", "none", "Neo4j asks for no password"},
    OpenDoor{"elasticsearch", "xpack.security.enabled", "false", "Elasticsearch's security is off"},
    OpenDoor{"kibana", "xpack.security.enabled", "false", "Kibana's login is off"},
    OpenDoor{"opensearch", "DISABLE_SECURITY_PLUGIN", "true", "OpenSearch's security is off"},
    OpenDoor{"opensearch", "plugins.security.disabled", "true", "OpenSearch's security is off"},
    OpenDoor{"opensearch-dashboards", "DISABLE_SECURITY_DASHBOARDS_PLUGIN", "true",
             "OpenSearch Dashboards' login is off"},
    OpenDoor{"influxdb", "INFLUXDB_HTTP_AUTH_ENABLED", "false", "InfluxDB asks for no password"},
    OpenDoor{"grafana", "GF_AUTH_ANONYMOUS_ENABLED", "true", "Grafana lets everybody in"},
    OpenDoor{"arangodb", "ARANGO_NO_AUTH", "", "ArangoDB asks for no password"},
    OpenDoor{"phpmyadmin", "PMA_ARBITRARY", "1 true", "phpMyAdmin connects to any server"},
    OpenDoor{"redis", "ALLOW_EMPTY_PASSWORD", "yes true 1", "Redis asks for no password"},
    OpenDoor{"valkey", "ALLOW_EMPTY_PASSWORD", "yes true 1", "Valkey asks for no password"},
    OpenDoor{"mongodb", "ALLOW_EMPTY_PASSWORD", "yes true 1", "MongoDB asks for no password"},
    OpenDoor{"postgresql", "ALLOW_EMPTY_PASSWORD", "yes true 1", "PostgreSQL asks for no password"},
    OpenDoor{"etcd", "ALLOW_NONE_AUTHENTICATION", "yes true 1", "etcd asks for no password"},
    OpenDoor{"zookeeper", "ALLOW_ANONYMOUS_LOGIN", "yes true 1", "ZooKeeper lets everybody in"},
    OpenDoor{"docker", "DOCKER_TLS_CERTDIR", " ", "the Docker API is served without TLS"},
    OpenDoor{"emqx", "EMQX_ALLOW_ANONYMOUS", "true", "EMQX lets everybody in"},
    OpenDoor{"jenkins", "JENKINS_DISABLE_SECURITY", "", "Jenkins' security is off"},
};

// A word of the command that does the same.
struct OpenWord {
  std::string_view image, word, says;
};
constexpr std::array kWords = {
    OpenWord{"mysql", "--skip-grant-tables", "MySQL asks for no password"},
    OpenWord{"mariadb", "--skip-grant-tables", "MariaDB asks for no password"},
    OpenWord{"mongo", "--noauth", "MongoDB asks for no password"},
    OpenWord{"redis", "--protected-mode", "Redis answers everybody"},
    OpenWord{"traefik", "--api.insecure", "Traefik's dashboard is open"},
    OpenWord{"traefik", "--api.insecure=true", "Traefik's dashboard is open"},
    OpenWord{"vault", "-dev", "Vault runs in development mode, unsealed"},
    OpenWord{"code-server", "--auth=none", "code-server asks for no password"},
    OpenWord{"jenkins", "-Djenkins.install.runSetupWizard=false",
             "Jenkins starts without an administrator"},
};

// Images that ask for nothing unless one of the variables or words is there.
struct Required {
  std::string_view image;
  std::array<std::string_view, 4> variables;
  std::array<std::string_view, 3> words;  // in the command, or what a word of it begins with
  std::string_view says, fix;
};
constexpr std::array kRequired = {
    Required{"redis",
             {"REDIS_PASSWORD", "REDIS_PASSWORD_FILE"},
             {"--requirepass", "--aclfile"},
             "Redis has no password",
             "command: [redis-server, --requirepass, \"${REDIS_PASSWORD:?}\"]"},
    Required{"valkey",
             {"VALKEY_PASSWORD", "VALKEY_PASSWORD_FILE"},
             {"--requirepass", "--aclfile"},
             "Valkey has no password",
             "command: [valkey-server, --requirepass, \"${VALKEY_PASSWORD:?}\"]"},
    Required{"keydb",
             {},
             {"--requirepass", "--aclfile"},
             "KeyDB has no password",
             "command: [keydb-server, --requirepass, \"${KEYDB_PASSWORD:?}\"]"},
    Required{"mongo",
             {"MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD_FILE"},
             {"--auth", "--keyFile", "--tlsCAFile"},
             "MongoDB has no users and asks for no password",
             "MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/mongo_password"},
    Required{"grafana",
             {"GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD__FILE",
              "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", "GF_AUTH_PROXY_ENABLED"},
             {},
             "Grafana starts with admin and admin",
             "GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana_password"},
    Required{"minio",
             {"MINIO_ROOT_PASSWORD", "MINIO_ROOT_PASSWORD_FILE", "MINIO_SECRET_KEY",
              "MINIO_CONFIG_ENV_FILE"},
             {},
             "MinIO starts with minioadmin and minioadmin",
             "MINIO_ROOT_PASSWORD_FILE: /run/secrets/minio_password"},
    Required{"mongo-express",
             {"ME_CONFIG_BASICAUTH_PASSWORD", "ME_CONFIG_BASICAUTH_PASSWORD_FILE"},
             {},
             "mongo-express starts with admin and pass",
             "ME_CONFIG_BASICAUTH_PASSWORD_FILE: /run/secrets/console_password"},
    Required{"redis-commander",
             {"HTTP_PASSWORD", "HTTP_PASSWORD_FILE", "HTTP_PASSWORD_HASH"},
             {},
             "Redis Commander asks for no password",
             "HTTP_PASSWORD: ${CONSOLE_PASSWORD:?}"},
};

bool is_called(std::string_view name, std::string_view wanted) noexcept {
  constexpr std::string_view kVariant = "-ha";
  if (name.size() == wanted.size() + kVariant.size() && name.ends_with(kVariant)) {
    name.remove_suffix(kVariant.size());
  }
  return name == wanted;
}

// Of any of the tables: most images are of none.
bool is_known(std::string_view image) noexcept {
  const auto is_of = [&](const auto& row) { return is_called(image, row.image); };
  return std::ranges::any_of(kDoors, is_of) || std::ranges::any_of(kWords, is_of) ||
         std::ranges::any_of(kRequired, is_of);
}

bool opens(const OpenDoor& door, std::string_view value) noexcept {
  if (door.values == " ") return value.empty();
  if (door.values.empty()) {
    return !value.empty() && value != "0" && value != "no" && value != "false";
  }
  for (std::string_view rest = door.values; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    if (value == one) return true;
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return false;
}

bool names_configuration(std::string_view word) noexcept {
  return word.ends_with(".conf") || word.ends_with(".cfg") || word == "--config" || word == "-f" ||
         word.starts_with("--config=");
}

class Check {
 public:
  Check(const Workload& workload, const Container& container, std::string_view image, Sink& sink)
      : workload_(workload), container_(container), image_(image), sink_(sink) {}

  void run() {
    bool found = false;
    for (const EnvVar& variable : container_.env) found = door(variable) || found;
    found = look_at_words() || found;
    if (!found) required();
  }

 private:
  bool door(const EnvVar& variable) {
    if (!variable.value.written()) return false;
    for (const OpenDoor& row : kDoors) {
      if (row.variable != variable.name.value || !is_called(image_, row.image) ||
          !opens(row, variable.value.value)) {
        continue;
      }
      report(variable.value.at, std::string(row.says) + ", by " + quoted(row.variable),
             "Delete `" + std::string(row.variable) + "` and give it a password");
      return true;
    }
    return false;
  }

  // Both as words of a shell and as the line that Compose splits.
  bool look_at_words() {
    bool found = false;
    const auto look = [&](std::string_view text, NodeId at, std::string_view next) {
      if (names_configuration(text)) configured_ = true;
      for (const Required& row : kRequired) {
        if (!is_called(image_, row.image)) continue;
        for (const std::string_view word : row.words) {
          if (!word.empty() && text.starts_with(word)) protected_ = true;
        }
      }
      for (const OpenWord& row : kWords) {
        if (found || text != row.word || !is_called(image_, row.image)) continue;
        if (row.word == "--protected-mode" && next != "no") continue;
        found = true;
        report(at, std::string(row.says) + ", by " + quoted(row.word),
               "Delete `" + std::string(row.word) + "`");
      }
    };
    for (const auto& items : {container_.command, container_.args}) {
      for (std::size_t n = 0; n < items.size(); ++n) {
        if (!items[n].written()) configured_ = true;  // a variable may stand for anything
        const std::string_view following =
            n + 1 < items.size() ? items[n + 1].value : std::string_view();
        std::string_view rest = items[n].value;
        while (!rest.empty()) {
          const std::string_view word = rest.substr(0, rest.find_first_of(" \t\n"));
          rest.remove_prefix(std::min(rest.size(), word.size() + 1));
          const std::string_view next =
              rest.empty() ? following : rest.substr(0, rest.find_first_of(" \t\n"));
          if (!word.empty()) look(word, items[n].at, next);
        }
      }
    }
    return found;
  }

  void required() {
    if (protected_ || configured_ || workload_.patch || mounts_configuration()) return;
    if (workload_.surface == Surface::kubernetes && !container_.env_from.empty()) return;
    if (workload_.surface == Surface::compose &&
        workload_.document->at(workload_.at)["env_file"].set() && container_.env_from.empty()) {
      return;
    }
    for (const Required& row : kRequired) {
      if (!is_called(image_, row.image)) continue;
      const bool given =
          std::any_of(container_.env.begin(), container_.env.end(), [&](const EnvVar& variable) {
            return std::find(row.variables.begin(), row.variables.end(), variable.name.value) !=
                   row.variables.end();
          });
      if (given) return;
      const bool compose = workload_.surface == Surface::compose;
      report(container_.image.at, std::string(row.says) + ", for nothing gives it one",
             compose ? std::string(row.fix)
                     : "env: [{name: " +
                           std::string(row.variables[0].empty() ? "PASSWORD" : row.variables[0]) +
                           ", valueFrom: {secretKeyRef: {name: SECRET, key: KEY}}}]");
      return;
    }
  }

  // `redis.conf` at its place: it may hold the password.
  [[nodiscard]] bool mounts_configuration() const {
    return std::any_of(container_.mounts.begin(), container_.mounts.end(), [](const Mount& mount) {
      const std::string_view path = mount.path.value;
      return path.starts_with("/etc/") || path.starts_with("/usr/local/etc") ||
             path.ends_with(".conf") || path.ends_with(".ini") || path.ends_with(".acl");
    });
  }

  void report(NodeId at, std::string what, std::string fix) {
    sink_.report({.at = at,
                  .message = subject(container_) + ": " + std::move(what) + "; it must ask for one",
                  .fix = std::move(fix),
                  .container = &container_});
  }

  const Workload& workload_;
  const Container& container_;
  std::string_view image_;
  Sink& sink_;
  bool protected_ = false;   // the command has what protects
  bool configured_ = false;  // a file or a variable decides
};

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    const std::string_view image = container.image.ref.name();
    if (!is_known(image) || !container.image.valid()) continue;
    Check(workload, container, image, sink).run();
  }
}

constexpr std::string_view kReferences[] = {
    "https://cwe.mitre.org/data/definitions/306.html",
    "https://redis.io/docs/latest/operate/oss_and_stack/management/security/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Give it a password through `secrets:` and the image's `*_FILE` variable, or "
                    "by `command: [redis-server, --requirepass, \"${REDIS_PASSWORD:?}\"]`.",
     .bad = R"(services:
  cache:
    image: redis:7.4  # expect: missing-credentials
)",
     .good = R"(services:
  cache:
    image: redis:7.4
    command: [redis-server, --requirepass, "${REDIS_PASSWORD:?}"]
)"}};

}  // namespace

extern constinit const Rule rule_missing_credentials = checked({
    .id = "KA4011",
    .slug = "missing-credentials",
    .title = "Database or console asks for no password",
    .rationale =
        "Whoever reaches the port reads and changes everything: another container that was taken "
        "over, a page in a browser on the same host, or everybody if the port is published.",
    .remediation = "Give it a password from a Secret, as its image wants it.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: db
spec:
  containers:
    - name: postgres
      image: postgres:16.4
      env:
        - name: POSTGRES_HOST_AUTH_METHOD
          value: trust  # expect: missing-credentials
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: db
spec:
  containers:
    - name: postgres
      image: postgres:16.4
      env:
        - name: POSTGRES_PASSWORD
          valueFrom:
            secretKeyRef:
              name: db-secrets
              key: POSTGRES_PASSWORD
)",
    .checks = {.workload = check, .compose = check},
    .more = kMore,
});

}  // namespace kaudit
