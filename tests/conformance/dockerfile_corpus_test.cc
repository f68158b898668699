// Real Dockerfiles, against what an independent reader and BuildKit's parser say of them. They lie
// in no folder of ours: KAUDIT_DOCKERFILES names a directory that holds them as OWNER/REPO/PATH.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/build.h"
#include "manifests/adapt/build.h"
#include "manifests/read/dockerfile.h"
#include "tests/support/golden.h"
#include "tests/support/shared.h"

namespace kaudit {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const Document& document, const Instruction* user, bool as_written) {
  if (user == nullptr || user->words.empty()) return nullptr;
  const Text& text = user->words[0];
  return as_written ? document.at(text.at).text() : text.value;
}

// The fields of expected_dockerfile.jsonl.
class Summary final : public FactVisitor {
 public:
  using FactVisitor::visit;
  void visit(const Build& build) override {
    Json stages = Json::array();
    std::size_t users = 0;
    for (const Stage& stage : build.stages) {
      std::size_t own_users = 0;
      for (const Instruction& each : stage.instructions) {
        count(each);
        if (each.op == Op::user && !each.on_build) ++own_users;
      }
      users += own_users;
      const Document& document = *build.document;
      stages.push_back({{"as", stage.name.written() ? Json(stage.name.value) : Json()},
                        {"from", stage.base.value},
                        {"line", document.mark(stage.at).line},
                        {"parent", stage.parent == kNoStage ? Json() : Json(stage.parent)},
                        {"user", text_or_null(document, build.last(stage, Op::user), true)},
                        {"users", own_users}});
    }
    const Instruction* user = build.last(*build.final_stage(), Op::user);
    const Instruction* health = build.last(*build.final_stage(), Op::healthcheck);
    out["stages"] = std::move(stages);
    out["user"] = text_or_null(*build.document, user, true);
    out["user_resolved"] = text_or_null(*build.document, user, false);
    out["root"] = user != nullptr && is_root_user(user->words[0].value);
    out["any_user"] = users != 0;
    out["escape"] = std::string(1, build.escape);
    out["healthcheck"] = health != nullptr && !health->none;
  }
  void visit(const Workload&) override {}
  void visit(const LayeredImage&) override {}
  void visit(const Role&) override {}
  void visit(const Binding&) override {}
  void visit(const Service&) override {}
  void visit(const PersistentVolume&) override {}
  void visit(const Namespace&) override {}
  void visit(const ServiceAccount&) override {}
  void visit(const Config&) override {}
  void visit(const Object&) override {}

  Json out = {{"copy_dot", 0}, {"add_dot", 0}, {"add_url", 0}, {"heredocs", 0}, {"onbuild", 0}};

 private:
  void add(const char* name, std::size_t count) {
    out[name] = out[name].get<std::size_t>() + count;
  }

  void count(const Instruction& each) {
    add("heredocs", each.heredocs.size());
    add("onbuild", each.on_build ? 1 : 0);
    if (each.on_build || each.from_elsewhere()) return;
    const auto sources = each.sources();
    const bool all = std::any_of(sources.begin(), sources.end(), is_whole_context);
    const bool url = std::any_of(sources.begin(), sources.end(), [](const Text& source) {
      return source.value.find("://") != std::string_view::npos;
    });
    if (each.op == Op::copy) add("copy_dot", all ? 1 : 0);
    if (each.op == Op::add) add("add_dot", all ? 1 : 0);
    if (each.op == Op::add) add("add_url", url ? 1 : 0);
  }
};

class Reader final : public DocumentVisitor {
 public:
  void document(const Document& document) override { BuildAdapter().adapt(document, summary); }
  void error(Error error) override { errors.push_back(to_string(error)); }
  Summary summary;
  std::vector<std::string> errors;
};

TEST(DockerfileCorpus, FactsAreTheExpectedOnes) {
  const auto shared = testing::shared_dir();
  const char* files = std::getenv("KAUDIT_DOCKERFILES");
  if (!shared || files == nullptr) {
    GTEST_SKIP() << "SKIPPED: no ../shared beside this clone, or KAUDIT_DOCKERFILES names no "
                    "directory with the Dockerfiles: they are not checked";
  }
  std::ifstream lines(*shared / "corpus" / "expected_dockerfile.jsonl");
  std::size_t checked = 0;
  for (std::string line; std::getline(lines, line);) {
    const Json row = Json::parse(line);
    const std::string name =
        row["repository"].get<std::string>() + '/' + row["path"].get<std::string>();
    const std::filesystem::path path = std::filesystem::path(files) / name;
    ASSERT_TRUE(std::filesystem::is_regular_file(path)) << path << " is missing";
    Reader reader;
    read_dockerfile(std::make_shared<const Source>(name, testing::read_text(path)), Limits{},
                    reader);
    EXPECT_EQ(reader.errors, std::vector<std::string>{}) << name;
    for (const auto& [field, got] : reader.summary.out.items()) {
      Json want = row.at(field);
      if (field == "stages") {
        // The independent reader leaves one of the two quotes that BuildKit takes away.
        for (Json& stage : want) {
          std::string from = stage["from"];
          std::erase(from, '"');
          stage["from"] = from;
        }
      }
      EXPECT_EQ(got, want) << name << ' ' << field;
    }
    ++checked;
  }
  EXPECT_EQ(checked, 257U);
}

}  // namespace
}  // namespace kaudit
