// Image archives of every kind, and what is read of their layers.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/image_archive.h"

namespace kaudit {
namespace {

using testing::docker_files;
using testing::gzip;
using testing::image_config;
using testing::oci_files;
using testing::read_archive;
using testing::read_folder;
using testing::tar_of;
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
           Case{"packed whole", gzip(tar_of(docker_files(name, config, plain)))},
           Case{"packed twice", zstd(tar_of(oci_files(name, config, packed)))},
           Case{"packed by xz", xz(tar_of(oci_files(name, config, packed)))},
       }) {
    EXPECT_EQ(read_archive(c.archive), kExpected) << c.name;
    EXPECT_TRUE(looks_like_image_archive(std::string_view(c.archive).substr(0, 512))) << c.name;
  }
  EXPECT_EQ(read_folder(oci_files(name, config, packed)), kExpected);
}

}  // namespace
}  // namespace kaudit
