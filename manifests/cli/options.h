// What the command line asks for, checked and typed.
//
// Thread-safety: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/report/report.h"
#include "core/result.h"
#include "manifests/cli/command_line.h"
#include "manifests/cli/shard.h"
#include "manifests/image.h"
#include "manifests/policy/policy.h"
#include "webhook/admission.h"

namespace kaudit {

// One report: in which format, and where; an empty path is standard output.
struct OutputSpec {
  Format format = Format::text;
  std::string path;
  friend bool operator==(const OutputSpec&, const OutputSpec&) = default;
};

enum class Colour : std::uint8_t { automatic, always, never };

// In which order findings are reported. `file`: as they are found, file by file; nothing is ranked
// then, and nothing of a file is kept once it is written.
enum class Order : std::uint8_t { priority, file };

struct Options {
  Command command = Command::audit;
  bool help = false;
  bool version = false;
  std::vector<std::string> operands;  // paths; rules of `explain`; the shell of `completion`
  std::vector<std::string> project;   // files of one Compose project
  Policy policy;                      // what the command line says of it
  std::string config;                 // --config, or empty
  bool use_config = true;
  std::optional<Surface> as;  // --as
  bool respect_gitignore = false;
  std::size_t max_file_size = std::size_t{64} << 20;    // bytes
  std::size_t max_image_size = ImageLimits{}.unpacked;  // bytes
  unsigned jobs = 0;                                    // 0: one per processor
  std::vector<OutputSpec> outputs;                      // at least one
  Colour colour = Colour::automatic;
  bool verbose = false;
  bool quiet = false;
  Route route = Route::policy;  // of `review`, as the next two
  Mode mode = Mode::enforce;
  bool pretty = false;
  bool git = false;  // of `diff`: both operands are revisions
  bool show_exempted = false;
  Order order = Order::priority;
  std::size_t top = 0;  // list no more findings than that; 0: all
  Shard shard;
  std::vector<std::string> scan_reports;  // FILE or IMAGE=FILE
};

// Paths to examine besides the project: this directory where nothing is named.
[[nodiscard]] std::vector<std::string> paths_of(const Options& options);

// How many threads they ask for, at least 1.
[[nodiscard]] unsigned jobs_of(const Options& options);

// `arguments` without the program's name. Errors are one sentence about wrong usage.
[[nodiscard]] Result<Options> parse_options(std::vector<std::string> arguments);

}  // namespace kaudit
