// Reads: image and env[*].name and value of every container.
// Allowed: in the variables by which the images below take their administrator's password, no
// value that everybody tries first and none equal to the user's name beside it.
#include <algorithm>
#include <span>
#include <unordered_map>

#include "core/rule.h"
#include "core/rules/secret_message.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

struct Credential {
  std::string_view image;     // the last part of its name begins so
  std::string_view variable;  // of the password
  std::string_view user;      // of the user's name; empty: none
  std::string_view product;
};

// Sources: the images' own documentation on Docker Hub, and Bitnami's where a line has its names.
// Sorted by the image's first letter.
constexpr Credential kTable[] = {
    {"arangodb", "ARANGO_ROOT_PASSWORD", "", "ArangoDB"},
    {"activemq", "ARTEMIS_PASSWORD", "ARTEMIS_USER", "ActiveMQ"},
    {"activemq", "ACTIVEMQ_CONNECTION_PASSWORD", "ACTIVEMQ_CONNECTION_USER", "ActiveMQ"},
    {"airflow", "_AIRFLOW_WWW_USER_PASSWORD", "_AIRFLOW_WWW_USER_USERNAME", "Airflow"},
    {"couchdb", "COUCHDB_PASSWORD", "COUCHDB_USER", "CouchDB"},
    {"couchbase", "COUCHBASE_ADMINISTRATOR_PASSWORD", "", "Couchbase"},
    {"cassandra", "CASSANDRA_PASSWORD", "CASSANDRA_USER", "Cassandra"},
    {"clickhouse", "CLICKHOUSE_PASSWORD", "CLICKHOUSE_USER", "ClickHouse"},
    {"clickhouse", "CLICKHOUSE_ADMIN_PASSWORD", "CLICKHOUSE_ADMIN_USER", "ClickHouse"},
    {"directus", "ADMIN_PASSWORD", "", "Directus"},
    {"elasticsearch", "ELASTIC_PASSWORD", "", "Elasticsearch"},
    {"emqx", "EMQX_DASHBOARD__DEFAULT_PASSWORD", "", "EMQX"},
    {"grafana", "GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_USER", "Grafana"},
    {"influxdb", "DOCKER_INFLUXDB_INIT_PASSWORD", "DOCKER_INFLUXDB_INIT_USERNAME", "InfluxDB"},
    {"influxdb", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN", "", "InfluxDB"},
    {"influxdb", "INFLUXDB_ADMIN_PASSWORD", "INFLUXDB_ADMIN_USER", "InfluxDB"},
    {"jenkins", "JENKINS_PASSWORD", "JENKINS_USERNAME", "Jenkins"},
    {"jenkins", "JENKINS_ADMIN_PASSWORD", "", "Jenkins"},
    {"kibana", "ELASTICSEARCH_PASSWORD", "ELASTICSEARCH_USERNAME", "Kibana"},
    {"keycloak", "KEYCLOAK_ADMIN_PASSWORD", "KEYCLOAK_ADMIN", "Keycloak"},
    {"keycloak", "KC_BOOTSTRAP_ADMIN_PASSWORD", "KC_BOOTSTRAP_ADMIN_USERNAME", "Keycloak"},
    {"keycloak", "KEYCLOAK_PASSWORD", "KEYCLOAK_USER", "Keycloak"},
    {"mysql", "MYSQL_ROOT_PASSWORD", "", "MySQL"},
    {"mysql", "MYSQL_PASSWORD", "MYSQL_USER", "MySQL"},
    {"mariadb", "MARIADB_ROOT_PASSWORD", "", "MariaDB"},
    {"mariadb", "MARIADB_PASSWORD", "MARIADB_USER", "MariaDB"},
    {"mariadb", "MYSQL_ROOT_PASSWORD", "", "MariaDB"},
    {"mariadb", "MYSQL_PASSWORD", "MYSQL_USER", "MariaDB"},
    {"mongo-express", "ME_CONFIG_BASICAUTH_PASSWORD", "ME_CONFIG_BASICAUTH_USERNAME",
     "mongo-express"},
    {"mongo-express", "ME_CONFIG_MONGODB_ADMINPASSWORD", "", "mongo-express"},
    {"mongo", "MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_USERNAME", "MongoDB"},
    {"mongodb", "MONGODB_ROOT_PASSWORD", "", "MongoDB"},
    {"mongodb", "MONGODB_PASSWORD", "MONGODB_USERNAME", "MongoDB"},
    {"minio", "MINIO_ROOT_PASSWORD", "MINIO_ROOT_USER", "MinIO"},
    {"minio", "MINIO_SECRET_KEY", "MINIO_ACCESS_KEY", "MinIO"},
    {"neo4j", "NEO4J_AUTH", "", "Neo4j"},
    {"neo4j", "NEO4J_PASSWORD", "", "Neo4j"},
    {"nextcloud", "NEXTCLOUD_ADMIN_PASSWORD", "NEXTCLOUD_ADMIN_USER", "Nextcloud"},
    {"n8n", "N8N_BASIC_AUTH_PASSWORD", "N8N_BASIC_AUTH_USER", "n8n"},
    {"opensearch", "OPENSEARCH_INITIAL_ADMIN_PASSWORD", "", "OpenSearch"},
    {"oracle", "ORACLE_PASSWORD", "", "Oracle Database"},
    {"openldap", "LDAP_ADMIN_PASSWORD", "LDAP_ADMIN_USERNAME", "OpenLDAP"},
    {"postgres", "POSTGRES_PASSWORD", "POSTGRES_USER", "PostgreSQL"},
    {"postgresql", "POSTGRESQL_PASSWORD", "POSTGRESQL_USERNAME", "PostgreSQL"},
    {"postgresql", "POSTGRESQL_POSTGRES_PASSWORD", "", "PostgreSQL"},
    {"postgis", "POSTGRES_PASSWORD", "POSTGRES_USER", "PostgreSQL"},
    {"pgvector", "POSTGRES_PASSWORD", "POSTGRES_USER", "PostgreSQL"},
    {"percona", "MYSQL_ROOT_PASSWORD", "", "MySQL"},
    {"percona", "MYSQL_PASSWORD", "MYSQL_USER", "MySQL"},
    {"pgadmin4", "PGADMIN_DEFAULT_PASSWORD", "", "pgAdmin"},
    {"redis", "REDIS_PASSWORD", "", "Redis"},
    {"rabbitmq", "RABBITMQ_DEFAULT_PASS", "RABBITMQ_DEFAULT_USER", "RabbitMQ"},
    {"rabbitmq", "RABBITMQ_PASSWORD", "RABBITMQ_USERNAME", "RabbitMQ"},
    {"server", "SA_PASSWORD", "", "SQL Server"},
    {"server", "MSSQL_SA_PASSWORD", "", "SQL Server"},
    {"timescaledb", "POSTGRES_PASSWORD", "POSTGRES_USER", "PostgreSQL"},
    {"valkey", "VALKEY_PASSWORD", "", "Valkey"},
    {"vault", "VAULT_DEV_ROOT_TOKEN_ID", "", "Vault"},
    {"wordpress", "WORDPRESS_PASSWORD", "WORDPRESS_USERNAME", "WordPress"},
};

constexpr char first_letter(const Credential& row) noexcept { return row.image.front(); }
static_assert(std::ranges::is_sorted(kTable, {}, first_letter));

// `postgres`, `postgres-ha`, but not `postgrest`.
bool is_image(std::string_view name, std::string_view wanted) noexcept {
  if (!name.starts_with(wanted)) return false;
  return name.size() == wanted.size() || name[wanted.size()] == '-' || name[wanted.size()] == '_';
}

// The rows that can be the image's: none of most images.
std::span<const Credential> rows_of(std::string_view image) noexcept {
  if (image.empty()) return {};
  const auto rows = std::ranges::equal_range(kTable, image.front(), {}, first_letter);
  const bool any =
      std::ranges::any_of(rows, [&](const Credential& row) { return is_image(image, row.image); });
  return any ? std::span<const Credential>(rows) : std::span<const Credential>();
}

// The values of a container's variables, looked through once; a later one of a name counts.
class Variables {
 public:
  explicit Variables(const Container& container) noexcept : container_(container) {}

  std::string_view value_of(std::string_view name) {
    if (values_.empty()) {
      for (const EnvVar& variable : container_.env) {
        values_[variable.name.value] = variable.value.value_or({});
      }
    }
    const auto found = values_.find(name);
    return found == values_.end() ? std::string_view{} : found->second;
  }

 private:
  const Container& container_;
  std::unordered_map<std::string_view, std::string_view> values_;
};

void check_variable(const Workload& workload, const Container& container, const EnvVar& variable,
                    std::span<const Credential> rows, Variables& variables, Sink& sink) {
  const std::string_view image = container.image.ref.name();
  const auto row = std::ranges::find_if(rows, [&](const Credential& candidate) {
    return candidate.variable == variable.name.value && is_image(image, candidate.image);
  });
  if (row == rows.end()) return;
  std::string_view password = variable.value.value;
  std::string_view user = row->user.empty() ? std::string_view{} : variables.value_of(row->user);
  if (row->variable == "NEO4J_AUTH") {  // USER/PASSWORD
    const std::size_t slash = password.find('/');
    if (slash == std::string_view::npos) return;
    user = password.substr(0, slash);
    password = password.substr(slash + 1);
  }
  const bool as_user = !password.empty() && password == user && !is_reference(password);
  if (!is_guessable(password) && !as_user) return;
  const bool compose = workload.surface == Surface::compose;
  std::string message = subject(container) + " gives " + std::string(row->product);
  message += as_user ? " a password that equals its user's name, in "
                     : " one of the passwords that everybody tries first, in ";
  message += (compose ? "environment " : "env ") + quoted(variable.name.value);
  message += compose ? "; it must be a random value from a secret"
                     : "; it must be a random value from a Secret";
  std::string fix = compose
                        ? "Put a value of `openssl rand -hex 24` into a file under `secrets:`, "
                          "and name it by the image's variable for files, as a rule `" +
                              shown(variable.name.value) + "_FILE: /run/secrets/NAME`"
                        : "Replace `value` by `" + secret_key_ref(workload, variable.name.value) +
                              "`, and put a value of `openssl rand -hex 24` into the Secret";
  sink.report({.at = variable.value.at,
               .message = std::move(message),
               .fix = std::move(fix),
               .container = &container,
               .secret = true});
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    const std::span<const Credential> rows = rows_of(container.image.ref.name());
    if (rows.empty() || !container.image.valid()) continue;
    Variables variables(container);
    for (const EnvVar& variable : container.env) {
      if (!variable.value.written()) continue;
      check_variable(workload, container, variable, rows, variables, sink);
    }
  }
}

constexpr std::string_view kSupersedes[] = {"secret-in-env"};
constexpr std::string_view kReferences[] = {
    "https://cwe.mitre.org/data/definitions/1392.html",
    "https://kubernetes.io/docs/concepts/configuration/secret/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Put a random value into a file under `secrets:` and name it by the "
                    "image's `*_FILE` variable; change the password of the running service "
                    "too.",
     .bad = R"(services:
  db:
    image: postgres:16.4
    environment:
      POSTGRES_PASSWORD: postgres  # expect: default-credentials
)",
     .good = R"(services:
  db:
    image: postgres:16.4
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
    secrets: [db_password]
secrets:
  db_password:
    file: ./secrets/db_password.txt
)"}};

}  // namespace

extern constinit const Rule rule_default_credentials = checked({
    .id = "KA4010",
    .slug = "default-credentials",
    .title = "Database or console has a default password",
    .rationale =
        "Such passwords are tried within minutes of a port being reachable, from inside the "
        "cluster too: whoever gets in reads and changes all data, and often runs commands.",
    .remediation = "Write `valueFrom: {secretKeyRef: …}` with a random value; change the password "
                   "of the running service too.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .supersedes = kSupersedes,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: db
spec:
  containers:
    - name: postgres
      image: postgres:16.4
      env:
        - name: POSTGRES_PASSWORD
          value: postgres  # expect: default-credentials
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
