// Any bytes as JSON. The second opinion is nlohmann's: what it takes for one JSON value, we do too,
// with the same content, and the other way round. What both take, the YAML reader reads alike.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/fuzz/check.h"

namespace kaudit::fuzz {
namespace {

using Json = nlohmann::json;

// Numbers as the API server sees them: what has no fraction is an integer, written with a double's
// digits beyond 2^53; here all numbers of that size are compared as doubles.
void normalise(Json& value) {
  if (value.is_structured()) {
    for (Json& child : value) normalise(child);
  }
  if (!value.is_number()) return;
  constexpr double kExact = 9007199254740992.0;  // 2^53
  const auto real = value.get<double>();
  if (real < -kExact || real > kExact || std::trunc(real) != real) {
    value = real;
  } else {
    value = static_cast<std::int64_t>(real);
  }
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const kaudit::Limits limits{.bytes = 1U << 20U, .nodes = 20'000, .depth = 50};
  const Checked ours = read(kaudit::read_json, text, limits);
  require(ours.errors.size() <= 1 || has(ours.errors[0], "values") || has(ours.errors[0], "nested"),
          "reading stops at the first error in the text");

  // nlohmann ends at a NUL byte, and refuses lone surrogates and numbers beyond a double.
  if (text.find('\0') != std::string::npos) return 0;
  Json theirs = Json::parse(text, nullptr, false);
  if (!theirs.is_discarded()) {
    if (ours.errors.empty()) {
      require(ours.documents.size() == 1, "what nlohmann takes for one value is one");
      Json again = Json::parse(ours.documents[0]);
      normalise(again);
      normalise(theirs);
      require(again == theirs, "we agree with nlohmann", again.dump(), theirs.dump());
    } else {
      require(has(ours.errors[0], "more than") || has(ours.errors[0], "nested deeper"),
              "what nlohmann reads we read, but for our limits", ours.errors[0]);
    }
  } else if (ours.errors.empty() && ours.documents.size() == 1) {
    require(has(text, "\\u") || has(ours.documents[0], "1e999"), "what we read nlohmann reads",
            ours.documents[0]);
  }

  // Both readers for the same text: YAML knows no surrogates and no escaped slash (goyaml.v2), and
  // limits a key to 1024 characters on one line.
  if (!ours.errors.empty() || ours.documents.size() != 1) return 0;
  const Checked yaml = read(kaudit::read_yaml, text, limits);
  if (yaml.errors.empty() && yaml.documents.size() == 1 && !has(text, "\\") &&
      !has(ours.documents[0], "1e999")) {
    require(yaml.documents == ours.documents, "JSON and YAML readers agree", ours.documents[0],
            yaml.documents[0]);
  }
  return 0;
}
