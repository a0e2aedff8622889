// Files of the database that are deleted or replaced under the committer: nobody is told 200 for what went into a file that no longer stands there.
#include "storage/sqlite/connection.h"
#include "storage/sqlite/group_committer.h"
#include "storage/writer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <SQLiteCpp/Transaction.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

namespace ledger::storage::replaced_files_test {
namespace {

using State = GroupCommitter::State;

/// On the system's own disk, since it is the names there that change.
class ReplacedFilesTest : public testing::Test {
 protected:
  GroupCommitter::Options options() { return {{directory_.file("ledger.db"), "", 10}, {}, 0}; }
  void open() { committer_ = std::make_unique<GroupCommitter>(options(), clock_, log_); }

  static std::vector<Ticket> group(std::initializer_list<const char*> ids) {
    std::vector<Ticket> tickets;
    for (const char* id : ids) {
      tickets.emplace_back(
          AppendTicket{test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":")" + std::string(id) + "\"}", std::nullopt),
                       [](const Result<Appended>&) {}});
    }
    return tickets;
  }
  /// One event, acknowledged; then the files of these names go, which the next delivery finds out.
  void commit_and_remove(std::initializer_list<const char*> suffixes) {
    auto first = group({"a"});
    committer_->commit(first);
    ASSERT_TRUE(outcome(first[0]));
    for (const char* suffix : suffixes) std::filesystem::remove(directory_.file("ledger.db") + suffix);
    clock_.advance(std::chrono::milliseconds(1));
    auto second = group({"b"});
    committer_->commit(second);
    ASSERT_EQ(committer_->state(), State::poisoned);
  }
  static const Result<Appended>& outcome(const Ticket& ticket) { return std::get<AppendTicket>(ticket).outcome; }

  std::int64_t events_on_disk() {
    SQLite::Database reader = open_reader({directory_.file("ledger.db"), "", 1000});
    return reader.execAndGet("SELECT count(*) FROM event").getInt64();
  }
  /// Of every file in the directory, by name; without the shared memory, in which whoever reads leaves a mark.
  std::string bytes_of_all() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      if (!entry.path().native().ends_with("-shm")) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::string bytes;
    for (const auto& path : paths) {
      std::ifstream file(path, std::ios::binary);
      bytes += path.string() + ":" + std::string(std::istreambuf_iterator<char>(file), {}) + "\n";
    }
    return bytes;
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::unique_ptr<GroupCommitter> committer_;
};

TEST_F(ReplacedFilesTest, AReplacedFileIsNoticedBeforeAnythingIsBegun) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    open();
    std::filesystem::rename(directory_.file("ledger.db") + suffix, directory_.file("away"));
    const std::string before = bytes_of_all();
    auto tickets = group({"a"});
    committer_->commit(tickets);
    EXPECT_EQ(outcome(tickets[0]).error().code, Errc::unavailable) << suffix;
    EXPECT_EQ(committer_->state(), State::poisoned) << suffix;
    EXPECT_EQ(bytes_of_all(), before) << suffix << ": nothing was written";
    committer_.reset();
    std::filesystem::rename(directory_.file("away"), directory_.file("ledger.db") + suffix);
  }
  EXPECT_EQ(log_.lines("database_replaced").size(), 3U);
  EXPECT_EQ(log_.lines("database_replaced")[1].fields.at("path"), directory_.file("ledger.db-wal"));
}

TEST_F(ReplacedFilesTest, AfterACommitItIsNoticedBeforeTheNextOneOfALaterMillisecond) {
  open();
  auto first = group({"first"});
  committer_->commit(first);
  std::filesystem::rename(directory_.file("ledger.db-wal"), directory_.file("away"));
  const std::string before = bytes_of_all();
  clock_.advance(std::chrono::milliseconds(1));
  auto tickets = group({"a"});
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0]).error().code, Errc::unavailable);
  EXPECT_EQ(bytes_of_all(), before) << "nothing was written";
}

TEST_F(ReplacedFilesTest, WithinTheMillisecondOfTheLastLookItIsNoticedBeforeAnyoneIsAnswered) {
  open();
  auto first = group({"first"});
  committer_->commit(first);
  std::filesystem::rename(directory_.file("ledger.db-wal"), directory_.file("away"));
  auto tickets = group({"a"});
  committer_->commit(tickets);
  EXPECT_EQ(outcome(tickets[0]).error().code, Errc::outcome_unknown);
  EXPECT_EQ(committer_->state(), State::poisoned);
}

/// Does something once, at the third question for the time of the wall. The first two are the clock watch's; this one is within the transaction of a
/// group.
class MischievousClock final : public Clock {
 public:
  explicit MischievousClock(std::function<void()> mischief) : mischief_(std::move(mischief)) {}
  [[nodiscard]] Timestamp now() const noexcept override {
    if (++questions_ == 3) mischief_();
    return test::FakeClock().now();
  }
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept override { return {}; }

 private:
  std::function<void()> mischief_;
  mutable int questions_ = 0;
};

TEST_F(ReplacedFilesTest, AfterACommitIntoAReplacedFileNobodyIsToldThatItIsRecorded) {
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
  static_cast<void>(committer.finish());
  EXPECT_EQ(events_on_disk(), 3) << "the database itself is in its place, and has it all";
}

// As `rm ledger.db-*` does.
TEST_F(ReplacedFilesTest, WithoutItsLogItSavesWhatIsInTheLog) {
  open();
  commit_and_remove({"-wal", "-shm"});
  static_cast<void>(committer_->finish());
  EXPECT_EQ(events_on_disk(), 1);
}

TEST_F(ReplacedFilesTest, WithoutItsSharedMemoryAloneItCheckpointsNoMore) {
  open();
  commit_and_remove({"-shm"});
  const std::string before = bytes_of_all();
  static_cast<void>(committer_->finish());
  EXPECT_EQ(bytes_of_all(), before) << "a process may be reading that it cannot see";
}

TEST_F(ReplacedFilesTest, WhatIsTakenAwayLaterIsSavedByTheLastLook) {
  open();
  commit_and_remove({"-shm"});
  static_cast<void>(committer_->finish());
  std::filesystem::remove(directory_.file("ledger.db-wal"));
  static_cast<void>(committer_->finish());
  EXPECT_EQ(events_on_disk(), 1);
}

TEST_F(ReplacedFilesTest, WhatIsInADeletedLogIsSavedBeforeTheServiceIsAskedToEnd) {
  auto committer = std::make_unique<GroupCommitter>(options(), clock_, log_);
  std::int64_t events_when_told = 0;
  Writer writer(std::move(committer), {}, [&] { events_when_told = events_on_disk(); });
  writer.submit(std::move(group({"a"}).front()));
  ASSERT_TRUE(writer.run_once());
  std::filesystem::remove(directory_.file("ledger.db-wal"));
  clock_.advance(std::chrono::milliseconds(1));
  writer.submit(std::move(group({"b"}).front()));
  ASSERT_TRUE(writer.run_once());
  EXPECT_EQ(events_when_told, 1);
}

TEST_F(ReplacedFilesTest, WhatIsInADeletedLogIsKeptUntilWhoReadsHasGone) {
  auto committer = std::make_unique<GroupCommitter>(options(), clock_, log_);
  int told = 0;
  Writer writer(std::move(committer), {}, [&] { ++told; });
  writer.submit(std::move(group({"a"}).front()));
  ASSERT_TRUE(writer.run_once());
  SQLite::Database auditor = open_reader({directory_.file("ledger.db"), "", 10});
  std::optional<SQLite::Transaction> reading(std::in_place, auditor);
  EXPECT_EQ(auditor.execAndGet("SELECT count(*) FROM event").getInt64(), 1);
  writer.submit(std::move(group({"b"}).front()));
  ASSERT_TRUE(writer.run_once());
  std::filesystem::remove(directory_.file("ledger.db-wal"));
  clock_.advance(std::chrono::milliseconds(1));
  writer.submit(std::move(group({"c"}).front()));
  ASSERT_TRUE(writer.run_once());
  EXPECT_EQ(told, 0) << "with the process it would be lost";
  EXPECT_EQ(log_.lines("log_waits_for_reader").size(), 1U);
  reading.reset();
  ASSERT_TRUE(writer.run_once());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(events_on_disk(), 2);
}

TEST_F(ReplacedFilesTest, ADatabaseBehindALinkIsInItsPlace) {
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

}  // namespace
}  // namespace ledger::storage::replaced_files_test
