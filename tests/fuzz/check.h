// What must hold whatever the input is; a broken promise ends the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "manifests/load.h"

// libFuzzer's entry, defined by each target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace kaudit::fuzz {

// Not assert(): it must hold in every build. Prints both texts, then aborts.
void require(bool holds, const char* promise, const std::string& a = "", const std::string& b = "");

// Promises about one document and its places; gives the document as JSON.
class Checked : public DocumentVisitor {
 public:
  Checked(const Source& source, const Limits& limits) : source_(source), limits_(limits) {}
  void document(const Document& document) override;
  void error(Error error) override;
  void check_mark(Mark mark) const;

  std::vector<std::string> documents;  // as JSON, in the order read
  std::vector<std::string> errors;

 private:
  const Source& source_;
  const Limits& limits_;
};

using Reader = void (*)(const std::shared_ptr<const Source>&, const Limits&, DocumentVisitor&);
[[nodiscard]] Checked read(Reader reader, const std::string& text, const Limits& limits);

}  // namespace kaudit::fuzz
