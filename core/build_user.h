// Whom an image runs as, as far as its Dockerfile tells: the last USER, else the user of the image
// that it is based on.
//
// Ownership: a BuildUser views the Build. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/build.h"

namespace kaudit {

struct BuildUser {
  enum class Kind : std::uint8_t {
    unknown,  // a variable, Windows, or an image of which nothing is known
    root,
    uid,   // a number above 0
    name,  // which Kubernetes' runAsNonRoot does not accept
  };
  Kind kind = Kind::unknown;
  // The user that the last USER names, which may stand in an earlier stage; absent: there is none.
  Text user;
  Text base;              // the image that decides where no USER does
  NodeId at = kNoNode;    // of what decides: the user, else the stage's FROM
  bool of_image = false;  // not of a Dockerfile: `base` does not decide
};
[[nodiscard]] BuildUser user_of(const Build& build, const Stage& stage) noexcept;

// Why it is root, after "runs as root: ": `its last USER is "root"`.
[[nodiscard]] std::string why_root(const BuildUser& user);

// Whether an image starts as root for certain: one of the Docker Official Images that name no user.
[[nodiscard]] bool starts_as_root(std::string_view image) noexcept;

// Users of Windows are others: ContainerAdministrator, ContainerUser.
[[nodiscard]] bool is_windows(const Build& build, const Stage& stage) noexcept;

}  // namespace kaudit
