#include "manifests/cli/shard.h"

#include <charconv>

#include "core/fnv1a.h"
#include "manifests/policy/policy.h"

namespace kaudit {
namespace {

constexpr std::uint32_t kMostShards = 10'000;

bool read_number(std::string_view text, std::uint32_t& out) noexcept {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && stop == end;
}

}  // namespace

bool Shard::takes(std::string_view name) const noexcept {
  if (whole()) return true;
  Fnv1a fnv;
  fnv.bytes(name);
  // MurmurHash3's last step: names that differ in their last character are far apart.
  const std::uint64_t hash = (fnv.value() ^ (fnv.value() >> 33U)) * 0xff51afd7ed558ccd;
  return (hash >> 32U) % count == index;
}

Result<Shard> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  Shard shard;
  const bool numbers = slash != std::string_view::npos &&
                       read_number(text.substr(0, slash), shard.index) &&
                       read_number(text.substr(slash + 1), shard.count);
  if (!numbers || shard.count == 0 || shard.count > kMostShards || shard.index >= shard.count) {
    return Error{ErrorCode::config,
                 in_quotes(text) +
                     " is no shard: write INDEX/COUNT, such as 0/4 to 3/4, of at most " +
                     std::to_string(kMostShards),
                 {}};
  }
  return shard;
}

}  // namespace kaudit
