#include "core/image_ref.h"

#include <gtest/gtest.h>

#include <string>

namespace kaudit {
namespace {

#define KAUDIT_HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KAUDIT_DIGEST "sha256:" KAUDIT_HEX

struct Case {
  std::string_view text, registry, repository, tag, digest, name;
};

constexpr Case kValid[] = {
    {"nginx", "", "nginx", "", "", "nginx"},
    {"nginx:1.27", "", "nginx", "1.27", "", "nginx"},
    {"nginx:latest", "", "nginx", "latest", "", "nginx"},
    {"nginx:LATEST", "", "nginx", "LATEST", "", "nginx"},
    {"nginx@" KAUDIT_DIGEST, "", "nginx", "", KAUDIT_DIGEST, "nginx"},
    {"nginx:1.27@" KAUDIT_DIGEST, "", "nginx", "1.27", KAUDIT_DIGEST, "nginx"},
    {"nginx:latest@" KAUDIT_DIGEST, "", "nginx", "latest", KAUDIT_DIGEST, "nginx"},
    {"nginx@sha512:" KAUDIT_HEX KAUDIT_HEX, "", "nginx", "", "sha512:" KAUDIT_HEX KAUDIT_HEX,
     "nginx"},
    {"nginx@sha384:" KAUDIT_HEX "0123456789abcdef0123456789abcdef", "", "nginx", "",
     "sha384:" KAUDIT_HEX "0123456789abcdef0123456789abcdef", "nginx"},
    {"library/nginx", "", "library/nginx", "", "", "nginx"},
    {"bitnami/redis:7", "", "bitnami/redis", "7", "", "redis"},
    {"a/b/c/d:1", "", "a/b/c/d", "1", "", "d"},
    {"docker.io/nginx", "docker.io", "nginx", "", "", "nginx"},
    {"docker.io/library/nginx:1", "docker.io", "library/nginx", "1", "", "nginx"},
    {"reg.example/app", "reg.example", "app", "", "", "app"},
    {"reg.example/team/app:v1", "reg.example", "team/app", "v1", "", "app"},
    {"reg.example:5000/app", "reg.example:5000", "app", "", "", "app"},
    {"reg.example:5000/team/app:v1", "reg.example:5000", "team/app", "v1", "", "app"},
    {"reg.example:5000/app:v1@" KAUDIT_DIGEST, "reg.example:5000", "app", "v1", KAUDIT_DIGEST,
     "app"},
    // A port is not a tag, and without a slash there is no port.
    {"reg:443/x", "reg:443", "x", "", "", "x"},
    {"reg:443/x:1", "reg:443", "x", "1", "", "x"},
    {"reg:443", "", "reg", "443", "", "reg"},
    {"reg.example:443", "", "reg.example", "443", "", "reg.example"},
    {"localhost/app", "localhost", "app", "", "", "app"},
    {"localhost:5000/app:2", "localhost:5000", "app", "2", "", "app"},
    {"localhost", "", "localhost", "", "", "localhost"},
    {"localhoster/app", "", "localhoster/app", "", "", "app"},
    {"127.0.0.1:5000/app", "127.0.0.1:5000", "app", "", "", "app"},
    {"10.0.0.1/app:1", "10.0.0.1", "app", "1", "", "app"},
    {"[::1]:5000/app:1", "[::1]:5000", "app", "1", "", "app"},
    {"[2001:db8::1]/team/app", "[2001:db8::1]", "team/app", "", "", "app"},
    {"[2001:DB8::A]:443/app@" KAUDIT_DIGEST, "[2001:DB8::A]:443", "app", "", KAUDIT_DIGEST, "app"},
    // A name that only begins like another registry is that other registry.
    {"reg.io/app", "reg.io", "app", "", "", "app"},
    {"reg.io.evil.example/app", "reg.io.evil.example", "app", "", "", "app"},
    {"reg.iox/app", "reg.iox", "app", "", "", "app"},
    {"xreg.io/app", "xreg.io", "app", "", "", "app"},
    {"evil.example/reg.io/app", "evil.example", "reg.io/app", "", "", "app"},
    {"evil/reg.io/app", "", "evil/reg.io/app", "", "", "app"},
    {"REG.EXAMPLE/app", "REG.EXAMPLE", "app", "", "", "app"},
    {"Registry/app", "Registry", "app", "", "", "app"},
    {"xn--bcher-kva.example/app:1", "xn--bcher-kva.example", "app", "1", "", "app"},
    {"a-b.example/app", "a-b.example", "app", "", "", "app"},
    {"my_app", "", "my_app", "", "", "my_app"},
    {"my__app", "", "my__app", "", "", "my__app"},
    {"my--app---x", "", "my--app---x", "", "", "my--app---x"},
    {"my.app", "", "my.app", "", "", "my.app"},
    {"0", "", "0", "", "", "0"},
    {"app:_", "", "app", "_", "", "app"},
    {"app:1-alpine_3.20", "", "app", "1-alpine_3.20", "", "app"},
    {"app:v1.2.3-rc.1", "", "app", "v1.2.3-rc.1", "", "app"},
    {"gcr.io/k8s-staging/x_y.z-w:20260101", "gcr.io", "k8s-staging/x_y.z-w", "20260101", "",
     "x_y.z-w"},
    {"reg.example/" KAUDIT_HEX, "reg.example", KAUDIT_HEX, "", "", KAUDIT_HEX},
};

TEST(ImageRef, TakesAReferenceApart) {
  for (const Case& c : kValid) {
    SCOPED_TRACE(c.text);
    const std::optional<ImageRef> ref = parse_image(c.text);
    ASSERT_TRUE(ref);
    EXPECT_EQ(ref->registry, c.registry);
    EXPECT_EQ(ref->repository, c.repository);
    EXPECT_EQ(ref->tag, c.tag);
    EXPECT_EQ(ref->digest, c.digest);
    EXPECT_EQ(ref->name(), c.name);
    std::string whole(ref->registry);
    if (!whole.empty()) whole += '/';
    whole += ref->repository;
    if (!ref->tag.empty()) (whole += ':') += ref->tag;
    if (!ref->digest.empty()) (whole += '@') += ref->digest;
    EXPECT_EQ(whole, c.text) << "nothing is lost";
  }
}

constexpr std::string_view kInvalid[] = {
    "",
    " ",
    "nginx ",
    " nginx",
    "nginx\n",
    "ng inx",
    "Nginx",
    "IMAGE_PLACEHOLDER",
    "bitnami/Redis",
    "${IMAGE}",
    "${REGISTRY}/app:1",
    "app:${TAG}",
    "$(IMAGE)",
    "{{ .Values.image }}",
    "<image>",
    "ko://example.com/cmd/app",
    "docker://nginx",
    "https://reg.example/app",
    ":1",
    "/nginx",
    "nginx/",
    "a//b",
    "nginx:",
    "nginx:-1",
    "nginx:.1",
    "nginx:1:2",
    "nginx:ü",
    "nginx@",
    "nginx@sha256",
    "nginx@sha256:",
    "nginx@sha256:abc",
    "nginx@sha256:" KAUDIT_HEX "0",
    "nginx@sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
    "nginx@md5:0123456789abcdef0123456789abcdef",
    "nginx@" KAUDIT_DIGEST "@" KAUDIT_DIGEST,
    "@" KAUDIT_DIGEST,
    "_app",
    "app_",
    "app-",
    "-app",
    ".app",
    "my___app",
    "my..app",
    "my._app",
    "my-_app",
    "reg.example:/app",
    "reg.example:port/app",
    "reg.example:5000:1/app",
    "-reg.example/app",
    "reg-.example/app",
    "reg..example/app",
    ".example/app",
    "bücher.example/app",
    "[::1/app",
    "[]:5000/app",
    "[::1]5000/app",
    "[::1]:/app",
    "[g::1]/app",
    "user@host/app",
    KAUDIT_HEX,
};

TEST(ImageRef, RefusesWhatNoKubeletPulls) {
  for (const std::string_view text : kInvalid) {
    EXPECT_FALSE(parse_image(text)) << '"' << text << '"';
  }
}

TEST(ImageRef, SplitsWhatItWouldRefuseToo) {
  const ImageRef ref = split_image("Reg.example:x/My App:-1@sha256:abc");
  EXPECT_EQ(ref.registry, "Reg.example:x");
  EXPECT_EQ(ref.repository, "My App");
  EXPECT_EQ(ref.tag, "-1");
  EXPECT_EQ(ref.digest, "sha256:abc");
  EXPECT_EQ(split_image("").repository, "");
}

TEST(ImageRef, KeepsTheGrammarsLengths) {
  EXPECT_TRUE(parse_image(std::string(255, 'a')));
  EXPECT_FALSE(parse_image(std::string(256, 'a')));
  EXPECT_TRUE(parse_image("a:" + std::string(128, '1')));
  EXPECT_FALSE(parse_image("a:" + std::string(129, '1')));
  EXPECT_FALSE(parse_image(std::string(1 << 20, '-')));
  EXPECT_FALSE(parse_image(std::string(1 << 20, '/')));
}

}  // namespace
}  // namespace kaudit
