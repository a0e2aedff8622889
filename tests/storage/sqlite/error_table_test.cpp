// The error table of storage/group_committer.h, row by row: what SQLite says, what is then true, what is answered, and what follows.
#include "storage/sqlite/group_committer.h"
#include "tests/support/failing_memory.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace ledger::storage::error_table_test {
namespace {

using test::Fault;
using test::FileKind;
using test::Operation;
using State = GroupCommitter::State;

const std::string kDatabase = "ledger.db";

class ErrorTable : public testing::Test {
 protected:
  ErrorTable() { open(); }

  void open() {
    committer_.reset();
    GroupCommitter::Options options;
    options.connection = {kDatabase, vfs_.name(), 10};
    options.checkpoints = {1, 1};
    options.disk_free_bytes_min = 0;
    committer_ = std::make_unique<GroupCommitter>(options, clock_, log_);
  }
  /// What is true: as the next process finds it.
  std::int64_t events_after_restart() {
    committer_.reset();
    vfs_.heal();
    vfs_.kill_process();
    open();
    return committer_->last_sequence().value();
  }

  static Ticket create(const std::string& id) {
    return AppendTicket{test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":")" + id + "\"}", std::nullopt),
                        [](const Result<Appended>&) {}};
  }
  std::vector<Ticket> commit(std::initializer_list<const char*> ids) {
    std::vector<Ticket> tickets;
    for (const char* id : ids) tickets.push_back(create(id));
    committer_->commit(tickets);
    return tickets;
  }
  static const Result<Appended>& outcome(const Ticket& ticket) { return std::get<AppendTicket>(ticket).outcome; }
  static void expect_all(const std::vector<Ticket>& tickets, Errc code, std::string_view reason) {
    for (const Ticket& ticket : tickets) {
      ASSERT_FALSE(outcome(ticket));
      EXPECT_EQ(outcome(ticket).error().code, code);
      EXPECT_EQ(outcome(ticket).error().reason, reason);
    }
  }
  /// More than the page cache holds, so that SQLite writes, and fails, in the middle of the transaction.
  std::vector<Ticket> commit_more_than_fits() {
    std::vector<Ticket> tickets;
    for (int i = 0; i < 80; ++i) {
      Ticket big = create("big" + std::to_string(i));
      std::get<AppendTicket>(big).request.delivery.body.append(1'000'000, ' ');
      tickets.push_back(std::move(big));
    }
    committer_->commit(tickets);
    return tickets;
  }
  void maintain_later() {
    clock_.advance(std::chrono::milliseconds(1000));
    committer_->maintain();
  }
  void idle() {
    clock_.advance(std::chrono::milliseconds(5000));
    committer_->maintain();
  }
  void expect_goes_on_with(std::int64_t sequence) {
    const auto next = commit({"next"});
    ASSERT_TRUE(outcome(next[0]));
    EXPECT_EQ(outcome(next[0])->sequence, Sequence(sequence)) << "no gap, and nothing of what failed";
    EXPECT_EQ(committer_->state(), State::healthy);
  }

  test::SimulatedVfs vfs_{1};
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::unique_ptr<GroupCommitter> committer_;
};

// a statement: CONSTRAINT, TOOBIG. That item is bad.

TEST_F(ErrorTable, StatementConstraintRefusesOnlyTheBadTicket) {
  std::vector<Ticket> tickets;
  for (const char* id : {"a", "bad", "c"}) tickets.push_back(create(id));
  // No decoder lets this through; the schema says so once more.
  std::get<AppendTicket>(tickets[1]).request.decoded.association.id = AssociationId(std::string(257, 'x'));
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0])->sequence, Sequence(1));
  EXPECT_EQ(outcome(tickets[1]).error().code, Errc::internal);
  EXPECT_EQ(outcome(tickets[2])->sequence, Sequence(2));
  EXPECT_EQ(log_.lines("ticket_refused_by_schema").size(), 2U) << "in the group, and alone";
  expect_goes_on_with(3);
}

TEST_F(ErrorTable, StatementTooBigRefusesOnlyTheBadTicket) {
  std::vector<Ticket> tickets;
  for (const char* id : {"a", "bad", "c"}) tickets.push_back(create(id));
  // One more than SQLite keeps in a value (SQLITE_MAX_LENGTH).
  std::get<AppendTicket>(tickets[1]).request.delivery.body.assign(1'000'000'001, ' ');
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0])->sequence, Sequence(1));
  EXPECT_EQ(outcome(tickets[1]).error().code, Errc::internal);
  EXPECT_EQ(outcome(tickets[2])->sequence, Sequence(2));
  expect_goes_on_with(3);
}

// BEGIN: BUSY. Nothing stored.

TEST_F(ErrorTable, BeginBusyIsUnavailableAndDegradesUntilTheLockIsFree) {
  SQLite::Database foreign(kDatabase, SQLite::OPEN_READWRITE, 0, vfs_.name());
  foreign.exec("BEGIN IMMEDIATE");
  expect_all(commit({"a", "b"}), Errc::unavailable, "database-busy");
  EXPECT_EQ(committer_->health().why_not, "another process holds the write lock");
  maintain_later();
  EXPECT_FALSE(committer_->health().can_record) << "it is still held";
  foreign.exec("ROLLBACK");
  maintain_later();
  EXPECT_TRUE(committer_->health().can_record) << "without another delivery";
  expect_goes_on_with(1);
}

// a statement: FULL, IOERR, NOMEM. Nothing stored; SQLite may have ended the transaction.

struct StatementFault {
  const char* name;
  int sqlite_code;
  const char* reason;
};

class ErrorTableStatement : public ErrorTable, public testing::WithParamInterface<StatementFault> {};

TEST_P(ErrorTableStatement, IsUnavailableAndDegradesUntilAWriteSucceeds) {
  commit({"first"});
  vfs_.fail({Operation::write, FileKind::log, GetParam().sqlite_code});
  expect_all(commit_more_than_fits(), Errc::unavailable, GetParam().reason);
  EXPECT_EQ(committer_->state(), State::degraded);
  EXPECT_EQ(log_.lines("store_degraded").at(0).fields.at("where"), "statement");
  EXPECT_EQ(events_after_restart(), 1);
}

TEST_P(ErrorTableStatement, HealsWithTheDiskAndReadsTheHeadAgain) {
  commit({"first"});
  vfs_.fail({Operation::write, FileKind::log, GetParam().sqlite_code});
  expect_all(commit_more_than_fits(), Errc::unavailable, GetParam().reason);
  vfs_.heal();
  maintain_later();
  EXPECT_EQ(committer_->state(), State::healthy);
  EXPECT_EQ(log_.lines("store_recovered").size(), 1U);
  expect_goes_on_with(2);
  EXPECT_EQ(events_after_restart(), 2);
}

TEST_P(ErrorTableStatement, IsNotHealedByAProbeThatTheDiskDidNotTake) {
  commit({"first"});
  vfs_.fail({Operation::write, FileKind::log, GetParam().sqlite_code});
  commit_more_than_fits();
  maintain_later();
  // The probe is a commit, and its failure that of one.
  EXPECT_EQ(committer_->state(), GetParam().sqlite_code == SQLITE_FULL ? State::degraded : State::poisoned);
}

INSTANTIATE_TEST_SUITE_P(Codes, ErrorTableStatement,
                         testing::Values(StatementFault{"Full", SQLITE_FULL, "disk-full"},
                                         StatementFault{"IoErr", SQLITE_IOERR_WRITE, "store-failing"},
                                         StatementFault{"NoMem", SQLITE_NOMEM, "store-failing"}),
                         [](const auto& fault) { return fault.param.name; });

class ErrorTableMemory : public testing::Test {
 protected:
  /// One event, of which the first allocation fails.
  Result<Appended> commit(Fault::Extent extent) {
    std::vector<Ticket> tickets;
    tickets.emplace_back(
        AppendTicket{test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":"a"})", std::nullopt), [](const Result<Appended>&) {}});
    // More than any page that SQLite may have at hand.
    std::get<AppendTicket>(tickets[0]).request.delivery.body.append(100'000, ' ');
    memory_.fail(0, extent);
    committer_->commit(tickets);
    EXPECT_TRUE(memory_.has_struck());
    memory_.heal();
    return std::get<AppendTicket>(tickets[0]).outcome;
  }

  test::FailingMemory memory_;
  test::SimulatedVfs vfs_{1};
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::unique_ptr<GroupCommitter> committer_ =
      std::make_unique<GroupCommitter>(GroupCommitter::Options{{kDatabase, vfs_.name(), 10}, {}, 0}, clock_, log_);
};

TEST_F(ErrorTableMemory, AnAllocationThatFailsOnceIsUnavailableAndDegrades) {
  EXPECT_EQ(commit(Fault::Extent::once).error().reason, "store-failing");
  EXPECT_EQ(committer_->state(), State::degraded);
  clock_.advance(std::chrono::milliseconds(1000));
  committer_->maintain();
  EXPECT_EQ(committer_->state(), State::healthy);
  EXPECT_EQ(committer_->last_sequence(), Sequence(0));
}

// rolling back: any error. Nothing stored, but where the log ends is not known.
TEST_F(ErrorTableMemory, NoMemoryEvenToReadTheHeadIsUnavailableAndPoisons) {
  EXPECT_EQ(commit(Fault::Extent::from_then_on).error().reason, "store-failing");
  EXPECT_EQ(committer_->state(), State::poisoned);
  EXPECT_EQ(log_.lines("store_poisoned").at(0).fields.at("where"), "rollback");
}

// a statement: READONLY. Nothing stored, and only a person can change that.
TEST_F(ErrorTable, ADatabaseThatBecomesReadOnlyIsUnavailableAndPoisons) {
  commit({"first"});
  vfs_.fail({Operation::write, FileKind::log, SQLITE_READONLY});
  expect_all(commit_more_than_fits(), Errc::unavailable, "store-failed");
  EXPECT_EQ(log_.lines("store_poisoned").at(0).fields.at("fault"), "read_only");
  EXPECT_EQ(events_after_restart(), 1);
}

// COMMIT: BUSY. The transaction is still open.

TEST_F(ErrorTable, CommitBusyRollsBackIsUnavailableAndDegrades) {
  vfs_.fail({Operation::write, FileKind::log, SQLITE_BUSY});
  expect_all(commit({"a", "b"}), Errc::unavailable, "database-busy");
  EXPECT_EQ(committer_->state(), State::degraded);
  vfs_.heal();
  expect_goes_on_with(1);
  EXPECT_EQ(events_after_restart(), 1);
}

// COMMIT: FULL. The last frame of the transaction is not complete, so nothing is stored.

class ErrorTableCommitFull : public ErrorTable, public testing::WithParamInterface<Fault> {};

TEST_P(ErrorTableCommitFull, IsUnavailableAndStoresNothing) {
  commit({"first"});
  vfs_.fail(GetParam());
  expect_all(commit({"a", "b"}), Errc::unavailable, "disk-full");
  EXPECT_EQ(committer_->state(), State::degraded);
  EXPECT_EQ(committer_->health().why_not, "the disk is full");
  EXPECT_EQ(events_after_restart(), 1);
}

TEST_P(ErrorTableCommitFull, HealsWithTheDisk) {
  commit({"first"});
  vfs_.fail(GetParam());
  expect_all(commit({"a", "b"}), Errc::unavailable, "disk-full");
  vfs_.heal();
  maintain_later();
  EXPECT_TRUE(committer_->health().can_record);
  expect_goes_on_with(2);
  committer_.reset();
  vfs_.cut_power();
  open();
  EXPECT_EQ(committer_->last_sequence(), Sequence(2));
}

INSTANTIATE_TEST_SUITE_P(Faults, ErrorTableCommitFull,
                         testing::Values(Fault{Operation::write, FileKind::log, SQLITE_FULL},
                                         Fault{Operation::write, FileKind::log, SQLITE_FULL, 0, Fault::Extent::once, Fault::Effect::half}));

// COMMIT: any other error. Unknown.

class ErrorTableCommit : public ErrorTable, public testing::WithParamInterface<Fault> {};

TEST_P(ErrorTableCommit, IsUnknownAndPoisons) {
  commit({"first"});
  vfs_.fail(GetParam());
  expect_all(commit({"a", "b"}), Errc::outcome_unknown, "commit-failed");
  EXPECT_EQ(committer_->state(), State::poisoned);
  EXPECT_EQ(log_.lines("store_poisoned").at(0).fields.at("where"), "commit");
  vfs_.heal();
  expect_all(commit({"later"}), Errc::unavailable, "store-failed");
  maintain_later();
  EXPECT_EQ(committer_->state(), State::poisoned) << "a healed disk does not unpoison";
  const std::size_t before = vfs_.changes();
  idle();
  static_cast<void>(committer_->finish());
  EXPECT_EQ(vfs_.changes(), before) << "nothing is checkpointed that may not be there";
  const std::int64_t truth = events_after_restart();
  EXPECT_TRUE(truth == 1 || truth == 3) << truth << ": wholly there, or not at all";
  expect_goes_on_with(truth + 1);
}

INSTANTIATE_TEST_SUITE_P(Faults, ErrorTableCommit,
                         testing::Values(Fault{Operation::write, FileKind::log, SQLITE_IOERR_WRITE},
                                         Fault{Operation::write, FileKind::log, SQLITE_NOMEM},
                                         Fault{Operation::sync, FileKind::log, SQLITE_IOERR_FSYNC},
                                         Fault{Operation::sync, FileKind::log, SQLITE_FULL}));

// checkpoint: any I/O error. Unknown.

class ErrorTableCheckpoint : public ErrorTable, public testing::WithParamInterface<Fault> {};

TEST_P(ErrorTableCheckpoint, PoisonsAndLosesNothing) {
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  vfs_.fail(GetParam());
  idle();
  EXPECT_EQ(committer_->state(), State::poisoned);
  EXPECT_EQ(log_.lines("store_poisoned").at(0).fields.at("where"), "checkpoint");
  EXPECT_EQ(events_after_restart(), 1);
  committer_.reset();
  vfs_.cut_power();
  open();
  EXPECT_EQ(committer_->last_sequence(), Sequence(1));
}

INSTANTIATE_TEST_SUITE_P(Faults, ErrorTableCheckpoint,
                         testing::Values(Fault{Operation::sync, FileKind::log, SQLITE_IOERR_FSYNC},
                                         Fault{Operation::sync, FileKind::database, SQLITE_IOERR_FSYNC},
                                         Fault{Operation::write, FileKind::database, SQLITE_IOERR_WRITE},
                                         Fault{Operation::read, FileKind::log, SQLITE_IOERR_READ}));

TEST_F(ErrorTable, CheckpointFullIsMadeWhenThereIsRoom) {
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  vfs_.fail({Operation::write, FileKind::database, SQLITE_FULL});
  idle();
  EXPECT_EQ(committer_->state(), State::healthy);
  EXPECT_EQ(log_.lines("checkpoint_postponed").size(), 1U);
  EXPECT_GT(vfs_.file_bytes(kDatabase + "-wal"), 0U);
  vfs_.heal();
  idle();
  EXPECT_EQ(vfs_.file_bytes(kDatabase + "-wal"), 0U);
  expect_goes_on_with(2);
}

TEST_F(ErrorTable, CheckpointBusyIsLeftForLater) {
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  vfs_.fail({Operation::lock_shared, FileKind::database, SQLITE_BUSY});
  idle();
  EXPECT_TRUE(vfs_.has_struck());
  EXPECT_EQ(committer_->state(), State::healthy);
  vfs_.heal();
  expect_goes_on_with(2);
}

// any: CORRUPT, NOTADB, MISUSE.

class ErrorTableAny : public ErrorTable, public testing::WithParamInterface<int> {};

TEST_P(ErrorTableAny, IsUnavailableAndPoisons) {
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  open();  // With nothing in its cache, so that statements read.
  vfs_.fail({Operation::read, FileKind::log, GetParam()});
  expect_all(commit({"b", "c"}), Errc::unavailable, "store-failed");
  EXPECT_EQ(committer_->state(), State::poisoned);
  EXPECT_EQ(events_after_restart(), 1);
}

INSTANTIATE_TEST_SUITE_P(Codes, ErrorTableAny, testing::Values(SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_MISUSE));

TEST_F(ErrorTable, ADamagedPagePoisons) {
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  // The writer's own connection finds garbage where its statements look.
  SQLite::Database foreign(kDatabase, SQLite::OPEN_READWRITE, 0, vfs_.name());
  foreign.exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'event'; PRAGMA writable_schema = RESET");
  foreign.exec("PRAGMA schema_version = 9999");
  expect_all(commit({"b"}), Errc::unavailable, "store-failed");
  EXPECT_EQ(committer_->state(), State::poisoned);
}

// the state: an unreadable row. Stored; the subject is marked as stale.
TEST_F(ErrorTable, ADamagedStateIsMarkedInTheSameGroup) {
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  SQLite::Database(kDatabase, SQLite::OPEN_READWRITE, 0, vfs_.name()).exec("UPDATE association_state SET last_sequence = 1000");
  const std::size_t syncs = vfs_.count(Operation::sync, FileKind::log);
  const auto tickets = commit({"b", "a", "c"});
  EXPECT_EQ(outcome(tickets[1])->sequence, Sequence(3));
  EXPECT_EQ(outcome(tickets[2])->sequence, Sequence(4));
  EXPECT_EQ(vfs_.count(Operation::sync, FileKind::log), syncs + 1);
  EXPECT_EQ(committer_->health().stale_subjects, 1);
  expect_goes_on_with(5);
}

TEST_F(ErrorTable, AFullDiskDuringARepairDegradesAndKeepsTheMark) {
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  SQLite::Database(kDatabase, SQLite::OPEN_READWRITE, 0, vfs_.name()).exec("UPDATE association_state SET last_sequence = 1000");
  ASSERT_TRUE(outcome(commit({"a"})[0]));
  vfs_.fail({Operation::write, FileKind::log, SQLITE_FULL});
  committer_->maintain();
  EXPECT_EQ(committer_->state(), State::degraded);
  EXPECT_EQ(committer_->health().stale_subjects, 1);
  vfs_.heal();
  for (int i = 0; i < 3; ++i) maintain_later();
  EXPECT_EQ(committer_->health().stale_subjects, 0);
}

}  // namespace
}  // namespace ledger::storage::error_table_test
