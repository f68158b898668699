#include "core/report/html/text.h"

#include <algorithm>

#include "core/report/entries.h"
#include "core/report/escape.h"

namespace kaudit::html {

void append_name(std::string& out, std::string_view text) {
  append_xml(out, shortened(text, kNameBytes));
}

void append_sentence(std::string& out, std::string_view text) {
  const std::string cut = shortened(text, kSentenceBytes);
  std::string_view rest = cut;
  if (std::ranges::count(rest, '`') % 2 != 0) return append_xml(out, rest);
  for (bool code = false;; code = !code) {
    const std::size_t tick = rest.find('`');
    if (code) out += "<code>";
    append_xml(out, rest.substr(0, tick));
    if (code) out += "</code>";
    if (tick == std::string_view::npos) return;
    rest.remove_prefix(tick + 1);
  }
}

void append_line(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t tab = std::min(text.find('\t'), text.size());
    append_xml(out, text.substr(0, tab));
    text.remove_prefix(tab);
    if (!text.empty()) {
      out += "    ";
      text.remove_prefix(1);
    }
  }
}

}  // namespace kaudit::html
