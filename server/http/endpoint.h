// Addresses to listen on.
#pragma once

#include "domain/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace ledger::server {

/// An IP address as text and a port. Never a name: the address that is bound must not depend on a resolver. Or a Unix socket.
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;        ///< 0 means any free one; Server::port() returns it.
  std::string socket_path = {};  ///< If it is not empty, it stands in place of address and port.

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Reads "127.0.0.1:8080" or "[::1]:8080". Errors: invalid_request ("invalid-endpoint").
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

/// The reverse of parse_endpoint(), or the path.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// True for 127.0.0.0/8, for ::1 and for the IPv4 ones inside IPv6. False for a text that is not an address.
[[nodiscard]] bool is_loopback(std::string_view address) noexcept;

}  // namespace ledger::server
