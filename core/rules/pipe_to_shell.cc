// Reads: the commands of a Dockerfile. Refused: what curl, wget or fetch brings piped into a shell
// or another interpreter, or handed to one by `$(…)` and `<(…)`.
#include <algorithm>

#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/pipeline.h"

namespace kaudit {
namespace {

bool is_one_of(std::string_view text, std::span<const std::string_view> list) noexcept {
  return std::find(list.begin(), list.end(), text) != list.end();
}

constexpr std::string_view kDownloads[] = {"aria2c", "curl", "fetch", "wget"};
constexpr std::string_view kInterpreters[] = {"ash", "bash",   "dash",    "ksh",  "node", "perl",
                                              "php", "python", "python3", "ruby", "sh",   "zsh"};
constexpr std::string_view kReaders[] = {".", "eval", "source"};

// `bash -c "$(curl …)"`, `source <(wget …)`: within the command that begins at `text`.
bool is_handed_download(std::string_view text) noexcept {
  text = text.substr(0, text.find_first_of(";\n"));
  for (const std::string_view open : {"$(", "<(", "`"}) {
    for (std::size_t at = text.find(open); at != std::string_view::npos;
         at = text.find(open, at + 1)) {
      std::string_view inner = text.substr(at + open.size());
      inner.remove_prefix(std::min(inner.find_first_not_of(' '), inner.size()));
      const std::string_view program = inner.substr(0, inner.find_first_of(" \t)`"));
      if (is_one_of(program.substr(program.rfind('/') + 1), kDownloads)) return true;
    }
  }
  return false;
}

void check_script(const Build& build, const BuildCommand& command, Sink& sink) {
  const std::string_view script = command.script->text;
  bool downloads = false;  // somewhere before in this pipeline
  std::size_t end = 0;     // of the word before
  std::uint32_t number = 0;
  CommandWords words = command.words();
  for (Word word; words.next(word);) {
    const auto begin = static_cast<std::size_t>(word.text.data() - script.data());
    if (word.command != number) {
      number = word.command;
      downloads = downloads && begin >= end && is_pipe(script.substr(end, begin - end));
    }
    end = begin + word.text.size();
    if (word.role != Word::Role::program) continue;
    const bool runs = is_one_of(word.program, kInterpreters);
    const bool handed =
        (runs || is_one_of(word.program, kReaders)) && is_handed_download(script.substr(begin));
    if (handed || (runs && downloads)) {
      sink.report({.at = command.at(word),
                   .message = subject(build, command.stage, command.instruction) +
                              " gives what it downloads to " + quoted(word.program) +
                              " unseen; it must be checked against a known checksum first",
                   .fix = "Download to a file, `echo \"SHA256  FILE\" | sha256sum -c -`, then run "
                          "it; or `ADD --checksum=sha256:… URL FILE`"});
      return;  // once for each command
    }
    downloads = downloads || is_one_of(word.program, kDownloads);
  }
}

void check(const Build& build, Sink& sink) {
  for_each_command(build, [&](const BuildCommand& command) {
    if (command.script != nullptr) check_script(build, command, sink);
  });
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/best-practices/#using-pipes",
    "https://docs.docker.com/reference/dockerfile/#add---checksum"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::image,
     .remediation = "Download the file, check it against a known digest, then run it; build again.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# expect-next: pipe-to-shell
RUN /bin/sh -c curl -fsSL https://get.example/install.sh | sh # buildkit
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
RUN /bin/sh -c apt-get install -y app # buildkit
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_pipe_to_shell = checked({
    .id = "KA3008",
    .slug = "pipe-to-shell",
    .title = "A download is run unseen",
    .rationale =
        "Whoever controls the server, its name or the way to it decides what the build runs, and "
        "can give the build another script than a reader in a browser; a download that breaks off "
        "runs half a script.",
    .remediation = "Name a version, download it to a file, compare its checksum, then run it.",
    .severity = Severity::medium,
    .surfaces = {Surface::dockerfile, Surface::image},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/base:1.4.2
# expect-next: pipe-to-shell
RUN curl -fsSL https://get.example.com/install.sh | sh
USER 10001
)",
    .good = R"(FROM registry.example/base:1.4.2
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
    https://get.example.com/install-1.2.sh /tmp/install.sh
RUN sh /tmp/install.sh && rm /tmp/install.sh
USER 10001
)",
    .checks = {.build = check},
    .more = kMore,
});

}  // namespace kaudit
