#include "manifests/read/dockerfile.h"

#include <gtest/gtest.h>

#include "tests/support/dump.h"

namespace kaudit::testing {
namespace {

using Strings = std::vector<std::string>;

std::string root_json(const Document& document) { return to_json(document.root()); }

ReadText read(std::string text, const Limits& limits = {}) {
  return read_with(read_dockerfile, std::move(text), root_json, limits, "Dockerfile");
}

// The instruction that a line is read as, without its op.
std::string instruction(const std::string& text) {
  const ReadText got = read_with(read_dockerfile, "FROM a\n" + text, [](const Document& document) {
    std::string all;
    for (const Value each : document.root()["stage-0"]) {
      if (each.key() == "FROM") continue;
      if (!all.empty()) all += '\n';
      all += to_json(each);
    }
    return all;
  });
  std::string out = got.documents.empty() ? "" : got.documents[0];
  for (const std::string& error : got.errors) out += "\n" + error;
  return out;
}

struct Case {
  std::string input, expect;
};

TEST(Dockerfile, ReadsInstructions) {
  for (
      const Case& c : {
          Case{"RUN a  b", R"({"op":"RUN","words":["a","b"]})"},
          {"run a", R"({"op":"RUN","words":["a"]})"},
          {"RUN", R"({"op":"RUN","words":[]})"},
          {"RUN echo 'a  b' \"c d\"e \\ f",
           R"({"op":"RUN","words":["echo","'a  b'","\"c d\"e","\\ f"]})"},
          {"RUN [\"a\", \"b \\u0041\\n\"]",
           R"({"op":"RUN","exec":true,"words":["a","b A\u000a"]})"},
          {"CMD []", R"({"op":"CMD","exec":true,"words":[]})"},
          {"RUN ['a']", R"({"op":"RUN","words":["['a']"]})"},
          {"RUN [\"a\"] b", R"({"op":"RUN","words":["[\"a\"]","b"]})"},
          {"RUN [ -d x ] && y", R"({"op":"RUN","words":["[","-d","x","]","&&","y"]})"},
          {"RUN [\"a\",]", R"({"op":"RUN","words":["[\"a\",]"]})"},
          {"RUN --mount=type=secret,id=x --network=none a --b",
           R"({"op":"RUN","flags":[{"name":"mount","value":"type=secret,id=x"},{"name":"network","value":"none"}],"words":["a","--b"]})"},
          {"COPY --link --chown=\"a b\" x y",
           R"({"op":"COPY","flags":[{"name":"link","value":null},{"name":"chown","value":"a b"}],"words":["x","y"]})"},
          {"COPY --link -- --x y",
           R"({"op":"COPY","flags":[{"name":"link","value":null}],"words":["--x","y"]})"},
          {"COPY [\"a b\", \"/c\"]", R"({"op":"COPY","exec":true,"words":["a b","/c"]})"},
          {"ADD a b c/", R"({"op":"ADD","words":["a","b","c/"]})"},
          {"ENV A=1 B=\"x y\" C=a\\ b",
           R"({"op":"ENV","pairs":[{"name":"A","value":"1"},{"name":"B","value":"\"x y\""},{"name":"C","value":"a\\ b"}]})"},
          {"ENV A b  c ", R"({"op":"ENV","pairs":[{"name":"A","value":"b  c"}]})"},
          {"ENV A b=c", R"({"op":"ENV","pairs":[{"name":"A","value":"b=c"}]})"},
          {"ENV A=", R"({"op":"ENV","pairs":[{"name":"A","value":""}]})"},
          {"LABEL a.b=\"c\" d=e",
           R"({"op":"LABEL","pairs":[{"name":"a.b","value":"\"c\""},{"name":"d","value":"e"}]})"},
          {"ARG A B=1 C=",
           R"({"op":"ARG","pairs":[{"name":"A","value":null},{"name":"B","value":"1"},{"name":"C","value":""}]})"},
          {"EXPOSE 80 443/tcp", R"({"op":"EXPOSE","words":["80","443/tcp"]})"},
          {"USER a:b", R"({"op":"USER","words":["a:b"]})"},
          {"WORKDIR /a b", R"({"op":"WORKDIR","words":["/a b"]})"},
          {"VOLUME /a /b", R"({"op":"VOLUME","words":["/a","/b"]})"},
          {"VOLUME [\"/a\"]", R"({"op":"VOLUME","exec":true,"words":["/a"]})"},
          {"STOPSIGNAL 9", R"({"op":"STOPSIGNAL","words":["9"]})"},
          {"MAINTAINER a b", R"({"op":"MAINTAINER","words":["a b"]})"},
          {"SHELL [\"a\", \"-c\"]", R"({"op":"SHELL","exec":true,"words":["a","-c"]})"},
          {"ENTRYPOINT exec a", R"({"op":"ENTRYPOINT","words":["exec","a"]})"},
          {"HEALTHCHECK none", R"({"op":"HEALTHCHECK","type":"NONE"})"},
          {"HEALTHCHECK --interval=5s CMD a b",
           R"({"op":"HEALTHCHECK","flags":[{"name":"interval","value":"5s"}],"type":"CMD","words":["a","b"]})"},
          {"HEALTHCHECK CMD [\"a\"]",
           R"({"op":"HEALTHCHECK","type":"CMD","exec":true,"words":["a"]})"},
          {"ONBUILD RUN --network=none a",
           R"({"op":"ONBUILD","trigger":{"op":"RUN","flags":[{"name":"network","value":"none"}],"words":["a"]}})"},
          {"ONBUILD COPY <<A /x\nb\nA",
           R"({"op":"ONBUILD","trigger":{"op":"COPY","words":["/x"],"heredocs":[{"lines":["b"],"name":"A","expand":true}]}})"},
      }) {
    EXPECT_EQ(instruction(c.input), c.expect) << c.input;
  }
}

TEST(Dockerfile, JoinsLines) {
  for (const Case& c : {
           Case{"RUN a \\\n  b", R"({"op":"RUN","words":["a","b"]})"},
           {"RUN a\\\nb", R"({"op":"RUN","words":["ab"]})"},
           {"RUN a \\  \t\n b", R"({"op":"RUN","words":["a","b"]})"},
           {"RUN a \\\r\n b\r\n", R"({"op":"RUN","words":["a","b"]})"},
           {"RUN a \\\n# comment \\\n  # other\n\n \t\n b", R"({"op":"RUN","words":["a","b"]})"},
           {"RUN a \\\\\nUSER b",
            "{\"op\":\"RUN\",\"words\":[\"a\",\"\\\\\\\\\"]}\n"
            R"({"op":"USER","words":["b"]})"},
           {"RUN a # no comment", R"({"op":"RUN","words":["a","#","no","comment"]})"},
           {"  # comment\n  RUN a", R"({"op":"RUN","words":["a"]})"},
           {"RUN a \\", R"({"op":"RUN","words":["a"]})"},
           {"RUN \\\n  [\"a\", \\\n \"b\"]", R"({"op":"RUN","exec":true,"words":["a","b"]})"},
           {"ENV A=1 \\\n    B=2",
            R"({"op":"ENV","pairs":[{"name":"A","value":"1"},{"name":"B","value":"2"}]})"},
           {"RU\\\nN a", R"({"op":"RUN","words":["a"]})"},
           {"ENV A=b\\", R"({"op":"ENV","pairs":[{"name":"A","value":"b"}]})"},
       }) {
    EXPECT_EQ(instruction(c.input), c.expect) << c.input;
  }
}

TEST(Dockerfile, ReadsHeredocs) {
  for (
      const Case& c : {
          Case{"RUN <<EOF\na\n  b \\\n# c\n\nEOF\nUSER u",
               "{\"op\":\"RUN\",\"words\":[\"<<EOF\"],\"heredocs\":[{\"lines\":[\"a\",\"  b "
               "\\\\\",\"# c\",\"\"],\"name\":\"EOF\",\"expand\":true}]}\n"
               R"({"op":"USER","words":["u"]})"},
          {"RUN <<-'A' cat <<B\n\tx\n\tA\n\ty\n B\nB",
           R"({"op":"RUN","words":["<<-'A'","cat","<<B"],"heredocs":[{"lines":["x"],"name":"A","expand":false},{"lines":["\u0009y"," B"],"name":"B","expand":true}]})"},
          {"COPY --chmod=755 <<a.sh b /x/\necho\na.sh",
           R"({"op":"COPY","flags":[{"name":"chmod","value":"755"}],"words":["b","/x/"],"heredocs":[{"lines":["echo"],"name":"a.sh","expand":true}]})"},
          {"COPY [\"<<A\", \"/x\"]\nUSER u",
           "{\"op\":\"COPY\",\"exec\":true,\"words\":[\"<<A\",\"/x\"]}\n"
           R"({"op":"USER","words":["u"]})"},
          {"ENV A=<<B\nUSER u",
           "{\"op\":\"ENV\",\"pairs\":[{\"name\":\"A\",\"value\":\"<<B\"}]}\n"
           R"({"op":"USER","words":["u"]})"},
          {"RUN <<A\r\nx\r\nA\r\nUSER u",
           "{\"op\":\"RUN\",\"words\":[\"<<A\"],\"heredocs\":[{\"lines\":[\"x\"],\"name\":\"A\","
           "\"expand\":true}]}\n"
           R"({"op":"USER","words":["u"]})"},
      }) {
    EXPECT_EQ(instruction(c.input), c.expect) << c.input;
  }
}

TEST(Dockerfile, ReadsStagesAndDirectives) {
  struct {
    std::string input;
    Strings keys;
  } const table[] = {
      {"FROM a", {"stage-0"}},
      {"ARG V=1\nFROM a AS One\nRUN x\nFROM --platform=$P one as two\nFROM c",
       {"global", "one", "two", "stage-2"}},
      {"FROM a AS x\nFROM b AS x\nFROM c as global", {"x", "x-1", "global-2"}},
      {"# syntax=docker/dockerfile:1\n# Escape = `\nFROM a", {"directives", "stage-0"}},
      {"#!/usr/bin/x\n# escape=`\nFROM a", {"stage-0"}},
      {"\n# escape=`\nFROM a", {"stage-0"}},
      {"# comment\n# escape=`\nFROM a", {"stage-0"}},
      {"\xEF\xBB\xBF# syntax=a\nFROM a", {"directives", "stage-0"}},
  };
  for (const auto& c : table) {
    Strings keys;
    const ReadText got = read_with(read_dockerfile, c.input, [&](const Document& document) {
      for (const Value stage : document.root()) keys.emplace_back(stage.key());
      return "";
    });
    EXPECT_EQ(keys, c.keys) << c.input;
    EXPECT_EQ(got.errors, Strings{}) << c.input;
  }
  EXPECT_EQ(read("# escape=`\n# check=skip=all\nFROM a\nRUN dir c:\\ `\n  b").documents,
            Strings{R"({"directives":{"escape":"`","check":"skip=all"},)"
                    R"("stage-0":{"FROM":{"op":"FROM","words":["a"]},)"
                    R"("RUN-1":{"op":"RUN","words":["dir","c:\\","b"]}}})"});
}

TEST(Dockerfile, EveryWordHasItsPlace) {
  const ReadText got = read_with(read_dockerfile,
                                 "\xEF\xBB\xBF# syntax=x\r\n"
                                 "FROM --platform=\"p\" ü:1 AS b\r\n"
                                 "  RUN a \\\r\n"
                                 "# no\r\n"
                                 "    bc\\\r\n"
                                 "d\r\n"
                                 "ENV K=\"v w\" L=\r\n"
                                 "CMD [ \"x\" ]\r\n"
                                 "RUN <<-E\r\n"
                                 "\tz\r\n"
                                 "\tE\r\n",
                                 to_places);
  EXPECT_EQ(got.errors, Strings{});
  ASSERT_EQ(got.documents.size(), 1U);
  EXPECT_EQ(got.documents[0],
            ". 1:1-12:1 a mapping\n"
            "/directives 1:3-1:11 a mapping\n"
            "/directives/syntax key 1:3-1:9 1:10-1:11 \"x\"\n"
            "/b 2:1-11:3 a mapping\n"
            "/b/FROM 2:1-2:29 a mapping\n"
            "/b/FROM/op 2:1-2:5 \"FROM\"\n"
            "/b/FROM/flags 2:6-2:20 a list\n"
            "/b/FROM/flags/0 2:6-2:20 a mapping\n"
            "/b/FROM/flags/0/name 2:6-2:16 \"platform\"\n"
            "/b/FROM/flags/0/value 2:17-2:20 \"p\"\n"
            "/b/FROM/words 2:21-2:29 a list\n"
            "/b/FROM/words/0 2:21-2:24 \"ü:1\"\n"
            "/b/FROM/words/1 2:25-2:27 \"AS\"\n"
            "/b/FROM/words/2 2:28-2:29 \"b\"\n"
            "/b/RUN-1 3:3-6:2 a mapping\n"
            "/b/RUN-1/op 3:3-3:6 \"RUN\"\n"
            "/b/RUN-1/words 3:7-6:2 a list\n"
            "/b/RUN-1/words/0 3:7-3:8 \"a\"\n"
            "/b/RUN-1/words/1 5:5-6:2 \"bcd\"\n"
            "/b/ENV-1 7:1-7:15 a mapping\n"
            "/b/ENV-1/op 7:1-7:4 \"ENV\"\n"
            "/b/ENV-1/pairs 7:5-7:15 a list\n"
            "/b/ENV-1/pairs/0 7:5-7:12 a mapping\n"
            "/b/ENV-1/pairs/0/name 7:5-7:6 \"K\"\n"
            "/b/ENV-1/pairs/0/value 7:7-7:12 \"\\\"v w\\\"\"\n"
            "/b/ENV-1/pairs/1 7:13-7:15 a mapping\n"
            "/b/ENV-1/pairs/1/name 7:13-7:14 \"L\"\n"
            "/b/ENV-1/pairs/1/value 7:15-7:15 \"\"\n"
            "/b/CMD-1 8:1-8:12 a mapping\n"
            "/b/CMD-1/op 8:1-8:4 \"CMD\"\n"
            "/b/CMD-1/exec 8:5-8:5 true\n"
            "/b/CMD-1/words 8:5-8:12 a list\n"
            "/b/CMD-1/words/0 8:7-8:10 \"x\"\n"
            "/b/RUN-2 9:1-11:3 a mapping\n"
            "/b/RUN-2/op 9:1-9:4 \"RUN\"\n"
            "/b/RUN-2/words 9:5-9:9 a list\n"
            "/b/RUN-2/words/0 9:5-9:9 \"<<-E\"\n"
            "/b/RUN-2/heredocs 9:10-11:3 a list\n"
            "/b/RUN-2/heredocs/0 9:10-11:3 a mapping\n"
            "/b/RUN-2/heredocs/0/lines 9:10-11:3 a list\n"
            "/b/RUN-2/heredocs/0/lines/0 10:2-10:3 \"z\"\n"
            "/b/RUN-2/heredocs/0/name key 11:3-11:3 11:2-11:3 \"E\"\n"
            "/b/RUN-2/heredocs/0/expand 11:3-11:3 true\n");
}

TEST(Dockerfile, ErrorsNameTheirPlaceAndTheRestIsRead) {
  struct {
    std::string input;
    Strings errors;
  } const table[] = {
      {"", {"Dockerfile:1:1: the file holds no instruction"}},
      {"# only\n", {"Dockerfile:1:1: the file holds no instruction"}},
      {"ARG A\n", {"Dockerfile:1:1: the file holds no FROM"}},
      {"RUN a\nFROM b", {"Dockerfile:1:1: RUN stands before the first FROM"}},
      {"FROM a\nRUN x\nfoo b\nUSER c", {"Dockerfile:3:1: this is no instruction of a Dockerfile"}},
      {"FROM a\nRUN x &&\n   y", {"Dockerfile:3:4: this is no instruction of a Dockerfile"}},
      {"FROM", {"Dockerfile:1:1: FROM needs an image, or an image, AS and a name"}},
      {"FROM a b", {"Dockerfile:1:1: FROM needs an image, or an image, AS and a name"}},
      {"FROM a as 1x",
       {"Dockerfile:1:11: a stage's name begins with a letter and holds letters, digits, '-', "
        "'_' and '.'"}},
      {"FROM --x=1 a", {"Dockerfile:1:6: FROM has no such flag"}},
      {"FROM a\nRUN --mount x", {"Dockerfile:2:5: the flag --mount needs a value"}},
      {"FROM a\nCOPY --from=a --from=b x y", {"Dockerfile:2:15: the flag --from is written twice"}},
      {"FROM a\nRUN --mount=a --mount=b x", {}},
      {"FROM a\nCOPY x", {"Dockerfile:2:1: COPY needs a source and a destination"}},
      {"FROM a\nCOPY x <<E\nE", {"Dockerfile:2:8: a heredoc cannot be a destination"}},
      {"FROM a\nRUN [1]", {"Dockerfile:2:5: a JSON array of an instruction holds strings only"}},
      {"FROM a\nRUN [\"a\", {\"b\": [null, -1.5e3, true]}]",
       {"Dockerfile:2:5: a JSON array of an instruction holds strings only"}},
      {"FROM a\nRUN [\"a\", {\"b\" [null]}]", {}},
      {"FROM a\nENV A", {"Dockerfile:2:1: ENV needs a name and a value"}},
      {"FROM a\nENV A=1 b",
       {"Dockerfile:2:9: ENV needs NAME=value; blanks within a value need quotes"}},
      {"FROM a\nENV =1", {"Dockerfile:2:5: ENV has a value without a name"}},
      {"FROM a\nLABEL", {"Dockerfile:2:1: LABEL has no argument"}},
      {"FROM a\nARG", {"Dockerfile:2:1: ARG has no argument"}},
      {"FROM a\nUSER", {"Dockerfile:2:1: USER has no argument"}},
      {"FROM a\nSHELL bash", {"Dockerfile:2:1: SHELL needs a JSON array of strings"}},
      {"FROM a\nSHELL []", {"Dockerfile:2:1: SHELL has no argument"}},
      {"FROM a\nHEALTHCHECK a", {"Dockerfile:2:1: HEALTHCHECK is followed by CMD or NONE"}},
      {"FROM a\nHEALTHCHECK CMD", {"Dockerfile:2:1: HEALTHCHECK CMD has no command"}},
      {"FROM a\nHEALTHCHECK NONE a", {"Dockerfile:2:1: HEALTHCHECK NONE takes no argument"}},
      {"FROM a\nONBUILD", {"Dockerfile:2:1: ONBUILD has no instruction"}},
      {"FROM a\nONBUILD ONBUILD RUN a", {"Dockerfile:2:1: ONBUILD cannot keep ONBUILD"}},
      {"FROM a\nONBUILD FROM b", {"Dockerfile:2:1: ONBUILD cannot keep FROM"}},
      {"FROM a\nONBUILD x", {"Dockerfile:2:9: this is no instruction of a Dockerfile"}},
      {"FROM a\nRUN <<E\nx\nUSER y", {"Dockerfile:2:1: a heredoc does not end"}},
      {"# escape=x\nFROM a", {"Dockerfile:1:10: the escape character is neither \\ nor `"}},
      {"# escape=`\n# escape=`\nFROM a",
       {"Dockerfile:2:3: the parser directive \"escape\" is written twice"}},
      {std::string("FROM a\nRUN x\0y\nUSER z", 21),
       {"Dockerfile:2:6: a NUL byte cannot stand in a Dockerfile"}},
      {"FROM a\nRUN \xC3\xBC \xFF <<E\nUSER\nE\n# \xFF\nUSER z",
       {"Dockerfile:2:7: the byte 0xFF is not valid UTF-8"}},
  };
  for (const auto& c : table) EXPECT_EQ(read(c.input).errors, c.errors) << c.input;

  EXPECT_EQ(read("FROM a b\nnonsense\nUSER c").documents,
            Strings{R"({"stage-0":{"FROM":{"op":"FROM","words":["a","b"]},)"
                    R"("USER-1":{"op":"USER","words":["c"]}}})"});
}

TEST(Dockerfile, KeepsLimits) {
  EXPECT_EQ(read("FROM a\nRUN b\n", {.bytes = 5}).errors,
            Strings{"Dockerfile: the text has 13 bytes, more than the limit of 5"});
  const ReadText nodes = read("FROM a\nRUN b c d e f g h\n", {.nodes = 9});
  EXPECT_EQ(nodes.documents, Strings{});
  EXPECT_EQ(nodes.errors.size(), 1U);

  const std::string line(70'000, 'x');
  EXPECT_EQ(read("FROM a\nRUN " + line + "\n").errors,
            Strings{"Dockerfile:2:1: the line has 70004 bytes; BuildKit reads no line of more than "
                    "65535"});
  std::string bad;
  for (int n = 0; n < 1000; ++n) bad += "x\n";
  const ReadText many = read(bad);
  EXPECT_EQ(many.errors.size(), 101U);
  EXPECT_EQ(many.errors.back(),
            "Dockerfile:101:1: there are more errors than 100; the rest of the file was not read");
}

}  // namespace
}  // namespace kaudit::testing
