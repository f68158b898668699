// Test secrets are put together from parts, so that no scanner trips on this file.
#include "core/secrets.h"

#include <gtest/gtest.h>

#include <ctime>

namespace kaudit {
namespace {

std::string repeated(std::string_view unit, std::size_t size) {
  std::string out;
  while (out.size() < size) out += unit;
  out.resize(size);
  return out;
}

std::string mixed(std::size_t size) { return repeated("a1B2c3D4e5F6g7H8", size); }
std::string hex(std::size_t size) { return repeated("0123456789abcdef", size); }
// The example of GitHub's description of its format: its checksum is right.
std::string github(const std::string& prefix) {
  return prefix + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17";
}

TEST(Secrets, NamesThatTell) {
  const struct {
    std::string_view name;
    NameSays says;
  } kTable[] = {
      {"PASSWORD", NameSays::password},
      {"DB_PASSWORD", NameSays::password},
      {"dbPassword", NameSays::password},
      {"PGPASSWORD", NameSays::password},
      {"spring.datasource.password", NameSays::password},
      {"MYSQL_PWD", NameSays::password},
      {"JENKINS_PSW", NameSays::password},
      {"DB_PW", NameSays::password},
      {"SMTP_PASS", NameSays::password},
      {"KEY_PASSPHRASE", NameSays::password},
      {"DB_PASSWORD_PROD", NameSays::password},
      {"PASSWORD1", NameSays::password},
      {"CLIENT_SECRET", NameSays::secret},
      {"clientSecret", NameSays::secret},
      {"GITHUB_TOKEN", NameSays::secret},
      {"authToken", NameSays::secret},
      {"API_KEY", NameSays::secret},
      {"APIKey", NameSays::secret},
      {"OPENAI_API_KEY", NameSays::secret},
      {"openaiapikey", NameSays::secret},
      {"AWS_SECRET_ACCESS_KEY", NameSays::secret},
      {"SECRET_KEY_BASE", NameSays::secret},
      {"PRIVATE_KEY", NameSays::secret},
      {"azurestorageaccountkey", NameSays::secret},
      {"VPNPRESHARED", NameSays::secret},
      {"CREDENTIALS", NameSays::secret},
      {"--api-token", NameSays::secret},
      {"ACCESS_KEY", NameSays::perhaps},
      {"APP_KEY", NameSays::perhaps},
      {"AWS_KEY", NameSays::perhaps},
      {"TOKEN_FOR_BACKUP", NameSays::perhaps},
      {"SENTRY_DSN", NameSays::connection},
      {"CONNECTION_STRING", NameSays::connection},
      {"DATABASE_URL", NameSays::connection},
      {"USERNAME", NameSays::nothing},
      {"GOPRIVATE", NameSays::nothing},
      {"PASSWORD_FILE", NameSays::nothing},
      {"POSTGRES_PASSWORD_FILE", NameSays::nothing},
      {"TOKEN_PATH", NameSays::nothing},
      {"AWS_WEB_IDENTITY_TOKEN_FILE", NameSays::nothing},
      {"AWS_ACCESS_KEY_ID", NameSays::nothing},
      {"ALLOYDB_SECRET_NAME", NameSays::nothing},
      {"secretName", NameSays::nothing},
      {"secretKeyRef", NameSays::nothing},
      {"automountServiceAccountToken", NameSays::secret},  // its values are switches
      {"PASSWORD_POLICY", NameSays::nothing},
      {"KEYCLOAK_HOST", NameSays::nothing},
      {"KEYCLOAK", NameSays::nothing},
      {"PUBLIC_KEY", NameSays::nothing},
      {"NEXT_PUBLIC_API_KEY", NameSays::nothing},
      {"SORT_KEY", NameSays::nothing},
      {"PARTITION_KEY", NameSays::nothing},
      {"TOKEN_TTL", NameSays::nothing},
      {"PASSWORD_EXPIRY", NameSays::nothing},
      {"PASSWORD_LENGTH", NameSays::nothing},
      {"MAX_TOTAL_TOKENS", NameSays::nothing},
      {"USE_PASSWORD", NameSays::nothing},
      {"ALLOW_EMPTY_PASSWORD", NameSays::nothing},
      {"ETCD_INITIAL_CLUSTER_TOKEN", NameSays::nothing},
      {"BOS_TOKEN", NameSays::nothing},
      {"PWD", NameSays::nothing},
      {"COMPASS", NameSays::nothing},
      {"BYPASS", NameSays::nothing},
      {"checksum/secret", NameSays::nothing},
      {"SECRETARY", NameSays::nothing},
      {"TOKENIZER", NameSays::nothing},
      {"DATABASE", NameSays::nothing},
      {"", NameSays::nothing},
      {"___", NameSays::nothing},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(static_cast<int>(name_says(row.name)), static_cast<int>(row.says)) << row.name;
  }
  EXPECT_EQ(name_says(std::string(100'000, 'x') + "_PASSWORD"), NameSays::password);
}

TEST(Secrets, ValuesUnderTheirNames) {
  const struct {
    std::string name, value;
    SecretGrade grade;
  } kTable[] = {
      {"DB_PASSWORD", "correct-horse", SecretGrade::literal},
      {"DB_PASSWORD", "Tr0ub4dor&3", SecretGrade::literal},
      {"CLIENT_SECRET", hex(32), SecretGrade::literal},
      {"SECRET_KEY", "django-insecure-" + mixed(30), SecretGrade::literal},
      {"ACCESS_KEY", "8312341g-5678-abcd-4a2b2c-33bcsd655", SecretGrade::literal},
      {"TOKEN_FOR_BACKUP", mixed(24), SecretGrade::literal},
      {"DB_PASSWORD", "changeme", SecretGrade::weak},
      {"DB_PASSWORD", "Password", SecretGrade::weak},
      {"MYSQL_PASSWORD", "1234", SecretGrade::weak},
      {"MINIO_SECRET_KEY", "minio123", SecretGrade::weak},
      {"MONGO_URI", std::string("shop:") + "h0rse7" + "@mongo:27017", SecretGrade::known},
      {"DATABASE_URL", std::string("postgres://shop:") + "h0rse7" + "@db/shop", SecretGrade::known},
      {"BACKEND", std::string("redis://:") + "h0rse7" + "@redis:6379", SecretGrade::known},
      {"BACKEND", std::string("postgres://postgres:") + "postgres@db", SecretGrade::weak},
      {"ANYTHING",
       github("gh"
              "p_"),
       SecretGrade::known},
      {"OAUTH_CLIENT_SECRET", "<Client Secret>", SecretGrade::placeholder},
      {"OAUTH2_PROXY_COOKIE_SECRET", "SECRET", SecretGrade::placeholder},
      {"GOOGLE_API_KEY", "GOOGLE_API_KEY_VAL", SecretGrade::placeholder},
      {"API_TOKEN", "INSERT_API_TOKEN", SecretGrade::placeholder},
      {"MYSQL_ROOT_PASSWORD", "yourpassword", SecretGrade::placeholder},
      {"SMTP_PASS", "xxxxxxxxxxxxxx", SecretGrade::placeholder},
      {"API_KEY", "...", SecretGrade::placeholder},
      {"BACKEND", "redis://:<password>@redis", SecretGrade::placeholder},
      {"BACKEND", "redis://:${PASSWORD}@redis", SecretGrade::none},
      {"DB_PASSWORD", "", SecretGrade::none},
      {"DB_PASSWORD", "   ", SecretGrade::none},
      {"DB_PASSWORD", "$(DB_PASSWORD)", SecretGrade::none},
      {"DB_PASSWORD", "${DB_PASSWORD:-}", SecretGrade::none},
      {"DB_PASSWORD", "$DB_PASSWORD", SecretGrade::none},
      {"DB_PASSWORD", "{{ .Values.password }}", SecretGrade::none},
      {"DB_PASSWORD", "vault:secret/data/db#password", SecretGrade::none},
      {"DB_PASSWORD", "ENC[AES256_GCM,data:abc]", SecretGrade::none},
      {"DB_PASSWORD", "/run/secrets/db", SecretGrade::none},
      {"DB_PASSWORD", "true", SecretGrade::none},
      {"SHOW_PASSWORD", "abcdef", SecretGrade::none},
      {"SESSION_TOKEN", "3600", SecretGrade::none},
      {"TOKEN", "30s", SecretGrade::none},
      {"DB_SECRET", "db-credentials", SecretGrade::none},
      {"ACCESS_KEY", "minio", SecretGrade::none},
      {"TOKEN_URL", "https://login.example/oauth2/token", SecretGrade::none},
      {"USERNAME", "alice", SecretGrade::none},
      {"GOPRIVATE", "github.com/example", SecretGrade::none},
      {"GOOGLE_APPLICATION_CREDENTIALS", "/var/secrets/google/key.json", SecretGrade::none},
      {"SENTRY_DSN", "https://" + hex(32) + "@sentry.example/1", SecretGrade::none},
      {"PASSWORD_HASH", "$2y$10$abcdefghijklmnopqrstuv", SecretGrade::none},
      {"IMAGE", "registry.example:5000/app@sha256:" + hex(64), SecretGrade::none},
      {"LINK", "https://example.com/a:b@c", SecretGrade::none},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(static_cast<int>(secret_in_value(row.name, row.value).grade),
              static_cast<int>(row.grade))
        << row.name << " = " << row.value;
  }
}

TEST(Secrets, ShapesOfProviders) {
  const struct {
    std::string value, kind, shown;
  } kTable[] = {
      {std::string("AK") + "IA" + "QYLPMN5HHHFPZAM2", "an AWS access key", "AKIA"},
      {std::string("AS") + "IA" + "QYLPMN5HHHFPZAM2", "a temporary AWS access key", "ASIA"},
      {github("gh"
              "p_"),
       "a GitHub personal access token", "ghp_"},
      {github("gh"
              "s_"),
       "a GitHub app token", "ghs_"},
      // Longer than today's, whose checksum would be elsewhere.
      {std::string("gh") + "p_" + mixed(60), "a GitHub personal access token", "ghp_"},
      {std::string("github_") + "pat_" + mixed(82), "a GitHub personal access token",
       "github_pat_"},
      {std::string("gl") + "pat-" + mixed(20), "a GitLab personal access token", "glpat-"},
      {std::string("xo") + "xb-" + mixed(40), "a Slack bot token", "xoxb-"},
      {std::string("https://hooks.slack.com/services/") + "T0001/B0001/" + mixed(30),
       "a Slack webhook", "hooks.slack.com/services/"},
      {std::string("sk_") + "live_" + mixed(24), "a Stripe secret key", "sk_live_"},
      {std::string("AI") + "za" + mixed(35), "a Google API key", "AIza"},
      {std::string("np") + "m_" + mixed(36), "an npm token", "npm_"},
      {std::string("py") + "pi-AgE" + mixed(60), "a PyPI token", "pypi-AgE"},
      {std::string("dckr_") + "pat_" + mixed(27), "a Docker Hub access token", "dckr_pat_"},
      {std::string("S") + "G." + mixed(22) + "." + mixed(43), "a SendGrid API key", "SG."},
      {std::string("S") + "K" + hex(32), "a Twilio API key", "SK"},
      {std::string("ey") + "J" + mixed(20) + ".ey" + "J" + mixed(30) + "." + mixed(43),
       "a JSON Web Token", "eyJ"},
      {std::string("-----BEGIN RSA PRIV") + "ATE KEY-----\n" + mixed(64) + "\n-----END RSA PRIV" +
           "ATE KEY-----",
       "a private key", "-----BEGIN"},
      {std::string("-----BEGIN OPENSSH PRIV") + "ATE KEY-----\\n" + mixed(64), "an SSH private key",
       "-----BEGIN"},
      {std::string("AGE-SECRET-") + "KEY-1" + repeated("QPZRY9X8GF2TVDW0", 58),
       "an age private key", "AGE-SECRET-KEY-1"},
      {std::string("s") + "k-" + mixed(48), "an API key of an AI service", "sk-"},
      {std::string("sk-a") + "nt-api03-" + mixed(90), "an Anthropic API key", "sk-ant-"},
      {std::string("hv") + "s." + mixed(90), "a HashiCorp Vault token", "hvs."},
      {std::string("da") + "pi" + hex(32), "a Databricks token", "dapi"},
      {std::string("dop_") + "v1_" + hex(64), "a DigitalOcean token", "dop_v1_"},
      {std::string("Account") + "Key=" + mixed(86) + "==", "an Azure storage key", ""},
      {std::string("12345678") + ":AA" + mixed(33), "a Telegram bot token", ""},
      {std::string("abc8") + "Q~" + mixed(33), "a Microsoft Entra client secret", ""},
      {std::string("amqp://shop:") + "h0rse7" + "@mq", "a password in a URL", ""},
  };
  for (const auto& row : kTable) {
    const SecretMatch match = secret_by_shape(row.value);
    EXPECT_EQ(match.grade, SecretGrade::known) << row.value;
    EXPECT_EQ(match.kind, row.kind) << row.value;
    EXPECT_EQ(match.shown, row.shown) << row.value;
    const std::string inside = "x=" + row.value + "\n";
    EXPECT_EQ(secret_by_shape(inside).kind, row.kind) << inside;
    std::string redacted = inside;
    redact_secrets(redacted);
    EXPECT_EQ(redacted.find(row.value), std::string::npos);
    EXPECT_NE(redacted.find(kRedacted), std::string::npos);
    EXPECT_EQ(evidence(match).find(mixed(8)), std::string::npos);
  }
}

TEST(Secrets, AValueThatStandsThereAgainIsHiddenToo) {
  struct Row {
    std::string text, expect;
  };
  for (const Row& row : std::vector<Row>{
           {"export DB_PASSWORD=x7Kq9vTz2 && echo x7Kq9vTz2 | psql",
            "export DB_PASSWORD=[redacted] && echo [redacted] | psql"},
           {"echo x7Kq9vTz2; API_TOKEN=x7Kq9vTz2 run", "echo [redacted]; API_TOKEN=[redacted] run"},
           {"DB_PASSWORD=postgres psql -U postgres", "DB_PASSWORD=[redacted] psql -U postgres"}}) {
    std::string text = row.text;
    redact_secrets(text);
    EXPECT_EQ(text, row.expect);
  }
}

TEST(Secrets, WhatOnlyLooksLikeAShape) {
  for (const std::string& text : {
           std::string("AK") + "IAIOSFODNN7EXAMPLE",  // AWS' own example
           "gh"
           "p_" +
               mixed(36),  // wrong checksum
           "gh"
           "p_" +
               mixed(35),
           std::string("sk-learn-is-a-library-with-a-long-name"),
           std::string("task-management-service-with-a-very-long-name-1234567890"),
           std::string("eyJ.eyJ.abc"),
           "sha256:" + hex(64),
           std::string("-----BEGIN CERTIFICATE-----\n") + mixed(64),
           std::string("-----BEGIN PRIVATE KEY-----"),
           std::string("http://db:5432/shop"),
           std::string("mailto:alice@example.com"),
           std::string("git@github.com:example/app.git"),
           std::string("AccountKey=short"),
           std::string("http://user:$(PASSWORD)@db"),
           std::string("SKIP"),
           std::string("a:b:c:d@e"),
       }) {
    EXPECT_FALSE(secret_by_shape(text).real()) << text;
  }
}

std::vector<std::string> all_in(const std::string& text) {
  std::vector<SecretMatch> found;
  find_secrets(text, found);
  std::vector<std::string> out;
  for (const SecretMatch& match : found) {
    if (match.real()) out.push_back(text.substr(match.begin, match.size));
  }
  return out;
}

TEST(Secrets, InTexts) {
  using List = std::vector<std::string>;
  const std::string p = "h0rse7x";
  EXPECT_EQ(all_in("DB_PASSWORD=" + p), List{p});
  EXPECT_EQ(all_in("export DB_PASSWORD='" + p + " and more'; run"), List{p + " and more"});
  EXPECT_EQ(all_in("db:\n  password: " + p + "\n  host: db\n"), List{p});
  EXPECT_EQ(all_in(R"({"user":"a","password":")" + p + R"(","n":1})"), List{p});
  EXPECT_EQ(all_in(R"({\"password\": \")" + p + R"(\", \"n\": 1})"), List{p});
  EXPECT_EQ(all_in("Server=db;User Id=sa;Password=" + p + ";Encrypt=true"), List{p});
  EXPECT_EQ(all_in("--token=" + p + " --max-tokens=20"), List{p});
  EXPECT_EQ(all_in("curl -H 'Authorization: Bearer " + p + "abc' https://x"), List{p + "abc"});
  EXPECT_EQ(all_in("https://x/?api_key=" + p + "&q=1"), List{p});
  EXPECT_EQ(all_in("password = " + p + "\ntoken = " + p + "2\n"), (List{p, p + "2"}));
  EXPECT_EQ(all_in("token: " + github("gh"
                                      "p_")),
            List{github("gh"
                        "p_")});
  EXPECT_EQ(all_in("a " +
                   github("gh"
                          "p_") +
                   " b=1 password=" + p),
            (List{github("gh"
                         "p_"),
                  p}));
  EXPECT_EQ(all_in("password: ${DB_PASSWORD}\nsecretName: db\ntoken_url: https://x\n"), List{});
  EXPECT_EQ(all_in("password=$(cat /run/secrets/db) token=$(curl x)"), List{});
  EXPECT_EQ(all_in("authorization: Webhook\nif password == other:\npassword:\n"), List{});
  // Code that fetches one is none.
  EXPECT_EQ(all_in("f(token=os.environ[\"HF_TOKEN\"], api_key=get_key())"), List{});
  EXPECT_EQ(all_in("token = settings.token\npassword := cfg.Password"), List{});
  EXPECT_EQ(all_in("std::password::token PASSWORD_FILE=/x password: <secret>"), List{});
}

std::vector<std::string> all_in_command(const std::vector<std::string>& items) {
  CommandSecrets scanner;
  std::vector<std::string> out;
  for (const std::string& item : items) {
    std::vector<SecretMatch> found;
    scanner.scan(item, found);
    for (const SecretMatch& match : found) {
      if (match.real()) out.push_back(item.substr(match.begin, match.size));
    }
  }
  return out;
}

TEST(Secrets, InCommandLines) {
  using List = std::vector<std::string>;
  const std::string p = "h0rse7x";
  EXPECT_EQ(all_in_command({"app", "--password", p}), List{p});
  EXPECT_EQ(all_in_command({"app", "--api-key=" + p, "--token", p + "2"}), (List{p, p + "2"}));
  EXPECT_EQ(all_in_command({"sh", "-c", "mysql -u root -p" + p + " shop"}), List{p});
  EXPECT_EQ(all_in_command({"mysql", "-uroot", "-p" + p}), List{p});
  EXPECT_EQ(all_in_command({"/usr/bin/redis-cli", "-a", p}), List{p});
  EXPECT_EQ(all_in_command({"redis-server", "--requirepass", p}), List{p});
  EXPECT_EQ(all_in_command({"sh", "-c", "curl -u shop:" + p + " https://x"}), List{p});
  EXPECT_EQ(all_in_command({"sh", "-c", "sshpass -p '" + p + "' ssh host"}), List{p});
  EXPECT_EQ(all_in_command({"sh", "-c", "PGPASSWORD=" + p + " psql"}), List{p});
  EXPECT_EQ(all_in_command({"psql", std::string("postgres://shop:") + p + "@db/shop"}), List{p});
  EXPECT_EQ(all_in_command({"app", "--password", "--verbose"}), List{});
  EXPECT_EQ(all_in_command({"app", "--password", "$(DB_PASSWORD)"}), List{});
  EXPECT_EQ(all_in_command({"app", "--password-file", "/run/secrets/db"}), List{});
  EXPECT_EQ(all_in_command({"app", "--secret-name", "db-tls", "-p", "8080"}), List{});
  EXPECT_EQ(all_in_command({"sh", "-c", "mysql -p shop; docker run -p 80:80 x"}), List{});
  EXPECT_EQ(all_in_command({"curl", "-u", "shop"}), List{});
  // Several letters in one word.
  EXPECT_EQ(all_in_command({"sh", "-c", "curl -fu shop:" + p + " https://x"}), List{p});
  EXPECT_EQ(all_in_command({"curl", "-fsSLku", "shop:" + p}), List{p});
  EXPECT_EQ(all_in_command({"curl", "-sushop:" + p, "-U", "proxy:" + p}), (List{p, p}));
  EXPECT_EQ(all_in_command({"curl", "-fo", "/tmp/u:x", "-Hu:x", "-fL", "https://x"}), List{});
}

TEST(Secrets, AnEmptyValueIsNothing) {
  EXPECT_FALSE(is_placeholder(""));
  EXPECT_FALSE(is_reference(""));
  EXPECT_FALSE(is_guessable(""));
  EXPECT_FALSE(secret_in_value("", "").real());
}

TEST(Secrets, EvidenceShowsThePublicPrefixOnly) {
  EXPECT_EQ(evidence(secret_by_shape(std::string("AK") + "IA" + "QYLPMN5HHHFPZAM2")),
            "AKIA…(20 characters)");
  EXPECT_EQ(evidence(secret_in_value("DB_PASSWORD", "correct-horse")), "");
}

// What an attacker can send must not take more than linear time.
TEST(Secrets, HostileTextsTakeLinearTime) {
  const std::size_t size = 1 << 18;
  for (const std::string& unit :
       {std::string("glpat-"), std::string("eyJaaaaaaaaaaaaaaaaaaa-"), std::string("eyJ.eyJ."),
        std::string("password=$("), std::string("password='"), std::string("a://"),
        std::string("-----BEGIN PRIVATE KEY-----"), std::string("token="),
        std::string("\"token\":"), std::string("--password x "), std::string("a:b@"),
        std::string("://hooks.slack.com/services/"), std::string("token: {"),
        std::string("Authorization: Bearer "), std::string("sk-"), std::string("12345678:AA"),
        std::string("Q~Q~1Q~")}) {
    const std::string text = repeated(unit, size);
    const std::clock_t begin = std::clock();  // processor time: other work does not count
    std::vector<SecretMatch> found;
    CommandSecrets().scan(text, found);
    std::string redacted = text.substr(0, 10'000);
    redact_secrets(redacted);
    EXPECT_LT(std::clock() - begin, 5 * CLOCKS_PER_SEC) << unit;
  }
}

}  // namespace
}  // namespace kaudit
