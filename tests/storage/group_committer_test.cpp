// The error table of storage/group_committer.h, row by row, with faults injected below SQLite.
#include "storage/group_committer.h"

#include "storage/verify.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <utility>

namespace ledger::storage {
namespace {

using test::FaultAt;
using State = GroupCommitter::State;

class GroupCommitterTest : public testing::Test {
 protected:
  GroupCommitter::Options options() {
    GroupCommitter::Options options;
    options.connection = {directory_.file("ledger.db"), vfs_.name(), 10};
    return options;
  }
  void open() { committer_ = std::make_unique<GroupCommitter>(options(), clock_, log_); }

  static Ticket create(const std::string& id) {
    return AppendTicket{test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":")" + id + "\"}", std::nullopt),
                        [](const Result<Appended>&) {}};
  }
  static std::vector<Ticket> group(std::initializer_list<const char*> ids) {
    std::vector<Ticket> tickets;
    for (const char* id : ids) tickets.push_back(create(id));
    return tickets;
  }
  static const Result<Appended>& outcome(const Ticket& ticket) { return std::get<AppendTicket>(ticket).outcome; }

  /// What a second connection, which trusts nothing that the committer believes, finds in the file.
  std::int64_t events_on_disk() {
    SQLite::Database reader = open_reader({directory_.file("ledger.db"), "", 1000});
    return reader.execAndGet("SELECT count(*) FROM event").getInt64();
  }

  test::TempDirectory directory_;
  test::FaultVfs vfs_;
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::unique_ptr<GroupCommitter> committer_;
};

TEST_F(GroupCommitterTest, AGroupIsOneTransactionAndOneSync) {
  open();
  auto warm_up = group({"first"});
  committer_->commit(warm_up);
  const int before = vfs_.count(FaultAt::sync_of_log);
  auto tickets = group({"a", "b", "c"});
  committer_->commit(tickets);
  EXPECT_EQ(vfs_.count(FaultAt::sync_of_log), before + 1);
  EXPECT_EQ(outcome(tickets[2])->sequence, Sequence(4));
  EXPECT_EQ(events_on_disk(), 4);
  EXPECT_EQ(committer_->last_sequence(), Sequence(4));
}

TEST_F(GroupCommitterTest, ADuplicateWithinAGroupHasTheSequenceOfItsFirst) {
  open();
  std::vector<Ticket> tickets;
  tickets.reserve(2);
  for (int i = 0; i < 2; ++i) {
    tickets.emplace_back(
        AppendTicket{test::new_event(R"({"type":"AssociationDelete","locationId":"L","id":"a"})", std::nullopt), [](const Result<Appended>&) {}});
  }
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0])->status, Appended::Status::recorded);
  EXPECT_EQ(outcome(tickets[1])->status, Appended::Status::duplicate);
  EXPECT_EQ(outcome(tickets[1])->sequence, Sequence(1));
}

TEST_F(GroupCommitterTest, ConstraintOnAStatementRefusesOnlyTheBadTicket) {
  open();
  auto tickets = group({"a", "bad", "c"});
  // No decoder lets this through; the schema says so once more.
  std::get<AppendTicket>(tickets[1]).work.decoded.association.id = AssociationId(std::string(257, 'x'));
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0])->sequence, Sequence(1));
  EXPECT_EQ(outcome(tickets[1]).error().code, Errc::internal);
  EXPECT_EQ(outcome(tickets[2])->sequence, Sequence(2)) << "no gap where the bad one was";
  EXPECT_EQ(committer_->state(), State::healthy);
  EXPECT_EQ(events_on_disk(), 2);
}

TEST_F(GroupCommitterTest, BusyAtBeginStoresNothingAndGoesOn) {
  open();
  SQLite::Database foreign(directory_.file("ledger.db"), SQLite::OPEN_READWRITE);
  foreign.exec("BEGIN IMMEDIATE");
  auto tickets = group({"a"});
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0]).error().code, Errc::unavailable);
  EXPECT_EQ(outcome(tickets[0]).error().reason, "database-busy");
  EXPECT_EQ(committer_->state(), State::healthy);
  foreign.exec("ROLLBACK");
  auto again = group({"a"});
  committer_->commit(again);
  EXPECT_EQ(outcome(again[0])->sequence, Sequence(1));
}

TEST_F(GroupCommitterTest, AnyIoErrorAtCommitIsUnknownAndPoisons) {
  open();
  for (const int code : {SQLITE_IOERR_FSYNC, SQLITE_IOERR_WRITE, SQLITE_FULL}) {
    vfs_.fail(code == SQLITE_IOERR_FSYNC ? FaultAt::sync_of_log : FaultAt::write_to_log, code);
    open();
    auto tickets = group({"a", "b"});
    committer_->commit(tickets);
    EXPECT_EQ(outcome(tickets[0]).error().code, Errc::outcome_unknown) << code;
    EXPECT_EQ(outcome(tickets[1]).error().reason, "commit-failed") << code;
    EXPECT_EQ(committer_->state(), State::poisoned) << code;
    vfs_.heal();
    auto later = group({"c"});
    committer_->commit(later);
    EXPECT_EQ(outcome(later[0]).error().reason, "store-failed") << "a healed disk does not unpoison";
    committer_.reset();
  }
}

TEST_F(GroupCommitterTest, AfterAnUnknownCommitARestartReadsTheTruthFromDisk) {
  open();
  vfs_.fail(FaultAt::sync_of_log, SQLITE_IOERR_FSYNC);
  auto unknown = group({"a"});
  committer_->commit(unknown);
  vfs_.heal();
  committer_.reset();
  open();
  const std::int64_t truth = committer_->last_sequence().value();
  EXPECT_EQ(truth, events_on_disk());
  auto next = group({"b"});
  committer_->commit(next);
  EXPECT_EQ(outcome(next[0])->sequence, Sequence(truth + 1));
}

TEST_F(GroupCommitterTest, IoErrorOnAStatementStoresNothingAndDegradesUntilAWriteSucceeds) {
  // Spilling dirty pages makes SQLite write, and fail, in the middle of the transaction.
  open();
  auto first = group({"first"});
  committer_->commit(first);
  vfs_.fail(FaultAt::write_to_log, SQLITE_IOERR_WRITE);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 100; ++i) {
    Ticket big = create("big" + std::to_string(i));
    std::get<AppendTicket>(big).work.delivery.body.append(1'000'000, ' ');
    tickets.push_back(std::move(big));
  }
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0]).error().code, Errc::unavailable);
  EXPECT_EQ(outcome(tickets[99]).error().reason, "store-failing");
  EXPECT_EQ(committer_->state(), State::degraded);
  EXPECT_EQ(log_.lines("store_degraded").size(), 1U);
  vfs_.heal();
  EXPECT_EQ(events_on_disk(), 1);
  committer_->probe();
  EXPECT_EQ(committer_->state(), State::healthy);
  auto next = group({"next"});
  committer_->commit(next);
  EXPECT_EQ(outcome(next[0])->sequence, Sequence(2)) << "the head was read again";
}

TEST_F(GroupCommitterTest, AFullDiskOnAStatementIsNamed) {
  open();
  vfs_.fail(FaultAt::write_to_log, SQLITE_FULL);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 100; ++i) {
    Ticket big = create("big" + std::to_string(i));
    std::get<AppendTicket>(big).work.delivery.body.append(1'000'000, ' ');
    tickets.push_back(std::move(big));
  }
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0]).error().reason, "disk-full");
  EXPECT_EQ(committer_->state(), State::degraded);
}

TEST_F(GroupCommitterTest, UnderTheLowWaterMarkNothingIsBegun) {
  GroupCommitter::Options narrow = options();
  narrow.disk_free_bytes_min = std::numeric_limits<std::uintmax_t>::max();
  GroupCommitter committer(narrow, clock_, log_);
  const int before = vfs_.count(FaultAt::write_to_log);
  auto tickets = group({"a"});
  committer.commit(tickets);
  EXPECT_EQ(outcome(tickets[0]).error().reason, "disk-full");
  EXPECT_EQ(committer.state(), State::degraded);
  EXPECT_EQ(vfs_.count(FaultAt::write_to_log), before);
  committer.probe();
  EXPECT_EQ(committer.state(), State::degraded) << "there still is no room";
}

TEST_F(GroupCommitterTest, AFailedCheckpointPoisons) {
  GroupCommitter::Options eager = options();
  eager.checkpoints = {1, 1};
  committer_ = std::make_unique<GroupCommitter>(eager, clock_, log_);
  auto tickets = group({"a"});
  committer_->commit(tickets);
  ASSERT_TRUE(outcome(tickets[0]));
  vfs_.fail(FaultAt::sync_of_database, SQLITE_IOERR_FSYNC);
  committer_->checkpoint(Checkpointer::Load::idle);
  EXPECT_EQ(committer_->state(), State::poisoned);
  vfs_.heal();
  committer_.reset();
  EXPECT_EQ(events_on_disk(), 1) << "what was acknowledged is still in the write-ahead log";
}

TEST_F(GroupCommitterTest, ADamagedPagePoisons) {
  open();
  auto tickets = group({"a"});
  committer_->commit(tickets);
  // The writer's own connection finds garbage where its statements look.
  SQLite::Database foreign(directory_.file("ledger.db"), SQLite::OPEN_READWRITE);
  foreign.exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'event'; PRAGMA writable_schema = RESET");
  foreign.exec("PRAGMA schema_version = 9999");
  auto later = group({"b"});
  committer_->commit(later);
  EXPECT_EQ(outcome(later[0]).error().code, Errc::internal);
  EXPECT_EQ(committer_->state(), State::poisoned);
}

TEST_F(GroupCommitterTest, AReplacedFileIsNoticedBeforeAnythingIsBegun) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    open();
    std::filesystem::rename(directory_.file("ledger.db") + suffix, directory_.file("away"));
    const int before = vfs_.count(FaultAt::write_to_log);
    auto tickets = group({"a"});
    committer_->commit(tickets);
    EXPECT_EQ(outcome(tickets[0]).error().code, Errc::unavailable) << suffix;
    EXPECT_EQ(committer_->state(), State::poisoned) << suffix;
    EXPECT_EQ(vfs_.count(FaultAt::write_to_log), before) << suffix;
    committer_.reset();
    std::filesystem::rename(directory_.file("away"), directory_.file("ledger.db") + suffix);
  }
  EXPECT_EQ(log_.lines("database_replaced").size(), 3U);
  EXPECT_EQ(log_.lines("database_replaced")[1].fields.at("path"), directory_.file("ledger.db-wal"));
}

/// Does something once, at the first question for the time: within the transaction of a group.
class MischievousClock final : public Clock {
 public:
  explicit MischievousClock(std::function<void()> mischief) : mischief_(std::move(mischief)) {}
  [[nodiscard]] Timestamp now() const noexcept override {
    std::exchange(mischief_, [] {})();
    return test::FakeClock().now();
  }

 private:
  mutable std::function<void()> mischief_;
};

TEST_F(GroupCommitterTest, AfterACommitIntoAReplacedFileNobodyIsToldThatItIsRecorded) {
  open();  // Migrates; that would ask for the time as well.
  auto first = group({"first"});
  committer_->commit(first);
  committer_.reset();
  const MischievousClock clock([this] { std::filesystem::rename(directory_.file("ledger.db-wal"), directory_.file("away")); });
  GroupCommitter committer(options(), clock, log_);
  auto tickets = group({"a", "b"});
  committer.commit(tickets);
  for (const Ticket& ticket : tickets) EXPECT_EQ(outcome(ticket).error().code, Errc::outcome_unknown);
  EXPECT_EQ(committer.state(), State::poisoned);
  EXPECT_EQ(committer.last_sequence(), Sequence(1));
  EXPECT_EQ(log_.lines("database_replaced").at(0).fields.at("where"), "commit");
  committer.finish();
  EXPECT_EQ(events_on_disk(), 3) << "the database itself is in its place, and has it all";
}

TEST_F(GroupCommitterTest, WithoutItsLockItCheckpointsNoMore) {
  const std::string lock = directory_.file("ledger.db-lock");
  std::ofstream(lock) << "1";
  open();
  auto tickets = group({"a"});
  committer_->commit(tickets);
  ASSERT_TRUE(outcome(tickets[0]));
  std::filesystem::remove(lock);
  const int before = vfs_.count(FaultAt::write_to_database);
  committer_->finish();
  EXPECT_EQ(committer_->state(), State::poisoned);
  EXPECT_EQ(vfs_.count(FaultAt::write_to_database), before) << "another process may be committing by now";
}

TEST_F(GroupCommitterTest, ADatabaseBehindALinkIsInItsPlace) {
  std::filesystem::create_directory(directory_.file("volume"));
  std::filesystem::create_symlink(directory_.file("volume/real.db"), directory_.file("ledger.db"));
  open();
  auto tickets = group({"a"});
  committer_->commit(tickets);
  EXPECT_TRUE(outcome(tickets[0]));
  EXPECT_TRUE(std::filesystem::exists(directory_.file("volume/real.db-wal")));
  std::filesystem::remove(directory_.file("volume/real.db-wal"));
  auto later = group({"b"});
  committer_->commit(later);
  EXPECT_EQ(committer_->state(), State::poisoned);
}

TEST_F(GroupCommitterTest, FinishLeavesAnEmptyLogFile) {
  open();
  auto tickets = group({"a"});
  committer_->commit(tickets);
  EXPECT_GT(std::filesystem::file_size(directory_.file("ledger.db-wal")), 0U);
  committer_->finish();
  EXPECT_EQ(std::filesystem::file_size(directory_.file("ledger.db-wal")), 0U);
}

}  // namespace
}  // namespace ledger::storage
