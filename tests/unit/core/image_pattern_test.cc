#include "core/image_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace kaudit {
namespace {

#define KAUDIT_HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KAUDIT_DIGEST "@sha256:" KAUDIT_HEX

struct Case {
  std::string_view pattern, image;
  bool matches;
};

constexpr Case kCases[] = {
    // Without tag and digest: any of them, of that repository alone.
    {"reg.io/app", "reg.io/app", true},
    {"reg.io/app", "reg.io/app:1", true},
    {"reg.io/app", "reg.io/app:latest", true},
    {"reg.io/app", "reg.io/app" KAUDIT_DIGEST, true},
    {"reg.io/app", "reg.io/app:1" KAUDIT_DIGEST, true},
    {"reg.io/app", "reg.io/app2", false},
    {"reg.io/app", "reg.io/ap", false},
    {"reg.io/app", "reg.io/app/x", false},
    {"reg.io/app", "reg.io/x/app", false},
    {"reg.io/app", "app", false},
    // Hosts that begin, end or are written like the one that is meant.
    {"reg.io/app", "reg.io.evil.com/app", false},
    {"reg.io/app", "reg.iox/app", false},
    {"reg.io/app", "xreg.io/app", false},
    {"reg.io/app", "evil.com/reg.io/app", false},
    {"reg.io/app", "evil/reg.io/app", false},
    {"reg.io/app", "reg.io:443/app", false},
    {"reg.io/app", "reg.io@evil.com/app", false},
    {"reg.io/app", "user@reg.io/app", false},
    {"reg.io/app", "http://reg.io/app", false},
    {"reg.io/app", "//reg.io/app", false},
    {"reg.io/app", "reg.io//app", false},
    {"reg.io/app", "reg.io/./app", false},
    {"reg.io/app", "reg.io/x/../app", false},
    {"reg.io/app", "reg.io/app/", false},
    {"reg.io/app", "reg.io%2fapp", false},
    {"reg.io/app", "reg.io\\app", false},
    {"reg.io/app", "REG.IO/app", false},
    {"reg.io/app", "reg.io/APP", false},
    {"reg.io/app", "reg.io./app", false},
    {"reg.io/app", "r\xd0\xb5g.io/app", false},  // a Cyrillic letter
    {"reg.io/app", "xn--rg-vlc.io/app", false},
    {"reg.io/app", " reg.io/app", false},
    {"reg.io/app", "reg.io/app ", false},
    {"reg.io/app", "reg.io/app\nevil.com/x", false},
    {"reg.io/app", "reg.io/app:", false},
    {"reg.io/app", "reg.io/app@", false},
    {"reg.io/app", "reg.io/app:a:b", false},
    {"reg.io/app", "reg.io/app@sha256:12", false},
    {"reg.io/app", "", false},
    {"reg.io:5000/app", "reg.io:5000/app:1", true},
    {"reg.io:5000/app", "reg.io:50000/app", false},
    {"reg.io:5000/app", "reg.io/app:5000", false},
    {"[::1]:5000/app", "[::1]:5000/app", true},
    {"[::1]:5000/app", "[::2]:5000/app", false},
    {"localhost/app", "localhost/app", true},
    {"localhost/app", "localhost:80/app", false},
    // Wildcards stay in their part.
    {"reg.io/*", "reg.io/app", true},
    {"reg.io/*", "reg.io/team/app", false},
    {"reg.io/*", "reg.io.evil.com/x", false},
    {"reg.io/*", "reg.io", false},
    {"reg.io/team/*", "reg.io/team/app:1", true},
    {"reg.io/team/*", "reg.io/team2/app", false},
    {"reg.io/team/*", "reg.io/team", false},
    {"reg.io/*/app", "reg.io/team/app", true},
    {"reg.io/*/app", "reg.io/a/b/app", false},
    {"reg.io/team-?/app", "reg.io/team-1/app", true},
    {"reg.io/team-?/app", "reg.io/team-12/app", false},
    {"reg.io/team/app-*", "reg.io/team/app-1", true},
    {"reg.io/team/app-*", "reg.io/team/app", false},
    {"reg.io/**", "reg.io/app", true},
    {"reg.io/**", "reg.io/a/b/c:1", true},
    {"reg.io/**", "reg.io.evil.com/x", false},
    {"reg.io/team/**", "reg.io/team/a/b", true},
    {"reg.io/team/**", "reg.io/team", false},
    {"reg.io/team/**", "reg.io/teams/a", false},
    {"*.reg.io/app", "eu.reg.io/app", true},
    {"*.reg.io/app", "a.b.reg.io/app", true},
    {"*.reg.io/app", "reg.io/app", false},
    {"*.reg.io/app", "evilreg.io/app", false},
    {"*.reg.io/app", "eu.reg.io.evil.com/app", false},
    {"*.reg.io/app", "evil.com/eu.reg.io/app", false},
    {"*.reg.io/app", "eu.reg.io:443/app", false},
    {"**", "evil.com/x", true},
    {"**", "nginx", true},
    {"**", "not an image", false},
    // A tag counts only where no digest says otherwise.
    {"reg.io/app:1", "reg.io/app:1", true},
    {"reg.io/app:1", "reg.io/app:2", false},
    {"reg.io/app:1", "reg.io/app:12", false},
    {"reg.io/app:1", "reg.io/app", false},
    {"reg.io/app:1", "reg.io/app:1" KAUDIT_DIGEST, false},
    {"reg.io/app:1.*", "reg.io/app:1.27", true},
    {"reg.io/app:1.*", "reg.io/app:2.1.27", false},
    {"reg.io/app:latest", "reg.io/app", true},
    {"reg.io/app:*", "reg.io/app", true},
    {"reg.io/app:*", "reg.io/app" KAUDIT_DIGEST, false},
    {"reg.io/*:1", "reg.io/app:1", true},
    {"reg.io/app" KAUDIT_DIGEST, "reg.io/app" KAUDIT_DIGEST, true},
    {"reg.io/app" KAUDIT_DIGEST, "reg.io/app:7" KAUDIT_DIGEST, true},
    {"reg.io/app:1" KAUDIT_DIGEST, "reg.io/app:2" KAUDIT_DIGEST, true},
    {"reg.io/app" KAUDIT_DIGEST, "reg.io/app", false},
    {"reg.io/app" KAUDIT_DIGEST, "reg.io/other" KAUDIT_DIGEST, false},
    {"reg.io/app@sha256:*", "reg.io/app:1" KAUDIT_DIGEST, true},
    {"reg.io/app@sha256:*", "reg.io/app:1", false},
    // What Docker Hub's names are short for.
    {"nginx", "nginx", true},
    {"nginx", "nginx:1", true},
    {"nginx", "library/nginx", true},
    {"nginx", "docker.io/nginx", true},
    {"nginx", "docker.io/library/nginx:1", true},
    {"nginx", "index.docker.io/library/nginx", true},
    {"nginx", "bitnami/nginx", false},
    {"nginx", "reg.io/nginx", false},
    {"nginx", "reg.io/library/nginx", false},
    {"nginx", "docker.io.evil.com/library/nginx", false},
    {"docker.io/library/nginx", "nginx", true},
    {"index.docker.io/library/nginx", "nginx", true},
    {"library/nginx", "nginx", true},
    {"bitnami/redis", "docker.io/bitnami/redis", true},
    {"docker.io/bitnami/*", "bitnami/redis:7", true},
    {"docker.io/library/*", "nginx", true},
    {"docker.io/library/**", "nginx", true},
    {"docker.io/*", "nginx", true},
    {"docker.io/*", "bitnami/redis", false},
    {"docker.io/*/*", "nginx", true},
    {"docker.io/**", "nginx", true},
    {"docker.io/**", "bitnami/redis", true},
    {"docker.io/**", "reg.io/redis", false},
    {"nginx:1.*", "docker.io/library/nginx:1.27", true},
};

TEST(ImagePattern, MatchesWhatARuntimeWouldPull) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(std::string(one.pattern) + " and " + std::string(one.image));
    const auto pattern = ImagePattern::parse(one.pattern);
    ASSERT_TRUE(pattern) << pattern.error().message;
    EXPECT_EQ(pattern->matches(one.image), one.matches);
  }
}

TEST(ImagePattern, LongNamesMatchNothing) {
  const auto pattern = ImagePattern::parse("reg.io/**");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->matches("reg.io/" + std::string(200, 'a')));
  EXPECT_FALSE(pattern->matches("reg.io/" + std::string(300, 'a')));
  EXPECT_FALSE(pattern->matches("reg.io/" + std::string(std::size_t{1} << 20, 'a')));
}

struct Wrong {
  std::string_view pattern, message;
};
constexpr std::string_view kNoRegistry =
    "does not say of which registry; write it, as in docker.io/library/*, or ** for every image";
constexpr std::string_view kOthersHosts =
    "has a wildcard in the registry that others' hosts match; only *. may begin it";
constexpr std::string_view kNoReference = "is no reference of an image";
constexpr std::string_view kDeep = "has a ** that is not its whole last part";

constexpr Wrong kWrong[] = {
    {"*", kNoRegistry},
    {"*/app", kNoRegistry},
    {"ng*", kNoRegistry},
    {"**/app", kNoRegistry},
    {"*:1", kNoRegistry},
    {"reg*/app", kNoRegistry},
    {"reg.io*/app", kOthersHosts},
    {"reg.io:*/app", kOthersHosts},
    {"reg.*/app", kOthersHosts},
    {"*reg.io/app", kOthersHosts},
    {"*.*.io/app", kOthersHosts},
    {"*./app", kNoReference},
    {"reg.?o/app", kOthersHosts},
    {"reg.io/**/app", kDeep},
    {"reg.io/a**", kDeep},
    {"reg.io/", kNoReference},
    {"reg.io//app", kNoReference},
    {"reg.io/App", kNoReference},
    {"reg.io/app:", kNoReference},
    {"reg.io/app@", kNoReference},
    {"reg.io/app@sha256:12", kNoReference},
    {"reg.io/app@sha256:1*", kNoReference},
    {"reg.io/app@*", kNoReference},
    {"reg.io/app:*:*", kNoReference},
    {"http://reg.io/app", kNoReference},
    {"reg.io/app name", kNoReference},
    {"", kNoReference},
};

TEST(ImagePattern, RefusesWhatWouldMatchOthersOrNothing) {
  for (const Wrong& one : kWrong) {
    const auto pattern = ImagePattern::parse(one.pattern);
    EXPECT_EQ(pattern ? "accepted" : pattern.error().message, one.message) << one.pattern;
  }
}

}  // namespace
}  // namespace kaudit
