// libyaml_loop PATH…: reads every .yaml, .yml and .json file below the paths through libyaml's
// events and does nothing with them. The floor that an audit of the same files is measured against.
#include <yaml.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

bool is_manifest(const fs::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

std::string read_whole(const fs::path& file) {
  std::string text(fs::file_size(file), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

std::size_t count_events(const std::string& text) {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) return 0;
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
  std::size_t events = 0;
  for (bool more = true; more;) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event) == 0) break;
    ++events;
    more = event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return events;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0, bytes = 0, events = 0;
  for (int n = 1; n < argc; ++n) {
    for (const auto& entry : fs::recursive_directory_iterator(argv[n])) {
      if (!entry.is_regular_file() || !is_manifest(entry.path())) continue;
      const std::string text = read_whole(entry.path());
      ++files;
      bytes += text.size();
      events += count_events(text);
    }
  }
  std::printf("%zu files, %zu bytes, %zu events\n", files, bytes, events);
  return files == 0 ? 2 : 0;
}
