// What `kaudit-webhook` is asked to do: flags in the API server's style, and an environment
// variable for each (KAUDIT_WEBHOOK_SECURE_PORT for --secure-port), over which the flag wins.
//
// Ownership: values. Thread-safety: no state between calls. Units: as the types say; sizes in
// bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "webhook/admission.h"
#include "webhook/log.h"
#include "webhook/net/front.h"
#include "webhook/net/tls.h"

namespace kaudit {

struct Listen {
  std::string address;  // numeric
  std::uint16_t port = 0;
};

struct ServeOptions {
  bool help = false, version = false;
  std::string config;  // empty: the default policy
  AdmissionOptions admission;
  FrontOptions front;  // of the admission port
  TlsOptions tls;
  std::string self_signed_dir;
  std::optional<Listen> metrics = Listen{"0.0.0.0", 8080}, health = Listen{"0.0.0.0", 8081};
  LogOptions log;
  std::chrono::milliseconds shutdown_delay{10000}, drain_timeout{15000};
  std::chrono::milliseconds reload_interval{2000};
};

// One flag, for the parser, --help and the table in webhook/README.md.
struct FlagRow {
  std::string_view name;           // --secure-port
  std::string_view value;          // PORT; empty: a switch
  std::string_view default_value;  // as shown; empty: none
  std::string_view help;           // a phrase or two, without period
};
[[nodiscard]] std::span<const FlagRow> flag_rows() noexcept;
// KAUDIT_WEBHOOK_SECURE_PORT
[[nodiscard]] std::string variable_of(const FlagRow& row);

// `arguments` without the program's name. `variable` gives an environment variable or null. Errors
// are one sentence about wrong usage.
[[nodiscard]] Result<ServeOptions> parse_serve_options(
    std::vector<std::string> arguments, const std::function<const char*(const char*)>& variable);

// The text of --help.
[[nodiscard]] std::string serve_help();

}  // namespace kaudit
