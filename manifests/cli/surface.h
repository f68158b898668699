// What a file is examined as, told by its name or by --as.
//
// Thread-safety: pure functions.
#pragma once

#include <string_view>

#include "core/facts.h"
#include "manifests/cli/discover.h"

namespace kaudit {

// `Dockerfile`, `Containerfile`, `web.Dockerfile`, `Dockerfile.prod`; not
// `Dockerfile.dockerignore`, nor a program or document about them, such as `dockerfile.go`.
[[nodiscard]] bool is_dockerfile_name(std::string_view name) noexcept;
// `image.tar`, `image.tar.gz`: an archive that may hold images.
[[nodiscard]] bool is_archive_name(std::string_view name) noexcept;
// A name that is examined below a directory.
[[nodiscard]] bool is_candidate_name(std::string_view name) noexcept;
// Those names, after "no".
inline constexpr std::string_view kExaminedNames =
    "manifest (*.yaml, *.yml, *.json), no Dockerfile or Containerfile, no archive (*.tar, "
    "*.tar.gz, *.tgz, *.tar.zst, *.tar.xz) and no directory of an image";

// `inputs.as` counts for what was asked for, names for what was found below a directory.
[[nodiscard]] Surface surface_of(const Input& input, const Inputs& inputs) noexcept;

}  // namespace kaudit
