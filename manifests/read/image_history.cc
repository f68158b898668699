#include "manifests/read/image_history.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

#include "manifests/read/dockerfile_words.h"

namespace kaudit::read {
namespace {

constexpr std::array<std::string_view, 18> kOps = {
    "ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
    "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};

// What the old builder and Buildah write before an instruction that runs nothing.
constexpr std::string_view kNothingRun = "#(nop)";
// Before that only a shell's name stands.
constexpr std::size_t kLongestShell = 100;
constexpr std::string_view kBuildKit = "# buildkit";
// The sources that the old builder names instead of files.
constexpr std::string_view kHashes[] = {"file:", "dir:", "multi:"};

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
std::string_view without_blanks(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}
// Up to the next blank; takes it off the text.
std::string_view take_word(std::string_view& text) noexcept {
  text = without_blanks(text);
  const auto end = static_cast<std::size_t>(std::ranges::find_if(text, is_blank) - text.begin());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

bool is_name_character(char c, bool label) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (label && (c == '.' || c == '-' || c == '/'));
}

// A value that somebody put into quotes.
std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  std::string out;
  value = value.substr(1, value.size() - 2);
  for (std::size_t n = 0; n < value.size(); ++n) {
    if (value[n] == '\\' && n + 1 < value.size()) ++n;
    out += value[n];
  }
  return out;
}

// `["node" "x.js"]`, `[/data]`, `map[80/tcp:{}]`, from its bracket on.
std::vector<HistoryWord> go_list(std::string_view text) {
  std::vector<HistoryWord> words;
  std::size_t at = text.find('[');
  if (at == std::string_view::npos) return words;
  for (++at; at < text.size() && text[at] != ']';) {
    if (is_blank(text[at]) || text[at] == ',') {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    HistoryWord word;
    if (text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
      }
      at = std::min(at + 1, text.size());
      word.at = text.substr(begin, at - begin);
      word.text = unquoted(word.at);
    } else {
      while (at < text.size() && !is_blank(text[at]) && text[at] != ',' && text[at] != ']') ++at;
      word.at = text.substr(begin, at - begin);
      if (word.at.ends_with(":{}")) word.at.remove_suffix(3);
      word.text = word.at;
    }
    words.push_back(std::move(word));
  }
  return words;
}

// The next place from `from` on where ` NAME=` begins: of the name.
std::size_t next_pair(std::string_view text, std::size_t from, const KnownNames& names,
                      bool label) noexcept {
  for (std::size_t equals = text.find('=', from); equals != std::string_view::npos;
       equals = text.find('=', equals + 1)) {
    std::size_t begin = equals;
    while (begin > from && is_name_character(text[begin - 1], label)) --begin;
    const bool alone = begin == from || is_blank(text[begin - 1]);
    if (begin == equals || !alone) continue;
    if (names.empty() || names.contains(text.substr(begin, equals - begin))) return begin;
  }
  return std::string_view::npos;
}

HistoryPair pair_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  HistoryPair pair;
  pair.name.at = text.substr(0, equals);
  pair.name.text = pair.name.at;
  pair.value.at = text.substr(pair.name.at.size());
  if (equals == std::string_view::npos) return pair;
  pair.has_value = true;
  pair.value.at.remove_prefix(1);
  pair.value.text = unquoted(pair.value.at);
  return pair;
}

// `A=b c D=e`. At most so many; what follows the last name is all of its value.
std::vector<HistoryPair> pairs_of(std::string_view text, const KnownNames& names, bool label,
                                  std::size_t most = ~std::size_t{0}) {
  std::vector<HistoryPair> pairs;
  text = without_blanks(text);
  while (!text.empty()) {
    const std::size_t equals = text.find('=');
    std::size_t end = std::string_view::npos;
    if (equals != std::string_view::npos && pairs.size() + 1 < most) {
      end = next_pair(text, equals + 1, names, label);
    }
    pairs.push_back(pair_of(without_blanks(text.substr(0, end))));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  }
  return pairs;
}

// Whether a command begins here: `/bin/sh -c …`, `cmd /S /C …`. `script`: what the shell is given.
bool takes_shell(std::string_view text, std::string_view& script) noexcept {
  const std::string_view begin = text;
  const std::string_view program = take_word(text);
  const std::string_view name = program.substr(program.find_last_of("/\\") + 1);
  constexpr std::string_view kShells[] = {"sh", "bash", "ash", "dash", "zsh", "ksh"};
  const bool unix_shell =
      program.starts_with('/') && std::ranges::find(kShells, name) != std::end(kShells);
  const bool windows = name == "cmd" || name == "cmd.exe" || name.starts_with("powershell");
  if (!unix_shell && !windows) return false;
  constexpr int kMostOptions = 8;
  for (int n = 0; n < kMostOptions; ++n) {
    std::string_view rest = text;
    const std::string_view option = take_word(rest);
    const bool last = option == "-c" || option == "/C" || option == "/c" || option == "-Command" ||
                      (unix_shell && option.starts_with('-') && !option.starts_with("--") &&
                       option.ends_with('c'));
    text = rest;
    if (last) {
      script = without_blanks(text);
      return script.size() <= begin.size();
    }
    if (option.empty()) return false;
  }
  return false;
}

// Where the command begins behind the values of build arguments: at a shell, else at the end of the
// word.
std::size_t end_of_arguments(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    std::string_view script;
    if (takes_shell(text.substr(at), script)) return at;
    at = text.find(' ', at);
    if (at == std::string_view::npos) break;
    ++at;
  }
  return std::min(text.find(' '), text.size());
}

// A script as it is, where it has lines; else divided at blanks, so that places are exact.
std::vector<HistoryWord> script_words(std::string_view script) {
  if (script.empty()) return {};
  if (script.find('\n') != std::string_view::npos) return {{script, std::string(script)}};
  std::vector<HistoryWord> words;
  for (const Span span : quoted_words(script, {0, script.size()}, '\\')) {
    const std::string_view word = script.substr(span.begin, span.end - span.begin);
    words.push_back({word, std::string(word)});
  }
  return words;
}

std::vector<HistoryWord> plain(std::string_view text) {
  std::vector<HistoryWord> words;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    words.push_back({word, std::string(word)});
  }
  return words;
}

class Parser {
 public:
  Parser(std::string_view all, const HistoryNames& names) : all_(all), names_(names) {}

  std::vector<HistoryInstruction> parse() {
    std::string_view text = without_blanks(all_);
    if (text.ends_with(kBuildKit)) {
      text = without_blanks(text.substr(0, text.size() - kBuildKit.size()));
    }
    const std::size_t nothing = text.substr(0, kLongestShell).find(kNothingRun);
    const bool runs_nothing = nothing != std::string_view::npos;
    if (runs_nothing) text = without_blanks(text.substr(nothing + kNothingRun.size()));
    std::string_view rest = text;
    const std::string_view op = take_word(rest);
    std::string_view script;
    if (std::ranges::find(kOps, op) != kOps.end()) {
      instruction(op, text, without_blanks(rest));
    } else if (!runs_nothing && (is_arguments(op) || takes_shell(text, script))) {
      run(text, text);
    } else {
      add({}, text);
    }
    return std::move(out_);
  }

 private:
  HistoryInstruction& add(std::string_view op, std::string_view at) {
    HistoryInstruction& out = out_.emplace_back();
    out.op = op;
    out.at = at;
    return out;
  }

  // `|2` of `|2 A=b C=d /bin/sh -c …`.
  static bool is_arguments(std::string_view word) noexcept {
    return word.size() > 1 && word.front() == '|' &&
           std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  void run(std::string_view all, std::string_view rest) {
    std::string_view after = rest;
    const std::string_view count = take_word(after);
    if (is_arguments(count)) {
      std::size_t most = 0;
      const char* const end_of_count = count.data() + count.size();
      if (std::from_chars(count.data() + 1, end_of_count, most).ec != std::errc{}) most = ~most;
      rest = without_blanks(after);
      const std::size_t end = most == 0 ? 0 : end_of_arguments(rest);
      HistoryInstruction arg;
      arg.op = "ARG";
      arg.at = without_blanks(rest.substr(0, end));
      arg.pairs = pairs_of(arg.at, {}, false, most);
      if (!arg.pairs.empty()) out_.push_back(std::move(arg));
      rest = without_blanks(rest.substr(end));
    }
    HistoryInstruction& out = add("RUN", all);
    std::string_view script = rest;
    (void)takes_shell(rest, script);
    out.words = script_words(script);
  }

  void instruction(std::string_view op, std::string_view all, std::string_view rest) {
    if (op == "RUN") return run(all, rest);
    HistoryInstruction& out = add(op, all);
    if (op == "ENV" || op == "LABEL" || op == "ARG") {
      const bool label = op == "LABEL";
      out.pairs = op == "ARG" ? pairs_of(rest, {}, false)
                              : pairs_of(rest, label ? names_.labels : names_.env, label);
    } else if (op == "CMD" || op == "ENTRYPOINT" || op == "SHELL") {
      out.exec = rest.starts_with('[');
      out.words = out.exec ? go_list(rest) : script_words(rest);
    } else if (op == "HEALTHCHECK") {
      healthcheck(out, rest);
    } else if (op == "COPY" || op == "ADD") {
      out.words = plain(rest);
      std::erase_if(out.words, [](const HistoryWord& word) { return word.at.starts_with("--"); });
      if (out.words.size() > 2 && out.words[1].at == "in" &&
          std::ranges::any_of(
              kHashes, [&](std::string_view hash) { return out.words[0].at.starts_with(hash); })) {
        out.words.erase(out.words.begin() + 1);
      }
    } else if (rest.starts_with('[') || rest.starts_with("map[")) {
      out.words = go_list(rest);
    } else {
      out.words = plain(rest);
    }
  }

  // `&{["CMD-SHELL" "curl …"] "30s" "3s" "0s" "0s" '\x03'}`, or as in a Dockerfile.
  static void healthcheck(HistoryInstruction& out, std::string_view rest) {
    out.none = rest == "NONE";
    if (!rest.starts_with("&{")) {
      const std::size_t command = rest.find("CMD");
      if (command == std::string_view::npos) return;
      rest = without_blanks(rest.substr(command + 3));
      out.exec = rest.starts_with('[');
      out.words = out.exec ? go_list(rest) : script_words(rest);
      return;
    }
    std::vector<HistoryWord> words = go_list(rest);
    if (words.empty()) return;
    out.none = words.front().text == "NONE";
    out.exec = true;
    words.erase(words.begin());
    out.words = std::move(words);
  }

  std::string_view all_;
  const HistoryNames& names_;
  std::vector<HistoryInstruction> out_;
};

}  // namespace

std::vector<HistoryInstruction> parse_history(std::string_view created_by,
                                              const HistoryNames& names) {
  return Parser(created_by, names).parse();
}

}  // namespace kaudit::read
