// nginx or Caddy as a child process, with the example configuration of packaging/proxy/.
#pragma once

#include "tests/support/temp_directory.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ledger::test {

/// A TCP port of 127.0.0.1 that no other process is given while this object lives. A server that sets SO_REUSEADDR can listen on it.
class ReservedPort {
 public:
  /// Throws std::runtime_error.
  ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;
  ~ReservedPort();

  [[nodiscard]] std::uint16_t number() const noexcept { return number_; }
  /// "127.0.0.1:PORT".
  [[nodiscard]] std::string endpoint() const { return "127.0.0.1:" + std::to_string(number_); }

 private:
  int socket_ = -1;
  std::uint16_t number_ = 0;
};

enum class ProxyKind { nginx, caddy };

/// "nginx" or "caddy".
[[nodiscard]] std::string to_string(ProxyKind kind);

/// A proxy that listens on a free port of 127.0.0.1, for the host name "ledger.test". Killed on destruction, and when this process dies.
class Proxy {
 public:
  /// Returns when the proxy listens. `ledger` is where it forwards to ("127.0.0.1:8080"). The example is used as it is, but for the two addresses and
  /// TLS. Throws std::runtime_error when the program is missing, when the example no longer has a line that must be replaced, and when the program
  /// ends.
  Proxy(ProxyKind kind, const std::string& ledger);
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  ~Proxy();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_.number(); }

 private:
  void start_nginx(const std::string& ledger);
  void start_caddy(const std::string& ledger);
  void start(const std::vector<std::string>& command, std::string_view ready);
  void kill() noexcept;

  ReservedPort port_;
  TempDirectory directory_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::string log_;        ///< Written by collector_ while that runs.
  std::thread collector_;  ///< Reads the output to its end, so that the proxy never waits for a reader.
};

}  // namespace ledger::test
