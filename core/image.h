// An image as it was built: its history as instructions, and what its layers hold.
//
// The history is a Build of one stage and surface `image`: each entry that a builder wrote, with
// its values as they were at that time (nothing is put in any more), then what only the image's
// configuration says.
//
// Ownership and lifetime: as core/facts.h. Thread-safety: const data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/build.h"
#include "core/day.h"
#include "core/secrets.h"

namespace kaudit {

// A secret in a file of a layer. Its value was never kept.
struct FileSecret {
  std::string_view kind;      // with article: "an AWS access key"
  std::string_view evidence;  // `AKIA…(20 characters)`, or nothing
  SecretGrade grade = SecretGrade::none;
  std::int64_t line = 0;  // in the file; 0: it has no lines
};

// Only files that a rule asks about are listed.
struct ImageFile {
  NodeId at = kNoNode;
  std::string_view path;  // `app/.env`
  std::int64_t mode = 0;  // permission bits with setuid, setgid and sticky
  bool directory = false;
  std::string_view named;  // what its name says that it holds: secret_file_kind()
  std::span<const FileSecret> secrets;
  // Of etc/passwd and etc/shadow: accounts that need no password, and those with uid 0 beside root.
  std::span<const std::string_view> without_password, second_root;
  // The number of the later layer that deletes or replaces it; 0: the image's file system has it.
  std::size_t hidden_by = 0;
  bool deleted = false;  // rather than replaced
};

struct Layer {
  NodeId at = kNoNode;     // the line of the history
  std::size_t number = 0;  // from 1, the base first
  std::string_view digest;
  const Instruction* made_by = nullptr;  // null: the history does not tell
  std::string_view line;                 // of the history, as it was written
  std::span<const ImageFile> files;
};

struct LayeredImage : Object {
  std::span<const std::string_view> names;  // `shop/api:1.4`
  std::string_view digest, id;              // of its manifest and of its config; may be empty
  std::string_view platform;                // `linux/amd64`
  Day created = kNoDay;                     // kNoDay: it does not say
  Build history;
  std::size_t told = 0;  // instructions that the history tells; those behind are the config's own
  std::span<const Layer> layers;

  // The layer with that number; null for 0.
  [[nodiscard]] const Layer* layer(std::size_t number) const noexcept {
    return number == 0 || number > layers.size() ? nullptr : &layers[number - 1];
  }
};

}  // namespace kaudit
