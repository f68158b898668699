// Which images an exemption means. A pattern is a reference with wildcards, compared part by part
// with the reference that a container runtime would pull, so that no wildcard reaches further than
// the part it stands in:
//
//   nginx                            docker.io/library/nginx, any tag and digest
//   reg.io/team/app                  that repository, any tag and digest
//   reg.io/team/*                    each repository directly in team
//   reg.io/team/**                   each repository below team
//   *.reg.io/app                     on any host below reg.io; no other wildcard in a registry
//   reg.io/app:1.2, reg.io/app:1.*   that tag, and no digest: with a digest a tag does not count
//   reg.io/app@sha256:…              that digest, whatever the tag
//   **                               every image
//
// Names of Docker Hub are completed as Docker and containerd do, in patterns and in references.
// Ownership: owns its text. Thread-safety: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/image_ref.h"
#include "core/result.h"

namespace kaudit {

class ImagePattern {
 public:
  // The error is one sentence that says what to write instead.
  [[nodiscard]] static Result<ImagePattern> parse(std::string_view text);

  // A reference that no runtime accepts matches nothing.
  [[nodiscard]] bool matches(std::string_view image) const noexcept;
  // Of one that parse_image() took apart.
  [[nodiscard]] bool matches(const ImageRef& image) const noexcept;
  [[nodiscard]] bool matches_all() const noexcept { return all_; }

 private:
  bool all_ = false;
  bool deep_ = false;  // ends in `/**`
  std::string registry_;
  std::vector<std::string> path_;
  std::string tag_, digest_;  // empty: any
};

}  // namespace kaudit
