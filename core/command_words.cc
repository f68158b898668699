#include "core/command_words.h"

#include <algorithm>
#include <span>
#include <utility>

namespace kaudit {
namespace {

constexpr bool is_one_of(std::string_view text, std::span<const std::string_view> list) noexcept {
  return std::find(list.begin(), list.end(), text) != list.end();
}

constexpr std::string_view kShells[] = {"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"};

// Words after which another program, or an assignment, follows.
constexpr std::string_view kWrappers[] = {
    "!",    "{",       "busybox",  "catatonit", "command", "do",      "dumb-init", "elif",
    "else", "env",     "exec",     "export",    "gosu",    "if",      "ionice",    "local",
    "nice", "nohup",   "readonly", "setsid",    "stdbuf",  "su-exec", "sudo",      "then",
    "time", "timeout", "tini",     "until",     "while",   "xargs"};

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }
constexpr bool is_separator(char c) noexcept {
  return c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '\n' || c == '`';
}
constexpr bool is_redirection(char c) noexcept { return c == '<' || c == '>'; }

bool is_assignment(std::string_view text) noexcept {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// `"text"` and `'text'` without their quotes, where these are the only ones.
std::string_view unquoted(std::string_view text) noexcept {
  if (text.size() < 2 || (text.front() != '"' && text.front() != '\'')) return text;
  return text.find(text.front(), 1) == text.size() - 1 ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

const Text* CommandWords::next_item() noexcept {
  const std::size_t index = item_++;
  if (index < command_.size()) return &command_[index];
  if (index - command_.size() < args_.size()) return &args_[index - command_.size()];
  return nullptr;
}

bool CommandWords::next(Word& out) noexcept {
  while (state_ != State::done) {
    if (state_ == State::script) {
      if (next_of_script(out)) return true;
      state_ = State::done;  // what follows a script are its parameters
      break;
    }
    const Text* item = next_item();
    if (item == nullptr) break;
    if (state_ == State::options) {
      read_shell_option(item->value);
      if (state_ == State::script) {
        script_ = item->value;
        script_at_ = item->at;
        begin_command();
      }
      continue;
    }
    out = {.text = item->value, .at = item->at};
    classify(out);
    if (out.role == Word::Role::program && is_one_of(out.program, kShells)) {
      state_ = State::options;
    }
    return true;
  }
  state_ = State::done;
  return false;
}

// `-c`, `-ec`, `-o pipefail`, `-euxo pipefail -c`; what is none of these is the script or its file.
void CommandWords::read_shell_option(std::string_view text) noexcept {
  if (takes_option_) {
    takes_option_ = false;
  } else if (text.starts_with("--")) {
    return;
  } else if (text.size() > 1 && (text.front() == '-' || text.front() == '+')) {
    takes_script_ |= text.find('c') != std::string_view::npos;
    takes_option_ = text.find('o') != std::string_view::npos;
  } else {
    state_ = takes_script_ ? State::script : State::words;
  }
}

void CommandWords::begin_command() noexcept { current_ = {.number = ++commands_}; }

void CommandWords::enter(bool quoted) noexcept {
  if (depth_ < outer_.size()) {
    outer_[depth_] = current_;
    outer_[depth_].quoted = quoted;
  }
  ++depth_;
  begin_command();
}

void CommandWords::leave() noexcept {
  if (depth_ == 0 || --depth_ >= outer_.size()) return begin_command();  // `case x)`, or too deep
  current_ = outer_[depth_];
  in_quotes_ = current_.quoted;
}

void CommandWords::classify(Word& word) noexcept {
  Command& command = current_;
  word.command = command.number;
  word.program = command.program;
  word.redirected = std::exchange(redirected_, false);
  if (word.redirected) return;
  if (!command.want_program || word.text.empty() || word.text.front() == '-') return;
  if (is_assignment(word.text)) {
    word.role = Word::Role::assignment;
    return;
  }
  if (command.after_wrapper && word.text.front() >= '0' && word.text.front() <= '9') return;
  word.role = Word::Role::program;
  word.program = command.program = word.text.substr(word.text.rfind('/') + 1);
  command.want_program = command.after_wrapper = is_one_of(word.program, kWrappers);
}

// Stands on the first character of a word afterwards; false at the end of the script.
bool CommandWords::skip_to_word() noexcept {
  while (!script_.empty()) {
    const char c = script_.front();
    std::size_t length = 1;
    if (script_.starts_with("()")) {  // of a function: its body follows
      begin_command();
      length = 2;
    } else if (c == '(') {
      enter(false);
    } else if (c == ')') {
      leave();
    } else if (is_separator(c)) {
      begin_command();
    } else if (is_redirection(c)) {
      length = script_.find_first_not_of("<>&|");
      redirected_ = true;
    } else if (c == '#') {
      length = script_.find('\n');
    } else if (script_.starts_with("\\\n")) {
      length = 2;
    } else if (!is_blank(c)) {
      return true;
    }
    script_.remove_prefix(std::min(length, script_.size()));
    if (in_quotes_) return true;
  }
  return false;
}

// The word at the front, up to a blank, a separator, or the command substitution inside it.
std::string_view CommandWords::take_script_word() noexcept {
  const std::string_view from = script_;
  char quote = in_quotes_ ? '"' : '\0';
  in_quotes_ = substituted_ = false;
  std::size_t at = 0;
  for (; at < from.size(); ++at) {
    const char c = from[at];
    if (quote != '\'' && c == '\\') {
      ++at;
    } else if (quote != '\'' && from.substr(at, 2) == "$(") {
      substituted_ = true;
      break;
    } else if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (is_blank(c) || is_separator(c) || is_redirection(c)) {
      break;
    }
  }
  const std::size_t length = std::min(at, from.size());
  script_.remove_prefix(length + (substituted_ ? 2 : 0));
  ends_in_quotes_ = quote == '"';
  return from.substr(0, length);
}

bool CommandWords::next_of_script(Word& out) noexcept {
  while (skip_to_word()) {
    const bool rest = in_quotes_;  // of a word whose front was handed out already
    const std::string_view text = take_script_word();
    const bool found = !rest && !text.empty();
    if (found) {
      out = {.text = unquoted(text), .at = script_at_};
      classify(out);
    }
    if (substituted_) enter(ends_in_quotes_);
    if (found) return true;
  }
  return false;
}

}  // namespace kaudit
