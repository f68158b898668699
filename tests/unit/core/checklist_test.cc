#include "core/report/checklist.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

TEST(Checklist, AsksRulesThatThereAreOnTheSurfacesThatTheyCover) {
  for (const ChecklistItem& item : checklist()) {
    for (const Surface surface : item.surfaces) {
      if (surface == Surface{} || item.slugs.front().empty()) continue;
      bool covered = false;
      for (const std::string_view slug : item.slugs) {
        if (slug.empty()) continue;
        const Rule* rule = find_rule(slug);
        ASSERT_NE(rule, nullptr) << slug;
        covered = covered || rule->covers(surface);
      }
      EXPECT_TRUE(covered) << item.title << " on " << name_of(surface);
    }
  }
}

TEST(Checklist, FindsTheScanOfAnImage) {
  const std::vector<ImageScan> scans{
      {"Trivy", {"registry.example/shop/web:1.4.2"}, {"sha256:aa"}, 100, 0, "old.json"},
      {"Grype", {"registry.example/shop/web:1.4.2"}, {"sha256:bb"}, 200, 3, "new.json"},
      {"Trivy", {"docker.io/library/nginx:1.27.3"}, {}, kNoDay, 0, "nginx.json"},
      {"Trivy", {"redis"}, {}, 50, 0, "redis.json"}};
  const std::string digest = "sha256:" + std::string(64, 'c');
  std::vector<ImageScan> pinned = scans;
  pinned[0].digests = {digest};
  struct Row {
    std::string image;
    std::string_view file;  // empty: none
  };
  for (const Row& row : std::vector<Row>{{"registry.example/shop/web:1.4.2", "new.json"},
                                         {"registry.example/shop/web:1.4.3", ""},
                                         {"registry.example/shop/web", ""},
                                         {"other.example/shop/web:1.4.2", ""},
                                         {"registry.example/shop/web:1.4.2@" + digest, "old.json"},
                                         {"other.example/any@" + digest, "old.json"},
                                         {"nginx:1.27.3", "nginx.json"},
                                         {"library/nginx:1.27.3", "nginx.json"},
                                         {"nginx", ""},
                                         {"redis:latest", "redis.json"},
                                         {"docker.io/redis", "redis.json"},
                                         {"not an image", ""}}) {
    const ImageScan* found = scan_of(row.image, pinned);
    EXPECT_EQ(found == nullptr ? std::string_view() : std::string_view(found->file), row.file)
        << row.image;
  }
}

}  // namespace
}  // namespace kaudit
