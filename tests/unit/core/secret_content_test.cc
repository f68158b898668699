// Which files hold secrets, by path and content: each kind that does beside one that does not.
#include "core/secret_content.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace kaudit {
namespace {

// Put together here, so that no scanner of this repository takes them for real.
const std::string kKey = std::string("AKIA") + "QYLPMN5HFAK3JW2X";
const std::string kValue = std::string("k7Rt2") + "Vq9Lm4Xz8Wp1";
const std::string kBody = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n";
const std::string kPem = "-----BEGIN PRIVATE KEY" + std::string("-----\n") + kBody + kBody +
                         "-----END PRIVATE KEY-----\n";
const std::string kCertificate =
    "-----BEGIN CERTIFICATE-----\n" + kBody + kBody + "-----END CERTIFICATE-----\n";
const std::string kBinary = std::string("ELF") + '\0' + '\1';
// base64 of a private key's first lines.
const std::string kEncoded =
    std::string("LS0tLS1CRUdJTi") +
    "BSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVBdTFTVTFMZlZMUEhDb3oyN1ZP"
    "ZmNlYTFMUEhDb3oyN1ZPZmNlYTFMUEhDb3oyN1ZPZmNlYTFMUEhDb3oyN1ZPZmNlYQ==";
const std::string kEncodedCertificate =
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUMvakNDQWVhZ0F3SUJBZ0lCQURBTkJna3Foa2lHOXcwQkFRc0ZB";

// `line kind` of each, with its grade where that is not the highest.
std::string found(std::string_view path, std::string_view content) {
  std::vector<SecretMatch> matches;
  secrets_in_file(path, content, matches);
  std::string text;
  for (const SecretMatch& match : matches) {
    if (!match.real()) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(1 + std::count(content.begin(), content.begin() + match.begin, '\n'));
    text += ' ' + std::string(match.kind);
    if (match.grade != SecretGrade::known) {
      text += match.grade == SecretGrade::literal ? " (literal)" : " (weak)";
    }
    EXPECT_LE(match.begin + match.size, content.size());
  }
  return text;
}

struct Case {
  std::string name, path, content, expect;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class SecretContent : public ::testing::TestWithParam<Case> {};

TEST_P(SecretContent, IsFoundWhereItIsOne) {
  EXPECT_EQ(found(GetParam().path, GetParam().content), GetParam().expect);
}

const Case kCases[] = {
    {"EnvFile", "app/.env", "PORT=80\nDB_PASSWORD=" + kValue + "\n", "2 a password (literal)"},
    {"EnvFileOfAStage", "app/.env.production", "API_KEY=" + kValue + "\n", "1 a secret (literal)"},
    {"EnvFileWithAGuessableOne", "srv/.env", "DB_PASSWORD=changeme\n", "1 a password (weak)"},
    {"EnvFileWithAReference", "srv/.env", "DB_PASSWORD=${DB_PASSWORD}\nDEBUG=true\n", ""},
    {"SourceWithAKey", "app/main.py", "a = 1\nkey = '" + kKey + "'\n", "2 an AWS access key"},
    {"SourceWithAVariable", "app/main.py", "password = settings.password\n", ""},
    {"SourceWithTheExampleOfADocument", "app/main.py",
     "key = 'AKIAIOSFODNN7" + std::string("EXAMPLE'\n"), ""},
    {"UrlInTheApplication", "app/db.js", "const u = 'postgres://shop:" + kValue + "@db/shop'\n",
     "1 a password in a URL"},
    {"UrlInAPackage", "usr/lib/python3/dist-packages/urllib3/util.py",
     "# http://user:" + kValue + "@host/\n", ""},
    {"KeyInAPackage", "usr/lib/node_modules/a/index.js", "k='" + kKey + "'\n",
     "1 an AWS access key"},
    {"PrivateKey", "app/tls/server.key", kPem, "1 a private key"},
    {"PrivateKeyBehindItsCertificate", "etc/nginx/site.pem", kCertificate + kPem,
     "5 a private key"},
    {"Certificate", "etc/nginx/site.pem", kCertificate, ""},
    {"CaBundle", "etc/ssl/certs/ca-certificates.crt", kCertificate + kCertificate, ""},
    {"HostKey", "etc/ssh/ssh_host_rsa_key", kPem, "1 a private key"},
    {"PublicHostKey", "etc/ssh/ssh_host_rsa_key.pub",
     "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ box\n", ""},
    {"PythonsTestKey", "usr/lib/python3.11/test/keycert.pem", kPem, ""},
    {"TestKeyOfANodePackage", "app/node_modules/needle/test/keys/ssl.key", kPem, ""},
    {"TestKeyOfAGoModule", "root/go/pkg/mod/example.com/tls@v1/testdata/key.pem", kPem, ""},
    {"KeyInTheManual", "usr/share/doc/libxmlsec1-dev/examples/rsakey.pem", kPem, ""},
    {"KeyOfAPackageThatIsNoTest", "usr/lib/appliance/server.key", kPem, "1 a private key"},
    {"KeyInTheApplicationsTests", "app/tests/key.pem", kPem, "1 a private key"},
    {"BeginningOfAKeyInSource", "app/ssh.py",
     "START = '-----BEGIN OPENSSH PRIVATE KEY-----'\nEND = '-----END OPENSSH PRIVATE KEY-----'\n",
     ""},
    {"BeginningOfAKeyInAProgram", "usr/bin/ssh-keygen",
     kBinary + "-----BEGIN OPENSSH PRIVATE KEY-----\n" + kBinary + std::string(4000, '.'), ""},
    {"KeyInAProgram", "app/server", kBinary + ' ' + kKey + ' ' + kBinary, "1 an AWS access key"},
    {"NpmToken", "root/.npmrc", "fund=false\n//registry.npmjs.org/:_authToken=" + kValue + "\n",
     "2 a secret (literal)"},
    {"NpmPassword", "root/.npmrc", "//r.example.com/:_password=" + kValue + "\n",
     "1 a password (literal)"},
    {"NpmTokenFromTheEnvironment", "app/.npmrc", "//r.example.com/:_authToken=${NPM_TOKEN}\n", ""},
    {"NpmSettings", "app/.npmrc", "registry=https://r.example.com/\nfund=false\n", ""},
    {"PypiPassword", "root/.pypirc", "[pypi]\nusername = shop\npassword = " + kValue + "\n",
     "3 a password (literal)"},
    {"Netrc", "root/.netrc", "machine git.example.com\nlogin ci\npassword " + kValue + "\n",
     "3 a password (literal)"},
    {"NetrcOnOneLine", "root/.netrc", "machine a.example.com login ci password " + kValue + "\n",
     "1 a password (literal)"},
    {"NetrcWithoutPassword", "root/.netrc", "machine git.example.com login anonymous\n", ""},
    {"DockerLogin", "root/.docker/config.json",
     R"({"auths":{"r.example.com":{"auth": ")" + kValue + "\"}}}", "1 a secret (literal)"},
    {"DockerHelper", "root/.docker/config.json",
     R"({"auths":{"r.example.com":{}},"credsStore":"desktop"})", ""},
    {"Pgpass", "root/.pgpass", "# all\ndb:5432:shop:shop:" + kValue + "\n",
     "2 a password (literal)"},
    {"PgpassWithoutPassword", "root/.pgpass", "db:5432:shop\n", ""},
    {"MyCnf", "root/.my.cnf", "[client]\nuser=root\npassword=" + kValue + "\n",
     "3 a password (literal)"},
    {"AwsCredentials", "root/.aws/credentials",
     "[default]\naws_access_key_id = " + kKey + "\naws_secret_access_key = " + kValue + kValue +
         "\n",
     "2 an AWS access key, 3 a secret (literal)"},
    {"KubeconfigWithKey", "root/.kube/config",
     "users:\n- name: a\n  user:\n    client-certificate-data: " + kEncodedCertificate +
         "\n    client-key-data: " + kEncoded + "\n",
     "5 a private key in base64"},
    {"KubeconfigWithToken", "root/.kube/config", "users:\n- user:\n    token: " + kValue + "\n",
     "3 a secret (literal)"},
    {"KubeconfigWithPlugin", "root/.kube/config",
     "users:\n- user:\n    exec:\n      command: aws\n", ""},
    {"ServiceAccount", "app/key.json",
     R"({"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY)" +
         std::string(R"(-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us\n)") +
         R"(-----END PRIVATE KEY-----\n", "client_email": "a@b.example.com"})",
     "1 a Google Cloud service account key"},
    {"GitRemote", "app/.git/config",
     "[remote \"origin\"]\n\turl = https://ci:" + kValue + "@git.example.com/shop.git\n",
     "2 a password in a URL"},
    {"GitRemoteWithout", "app/.git/config",
     "[remote \"origin\"]\n\turl = https://git.example.com/shop.git\n", ""},
    {"GitCredentials", "root/.git-credentials", "https://ci:" + kValue + "@git.example.com\n",
     "1 a password in a URL"},
    {"History", "root/.bash_history", "ls\nmysql -uroot -p" + kValue + "\n",
     "2 a password (literal)"},
    {"HistoryWithout", "root/.ash_history", "apk add curl\nls -p\n", ""},
    {"VaultToken", "root/.vault-token", kValue + "\n", "1 a secret (literal)"},
    {"Properties", "app/application.properties",
     "server.port=8080\nspring.datasource.password=" + kValue + "\n", "2 a password (literal)"},
    {"Configuration", "app/config.yaml", "db:\n  password: " + kValue + "\n",
     "2 a password (literal)"},
    {"ConfigurationWithAWord", "app/config.yaml", "labels:\n  password: Password\n", ""},
    {"Translation", "app/locales/en.json", R"({"password": "Your-password-1"})", ""},
    {"ExampleInSystemConfiguration", "etc/ssl/openssl.cnf", "secret = pass:insta\n", ""},
    {"SystemConfiguration", "etc/shop/shop.cnf",
     "# input_password = secret\nchallengePassword = A challenge password\n"
     "private_key = $dir/private/cakey.pem\n",
     ""},
};

INSTANTIATE_TEST_SUITE_P(Files, SecretContent, ::testing::ValuesIn(kCases),
                         [](const auto& entry) { return entry.param.name; });

TEST(SecretContentTells, WhereANameIsOnlyAGuess) {
  struct Row {
    std::string path, content;
    bool expect;
  };
  for (const Row& row :
       {Row{"app/site.pem", kCertificate, true}, Row{"app/.npmrc", "fund=false\n", true},
        Row{"app/server.key", std::string("0\x82\0\x01", 4), false},
        Row{"usr/lib/game/music.key", std::string("0\x82\0\x01", 4), true},
        Row{"app/.env", "PORT=1\n", false},
        Row{"app/store.jks", std::string("\xfe\xed\0", 3), false}}) {
    EXPECT_EQ(content_tells(row.path, row.content), row.expect) << row.path;
  }
}

}  // namespace
}  // namespace kaudit
