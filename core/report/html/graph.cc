#include "core/report/html/graph.h"

#include <algorithm>

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/html/text.h"

namespace kaudit::html {
namespace {

constexpr std::size_t kMostObjects = 30;  // that a page shows at a glance
// In units of the drawing, which are CSS pixels.
constexpr std::size_t kWidth = 236, kHeight = 44, kOriginWidth = 92;
constexpr std::size_t kColumnGap = 52, kRowGap = 14, kMargin = 4;
constexpr std::size_t kLetters = 31;  // that fit into a box

struct Box {
  std::size_t x = 0, y = 0, width = kWidth;
};

// The first so many characters.
std::string cut(std::string_view text, std::size_t letters) {
  std::size_t at = 0;
  for (std::size_t n = 0; n < letters && at < text.size(); ++n) {
    static_cast<void>(next_code_point(text, at));
  }
  return at < text.size() ? std::string(text.substr(0, at)) + "…" : std::string(text);
}

void append_text(std::string& out, std::string_view kind, std::size_t x, std::size_t y,
                 std::string_view text) {
  out.append("<text class=\"").append(kind).append("\" x=\"") +=
      std::to_string(x) + "\" y=\"" + std::to_string(y) + "\">";
  append_xml(out, cut(visible(text), kLetters));
  out += "</text>";
}

std::vector<Box> place(const ExposureMap& map) {
  std::vector<Box> boxes(map.nodes().size());
  std::vector<std::size_t> rows(map.layers());
  for (const ExposureMap::Node& node : map.nodes()) ++rows[node.layer];
  const std::size_t most = rows.empty() ? 0 : *std::ranges::max_element(rows);
  std::vector<std::size_t> row(map.layers());
  for (std::size_t n = 0; n < boxes.size(); ++n) {
    const std::size_t layer = map.nodes()[n].layer;
    boxes[n].x = kMargin + (layer == 0 ? 0 : kOriginWidth + kColumnGap) +
                 (layer == 0 ? 0 : (layer - 1) * (kWidth + kColumnGap));
    if (layer == 0) boxes[n].width = kOriginWidth;
    // Each column in the middle of the drawing, spread over its height.
    const std::size_t room = most * (kHeight + kRowGap);
    boxes[n].y = kMargin + (room * (2 * row[layer] + 1)) / (2 * rows[layer]) - kHeight / 2;
    ++row[layer];
  }
  return boxes;
}

void append_edge(std::string& out, const Box& from, const Box& to) {
  const std::size_t x1 = from.x + from.width;
  const std::size_t y1 = from.y + kHeight / 2;
  const std::size_t y2 = to.y + kHeight / 2;
  const std::size_t middle = (x1 + to.x) / 2;
  const auto point = [](std::size_t x, std::size_t y) {
    return std::to_string(x) + " " + std::to_string(y);
  };
  out += "<path d=\"M" + point(x1, y1) + " C" + point(middle, y1) + " " + point(middle, y2) + " " +
         point(to.x, y2) + "\"/>\n";
}

void append_node(std::string& out, const ExposureMap::Node& node, const Box& box) {
  out += "<g class=\"node ";
  out += node.origin ? "origin" : node.found ? name_of(node.severity) : "clean";
  out += "\"><title>";
  append_name(out, node.title);
  if (!node.where.source.empty()) {
    out += ", ";
    append_xml(out, place_of(shortened(node.where.source, kNameBytes), node.where.begin));
  }
  out += "</title><rect x=\"" + std::to_string(box.x) + "\" y=\"" + std::to_string(box.y) +
         "\" width=\"" + std::to_string(box.width) + "\" height=\"" + std::to_string(kHeight) +
         "\" rx=\"8\"/>";
  if (node.origin) {
    append_text(out, "name", box.x + box.width / 2, box.y + 27, node.title);
  } else {
    // "Deployment shop/web (3 replicas, always running)": what is in brackets stands below.
    const std::size_t bracket =
        node.title.ends_with(')') ? node.title.rfind(" (") : node.title.npos;
    append_text(out, "name", box.x + 10, box.y + 19,
                std::string_view(node.title).substr(0, bracket));
    std::string below;
    if (bracket != node.title.npos) {
      below = node.title.substr(bracket + 2, node.title.size() - bracket - 3);
    }
    if (node.priority != 0) {
      below += (below.empty() ? "priority " : ", priority ") + std::to_string(node.priority);
    }
    append_text(out, "below", box.x + 10, box.y + 35, below);
  }
  out += "</g>\n";
}

}  // namespace

void append_graph(std::string& out, ExposureMap& map) {
  map.arrange(kMostObjects);
  const std::vector<Box> boxes = place(map);
  std::size_t width = 0;
  std::size_t height = 0;
  for (const Box& box : boxes) {
    width = std::max(width, box.x + box.width + kMargin);
    height = std::max(height, box.y + kHeight + kMargin);
  }
  out +=
      "<section id=\"exposure\" aria-labelledby=\"exposure-title\">\n"
      "<h2 id=\"exposure-title\">What can be reached, and how</h2>\n";
  const std::size_t shown = map.reasons().size();
  if (shown < map.size()) {
    out += "<p class=\"about\">Drawn are the " + std::to_string(shown) + " of " +
           std::to_string(map.size()) +
           " objects with the most urgent findings; --format dot draws all.</p>\n";
  }
  const std::string size =
      "width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) + "\"";
  out +=
      "<div class=\"card graph\" tabindex=\"0\" role=\"region\" aria-label=\"Drawing of what can "
      "be reached\"><svg " +
      size + " viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) +
      "\" role=\"img\" aria-label=\"" + counted(shown, "object") +
      " and the ways to them, which are in words below\">\n<g class=\"edges\">\n";
  for (const auto& [from, to] : map.edges()) append_edge(out, boxes[from], boxes[to]);
  out += "</g>\n";
  for (std::size_t n = 0; n < boxes.size(); ++n) append_node(out, map.nodes()[n], boxes[n]);
  out +=
      "</svg></div>\n<details class=\"words\"><summary>The same in words</summary>"
      "<ul class=\"plain\">\n";
  for (const std::string& reason : map.reasons()) {
    out += "<li>";
    append_sentence(out, reason);
    out += "</li>\n";
  }
  out += "</ul></details>\n</section>\n";
}

}  // namespace kaudit::html
