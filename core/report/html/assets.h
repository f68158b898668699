// The style and the script of the HTML report, and what its Content-Security-Policy calls them.
// Made by core/report/html/assets.cmake out of page.css and page.js. Private to core/report.
#pragma once

#include <string_view>

namespace kaudit::html {

extern const std::string_view kStyle;
extern const std::string_view kScript;
extern const std::string_view kStyleHash;  // 'sha256-…', with its quotes
extern const std::string_view kScriptHash;

}  // namespace kaudit::html
