// Any bytes as a container's command, an item for each part between NUL bytes: every word lies in
// its item, and there are no more words than bytes.
#include "core/command_words.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<Text> items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    items.push_back({std::string_view(text).substr(begin, end - begin),
                     static_cast<NodeId>(items.size()), Text::State::written});
    begin = end + 1;
  }
  Container container;
  const std::span<const Text> all(items);
  container.command = all.first((items.size() + 1) / 2);
  container.args = all.subspan(container.command.size());
  std::size_t count = 0;
  CommandWords words(container);
  for (Word word; words.next(word); ++count) {
    fuzz::require(word.at < items.size(), "a word stands in an item", text);
    const std::string_view item = items[word.at].value;
    fuzz::require(
        word.text.empty() || (word.text.data() >= item.data() &&
                              word.text.data() + word.text.size() <= item.data() + item.size()),
        "a word is a part of its item", text);
    fuzz::require(count <= text.size() + items.size(), "words end with the text", text);
  }
  return 0;
}
