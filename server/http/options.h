// How the server is set up: where it listens, and every bound that it keeps.
#pragma once

#include "domain/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ledger::server {

/// Where to listen. An IP address as text, never a name: what is bound must not depend on a resolver.
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;  ///< 0: any free one; Server::port() tells which.

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Reads "127.0.0.1:8080" or "[::1]:8080". Errors: invalid_request ("invalid-endpoint").
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

/// The reverse of parse_endpoint().
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// True for 127.0.0.0/8, ::1 and the former inside IPv6. False for anything that is no address.
[[nodiscard]] bool is_loopback(std::string_view address) noexcept;

/// A value type. Memory is bounded by about connections_max * (body_bytes_max + header_bytes_max, or a page of kPageBytesMax and one item, rendered).
struct Options {
  /// Webhooks and queries. Queries are answered only when this is a loopback address.
  Endpoint listen{"127.0.0.1", 8080};
  /// /livez and /readyz.
  Endpoint ops_listen{"127.0.0.1", 8081};

  /// Threads that read, verify, decode and render. 1 or more; a connection stays on one of them. One more than the smallest machine has cores: signed
  /// deliveries are 5 % more than with two there, since a core that the writer leaves while it waits for the disk then verifies.
  std::size_t threads = 3;
  /// Open connections on `listen`. At the bound no more are accepted until one ends: the others wait in the kernel's queue. 1 or more.
  std::size_t connections_max = 1024;

  /// Longest body, also of a chunked one, in bytes: 413 beyond.
  std::size_t body_bytes_max = std::size_t{1024} * 1024;
  /// Longest request line and header fields together, in bytes: 431 beyond.
  std::size_t header_bytes_max = std::size_t{16} * 1024;
  /// Longest request target, in bytes: 414 beyond.
  std::size_t target_bytes_max = std::size_t{4} * 1024;

  /// From the first byte of a request to the end of its header: 408 beyond.
  std::chrono::milliseconds header_timeout{10'000};
  /// From the end of the header to the end of the body: 408 beyond.
  std::chrono::milliseconds body_timeout{30'000};
  /// For a whole answer to be taken by the client; the connection is closed beyond.
  std::chrono::milliseconds write_timeout{30'000};
  /// Between two requests on a connection; closed silently beyond.
  std::chrono::milliseconds idle_timeout{75'000};
  /// For the store to record a delivery. Beyond, its fate is unknown and the sender is asked to repeat it (429).
  std::chrono::milliseconds append_timeout{30'000};
  /// For the store to answer a question: 503 beyond.
  std::chrono::milliseconds query_timeout{10'000};
  /// From begin_drain() to the moment when the connections that are left are cut.
  std::chrono::milliseconds drain_timeout{10'000};

  /// What Retry-After says on 429 and 503.
  std::chrono::seconds retry_after{5};
};

}  // namespace ledger::server
