// The exposure graph alone, for Graphviz and for Mermaid, which GitHub and GitLab draw.
#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/exposure_map.h"

namespace kaudit {
namespace {

constexpr std::size_t kTitleBytes = 300;
constexpr std::size_t kMostObjects = 100'000;

class MapReporter : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;
  void begin(const RunInfo&) override {}
  void exposure(const ExposureGraph& graph) override { map_.add(graph); }
  void file(const FileReport& file) override { map_.add(file); }
  void end(const Summary&) override {
    map_.arrange(kMostObjects);
    write(map_);
    flush();
  }

 protected:
  virtual void write(const ExposureMap& map) = 0;

  static std::string_view class_of(const ExposureMap::Node& node) {
    if (node.origin) return "origin";
    return node.found ? name_of(node.severity) : "clean";
  }
  static std::string place_of_node(const ExposureMap::Node& node) {
    if (node.origin || node.where.source.empty()) return {};
    return place_of(shortened(node.where.source, kTitleBytes), {node.where.begin.line, 0});
  }

 private:
  ExposureMap map_;
};

// https://graphviz.org/doc/info/lang.html: in quotes only the quote is special, but labels take
// backslashes for escapes of their own.
void append_dot(std::string& out, std::string_view text) {
  for (const char c : visible(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
}

class DotReporter final : public MapReporter {
  using MapReporter::MapReporter;

  static std::string_view colour_of(std::string_view name) {
    if (name == "critical") return "#a1071f";
    if (name == "high") return "#b34100";
    if (name == "medium") return "#7a5600";
    return name == "origin" ? "#1b1f24" : "#525b66";
  }

  void write(const ExposureMap& map) override {
    out_ +=
        "digraph exposure {\n  rankdir=LR;\n"
        "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
    for (std::size_t n = 0; n < map.nodes().size(); ++n) {
      const ExposureMap::Node& node = map.nodes()[n];
      out_ += "  n" + std::to_string(n) + " [label=\"";
      append_dot(out_, shortened(node.title, kTitleBytes));
      if (const std::string place = place_of_node(node); !place.empty()) {
        out_ += "\\n";
        append_dot(out_, place);
      }
      if (node.priority != 0) out_ += "\\npriority " + std::to_string(node.priority);
      out_.append("\", color=\"").append(colour_of(class_of(node))).append("\"");
      if (node.origin) out_ += ", shape=ellipse";
      out_ += "];\n";
    }
    for (const auto& [from, to] : map.edges()) {
      out_ += "  n" + std::to_string(from) + " -> n" + std::to_string(to) + ";\n";
    }
    out_ += "}\n";
  }
};

// In quotes Mermaid takes #NUMBER; for a character; all that could mean something is written so.
void append_mermaid(std::string& out, std::string_view text) {
  constexpr std::string_view kPlain = " -_./:,()=@+";
  for (const char c : visible(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || byte >= 0x80 || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += "#" + std::to_string(byte) + ";";
    }
  }
}

class MermaidReporter final : public MapReporter {
  using MapReporter::MapReporter;

  void write(const ExposureMap& map) override {
    out_ += "flowchart LR\n";
    for (std::size_t n = 0; n < map.nodes().size(); ++n) {
      const ExposureMap::Node& node = map.nodes()[n];
      out_ += "  n" + std::to_string(n) + (node.origin ? "([\"" : "[\"");
      // It refuses an empty text.
      append_mermaid(out_, node.title.empty() ? "unnamed" : shortened(node.title, kTitleBytes));
      if (const std::string place = place_of_node(node); !place.empty()) {
        out_ += "<br/>";
        append_mermaid(out_, place);
      }
      if (node.priority != 0) out_ += "<br/>priority " + std::to_string(node.priority);
      out_ += node.origin ? "\"])" : "\"]";
      out_.append(":::").append(class_of(node)).append("\n");
    }
    for (const auto& [from, to] : map.edges()) {
      out_ += "  n" + std::to_string(from) + " --> n" + std::to_string(to) + "\n";
    }
    out_ +=
        "  classDef critical stroke:#a1071f,stroke-width:2px\n"
        "  classDef high stroke:#b34100,stroke-width:2px\n"
        "  classDef medium stroke:#7a5600\n"
        "  classDef low stroke:#0a5ca8\n"
        "  classDef info stroke:#525b66\n"
        "  classDef clean stroke:#525b66\n"
        "  classDef origin stroke:#1b1f24\n";
  }
};

}  // namespace

std::unique_ptr<Reporter> make_dot(Output& out) { return std::make_unique<DotReporter>(out); }
std::unique_ptr<Reporter> make_mermaid(Output& out) {
  return std::make_unique<MermaidReporter>(out);
}

}  // namespace kaudit
