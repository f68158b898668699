#include "tests/support/audit_image.h"

#include <sstream>
#include <utility>

#include "core/report/json_writer.h"
#include "manifests/adapt/build.h"
#include "manifests/image.h"
#include "manifests/read/image_document.h"
#include "tests/support/image_archive.h"

namespace kaudit::testing {
namespace {

std::string with_line_breaks(std::string_view text) {
  std::string out;
  for (std::size_t n = 0; n < text.size(); ++n) {
    const bool escaped = text[n] == '\\' && n + 1 < text.size() && text[n + 1] == 'n';
    out += escaped ? '\n' : text[n];
    if (escaped) ++n;
  }
  return out;
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// The archive of an image's fixture.
std::string archive_of(const std::string& text) {
  std::string image = "registry.example/shop:1.4.2";
  std::string settings = "{}";
  std::string history;
  std::vector<std::vector<TarFile>> layers;
  std::string user, created;
  bool has_layer = true;
  const auto end_entry = [&] { history += has_layer ? "}" : R"(,"empty_layer":true})"; };
  const auto layer = [&]() -> std::vector<TarFile>& {
    if (!std::exchange(has_layer, true)) layers.emplace_back();
    return layers.back();
  };
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, what, mode, path, content;
    words >> hash >> what;
    if (hash == "#" && what == "name:") {
      words >> image;
    } else if (hash == "#" && what == "created:") {
      words >> created;
    } else if (hash == "#" && what == "config:") {
      std::getline(words, settings);
    } else if (hash == "#" && what == "file:") {
      words >> mode >> path >> std::ws;
      std::getline(words, content);
      layer().push_back({.path = path,
                         .content = with_line_breaks(content),
                         .mode = static_cast<std::uint32_t>(std::stoul(mode, nullptr, 8)),
                         .type = path.ends_with('/') ? '5' : '0'});
    } else if (hash == "#" && what == "delete:") {
      words >> path;
      const std::size_t name = path.rfind('/') + 1;
      layer().push_back({.path = path.substr(0, name) + ".wh." + path.substr(name)});
    } else if (hash != "#" && !line.empty()) {
      if (!history.empty()) {
        end_entry();
        history += ',';
      }
      history += R"({"created_by":)" + json_string(line);
      if (hash == "USER") user = what;
      has_layer = false;
    }
  }
  end_entry();
  if (settings == "{}") settings = R"({"User":)" + json_string(user) + "}";
  std::vector<std::string> tars;
  std::string ids;
  for (const std::vector<TarFile>& files : layers) {
    tars.push_back(tar_of(files));
    ids += (ids.empty() ? "" : ",") + json_string(sha256(tars.back()));
  }
  const std::string config = R"({"architecture":"amd64","os":"linux","created":)" +
                             json_string(created) + R"(,"config":)" + settings + R"(,"history":[)" +
                             history + R"(],"rootfs":{"type":"layers","diff_ids":[)" + ids + "]}}";
  return tar_of(docker_files(image, config, tars));
}

class WholeText final : public ByteStream {
 public:
  explicit WholeText(std::string_view text) : text_(text) {}
  Result<std::string_view> read() override { return std::exchange(text_, {}); }

 private:
  std::string_view text_;
};

}  // namespace

Audit audit_image(const Plan& plan, const std::string& name, const std::string& text) {
  class Auditor final : public ImageVisitor {
   public:
    explicit Auditor(const Plan& plan) : evaluation(plan) {}
    void image(const ArchivedImage& image) override {
      auto document = image_document(image, Limits{});
      if (!document) return error(std::move(document).error());
      adapter.adapt_image(*document, evaluation);
    }
    void error(Error error) override { errors.push_back(std::move(error)); }
    BuildAdapter adapter;
    Evaluation evaluation;
    std::vector<Error> errors;
  };
  Auditor auditor(plan);
  const std::string archive = archive_of(text);
  WholeText bytes(archive);
  read_image_archive(bytes, name, ImageLimits{}, auditor);
  Audit out;
  out.findings = std::move(auditor.evaluation.findings());
  out.errors = std::move(auditor.errors);
  out.as_json.push_back(text);
  return out;
}

}  // namespace kaudit::testing
