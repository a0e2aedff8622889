// The writer's thread: answers in order, closes with everything answered, tells of poison once, heals when asked.
#include "storage/sqlite/writer.h"

#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <future>
#include <latch>

namespace ledger::storage::writer_test {
namespace {

using test::FileKind;
using test::Operation;

class WriterTest : public testing::Test {
 protected:
  void open(AppendQueue::Bounds bounds = {}) {
    GroupCommitter::Options options;
    options.connection = {"ledger.db", vfs_.name(), 10};
    options.disk_free_bytes_min = 0;
    writer_ = std::make_unique<Writer>(std::make_unique<GroupCommitter>(options, clock_, log_), bounds, [this] { ++poisoned_; });
    writer_->start();
  }
  static NewEvent create(int id) {
    return test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":"a)" + std::to_string(id) + "\"}", std::nullopt);
  }
  Result<Appended> append(int id) {
    const auto answer = std::make_shared<std::promise<Result<Appended>>>();
    writer_->submit(AppendTicket{create(id), [answer](Result<Appended> result) { answer->set_value(std::move(result)); }});
    return answer->get_future().get();
  }

  test::SimulatedVfs vfs_{1};
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::atomic<int> poisoned_ = 0;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, AnswersInTheOrderOfTheQueueAndAllBeforeCloseReturns) {
  open();
  std::vector<std::int64_t> sequences;  // Only the writer's thread, and then, joined, this one.
  for (int i = 0; i < 500; ++i) {
    writer_->submit(AppendTicket{create(i), [&](const Result<Appended>& result) { sequences.push_back(result->sequence.value()); }});
  }
  writer_->close();
  ASSERT_EQ(sequences.size(), 500U);
  for (std::size_t i = 0; i < sequences.size(); ++i) EXPECT_EQ(sequences[i], static_cast<std::int64_t>(i + 1));
}

TEST_F(WriterTest, WhatWaitsDuringACommitIsCommittedTogether) {
  open();
  ASSERT_TRUE(append(0));
  std::latch in_callback(1);
  std::latch go_on(1);
  writer_->submit(AppendTicket{create(1), [&](const Result<Appended>&) {
                                 in_callback.count_down();
                                 go_on.wait();
                               }});
  in_callback.wait();
  const std::size_t before = vfs_.count(Operation::sync, FileKind::log);
  std::latch done(50);
  for (int i = 2; i < 52; ++i) {
    writer_->submit(AppendTicket{create(i), [&](const Result<Appended>&) { done.count_down(); }});
  }
  go_on.count_down();
  done.wait();
  EXPECT_EQ(vfs_.count(Operation::sync, FileKind::log), before + 1) << "fifty events, one sync";
}

TEST_F(WriterTest, PastTheBoundTheSenderIsToldAtOnce) {
  open({1, 1'000'000});
  std::latch in_callback(1);
  std::latch go_on(1);
  writer_->submit(AppendTicket{create(0), [&](const Result<Appended>&) {
                                 in_callback.count_down();
                                 go_on.wait();
                               }});
  in_callback.wait();
  std::promise<Result<Appended>> queued;
  writer_->submit(AppendTicket{create(1), [&](Result<Appended> result) { queued.set_value(std::move(result)); }});
  const auto refused = append(2);
  EXPECT_EQ(refused.error().reason, "queue-full");
  EXPECT_EQ(writer_->health().queued_items, 1U);
  go_on.count_down();
  EXPECT_TRUE(queued.get_future().get());
}

TEST_F(WriterTest, TellsOfPoisonOnceAndRefusesFromThenOn) {
  open();
  vfs_.fail({Operation::sync, FileKind::log, SQLITE_IOERR_FSYNC});
  EXPECT_EQ(append(0).error().code, Errc::outcome_unknown);
  EXPECT_EQ(append(1).error().reason, "store-failed");
  EXPECT_FALSE(writer_->health().can_record);
  writer_->close();
  EXPECT_EQ(poisoned_, 1);
}

TEST_F(WriterTest, TellsOfPoisonInItsLastCheckpointToo) {
  open();
  ASSERT_TRUE(append(0));
  vfs_.fail({Operation::sync, FileKind::database, SQLITE_IOERR_FSYNC});
  writer_->close();
  EXPECT_EQ(poisoned_, 1);
}

TEST_F(WriterTest, AskingForHealthHealsADegradedStore) {
  open();
  ASSERT_TRUE(append(0));
  vfs_.fail({Operation::write, FileKind::log, SQLITE_IOERR_WRITE});
  NewEvent huge = create(1);
  huge.delivery.body.append(80'000'000, ' ');  // More than the page cache holds: SQLite writes, and fails, before the commit.
  std::promise<Result<Appended>> answer;
  writer_->submit(AppendTicket{std::move(huge), [&](Result<Appended> result) { answer.set_value(std::move(result)); }});
  EXPECT_EQ(answer.get_future().get().error().reason, "store-failing");
  EXPECT_FALSE(writer_->health().can_record);
  vfs_.heal();
  while (!writer_->health().can_record) std::this_thread::yield();
  EXPECT_TRUE(log_.wait_for("store_recovered"));
}

}  // namespace
}  // namespace ledger::storage::writer_test
