#include "webhook/wording.h"

#include <algorithm>
#include <unordered_set>

#include "core/report/escape.h"

namespace kaudit {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

constexpr std::size_t kNameLength = 80;
constexpr std::size_t kFieldLength = 160;
constexpr std::size_t kSentenceLength = 480;
constexpr std::size_t kFixLength = 240;
// No more have room in a message, however short they are.
constexpr std::size_t kMostItems = 24;

std::string more(std::size_t count) { return '+' + std::to_string(count) + " more"; }

std::string rule_and_field(const Finding& finding) {
  std::string text(finding.rule->slug);
  text.append(" (").append(finding.rule->id).append(")");
  if (!finding.field.empty()) text.append(" at ").append(clipped(finding.field, kFieldLength));
  return text;
}

std::string owner_of(const Finding& finding) {
  if (finding.container.empty()) return "pod ";
  return std::string(name_of(finding.role)) + " \"" + finding.container + "\" ";
}

// Without what it is about, where a heading says that already.
std::string_view without_owner(const Finding& finding, std::string_view owner) noexcept {
  std::string_view message = finding.message;
  if (message.starts_with(owner)) message.remove_prefix(owner.size());
  return message;
}

void append_sentence_end(std::string& text) {
  if (!text.ends_with('.')) text += '.';
}

// One violation in a denial.
struct Item {
  std::string owner;
  std::string full, brief;
  std::size_t full_length = 0, brief_length = 0;
};

Item item_of(const Finding& finding) {
  Item item;
  item.owner = owner_of(finding);
  item.brief = ' ' + rule_and_field(finding);
  item.full = item.brief + ": " + clipped(without_owner(finding, item.owner), kSentenceLength);
  append_sentence_end(item.full);
  append_sentence_end(item.brief);
  if (!finding.fix.empty()) {
    item.full.append(" Fix: ").append(clipped(finding.fix, kFixLength));
    append_sentence_end(item.full);
  }
  item.full_length = length_of(item.full);
  item.brief_length = length_of(item.brief);
  return item;
}

// ` Container "app":`
std::string heading_of(const Item& item) {
  std::string text = ' ' + clipped(item.owner, kNameLength);
  text[1] = static_cast<char>(text[1] - 'a' + 'A');
  if (text.ends_with(' ')) text.pop_back();
  return text + ':';
}

// The items by owner, each owner where its first item stands.
std::vector<std::vector<const Item*>> grouped(std::span<const Item> items) {
  std::vector<std::vector<const Item*>> groups;
  for (const Item& item : items) {
    const auto same = [&](const auto& group) { return group.front()->owner == item.owner; };
    const auto group = std::ranges::find_if(groups, same);
    if (group == groups.end()) {
      groups.push_back({&item});
    } else {
      group->push_back(&item);
    }
  }
  return groups;
}

}  // namespace

std::size_t length_of(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, starts_code_point));
}

std::string clipped(std::string_view text, std::size_t length) {
  // What is made visible never gets shorter: more bytes than this cannot be shown.
  constexpr std::size_t kMostBytes = 4;
  std::string out;
  append_visible(out, text.substr(0, (length + 1) * kMostBytes));
  std::size_t count = 0;
  std::size_t last = 0;  // where the last character begins that fits beside an ellipsis
  for (std::size_t at = 0; at < out.size(); ++at) {
    if (!starts_code_point(out[at])) continue;
    if (count == length) {
      out.resize(last);
      out += kEllipsis;
      return out;
    }
    if (++count == length) last = at;
  }
  return out;
}

std::string subject_of(std::string_view kind, std::string_view name) {
  std::string text = clipped(kind.empty() ? "object" : kind, kNameLength);
  if (!name.empty()) text.append(" \"").append(clipped(name, kNameLength)).append("\"");
  return text;
}

void sort_by_severity(FindingList& findings) {
  std::ranges::stable_sort(
      findings, [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
}

std::string denial_message(std::string_view subject, std::span<const Finding* const> findings) {
  std::string text(subject);
  text += findings.size() == 1 ? " breaks a rule."
                               : " breaks rules in " + std::to_string(findings.size()) + " places.";
  std::vector<Item> items;
  for (const Finding* finding : findings.first(std::min(findings.size(), kMostItems))) {
    items.push_back(item_of(*finding));
  }
  // How many are named, and how many of these in full.
  std::size_t named = items.size();
  std::size_t full = items.size();
  const auto length = [&] {
    std::size_t sum = length_of(text);
    for (const auto& group : grouped(std::span(items).first(named))) {
      sum += length_of(heading_of(*group.front()));
    }
    for (std::size_t n = 0; n < named; ++n) {
      sum += n < full ? items[n].full_length : items[n].brief_length;
    }
    return sum + (named < findings.size() ? 1 + more(findings.size() - named).size() : 0);
  };
  while (length() > kMessageLength && full > 0) {
    if (full > 1) {
      --full;
    } else if (named > 1) {
      --named;
    } else {
      full = 0;
    }
  }
  for (const auto& group : grouped(std::span(items).first(named))) {
    text += heading_of(*group.front());
    for (const Item* item : group) {
      const bool in_full = static_cast<std::size_t>(item - items.data()) < full;
      text += in_full ? item->full : item->brief;
    }
  }
  if (named < findings.size()) text += ' ' + more(findings.size() - named);
  return text;
}

std::string trouble_message(std::string_view subject, const Judgement& judgement) {
  std::string text(subject);
  text += " cannot be judged, so it is denied:";
  for (const Cause& cause : causes_of(judgement)) {
    text += text.ends_with(':') ? " " : ", ";
    if (!cause.field.empty()) text.append(cause.field).append(": ");
    text += cause.message;
  }
  if (judgement.more_troubles > 0) text += ", " + more(judgement.more_troubles);
  return text;
}

std::vector<std::string> warnings_of(const std::vector<std::string>& notes,
                                     std::span<const Finding* const> findings) {
  constexpr std::size_t kRoomForMore = 32;  // `+18446744073709551615 more`
  std::vector<std::string> out;
  std::unordered_set<std::string> seen;
  std::size_t sum = 0;
  std::size_t left_out = 0;
  const auto add = [&](std::string text) {
    if (!seen.insert(text).second) return true;
    const std::size_t length = length_of(text);
    if (sum + length > kWarningsLength - kRoomForMore) return false;
    sum += length;
    out.push_back(std::move(text));
    return true;
  };
  for (const std::string& note : notes) add(clipped(note, kWarningLength));
  for (std::size_t n = 0; n < findings.size() && left_out == 0; ++n) {
    const Finding& finding = *findings[n];
    std::string text(finding.rule->slug);
    text.append(": ").append(finding.message);
    if (!add(clipped(text, kWarningLength))) left_out = findings.size() - n;
  }
  if (left_out > 0) out.push_back(more(left_out));
  return out;
}

std::string annotation_of(std::span<const Finding* const> findings) {
  constexpr std::size_t kRoomForMore = 32;
  std::string out;
  for (std::size_t n = 0; n < findings.size(); ++n) {
    const Finding& finding = *findings[n];
    std::string text(finding.rule->slug);
    if (!finding.field.empty()) text.append(" ").append(clipped(finding.field, kFieldLength));
    if (finding.exemption != nullptr) {
      const std::string& reason =
          finding.annotation_reason.empty() ? finding.exemption->reason : finding.annotation_reason;
      text.append(" (").append(clipped(reason, kNameLength)).append(")");
    }
    if (out.size() + text.size() + kRoomForMore > kAnnotationBytes) {
      if (!out.empty()) out += "; ";
      return out + more(findings.size() - n);
    }
    if (!out.empty()) out += "; ";
    out += text;
  }
  return out;
}

std::vector<Cause> causes_of(std::span<const Finding* const> findings) {
  std::vector<Cause> out;
  for (const Finding* finding : findings.first(std::min(findings.size(), kMostCauses))) {
    std::string text(finding->rule->slug);
    text.append(" (").append(finding->rule->id).append("): ");
    text += clipped(finding->message, kSentenceLength);
    append_sentence_end(text);
    if (!finding->fix.empty()) {
      text.append(" Fix: ").append(clipped(finding->fix, kFixLength));
      append_sentence_end(text);
    }
    out.push_back({std::move(text), clipped(finding->field, kFieldLength)});
  }
  return out;
}

std::vector<Cause> causes_of(const Judgement& judgement) {
  std::vector<Cause> out;
  out.reserve(judgement.troubles.size());
  for (const Trouble& trouble : judgement.troubles) {
    out.push_back({clipped(trouble.message, kFieldLength), clipped(trouble.field, kNameLength)});
  }
  return out;
}

}  // namespace kaudit
