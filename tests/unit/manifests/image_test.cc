// Image archives of every kind, and what is read of their layers.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/image_archive.h"

namespace kaudit {
namespace {

using testing::docker_files;
using testing::gzip;
using testing::hex_of;
using testing::image_config;
using testing::oci_files;
using testing::read_archive;
using testing::read_folder;
using testing::sha256;
using testing::tar_of;
using testing::TarFile;
using testing::xz;
using testing::zstd;

// Put together here, so that no scanner of this repository takes them for real.
const std::string kKey = std::string("AKIA") + "QYLPMN5HFAK3JW2X";

struct Layers {
  std::string base = tar_of({{.path = "./etc/hostname", .content = "box\n"},
                             {.path = "app/.env", .content = "PORT=1\nAWS_KEY=" + kKey + "\n"}});
  std::string later = tar_of({{.path = "app/.wh..env"}, {.path = "bin/su", .mode = 04755}});
};

constexpr std::string_view kExpected =
    "image shop/api:1.4 [linux/amd64]\n"
    " layer 1: 2 entries\n"
    "  0644 file app/.env named environment variables deleted in layer 2\n"
    "   2: an AWS access key known AKIA…(20 characters)\n"
    " layer 2: 2 entries\n"
    "  4755 file bin/su\n";

TEST(ImageArchive, IsReadWhateverItsKind) {
  const Layers layers;
  const std::vector<std::string> plain = {layers.base, layers.later};
  const std::string config = image_config(plain);
  const std::string name = "shop/api:1.4";
  const std::vector<std::string> packed = {gzip(layers.base), zstd(layers.later)};
  struct Case {
    std::string name;
    std::string archive;
  };
  for (const Case& c : {
           Case{"docker save", tar_of(docker_files(name, config, plain))},
           Case{"docker save, packed layers", tar_of(docker_files(name, config, packed))},
           Case{"OCI archive", tar_of(oci_files(name, config, packed))},
           Case{"xz", tar_of(oci_files(name, config, {xz(layers.base), layers.later}))},
           Case{"gzip in two members and padding",
                tar_of(oci_files(name, config,
                                 {gzip(layers.base.substr(0, 700)) + gzip(layers.base.substr(700)) +
                                      std::string(1000, '\0'),
                                  gzip("") + gzip(layers.later)}))},
           Case{"packed whole", gzip(tar_of(docker_files(name, config, plain)))},
           Case{"packed twice", zstd(tar_of(oci_files(name, config, packed)))},
           Case{"packed by xz", xz(tar_of(oci_files(name, config, packed)))},
       }) {
    EXPECT_EQ(read_archive(c.archive), kExpected) << c.name;
    EXPECT_TRUE(looks_like_image_archive(std::string_view(c.archive).substr(0, 512))) << c.name;
  }
  EXPECT_EQ(read_folder(oci_files(name, config, packed)), kExpected);
}

std::string descriptor(const std::string& content, const std::string& more = "") {
  return R"({"digest":")" + sha256(content) + "\"" + more + "}";
}
TarFile blob(const std::string& content) {
  return {.path = "blobs/sha256/" + hex_of(sha256(content)), .content = content};
}
std::string manifest_of(const std::string& config, const std::string& layer,
                        const std::string& type = "application/vnd.oci.image.config.v1+json") {
  return R"({"config":)" + descriptor(config, R"(,"mediaType":")" + type + "\"") +
         R"(,"layers":[)" + descriptor(layer) + "]}";
}

// Docker 25 and later: manifest.json and index.json, blobs of OCI.
TEST(ImageArchive, OfBothKindsHoldsEachImageOnce) {
  const Layers layers;
  const std::string config = image_config({layers.base, layers.later});
  std::vector<TarFile> files =
      oci_files("docker.io/shop/api:1.4", config, {layers.base, layers.later});
  files.push_back({.path = "manifest.json",
                   .content = R"([{"Config":"blobs/sha256/)" + hex_of(sha256(config)) +
                              R"(","RepoTags":["shop/api:1.4"],"Layers":["blobs/sha256/)" +
                              hex_of(sha256(layers.base)) + R"(","blobs/sha256/)" +
                              hex_of(sha256(layers.later)) + R"("]}])"});
  EXPECT_EQ(read_archive(tar_of(files)), kExpected);
  std::reverse(files.begin(), files.end());
  EXPECT_EQ(read_archive(tar_of(files)), kExpected) << "in any order";
}

// One index in the other, two platforms, one manifest under two names, and what is no image.
TEST(ImageArchive, OfSeveralImagesHoldsThemAll) {
  const std::string one = tar_of({{.path = "bin/su", .mode = 04755}});
  const std::string two = tar_of({{.path = "bin/at", .mode = 02755}});
  const std::string first = image_config({one});
  std::string second = image_config({two});
  second.replace(second.find("amd64"), 5, "arm64");
  const std::string amd = manifest_of(first, one);
  const std::string arm = manifest_of(second, two);
  const std::string chart = manifest_of("{}", one, "application/vnd.cncf.helm.config.v1+json");
  const std::string proof = R"({"config":{},"layers":[]})";
  const std::string name = R"(,"annotations":{"org.opencontainers.image.ref.name":")";
  const std::string inner =
      R"({"manifests":[)" +
      descriptor(amd, R"(,"platform":{"os":"linux","architecture":"amd64"})") + ',' +
      descriptor(arm, R"(,"platform":{"os":"linux","architecture":"arm64","variant":"v8"})") + ',' +
      descriptor(proof, R"(,"platform":{"os":"unknown","architecture":"unknown"})") + ',' +
      descriptor("not saved", R"(,"platform":{"os":"windows","architecture":"amd64"})") + "]}";
  const std::string index = R"({"manifests":[)" + descriptor(inner, name + "shop:1\"}") + ',' +
                            descriptor(amd, name + "shop:amd\"}") + ',' +
                            descriptor(chart, name + "chart\"}") + "]}";
  EXPECT_EQ(read_archive(tar_of({{.path = "./index.json", .content = index},
                                 blob(inner),
                                 blob(amd),
                                 blob(arm),
                                 blob(chart),
                                 blob(proof),
                                 blob(first),
                                 blob(second),
                                 blob("{}"),
                                 blob(one),
                                 blob(two)})),
            "image shop:amd shop:1 [linux/amd64]\n"
            " layer 1: 1 entries\n  4755 file bin/su\n"
            "image shop:1 [linux/arm64/v8]\n"
            " layer 1: 1 entries\n  2755 file bin/at\n");
}

TEST(ImageLayers, SayWhatIsHiddenByWhich) {
  const std::string base = tar_of({{.path = "a/.env", .content = "A=1"},
                                   {.path = "b/.env", .content = "A=1"},
                                   {.path = "c/d/.env", .content = "A=1"},
                                   {.path = "e/.env", .content = "A=1"},
                                   {.path = "f/.env", .content = "A=1"},
                                   {.path = "kept/.env", .content = "A=1"}});
  const std::string second = tar_of({{.path = "a/.wh..env"},
                                     {.path = "b/.env", .content = "A=2"},
                                     {.path = ".wh.c"},
                                     {.path = "e/.wh..wh..opq"},
                                     {.path = ".wh..wh.plnk"},
                                     {.path = "kept", .type = '5'}});
  const std::string third = tar_of({{.path = "f", .content = "a file in place of the directory"},
                                    {.path = "a/.env", .content = "A=3"}});
  const std::vector<std::string> tars = {base, second, third};
  EXPECT_EQ(read_archive(tar_of(docker_files("shop:1", image_config(tars), tars))),
            "image shop:1 [linux/amd64]\n"
            " layer 1: 6 entries\n"
            "  0644 file a/.env named environment variables deleted in layer 2\n"
            "  0644 file b/.env named environment variables overwritten in layer 2\n"
            "  0644 file c/d/.env named environment variables deleted in layer 2\n"
            "  0644 file e/.env named environment variables deleted in layer 2\n"
            "  0644 file f/.env named environment variables overwritten in layer 3\n"
            "  0644 file kept/.env named environment variables\n"
            " layer 2: 6 entries\n"
            "  0644 file b/.env named environment variables\n"
            " layer 3: 2 entries\n"
            "  0644 file a/.env named environment variables\n");
}

TEST(ImageLayers, SayWhoMayDoWhat) {
  const std::string tar = tar_of({
      {.path = "usr/bin/passwd", .mode = 04755},
      {.path = "usr/bin/wall", .mode = 02755},
      {.path = "var/local", .mode = 02775, .type = '5'},  // setgid of a directory gives no rights
      {.path = "etc/cron.d", .mode = 0777, .type = '5'},
      {.path = "usr/lib/shop.so", .mode = 0666},
      {.path = "usr/tmp", .mode = 01777, .type = '5'},
      {.path = "etc/mtab", .mode = 0777, .type = '2', .link = "/proc/mounts"},
      {.path = "srv/upload", .mode = 0777, .type = '5'},
      {.path = "etc/passwd",
       .content =
           "root:x:0:0::/root:/bin/sh\n# note\nuser:x:1000:0:::\ntoor:x:0:0:::\nguest::9:9:::\n"
           "+::::::\nnull:x:000:0:::\n"},
      {.path = "etc/shadow",
       .content = "root:*:1::::::\ndaemon:!:1::::::\nci:$6$salt$hash1hash2hash3:1::::::\n"
                  "old:abJnggxhB/yWI:1::::::\nlocked:!$y$j9T$salt$hash:1::::::\nopen::1::::::\n"},
  });
  EXPECT_EQ(read_archive(tar_of(docker_files("shop:1", image_config({tar}), {tar}))),
            "image shop:1 [linux/amd64]\n"
            " layer 1: 10 entries\n"
            "  4755 file usr/bin/passwd\n"
            "  2755 file usr/bin/wall\n"
            "  0777 directory etc/cron.d\n"
            "  0666 file usr/lib/shop.so\n"
            "  0644 file etc/passwd\n"
            "   4: second root of toor\n"
            "   5: empty password of guest\n"
            "   7: second root of null\n"
            "  0644 file etc/shadow\n"
            "   3: password hash of ci\n"
            "   4: password hash of old\n"
            "   5: password hash of locked\n"
            "   6: empty password of open\n");
}

TEST(ImageLayers, KeepNoValueOfASecret) {
  const std::string tar = tar_of({{.path = "app/.env", .content = "DB_PASSWORD=" + kKey + kKey},
                                  {.path = "srv/config.yaml", .content = "token: " + kKey}});
  const std::string text = read_archive(tar_of(docker_files("a:1", image_config({tar}), {tar})));
  EXPECT_NE(text.find("app/.env"), text.npos);
  EXPECT_NE(text.find("srv/config.yaml"), text.npos);
  EXPECT_EQ(text.find(kKey.substr(4)), text.npos) << text;
}

TEST(ImageLayers, ShowARepositoryOnce) {
  const std::string base = tar_of(
      {{.path = "app/.git", .type = '5'},
       {.path = "app/.git/HEAD", .content = "ref: refs/heads/main\n"},
       {.path = "app/.git/config",
        .content = "[remote \"o\"]\n\turl = https://ci:" + kKey + "@git.example.com/a.git\n"},
       {.path = "app/.git/objects/a", .content = "x"},
       {.path = "usr/share/doc/git/.git/HEAD", .content = "ref: refs/heads/main\n"},
       {.path = "srv/HEAD", .content = "x"}});
  const std::string later = tar_of({{.path = "app/.wh..git"}});
  EXPECT_EQ(read_archive(tar_of(docker_files("a:1", image_config({base, later}), {base, later}))),
            "image a:1 [linux/amd64]\n layer 1: 6 entries\n"
            "  0000 directory app/.git named the history of the repository deleted in layer 2\n"
            "  0644 file app/.git/config deleted in layer 2\n"
            "   2: a password in a URL known \n"
            " layer 2: 1 entries\n");
}

TEST(ImageLayers, NamesOfAnyBytes) {
  const std::string tar = tar_of({{.path = "app/\xc3\xbc/.env", .content = "A=1"},
                                  {.path = "app/\xff\x1b[2J/.env", .content = "A=1"},
                                  {.path = std::string(300, 'n') + "/.env", .content = "A=1"}});
  EXPECT_EQ(read_archive(tar_of(docker_files("a:1", image_config({tar}), {tar}))),
            "image a:1 [linux/amd64]\n layer 1: 3 entries\n"
            "  0644 file app/\xc3\xbc/.env named environment variables\n"
            "  0644 file app/\xff\x1b[2J/.env named environment variables\n"
            "  0644 file " +
                std::string(300, 'n') + "/.env named environment variables\n");
}

}  // namespace
}  // namespace kaudit
