// What ledgers of these tests go through: one life with everything in it, and lives of what chance brings.
#pragma once

#include "tests/durability/ledger_rig.h"

#include <set>

namespace ledger::test {

/// Everything that a ledger does to its disk, once: first start with migrations, groups, duplicates, checkpoints, the orderly end, rebuild, a start
/// on what is there, a log that starts over. A ledger that was poisoned ends, as the service does, and is started again. Stops early at the end that
/// was set for the disk, and at the first problem.
void live_once(LedgerRig& rig);

/// A start, two groups, the orderly end.
void live_briefly(LedgerRig& rig);

/// One thing that can happen to a ledger: a start, a group of up to five deliveries, the orderly end, a rebuild.
void live_a_step(LedgerRig& rig);

/// After the worst: back up, with everything that was promised, and able to go on until an orderly end of its own. Faults are healed.
void come_back(LedgerRig& rig, LedgerRig::Crash how);

/// The same for many ends, most of which leave what others have left: from each such state a ledger comes back once.
class Returns {
 public:
  void come_back(LedgerRig& rig, LedgerRig::Crash how);
  /// From how many states.
  [[nodiscard]] std::size_t count() const noexcept { return known_.size(); }

 private:
  std::set<Sha256> known_;
};

/// A ledger that has made its schema, and nothing else.
[[nodiscard]] const SimulatedDisk& fresh_ledger();

}  // namespace ledger::test
