#include "core/exemption.h"

#include <algorithm>
#include <utility>

#include "core/glob.h"
#include "core/rule.h"

namespace kaudit {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(kBlank), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

bool lists(std::string_view rules, const Rule& rule) noexcept {
  while (!rules.empty()) {
    const std::size_t comma = std::min(rules.find(','), rules.size());
    const std::string_view name = trimmed(rules.substr(0, comma));
    if (name == rule.slug || name == rule.id) return true;
    rules.remove_prefix(std::min(comma + 1, rules.size()));
  }
  return false;
}

// Empty, or with an entry that everything matches.
bool takes_all(const std::vector<std::string>& patterns, std::string_view everything = {}) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
           return pattern.find_first_not_of('*') == std::string::npos || pattern == everything;
         });
}

}  // namespace

bool is_too_wide(const Exemption& exemption) noexcept {
  // A kind narrows nothing down: every kind of workload ends as a Pod.
  return exemption.rules.empty() && takes_all(exemption.namespaces) && takes_all(exemption.names) &&
         takes_all(exemption.containers) && takes_all(exemption.images) &&
         takes_all(exemption.users) && takes_all(exemption.groups, "system:authenticated") &&
         takes_all(exemption.runtime_classes);
}

std::string_view namespace_of(const Object& object, const Requester* requester) noexcept {
  if (requester != nullptr && requester->ns) return *requester->ns;
  // As the API server says of a request about a Namespace.
  return object.ns.empty() && object.kind == "Namespace" ? object.name : object.ns;
}

Exemptions::Exemptions(std::vector<Exemption> list, bool annotations_allowed, Day today)
    : list_(std::move(list)), today_(today), annotations_allowed_(annotations_allowed) {
  by_annotation_.reason = "an annotation of the object";
  images_.resize(list_.size());
  of_rule_.resize(all_rules().size());
  for (std::uint32_t index = 0; index < list_.size(); ++index) {
    const Exemption& exemption = list_[index];
    for (const std::string& image : exemption.images) {
      // One that is no pattern matches nothing; the policy file's reader refuses it.
      if (auto pattern = ImagePattern::parse(image)) images_[index].push_back(*std::move(pattern));
    }
    if (has_expired(exemption)) continue;
    none_ = false;
    for (const Rule* rule : exemption.rules) of_rule_[index_of(*rule)].push_back(index);
    if (exemption.rules.empty()) {
      for (auto& indices : of_rule_) indices.push_back(index);
    }
  }
  if (annotations_allowed_) none_ = false;
}

void ExemptionMatcher::begin(const Object& object, const Workload* workload,
                             const Requester* requester) {
  object_ = &object;
  workload_ = workload;
  requester_ = requester;
  objects_.assign(exemptions_.list_.size(), Known::unknown);
  pods_.assign(exemptions_.list_.size(), Known::unknown);
  images_.clear();
  annotations_read_ = false;
}

const Exemption* ExemptionMatcher::find(const Rule& rule, const Container* container) {
  for (const std::uint32_t index : exemptions_.of_rule_[index_of(rule)]) {
    if (!object_matches(index)) continue;
    const Exemption& exemption = exemptions_.list_[index];
    const bool of_containers = !exemption.containers.empty() || !exemption.images.empty();
    if (!of_containers ||
        (container != nullptr ? container_matches(index, *container) : pod_matches(index))) {
      return &exemption;
    }
  }
  if (exemptions_.annotations_allowed_ && annotated(rule, container)) {
    return &exemptions_.by_annotation_;
  }
  return nullptr;
}

bool ExemptionMatcher::object_matches(std::uint32_t index) {
  Known& known = objects_[index];
  if (known != Known::unknown) return known == Known::yes;
  const Exemption& exemption = exemptions_.list_[index];
  const auto fits = [](const std::vector<std::string>& patterns, std::string_view text) {
    return patterns.empty() || matches_any(patterns, text);
  };
  bool good = fits(exemption.namespaces, namespace_of(*object_, requester_)) &&
              fits(exemption.kinds, object_->kind) && fits(exemption.names, object_->name) &&
              fits(exemption.runtime_classes,
                   workload_ != nullptr ? workload_->runtime_class.value_or({}) : "") &&
              fits(exemption.users, requester_ != nullptr ? requester_->user : "");
  if (good && !exemption.groups.empty()) {
    good =
        requester_ != nullptr &&
        std::any_of(requester_->groups.begin(), requester_->groups.end(),
                    [&](std::string_view group) { return matches_any(exemption.groups, group); });
  }
  known = good ? Known::yes : Known::no;
  return good;
}

bool ExemptionMatcher::pod_matches(std::uint32_t index) {
  Known& known = pods_[index];
  if (known == Known::unknown) {
    const bool good = workload_ != nullptr && !workload_->containers.empty() &&
                      std::all_of(workload_->containers.begin(), workload_->containers.end(),
                                  [&](const Container& container) {
                                    return container_matches(index, container);
                                  });
    known = good ? Known::yes : Known::no;
  }
  return known == Known::yes;
}

const ImageRef* ExemptionMatcher::image_of(const Container& container) {
  const std::span<const Container> all = workload_->containers;
  if (images_.empty()) images_.resize(all.size());
  Image& image = images_[static_cast<std::size_t>(&container - all.data())];
  if (!image.known) {
    image.known = true;
    const std::string_view text = container.image.value_or({});
    image.ref = text.size() <= kLongestName ? parse_image(text) : std::nullopt;
  }
  return image.ref ? &*image.ref : nullptr;
}

bool ExemptionMatcher::container_matches(std::uint32_t index, const Container& container) {
  const Exemption& exemption = exemptions_.list_[index];
  if (!exemption.containers.empty() &&
      !matches_any(exemption.containers, container.name.value_or({}))) {
    return false;
  }
  if (exemption.images.empty()) return true;
  const auto& patterns = exemptions_.images_[index];
  const ImageRef* const image = image_of(container);
  return image != nullptr &&
         std::any_of(patterns.begin(), patterns.end(),
                     [&](const ImagePattern& pattern) { return pattern.matches(*image); });
}

void ExemptionMatcher::read_annotations() {
  annotations_read_ = true;
  annotations_.clear();
  reason_ = {};
  // Those of a Deployment stay with it; its pods get their template's.
  for (const Pair& pair :
       workload_ != nullptr ? workload_->pod_annotations : object_->annotations) {
    const std::string_view value = pair.value.value_or({});
    std::string_view name = pair.name;
    if (name == kExemptReasonAnnotation) reason_ = trimmed(value);
    if (value.size() > kLongestRuleList) continue;
    if (name == kExemptAnnotation) {
      annotations_.push_back({{}, value});
    } else if (name.starts_with(kExemptContainerAnnotation) &&
               name.size() > kExemptContainerAnnotation.size()) {
      name.remove_prefix(kExemptContainerAnnotation.size());
      annotations_.push_back({name, value});
    }
  }
  if (reason_.empty()) annotations_.clear();
  std::sort(annotations_.begin(), annotations_.end(),
            [](const Annotation& a, const Annotation& b) { return a.container < b.container; });
}

bool ExemptionMatcher::annotated(const Rule& rule, const Container* container) {
  if (!annotations_read_) read_annotations();
  const auto listed = [&](std::string_view name) {
    const auto found = std::lower_bound(annotations_.begin(), annotations_.end(), name,
                                        [](const Annotation& annotation, std::string_view text) {
                                          return annotation.container < text;
                                        });
    return found != annotations_.end() && found->container == name && lists(found->rules, rule);
  };
  if (listed({})) return true;
  const std::string_view name = container != nullptr ? container->name.value_or({}) : "";
  return !name.empty() && listed(name);
}

}  // namespace kaudit
