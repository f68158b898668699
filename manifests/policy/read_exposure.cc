#include "manifests/policy/read_exposure.h"

#include <charconv>
#include <span>
#include <string>
#include <utility>

#include "manifests/policy/policy.h"

namespace kaudit {
namespace {

constexpr std::string_view kLevels[] = {"isolated", "unknown", "cluster", "network", "internet"};
constexpr std::string_view kLifetimes[] = {"build", "once", "scheduled", "unknown", "always"};
constexpr std::string_view kSeverities[] = {"info", "low", "medium", "high", "critical"};

// Numbers from 1 to `most`, none of them smaller than the one before it: otherwise more exposure
// could lower a score.
void read_table(YamlReader& reader, const std::string& path, const YAML::Node& node,
                std::span<const std::string_view> names, unsigned most, std::span<unsigned> out) {
  reader.members(node, path, {names.begin(), names.end()},
                 [&](const std::string& key, const YAML::Node& value) {
                   const std::string where = path + "." + key;
                   const std::string& text = reader.scalar(where, value);
                   unsigned number = 0;
                   const char* const end = text.data() + text.size();
                   const auto [stop, error] = std::from_chars(text.data(), end, number);
                   if (error != std::errc() || stop != end || number < 1 || number > most) {
                     reader.fail(value, where + ": " + in_quotes(text) +
                                            " is no number from 1 to " + std::to_string(most));
                   }
                   for (std::size_t n = 0; n < names.size(); ++n) {
                     if (names[n] == key) out[n] = number;
                   }
                 });
  for (std::size_t n = 1; n < out.size(); ++n) {
    if (out[n] >= out[n - 1]) continue;
    reader.fail(node, path + ": " + std::string(names[n]) + " must not weigh less than " +
                          std::string(names[n - 1]) + " (" + std::to_string(out[n]) + ", " +
                          std::to_string(out[n - 1]) + ")");
  }
}

}  // namespace

void read_exposure(YamlReader& reader, const YAML::Node& value, ExposureOptions& out) {
  reader.items("exposure", value, [&](const YAML::Node& item) {
    StatedExposure stated;
    bool has_level = false;
    reader.members(item, "an entry of exposure", {"namespaces", "kinds", "names", "level"},
                   [&](const std::string& key, const YAML::Node& node) {
                     const std::string path = "exposure." + key;
                     if (key == "level") {
                       const std::string& word = reader.scalar(path, node);
                       const auto level = parse_exposure(word);
                       if (!level) {
                         reader.fail(node, path + ": " + in_quotes(word) +
                                               " is no exposure (isolated, cluster, internal, "
                                               "network, internet)");
                       }
                       stated.level = *level;
                       has_level = true;
                       return;
                     }
                     (key == "namespaces" ? stated.namespaces
                      : key == "kinds"    ? stated.kinds
                                          : stated.names) = reader.words(path, node);
                   });
    if (!has_level) reader.fail(item, "an entry of exposure needs a level");
    stated.where = reader.location(item.Mark());
    out.stated.push_back(std::move(stated));
  });
}

void read_weights(YamlReader& reader, const YAML::Node& value, Weights& out) {
  reader.members(value, "weights", {"levels", "lifetimes", "severities"},
                 [&](const std::string& key, const YAML::Node& node) {
                   const std::string path = "weights." + key;
                   if (key == "levels") {
                     read_table(reader, path, node, kLevels, 10, out.level);
                   } else if (key == "lifetimes") {
                     read_table(reader, path, node, kLifetimes, 10, out.lifetime);
                   } else {
                     read_table(reader, path, node, kSeverities, 100, out.severity);
                   }
                 });
}

}  // namespace kaudit
