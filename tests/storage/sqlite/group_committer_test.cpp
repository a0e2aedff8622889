// What a group becomes on a disk that does its part. The error table has tests of its own: error_table_test.cpp.
#include "storage/sqlite/group_committer.h"

#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <limits>

namespace ledger::storage::group_committer_test {
namespace {

using State = GroupCommitter::State;

class GroupCommitterTest : public testing::Test {
 protected:
  GroupCommitter::Options options() {
    GroupCommitter::Options options;
    options.connection = {directory_.file("ledger.db"), "", 10};
    return options;
  }
  void open() { committer_ = std::make_unique<GroupCommitter>(options(), clock_, log_); }
  std::uintmax_t log_bytes() { return std::filesystem::file_size(directory_.file("ledger.db-wal")); }

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
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::unique_ptr<GroupCommitter> committer_;
};

TEST_F(GroupCommitterTest, AGroupIsOneTransactionAndOneSync) {
  test::SimulatedVfs vfs(1);
  GroupCommitter committer({{"ledger.db", vfs.name(), 10}, {}, 0}, clock_, log_);
  auto warm_up = group({"first"});
  committer.commit(warm_up);
  const std::size_t before = vfs.count(test::Operation::sync, test::FileKind::log);
  auto tickets = group({"a", "b", "c"});
  committer.commit(tickets);
  EXPECT_EQ(vfs.count(test::Operation::sync, test::FileKind::log), before + 1);
  EXPECT_EQ(outcome(tickets[2])->sequence, Sequence(4));
  EXPECT_EQ(committer.last_sequence(), Sequence(4));
}

TEST_F(GroupCommitterTest, WhatItCommitsOthersFind) {
  open();
  auto tickets = group({"a", "b"});
  committer_->commit(tickets);
  EXPECT_EQ(events_on_disk(), 2);
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

TEST_F(GroupCommitterTest, UnderTheLowWaterMarkNothingIsBegun) {
  GroupCommitter::Options narrow = options();
  narrow.disk_free_bytes_min = std::numeric_limits<std::uintmax_t>::max();
  GroupCommitter committer(narrow, clock_, log_);
  const std::uintmax_t before = log_bytes();
  auto tickets = group({"a"});
  committer.commit(tickets);
  EXPECT_EQ(outcome(tickets[0]).error().reason, "disk-full");
  EXPECT_EQ(committer.state(), State::degraded);
  EXPECT_EQ(log_bytes(), before);
  clock_.advance(std::chrono::milliseconds(1000));
  committer.maintain();
  EXPECT_EQ(committer.state(), State::degraded) << "there still is no room";
}

/// What the file system has room for, where a test decides that.
std::atomic<std::uintmax_t> free_bytes;

/// A ledger whose log will lengthen the file by some 8 MB.
class RoomForWhatIsInTheLog : public GroupCommitterTest {
 protected:
  static constexpr std::uintmax_t kMegabyte = 1'000'000;

  RoomForWhatIsInTheLog() {
    free_bytes = 1000 * kMegabyte;
    committer_ = std::make_unique<GroupCommitter>(watched_options(), clock_, log_);
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(commit("long" + std::to_string(i), std::string(kMegabyte, ' ')));
    EXPECT_LT(database_bytes(), kMegabyte);
  }
  GroupCommitter::Options watched_options() {
    GroupCommitter::Options watched = options();
    watched.disk_free_bytes_min = 64 * kMegabyte;
    watched.free_bytes = [](const std::string& /*path*/) noexcept { return std::optional(free_bytes.load()); };
    return watched;
  }
  Result<Appended> commit(const std::string& id, const std::string& padding) {
    std::vector<Ticket> tickets;
    tickets.push_back(AppendTicket{test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":")" + id + '"' + padding + '}', std::nullopt),
                                   [](const Result<Appended>&) {}});
    clock_.advance(std::chrono::milliseconds(1));
    committer_->commit(tickets);
    return outcome(tickets[0]);
  }
  void idle() {
    clock_.advance(std::chrono::milliseconds(5000));
    committer_->maintain();
  }
  std::uintmax_t database_bytes() { return std::filesystem::file_size(directory_.file("ledger.db")); }
};

TEST_F(RoomForWhatIsInTheLog, IsTakenAlreadyWhereDeliveriesAreRefused) {
  free_bytes = 71 * kMegabyte;
  EXPECT_EQ(commit("a", "").error().reason, "disk-full");
  EXPECT_FALSE(committer_->health().can_record);
  free_bytes = 74 * kMegabyte;
  EXPECT_TRUE(commit("a", ""));
}

TEST_F(RoomForWhatIsInTheLog, IsThereBeforeACheckpointBeginsAlsoBelowTheLowWaterMark) {
  free_bytes = 11 * kMegabyte;
  idle();
  EXPECT_LT(database_bytes(), kMegabyte);
  EXPECT_EQ(committer_->state(), State::healthy);
  EXPECT_GT(committer_->idle_wait(), std::chrono::milliseconds(0)) << "it tries again, and not at once";
  free_bytes = 14 * kMegabyte;
  idle();
  EXPECT_GT(database_bytes(), 8 * kMegabyte);
  EXPECT_EQ(log_bytes(), 0U);
  free_bytes = 65 * kMegabyte;
  EXPECT_TRUE(commit("a", "")) << "the file has grown by then, and grows no more";
}

TEST_F(RoomForWhatIsInTheLog, IsKnownFromTheStartAndNotTakenTwiceAfterACheckpoint) {
  free_bytes = 7 * kMegabyte;
  static_cast<void>(committer_->finish());
  committer_ = std::make_unique<GroupCommitter>(watched_options(), clock_, log_);
  free_bytes = 71 * kMegabyte;
  EXPECT_FALSE(committer_->health().can_record);
  free_bytes = 74 * kMegabyte;
  EXPECT_TRUE(commit("a", ""));
  idle();
  free_bytes = 65 * kMegabyte;
  EXPECT_TRUE(committer_->health().can_record);
}

TEST_F(RoomForWhatIsInTheLog, IsNotAskedForWhereTheDatabaseWasReplaced) {
  const std::string path = directory_.file("ledger.db");
  std::filesystem::rename(path, path + ".moved");
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE other (id)");
  free_bytes = 65 * kMegabyte;
  EXPECT_EQ(commit("a", "").error().reason, "store-failed");
  EXPECT_EQ(committer_->state(), State::poisoned);
}

TEST_F(RoomForWhatIsInTheLog, IsThereBeforeTheLogIsEmptiedAtTheEnd) {
  free_bytes = 7 * kMegabyte;
  static_cast<void>(committer_->finish());
  EXPECT_LT(database_bytes(), kMegabyte);
  EXPECT_EQ(committer_->state(), State::healthy) << "nothing is wrong: the next start reads the log";
  EXPECT_EQ(log_.lines("checkpoint_left_to_next_start").size(), 1U);
  free_bytes = 10 * kMegabyte;
  static_cast<void>(committer_->finish());
  EXPECT_GT(database_bytes(), 8 * kMegabyte);
  EXPECT_EQ(log_bytes(), 0U);
}

TEST_F(GroupCommitterTest, AFailedLastCheckpointPoisons) {
  test::SimulatedVfs vfs(1);
  GroupCommitter committer({{"ledger.db", vfs.name(), 10}, {}, 0}, clock_, log_);
  auto tickets = group({"a"});
  committer.commit(tickets);
  vfs.fail({test::Operation::sync, test::FileKind::database, SQLITE_IOERR_FSYNC});
  static_cast<void>(committer.finish());
  EXPECT_EQ(committer.state(), State::poisoned);
}

TEST_F(GroupCommitterTest, FinishLeavesAnEmptyLogFile) {
  open();
  auto tickets = group({"a"});
  committer_->commit(tickets);
  EXPECT_GT(log_bytes(), 0U);
  static_cast<void>(committer_->finish());
  EXPECT_EQ(log_bytes(), 0U);
}

}  // namespace
}  // namespace ledger::storage::group_committer_test
