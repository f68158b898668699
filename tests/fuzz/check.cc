#include "tests/fuzz/check.h"

#include <cstdio>
#include <cstdlib>

#include "tests/support/dump.h"

namespace kaudit::fuzz {

void require(bool holds, const char* promise, const std::string& a, const std::string& b) {
  if (holds) return;
  std::fprintf(stderr, "BROKEN PROMISE: %s\n  %s\n  %s\n", promise, a.c_str(), b.c_str());
  std::abort();
}

void Checked::check_mark(Mark mark) const {
  const std::string at = std::to_string(mark.line) + ":" + std::to_string(mark.column);
  require(mark.line >= 1 && mark.column >= 1, "places are 1-based", at);
  const std::string& text = source_.text();
  std::size_t offset = 0;
  for (std::uint32_t line = 1; line < mark.line; ++line) {
    offset = text.find('\n', offset);
    require(offset != std::string::npos, "lines are in the text", at);
    ++offset;
  }
  std::size_t code_points = 0;
  for (; offset < text.size() && text[offset] != '\n'; ++offset) {
    if ((static_cast<unsigned char>(text[offset]) & 0xC0U) != 0x80U) ++code_points;
  }
  require(mark.column <= code_points + 1, "columns are in their line", at);
}

void Checked::document(const Document& document) {
  require(document.node_count() >= 1, "a document has a root");
  require(document.node_count() <= limits_.nodes, "the limit of values holds");
  // Looking a place up costs the length of the text: enough of them, not all.
  const auto count = static_cast<NodeId>(document.node_count());
  const NodeId step = 1 + count / 256;
  for (NodeId id = 0; id < count; id += step) {
    const Location where = document.locate(id);
    check_mark(where.begin);
    check_mark(where.end);
    require(where.begin.line < where.end.line ||
                (where.begin.line == where.end.line && where.begin.column <= where.end.column),
            "a value ends after it begins", where.pointer);
    const Location key = document.locate_key(id);
    check_mark(key.begin);
    check_mark(key.end);
    require(id < document.subtree_end(id) && document.subtree_end(id) <= count,
            "subtrees lie in their document");
  }
  for (const Document::Duplicate& twice : document.duplicates()) {
    require(document.at(twice.first).key() == document.at(twice.second).key(),
            "duplicates have one name");
  }
  documents.push_back(testing::to_json(document.root()));
}

void Checked::error(Error error) {
  require(!error.message.empty() && !error.message.ends_with('.'), "an error is a sentence",
          error.message);
  require(error.message.find('\n') == std::string::npos, "an error is one line", error.message);
  if (error.where.begin.line != 0) check_mark(error.where.begin);
  errors.push_back(to_string(error));
}

Checked read(Reader reader, const std::string& text, const Limits& limits) {
  const auto source = std::make_shared<const Source>("fuzz", text);
  Checked checked(*source, limits);
  reader(source, limits, checked);
  return checked;
}

}  // namespace kaudit::fuzz
