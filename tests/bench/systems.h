// What is measured: the ledger, the peers that people build today, and nginx as the ceiling of HTTP.
#pragma once

#include "tests/bench/child.h"
#include "tests/bench/postgres_cluster.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/sync_count.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

enum class Kind { ledger, peer, nginx };

struct System {
  std::string name{};
  Kind kind{};
  std::string commits{};                 ///< How it syncs and how often, in two words for tables.
  std::string durability{};              ///< The same in a sentence.
  std::vector<std::string> arguments{};  ///< More of them, for the ledger.
  std::string mode{};                    ///< Of a peer, as its --mode.
  std::string database_of{};             ///< Which peer's database it reads as its own; empty: only its own.
  std::string log{};                     ///< Where its standard error goes; empty: into its directory.
};

/// The ledger as it is measured unless something else is said: unsigned deliveries, errors logged.
[[nodiscard]] const System& ledger_system();
/// The same with its log as it is by default, a line for each request, thrown away.
[[nodiscard]] const System& ledger_logging_system();
/// All peers, the ones that the goals name first.
[[nodiscard]] const std::vector<System>& peer_systems();
[[nodiscard]] const System& nginx_system();
/// All of them.
[[nodiscard]] std::vector<System> known_systems();

/// Where the programs are; an empty path means that it is not there.
struct Tools {
  std::string ledger;
  std::string peers;  ///< The directory of server.mjs, with its modules installed.
  std::string nginx;
  std::string sync_counter;  ///< The library.
};

[[nodiscard]] bool is_there(const System& system, const Tools& tools);

/// One system as it runs, with its files in a directory of its own.
class RunningSystem {
 public:
  /// Starts it and waits until it is ready. A database that stands in the directory is used. Throws NotInstalled, or std::runtime_error with what it
  /// logged.
  RunningSystem(const System& system, const Tools& tools, const std::string& directory);

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// What all its processes have used so far.
  [[nodiscard]] ProcessUsage usage() const;
  void kill() noexcept { child_->kill(); }
  /// Ends it in order. Throws std::runtime_error when it does not do so.
  void stop();
  [[nodiscard]] const SyncCount& syncs() const noexcept { return syncs_; }
  /// From before it was started until it was ready.
  [[nodiscard]] double start_s() const noexcept { return start_s_; }

 private:
  void wait_until_ready(const System& system);

  std::uint16_t port_;
  std::uint16_t ops_port_;
  SyncCount syncs_;
  double start_s_ = 0;
  std::optional<PostgresCluster> cluster_;  // Outlives the peer that is connected to it.
  std::optional<Child> child_;
};

/// The database in a system's directory.
[[nodiscard]] std::string database_in(const std::string& directory);
/// What nginx answers queries with, in a system's directory.
[[nodiscard]] std::string page_in(const std::string& directory);
/// The database with its write-ahead log; 0 where there is none.
[[nodiscard]] std::uint64_t database_bytes(const std::string& directory);

}  // namespace ledger::bench
