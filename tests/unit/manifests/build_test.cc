#include "manifests/adapt/build.h"

#include <gtest/gtest.h>

#include "core/fact_visitors.h"
#include "manifests/read/dockerfile.h"
#include "tests/support/facts_text.h"

namespace kaudit::testing {
namespace {

class Adapting final : public DocumentVisitor {
 public:
  explicit Adapting(FactVisitor& facts) : facts_(facts) {}
  void document(const Document& document) override { BuildAdapter().adapt(document, facts_); }
  void error(Error error) override { ADD_FAILURE() << to_string(error); }

 private:
  FactVisitor& facts_;
};

void show(const std::string& text, FactVisitor& facts) {
  Adapting adapting(facts);
  read_dockerfile(std::make_shared<const Source>("Dockerfile", text), Limits{}, adapting);
}

std::string facts_of(const std::string& text) {
  FactsText facts;
  show(text, facts);
  return facts.text();
}

// What `USER` of the last stage becomes: "?" in front of what is not known.
std::string user_of(const std::string& text) {
  const std::string facts = facts_of(text);
  const std::size_t at = facts.rfind("USER@");
  const std::size_t begin = facts.find('[', at) + 1;
  return facts.substr(begin, facts.find('@', begin) - begin);
}

TEST(Build, ReadsEveryInstruction) {
  EXPECT_EQ(facts_of("# escape=`\n"
                     "ARG V=1.2\n"
                     "ARG W\n"
                     "FROM --platform=$BUILDPLATFORM golang:${V} AS Build\n"
                     "ENV A=\"x y\" B=$A\n"
                     "ENV C=$A\n"
                     "RUN --mount=type=secret,id=t make `\n"
                     "  all\n"
                     "RUN [\"make\", \"$A\"]\n"
                     "COPY --from=base --link [\"a b\", \"/c\"]\n"
                     "ADD . <<x /d\n"
                     "$A\n"
                     "x\n"
                     "FROM build\n"
                     "EXPOSE 80 $PORT\n"
                     "HEALTHCHECK NONE\n"
                     "HEALTHCHECK CMD curl x\n"
                     "ONBUILD USER $C\n"
                     "LABEL l=$C\n"
                     "WORKDIR /$C\n"),
            "\nbuild Dockerfile@1 escape=` name=V@2 value=1.2@2 name=W@3\n"
            "  stage build@4 name=Build@4 base=golang:1.2@4 platform?$BUILDPLATFORM@4\n"
            "    ENV@5 name=A@5 value=x y@5 name=B@5 value?$A@5\n"
            "    ENV@6 name=C@6 value=x y@6\n"
            "    RUN@7 --mount =type=secret,id=t@7 script=[make@7 all@8]\n"
            "    RUN@9 form=exec words=[make@9 $A@9]\n"
            "    COPY@10 form=exec --from =base@10 --link words=[a b@10 /c@10]\n"
            "    ADD@11 words=[.@11 /d@11] heredoc=x lines=[$A@12]\n"
            "  stage stage-1@14 base=build@14 parent=build\n"
            "    EXPOSE@15 words=[80@15 $PORT@15]\n"
            "    HEALTHCHECK@16 type=none\n"
            "    HEALTHCHECK@17 script=[curl@17 x@17]\n"
            "    USER@18 kept=onbuild words=[x y@18]\n"
            "    LABEL@19 name=l@19 value=x y@19\n"
            "    WORKDIR@20 words=[/x y@20]");
}

TEST(Build, VariablesHaveTheirScope) {
  struct Case {
    std::string input, user;
  };
  for (const Case& c : {
           Case{"FROM a\nUSER app", "app"},
           {"FROM a\nUSER \"app\"", "app"},
           {"FROM a\nARG U=x\nUSER $U:$U", "x:x"},
           {"FROM a\nENV U x\nUSER ${U}", "x"},
           {"FROM a\nENV U x\nENV U=y V=$U\nUSER $V", "x"},
           {"FROM a\nARG U=x V=$U\nUSER $V", "x"},
           {"FROM a\nARG U\nUSER $U", "$U"},  // whoever builds says it
           {"FROM a\nARG U\nUSER ${U:-x}", "x"},
           {"FROM a\nUSER $U", "$U"},  // the base image may say it
           {"FROM scratch\nUSER a$U", "a"},
           {"ARG U=x\nFROM scratch\nUSER a$U", "a"},
           {"ARG U=x\nFROM a\nARG U\nUSER $U", "x"},
           {"ARG U=x\nFROM a\nARG U=y\nUSER $U", "y"},
           {"ARG T=x\nARG U=$T\nFROM a\nARG U\nUSER $U", "x"},
           {"FROM a\nENV U=x\nARG U\nUSER $U", "x"},
           {"FROM a AS b\nENV U=x\nFROM b\nUSER $U", "x"},
           {"FROM a AS b\nARG U=x\nFROM B\nUSER $U", "x"},
           {"FROM a AS b\nENV U=x\nFROM scratch\nUSER a$U", "a"},
           {"FROM a\nONBUILD ENV U=x\nUSER $U", "$U"},
           {"FROM a\nARG U=${\nUSER $U", "$U"},
           {"FROM a\nUSER ${U?}", "${U?}"},
           {"FROM scratch\nUSER ${U?}", "${U?}"},  // BuildKit refuses it
           {"FROM a\nENV U=\nUSER 0$U", "0"},
           {"ARG X=a\nFROM $X AS s\nFROM $X\nUSER b", "b"},
       }) {
    EXPECT_EQ(user_of(c.input), c.user) << c.input;
  }
}

class Final final : public FactVisitor {
 public:
  using FactVisitor::visit;
  void visit(const Build& build) override {
    const Stage& stage = *build.final_stage();
    const Instruction* user = build.last(stage, Op::user);
    out = std::string(build.root_of(stage).base.value) + ' ' +
          (user == nullptr ? "-" : std::string(user->words[0].value));
    const Stage* named = build.find_stage("Two", stage.index);
    out += named == nullptr ? " -" : ' ' + std::string(named->label);
    const Stage* numbered = build.find_stage("1", stage.index);
    out += numbered == nullptr ? " -" : ' ' + std::string(numbered->label);
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
  std::string out;
};

TEST(Build, FollowsStages) {
  struct Case {
    std::string input, expect;
  };
  for (const Case& c : {
           Case{"FROM a", "a - - -"},
           {"FROM a\nUSER x", "a x - -"},
           {"FROM a AS one\nUSER x\nFROM b AS two\nFROM one", "a x two two"},
           {"FROM a AS one\nUSER x\nFROM ONE AS two\nUSER y\nFROM two", "a y two two"},
           {"FROM a AS one\nUSER x\nFROM b", "b - - -"},
           {"FROM a AS one\nUSER x\nONBUILD USER y\nFROM one", "a x - -"},
           {"FROM one AS one\nFROM one", "one - - -"},
       }) {
    Final last;
    show(c.input, last);
    EXPECT_EQ(last.out, c.expect) << c.input;
  }
}

TEST(Build, TellsRootAndTheWholeContext) {
  for (const std::string_view root : {"root", "0", "0:0", "root:app", "00", "0:"}) {
    EXPECT_TRUE(is_root_user(root)) << root;
  }
  for (const std::string_view other : {"app", "1000", "1000:0", ":0", "", "rootless", "10"}) {
    EXPECT_FALSE(is_root_user(other)) << other;
  }
  const auto whole = [](std::string_view text) {
    return is_whole_context({text, kNoNode, Text::State::written});
  };
  for (const std::string_view all : {".", "./", "/", "/.", "././", "*", "./*"}) {
    EXPECT_TRUE(whole(all)) << all;
  }
  for (const std::string_view part : {"", "..", "./a", "a/.", "*.go", "a/*", ".env"}) {
    EXPECT_FALSE(whole(part)) << part;
  }
}

// A name whose value doubles at every step costs no more than the budget.
TEST(Build, WhatDoublesEnds) {
  std::string text = "FROM scratch\nENV A=xxxxxxxxxxxxxxxx\n";
  for (int n = 0; n < 200; ++n) text += "ENV A=$A$A$A$A\n";
  EXPECT_EQ(user_of(text + "USER $A"), "$A");
  // Stages that build on each other: what is not found near by is not known.
  text = "FROM a AS s0\nENV U=x\n";
  for (int n = 1; n < 3000; ++n) {
    text += "FROM s" + std::to_string(n - 1) + " AS s" + std::to_string(n) + "\nENV B=$U\n";
  }
  EXPECT_EQ(user_of(text + "USER $U"), "$U");
}

// The base image of each stage, as a build with these arguments has it.
std::string bases_of(const std::string& text, const std::vector<EnvVar>& args,
                     std::string_view target) {
  class Bases final : public IgnoringVisitor {
   public:
    using IgnoringVisitor::visit;
    void visit(const Build& build) override {
      for (const Stage& stage : build.stages) {
        out += stage.base.written() ? "" : "?";
        out.append(stage.base.value).append(" ");
      }
    }
    std::string out;
  };
  class Requesting final : public DocumentVisitor {
   public:
    Requesting(BuildAdapter::Request request, FactVisitor& facts)
        : request_(request), facts_(facts) {}
    void document(const Document& document) override {
      BuildAdapter().adapt(document, facts_, nullptr, request_);
    }
    void error(Error error) override { ADD_FAILURE() << to_string(error); }

   private:
    BuildAdapter::Request request_;
    FactVisitor& facts_;
  };
  Bases bases;
  Requesting requesting({.args = args, .target = target}, bases);
  read_dockerfile(std::make_shared<const Source>("Dockerfile", text), Limits{}, requesting);
  return bases.out;
}

TEST(Build, TakesArgumentsAndATargetFromOutside) {
  const std::string text =
      "ARG V=1\nFROM a:$V AS Build\nARG W=2\nARG X\nFROM b:$V AS run\nFROM build\n";
  const auto given = [](std::string_view name, std::string_view value) {
    return EnvVar{{name, 0, Text::State::written}, {value, 0, Text::State::written}, false};
  };
  const EnvVar from_shell{{"V", 0, Text::State::written}, {}, false};
  struct Case {
    std::vector<EnvVar> args;
    std::string_view target, bases;
  };
  for (const Case& c :
       {Case{{}, "", "a:1 b:1 build "}, Case{{given("V", "7")}, "", "a:7 b:7 build "},
        Case{{given("W", "7")}, "run", "a:1 b:1 "}, Case{{}, "BUILD", "a:1 "},
        Case{{}, "1", "a:1 b:1 "}, Case{{}, "none", "a:1 b:1 build "},
        Case{{from_shell}, "build", "?a:$V "}}) {
    EXPECT_EQ(bases_of(text, c.args, c.target), c.bases) << c.target;
  }
}

}  // namespace
}  // namespace kaudit::testing
