// Writes JSON as a stream: no tree, no memory beyond a buffer, always valid UTF-8.
//
// Strings may hold any bytes: what is no UTF-8 becomes U+FFFD, and every character that a terminal
// obeys or nobody sees is escaped (\u001b, \u202e), as is `<` of `</` and `<!`, so that a report
// can stand in a web page. Ownership: the Output must outlive the writer. Thread-safety: one
// thread. Preconditions, as for any such writer: key() before each value in an object, nowhere
// else, and every begin has its end.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/output.h"

namespace kaudit {

// A string literal of JSON, with its quotes.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  enum class Layout : std::uint8_t {
    lines,    // a member or element a line, two spaces of indentation
    line,     // this value and all within on one line
    compact,  // no white space at all within
  };

  // `depth`: the levels around this value in the document that it becomes part of, by raw().
  explicit JsonWriter(Output& out, Layout layout = Layout::lines, std::size_t depth = 0)
      : out_(out), layout_(layout), depth_(depth) {}
  ~JsonWriter() { flush(); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  // Within a `line` or `compact` value all is the same, whatever is asked for.
  void begin_object(Layout layout = Layout::lines) { begin('{', layout); }
  void begin_array(Layout layout = Layout::lines) { begin('[', layout); }
  void end_object() { end('}'); }
  void end_array() { end(']'); }
  // A name of ours, which needs no escape.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool truth);
  template <std::signed_integral Number>
  void value(Number number) {
    integer(static_cast<std::int64_t>(number));
  }
  template <std::unsigned_integral Number>
  void value(Number number) {
    natural(static_cast<std::uint64_t>(number));
  }
  void null();
  // JSON that was written before, with the layout it has.
  void raw(std::string_view json);

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }

  // A line break after the end of the document.
  void end_line() { buffer_ += '\n'; }
  void flush();

 private:
  struct Level {
    Layout layout;
    bool empty = true;
  };
  void begin(char bracket, Layout layout);
  void end(char bracket);
  void separate();
  void indent();
  void integer(std::int64_t number);
  void natural(std::uint64_t number);

  Output& out_;
  std::string buffer_;
  std::vector<Level> levels_;
  Layout layout_;
  std::size_t depth_;
  bool after_key_ = false;
};

}  // namespace kaudit
