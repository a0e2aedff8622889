// The limits of one listener.
#pragma once

#include <chrono>
#include <cstddef>

namespace ledger::server {

/// What a client may cost, in bytes, in time and in connections. A connection needs at most header_bytes_max + 64 KiB for what it reads, and twice
/// body_bytes_max for a body that grows.
struct Limits {
  /// Open connections. At the limit the longest idle connection is closed to make room for a new one. If none is idle, new connections wait in the
  /// kernel's queue. 1 or more.
  std::size_t connections_max = 1024;

  /// The longest body, also of a chunked one. Beyond: 413.
  std::size_t body_bytes_max = std::size_t{1024} * 1024;
  /// The longest request line and header fields together, and the longest trailer fields of a chunked body. Beyond: 431.
  std::size_t header_bytes_max = std::size_t{16} * 1024;
  /// The longest request target. Beyond: 414.
  std::size_t target_bytes_max = std::size_t{4} * 1024;

  /// From the first byte of a request to the end of its header. Beyond: 408. Also from the start of a connection to its first byte; beyond, the
  /// connection is closed.
  std::chrono::milliseconds header_timeout{10'000};
  /// From the end of the header to the end of the body. Beyond: 408.
  std::chrono::milliseconds body_timeout{30'000};
  /// For the client to take a whole response. Beyond, the connection is closed.
  std::chrono::milliseconds write_timeout{30'000};
  /// Between two requests on a connection. Beyond, the connection is closed.
  std::chrono::milliseconds idle_timeout{75'000};
};

}  // namespace ledger::server
