// Values that tell by their shape that they are secret.
//
// Written from memory of the providers' documentation of their token formats and of the public
// rules of secret scanners; a length here may lag behind what a provider issues today.
#include <algorithm>
#include <array>
#include <cstdint>

#include "core/secret_parts.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

using detail::is_alnum;
using detail::is_digit;
using detail::is_letter;
using detail::is_space;
using detail::is_upper;

// The characters that a token's body is made of.
enum class Set : std::uint8_t { alnum, upper, base32, hex, word, url, base64 };

constexpr bool in(Set set, char c) noexcept {
  switch (set) {
    case Set::alnum: return is_alnum(c);
    case Set::upper: return is_upper(c) || is_digit(c);
    case Set::base32: return is_upper(c) || (c >= '2' && c <= '7');
    case Set::hex: return is_digit(c) || (c >= 'a' && c <= 'f');
    case Set::word: return is_alnum(c) || c == '_';
    case Set::url: return is_alnum(c) || c == '_' || c == '-';
    case Set::base64: return is_alnum(c) || c == '+' || c == '/';
  }
  return false;
}

struct Shape {
  std::string_view prefix;  // public: what may be shown
  Set set;
  std::uint16_t min;  // of the body's characters; a longer run than max is something else
  std::uint16_t max;  // 0: any
  std::string_view kind;
  bool (*check)(std::string_view body) noexcept = nullptr;
};

// GitHub's last six characters are the CRC-32 of those before, in base 62 (github.blog, "Behind
// GitHub's new authentication token formats"). npm says that its tokens have one too, but not of
// what, and tokens that were published do not fit: it is not asked for.
bool has_crc(std::string_view body) noexcept {
  std::uint32_t crc = ~0U;
  for (const char c : body.substr(0, body.size() - 6)) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  crc = ~crc;
  constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (std::size_t n = 0; n < 6; ++n) {
    if (body[body.size() - 1 - n] != kDigits[crc % 62]) return false;
    crc /= 62;
  }
  return true;
}

// Told from an ordinary identifier with dashes by its digits and capitals.
bool is_mixed(std::string_view body) noexcept {
  const auto digits = std::count_if(body.begin(), body.end(), is_digit);
  return digits >= 3 && std::any_of(body.begin(), body.end(), is_letter);
}

// Of 36 characters today, and of up to 255 with the prefix some day, of which nothing else is known
// (github.blog/changelog, 2021-03-31, "Authentication token format updates").
bool is_github(std::string_view body) noexcept {
  return body.size() > 36 ? is_mixed(body) : has_crc(body);
}

bool is_no_example(std::string_view body) noexcept { return !body.ends_with("EXAMPLE"); }

constexpr std::uint16_t kAny = 0;

// Sorted by prefix, so that a first character finds its own.
constexpr Shape kShapes[] = {
    {"A3-", Set::upper, 30, kAny, "a 1Password secret key", nullptr},
    {"AGE-SECRET-KEY-1", Set::upper, 50, 64, "an age private key", nullptr},
    {"AIza", Set::url, 35, 35, "a Google API key", nullptr},
    {"AKCp", Set::alnum, 60, 80, "an Artifactory API key", nullptr},
    {"AKIA", Set::base32, 16, 16, "an AWS access key", is_no_example},
    {"ASIA", Set::base32, 16, 16, "a temporary AWS access key", is_no_example},
    {"ATATT3", Set::url, 60, kAny, "an Atlassian API token", nullptr},
    {"ATCTT3", Set::url, 60, kAny, "an Atlassian API token", nullptr},
    {"CCIPAT_", Set::word, 40, 80, "a CircleCI token", nullptr},
    {"EAAA", Set::url, 60, 60, "a Square access token", nullptr},
    {"GOCSPX-", Set::url, 28, 28, "a Google OAuth client secret", nullptr},
    {"GR1348941", Set::url, 20, 20, "a GitLab runner token", nullptr},
    {"HRKU-", Set::url, 36, 70, "a Heroku API key", nullptr},
    {"LTAI", Set::alnum, 17, 26, "an Alibaba Cloud access key", nullptr},
    {"NRAK-", Set::upper, 27, 27, "a New Relic API key", nullptr},
    {"PMAK-", Set::url, 59, 59, "a Postman API key", nullptr},
    {"SK", Set::hex, 32, 32, "a Twilio API key", nullptr},
    {"aio_", Set::alnum, 28, 28, "an Adafruit IO key", nullptr},
    {"bkua_", Set::alnum, 40, 40, "a Buildkite token", nullptr},
    {"cio", Set::alnum, 32, 32, "a crates.io token", is_mixed},
    {"dapi", Set::hex, 32, 32, "a Databricks token", nullptr},
    {"dckr_oat_", Set::url, 27, 40, "a Docker Hub access token", nullptr},
    {"dckr_pat_", Set::url, 27, 40, "a Docker Hub access token", nullptr},
    {"doo_v1_", Set::hex, 64, 64, "a DigitalOcean token", nullptr},
    {"dop_v1_", Set::hex, 64, 64, "a DigitalOcean token", nullptr},
    {"dor_v1_", Set::hex, 64, 64, "a DigitalOcean token", nullptr},
    {"figd_", Set::url, 40, 60, "a Figma token", nullptr},
    {"fo1_", Set::url, 43, 43, "a Fly.io token", nullptr},
    {"ghe_", Set::alnum, 36, 251, "a GitHub token", is_github},
    {"gho_", Set::alnum, 36, 251, "a GitHub OAuth token", is_github},
    {"ghp_", Set::alnum, 36, 251, "a GitHub personal access token", is_github},
    {"ghr_", Set::alnum, 36, 251, "a GitHub refresh token", is_github},
    {"ghs_", Set::alnum, 36, 251, "a GitHub app token", is_github},
    {"ghu_", Set::alnum, 36, 251, "a GitHub user token", is_github},
    {"github_pat_", Set::word, 82, 82, "a GitHub personal access token", nullptr},
    {"glagent-", Set::url, 50, kAny, "a GitLab agent token", nullptr},
    {"glc_", Set::base64, 32, kAny, "a Grafana Cloud token", nullptr},
    {"glcbt-", Set::url, 20, kAny, "a GitLab job token", nullptr},
    {"gldt-", Set::url, 20, kAny, "a GitLab deploy token", nullptr},
    {"glft-", Set::url, 20, kAny, "a GitLab feed token", nullptr},
    {"gloas-", Set::url, 64, kAny, "a GitLab OAuth secret", nullptr},
    // 20 characters; since 2024 27 and more, and a routing part behind dots (GitLab's merge request
    // 169322).
    {"glpat-", Set::url, 20, kAny, "a GitLab personal access token", nullptr},
    {"glptt-", Set::url, 40, kAny, "a GitLab trigger token", nullptr},
    {"glrt-", Set::url, 20, kAny, "a GitLab runner token", nullptr},
    {"glsa_", Set::word, 41, 41, "a Grafana service account token", nullptr},
    {"glsoat-", Set::url, 20, kAny, "a GitLab SCIM token", nullptr},
    {"gsk_", Set::alnum, 52, 52, "a Groq API key", nullptr},
    {"hf_", Set::alnum, 34, 40, "a Hugging Face token", nullptr},
    {"hvb.", Set::url, 90, kAny, "a HashiCorp Vault token", nullptr},
    {"hvr.", Set::url, 24, kAny, "a HashiCorp Vault token", nullptr},
    {"hvs.", Set::url, 24, kAny, "a HashiCorp Vault token", nullptr},
    {"key-", Set::hex, 32, 32, "a Mailgun API key", nullptr},
    {"lin_api_", Set::alnum, 40, 48, "a Linear API key", nullptr},
    {"ntn_", Set::alnum, 43, 50, "a Notion token", nullptr},
    {"npm_", Set::alnum, 36, 36, "an npm token", nullptr},
    {"nvapi-", Set::url, 60, 70, "an NVIDIA API key", nullptr},
    {"oy2", Set::alnum, 43, 43, "a NuGet API key", is_mixed},
    {"pplx-", Set::alnum, 40, 60, "a Perplexity API key", nullptr},
    {"pscale_oauth_", Set::url, 32, 64, "a PlanetScale token", nullptr},
    {"pscale_pw_", Set::url, 32, 64, "a PlanetScale password", nullptr},
    {"pscale_tkn_", Set::url, 32, 64, "a PlanetScale token", nullptr},
    {"pul-", Set::hex, 40, 40, "a Pulumi token", nullptr},
    {"pypi-AgE", Set::url, 50, kAny, "a PyPI token", nullptr},
    {"r8_", Set::alnum, 37, 37, "a Replicate token", nullptr},
    {"rk_live_", Set::alnum, 10, 250, "a Stripe restricted key", nullptr},
    {"rk_test_", Set::alnum, 10, 250, "a Stripe restricted test key", nullptr},
    {"rubygems_", Set::hex, 48, 48, "a RubyGems API key", nullptr},
    {"sbp_", Set::hex, 40, 40, "a Supabase token", nullptr},
    {"secret_", Set::alnum, 43, 43, "a Notion token", is_mixed},
    {"shpat_", Set::alnum, 32, 32, "a Shopify token", nullptr},
    {"shpca_", Set::alnum, 32, 32, "a Shopify token", nullptr},
    {"shppa_", Set::alnum, 32, 32, "a Shopify token", nullptr},
    {"shpss_", Set::alnum, 32, 32, "a Shopify shared secret", nullptr},
    {"sk-", Set::url, 32, 250, "an API key of an AI service", is_mixed},
    {"sk-ant-", Set::url, 32, 250, "an Anthropic API key", nullptr},
    {"sk-proj-", Set::url, 32, 250, "an OpenAI API key", nullptr},
    {"sk-svcacct-", Set::url, 32, 250, "an OpenAI API key", nullptr},
    {"sk_live_", Set::alnum, 10, 250, "a Stripe secret key", nullptr},
    {"sk_test_", Set::alnum, 10, 250, "a Stripe test key", nullptr},
    {"sntryu_", Set::hex, 64, 64, "a Sentry token", nullptr},
    {"sq0atp-", Set::url, 22, 22, "a Square access token", nullptr},
    {"sq0csp-", Set::url, 43, 43, "a Square OAuth secret", nullptr},
    {"sqa_", Set::hex, 40, 40, "a SonarQube token", nullptr},
    {"sqp_", Set::hex, 40, 40, "a SonarQube token", nullptr},
    {"squ_", Set::hex, 40, 40, "a SonarQube token", nullptr},
    {"tfp_", Set::url, 50, 60, "a Typeform token", nullptr},
    {"tskey-", Set::url, 20, 80, "a Tailscale key", is_mixed},
    {"whsec_", Set::base64, 24, 80, "a webhook signing secret", nullptr},
    {"xapp-", Set::url, 30, kAny, "a Slack app token", nullptr},
    {"xkeysib-", Set::url, 70, 90, "a Brevo API key", nullptr},
    {"xoxa-", Set::url, 20, kAny, "a Slack token", nullptr},
    {"xoxb-", Set::url, 20, kAny, "a Slack bot token", nullptr},
    {"xoxe-", Set::url, 20, kAny, "a Slack token", nullptr},
    {"xoxp-", Set::url, 20, kAny, "a Slack user token", nullptr},
    {"xoxr-", Set::url, 20, kAny, "a Slack token", nullptr},
    {"xoxs-", Set::url, 20, kAny, "a Slack token", nullptr},
    {"ya29.", Set::url, 20, kAny, "a Google OAuth token", nullptr},
};

// Of these and of the keys with dots: most values in a manifest are shorter.
constexpr std::size_t kShortestKey = 18;
consteval bool none_shorter() {
  for (const Shape& shape : kShapes) {
    if (shape.prefix.size() + shape.min < kShortestKey) return false;
  }
  return true;
}
static_assert(none_shorter());

consteval bool sorted_by_first() {
  for (std::size_t n = 1; n < std::size(kShapes); ++n) {
    if (kShapes[n].prefix.front() < kShapes[n - 1].prefix.front()) return false;
  }
  return true;
}
static_assert(sorted_by_first());

// Where the shapes that begin with a character stand in kShapes.
struct Bucket {
  std::uint8_t begin = 0, end = 0;
};
consteval std::array<Bucket, 128> buckets() {
  std::array<Bucket, 128> table{};
  for (std::size_t n = 0; n < std::size(kShapes); ++n) {
    Bucket& bucket = table[static_cast<unsigned char>(kShapes[n].prefix.front())];
    if (bucket.end == 0) bucket.begin = static_cast<std::uint8_t>(n);
    bucket.end = static_cast<std::uint8_t>(n + 1);
  }
  return table;
}
constexpr std::array<Bucket, 128> kBuckets = buckets();
static_assert(std::size(kShapes) < 255);

// The length of the run of the set's characters from `at` on, at most `limit`.
std::size_t run(std::string_view text, std::size_t at, Set set, std::size_t limit) noexcept {
  std::size_t end = at;
  while (end < text.size() && end - at < limit && in(set, text[end])) ++end;
  return end - at;
}

SecretMatch provider_key(std::string_view text, std::size_t at) noexcept {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first >= kBuckets.size() || at + 1 >= text.size()) return {};
  // A run with dashes is walked once, from its beginning.
  const bool after_dash = at > 0 && text[at - 1] == '-';
  SecretMatch best;
  for (std::size_t n = kBuckets[first].begin; n < kBuckets[first].end; ++n) {
    const Shape& shape = kShapes[n];
    if (after_dash && shape.set == Set::url) continue;
    if (shape.prefix[1] != text[at + 1]) continue;  // cheaper than to compare it all
    if (text.compare(at, shape.prefix.size(), shape.prefix) != 0) continue;
    const std::size_t body = at + shape.prefix.size();
    const std::size_t limit = shape.max == kAny ? text.size() : std::size_t{shape.max} + 1;
    const std::size_t size = run(text, body, shape.set, limit);
    if (size < shape.min || size == limit) continue;
    if (body + size < text.size() && is_alnum(text[body + size])) continue;
    if (shape.prefix.size() <= best.shown.size()) continue;
    const bool real = shape.check == nullptr || shape.check(text.substr(body, size));
    if (!real && shape.check == is_mixed) continue;
    best = {real ? SecretGrade::known : SecretGrade::placeholder, shape.kind, shape.prefix, at,
            shape.prefix.size() + size};
  }
  return best;
}

// Keys whose parts are joined by dots: eyJ….eyJ….…, SG.….…, TOKEN.atlasv1.….
SecretMatch dotted_key(std::string_view text, std::size_t at) noexcept {
  const auto part = [&](std::size_t from, std::size_t least) {
    const std::size_t size = run(text, from, Set::url, text.size());
    return size >= least ? size : 0;
  };
  const auto dot = [&](std::size_t where) { return where < text.size() && text[where] == '.'; };
  const auto three = [&](std::size_t least, std::string_view kind, std::string_view shown) {
    const std::size_t a = part(at, least);
    if (a == 0 || !dot(at + a)) return SecretMatch{};
    const std::size_t b = part(at + a + 1, least);
    if (b == 0 || !dot(at + a + 1 + b)) return SecretMatch{};
    const std::size_t c = part(at + a + b + 2, least);
    if (c == 0) return SecretMatch{};
    return SecretMatch{SecretGrade::known, kind, shown, at, a + b + c + 2};
  };
  // Only where a run begins, so that it is walked once.
  if (at > 0 && (in(Set::url, text[at - 1]) || text[at - 1] == '.')) return {};
  if (text.compare(at, 3, "eyJ") == 0) return three(16, "a JSON Web Token", "eyJ");
  if (text.compare(at, 3, "SG.") == 0) {
    const std::size_t b = part(at + 3, 20);
    if (b == 0 || !dot(at + 3 + b)) return {};
    const std::size_t c = part(at + 4 + b, 39);
    if (c == 0) return {};
    return {SecretGrade::known, "a SendGrid API key", "SG.", at, 4 + b + c};
  }
  if (text.compare(at, 6, "dp.pt.") == 0 && part(at + 6, 40) != 0) {
    return {SecretGrade::known, "a Doppler token", "dp.pt.", at, 6 + part(at + 6, 40)};
  }
  if (text.compare(at, 7, "dt0c01.") == 0) return three(6, "a Dynatrace token", "dt0c01.");
  return {};
}

// A line's worth of base64 near the beginning; headers (`Proc-Type: …`) may come first.
bool has_key_body(std::string_view body) noexcept {
  constexpr std::size_t kNear = 512;
  constexpr std::size_t kLine = 40;
  body = body.substr(0, kNear);
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t size = run(body, at, Set::base64, kLine);
    if (size == kLine) return true;
    at += size + 1;
  }
  return false;
}

// -----BEGIN … PRIVATE KEY-----, to its end or the end of the text. Line breaks may be written \n.
SecretMatch private_key(std::string_view text, std::size_t at) noexcept {
  constexpr std::string_view kBegin = "-----BEGIN ";
  if (text.compare(at, kBegin.size(), kBegin) != 0) return {};
  const std::size_t label_end = text.find("-----", at + kBegin.size());
  if (label_end == std::string_view::npos || label_end - at > 64) return {};
  const std::string_view label = text.substr(at + kBegin.size(), label_end - at - kBegin.size());
  if (label.find("PRIVATE KEY") == std::string_view::npos) return {};
  std::string_view kind = "a private key";
  if (label.starts_with("OPENSSH")) kind = "an SSH private key";
  if (label.starts_with("PGP")) kind = "a PGP private key";
  const std::size_t near = std::min<std::size_t>(at, 512);
  if (text.substr(at - near, near).find("\"service_account\"") != std::string_view::npos) {
    kind = "a Google Cloud service account key";
  }
  std::size_t end = text.find("-----END ", label_end + 5);
  if (end != std::string_view::npos) end = text.find("-----", end + 9);
  end = end == std::string_view::npos ? text.size() : end + 5;
  // A header alone names the format, as in a comment or a test for it.
  const bool real = has_key_body(text.substr(label_end + 5, end - label_end - 5));
  return {real ? SecretGrade::known : SecretGrade::placeholder, kind, "-----BEGIN", at, end - at};
}

constexpr std::string_view kEncodedPem = "LS0tLS1CRUdJTi";  // -----BEGIN, and a blank

// The same in base64, as kubeconfig files and Kubernetes' Secrets hold it.
SecretMatch encoded_private_key(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kLabel = 64;
  if (text.compare(at, kEncodedPem.size(), kEncodedPem) != 0) return {};
  const std::size_t size = run(text, at, Set::base64, text.size());
  std::string_view encoded = text.substr(at, std::min(size, kLabel));
  std::array<char, kLabel> label{};
  std::size_t length = 0;
  std::uint32_t bits = 0;
  for (std::size_t n = 0; n < encoded.size(); ++n) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bits = bits << 6U | static_cast<std::uint32_t>(kDigits.find(encoded[n]));
    if (n % 4 != 3) continue;
    for (const unsigned shift : {16U, 8U, 0U}) {
      label[length++] = static_cast<char>(bits >> shift & 0xffU);
    }
    bits = 0;
  }
  if (std::string_view(label.data(), length).find("PRIVATE KEY-----") == std::string_view::npos) {
    return {};
  }
  const bool real = size > 2 * kLabel;
  return {real ? SecretGrade::known : SecretGrade::placeholder, "a private key in base64",
          kEncodedPem, at, size};
}

// What may stand in a URL before its path.
constexpr bool in_authority(char c) noexcept {
  return !is_space(c) && c != '/' && c != '?' && c != '#' && c != '"' && c != '\'' && c != '`' &&
         c != '<' && c != ',' && c != '|' && c != '\\';
}

// `colon` is where `://` stands.
SecretMatch url_password(std::string_view text, std::size_t colon) noexcept {
  if (colon == 0 || !is_alnum(text[colon - 1])) return {};
  const std::size_t begin = colon + 3;
  std::size_t end = begin;
  bool quoted_name = false;  // <password> is part of a placeholder
  while (end < text.size() && (in_authority(text[end]) || text[end] == '<')) {
    quoted_name = quoted_name || text[end] == '<';
    ++end;
  }
  SecretMatch match = detail::password_in_authority(text.substr(begin, end - begin));
  if (match.grade == SecretGrade::none) return {};
  if (quoted_name) match.grade = SecretGrade::placeholder;
  match.begin += begin;
  return match;
}

// URLs whose path is the secret.
SecretMatch webhook(std::string_view text, std::size_t colon) noexcept {
  struct Hook {
    std::string_view host;
    std::string_view kind;
    std::size_t least;  // characters of the path that follows
  };
  constexpr Hook kHooks[] = {
      {"hooks.slack.com/services/", "a Slack webhook", 40},
      {"hooks.slack.com/workflows/", "a Slack webhook", 40},
      {"discord.com/api/webhooks/", "a Discord webhook", 60},
      {"discordapp.com/api/webhooks/", "a Discord webhook", 60},
      {"chat.googleapis.com/v1/spaces/", "a Google Chat webhook", 60},
  };
  const std::size_t begin = colon + 3;
  for (const Hook& hook : kHooks) {
    if (text.compare(begin, hook.host.size(), hook.host) != 0) continue;
    const std::size_t path = begin + hook.host.size();
    std::size_t end = path;
    while (end < text.size() && !is_space(text[end]) && text[end] != '"' && text[end] != '\'' &&
           text[end] != '`') {
      ++end;
    }
    const std::string_view rest = text.substr(path, end - path);
    if (rest.size() < hook.least) continue;
    const bool real = !is_reference(rest) && !is_placeholder(rest) &&
                      std::count_if(rest.begin(), rest.end(), is_digit) >= 3;
    return {real ? SecretGrade::known : SecretGrade::placeholder, hook.kind, hook.host, path,
            rest.size()};
  }
  return {};
}

// AccountKey=…, SharedAccessKey=…: Azure's connection strings.
SecretMatch azure_key(std::string_view text, std::size_t at) noexcept {
  struct Field {
    std::string_view name;
    std::string_view kind;
    std::size_t least;
  };
  constexpr Field kFields[] = {
      {"AccountKey=", "an Azure storage key", 80},
      {"SharedAccessKey=", "an Azure shared access key", 40},
  };
  for (const Field& field : kFields) {
    if (text.compare(at, field.name.size(), field.name) != 0) continue;
    const std::size_t begin = at + field.name.size();
    const std::size_t size = run(text, begin, Set::base64, 100);
    if (size < field.least) return {};
    std::size_t end = begin + size;
    while (end < text.size() && text[end] == '=') ++end;
    return {SecretGrade::known, field.kind, {}, begin, end - begin};
  }
  return {};
}

// Without a prefix: 123456789:AA… of Telegram, xxx8Q~… of Microsoft Entra. `at` is the character
// that tells.
SecretMatch infix_key(std::string_view text, std::size_t at) noexcept {
  if (text[at] == ':' && at >= 8 && text.compare(at + 1, 2, "AA") == 0) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 11 && is_digit(text[begin - 1])) --begin;
    const std::size_t size = run(text, at + 1, Set::url, 36);
    const bool apart = begin == 0 || !is_alnum(text[begin - 1]);
    if (at - begin < 8 || size != 35 || !apart) return {};
    return {SecretGrade::known, "a Telegram bot token", {}, begin, at + 1 + size - begin};
  }
  if (text[at] == '~' && at >= 5 && text[at - 1] == 'Q' && is_digit(text[at - 2])) {
    std::size_t end = at + 1;
    while (end < text.size() && end - at < 36 &&
           (in(Set::url, text[end]) || text[end] == '~' || text[end] == '.')) {
      ++end;
    }
    const std::size_t size = end - at - 1;
    if (size < 31 || size > 34) return {};
    return {SecretGrade::known, "a Microsoft Entra client secret", {}, at - 5, end - (at - 5)};
  }
  return {};
}

constexpr auto kIsWord = [] {
  std::array<bool, 256> table{};
  for (std::size_t n = 0; n < 128; ++n) table[n] = is_alnum(static_cast<char>(n));
  return table;
}();

// What dotted_key(), azure_key() and encoded_private_key() look for.
constexpr std::string_view kOtherKeys[] = {
    "eyJ", "SG.", "dp.pt.", "dt0c01.", "AccountKey=", "SharedAccessKey=", kEncodedPem};

// Of each character the ones that follow it at the beginning of any key: bit n stands for those
// whose last six bits are n.
constexpr auto kSeconds = [] {
  std::array<std::uint64_t, 256> table{};
  const auto add = [&](std::string_view key) {
    table[static_cast<unsigned char>(key[0])] |= std::uint64_t{1} << (key[1] & 63);
  };
  for (const Shape& shape : kShapes) add(shape.prefix);
  for (const std::string_view key : kOtherKeys) add(key);
  return table;
}();

// The cheap question first: few words begin like a key.
bool may_begin_key(std::string_view text, std::size_t at) noexcept {
  return text.size() - at >= kShortestKey &&
         (kSeconds[static_cast<unsigned char>(text[at])] >> (text[at + 1] & 63) & 1U) != 0;
}

SecretMatch key_at(std::string_view text, std::size_t at) noexcept {
  SecretMatch found = provider_key(text, at);
  if (found.grade == SecretGrade::none) found = dotted_key(text, at);
  if (found.grade == SecretGrade::none) found = azure_key(text, at);
  if (found.grade == SecretGrade::none) found = encoded_private_key(text, at);
  return found;
}

// What is told by `--`, `:` or `~` where that stands; `from` is the first place that counts.
SecretMatch marked_secret(std::string_view text, std::size_t at, std::size_t from) noexcept {
  if (text[at] == '-') return private_key(text, at);
  SecretMatch found = infix_key(text, at);
  if (found.begin < from) found = {};
  if (found.grade != SecretGrade::none || text.compare(at, 3, "://") != 0) return found;
  found = webhook(text, at);
  return found.grade == SecretGrade::none ? url_password(text, at) : found;
}

bool is_mark(std::string_view text, std::size_t at) noexcept {
  const char c = text[at];
  return c == ':' || c == '~' || (c == '-' && at + 1 < text.size() && text[at + 1] == '-');
}

std::size_t word_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && kIsWord[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

}  // namespace

SecretMatch secret_by_shape(std::string_view text, std::size_t from) noexcept {
  // In a short text only a URL can have a password.
  if (text.size() < kShortestKey && text.find("://") == std::string_view::npos) return {};
  std::size_t at = from;
  if (from > 0 && from <= text.size() && is_alnum(text[from - 1])) at = word_end(text, from);
  while (at < text.size()) {
    SecretMatch found;
    if (kIsWord[static_cast<unsigned char>(text[at])]) {
      if (may_begin_key(text, at)) found = key_at(text, at);
      if (found.grade != SecretGrade::none) return found;
      at = word_end(text, at);
    } else {
      if (is_mark(text, at)) found = marked_secret(text, at, from);
      if (found.grade != SecretGrade::none) return found;
      const bool joins = text[at++] == '_';  // what follows begins no word
      if (joins) at = word_end(text, at);
    }
  }
  return {};
}

}  // namespace kaudit
