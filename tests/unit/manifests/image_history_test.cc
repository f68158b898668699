// What builders write into an image's history, taken apart.
#include "manifests/read/image_history.h"

#include <gtest/gtest.h>

namespace kaudit::read {
namespace {

std::string text_of(const std::vector<HistoryInstruction>& all) {
  std::string out;
  for (const HistoryInstruction& each : all) {
    if (!out.empty()) out += " ; ";
    out += each.op.empty() ? "-" : each.op;
    if (each.exec) out += " exec";
    if (each.none) out += " none";
    for (const HistoryWord& word : each.words) out += " <" + word.text + '>';
    for (const HistoryPair& pair : each.pairs) {
      out += " " + pair.name.text;
      if (pair.has_value) out += "=<" + pair.value.text + '>';
    }
  }
  return out;
}

struct Case {
  std::string_view created_by, expect;
};

TEST(ImageHistory, TakesApartWhatEachBuilderWrites) {
  const HistoryNames names{{"A", "B", "GREETING", "PATH"}, {"maintainer", "org.x"}};
  constexpr Case kCases[] = {
      // BuildKit
      {"RUN /bin/sh -c apt-get update # buildkit", "RUN <apt-get> <update>"},
      {"RUN |1 TOKEN=abc /bin/sh -c npm ci # buildkit", "ARG TOKEN=<abc> ; RUN <npm> <ci>"},
      {"RUN |2 A=x y B=z=1 /bin/bash -o pipefail -c make all # buildkit",
       "ARG A=<x y> B=<z=1> ; RUN <make> <all>"},
      {"RUN |0 /bin/sh -c true # buildkit", "RUN <true>"},
      {"RUN |1 A=b /app --install # buildkit", "ARG A=<b> ; RUN </app> <--install>"},
      {"RUN /bin/bash -eux -c true", "RUN <true>"},
      {"RUN cmd /S /C dir", "RUN <dir>"},
      {"ENV A=1 B=two words", "ENV A=<1> B=<two words>"},
      {"ENV A=x C=y", "ENV A=<x C=y>"},  // C is no variable of the image
      {"ENV GREETING=\"hello \\\"world\\\"\" A=1", "ENV GREETING=<hello \"world\"> A=<1>"},
      {"ENV A=", "ENV A=<>"},
      {"ARG TOKEN", "ARG TOKEN"},
      {"ARG TOKEN=abc # buildkit", "ARG TOKEN=<abc>"},
      {"LABEL maintainer=me and you org.x=1", "LABEL maintainer=<me and you> org.x=<1>"},
      {"COPY --chown=1:1 a b /c/ # buildkit", "COPY <a> <b> </c/>"},
      {"EXPOSE map[80/tcp:{} 22/tcp:{}]", "EXPOSE <80/tcp> <22/tcp>"},
      {"EXPOSE [80/tcp 443/tcp]", "EXPOSE <80/tcp> <443/tcp>"},
      {"CMD [\"node\" \"a b.js\"]", "CMD exec <node> <a b.js>"},
      {"CMD [\"node\", \"x.js\"]", "CMD exec <node> <x.js>"},
      {"ENTRYPOINT [\"/bin/sh\" \"-c\" \"echo \\\"x\\\"\"]",
       "ENTRYPOINT exec </bin/sh> <-c> <echo \"x\">"},
      {"VOLUME [/a /b]", "VOLUME </a> </b>"},
      {"USER app", "USER <app>"},
      {"USER [1000]", "USER <1000>"},
      {"WORKDIR /app", "WORKDIR </app>"},
      {"HEALTHCHECK &{[\"CMD-SHELL\" \"curl -f x\"] \"30s\" \"3s\" \"0s\" \"0s\" '\\x00'}",
       "HEALTHCHECK exec <curl -f x>"},
      {"HEALTHCHECK &{[\"NONE\"] \"0s\"}", "HEALTHCHECK exec none"},
      {"HEALTHCHECK --interval=5s CMD curl -f x", "HEALTHCHECK <curl> <-f> <x>"},
      {"RUN /bin/sh -c cat <<EOF > /x\nA\nEOF # buildkit", "RUN <cat <<EOF > /x\nA\nEOF>"},
      // Docker's old builder, Buildah
      {"/bin/sh -c #(nop)  ENV A=b", "ENV A=<b>"},
      {"/bin/sh -c #(nop) ADD file:5d68 in / ", "ADD <file:5d68> </>"},
      {"/bin/sh -c #(nop) COPY dir:12 in /app ", "COPY <dir:12> </app>"},
      {"/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD exec <bash>"},
      {"/bin/sh -c apt-get install -y curl", "RUN <apt-get> <install> <-y> <curl>"},
      {"|1 TOKEN=abc /bin/sh -c npm ci", "ARG TOKEN=<abc> ; RUN <npm> <ci>"},
      {"/bin/bash -o pipefail -c #(nop)  USER app", "USER <app>"},
      {"/bin/sh -c #(nop) nonsense", "-"},
      // Others
      {"RUN npm ci", "RUN <npm> <ci>"},
      {"bazel build ...", "-"},
      {"ko build ko://example", "-"},
      {"", "-"},
      {"RUN", "RUN"},
      {"ENV", "ENV"},
      {"CMD [\"open", "CMD exec <\"open>"},
      {"HEALTHCHECK &{", "HEALTHCHECK"},
      {"RUN |99999999999999999999999 A=b /bin/sh -c x", "ARG A=<b> ; RUN <x>"},
  };
  for (const Case& each : kCases) {
    EXPECT_EQ(text_of(parse_history(each.created_by, names)), each.expect) << each.created_by;
  }
}

TEST(ImageHistory, WithoutNamesEveryNameBeginsAValue) {
  EXPECT_EQ(text_of(parse_history("ENV A=x C=y", {})), "ENV A=<x> C=<y>");
}

TEST(ImageHistory, PlacesArePiecesOfTheEntry) {
  const std::string_view entry = "RUN |1 TOKEN=abc /bin/sh -c npm ci # buildkit";
  const auto all = parse_history(entry, {});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].pairs[0].value.at.data(), entry.data() + entry.find("abc"));
  EXPECT_EQ(all[1].words[0].at.data(), entry.data() + entry.find("npm"));
}

}  // namespace
}  // namespace kaudit::read
