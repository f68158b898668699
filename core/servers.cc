#include "core/servers.h"

#include <algorithm>
#include <array>

#include "core/image_ref.h"

namespace kaudit {
namespace {

using Kind = Server::Kind;

constexpr std::array kServers = {
    Server{"postgres", "PostgreSQL", Kind::database, {5432}},
    Server{"postgresql", "PostgreSQL", Kind::database, {5432}},
    Server{"postgis", "PostgreSQL", Kind::database, {5432}},
    Server{"timescaledb", "PostgreSQL", Kind::database, {5432}},
    Server{"pgvector", "PostgreSQL", Kind::database, {5432}},
    Server{"pgbouncer", "PgBouncer", Kind::database, {6432, 5432}},
    Server{"mysql", "MySQL", Kind::database, {3306, 33060}},
    Server{"mariadb", "MariaDB", Kind::database, {3306}},
    Server{"percona", "MySQL", Kind::database, {3306, 33060}},
    Server{"mssql", "SQL Server", Kind::database, {1433}},
    Server{"oracle", "Oracle Database", Kind::database, {1521, 2484}},
    Server{"db2", "Db2", Kind::database, {50000, 50001}},
    Server{"mongo", "MongoDB", Kind::database, {27017, 27018, 27019}},
    Server{"mongodb", "MongoDB", Kind::database, {27017, 27018, 27019}},
    Server{"couchdb", "CouchDB", Kind::database, {5984, 6984, 4369}},
    Server{"couchbase", "Couchbase", Kind::database, {8091, 8092, 8093, 11210}},
    Server{"cassandra", "Cassandra", Kind::database, {9042, 9160, 7000, 7001, 7199}},
    Server{"scylla", "ScyllaDB", Kind::database, {9042, 10000, 7000, 7001}},
    Server{"clickhouse", "ClickHouse", Kind::database, {8123, 9000, 9009, 8443, 9440}},
    Server{"cockroach", "CockroachDB", Kind::database, {26257, 8080}},
    Server{"influxdb", "InfluxDB", Kind::database, {8086, 8088}},
    Server{"neo4j", "Neo4j", Kind::database, {7687, 7474, 7473}},
    Server{"arangodb", "ArangoDB", Kind::database, {8529}},
    Server{"rethinkdb", "RethinkDB", Kind::database, {28015, 29015, 8080}},
    Server{"surrealdb", "SurrealDB", Kind::database, {8000}},
    Server{"questdb", "QuestDB", Kind::database, {9000, 8812, 9009}},
    Server{"prometheus", "Prometheus", Kind::database, {9090}},
    Server{"qdrant", "Qdrant", Kind::database, {6333, 6334}},
    Server{"weaviate", "Weaviate", Kind::database, {8080, 50051}},
    Server{"milvus", "Milvus", Kind::database, {19530, 9091}},
    Server{"minio", "MinIO", Kind::database, {9000, 9001}},
    Server{"openldap", "OpenLDAP", Kind::database, {389, 636, 1389, 1636}},
    Server{"redis", "Redis", Kind::cache, {6379, 16379, 26379}},
    Server{"redis-stack", "Redis", Kind::cache, {6379, 8001}},
    Server{"valkey", "Valkey", Kind::cache, {6379}},
    Server{"keydb", "KeyDB", Kind::cache, {6379}},
    Server{"dragonfly", "Dragonfly", Kind::cache, {6379}},
    Server{"memcached", "Memcached", Kind::cache, {11211}},
    Server{"hazelcast", "Hazelcast", Kind::cache, {5701}},
    Server{"elasticsearch", "Elasticsearch", Kind::search, {9200, 9300}},
    Server{"opensearch", "OpenSearch", Kind::search, {9200, 9300, 9600}},
    Server{"solr", "Solr", Kind::search, {8983}},
    Server{"meilisearch", "Meilisearch", Kind::search, {7700}},
    Server{"typesense", "Typesense", Kind::search, {8108}},
    Server{"rabbitmq", "RabbitMQ", Kind::queue, {5672, 5671, 15672, 25672, 4369}},
    Server{"kafka", "Kafka", Kind::queue, {9092, 9093, 9094, 29092}},
    Server{"cp-kafka", "Kafka", Kind::queue, {9092, 9093, 9094, 29092}},
    Server{"redpanda", "Redpanda", Kind::queue, {9092, 9644, 8081, 8082}},
    Server{"nats", "NATS", Kind::queue, {4222, 6222, 8222}},
    Server{"activemq", "ActiveMQ", Kind::queue, {61616, 8161, 5672, 61613}},
    Server{"pulsar", "Pulsar", Kind::queue, {6650, 8080}},
    Server{"mosquitto", "Mosquitto", Kind::queue, {1883, 8883, 9001}},
    Server{"emqx", "EMQX", Kind::queue, {1883, 8883, 18083, 8083}},
    Server{"zookeeper", "ZooKeeper", Kind::coordination, {2181, 2888, 3888}},
    Server{"cp-zookeeper", "ZooKeeper", Kind::coordination, {2181, 2888, 3888}},
    Server{"etcd", "etcd", Kind::coordination, {2379, 2380}},
    Server{"consul", "Consul", Kind::coordination, {8500, 8501, 8600, 8300}},
    Server{"vault", "Vault", Kind::coordination, {8200, 8201}},
    Server{"docker", "the Docker API", Kind::runtime, {2375, 2376}},
    Server{"docker-socket-proxy", "the Docker API", Kind::runtime, {2375}},
    Server{"phpmyadmin", "phpMyAdmin", Kind::console, {80, 443, 8080}},
    Server{"adminer", "Adminer", Kind::console, {8080}},
    Server{"pgadmin4", "pgAdmin", Kind::console, {80, 443}},
    Server{"mongo-express", "mongo-express", Kind::console, {8081}},
    Server{"redis-commander", "Redis Commander", Kind::console, {8081}},
    Server{"redisinsight", "RedisInsight", Kind::console, {5540, 8001}},
    Server{"phpredisadmin", "phpRedisAdmin", Kind::console, {80}},
    Server{"kibana", "Kibana", Kind::console, {5601}},
    Server{"opensearch-dashboards", "OpenSearch Dashboards", Kind::console, {5601}},
    Server{"portainer", "Portainer", Kind::console, {9000, 9443, 8000}},
    Server{"portainer-ce", "Portainer", Kind::console, {9000, 9443, 8000}},
    Server{"dozzle", "Dozzle", Kind::console, {8080}},
    Server{"jenkins", "Jenkins", Kind::console, {8080, 50000}},
    Server{"akhq", "AKHQ", Kind::console, {8080}},
    Server{"kafka-ui", "Kafka UI", Kind::console, {8080}},
    Server{"kafdrop", "Kafdrop", Kind::console, {9000}},
    Server{"cloudbeaver", "CloudBeaver", Kind::console, {8978}},
    Server{"flower", "Flower", Kind::console, {5555}},
    Server{"jupyter", "Jupyter", Kind::console, {8888}},
    Server{"base-notebook", "Jupyter", Kind::console, {8888}},
    Server{"code-server", "code-server", Kind::console, {8080, 8443}},
};

// Ports that mean one thing wherever they are met.
struct PortOnly {
  std::uint16_t port;
  std::string_view image;
};
constexpr std::array kPorts = {
    PortOnly{1433, "mssql"},         PortOnly{1521, "oracle"},     PortOnly{2181, "zookeeper"},
    PortOnly{2375, "docker"},        PortOnly{2379, "etcd"},       PortOnly{3306, "mysql"},
    PortOnly{5432, "postgres"},      PortOnly{5601, "kibana"},     PortOnly{5672, "rabbitmq"},
    PortOnly{5984, "couchdb"},       PortOnly{6379, "redis"},      PortOnly{7687, "neo4j"},
    PortOnly{8086, "influxdb"},      PortOnly{8123, "clickhouse"}, PortOnly{8529, "arangodb"},
    PortOnly{9042, "cassandra"},     PortOnly{9092, "kafka"},      PortOnly{9200, "elasticsearch"},
    PortOnly{9300, "elasticsearch"}, PortOnly{11211, "memcached"}, PortOnly{15672, "rabbitmq"},
    PortOnly{26257, "cockroach"},    PortOnly{27017, "mongo"},     PortOnly{28015, "rethinkdb"},
    PortOnly{61616, "activemq"},
};

// `postgres`, `postgres-ha`, but not `postgrest`.
bool is_called(std::string_view name, std::string_view wanted) noexcept {
  if (!name.starts_with(wanted)) return false;
  return name.size() == wanted.size() || name[wanted.size()] == '-' || name[wanted.size()] == '_';
}

// Programs beside a server, which bear its name and hold none of its data.
bool is_companion(std::string_view name) noexcept {
  constexpr std::array kEnds = {"exporter", "backup",   "backup-local", "client", "proxy",
                                "init",     "operator", "agent",        "cli"};
  return std::any_of(kEnds.begin(), kEnds.end(), [name](std::string_view end) {
    return name.ends_with(end) && name.size() > end.size() &&
           (name[name.size() - end.size() - 1] == '-' || name[name.size() - end.size() - 1] == '_');
  });
}

}  // namespace

std::string_view name_of(Server::Kind kind) noexcept {
  switch (kind) {
    case Kind::database: return "database";
    case Kind::cache: return "cache";
    case Kind::queue: return "message queue";
    case Kind::search: return "search engine";
    case Kind::coordination: return "coordination service";
    case Kind::console: return "admin console";
    case Kind::runtime: return "container runtime";
  }
  return "";
}

const Server* server_of_image(std::string_view image) noexcept {
  const ImageRef ref = split_image(image);
  if (ref.repository == "mssql/server") return server_of_port(1433);
  const std::string_view name = ref.name();
  const Server* best = nullptr;
  for (const Server& server : kServers) {
    if (!is_called(name, server.image)) continue;
    if (best == nullptr || server.image.size() > best->image.size()) best = &server;
  }
  if (best != nullptr && best->image != name && is_companion(name)) return nullptr;
  return best;
}

const Server* server_of_port(std::int64_t port) noexcept {
  for (const PortOnly& row : kPorts) {
    if (row.port != port) continue;
    for (const Server& server : kServers) {
      if (server.image == row.image) return &server;
    }
  }
  return nullptr;
}

bool listens_on(const Server& server, std::int64_t port) noexcept {
  return port != 0 && std::find(std::begin(server.ports), std::end(server.ports), port) !=
                          std::end(server.ports);
}

}  // namespace kaudit
