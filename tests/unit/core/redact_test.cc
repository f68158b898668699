// Secrets are planted in every position of a document; whatever place is shown, none may be seen.
#include "core/redact.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/secrets.h"
#include "core/shown.h"
#include "manifests/load.h"
#include "tests/support/audit.h"

namespace kaudit {
namespace {

// Found in what is shown if any six characters of it in a row are.
constexpr std::size_t kGlimpse = 6;

void expect_hidden(const std::string& shown, const std::vector<std::string>& planted,
                   const std::string& what) {
  for (const std::string& secret : planted) {
    for (std::size_t at = 0; at + kGlimpse <= secret.size(); ++at) {
      ASSERT_EQ(shown.find(secret.substr(at, kGlimpse)), std::string::npos)
          << what << " shows: " << shown;
    }
  }
}

// Shows every value and key of every document, whole lines and cut ones.
class ShowsEveryPlace final : public DocumentVisitor {
 public:
  explicit ShowsEveryPlace(const std::vector<std::string>& planted) : planted_(planted) {}

  void document(const Document& document) override {
    redactor_.learn(document);
    for (NodeId id = 0; id < document.node_count(); ++id) {
      for (const Mark mark : {document.locate(id).begin, document.locate_key(id).begin}) {
        for (const std::size_t bytes : {400U, 60U, 24U}) {
          const Source::Excerpt excerpt = document.source().excerpt(mark, bytes);
          Redactor::Span value{mark.column, mark.column + 1};
          expect_hidden(redactor_.line(document.source(), mark.line, excerpt, value), planted_,
                        "line " + std::to_string(mark.line));
          ++places_;
        }
      }
    }
  }
  void error(Error error) override { ADD_FAILURE() << to_string(error); }

  [[nodiscard]] std::size_t places() const { return places_; }

 private:
  const std::vector<std::string>& planted_;
  Redactor redactor_;
  std::size_t places_ = 0;
};

struct Planted {
  std::string text;
  std::vector<std::string> values;
};

Planted manifest() {
  const std::string aws = std::string("AK") + "IA" + "QYLPMN5HHHFPZAM2";
  const std::string jwt = std::string("ey") + "JhbGciOiJIUzI1NiJ9x.ey" +
                          "JzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N";
  const std::string pem = "Zk7QhQqbDJ4Zk7QhQqbDJ4Zk7QhQqbDJ4Zk7QhQqbDJ4";
  Planted out;
  out.values = {"zqaotter01",
                "zqbotter02",
                "zqx \\\"zqcotter03",
                "zqdotter04",
                "zqeotter05",
                "zqfotter06",
                "zqgotter07",
                "zqhotter08",
                "zqiotter09",
                "zqjotter10",
                "zqkotter11",
                "zqlotter12",
                "zqmotter13",
                "zqnotter14",
                "zqootter15",
                "b3R0ZXItMTYtb3R0ZXI=",
                "zqpotter17",
                "zqqotter18",
                "zqrotter19",
                "zqsotter20",
                "97531864209753186420",
                "zqtotter22",
                "zquotter23",
                aws,
                jwt,
                pem,
                "zqvotter24",
                "zqünïotter25"};
  out.text = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
  labels: {app: shop}
  annotations:
    example.com/password: zqmotter13
    note: "see )" +
             aws + R"( and )" + jwt + R"("
spec:
  containers:
    - name: app
      image: app
      env:
        - name: DB_PASSWORD
          value: zqaotter01  # old password: zqqotter18
        - {name: DB_PASSWORD, value: zqbotter02}
        - {name: A_TOKEN, value: "zqx \"zqcotter03"}
        - name: B_TOKEN
          value: >-
            zqdotter04
            zqeotter05
        - name: C_TOKEN
          value: |
            zqfotter06
            zqeotter05
        - name: D_PASSWORD
          value: zqgotter07
          value: zqhotter08
        - name: E_PASSWORD
          name: OTHER
          value: zqvotter24
        - {name: F_PASSWORD, value: 97531864209753186420}
        - {"name": "G_PASSWORD", "value": "zqünïotter25", "ünï": 1}
        - name: PEM
          value: "-----BEGIN PRIVATE KEY-----\n)" +
             pem + R"(\n-----END PRIVATE KEY-----"
        - name: H
          value: https://shop:zqlotter12@example.com/
        - name: I_PASSWORD
          value: &shared zqiotter09
        - name: J_PASSWORD
          value: *shared
      command: [app, --password, zqjotter10, "--token=zqjotter10"]
      args: ["sh", "-c", "mysql -pzqkotter11 shop; curl -u me:zquotter23 x"]
      lifecycle: {preStop: {exec: {command: [mysql, -pzqtotter22]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data:
  DB_PASSWORD: zqnotter14
  app.properties: "db.password=zqootter15"
---
apiVersion: v1
kind: Secret
metadata: {name: shop}
data: {anything: b3R0ZXItMTYtb3R0ZXI=}
stringData:
  anything: zqpotter17
---
apiVersion: example.com/v1
kind: Custom
spec:
  auth: {clientSecret: zqrotter19}
  params: [{name: api-token, default: zqsotter20}]
)";
  return out;
}

TEST(Redact, NoPlaceOfADocumentShowsASecret) {
  const Planted planted = manifest();
  ShowsEveryPlace shows(planted.values);
  read_manifest(std::make_shared<const Source>("m.yaml", planted.text), Limits{}, shows);
  EXPECT_GT(shows.places(), 500U);
}

TEST(Redact, NoPlaceOfItsJsonOnOneLineShowsASecret) {
  const Planted planted = manifest();
  const testing::Audit audit = testing::audit(Plan({}), "m.yaml", planted.text);
  ShowsEveryPlace shows(planted.values);
  for (std::string json : audit.as_json) {
    json.erase(std::remove(json.begin(), json.end(), '\n'), json.end());
    read_manifest(std::make_shared<const Source>("m.json", std::move(json)), Limits{}, shows);
  }
  EXPECT_GT(shows.places(), 400U);
}

TEST(Redact, NoFindingOfAnyRuleHoldsASecret) {
  const Planted planted = manifest();
  const testing::Audit audit = testing::audit(Plan({}), "m.yaml", planted.text);
  std::size_t secrets = 0;
  for (const Finding& f : audit.findings) {
    for (const std::string& member :
         {f.where.source, f.where.pointer, f.related.source, f.related.pointer, f.kind, f.ns,
          f.name, f.container, f.template_name, f.field, f.message, f.fix, f.source_line,
          f.fingerprint}) {
      expect_hidden(member, planted.values, f.message);
    }
    if (f.rule->id.starts_with("KA40")) ++secrets;
  }
  EXPECT_GE(secrets, 20U);
}

TEST(Redact, LinesKeepWhatIsNoSecret) {
  const struct {
    std::string text;
    std::uint32_t line;
    std::string shown;
  } kTable[] = {
      {"kind: Pod\npassword: otter-17\n", 2, "password: [redacted]"},
      {"kind: Pod\npassword: otter-17  # why\nuser: shop\n", 2, "password: [redacted]  # why"},
      {"- {name: DB_PASSWORD, value: otter-17, x: 1}\n", 1,
       "- {name: DB_PASSWORD, value: [redacted], x: 1}"},
      {"- {name: DB_USER, value: otter-17}\n", 1, "- {name: DB_USER, value: otter-17}"},
      {"args: [--token=otter-17]\n", 1, "args: [[redacted]]"},
      {"password: $(OTHER)\n", 1, "password: $(OTHER)"},
      {"password: |\n  otter-17\nuser: shop\n", 3, "user: shop"},
      {"automountServiceAccountToken: false\n", 1, "automountServiceAccountToken: false"},
      {"secretName: db-password\n", 1, "secretName: db-password"},
      {"user: shop  # password: otter-17\n", 1, "user: shop  # password: [redacted]"},
      {"link: https://shop:otter-17@db/shop\n", 1, "link: https://shop:[redacted]@db/shop"},
  };
  for (const auto& row : kTable) {
    struct Shows final : DocumentVisitor {
      std::uint32_t number = 0;
      std::string shown;
      void document(const Document& document) override {
        Redactor redactor;
        redactor.learn(document);
        Redactor::Span value;
        shown = redactor.line(document.source(), number,
                              document.source().excerpt({number, 1}, 400), value);
      }
      void error(Error error) override { ADD_FAILURE() << to_string(error); }
    } shows;
    shows.number = row.line;
    read_manifest(std::make_shared<const Source>("m.yaml", row.text), Limits{}, shows);
    EXPECT_EQ(shows.shown, row.shown);
  }
}

// A redacted text is seldom as long as it was: what stands after it moves.
TEST(Redact, LinesTellWhereAValueIsShown) {
  struct Row {
    std::string_view line, value;
    std::string_view shown;
  };
  static constexpr Row kTable[] = {
      {"- {name: DB_PASSWORD, value: otter-17-and-more, x: here}", "here", "here"},
      {"- {name: DB_PASSWORD, value: o1, x: here}", "here", "here"},
      {"- {name: DB_PASSWORD, value: otter-17-and-more, x: here}", "otter-17-and-more",
       "[redacted]"},
      {"- {name: DB_PASSWORD, value: otter-17-and-more}", "DB_PASSWORD", "DB_PASSWORD"},
      {"寿司: {password: otter-17-and-more, 寿司: here}", "here", "here"},
      {"{\"password\": \"otter-17-and-more\", \"寿司\": \"here\"}", "\"here\"", "\"here\""},
      {"x: {y: ghp_0123456789abcdefghijABCDEFGHIJ0123456789, z: here}", "here", "here"},
  };
  for (const Row& row : kTable) {
    struct Shows final : DocumentVisitor {
      Redactor::Span value;
      std::string shown;
      void document(const Document& document) override {
        Redactor redactor;
        redactor.learn(document);
        shown = redactor.line(document.source(), 1,
                              document.source().excerpt({1, value.begin}, 400), value);
      }
      void error(Error error) override { ADD_FAILURE() << to_string(error); }
    } shows;
    const auto characters = [](std::string_view text) {
      return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      }));
    };
    shows.value.begin = characters(row.line.substr(0, row.line.find(row.value))) + 1;
    shows.value.end = shows.value.begin + characters(row.value);
    read_manifest(std::make_shared<const Source>("m.yaml", std::string(row.line)), Limits{}, shows);
    std::string part;
    std::uint32_t index = 0;
    for (const char c : shows.shown) {
      if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++index;
      if (index > shows.value.begin && index <= shows.value.end) part += c;
    }
    EXPECT_EQ(part, row.shown) << row.line << "\nshown as " << shows.shown;
  }
}

TEST(Redact, MessagesAndNames) {
  const std::string aws = std::string("AK") + "IA" + "QYLPMN5HHHFPZAM2";
  struct Learns final : DocumentVisitor {
    std::string text, name;
    void document(const Document& document) override {
      Redactor redactor;
      redactor.learn(document);
      redactor.text(text);
      redactor.name(name);
    }
    void error(Error error) override { ADD_FAILURE() << to_string(error); }
  } learns;
  learns.text =
      R"(env "DB_PASSWORD" is "quiet"otter"; "shop" is "quiet"otter" too, x=token=abcdefg)";
  learns.name = "metadata.annotations[\"" + aws + "\"]";
  read_manifest(
      std::make_shared<const Source>("m.yaml", "password: quiet\"otter\n" + aws + ": shop\n"),
      Limits{}, learns);
  EXPECT_EQ(learns.text,
            R"(env "DB_PASSWORD" is "[redacted]"; "shop" is "[redacted]" too, x=token=[redacted])");
  EXPECT_EQ(learns.name, "metadata.annotations[\"[redacted]\"]");

  // Also where nothing but a key is secret.
  learns.name = aws;
  read_manifest(std::make_shared<const Source>("m.yaml", aws + ": shop\n"), Limits{}, learns);
  EXPECT_EQ(learns.name, "[redacted]");

  // A long one, of which only the beginning is quoted.
  const std::string secret = "quiet otter " + std::string(kShownBytes, 'z');
  learns.text = R"(pod ")" + shown(secret) + R"(" has no name)";
  read_manifest(std::make_shared<const Source>("m.yaml", "password: " + secret + "\n"), Limits{},
                learns);
  EXPECT_EQ(learns.text, R"(pod "[redacted]" has no name)");
}

}  // namespace
}  // namespace kaudit
