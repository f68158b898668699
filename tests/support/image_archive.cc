#include "tests/support/image_archive.h"

#include <lzma.h>
#include <openssl/evp.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>

namespace kaudit::testing {
namespace {

constexpr std::size_t kBlock = 512;

void put(std::string& header, std::size_t at, std::size_t size, std::string_view text) {
  header.replace(at, std::min(size, text.size()), text.substr(0, size));
}

std::string octal(std::uint64_t number, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%0*llo", digits,
                static_cast<unsigned long long>(number));
  return text.data();
}

std::string padded(std::string text) {
  text.resize((text.size() + kBlock - 1) / kBlock * kBlock, '\0');
  return text;
}

std::string quoted_digest(std::string_view text) { return '"' + sha256(text) + '"'; }

// The smallest descriptor that is one.
std::string descriptor(std::string_view media_type, std::string_view content) {
  return R"({"mediaType":")" + std::string(media_type) + R"(","digest":)" + quoted_digest(content) +
         R"(,"size":)" + std::to_string(content.size()) + "}";
}

std::string_view name_of(LayerFileType type) {
  constexpr std::array<std::string_view, 6> kNames = {"file",    "hard link", "directory",
                                                      "symlink", "device",    "other"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view name_of(SecretGrade grade) {
  constexpr std::array<std::string_view, 5> kNames = {"none", "placeholder", "weak", "literal",
                                                      "known"};
  return kNames[static_cast<std::size_t>(grade)];
}

std::string_view name_of(LayerAccount::Issue issue) {
  constexpr std::array<std::string_view, 3> kNames = {"empty password", "password hash",
                                                      "second root"};
  return kNames[static_cast<std::size_t>(issue)];
}

// In pieces, as a pipe gives them.
class Pieces : public ByteStream {
 public:
  explicit Pieces(std::string_view text) : text_(text) {}
  Result<std::string_view> read() override {
    constexpr std::size_t kPiece = 777;
    const std::string_view piece = text_.substr(0, kPiece);
    text_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view text_;
};

class Files : public ImageFolder {
 public:
  explicit Files(const std::vector<TarFile>& files) : files_(files) {}
  bool next(File& file) override {
    if (at_ == files_.size()) return false;
    file.path = files_[at_].path;
    file.content = std::make_unique<Pieces>(files_[at_].content);
    ++at_;
    return true;
  }

 private:
  const std::vector<TarFile>& files_;
  std::size_t at_ = 0;
};

}  // namespace

void ImageLines::error(Error error) { text_ += "error " + to_string(error) + '\n'; }

void ImageLines::image(const ArchivedImage& image) {
  text_ += "image";
  for (const std::string& name : image.names) text_ += ' ' + name;
  text_ += " [" + image.platform + "]\n";
  for (std::size_t n = 0; n < image.layers.size(); ++n) {
    text_ += " layer " + std::to_string(n + 1);
    if (image.layers[n] == nullptr) {
      text_ += " not examined\n";
      continue;
    }
    layer(image, n, *image.layers[n]);
  }
}
void ImageLines::layer(const ArchivedImage& image, std::size_t n, const ImageLayer& layer) {
  text_ += ": " + std::to_string(layer.entries) + " entries" +
           (layer.complete ? "\n" : ", incomplete\n");
  for (const LayerFile& file : layer.files) {
    text_ += "  " + octal(file.mode, 4) + ' ' + std::string(name_of(file.type)) + ' ' + file.path;
    if (!file.named.empty()) text_ += " named " + std::string(file.named);
    if (const auto hidden = hidden_by(image, n, file.path)) {
      text_ += (hidden->deleted ? " deleted in layer " : " overwritten in layer ") +
               std::to_string(hidden->layer + 1);
    }
    text_ += '\n';
    for (const LayerSecret& secret : file.secrets) {
      text_ += "   " + std::to_string(secret.line) + ": " + std::string(secret.kind) + ' ' +
               std::string(name_of(secret.grade)) + ' ' + secret.evidence + '\n';
    }
    for (const LayerAccount& account : file.accounts) {
      text_ += "   " + std::to_string(account.line) + ": " + std::string(name_of(account.issue)) +
               " of " + account.user + '\n';
    }
  }
}

std::string tar_entry(const TarFile& file) {
  if (file.path.size() > 100 && file.type != 'L') {
    TarFile short_one = file;
    short_one.path.resize(100);
    return tar_entry({.path = "././@LongLink", .content = file.path + '\0', .type = 'L'}) +
           tar_entry(short_one);
  }
  std::string header(kBlock, '\0');
  put(header, 0, 100, file.path);
  put(header, 100, 7, octal(file.mode, 7));
  put(header, 108, 7, octal(static_cast<std::uint64_t>(file.uid), 7));
  put(header, 116, 7, octal(0, 7));
  put(header, 124, 11, octal(file.content.size(), 11));
  put(header, 136, 11, octal(0, 11));
  put(header, 148, 8, "        ");
  header[156] = file.type;
  put(header, 157, 100, file.link);
  put(header, 257, 8, std::string_view("ustar\00000", 8));
  put(header, 329, 7, octal(0, 7));
  put(header, 337, 7, octal(0, 7));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(header, 148, 7, octal(sum, 6) + '\0');
  return header + padded(file.content);
}

std::string tar_of(const std::vector<TarFile>& files) {
  std::string text;
  for (const TarFile& file : files) text += tar_entry(file);
  return text + std::string(2 * kBlock, '\0');
}

std::string gzip(std::string_view text) {
  z_stream state{};
  deflateInit2(&state, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&state, text.size()), '\0');
  state.next_in = std::bit_cast<unsigned char*>(text.data());
  state.avail_in = static_cast<unsigned>(text.size());
  state.next_out = std::bit_cast<unsigned char*>(out.data());
  state.avail_out = static_cast<unsigned>(out.size());
  deflate(&state, Z_FINISH);
  out.resize(out.size() - state.avail_out);
  deflateEnd(&state);
  return out;
}

std::string zstd(std::string_view text, int window_log) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  if (window_log != 0) {
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  }
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  // In two steps: a size that is known at once makes the window smaller.
  ZSTD_compressStream2(context, &to, &in, ZSTD_e_flush);
  ZSTD_compressStream2(context, &to, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

std::string xz(std::string_view text, std::uint32_t preset) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, nullptr,
                          std::bit_cast<const unsigned char*>(text.data()), text.size(),
                          std::bit_cast<unsigned char*>(out.data()), &size, out.size());
  out.resize(size);
  return out;
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), raw.data(), &size, EVP_sha256(), nullptr);
  std::string digest = "sha256:";
  for (unsigned n = 0; n < size; ++n) {
    digest += "0123456789abcdef"[raw[n] >> 4U];
    digest += "0123456789abcdef"[raw[n] & 15U];
  }
  return digest;
}

std::string hex_of(std::string_view digest) {
  return std::string(digest.substr(digest.find(':') + 1));
}

std::string image_config(const std::vector<std::string>& tars) {
  std::string ids;
  for (const std::string& tar : tars) ids += (ids.empty() ? "" : ",") + quoted_digest(tar);
  return R"({"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[)" +
         ids + "]}}";
}

std::vector<TarFile> docker_files(const std::string& name, const std::string& config,
                                  const std::vector<std::string>& layers) {
  std::vector<TarFile> files;
  std::string paths;
  for (std::size_t n = 0; n < layers.size(); ++n) {
    const std::string path = std::to_string(n) + "/layer.tar";
    files.push_back({.path = path, .content = layers[n]});
    paths += (n == 0 ? "\"" : ",\"") + path + '"';
  }
  const std::string config_path = hex_of(sha256(config)) + ".json";
  files.push_back({.path = config_path, .content = config});
  files.push_back({.path = "manifest.json",
                   .content = R"([{"Config":")" + config_path + R"(","RepoTags":[")" + name +
                              R"("],"Layers":[)" + paths + "]}]"});
  return files;
}

std::vector<TarFile> oci_files(const std::string& name, const std::string& config,
                               const std::vector<std::string>& layers) {
  std::vector<TarFile> files;
  const auto blob = [&](const std::string& content) {
    files.push_back({.path = "blobs/sha256/" + hex_of(sha256(content)), .content = content});
  };
  std::string descriptors;
  for (const std::string& layer : layers) {
    blob(layer);
    descriptors += (descriptors.empty() ? "" : ",") +
                   descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer);
  }
  blob(config);
  const std::string manifest = R"({"schemaVersion":2,"config":)" +
                               descriptor("application/vnd.oci.image.config.v1+json", config) +
                               R"(,"layers":[)" + descriptors + "]}";
  blob(manifest);
  files.push_back({.path = "oci-layout", .content = R"({"imageLayoutVersion":"1.0.0"})"});
  std::string named = descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
  named.insert(named.size() - 1,
               R"(,"annotations":{"org.opencontainers.image.ref.name":")" + name + "\"}");
  files.push_back(
      {.path = "index.json", .content = R"({"schemaVersion":2,"manifests":[)" + named + "]}"});
  return files;
}

std::string read_archive(std::string_view archive, const ImageLimits& limits) {
  Pieces bytes(archive);
  ImageLines lines;
  read_image_archive(bytes, "image.tar", limits, lines);
  return lines.text();
}

std::string read_folder(const std::vector<TarFile>& files) {
  Files folder(files);
  ImageLines lines;
  read_image_folder(folder, "image", {}, lines);
  return lines.text();
}

}  // namespace kaudit::testing
