// A whole ledger on one thread: writer, queue, readers, clients, clock, other processes and a failing disk, in an order that a seed decides.
#pragma once

#include "tests/durability/ledger_rig.h"

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledger::test {

/// Each step is one thing that one of them does. Questions are asked between commits, where the answer is the model's, and from inside the operations
/// of a commit, where it must be a prefix of the log that is acknowledged by the end of it. Two answers about a location
/// that name the same last event must be equal. Snapshots are held over many steps and must not move.
class Simulation {
 public:
  struct Counts {
    std::size_t steps = 0;
    std::size_t questions = 0;
    std::size_t questions_within_commits = 0;
    std::size_t faults = 0;
    std::size_t restarts = 0;
  };

  explicit Simulation(std::uint64_t seed);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  void step();
  /// The end of the run: the disk is healed, the ledger comes back once more, and holds what it promised.
  void finish();

  [[nodiscard]] const std::string& problem() const noexcept { return rig_.problem(); }
  [[nodiscard]] std::size_t promised() const noexcept { return rig_.promised(); }
  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

 private:
  /// What was read in the middle of a commit, to be held against the model when it is over.
  struct Observation {
    Sequence through;
    EventQuery log;
    std::string log_text;
    AssociationQuery associations;
    std::string associations_text;
  };
  /// A read transaction that somebody keeps open.
  struct Snapshot {
    SQLite::Database database;
    std::string content;
  };

  void restart_if_ended();
  void step_of_running();
  void run_writer();
  void ask();
  void observe();
  void remember(const LocationId& location);
  void judge_observations();
  void break_something();
  void set_an_end();
  void hold_or_release_snapshot();
  void lock_or_unlock_from_outside();
  [[nodiscard]] std::string content_of(SQLite::Database& database);
  void leave_alone();

  bool writer_runs_ = false;
  bool observing_ = false;
  std::optional<SQLite::Database> foreign_;  ///< Holds the write lock.
  LedgerRig rig_;
  std::optional<Snapshot> snapshot_;
  std::vector<Observation> observations_;
  /// Answers about locations, with the last event that they name; of this life.
  std::map<LocationId, std::pair<Sequence, std::string>> remembered_;
  Sequence seen_;  ///< By a reader of this life: no later answer shows less.
  Counts counts_;
};

}  // namespace ledger::test
