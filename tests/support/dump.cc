#include "tests/support/dump.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <set>

namespace kaudit::testing {
namespace {

std::string at(Mark mark) { return std::to_string(mark.line) + ":" + std::to_string(mark.column); }

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20U || c == '\x7F') {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += escape.data();
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, Value value) {
  switch (value.kind()) {
    case Kind::absent:
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += *value.as_bool() ? "true" : "false"; return;
    case Kind::integer: out += std::to_string(*value.as_int()); return;
    case Kind::real: {
      const double real = value.as_real().value_or(0);
      if (std::isinf(real)) {  // 1e400: JSON has a number for it
        out += real < 0 ? "-1e999" : "1e999";
        return;
      }
      std::array<char, 40> text{};
      std::snprintf(text.data(), text.size(), "%.17g", real);
      out += text.data();
      return;
    }
    case Kind::string: append_string(out, value.text()); return;
    case Kind::array:
    case Kind::object: break;
  }
  const bool object = value.is_object();
  out += object ? '{' : '[';
  bool first = true;
  for (const Value child : value) {
    if (!first) out += ',';
    first = false;
    if (object) {
      append_string(out, child.key());
      out += ':';
    }
    append_json(out, child);
  }
  out += object ? '}' : ']';
}

class Collect : public DocumentVisitor {
 public:
  Collect(ReadText& into, const std::function<std::string(const Document&)>& dump)
      : into_(into), dump_(dump) {}
  void document(const Document& document) override { into_.documents.push_back(dump_(document)); }
  void error(Error error) override { into_.errors.push_back(to_string(error)); }

 private:
  ReadText& into_;
  const std::function<std::string(const Document&)>& dump_;
};

}  // namespace

std::string to_json(Value value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string to_places(const Document& document) {
  std::string out;
  // All that no iteration reaches.
  std::set<NodeId> shadowed;
  for (NodeId id = 1; id < document.node_count(); ++id) shadowed.insert(id);
  for (NodeId id = 0; id < document.node_count(); ++id) {
    for (const Value child : document.at(id)) shadowed.erase(child.id());
  }
  for (NodeId id = 0; id < document.node_count(); ++id) {
    const Value value = document.at(id);
    const Location where = document.locate(id);
    const Location name = document.locate_key(id);
    out += where.pointer.empty() ? "." : where.pointer;
    if (name.begin != where.begin) out += " key " + at(name.begin) + "-" + at(name.end);
    out += " " + at(where.begin) + "-" + at(where.end) + " ";
    out += value.kind() == Kind::array || value.kind() == Kind::object ? name_of(value.kind())
                                                                       : to_json(value);
    if (shadowed.contains(id)) out += " shadowed";
    out += '\n';
  }
  for (const Document::Duplicate& twice : document.duplicates()) {
    out += "duplicate " + at(document.locate_key(twice.first).begin) + ' ' +
           at(document.locate_key(twice.second).begin) + '\n';
  }
  return out;
}

ReadText read_with(const Reader& reader, std::string text,
                   const std::function<std::string(const Document&)>& dump, const Limits& limits,
                   std::string name) {
  ReadText result;
  Collect collect(result, dump);
  reader(std::make_shared<const Source>(std::move(name), std::move(text)), limits, collect);
  return result;
}

}  // namespace kaudit::testing
