#include "manifests/cli/review_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "manifests/cli/destination.h"
#include "manifests/cli/effective_policy.h"
#include "manifests/cli/exit_code.h"
#include "manifests/cli/files.h"
#include "webhook/admission.h"

namespace kaudit {
namespace {

Result<std::string> read_file(const std::string& name, std::size_t limit) {
  if (name == "-") return read_stream(STDIN_FILENO, limit);
  const Fd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return io_error(errno);
  return read_stream(fd.get(), limit);
}

class LastDecision final : public Recorder {
 public:
  void decided(const Decision& decision) override {
    outcome = decision.outcome;
    message = decision.message;
  }
  Outcome outcome = Outcome::malformed;
  std::string message;
};

int exit_code_of(Outcome outcome, Mode mode) noexcept {
  switch (outcome) {
    case Outcome::allowed:
    case Outcome::would_deny:
    case Outcome::not_judged: return kExitFine;
    case Outcome::denied: return kExitFindings;
    case Outcome::unjudgeable: return mode == Mode::enforce ? kExitFindings : kExitFine;
    case Outcome::malformed: break;
  }
  return kExitTrouble;
}

}  // namespace

std::string indented_json(std::string_view compact) {
  std::string out;
  std::size_t depth = 0;
  bool in_string = false;
  const auto break_line = [&] { out.append("\n").append(2 * depth, ' '); };
  for (std::size_t at = 0; at < compact.size(); ++at) {
    const char c = compact[at];
    if (in_string) {
      out += c;
      if (c == '\\') out += compact[++at];
      in_string = c != '"';
      continue;
    }
    const bool opens = c == '{' || c == '[';
    const bool closes = c == '}' || c == ']';
    const bool is_empty = closes && at > 0 && (compact[at - 1] == '{' || compact[at - 1] == '[');
    if (closes) {
      --depth;
      if (!is_empty) break_line();
    }
    out += c;
    in_string = c == '"';
    if (c == ':') out += ' ';
    if (c == ',') break_line();
    if (!opens) continue;
    ++depth;
    const bool closed_at_once =
        at + 1 < compact.size() && (compact[at + 1] == '}' || compact[at + 1] == ']');
    if (!closed_at_once) break_line();
  }
  return out;
}

int run_review(const Options& options, Messages& messages) {
  const auto policy = effective_policy(options, messages);
  if (!policy) {
    messages.error(to_string(policy.error()));
    return kExitTrouble;
  }
  const std::string& name = options.operands.front();
  auto body = read_file(name, options.max_file_size);
  if (!body) {
    Error error = std::move(body).error();
    error.where.source = name == "-" ? "standard input" : name;
    messages.error(to_string(error));
    return kExitTrouble;
  }
  const Admission admission(*policy, {.mode = options.mode});
  Reviewer reviewer;
  LastDecision decision;
  const Answer answer = reviewer.review(admission, options.route, *body, &decision);
  const auto out = Destination::open({});
  const bool indent = options.pretty || (*out)->is_terminal();
  (*out)->write(indent ? indented_json(answer.body) : answer.body);
  (*out)->write("\n");
  if (const auto committed = (*out)->commit(); !committed) {
    if (!(*out)->unread()) messages.error(committed.error().message);
    return kExitTrouble;
  }
  if (answer.status != 200) {
    messages.error("answered with HTTP status " + std::to_string(answer.status) + ": " +
                   decision.message);
  }
  return exit_code_of(decision.outcome, options.mode);
}

}  // namespace kaudit
