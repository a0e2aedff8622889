// The first operation of a kind fails, then the second, and so on until a life runs to its end without meeting the fault: no promise is ever broken.
#include "tests/durability/lives.h"
#include "tests/support/evidence.h"
#include "tests/support/failing_memory.h"
#include "tests/support/rounds.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>

namespace ledger::test::fault_loop_test {
namespace {

using Crash = LedgerRig::Crash;
using Effect = Fault::Effect;
using Extent = Fault::Extent;

struct Failure {
  const char* name;
  Operation operation;
  FileKind file;
  int sqlite_code;
  Effect effect = Effect::nothing;
};

constexpr FileKind kDatabase = FileKind::database;
constexpr FileKind kLog = FileKind::log;
constexpr FileKind kJournal = FileKind::journal;

const Failure kFailures[] = {
    {"WriteToLogEio", Operation::write, kLog, SQLITE_IOERR_WRITE},
    {"WriteToLogEnospc", Operation::write, kLog, SQLITE_FULL},
    {"WriteToLogShort", Operation::write, kLog, SQLITE_FULL, Effect::half},
    {"WriteToDatabaseEio", Operation::write, kDatabase, SQLITE_IOERR_WRITE},
    {"WriteToDatabaseEnospc", Operation::write, kDatabase, SQLITE_FULL},
    {"WriteToDatabaseShort", Operation::write, kDatabase, SQLITE_FULL, Effect::half},
    {"WriteToJournalEio", Operation::write, kJournal, SQLITE_IOERR_WRITE},
    {"SyncOfLog", Operation::sync, kLog, SQLITE_IOERR_FSYNC},
    {"SyncOfDatabase", Operation::sync, kDatabase, SQLITE_IOERR_FSYNC},
    {"SyncOfJournal", Operation::sync, kJournal, SQLITE_IOERR_FSYNC},
    {"TruncationOfLog", Operation::truncate, kLog, SQLITE_IOERR_TRUNCATE},
    {"TruncationOfDatabase", Operation::truncate, kDatabase, SQLITE_IOERR_TRUNCATE},
    {"OpenOfDatabase", Operation::open, kDatabase, SQLITE_CANTOPEN},
    {"OpenOfLog", Operation::open, kLog, SQLITE_CANTOPEN},
    {"OpenOfJournal", Operation::open, kJournal, SQLITE_CANTOPEN},
    {"RemovalOfJournal", Operation::remove, kJournal, SQLITE_IOERR_DELETE},
    {"ReadOfDatabase", Operation::read, kDatabase, SQLITE_IOERR_READ},
    {"ReadOfLog", Operation::read, kLog, SQLITE_IOERR_READ},
    {"SizeOfDatabase", Operation::measure, kDatabase, SQLITE_IOERR_FSTAT},
    {"SizeOfLog", Operation::measure, kLog, SQLITE_IOERR_FSTAT},
    {"LockEio", Operation::lock, kDatabase, SQLITE_IOERR_LOCK},
    {"LockBusy", Operation::lock, kDatabase, SQLITE_BUSY},
    {"SharedMemory", Operation::map_shared, kDatabase, SQLITE_IOERR_SHMMAP},
    {"SharedLockEio", Operation::lock_shared, kDatabase, SQLITE_IOERR_SHMLOCK},
    {"SharedLockBusy", Operation::lock_shared, kDatabase, SQLITE_BUSY},
};

/// Sanitized builds try a part of the places, from a random one on.
std::size_t stride() {
  return std::max<std::size_t>(1, 100 / scaled(100));
}

Crash crash_for(std::size_t place) {
  return place % 2 == 0 ? Crash::power_cut : Crash::killed;
}

class FaultLoop : public testing::TestWithParam<Failure> {
 protected:
  /// One life with the fault behind `after` operations of its kind. True when it met the fault.
  bool meets(const Fault& fault, std::uint64_t seed) {
    LedgerRig rig(seed, {});
    rig.vfs().fail(fault);
    live_once(rig);
    const bool met = rig.vfs().has_struck();
    returns_.come_back(rig, crash_for(fault.after));
    EXPECT_EQ(rig.problem(), "") << "after " << fault.after << " of them, " << (fault.extent == Extent::once ? "once" : "from then on");
    return met;
  }

  std::uint64_t seed_ = test_seed();
  Returns returns_;
};

TEST_P(FaultLoop, FailsAtEachPlaceInTurnAndBreaksNoPromise) {
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed_));
  std::size_t met = 0;
  for (const Extent extent : {Extent::once, Extent::from_then_on}) {
    for (std::size_t after = seed_ % stride();; after += stride()) {
      const Failure& failure = GetParam();
      if (!meets({failure.operation, failure.file, failure.sqlite_code, after, extent, failure.effect}, seed_)) break;
      ++met;
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_TRUE(met > 0 || stride() > 1) << "no life has such an operation";
  evidence(met, "faults of the disk, at every place of a life in turn");
}

INSTANTIATE_TEST_SUITE_P(Disk, FaultLoop, testing::ValuesIn(kFailures), [](const auto& failure) { return failure.param.name; });

class FaultLoopOfMemory : public testing::TestWithParam<Extent> {};

TEST_P(FaultLoopOfMemory, FailsAtEachAllocationInTurnAndBreaksNoPromise) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  FailingMemory memory;
  Returns returns;
  std::size_t met = 0;
  for (std::size_t after = seed % stride();; after += stride()) {
    LedgerRig rig(seed, {{1, 1}, {}, [&memory] { return memory.has_struck(); }});
    rig.vfs().load(fresh_ledger());
    memory.fail(after, GetParam());
    live_briefly(rig);
    const bool struck = memory.has_struck();
    memory.heal();
    returns.come_back(rig, crash_for(after));
    ASSERT_EQ(rig.problem(), "") << "after " << after << " allocations";
    if (!struck) break;
    ++met;
  }
  evidence(met, "failed allocations of SQLite, at every place of a life in turn");
  evidence(returns.count(), "different states that such a life left, each come back from");
}

INSTANTIATE_TEST_SUITE_P(Sqlite, FaultLoopOfMemory, testing::Values(Extent::once, Extent::from_then_on),
                         [](const auto& extent) { return extent.param == Extent::once ? "Once" : "FromThenOn"; });

}  // namespace
}  // namespace ledger::test::fault_loop_test
