#include "core/report/fix_diff.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

// `marked`: the line, with its value between ‹ and ›; `…` behind it: the value goes on below.
Finding finding_in(std::string_view marked, std::string fix, Surface surface) {
  constexpr std::string_view kOpen = "‹";
  constexpr std::string_view kClose = "›";
  Finding finding;
  finding.surface = surface;
  finding.fix = std::move(fix);
  const bool goes_on = marked.ends_with("↓");
  if (goes_on) marked.remove_suffix(std::string_view("↓").size());
  const std::size_t open = marked.find(kOpen);
  const std::size_t close = marked.find(kClose);
  finding.source_line = marked.substr(0, open);
  finding.source_line += marked.substr(open + kOpen.size(), close - open - kOpen.size());
  finding.source_begin = static_cast<std::uint32_t>(open);
  finding.source_end = static_cast<std::uint32_t>(finding.source_line.size());
  finding.source_line += marked.substr(close + kClose.size());
  finding.where.begin = {7, finding.source_begin + 1};
  finding.where.end = {goes_on ? 9U : 7U, finding.source_end + 1};
  return finding;
}

std::string text_of(const FixDiff& diff) {
  std::string text;
  if (!diff.context.empty()) text += " " + diff.context + "\n";
  if (diff.below) text += " ...\n";
  if (!diff.removed.empty()) text += "-" + diff.removed + "\n";
  for (const std::string& line : diff.added) text += "+" + line + "\n";
  return text;
}

TEST(FixDiff, ShowsTheLinesThatChange) {
  struct Case {
    Surface surface;
    std::string_view line;
    std::string fix, expect;
  };
  constexpr Surface kYaml = Surface::kubernetes;
  constexpr Surface kCompose = Surface::compose;
  constexpr Surface kDocker = Surface::dockerfile;
  const Case cases[] = {
      // A value is replaced, in a block or in braces; the rest of the line stays.
      {kYaml, "  hostNetwork: ‹true›  # fast", "hostNetwork: false",
       "-  hostNetwork: true  # fast\n+  hostNetwork: false  # fast\n"},
      {kYaml, "- {a: 1, \"user\": ‹\"1000:0\"›}", "user: \"10001:10001\"",
       "-- {a: 1, \"user\": \"1000:0\"}\n+- {a: 1, \"user\": \"10001:10001\"}\n"},
      {kYaml, "  - image: ‹a›", "image: a:VERSION", "-  - image: a\n+  - image: a:VERSION\n"},
      // A field is added to the mapping that lacks it.
      {kYaml, "      ‹securityContext›:↓", "capabilities: {drop: [ALL]}",
       "       securityContext:\n+        capabilities: {drop: [ALL]}\n"},
      {kYaml, "    - ‹name: app›↓", "resources: {limits: {memory: 1Mi}}",
       "     - name: app\n+      resources: {limits: {memory: 1Mi}}\n"},
      {kYaml, "    - - ‹name: app›↓", "a: b", "     - - name: app\n+        a: b\n"},
      {kYaml, "    - ‹app›:↓", "a: b", "     - app:\n+        a: b\n"},
      // What is said of another value is no field to add beside it.
      {kYaml, "  path: ‹/srv/db›", "emptyDir: {}", ""},
      {kYaml, "  anotheruser: ‹a›", "user: b", ""},
      {kYaml, "  resources: [‹\"*\"›]", "resources: the names of those that are needed", ""},
      {kYaml, "  ‹spec›:↓", "serviceAccountName: NAME, or automountServiceAccountToken: false", ""},
      {kYaml, "  - ‹name: files›↓", "persistentVolumeClaim: {claimName: <claim>}", ""},
      {kYaml, "  - ‹name: files›↓", "a: {b: c} or {d: e}", ""},
      {kYaml, "  - ‹name: files›↓", "a: \"b\" or \"c\"", ""},
      {kYaml, "  - ‹name: files›↓", "a: }]", "   - name: files\n+    a: }]\n"},
      // Lines are taken away.
      {kCompose, "    ipc: ‹host›  # why", "Delete `ipc: host`", "-    ipc: host  # why\n"},
      {kCompose, "    privileged: ‹true›",
       "Delete `privileged: true` and write `devices: [/dev/fuse]`, `cap_add: [SYS_ADMIN]`",
       "-    privileged: true\n+    devices: [/dev/fuse]\n+    cap_add: [SYS_ADMIN]\n"},
      {kCompose, "  a: {ipc: ‹host›}", "Delete `ipc: host`", ""},
      {kCompose, "  ipc: ‹host›", "Delete `ipc: host` unless it is needed", ""},
      {kCompose, "  ipc: ‹host›", "Delete `ipc: host", ""},
      // Instructions of Dockerfiles.
      {kDocker, "‹FROM node:16›", "FROM node:24", "-FROM node:16\n+FROM node:24\n"},
      {kDocker, "‹FROM node:16›", "USER 10001", " FROM node:16\n ...\n+USER 10001\n"},
      {kDocker, "‹RUN a \\›", "RUN b", ""},
      {kDocker, "‹ARG TOKEN›", "RUN --mount=type=secret,id=TOKEN a", ""},
      {kDocker, "‹ADD a /b›", "ADD --checksum=sha256:DIGEST a …", ""},
      {kDocker, "‹COPY a b›", "COPY a b and `chmod`", ""},
      {kDocker, "‹COPY a b›", "Delete both", ""},
      {Surface::image, "‹USER 0›", "USER 10001", ""},
      // Nothing of the line is known, or not all.
      {kYaml, "‹›", "hostNetwork: false", ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(text_of(fix_diff(finding_in(c.line, c.fix, c.surface))), c.expect)
        << c.line << " | " << c.fix;
  }
}

TEST(FixDiff, IsNotOfAPartOfALine) {
  Finding finding = finding_in("  hostNetwork: ‹true›", "hostNetwork: false", Surface::kubernetes);
  finding.source_column = 300;
  EXPECT_TRUE(fix_diff(finding).empty());
  finding.source_column = 1;
  finding.where.begin.line = finding.where.end.line = 0;
  EXPECT_TRUE(fix_diff(finding).empty());
}

TEST(FixDiff, StaysInsideTheLineWhateverThePlacesSay) {
  Finding finding = finding_in("  寿司: ‹true›", "寿司: false", Surface::kubernetes);
  for (std::uint32_t begin = 0; begin < 20; ++begin) {
    for (std::uint32_t end = 0; end < 20; ++end) {
      finding.source_begin = begin;
      finding.source_end = end;
      const FixDiff diff = fix_diff(finding);
      EXPECT_TRUE(diff.removed.empty() || diff.removed == finding.source_line);
    }
  }
}

}  // namespace
}  // namespace kaudit
