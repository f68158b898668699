#include "core/exposure/exposure.h"

#include <algorithm>

#include "core/rule.h"

namespace kaudit {
namespace {

constexpr std::string_view kLevels[] = {"isolated", "unknown", "cluster", "network", "internet"};
constexpr std::string_view kLifetimes[] = {"while it is built", "runs once", "scheduled",
                                           "lifetime unknown", "always running"};

// Tenths that gains add to a score, at most ten.
constexpr unsigned kNode = 3;
constexpr unsigned kNodeWide = 2;
constexpr unsigned kReplicas = 1;
constexpr unsigned kSecrets = 1;
constexpr unsigned kAccount[] = {0, 2, 4};  // by AccountPower
constexpr unsigned kWhole = 10;

unsigned tenths_of(const Gains& gains) noexcept {
  unsigned tenths = kWhole + kAccount[static_cast<std::size_t>(gains.account)];
  if (gains.node) tenths += kNode;
  if (gains.secrets) tenths += kSecrets;
  if (gains.node_wide) {
    tenths += kNodeWide;
  } else if (gains.replicas) {
    tenths += kReplicas;
  }
  return tenths;
}

constexpr unsigned divide_up(unsigned number, unsigned by) noexcept {
  return (number + by - 1) / by;
}

}  // namespace

std::string_view name_of(ExposureLevel level) noexcept {
  return kLevels[static_cast<std::size_t>(level)];
}

std::optional<ExposureLevel> parse_exposure(std::string_view text) noexcept {
  for (std::size_t n = 0; n < std::size(kLevels); ++n) {
    const auto level = static_cast<ExposureLevel>(n);
    if (kLevels[n] == text && level != ExposureLevel::unknown) return level;
  }
  if (text == "internal") return ExposureLevel::network;
  if (text == "public") return ExposureLevel::internet;
  if (text == "none") return ExposureLevel::isolated;
  return std::nullopt;
}

std::string_view name_of(Lifetime lifetime) noexcept {
  return kLifetimes[static_cast<std::size_t>(lifetime)];
}

std::string reason_of(const Exposure& exposure) {
  std::string text(name_of(exposure.level));
  if (!exposure.stated_by.empty()) text.append(" (stated by ").append(exposure.stated_by) += ')';
  std::string_view separator = ": ";
  if (!exposure.note.empty()) {
    text.append(separator).append(exposure.note);
    separator = "; ";
  }
  for (const Hop& hop : exposure.path) {
    text.append(separator).append(hop.what);
    separator = " -> ";
  }
  return text;
}

unsigned Weights::score(const Exposure& exposure, Lifetime part) const noexcept {
  return divide_up(level[static_cast<std::size_t>(exposure.level)] *
                       lifetime[static_cast<std::size_t>(part)] * tenths_of(exposure.gains),
                   2 * kWhole);
}

unsigned Weights::priority(Severity of, unsigned score) const noexcept {
  return divide_up(severity[static_cast<std::size_t>(of)] * score, kWhole);
}

}  // namespace kaudit
