#include "manifests/cli/messages.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "core/report/escape.h"

namespace kaudit {
namespace {

// There is nobody to tell when this fails.
void to_standard_error(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool smart_terminal() {
  if (::isatty(STDERR_FILENO) != 1) return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

Messages::Messages(bool quiet, bool verbose)
    : quiet_(quiet),
      verbose_(verbose),
      terminal_(smart_terminal()),
      next_(std::chrono::steady_clock::now() + std::chrono::seconds(1)) {}

void Messages::error(std::string_view sentence) { line(sentence); }

void Messages::note(std::string_view sentence) {
  if (!quiet_) line(sentence);
}

void Messages::detail(std::string_view sentence) {
  if (verbose_) line(sentence);
}

void Messages::line(std::string_view sentence) {
  clear_progress();
  std::string text = "kaudit: ";
  append_visible(text, sentence);
  text += '\n';
  to_standard_error(text);
}

void Messages::progress(std::size_t done, std::size_t total) {
  if (!shows_progress()) return;
  show_progress(std::to_string(done) + " of " + std::to_string(total) + " files");
}

void Messages::progress(std::string_view name, std::uint64_t bytes, std::uint64_t total) {
  if (!shows_progress()) return;
  constexpr unsigned kMebi = 20;
  std::string text(name);
  text += ": " + std::to_string(bytes >> kMebi);
  if (total != 0) text += " of " + std::to_string(total >> kMebi);
  show_progress(text + " MiB");
}

bool Messages::shows_progress() {
  if (quiet_ || !terminal_) return false;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return false;
  next_ = now + std::chrono::milliseconds(100);
  return true;
}

void Messages::show_progress(std::string_view text) {
  shown_ = true;
  std::string line = "\r\x1b[Kkaudit: ";
  append_visible(line, text);
  to_standard_error(line);
}

void Messages::clear_progress() {
  if (!shown_) return;
  to_standard_error("\r\x1b[K");
  shown_ = false;
}

}  // namespace kaudit
