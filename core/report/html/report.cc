// One page for people: it needs no network, no server and no script, and can be printed. With its
// script the findings can be filtered. Its Content-Security-Policy allows that style and that
// script alone, by their hashes, so that nothing which escaping might miss is ever run or loaded.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/html/assets.h"
#include "core/report/html/checklist.h"
#include "core/report/html/finding.h"
#include "core/report/html/graph.h"
#include "core/report/html/text.h"

namespace kaudit {
namespace {

using html::append_name;
using html::append_sentence;
using html::kNameBytes;

// A browser shows that many at ease; the JSON report has all.
constexpr std::size_t kMostFindings = 5000;
constexpr std::size_t kMostFirst = 10;
constexpr std::size_t kMostOfRule = 3;       // of one owner, until the rest is folded
constexpr Severity kShown = Severity::high;  // what is less is folded
constexpr std::size_t kMostGaps = 500;
constexpr std::size_t kMostExempted = 500;

struct Item {
  unsigned priority = 0;  // of a run that ranks
  Severity severity = Severity::info;
  std::size_t order = 0;  // in the order of the report
  std::size_t places = 1;
  std::size_t owner = 0, ns = 0;
  const Rule* rule = nullptr;
  Surface surface = Surface::kubernetes;
  std::string object, message, place, rank;
  std::string body;  // HTML

  [[nodiscard]] bool before(const Item& other) const noexcept {
    return std::tuple(other.priority, other.severity, order) <
           std::tuple(priority, severity, other.order);
  }
};

// Different names in the order in which they came, by number.
class Names {
 public:
  std::size_t number_of(std::string name) {
    const auto [found, added] = numbers_.try_emplace(std::move(name), names_.size());
    if (added) names_.push_back(&found->first);
    return found->second;
  }
  [[nodiscard]] const std::string& operator[](std::size_t number) const { return *names_[number]; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<const std::string*> names_;
};

class HtmlReporter final : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;

  void begin(const RunInfo& run) override { run_ = run; }

  void exposure(const ExposureGraph& graph) override { map_.add(graph); }

  void file(const FileReport& file) override {
    checklist_.count(file, run_);
    map_.add(file);
    for (const Entry& entry : unfolded_entries_of(file, Which::all)) {
      entry.finding->exemption == nullptr ? add(file, *entry.finding)
                                          : add_exempted(file, *entry.finding);
    }
    const auto list = [&](Mark at, std::string_view message) {
      if (++gaps_count_ > kMostGaps) return;
      gaps_ += "<li><code>";
      append_xml(gaps_, place_of(shortened(file.file, kNameBytes), at));
      gaps_ += "</code> ";
      append_sentence(gaps_, message);
      gaps_ += "</li>\n";
    };
    for_each_gap(file, list);
    for_each_note(file, list);
  }

  void end(const Summary& summary) override {
    keep_first(items_, kMostFindings);
    std::sort(items_.begin(), items_.end(),
              [](const Item& a, const Item& b) { return a.before(b); });
    write_head(summary);
    write_summary(summary);
    out_ += "<main id=\"main\">\n";
    write_first();
    if (!map_.empty()) html::append_graph(out_, map_);
    if (!checklist_.empty()) checklist_.write(out_);
    write_findings(summary);
    write_gaps();
    write_exempted();
    out_ += "</main>\n<footer><p>";
    write_about();
    out_ += "</p></footer>\n<script>";
    out_.append(html::kScript).append("</script>\n</body>\n</html>\n");
    flush();
  }

 private:
  void add(const FileReport& file, const Finding& finding) {
    Item item;
    item.priority = finding.priority;
    item.severity = finding.severity;
    item.rank = rank_with_places(finding);
    item.order = findings_++;
    item.places = 1 + finding.also.size();
    item.rule = finding.rule;
    item.surface = finding.surface;
    item.ns = namespaces_.number_of(shortened(finding.ns, kNameBytes));
    item.owner = owners_.number_of(owner_of(file, finding));
    item.object = shortened(object_of(finding), kNameBytes);
    item.message = shortened(finding.message, html::kSentenceBytes);
    item.place = place_of(shortened(file_of(file, finding), kNameBytes), finding.where.begin);
    item.body = html::body_of(file, finding);
    items_.push_back(std::move(item));
    if (items_.size() >= 2 * kMostFindings) keep_first(items_, kMostFindings);
  }

  // The object or what keeps it, and where there is none, or one that has no name of its own, the
  // file.
  static std::string owner_of(const FileReport& file, const Finding& finding) {
    const bool kept = finding.exposure != nullptr && !finding.exposure->controller.kind.empty();
    std::string owner = kept ? titled(finding.exposure->controller) : object_of(finding);
    if (finding.name.empty() || finding.surface != Surface::kubernetes) {
      if (!owner.empty()) owner += " in ";
      owner += file_of(file, finding);
    }
    return shortened(owner, kNameBytes);
  }

  void add_exempted(const FileReport& file, const Finding& finding) {
    if (++exempted_count_ > kMostExempted) return;
    exempted_ += "<li><code>";
    append_xml(exempted_,
               place_of(shortened(file_of(file, finding), kNameBytes), finding.where.begin));
    exempted_ += "</code> ";
    append_xml(exempted_, finding.rule->slug);
    exempted_ += " of ";
    append_name(exempted_, object_of(finding));
    exempted_ += ": ";
    append_sentence(exempted_, reason_of(finding));
    if (const std::string who = who_and_until(*finding.exemption); !who.empty()) {
      exempted_ += " (";
      append_name(exempted_, who);
      exempted_ += ")";
    }
    exempted_ += "</li>\n";
  }

  void write_head(const Summary& summary) {
    out_ +=
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ";
    out_.append(html::kStyleHash).append("; script-src ").append(html::kScriptHash);
    out_ +=
        "; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<title>kaudit: " +
        counted(summary.findings(), "finding") + "</title>\n<style>";
    out_.append(html::kStyle).append("</style>\n</head>\n<body>\n");
    out_ += "<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n";
  }

  void write_about() {
    out_ += "kaudit ";
    append_xml(out_, run_.version);
    out_ += ", rules ";
    append_xml(out_, run_.ruleset);
    out_ += ", profile ";
    append_xml(out_, run_.profile);
    out_ += ", Kubernetes 1." + std::to_string(run_.minor);
    if (run_.today != kNoDay) out_ += ", " + to_text(run_.today) + " (UTC)";
  }

  void write_summary(const Summary& summary) {
    const std::string verdict = verdict_of(summary, run_);
    out_ += "<header>\n<h1>kaudit report</h1>\n<p class=\"verdict ";
    out_ += verdict.starts_with("Failed")   ? "failed"
            : verdict.starts_with("Passed") ? "passed"
                                            : "incomplete";
    out_ += "\">";
    append_xml(out_, verdict);
    out_ += "</p>\n<p class=\"about\">" + counted(summary.files, "file") + ": " +
            std::to_string(summary.examined) + " examined, " +
            std::to_string(summary.nothing_to_judge) + " with nothing to judge, " +
            std::to_string(summary.not_examined) + " not examined. " +
            counted(summary.objects, "object") + ", " + counted(summary.workloads, "workload") +
            ", " + counted(summary.containers, "container") + ".";
    if (summary.exempted > 0) {
      out_ += " " + counted(summary.exempted, "finding") + " exempted by the policy.";
    }
    out_ += "</p>\n<ul class=\"tiles\" aria-label=\"Findings by severity\">\n";
    for (const Severity severity : kSeverities) {
      const std::size_t count = summary.by_severity[index_of(severity)];
      out_.append("<li class=\"").append(count == 0 ? "none" : name_of(severity)).append("\"><b>");
      out_ += std::to_string(count) + "</b> <span>";
      out_.append(name_of(severity)).append("</span></li>\n");
    }
    out_ += "</ul>\n<nav aria-label=\"Parts of this report\"><ul>";
    const auto link = [&](bool there, std::string_view id, std::string_view title) {
      if (!there) return;
      out_.append("<li><a href=\"#").append(id).append("\">").append(title).append("</a></li>");
    };
    link(!items_.empty(), "first", "Fix these first");
    link(!map_.empty(), "exposure", "What can be reached");
    link(!checklist_.empty(), "checklist", "Checklist");
    link(true, "findings", "Findings");
    link(gaps_count_ > 0, "gaps", "Not examined");
    link(exempted_count_ > 0, "exempted", "Exempted");
    out_ += "</ul></nav>\n</header>\n";
  }

  void write_first() {
    if (items_.empty()) return;
    out_ +=
        "<section id=\"first\" aria-labelledby=\"first-title\">\n"
        "<h2 id=\"first-title\">Fix these first</h2>\n<ol class=\"first\">\n";
    // The same finding of the same owner is one thing to fix.
    std::map<std::pair<std::size_t, const Rule*>, std::size_t> count;
    for (const Item& item : items_) count[{item.owner, item.rule}] += item.places;
    std::set<std::pair<std::size_t, const Rule*>> shown;
    for (std::size_t n = 0; n < items_.size() && shown.size() < kMostFirst; ++n) {
      const Item& item = items_[n];
      if (!shown.insert({item.owner, item.rule}).second) continue;
      out_.append("<li class=\"").append(name_of(item.severity)).append("\"><div>");
      out_.append("<p class=\"what\"><span class=\"chip\">").append(name_of(item.severity));
      out_ += "</span> <a href=\"#f" + std::to_string(item.order) + "\">";
      append_xml(out_, item.rule->title);
      out_ += "</a></p>\n<p class=\"of\">";
      append_name(out_, item.object);
      out_ += item.object.empty() ? "<code>" : ", <code>";
      append_xml(out_, item.place);
      out_ += "</code>";
      if (const std::size_t more = count[{item.owner, item.rule}] - 1; more > 0) {
        out_ += " and " + counted(more, "more place");
      }
      out_ += "</p>\n<p>";
      append_sentence(out_, item.message);
      out_ += "</p>\n";
      if (!item.rank.empty()) {
        out_ += "<p class=\"reason\">";
        append_sentence(out_, item.rank);
        out_ += "</p>";
      }
      out_ += "</div></li>\n";
    }
    out_ += "</ol>\n</section>\n";
  }

  void write_findings(const Summary& summary) {
    out_ +=
        "<section id=\"findings\" aria-labelledby=\"findings-title\">\n"
        "<h2 id=\"findings-title\">Findings</h2>\n";
    if (items_.empty()) {
      out_ += "<p class=\"nothing\">No finding.</p>\n</section>\n";
      return;
    }
    if (items_.size() < summary.findings()) {
      out_.append("<p>Shown ").append(is_or_are(items_.size()));
      out_ += std::to_string(items_.size()) + " of " + counted(summary.findings(), "finding");
      out_ += items_.size() + summary.folded < summary.findings()
                  ? ": those to fix first.</p>\n"
                  : "; the others are the same on replicas or in other files.</p>\n";
    }
    // Owners in the order of their first finding: the most severe come first.
    std::vector<std::size_t> owners;
    std::map<std::size_t, std::vector<const Item*>> of_owner;
    for (const Item& item : items_) {
      std::vector<const Item*>& list = of_owner[item.owner];
      if (list.empty()) owners.push_back(item.owner);
      list.push_back(&item);
    }
    write_filters(owners);
    out_ += "<div id=\"list\">\n";
    for (const std::size_t owner : owners) write_owner(owner, of_owner[owner]);
    out_ +=
        "</div>\n<p id=\"nothing\" class=\"nothing\" hidden>No finding fits this filter.</p>\n"
        "</section>\n";
  }

  void write_filters(const std::vector<std::size_t>& owners) {
    out_ +=
        "<form id=\"filters\" class=\"card\" hidden aria-label=\"Filter the findings\">\n"
        "<fieldset><legend>Severity</legend>";
    for (const Severity severity : kSeverities) {
      const std::string name(name_of(severity));
      out_ += "<label><input type=\"checkbox\" name=\"severity\" value=\"" + name + "\" checked>" +
              name + "</label>";
    }
    out_ += "</fieldset>\n";
    std::set<std::string_view> surfaces;
    std::map<std::string_view, std::string_view> rules;  // slug to id
    std::map<std::string_view, std::size_t> namespaces;
    for (const Item& item : items_) {
      surfaces.insert(name_of(item.surface));
      rules[item.rule->slug] = item.rule->id;
      if (!namespaces_[item.ns].empty()) namespaces[namespaces_[item.ns]] = item.ns;
    }
    write_choice("Surface", "surface", [&](const auto& option) {
      for (const std::string_view surface : surfaces) option(surface, surface);
    });
    write_choice("Rule", "rule", [&](const auto& option) {
      for (const auto& [slug, id] : rules) option(id, slug);
    });
    write_choice("Namespace", "namespace", [&](const auto& option) {
      for (const auto& [name, number] : namespaces) option(std::to_string(number), name);
    });
    write_choice("Owner", "owner", [&](const auto& option) {
      for (const std::size_t owner : owners) option(std::to_string(owner), owners_[owner]);
    });
    out_ +=
        "<label class=\"field search\"><span>Words</span>"
        "<input type=\"search\" name=\"search\" autocomplete=\"off\"></label>\n"
        "<div class=\"state\"><output id=\"shown\" name=\"shown\"></output>"
        "<button type=\"button\" id=\"fold\">Fold all</button>"
        "<button type=\"reset\">Reset</button></div>\n</form>\n";
  }

  template <class Options>
  void write_choice(std::string_view title, std::string_view name, const Options& options) {
    out_.append("<label class=\"field\"><span>").append(title).append("</span><select name=\"");
    out_.append(name).append("\"><option value=\"\">all</option>");
    options([&](std::string_view value, std::string_view text) {
      out_.append("<option value=\"").append(value).append("\">");
      append_name(out_, text);
      out_ += "</option>";
    });
    out_ += "</select></label>\n";
  }

  // The most severe first. Folded: what is less than high, and of a rule that is found often all
  // but the first few.
  void write_owner(std::size_t owner, const std::vector<const Item*>& items) {
    out_ += "<details class=\"owner\" open><summary><h3>";
    append_name(out_, owners_[owner]);
    out_ += "</h3>";
    for (const Severity severity : kSeverities) {
      const auto count = std::ranges::count_if(
          items, [&](const Item* item) { return item->severity == severity; });
      if (count == 0) continue;
      out_.append(" <span class=\"chip ").append(name_of(severity)).append("\">");
      out_ += std::to_string(count) + " ";
      out_.append(name_of(severity)).append("</span>");
    }
    out_ += "</summary>\n";
    std::vector<const Item*> severe;
    std::vector<const Item*> lesser;
    for (const Item* item : items) (item->severity < kShown ? lesser : severe).push_back(item);
    write_by_rule(severe);
    if (!lesser.empty()) {
      out_ += "<details class=\"more\"><summary>" + counted(lesser.size(), "finding") +
              " of severity medium or below</summary>\n";
      for (const Item* item : lesser) write_item(*item);
      out_ += "</details>\n";
    }
    out_ += "</details>\n";
  }

  void write_by_rule(const std::vector<const Item*>& items) {
    std::vector<const Rule*> rules;
    std::map<const Rule*, std::vector<const Item*>> of_rule;
    for (const Item* item : items) {
      std::vector<const Item*>& list = of_rule[item->rule];
      if (list.empty()) rules.push_back(item->rule);
      list.push_back(item);
    }
    for (const Rule* rule : rules) {
      const std::vector<const Item*>& list = of_rule[rule];
      const std::size_t first = list.size() <= kMostOfRule + 1 ? list.size() : kMostOfRule;
      for (std::size_t n = 0; n < first; ++n) write_item(*list[n]);
      if (first == list.size()) continue;
      out_ +=
          "<details class=\"more\"><summary>" + std::to_string(list.size() - first) + " more of ";
      append_xml(out_, rule->slug);
      out_ += "</summary>\n";
      for (std::size_t n = first; n < list.size(); ++n) write_item(*list[n]);
      out_ += "</details>\n";
    }
  }

  void write_item(const Item& item) {
    out_.append("<div class=\"finding ").append(name_of(item.severity)).append("\" id=\"f");
    out_ += std::to_string(item.order) + "\" data-severity=\"";
    out_.append(name_of(item.severity)).append("\" data-surface=\"").append(name_of(item.surface));
    out_.append("\" data-rule=\"").append(item.rule->id).append("\" data-namespace=\"");
    out_ += std::to_string(item.ns) + "\" data-owner=\"" + std::to_string(item.owner) + "\">\n" +
            item.body + "</div>\n";
  }

  void write_gaps() {
    if (gaps_count_ == 0) return;
    out_ +=
        "<section id=\"gaps\" aria-labelledby=\"gaps-title\">\n"
        "<h2 id=\"gaps-title\">Not examined</h2>\n<div class=\"card padded\">"
        "<ul class=\"plain\">\n" +
        gaps_;
    write_more(gaps_count_, kMostGaps);
    out_ += "</ul></div>\n</section>\n";
  }

  void write_exempted() {
    if (exempted_count_ == 0) return;
    out_ +=
        "<section id=\"exempted\" aria-labelledby=\"exempted-title\">\n"
        "<h2 id=\"exempted-title\">Exempted by the policy</h2>\n"
        "<div class=\"card padded\"><ul class=\"plain\">\n" +
        exempted_;
    write_more(exempted_count_, kMostExempted);
    out_ += "</ul></div>\n</section>\n";
  }

  void write_more(std::size_t count, std::size_t most) {
    if (count > most) out_ += "<li>and " + std::to_string(count - most) + " more</li>\n";
  }

  RunInfo run_;
  std::vector<Item> items_;
  std::size_t findings_ = 0;
  Names owners_, namespaces_;
  html::ChecklistTable checklist_;
  ExposureMap map_;
  std::string gaps_, exempted_;
  std::size_t gaps_count_ = 0, exempted_count_ = 0;
};

}  // namespace

std::unique_ptr<Reporter> make_html(Output& out) { return std::make_unique<HtmlReporter>(out); }

}  // namespace kaudit
