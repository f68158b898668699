#include "tests/conformance/text_styles.h"

#include <algorithm>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "core/report/escape.h"

namespace kaudit::testing {
namespace {

constexpr char kHex[] = "0123456789aBcDeF";  // both cases are allowed

std::string hex(std::uint32_t value, int digits) {
  std::string out;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += kHex[(value >> static_cast<unsigned>(shift)) & 0xFU];
  }
  return out;
}

std::vector<char32_t> code_points(const std::string& text) {
  std::vector<char32_t> out;
  for (std::size_t at = 0; at < text.size();) out.push_back(next_code_point(text, at));
  return out;
}

std::string unicode_escape(char32_t c) {
  if (c < 0x10000) return "\\u" + hex(c, 4);
  return "\\u" + hex(0xD800 + ((c - 0x10000) >> 10U), 4) + "\\u" +
         hex(0xDC00 + ((c - 0x10000) & 0x3FFU), 4);
}

// ---- JSON --------------------------------------------------------------------------------------

class JsonText {
 public:
  explicit JsonText(const JsonStyle& style) : style_(style) {}

  void write(const Json& value) {  // NOLINT(misc-no-recursion): fixtures are ours
    out += style_.blank;
    if (value.is_object()) {
      object(value);
    } else if (value.is_array()) {
      out += '[';
      for (bool first = true; const Json& item : value) {
        if (!std::exchange(first, false)) out += ',';
        write(item);
      }
      out += ']';
    } else if (value.is_string()) {
      string(value.get_ref<const std::string&>());
    } else {
      out += value.is_number_integer() ? number(value) : value.dump();
    }
    out += style_.blank;
  }

  std::string out;

 private:
  void object(const Json& value) {  // NOLINT(misc-no-recursion)
    std::vector<std::pair<std::string, const Json*>> members;
    for (const auto& [key, member] : value.items()) members.emplace_back(key, &member);
    switch (style_.order) {
      case JsonStyle::Order::written: break;
      case JsonStyle::Order::reversed: std::ranges::reverse(members); break;
      case JsonStyle::Order::sorted: std::ranges::sort(members); break;
      case JsonStyle::Order::mixed: std::ranges::shuffle(members, random_); break;
    }
    out += '{';
    for (bool first = true; const auto& [key, member] : members) {
      if (!std::exchange(first, false)) out += ',';
      out += style_.blank;
      string(key);
      out += style_.blank + ':';
      write(*member);
    }
    if (style_.twice) {  // once more, that is: not again below
      for (const auto& [key, member] : members)
        out += ',' + Json(key).dump() + ':' + member->dump();
    }
    out += '}';
  }

  void string(const std::string& text) {
    if (style_.escapes == JsonStyle::Escapes::few) {
      out += Json(text).dump();
      return;
    }
    out += '"';
    for (std::size_t n = 0; const char32_t c : code_points(text)) {
      const bool escape = style_.escapes == JsonStyle::Escapes::all ||
                          (style_.escapes == JsonStyle::Escapes::some && n % 2 == 0) || c < 0x20 ||
                          c == '"' || c == '\\';
      ++n;
      if (c == '/' && style_.escapes == JsonStyle::Escapes::solidus) {
        out += "\\/";
      } else if (escape) {
        out += unicode_escape(c);
      } else {
        append_utf8(out, c);
      }
    }
    out += '"';
  }

  [[nodiscard]] std::string number(const Json& value) const {
    std::string digits = value.dump();
    if (digits.size() > 15) return digits;  // no double holds more
    switch (style_.numbers) {
      case JsonStyle::Numbers::plain: break;
      case JsonStyle::Numbers::fraction: return digits + ".0";
      case JsonStyle::Numbers::exponent: return digits + "0E-1";
    }
    return digits;
  }

  const JsonStyle& style_;
  std::mt19937 random_{4};  // the same order each time
};

// ---- YAML --------------------------------------------------------------------------------------

bool is_plain(const std::string& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/' || c == '_';
  };
  static const std::vector<std::string> kWords = {"y",   "n",    "yes",   "no",  "on",
                                                  "off", "true", "false", "null"};
  std::string lower = text;
  for (char& c : lower) c = letter(c) ? static_cast<char>(c | 0x20) : c;
  return !text.empty() && letter(text[0]) && std::ranges::all_of(text, inner) &&
         std::ranges::find(kWords, lower) == kWords.end();
}

class YamlText {
 public:
  YamlText(const YamlStyle& style, const Json& root) : style_(style) {
    if (style_.aliases) count(root);
  }

  void document(const Json& root) {
    if (is_leaf(root)) {
      out += scalar(root) + '\n';
    } else {
      lines(root, 0);
    }
  }

  std::string out;

 private:
  static bool is_leaf(const Json& value) { return !value.is_structured() || value.empty(); }

  void count(const Json& value) {  // NOLINT(misc-no-recursion): fixtures are ours
    ++occurrences_[value.dump()];
    if (!value.is_structured()) return;
    for (const Json& member : value) count(member);
  }

  void end_line() { out += style_.comments ? "  # not: a value\n" : "\n"; }

  void lines(const Json& value, int depth) {  // NOLINT(misc-no-recursion)
    const std::string pad(static_cast<std::size_t>(depth), ' ');
    if (value.is_array()) {
      for (const Json& item : value) {
        out += pad + '-';
        follow(item, depth);
      }
      return;
    }
    if (style_.merge && depth % 4 == 0) {
      out += pad + "<<:";
      end_line();
      members(value, depth + style_.indent);
    } else {
      members(value, depth);
    }
  }

  void members(const Json& value, int depth) {  // NOLINT(misc-no-recursion)
    const std::string pad(static_cast<std::size_t>(depth), ' ');
    for (const auto& [key, member] : value.items()) {
      if (style_.explicit_keys) {
        out += pad + "? " + name(key) + '\n' + pad + ':';
      } else {
        out += pad + name(key) + ':';
      }
      follow(member, depth);
    }
  }

  // What stands after `-` or `key:`.
  void follow(const Json& value, int depth) {  // NOLINT(misc-no-recursion)
    if (style_.aliases && !value.is_null() && occurrences_[value.dump()] > 1) {
      const auto [anchor, first] = anchors_.try_emplace(value.dump(), anchors_.size());
      const std::string label = "a" + std::to_string(anchor->second);
      if (!first) {
        out += " *" + label;
        end_line();
        return;
      }
      out += " &" + label;
    }
    if (style_.tags) out += ' ' + tag(value);
    const auto leaf = [](const Json& item) { return is_leaf(item); };
    if (style_.flow_leaves && value.is_structured() && std::ranges::all_of(value, leaf)) {
      out += ' ' + flow(value);
      end_line();
    } else if (is_leaf(value)) {
      leaf_value(value, depth);
    } else {
      end_line();
      lines(value, depth + style_.indent);
    }
  }

  void leaf_value(const Json& value, int depth) {
    if (style_.quotes == YamlStyle::Quotes::block && value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      const bool fits = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
      if (fits && !text.empty()) {
        out += " |-\n" + std::string(static_cast<std::size_t>(depth + 1), ' ') + text + '\n';
        return;
      }
    }
    out += ' ' + scalar(value);
    end_line();
  }

  std::string flow(const Json& value) {
    std::string text;
    const bool object = value.is_object();
    for (const auto& [key, item] : value.items()) {
      if (!text.empty()) text += " , ";
      if (object) text += name(key) + ": ";
      text += scalar(item);
    }
    return object ? "{ " + text + " }" : "[ " + text + " ]";
  }

  [[nodiscard]] std::string name(const std::string& key) const {
    return style_.quotes == YamlStyle::Quotes::block ? Json(key).dump() : text_of(key);
  }

  [[nodiscard]] std::string scalar(const Json& value) const {
    if (value.is_object()) return "{}";
    if (value.is_array()) return "[]";
    if (value.is_null()) return style_.null;
    if (value.is_boolean()) return value.get<bool>() ? style_.yes : style_.no;
    if (value.is_number_integer()) return number(value);
    return value.is_string() ? text_of(value.get_ref<const std::string&>()) : value.dump();
  }

  [[nodiscard]] std::string text_of(const std::string& text) const {
    const bool printable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7F'; });
    switch (style_.quotes) {
      case YamlStyle::Quotes::plain: return is_plain(text) ? text : Json(text).dump();
      case YamlStyle::Quotes::single: {
        if (!printable) break;
        std::string quoted = "'";
        for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
        return quoted + '\'';
      }
      case YamlStyle::Quotes::escaped: {
        std::string escaped = "\"";
        for (int n = 0; const char32_t c : code_points(text)) {
          const int form = n++ % 3;
          escaped += form == 0 && c < 0x100     ? "\\x" + hex(c, 2)
                     : form == 1 && c < 0x10000 ? "\\u" + hex(c, 4)
                                                : "\\U" + hex(c, 8);
        }
        return escaped + '"';
      }
      case YamlStyle::Quotes::doubled:
      case YamlStyle::Quotes::block: break;
    }
    return Json(text).dump();
  }

  [[nodiscard]] std::string number(const Json& value) const {
    std::string digits = value.dump();
    if (digits.size() > 9 || digits[0] == '-') return digits;
    const auto whole = value.get<std::uint32_t>();
    switch (style_.numbers) {
      case YamlStyle::Numbers::plain: break;
      case YamlStyle::Numbers::hex: return "0x" + hex(whole, 8);
      case YamlStyle::Numbers::fraction: return digits + ".0";
      case YamlStyle::Numbers::octal: {
        std::string octal;
        for (std::uint32_t rest = whole; rest != 0; rest /= 8) {
          octal.insert(octal.begin(), static_cast<char>('0' + rest % 8));
        }
        return "0" + octal;
      }
    }
    return digits;
  }

  static std::string tag(const Json& value) {
    if (value.is_object()) return "!!map";
    if (value.is_array()) return "!!seq";
    if (value.is_string()) return "!!str";
    if (value.is_boolean()) return "!!bool";
    if (value.is_null()) return "!!null";
    return value.is_number_integer() ? "!!int" : "!!float";
  }

  const YamlStyle& style_;
  std::map<std::string, int> occurrences_;
  std::map<std::string, std::size_t> anchors_;
};

}  // namespace

std::string to_json_text(const Json& value, const JsonStyle& style) {
  JsonText text(style);
  text.write(value);
  return std::move(text.out);
}

std::string to_yaml_text(const Json& value, const YamlStyle& style) {
  YamlText text(style, value);
  text.document(value);
  return std::move(text.out);
}

}  // namespace kaudit::testing
