// The write-ahead log goes back to nothing by itself: after a reader that kept it, and on a disk that it has filled.
#include "storage/sqlite/group_committer.h"

#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"

#include <SQLiteCpp/Transaction.h>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ledger::storage::log_drain_test {
namespace {

using State = GroupCommitter::State;
using std::chrono::milliseconds;

/// The disk of the test that runs, for a function that has no other way to it.
std::atomic<const test::SimulatedVfs*> disk = nullptr;
constexpr std::uintmax_t kDiskBytes = 20'000'000;

std::optional<std::uintmax_t> free_bytes(const std::string& path) noexcept {
  return kDiskBytes - disk.load()->file_bytes(path) - disk.load()->file_bytes(path + "-wal");
}

class LogDrain : public testing::Test {
 protected:
  LogDrain() {
    disk = &vfs_;
    GroupCommitter::Options options;
    options.connection = {"ledger.db", vfs_.name(), 10};
    options.checkpoints.pages_max = 100;
    options.checkpoints.pages_min = 10;
    options.disk_free_bytes_min = 6'000'000;
    options.free_bytes = free_bytes;
    committer_ = std::make_unique<GroupCommitter>(options, clock_, log_);
  }

  /// As the writer does with a delivery; the body takes some 10 pages.
  Result<Appended> deliver() {
    clock_.advance(milliseconds(1));
    std::vector<Ticket> tickets;
    tickets.emplace_back(AppendTicket{test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":")" + std::to_string(++deliveries_) + '"' +
                                                          std::string(40'000, ' ') + '}',
                                                      std::nullopt),
                                      [](const Result<Appended>&) {}});
    committer_->commit(tickets);
    committer_->maintain();
    return std::get<AppendTicket>(tickets[0]).outcome;
  }
  /// As the writer does when nothing comes for so long.
  void idle(milliseconds duration) {
    for (const auto end = clock_.elapsed() + duration; clock_.elapsed() < end; clock_.advance(milliseconds(100))) committer_->maintain();
  }
  [[nodiscard]] std::size_t log_bytes() const { return vfs_.file_bytes("ledger.db-wal"); }

  test::SimulatedVfs vfs_{1};
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::unique_ptr<GroupCommitter> committer_;
  int deliveries_ = 0;
};

/// A foreign process that reads one state for long.
struct Auditor {
  explicit Auditor(const test::SimulatedVfs& vfs) : database(open_reader({"ledger.db", vfs.name(), 10})), held(database) {
    static_cast<void>(database.execAndGet("SELECT count(*) FROM event"));
  }
  SQLite::Database database;
  SQLite::Transaction held;
};

TEST_F(LogDrain, EmptiesTheLogOfAnIdleLedger) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(deliver());
  ASSERT_GT(log_bytes(), 0U);
  idle(milliseconds(2000));
  EXPECT_EQ(log_bytes(), 0U);
  EXPECT_EQ(committer_->idle_wait(), std::nullopt) << "then there is nothing to wake up for";
}

TEST_F(LogDrain, EmptiesWhatAReaderKeptWithinSecondsAfterItLeft) {
  std::optional<Auditor> auditor(std::in_place, vfs_);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(deliver());
  ASSERT_GT(log_bytes(), 1000U * 4096);
  idle(milliseconds(60'000));
  ASSERT_GT(log_bytes(), 1000U * 4096) << "the reader needs it";
  auditor.reset();
  idle(milliseconds(4000));
  EXPECT_EQ(log_bytes(), 0U);
}

TEST_F(LogDrain, TellsForHowLongAReaderKeepsTheLogAndWarnsOnceWhenItIsLong) {
  std::optional<Auditor> auditor(std::in_place, vfs_);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(deliver());
  idle(milliseconds(5000));
  const StoreHealth health = committer_->health();
  EXPECT_EQ(health.log_bytes + 32, log_bytes());
  ASSERT_TRUE(health.log_held_for);
  EXPECT_GE(*health.log_held_for, milliseconds(4000));
  EXPECT_TRUE(log_.lines("log_held_by_reader").empty());
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(deliver());
  idle(milliseconds(60'000));
  EXPECT_EQ(log_.lines("log_held_by_reader").size(), 1U);
  auditor.reset();
  idle(milliseconds(5000));
  EXPECT_EQ(committer_->health().log_held_for, std::nullopt);
  EXPECT_EQ(committer_->health().log_bytes, 0U);
}

TEST_F(LogDrain, AfterAReaderShortensTheLogUnderLoadToo) {
  std::optional<Auditor> auditor(std::in_place, vfs_);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(deliver());
  auditor.reset();
  clock_.advance(Checkpointer::kPauseMax);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(deliver());
  EXPECT_LT(log_bytes(), 300U * 4096);
}

TEST_F(LogDrain, RecoversADiskThatTheLogHasFilledOnceTheReaderHasLeft) {
  std::optional<Auditor> auditor(std::in_place, vfs_);
  Result<Appended> last = deliver();
  while (last && deliveries_ < 1000) last = deliver();
  ASSERT_FALSE(last);
  ASSERT_EQ(last.error().reason, "disk-full");
  idle(milliseconds(60'000));
  ASSERT_EQ(committer_->state(), State::degraded) << "the reader needs the log";

  auditor.reset();
  idle(milliseconds(5000));
  EXPECT_EQ(committer_->state(), State::healthy) << "nobody delivered, and nobody asked for its health";
  EXPECT_EQ(log_bytes(), 0U);
  EXPECT_TRUE(deliver());
}

TEST_F(LogDrain, RecoversAFullDiskWhileDeliveriesAreRefused) {
  std::optional<Auditor> auditor(std::in_place, vfs_);
  while (deliver()) ASSERT_LT(deliveries_, 1000);
  auditor.reset();
  for (int i = 0; i < 5000 && committer_->state() != State::healthy; ++i) static_cast<void>(deliver());
  EXPECT_EQ(committer_->state(), State::healthy);
  EXPECT_TRUE(deliver());
}

}  // namespace
}  // namespace ledger::storage::log_drain_test
