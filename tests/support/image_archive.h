// Writes image archives, good ones and hostile ones, in memory; says what was read of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifests/image.h"

namespace kaudit::testing {

struct TarFile {
  std::string path;
  std::string content = {};
  std::uint32_t mode = 0644;
  char type =
      '0';  // '0' a file, '1' a hard link, '2' a symbolic one, '3' a device, '5' a directory
  std::string link = {};
  int uid = 0;
};

// ustar, with the two blocks of zeros at its end; a path of more than 100 bytes by GNU's `L`.
[[nodiscard]] std::string tar_of(const std::vector<TarFile>& files);
// One header and its content, without an end.
[[nodiscard]] std::string tar_entry(const TarFile& file);

[[nodiscard]] std::string gzip(std::string_view text);
[[nodiscard]] std::string zstd(std::string_view text, int window_log = 0);
[[nodiscard]] std::string xz(std::string_view text, std::uint32_t preset = 0);

[[nodiscard]] std::string sha256(std::string_view text);    // `sha256:…`
[[nodiscard]] std::string hex_of(std::string_view digest);  // what follows the colon

// A config of these layers (their tars, unpacked).
[[nodiscard]] std::string image_config(const std::vector<std::string>& tars);

// `docker save` as it was before Docker 25; layers as they are to be stored.
[[nodiscard]] std::vector<TarFile> docker_files(const std::string& name, const std::string& config,
                                                const std::vector<std::string>& layers);
// The files of an OCI layout with one image.
[[nodiscard]] std::vector<TarFile> oci_files(const std::string& name, const std::string& config,
                                             const std::vector<std::string>& layers);

// What was read, in lines.
class ImageLines : public ImageVisitor {
 public:
  void image(const ArchivedImage& image) override;
  void error(Error error) override;
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void layer(const ArchivedImage& image, std::size_t n, const ImageLayer& layer);

  std::string text_;
};

// Reads it and says in lines what was found.
[[nodiscard]] std::string read_archive(std::string_view archive, const ImageLimits& limits = {});
// The same of the files of a directory.
[[nodiscard]] std::string read_folder(const std::vector<TarFile>& files);

}  // namespace kaudit::testing
