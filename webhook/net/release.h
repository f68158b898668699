// Empties a string and gives its memory back, which neither clear() nor `= {}` does.
#pragma once

#include <string>

namespace kaudit {

inline void release(std::string& text) noexcept { std::string().swap(text); }

}  // namespace kaudit
