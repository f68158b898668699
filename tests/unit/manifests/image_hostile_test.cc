// Archives that are broken, or made to do harm: what is said of each, and what is still read.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/allocations.h"
#include "tests/support/image_archive.h"

namespace kaudit {
namespace {

using testing::docker_files;
using testing::gzip;
using testing::hex_of;
using testing::image_config;
using testing::oci_files;
using testing::read_archive;
using testing::sha256;
using testing::tar_of;
using testing::TarFile;
using testing::xz;
using testing::zstd;

const std::string kZeros(std::size_t{1} << 20, '\0');

std::string layer() { return tar_of({{.path = "bin/su", .content = "su", .mode = 04755}}); }
std::string other_layer() { return tar_of({{.path = "bin/at", .content = "at", .mode = 04755}}); }
// With more behind the file that is found.
std::string long_layer() {
  return tar_of({{.path = "bin/su", .content = "su", .mode = 04755},
                 {.path = "etc/zeros", .content = kZeros},
                 {.path = "etc/last", .content = "last"}});
}

std::string docker(const std::vector<std::string>& tars, const std::vector<std::string>& stored) {
  return tar_of(docker_files("shop:1", image_config(tars), stored));
}
std::string one(const std::string& tar) { return docker({tar}, {tar}); }

std::string cut(std::string text, std::size_t left_out) {
  text.resize(text.size() - left_out);
  return text;
}
std::string flipped(std::string text, std::size_t at) {
  text[at] = static_cast<char>(text[at] ^ 0x55);
  return text;
}

std::vector<TarFile> without(std::vector<TarFile> files, std::string_view path) {
  std::erase_if(files, [&](const TarFile& file) { return file.path == path; });
  return files;
}
std::vector<TarFile> with(std::vector<TarFile> files, const TarFile& file) {
  files.push_back(file);
  return files;
}
std::string blob_path(std::string_view content) {
  return "blobs/sha256/" + hex_of(sha256(content));
}

std::string index_of(const std::vector<std::string>& blobs) {
  std::string text;
  for (const std::string& blob : blobs) {
    text += (text.empty() ? "" : ",") + std::string(R"({"digest":")") + sha256(blob) + "\"}";
  }
  return R"({"manifests":[)" + text + "]}";
}

std::string nested_indexes(int depth) {
  std::vector<TarFile> files;
  std::string inner = R"({"manifests":[]})";
  for (int n = 0; n < depth; ++n) {
    files.push_back({.path = blob_path(inner), .content = inner});
    inner = index_of({inner});
  }
  files.push_back({.path = "index.json", .content = inner});
  return tar_of(files);
}

// Of the index that holds so many others, one in the other.
std::string nested_path(int inside) {
  std::string text = R"({"manifests":[]})";
  while (inside-- > 0) text = index_of({text});
  return blob_path(text);
}

std::string many_files(std::size_t count, std::uint32_t mode) {
  std::vector<TarFile> files;
  files.reserve(count);
  for (std::size_t n = 0; n < count; ++n) {
    files.push_back({.path = "srv/" + std::to_string(n), .mode = mode});
  }
  return tar_of(files);
}

std::string values(std::size_t count) {
  std::string text = "[0";
  while (--count > 0) text += ",0";
  return text + ']';
}

ImageLimits limits(const std::function<void(ImageLimits&)>& change) {
  ImageLimits all;
  change(all);
  return all;
}

struct Case {
  std::string name;
  std::string archive;
  std::string expect;
  ImageLimits limits = {};
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class HostileImage : public ::testing::TestWithParam<Case> {};

TEST_P(HostileImage, IsReportedForWhatItIs) {
  EXPECT_EQ(read_archive(GetParam().archive, GetParam().limits), GetParam().expect);
}

const std::string kImage = "image shop:1 [linux/amd64]\n";
const std::string kSu = "  4755 file bin/su\n";
const std::string kTitle = "layer 1 of \"shop:1\" for linux/amd64";
const std::string kError = "error image.tar: ";
const std::string kNotToItsEnd = " could not be examined to its end: ";

std::vector<Case> broken() {
  const std::string tar = layer();
  const std::string config = image_config({tar});
  const std::string other = other_layer();
  return {
      {"NotAnArchive", "hello", kError + "it is no image archive\n"},
      {"Empty", "", kError + "it is no image archive\n"},
      {"EmptyTar", tar_of({}),
       kError + "it holds no image: neither manifest.json nor index.json is there\n"},
      {"OtherTar", tar,
       kError + "it holds no image: neither manifest.json nor index.json is there\n"},
      {"Bzip2", "BZh91AY&SY", kError + "an archive packed with bzip2 is not read\n"},
      {"OldDocker", tar_of({{.path = "repositories", .content = "{}"}}),
       kError +
           "it was saved by a Docker before 1.10, which is not read: it has no manifest.json\n"},
      {"NoImageInManifest", tar_of({{.path = "manifest.json", .content = "[]"}}),
       kError + "it holds no image\n"},
      {"ManifestIsNoJson", tar_of({{.path = "manifest.json", .content = "[{]"}}),
       kError + "\"manifest.json\": expected a member's name in double quotes, found ']'\n"},
      {"ManifestIsText", tar_of({{.path = "manifest.json", .content = "no"}}),
       kError + "\"manifest.json\" is no JSON\n"},
      {"UnknownManifest", tar_of({{.path = "index.json", .content = R"({"fsLayers":[]})"}}),
       kError + "\"index.json\" is no manifest that is known\n"},
      {"TruncatedArchive", cut(one(long_layer()), 3072 + 500'000),
       kError + "the archive could not be read to its end: the tar is truncated\n"},
      {"TruncatedPackedArchive", cut(gzip(one(tar)), 20),
       kError + "the archive could not be read to its end: the gzip data is truncated\n" + kError +
           "\"manifest.json\" could not be examined to its end: the gzip data is truncated\n"},
      {"TruncatedLayer", docker({long_layer()}, {cut(gzip(long_layer()), 40)}),
       kError + kTitle + " could not be examined to its end: the gzip data is truncated\n" +
           kImage + " layer 1: 2 entries, incomplete\n" + kSu},
      {"TruncatedTar", docker({long_layer()}, {long_layer().substr(0, 4096)}),
       kError + kTitle + " could not be examined to its end: the tar is truncated\n" + kError +
           kTitle + " should unpack to " + sha256(long_layer()) + " and unpacks to " +
           sha256(long_layer().substr(0, 4096)) + "\n" + kImage +
           " layer 1: 2 entries, incomplete\n" + kSu},
      {"CorruptGzip", docker({long_layer()}, {flipped(gzip(long_layer()), 900)}),
       kError + kTitle + " could not be examined to its end: the gzip data is corrupt\n" + kImage +
           " layer 1: 2 entries, incomplete\n" + kSu},
      {"WrongChecksumOfGzip", docker({tar}, {flipped(gzip(tar), gzip(tar).size() - 6)}),
       kError + kTitle + " could not be examined to its end: the gzip data is corrupt\n" + kImage +
           " layer 1: 1 entries, incomplete\n" + kSu},
      {"GzipFollowedByOthers", docker({tar}, {gzip(tar) + "more, and no gzip any longer"}),
       kError + kTitle + " could not be examined to its end: the gzip data is corrupt\n" + kImage +
           " layer 1: 1 entries, incomplete\n" + kSu},
      {"TruncatedZstd", docker({tar}, {cut(zstd(tar), 8)}),
       kError + kTitle + " could not be examined to its end: the zstd data is truncated\n" +
           kImage + " layer 1: 0 entries, incomplete\n"},
      {"CorruptXz", docker({tar}, {flipped(xz(tar), 40)}),
       kError + kTitle + " could not be examined to its end: the xz data is corrupt\n" + kImage +
           " layer 1: 0 entries, incomplete\n"},
      {"TruncatedXz", docker({tar}, {cut(xz(tar), 30)}),
       kError + kTitle + " could not be examined to its end: the xz data is truncated\n" + kImage +
           " layer 1: 1 entries, incomplete\n" + kSu},
      {"LayerIsText", docker({tar}, {"no tar"}),
       kError + kTitle + " is no tar and was not examined\n" + kImage + " layer 1 not examined\n"},
      {"LayerIsBzip2", docker({tar}, {"BZh91AY&SY"}),
       kError + kTitle +
           " could not be examined to its end: it is packed with bzip2, which no layer is\n" +
           kImage + " layer 1 not examined\n"},
      {"LayerIsMissing", tar_of(without(oci_files("shop:1", config, {tar}), blob_path(tar))),
       kError + kTitle + " (" + sha256(tar) + ") is not in the archive and was not examined\n" +
           kImage + " layer 1 not examined\n"},
      {"ConfigIsMissing", tar_of(without(oci_files("shop:1", config, {tar}), blob_path(config))),
       kError + "the config of \"shop:1\" is not in the archive\nimage shop:1 []\n" +
           " layer 1: 1 entries\n" + kSu},
      {"LayerIsAnother",
       tar_of(with(without(oci_files("shop:1", config, {tar}), blob_path(tar)),
                   {.path = blob_path(tar), .content = other})),
       kError + "\"" + blob_path(tar) + "\" should have the digest " + sha256(tar) + " and has " +
           sha256(other) + "\n" + kError + kTitle + " should unpack to " + sha256(tar) +
           " and unpacks to " + sha256(other) + "\n" + kImage +
           " layer 1: 1 entries\n  4755 file bin/at\n"},
      {"LayerIsAnotherThanTheConfigSays", docker({tar}, {gzip(other)}),
       kError + kTitle + " should unpack to " + sha256(tar) + " and unpacks to " + sha256(other) +
           "\n" + kImage + " layer 1: 1 entries\n  4755 file bin/at\n"},
      {"MoreLayersThanTheConfigSays", docker({tar}, {tar, other}),
       kError + "the config of \"shop:1\" for linux/amd64 speaks of 1 layers, its manifest of 2\n" +
           kImage + " layer 1: 1 entries\n" + kSu + " layer 2: 1 entries\n  4755 file bin/at\n"},
      {"ManifestTwice",
       tar_of(with(docker_files("shop:1", config, {tar}),
                   {.path = "./manifest.json", .content = "[]"})),
       kError + "\"manifest.json\" is in the archive twice; the last one was taken\n" + kError +
           "it holds no image\n"},
      {"SameEntryTwice",
       tar_of(with(docker_files("shop:1", config, {tar}), {.path = "0/layer.tar", .content = tar})),
       kImage + " layer 1: 1 entries\n" + kSu},
  };
}

std::vector<Case> harmful() {
  const std::string tar = layer();
  const std::string config = image_config({tar});
  const std::string outside = tar_of({{.path = "../../etc/cron.d/own", .content = "x"},
                                      {.path = "usr/../../bin/own", .content = "x"},
                                      {.path = "/bin/su", .content = "su", .mode = 04755},
                                      {.path = "usr/../bin/./at", .mode = 04755}});
  const std::string links =
      tar_of({{.path = "app/.env", .type = '1', .link = "../../etc/shadow"},
              {.path = "app/id_rsa", .type = '2', .link = "/root/.ssh/id_rsa"},
              {.path = "dev/sda", .mode = 0666, .type = '3'},
              {.path = "etc/run", .mode = 0777, .type = '6'}});
  const std::string twice = tar_of({{.path = "bin/su", .content = "su", .mode = 04755},
                                    {.path = "bin/su", .content = "us", .mode = 02755}});
  return {
      {"NamesThatLeadOutOfALayer", one(outside),
       kError + kTitle +
           ": entries that lead out of the image were left out: 2, such as "
           "\"../../etc/cron.d/own\"\n" +
           kImage + " layer 1: 4 entries\n" + kSu + "  4755 file bin/at\n"},
      {"NamesThatLeadOutOfTheArchive",
       tar_of(with(docker_files("shop:1", config, {tar}),
                   {.path = "../../root/.bashrc", .content = "x"})),
       kError + "the entry \"../../root/.bashrc\" leads out of the archive and was left out\n" +
           kImage + " layer 1: 1 entries\n" + kSu},
      {"LinksAndDevices", one(links),
       kImage + " layer 1: 4 entries\n  0644 hard link app/.env named environment variables\n"},
      {"EntryTwiceInALayer", one(twice),
       kImage + " layer 1: 2 entries\n" + kSu + "  2755 file bin/su\n"},
      {"LayerIsALink",
       tar_of(with(with(without(docker_files("shop:1", config, {tar}), "0/layer.tar"),
                        {.path = "0/layer.tar", .type = '2', .link = "../a/real.tar"}),
                   {.path = "a/real.tar", .content = tar})),
       kImage + " layer 1: 1 entries\n" + kSu},
      {"LayerIsALinkToItself",
       tar_of(with(without(docker_files("shop:1", config, {tar}), "0/layer.tar"),
                   {.path = "0/layer.tar", .type = '2', .link = "layer.tar"})),
       kError + kTitle + " (0/layer.tar) is not in the archive and was not examined\n" + kImage +
           " layer 1 not examined\n"},
      {"IndexThatNamesItself",
       tar_of({{.path = "index.json", .content = R"({"manifests":[{"digest":"sha256:index"}]})"},
               {.path = "blobs/sha256/index", .type = '2', .link = "../../index.json"}}),
       kError + "it holds no image\n"},
      {"DeepIndexes", nested_indexes(10),
       kError + "\"" + nested_path(2) +
           "\" is an index below the limit of 8 levels and was not examined\n"},
      {"ManyManifests", nested_indexes(5),
       kError +
           "its indexes name more than the limit of 3 manifests; the others were not examined\n",
       limits([](ImageLimits& all) { all.manifests = 3; })},
      {"DeepJson",
       tar_of({{.path = "manifest.json",
                .content = std::string(10'000, '[') + std::string(10'000, ']')}}),
       kError + "\"manifest.json\": nested deeper than 64 levels\n"},
      {"JsonOfManyValues", tar_of({{.path = "manifest.json", .content = values(200'000)}}),
       kError + "\"manifest.json\": more than 100000 values in one document\n"},
      {"LargeJson",
       tar_of({{.path = "manifest.json", .content = "[" + std::string(5 << 20, ' ') + "]"}}),
       kError + "\"manifest.json\" could not be examined to its end: it has more than the limit of "
                "4 MiB\n"},
      {"MuchJson",
       tar_of({{.path = "a", .content = "{}"}, {.path = "manifest.json", .content = "[        ]"}}),
       kError + "\"manifest.json\" could not be examined to its end: all manifests and "
                "configs of the archive have more than the limit of 10 bytes\n",
       limits([](ImageLimits& all) { all.all_json = 10; })},
      {"ManyImages",
       tar_of({{.path = "manifest.json", .content = R"([{"Config":"a"},{"Config":"b"},{}])"}}),
       kError + "more than the limit of 2 images; the others were not examined\n" + kError +
           "the config of an image without a name is not in the archive\n" + kError +
           "the config of an image without a name is not in the archive\nimage []\nimage []\n",
       limits([](ImageLimits& all) { all.images = 2; })},
      {"ManyLayers", docker({tar, tar, tar}, {tar, tar, tar}),
       kError +
           "\"shop:1\" for linux/amd64 has more than the limit of 2 layers; the others were not "
           "examined\n" +
           kImage +
           " layer 1: 1 entries\n  4755 file bin/su overwritten in layer 2\n layer 2: 1 entries\n" +
           kSu,
       limits([](ImageLimits& all) { all.layers = 2; })},
      {"BombOfGzip", docker({long_layer()}, {gzip(long_layer())}),
       kError + kTitle + kNotToItsEnd +
           "the archive and its layers unpack to more than the limit of 500000 bytes; "
           "--max-image-size raises it\n" +
           kImage + " layer 1: 2 entries, incomplete\n" + kSu,
       limits([](ImageLimits& all) { all.unpacked = 500'000; })},
      {"BombOfZstdInGzip", gzip(docker({long_layer()}, {zstd(long_layer())})),
       kError + kTitle + kNotToItsEnd +
           "the archive and its layers unpack to more than the limit of 800000 bytes; "
           "--max-image-size raises it\n" +
           kImage + " layer 1: 2 entries, incomplete\n" + kSu,
       limits([](ImageLimits& all) { all.unpacked = 800'000; })},
      {"ManyEntries", one(many_files(100, 0644)),
       kError + kTitle + kNotToItsEnd + "the layers have more than the limit of 50 entries\n" +
           kImage + " layer 1: 50 entries, incomplete\n",
       limits([](ImageLimits& all) { all.entries = 50; })},
      {"ManyFound", one(many_files(100, 04755)),
       kError + kTitle + kNotToItsEnd +
           "more than the limit of 1 files in the layers would have to be reported\n" + kImage +
           " layer 1: 2 entries, incomplete\n  4755 file srv/0\n",
       limits([](ImageLimits& all) { all.files = 1; })},
      {"LongPathInTheArchive",
       tar_of(with(docker_files("shop:1", config, {tar}), {.path = std::string(90, 'b')})),
       kError + "the entry \"" + std::string(90, 'b') +
           "\" has a path of more than the limit of 80 bytes and was left out\n" + kImage +
           " layer 1: 1 entries\n" + kSu,
       limits([](ImageLimits& all) { all.path = 80; })},
      {"LongPath", one(tar_of({{.path = std::string(90, 'a')}, {.path = "bin/su", .mode = 04755}})),
       kError + kTitle +
           ": entries with a path beyond the limit of 80 bytes were left out: 1, such as \"" +
           std::string(90, 'a') + "\"\n" + kImage + " layer 1: 2 entries\n" + kSu,
       limits([](ImageLimits& all) { all.path = 80; })},
      {"ZstdThatWantsMemory", docker({long_layer()}, {zstd(long_layer(), 27)}),
       kError + kTitle + kNotToItsEnd +
           "the zstd data needs more memory to be unpacked than the limit of 32 MiB\n" + kImage +
           " layer 1: 0 entries, incomplete\n"},
      {"XzThatWantsMemory", docker({long_layer()}, {xz(long_layer(), 9)}),
       kError + kTitle + kNotToItsEnd +
           "the xz data needs more memory to be unpacked than the limit of 8 MiB\n" + kImage +
           " layer 1: 0 entries, incomplete\n",
       limits([](ImageLimits& all) { all.window = 8 << 20; })},
  };
}

std::string name_of(const ::testing::TestParamInfo<Case>& entry) { return entry.param.name; }
INSTANTIATE_TEST_SUITE_P(Broken, HostileImage, ::testing::ValuesIn(broken()), name_of);
INSTANTIATE_TEST_SUITE_P(Harmful, HostileImage, ::testing::ValuesIn(harmful()), name_of);

}  // namespace
}  // namespace kaudit
