// The systems that are measured: the ledger, and a Fastify service that does the same job (peers/README.md).
#pragma once

#include "tests/bench/child.h"
#include "tests/bench/process_usage.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledger::bench {

struct System {
  std::string name{};
  /// The ledger's options beside its addresses and its database; empty for a peer, whose mode is its name.
  std::vector<std::string> ledger_options{};

  [[nodiscard]] bool is_ledger() const noexcept { return !ledger_options.empty(); }
};

/// Takes unsigned deliveries and logs errors only.
[[nodiscard]] const System& ledger_system();
/// One commit for each delivery.
[[nodiscard]] const System& fastify_system();
/// One commit for all deliveries that wait together.
[[nodiscard]] const System& fastify_grouped_system();

struct Tools {
  std::string ledger;  ///< The program association-ledger.
  std::string peers;   ///< The directory of server.mjs, with its modules installed; empty if it is missing.
};

/// A system that runs, with its files in a directory of its own.
class RunningSystem {
 public:
  /// Starts the system and waits until it is ready. An existing database in `directory` is used. Throws std::runtime_error with the end of the log.
  RunningSystem(const System& system, const Tools& tools, const std::string& directory);

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// The usage of all its processes since their start.
  [[nodiscard]] ProcessUsage usage() const { return usage_with_descendants(child_->pid()); }
  /// Lets `time` pass. Throws std::runtime_error if the system ends meanwhile.
  void rest(std::chrono::milliseconds time);
  void kill() noexcept { child_->kill(); }
  /// Stops the system with SIGTERM. Throws std::runtime_error if it does not end with exit code 0.
  void stop() { child_->stop(); }
  /// The time from its start until it was ready.
  [[nodiscard]] double start_s() const noexcept { return start_s_; }

 private:
  void wait_until_ready(const System& system, std::uint16_t ops_port);

  std::uint16_t port_;
  double start_s_ = 0;
  std::optional<Child> child_;
};

/// The database in a system's directory.
[[nodiscard]] std::string database_in(const std::string& directory);
/// The size of that database and its write-ahead log; 0 if there is none.
[[nodiscard]] std::uint64_t database_bytes(const std::string& directory);

}  // namespace ledger::bench
