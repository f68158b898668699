#include "core/built_image.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"

namespace kaudit::compose {
namespace {

// Names under which images without root are published (distroless:nonroot, nginx-unprivileged).
bool says_non_root(const Text& image) noexcept {
  for (const std::string_view word : {"nonroot", "non-root", "unprivileged", "rootless"}) {
    if (image.value.find(word) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

void run_as_root(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    if (built_as_root(service, container)) {
      const BuiltImage& image = *container.built;
      sink.report(
          {.at = container.build.at == kNoNode ? container.image.at : container.build.at,
           .message = subject(container) +
                      " runs as root: it does not set user, and its image is " +
                      (image.dockerfile.empty() ? "in " + quoted(image.archive)
                                                : "built from " + quoted(image.dockerfile)) +
                      ", where " + image.why_root + "; it must be another user",
           .fix = "Write `USER 10001` in the Dockerfile, or `user: \"10001:10001\"`",
           .container = &container,
           .elsewhere = &image.where});
    }
    if (!container.security.run_as_user.is(0)) continue;
    sink.report({.at = container.security.run_as_user.at,
                 .message = subject(container) + " sets user to " +
                            quoted(container.security.user_name.value) +
                            ", which is root; it must be another user",
                 .fix = "user: \"10001:10001\"",
                 .container = &container});
  }
}

// A user by name is not root unless it is called so.
void may_run_as_root(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    if (service.patch || container.security.user_name.state != Text::State::absent ||
        says_non_root(container.image)) {
      continue;
    }
    // Its Dockerfile is known, and was built to run as somebody: see run_as_root above.
    if (container.built != nullptr && container.built->user != BuildUser::Kind::unknown) continue;
    const bool builds = container.build.at != kNoNode;
    sink.report({.at = container.at,
                 .message = subject(container) + " does not set user, so its " +
                            (!builds ? "image"
                             : container.build.file.empty()
                                 ? "Dockerfile"
                                 : "Dockerfile " + quoted(container.build.file)) +
                            " decides, and most mean root; user must name another one",
                 .fix = "user: \"10001:10001\"",
                 .container = &container,
                 .at_key = true});
  }
}

void root_group(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    const Security& security = container.security;
    // Of root itself run-as-root speaks.
    if (security.run_as_group.is(0) && !security.run_as_user.is(0)) {
      sink.report({.at = security.run_as_group.at,
                   .message = subject(container) + " sets user to " +
                              quoted(security.user_name.value) +
                              ", with group 0, which owns root's files; it must be another group",
                   .fix = "user: \"10001:10001\"",
                   .container = &container});
    }
    for (const Number& group : service.supplemental_groups) {
      if (!group.is(0)) continue;
      sink.report(
          {.at = group.at,
           .message = subject(container) + " adds group 0 in group_add, which owns root's files",
           .fix = "Delete it from group_add",
           .container = &container});
    }
  }
}

}  // namespace kaudit::compose
