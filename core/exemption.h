// Exemptions: findings that somebody accepts, for a reason, mostly until a day.
//
// One type and one evaluator for every door: kyverno's users found that an exception which its
// admission no longer honoured was still honoured by its command line. An exempted finding stays a
// finding: it is reported as exempted, counted, and denies nothing.
//
// Ownership: owns its text, points into the rule table. Thread-safety: immutable once in a Plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/day.h"
#include "core/facts.h"
#include "core/image_pattern.h"
#include "core/result.h"

namespace kaudit {

struct Rule;

// Every list that is not empty must have one entry that matches; `*` and `?` in an entry are
// wildcards (a name without them matches only itself). Images match as core/image_pattern.h says:
// `reg.io/*` never matches `reg.io.evil.com/x`. A name of a container is whatever the author of the
// pod writes: where it matters who runs, name images.
//
// A finding of a container is judged by that container; one of the whole pod (hostNetwork) matches
// `containers` and `images` when all containers of the pod do.
struct Exemption {
  std::vector<const Rule*> rules;  // empty: `rules: ["*"]` was written
  // A Namespace is in itself; other objects without a namespace are in none, so match no pattern.
  std::vector<std::string> namespaces, kinds, names, containers, images;
  // Of the request; an audit of files has no user, so that one with these never applies offline.
  std::vector<std::string> users, groups;
  std::vector<std::string> runtime_classes;
  std::string reason;  // mandatory
  std::string owner;
  std::optional<Day> expires;  // the last day on which it counts
  Location where;              // in the policy file
};

// It lets everything pass: all rules, and nothing that narrows down where.
[[nodiscard]] bool is_too_wide(const Exemption& exemption) noexcept;

// Who asks: what an AdmissionReview says beside the object. Views of the caller's text.
struct Requester {
  std::string_view user;
  std::vector<std::string_view> groups;
  // Counts instead of the objects' own metadata.namespace, when there is a request.
  std::optional<std::string_view> ns;
};

// The namespace of an object as far as the policy asks.
[[nodiscard]] std::string_view namespace_of(const Object& object,
                                            const Requester* requester) noexcept;

// By which an object lets itself off, where the policy allows it: slugs or ids of rules, separated
// by commas; nothing counts without a reason. On a pod, or on the template of one.
inline constexpr std::string_view kExemptAnnotation = "kaudit.dev/exempt";
inline constexpr std::string_view kExemptContainerAnnotation = "kaudit.dev/exempt.";  // + its name
inline constexpr std::string_view kExemptReasonAnnotation = "kaudit.dev/exempt-reason";
// Of the list in an annotation, in bytes; a longer one names more rules than there are.
inline constexpr std::size_t kLongestRuleList = 4096;

// All exemptions of a policy on one day, ready to be asked.
class Exemptions {
 public:
  Exemptions(std::vector<Exemption> list, bool annotations_allowed, Day today);
  Exemptions(const Exemptions&) = delete;
  Exemptions& operator=(const Exemptions&) = delete;
  ~Exemptions() = default;

  // In the order of the policy; their addresses are those of Finding::exemption.
  [[nodiscard]] const std::vector<Exemption>& list() const noexcept { return list_; }
  [[nodiscard]] bool has_expired(const Exemption& exemption) const noexcept {
    return exemption.expires && *exemption.expires < today_;
  }
  // Stands for all annotations; the reason is the object's own (Finding::annotation_reason).
  [[nodiscard]] const Exemption& by_annotation() const noexcept { return by_annotation_; }
  [[nodiscard]] bool annotations_allowed() const noexcept { return annotations_allowed_; }
  // Nothing can be exempted: nothing need be asked.
  [[nodiscard]] bool none() const noexcept { return none_; }

 private:
  friend class ExemptionMatcher;
  std::vector<Exemption> list_;
  std::vector<std::vector<ImagePattern>> images_;    // of the exemption with the same index
  std::vector<std::vector<std::uint32_t>> of_rule_;  // by index_of(rule): those that count
  Exemption by_annotation_;
  Day today_;
  bool annotations_allowed_;
  bool none_ = true;
};

// Asks the exemptions about the findings of one object after the other. What is the same for all
// findings of an object is worked out once, so that the time is linear in findings and containers.
// Thread-safety: one thread.
class ExemptionMatcher {
 public:
  explicit ExemptionMatcher(const Exemptions& exemptions) noexcept : exemptions_(exemptions) {}

  // `workload`: the object where it is one, else null. `requester` may be null. All must outlive
  // the calls of find().
  void begin(const Object& object, const Workload* workload, const Requester* requester);
  // The first that lets the rule's finding pass; null when none does. `container`: null for a
  // finding of the object as a whole.
  [[nodiscard]] const Exemption* find(const Rule& rule, const Container* container);
  // Of what find() gave last, when that is by_annotation().
  [[nodiscard]] std::string_view annotation_reason() const noexcept { return reason_; }

 private:
  enum class Known : std::uint8_t { unknown, no, yes };
  struct Annotation {
    std::string_view container;  // empty: of the whole object
    std::string_view rules;
  };

  [[nodiscard]] bool object_matches(std::uint32_t index);
  [[nodiscard]] bool pod_matches(std::uint32_t index);
  [[nodiscard]] bool container_matches(std::uint32_t index, const Container& container);
  // Null where the reference is none that a runtime accepts.
  [[nodiscard]] const ImageRef* image_of(const Container& container);
  void read_annotations();
  [[nodiscard]] bool annotated(const Rule& rule, const Container* container);

  const Exemptions& exemptions_;
  const Object* object_ = nullptr;
  const Workload* workload_ = nullptr;
  const Requester* requester_ = nullptr;
  std::vector<Known> objects_, pods_;  // by index of the exemption, of the object at hand
  // Each image is taken apart once, by index of the container.
  struct Image {
    bool known = false;
    std::optional<ImageRef> ref;
  };
  std::vector<Image> images_;
  bool annotations_read_ = false;
  std::vector<Annotation> annotations_;  // by container
  std::string_view reason_;
};

}  // namespace kaudit
