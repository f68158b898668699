// How rules speak about the layers of an image.
#pragma once

#include <string>

#include "core/image.h"
#include "core/rule.h"
#include "core/shown.h"

namespace kaudit {

// `layer 3 (COPY .env /app/)`.
[[nodiscard]] inline std::string name_of(const Layer& layer) {
  return "layer " + std::to_string(layer.number) + " (" + shown(layer.line) + ')';
}

// The worst secret that is in a file; a null where none is worth a finding.
[[nodiscard]] inline const FileSecret* worst_of(const ImageFile& file) noexcept {
  const FileSecret* worst = nullptr;
  for (const FileSecret& secret : file.secrets) {
    const bool real = secret.grade >= SecretGrade::weak;
    if (real && (worst == nullptr || secret.grade > worst->grade)) worst = &secret;
  }
  return worst;
}

// A file holds a secret as its content tells, or as its name does.
[[nodiscard]] inline bool holds_secret(const ImageFile& file) noexcept {
  return worst_of(file) != nullptr || !file.named.empty();
}

// `"app/.env" holds an AWS access key (AKIA…(20 characters)) in line 3`.
[[nodiscard]] inline std::string what_it_holds(const ImageFile& file) {
  std::string out = quoted(file.path);
  const FileSecret* secret = worst_of(file);
  if (secret == nullptr) return out + " holds, by its name, " + std::string(file.named);
  out.append(" holds ").append(secret->kind);
  if (secret->grade == SecretGrade::weak) out += " that is easily guessed";
  if (!secret->evidence.empty()) out.append(" (").append(secret->evidence) += ')';
  if (secret->line != 0) out += " in line " + std::to_string(secret->line);
  std::size_t more = 0;
  for (const FileSecret& other : file.secrets) {
    more += other.grade >= SecretGrade::weak && &other != secret ? 1 : 0;
  }
  if (more != 0) out += " and " + std::to_string(more) + " more";
  return out;
}

// As sure as the evidence: a name alone may mislead.
[[nodiscard]] inline Severity severity_of(const ImageFile& file) noexcept {
  const FileSecret* secret = worst_of(file);
  if (secret == nullptr) return Severity::medium;
  return secret->grade == SecretGrade::weak ? Severity::high : Severity::critical;
}

// One note for all such files of a layer: `"bin/su", "bin/mount" and 4 more`. `counts`: of those
// that are in the image's file system.
template <class Counts, class Report>
void for_each_layer_with(const LayeredImage& image, Counts counts, Report report) {
  constexpr std::size_t kNamed = 5;
  for (const Layer& layer : image.layers) {
    std::string names;
    std::size_t count = 0;
    const ImageFile* first = nullptr;
    for (const ImageFile& file : layer.files) {
      if (file.hidden_by != 0 || !counts(file)) continue;
      if (first == nullptr) first = &file;
      if (count++ < kNamed) names += (names.empty() ? "" : ", ") + quoted(file.path);
    }
    if (first == nullptr) continue;
    if (count > kNamed) names += " and " + std::to_string(count - kNamed) + " more";
    report(layer, *first, names, count);
  }
}

}  // namespace kaudit
