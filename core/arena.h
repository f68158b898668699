// Memory for many small, trivially destructible things that all end together.
//
// Ownership: the Arena owns what it hands out, until reset() or its end; moving it keeps addresses.
// Thread-safety: one thread at a time.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace kaudit {

class Arena {
 public:
  // `first_block` bytes are kept across reset(), so that a reused arena soon stops allocating.
  explicit Arena(std::size_t first_block = 4096) : block_(std::make_unique<Block>(first_block)) {}

  [[nodiscard]] std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(block_->pool.take(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  template <class T>
  [[nodiscard]] std::span<const T> copy(const std::vector<T>& items) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    void* to = block_->pool.take(items.size() * sizeof(T), alignof(T));
    std::memcpy(to, items.data(), items.size() * sizeof(T));
    return {static_cast<const T*>(to), items.size()};
  }

  void reset() noexcept { block_->pool.release(); }

 private:
  struct Pool : std::pmr::monotonic_buffer_resource {
    using std::pmr::monotonic_buffer_resource::monotonic_buffer_resource;
    // Not through the virtual function, which takes longer than the work.
    void* take(std::size_t bytes, std::size_t alignment) {
      return std::pmr::monotonic_buffer_resource::do_allocate(bytes, alignment);
    }
  };
  struct Block {
    explicit Block(std::size_t size) : first(new std::byte[size]), pool(first.get(), size) {}
    std::unique_ptr<std::byte[]> first;
    Pool pool;
  };
  std::unique_ptr<Block> block_;
};

}  // namespace kaudit
