// How the program ends; signals add 128 to their number.
#pragma once

namespace kaudit {

inline constexpr int kExitFine = 0;
inline constexpr int kExitFindings = 1;  // at or above the threshold
inline constexpr int kExitTrouble = 2;   // something could not be examined, or wrong usage

}  // namespace kaudit
