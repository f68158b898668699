// What others wrote, as text of an HTML page. Private to core/report.
#pragma once

#include <string>
#include <string_view>

namespace kaudit::html {

// Of a name, and of a sentence, that others wrote.
inline constexpr std::size_t kNameBytes = 300;
inline constexpr std::size_t kSentenceBytes = 2000;

// Escaped for content and for attributes in quotes, cut to kNameBytes.
void append_name(std::string& out, std::string_view text);
// A sentence of ours, in which code stands between backticks.
void append_sentence(std::string& out, std::string_view text);
// A line of a file: tabs as spaces, as long as it is.
void append_line(std::string& out, std::string_view text);

}  // namespace kaudit::html
