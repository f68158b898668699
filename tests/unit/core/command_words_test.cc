#include "core/command_words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kaudit {
namespace {

Container container_of(const std::vector<Text>& command, const std::vector<Text>& args = {}) {
  Container container;
  container.command = command;
  container.args = args;
  return container;
}

std::vector<Text> texts(std::initializer_list<std::string_view> items) {
  std::vector<Text> out;
  for (const std::string_view item : items) {
    out.push_back(
        {.value = item, .at = static_cast<NodeId>(out.size()), .state = Text::State::written});
  }
  return out;
}

// `[program]`, `{assignment}`, argument; ` | ` where another simple command goes on.
std::string words_of(const Container& container) {
  std::string out;
  CommandWords words(container);
  Word word;
  std::uint32_t command = 0;
  bool first = true;
  while (words.next(word)) {
    if (!first) out += word.command == command ? " " : " | ";
    first = false;
    command = word.command;
    switch (word.role) {
      case Word::Role::program: (out += '[').append(word.text) += ']'; break;
      case Word::Role::assignment: (out += '{').append(word.text) += '}'; break;
      case Word::Role::argument: out += word.text; break;
    }
  }
  return out;
}

struct Case {
  std::string_view script, words;
};

constexpr Case kScripts[] = {
    {"", ""},
    {"  \t\n", ""},
    {"curl -k https://x", "[curl] -k https://x"},
    {"/usr/bin/curl x", "[/usr/bin/curl] x"},
    {"a;b&&c||d|e&f\ng", "[a] | [b] | [c] | [d] | [e] | [f] | [g]"},
    {"a # not b; c\nd", "[a] | [d]"},
    {"a b#c", "[a] b#c"},
    {"a 'b; c' \"d | e\"", "[a] b; c d | e"},
    {"a 'it'\"'\"'s'", "[a] 'it'\"'\"'s'"},
    {"a \"b \\\" c\" d", "[a] \"b \\\" c\" d"},
    {"a \\\n  -k", "[a] -k"},
    {"a\\ b c", "[a\\ b] c"},
    {"X=1 Y=2 a", "{X=1} {Y=2} [a]"},
    {"a X=1", "[a] X=1"},
    {"export X=1", "[export] {X=1}"},
    {"env X=1 a -b", "[env] {X=1} [a] -b"},
    {"sudo -E apt-get x", "[sudo] -E [apt-get] x"},
    {"exec timeout 5 nice -n 10 a 7", "[exec] [timeout] 5 [nice] -n 10 [a] 7"},
    {"if ! a; then b; else c; fi", "[if] [!] [a] | [then] [b] | [else] [c] | [fi]"},
    {"while true; do a; done", "[while] [true] | [do] [a] | [done]"},
    {"{ a; b; }", "[{] [a] | [b] | [}]"},
    {"(a; b) > c", "[a] | [b] | c"},
    {"f() { a; }", "[f] | [{] [a] | [}]"},
    {"case $x in y) a;; esac", "[case] $x in y | [a] | [esac]"},
    {"a > b 2>&1 < c", "[a] b 2 1 c"},
    {"a&>b", "[a] | b"},
    {"X=$(a -b) c", "{X=} | [a] -b | [c]"},
    {"a $(b c) d", "[a] | [b] c | d"},
    {"a \"x $(b \"c d\") y\" -k", "[a] \"x  | [b] c d | -k"},
    {"a \"$(b $(c) d)\" e", "[a] \" | [b] | [c] | d | e"},
    {"a `b c` d", "[a] | [b] c | [d]"},
    {"echo '$(a)' \\$(b)", "[echo] $(a) \\$ | [b]"},
    {"a 'open", "[a] 'open"},
    {"a \"open", "[a] \"open"},
    {"a \\", "[a] \\"},
    {"a )b ))c", "[a] | [b] | [c]"},
};

TEST(CommandWords, ReadsScriptsOfAShell) {
  for (const Case& c : kScripts) {
    const std::vector<Text> command = texts({"/bin/sh", "-c", c.script});
    const std::string expect = c.words.empty() ? "" : " | " + std::string(c.words);
    EXPECT_EQ(words_of(container_of(command)), "[/bin/sh]" + expect) << c.script;
  }
}

TEST(CommandWords, ReadsCommandAndArgsAsOneList) {
  const struct {
    std::vector<Text> command, args;
    std::string_view words;
  } cases[] = {
      {{}, {}, ""},
      {texts({"curl"}), texts({"-k", "a; b"}), "[curl] -k a; b"},
      {{}, texts({"--flag", "serve", "x"}), "--flag [serve] x"},
      {texts({"sh", "-c"}), texts({"a; b", "name"}), "[sh] | [a] | [b]"},
      {{}, texts({"bash", "-ec", "a"}), "[bash] | [a]"},
      {texts({"bash", "-euo", "pipefail", "-c", "a"}), {}, "[bash] | [a]"},
      {texts({"bash", "-ceuxo", "pipefail", "a b"}), {}, "[bash] | [a] b"},
      {texts({"bash", "--norc", "-l", "-c", "a"}), {}, "[bash] | [a]"},
      {texts({"sh", "/run.sh", "a b"}), {}, "[sh] a b"},
      {texts({"tini", "--", "sh", "-c", "a"}), {}, "[tini] -- [sh] | [a]"},
      {texts({"/usr/bin/env", "bash", "-c", "a"}), {}, "[/usr/bin/env] [bash] | [a]"},
      {texts({"busybox", "sh", "-c", "a"}), {}, "[busybox] [sh] | [a]"},
      {texts({"sh", "-c"}), {}, "[sh]"},
      {texts({"", "a"}), {}, " [a]"},
  };
  for (const auto& c : cases) EXPECT_EQ(words_of(container_of(c.command, c.args)), c.words);
}

TEST(CommandWords, NameTheProgramOfEachWord) {
  const std::vector<Text> command = texts({"sh", "-c", "X=1 sudo /bin/curl \"$(cat t)\" -k"});
  const Container container = container_of(command);
  CommandWords words(container);
  std::string out;
  for (Word word; words.next(word);) {
    (out.append(word.text) += ':').append(word.program) += ' ';
    EXPECT_EQ(word.at, word.text == "sh" ? 0U : 2U);
  }
  EXPECT_EQ(out, "sh:sh X=1: sudo:sudo /bin/curl:curl \":curl cat:cat t:cat -k:curl ");
}

// A quadratic reader would need minutes for these.
TEST(CommandWords, AreLinear) {
  for (const std::string_view part :
       {"$(", "\"$(", ")", "(", "a ", "'", "\\", "`", "$", "<", "#"}) {
    std::string script;
    while (script.size() < 300'000) script += part;
    const std::vector<Text> command = texts({"sh", "-c", script});
    const Container container = container_of(command);
    CommandWords words(container);
    std::size_t count = 0;
    for (Word word; words.next(word);) ++count;
    EXPECT_LE(count, script.size());
  }
}

TEST(CommandWords, SayWhichWordIsTheFileOfARedirection) {
  std::string redirected;
  CommandWords words("echo x > /a 2>&1 | tee /b < /c && cat /d", 1);
  for (Word word; words.next(word);) {
    if (word.redirected) redirected.append(word.text).append(" ");
  }
  EXPECT_EQ(redirected, "/a 1 /c ");
}

}  // namespace
}  // namespace kaudit
