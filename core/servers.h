// Programs that keep data or administer something, and are therefore no good on a public address:
// recognised by the image, or by a port that nothing else uses.
//
// Sources: the images' pages on Docker Hub, and IANA's registry of ports where it has them.
// Thread-safety: constants.
#pragma once

#include <cstdint>
#include <string_view>

namespace kaudit {

struct Server {
  enum class Kind : std::uint8_t { database, cache, queue, search, coordination, console, runtime };
  std::string_view image;  // the last part of its name, or what that begins with before `-` or `_`
  std::string_view product;
  Kind kind;
  // The ports that it listens on; 0 fills up.
  std::uint16_t ports[5];
};

[[nodiscard]] constexpr bool keeps_data(const Server& server) noexcept {
  return server.kind != Server::Kind::console;
}
// "database", "cache", "message queue" …
[[nodiscard]] std::string_view name_of(Server::Kind kind) noexcept;

// Null when the image is none of them. `image`: as written.
[[nodiscard]] const Server* server_of_image(std::string_view image) noexcept;
// Null unless the port alone is telling: 5432, and not 8080.
[[nodiscard]] const Server* server_of_port(std::int64_t port) noexcept;
[[nodiscard]] bool listens_on(const Server& server, std::int64_t port) noexcept;

}  // namespace kaudit
