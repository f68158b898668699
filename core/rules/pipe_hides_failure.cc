// Reads: pipelines in the RUN instructions of a Dockerfile. Refused: a command that fetches,
// unpacks, verifies or builds, whose failure is lost because the last command of the pipeline takes
// whatever comes. Allowed: `set -o pipefail` before it, SHELL with pipefail, the shells of Windows.
// Not judged: last commands that themselves refuse what broke off (tar, gzip, gpg, grep), and
// interpreters, of which pipe-to-shell speaks.
#include <algorithm>

#include "core/build_user.h"
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/pipeline.h"

namespace kaudit {
namespace {

bool is_one_of(std::string_view text, std::span<const std::string_view> list) noexcept {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// What the image is made of comes from these, or is checked by them.
constexpr std::string_view kMatter[] = {
    "aria2c", "bunzip2", "cargo",   "cmake", "composer", "cosign", "curl",  "fetch",
    "git",    "go",      "gpg",     "gpgv",  "gunzip",   "gradle", "make",  "minisign",
    "mvn",    "npm",     "openssl", "pip",   "pip3",     "pnpm",   "rsync", "svn",
    "tar",    "unxz",    "unzip",   "wget",  "xz",       "yarn",   "zcat"};
// Only with -c do these verify.
constexpr std::string_view kSums[] = {"b2sum",     "md5sum",    "sha1sum",   "sha224sum",
                                      "sha256sum", "sha384sum", "sha512sum", "shasum"};
// These succeed on an empty or half input.
constexpr std::string_view kTakeAll[] = {"awk",  "base64", "cat", "cut",  "dd",   "gawk",   "head",
                                         "jq",   "mawk",   "rev", "sed",  "sort", "sponge", "tac",
                                         "tail", "tee",    "tr",  "uniq", "wc",   "xargs",  "yq"};

// One pipeline while its words are read.
struct Pipeline {
  NodeId at = kNoNode;       // of the first command that matters; none: there is none
  std::string_view matters;  // its program
  std::string_view last;     // program
  std::uint32_t commands = 0;
};

class Scripts {
 public:
  Scripts(const Build& build, Sink& sink) : build_(build), sink_(sink) {}

  void check(const BuildCommand& command) {
    const std::string_view script = command.script->text;
    std::size_t end = 0;  // of the word before
    std::uint32_t number = 0;
    bool pipefail = false;
    Pipeline pipeline;
    CommandWords words = command.words();
    for (Word word; words.next(word);) {
      const auto begin = static_cast<std::size_t>(word.text.data() - script.data());
      if (word.command != number) {
        number = word.command;
        if (begin < end || !is_pipe(script.substr(end, begin - end))) {
          finish(command, pipeline, pipefail);
          pipeline = {};
        }
        ++pipeline.commands;
      }
      end = begin + word.text.size();
      if (word.program == "set" && word.text == "pipefail") pipefail = true;
      if (word.role == Word::Role::program) pipeline.last = word.program;
      const bool verifies =
          is_one_of(word.program, kSums) && (word.text.starts_with("-c") || word.text == "--check");
      const bool starts = word.role == Word::Role::program && is_one_of(word.program, kMatter);
      if (pipeline.at == kNoNode && (starts || verifies)) {
        pipeline.at = command.at(word);
        pipeline.matters = word.program;
      }
    }
    finish(command, pipeline, pipefail);
  }

 private:
  void finish(const BuildCommand& command, const Pipeline& pipeline, bool pipefail) {
    if (pipefail || pipeline.at == kNoNode || pipeline.commands < 2 ||
        pipeline.last == pipeline.matters || !is_one_of(pipeline.last, kTakeAll)) {
      return;
    }
    sink_.report({.at = pipeline.at,
                  .message = subject(build_, command.stage, command.instruction) + " pipes " +
                             quoted(pipeline.matters) + " into " + quoted(pipeline.last) +
                             ", which succeeds although " + quoted(pipeline.matters) +
                             " fails; the build must stop there",
                  .fix = "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before it; in "
                         "Alpine [\"/bin/ash\", \"-eo\", \"pipefail\", \"-c\"]"});
  }

  const Build& build_;
  Sink& sink_;
};

// A SHELL with pipefail, or one of Windows.
bool is_safe_shell(const Instruction& shell) noexcept {
  if (shell.words.empty()) return false;
  const std::string_view program = shell.words[0].value;
  return program.find("powershell") != std::string_view::npos ||
         program.find("pwsh") != std::string_view::npos || program.starts_with("cmd") ||
         std::any_of(shell.words.begin(), shell.words.end(), [](const Text& word) {
           return word.value.find("pipefail") != std::string_view::npos;
         });
}

void check(const Build& build, Sink& sink) {
  Scripts scripts(build, sink);
  std::vector<bool> safe_ends(build.stages.size());  // the SHELL that a stage leaves to others
  for (const Stage& stage : build.stages) {
    bool safe = stage.parent == kNoStage ? is_windows(build, stage) : safe_ends[stage.parent];
    for (const Instruction& instruction : stage.instructions) {
      if (instruction.op == Op::shell && !instruction.on_build) safe = is_safe_shell(instruction);
      if (instruction.op != Op::run || safe) continue;
      for_each_command(stage, instruction, [&](const BuildCommand& command) {
        const bool pipes =
            command.script != nullptr && command.script->text.find('|') != std::string_view::npos;
        if (pipes) scripts.check(command);
      });
    }
    safe_ends[stage.index] = safe;
  }
}

constexpr std::string_view kAliases[] = {"hadolint:DL4006"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/best-practices/#using-pipes",
    "https://github.com/hadolint/hadolint/wiki/DL4006"};

}  // namespace

extern constinit const Rule rule_pipe_hides_failure = checked({
    .id = "KA3013",
    .slug = "pipe-hides-failure",
    .title = "A pipe hides that a download or a check failed",
    .rationale =
        "The shell asks only the last command of a pipe whether it succeeded: a download that "
        "breaks off, a checksum that does not match or a test that fails is built into the image, "
        "and the build says nothing.",
    .remediation = "Write `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]` at the top of the "
                   "stage, or `set -o pipefail` before the pipe.",
    .severity = Severity::low,
    .surfaces = {Surface::dockerfile},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(FROM registry.example/base:1.4.2
# expect-next: pipe-hides-failure
RUN wget -O - https://files.example/hosts | sort > /etc/shop/hosts
USER 10001
)",
    .good = R"(FROM registry.example/base:1.4.2
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN wget -O - https://files.example/hosts | sort > /etc/shop/hosts
USER 10001
)",
    .checks = {.build = check},
});

}  // namespace kaudit
