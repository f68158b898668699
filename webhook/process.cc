#include "webhook/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {
namespace {

std::string contents(const char* path) {
  std::string text;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(file, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  (void)::close(file);
  return text;
}

std::optional<double> number(std::string_view text) {
  unsigned long long value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return {};
  return static_cast<double>(value);
}

// The words after the program's name, which may hold anything: proc(5) counts them from 3.
std::vector<std::string_view> stat_fields(std::string_view text) {
  std::vector<std::string_view> fields;
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return fields;
  text.remove_prefix(name_end + 1);
  constexpr std::string_view kSpace = " \n";
  for (std::size_t at = 0; (at = text.find_first_not_of(kSpace, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kSpace, at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = end;
  }
  return fields;
}

std::optional<double> boot_time() {
  const std::string text = contents("/proc/stat");
  constexpr std::string_view kWord = "\nbtime ";
  const auto at = text.find(kWord);
  if (at == std::string::npos) return {};
  return number(std::string_view(text).substr(at + kWord.size()));
}

std::optional<double> open_descriptors() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return {};
  double count = -1;  // the directory's own
  while (const dirent* entry = ::readdir(directory)) count += entry->d_name[0] == '.' ? 0 : 1;
  (void)::closedir(directory);
  return count;
}

}  // namespace

ProcessFacts process_facts() {
  ProcessFacts facts;
  const std::string text = contents("/proc/self/stat");
  const auto fields = stat_fields(text);
  const auto field = [&](std::size_t of_proc) -> std::optional<double> {
    return of_proc - 3 < fields.size() ? number(fields[of_proc - 3]) : std::nullopt;
  };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto user = field(14), system = field(15), start = field(22), boot = boot_time();
  if (user && system) facts.cpu_seconds = (*user + *system) / ticks;
  if (start && boot) facts.start_time_seconds = *boot + *start / ticks;
  facts.virtual_bytes = field(23);
  if (const auto pages = field(24)) {
    facts.resident_bytes = *pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
  }
  facts.open_descriptors = open_descriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    facts.most_descriptors = static_cast<double>(limit.rlim_cur);
  }
  return facts;
}

}  // namespace kaudit
