// The writer over a committer that a test controls: answers in order, closes with everything answered, reports poison once.
#include "storage/writer.h"

#include "tests/support/generators.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <vector>

namespace ledger::storage::writer_test {
namespace {

/// Records everything in memory, or fails as it is told to.
class FakeCommitter final : public Committer {
 public:
  void commit(std::span<Ticket> batch) noexcept override {
    batches.push_back(batch.size());
    for (Ticket& ticket : batch) {
      if (refusal) {
        fail(ticket, *refusal);
      } else {
        std::get<AppendTicket>(ticket).outcome = Appended{Appended::Status::recorded, Sequence(++last)};
      }
    }
    poisoned = poisoned_by_commit;
  }
  void maintain() noexcept override { ++maintained; }
  [[nodiscard]] std::optional<std::chrono::milliseconds> idle_wait() const noexcept override { return wait; }
  bool finish() noexcept override {
    ++finished;
    poisoned = poisoned || poisoned_by_finish;
    return readers_in_the_way == 0 || --readers_in_the_way == 0;
  }
  [[nodiscard]] bool is_poisoned() const noexcept override { return poisoned; }
  [[nodiscard]] StoreHealth health() const override { return {!poisoned, poisoned ? "poisoned" : "", Sequence(last), 0, 0}; }

  std::vector<std::size_t> batches;
  std::optional<Error> refusal;
  bool poisoned_by_commit = false;
  bool poisoned_by_finish = false;
  std::optional<std::chrono::milliseconds> wait;
  int maintained = 0;
  int finished = 0;
  int readers_in_the_way = 0;
  std::atomic<std::int64_t> last = 0;
  std::atomic<bool> poisoned = false;
};

class WriterTest : public testing::Test {
 protected:
  void open(AppendQueue::Bounds bounds = {}) {
    auto committer = std::make_unique<FakeCommitter>();
    committer_ = committer.get();
    writer_ = std::make_unique<Writer>(std::move(committer), bounds, [this] { ++poisoned_; });
  }
  static NewEvent create(int id) {
    return test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":"a)" + std::to_string(id) + "\"}", std::nullopt);
  }
  void submit(Callback<Appended> done = [](const Result<Appended>&) {}) { writer_->submit(AppendTicket{create(1), std::move(done)}); }

  FakeCommitter* committer_ = nullptr;
  std::atomic<int> poisoned_ = 0;
  std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, AnswersInTheOrderOfTheQueueAndAllBeforeCloseReturns) {
  open();
  writer_->start();
  std::vector<std::int64_t> sequences;  // Only the writer's thread, and then, joined, this one.
  for (int i = 0; i < 500; ++i) submit([&](const Result<Appended>& result) { sequences.push_back(result->sequence.value()); });
  writer_->close();
  ASSERT_EQ(sequences.size(), 500U);
  for (std::size_t i = 0; i < sequences.size(); ++i) EXPECT_EQ(sequences[i], static_cast<std::int64_t>(i + 1));
}

TEST_F(WriterTest, WhatWaitsDuringACommitIsCommittedTogether) {
  open();
  for (int i = 0; i < 50; ++i) submit();
  ASSERT_TRUE(writer_->run_once());
  submit();
  ASSERT_TRUE(writer_->run_once());
  EXPECT_EQ(committer_->batches, (std::vector<std::size_t>{50, 1}));
}

TEST_F(WriterTest, PastTheBoundTheSenderIsToldAtOnce) {
  open({1, 1'000'000});
  submit();
  std::string reason;
  submit([&](const Result<Appended>& result) { reason = result.error().reason; });
  EXPECT_EQ(reason, "queue-full");
  EXPECT_EQ(writer_->health().queued_items, 1U);
}

TEST_F(WriterTest, MaintainsTheStoreAfterACommitAndWhenNothingComes) {
  open();
  submit();
  ASSERT_TRUE(writer_->run_once());
  EXPECT_EQ(committer_->maintained, 1);
  committer_->wait = std::chrono::milliseconds(0);
  ASSERT_TRUE(writer_->run_once());
  EXPECT_EQ(committer_->maintained, 2);
  EXPECT_EQ(committer_->batches.size(), 1U);
}

TEST_F(WriterTest, ReportsPoisonOnce) {
  open();
  committer_->refusal = Error{Errc::outcome_unknown, "commit-failed", ""};
  committer_->poisoned_by_commit = true;
  submit();
  ASSERT_TRUE(writer_->run_once());
  EXPECT_EQ(poisoned_, 1);
  EXPECT_FALSE(writer_->health().can_record);
  submit();
  ASSERT_TRUE(writer_->run_once());
  writer_->close();
  EXPECT_FALSE(writer_->run_once());
  EXPECT_EQ(poisoned_, 1);
}

TEST_F(WriterTest, ReportsThatTheEndPoisonedTheStore) {
  open();
  committer_->poisoned_by_finish = true;
  writer_->close();
  EXPECT_FALSE(writer_->run_once());
  EXPECT_EQ(poisoned_, 1);
}

TEST_F(WriterTest, ReportsPoisonOnlyWhenEverythingIsSaved) {
  open();
  committer_->poisoned_by_commit = true;
  committer_->readers_in_the_way = 2;
  submit();
  ASSERT_TRUE(writer_->run_once());
  EXPECT_EQ(poisoned_, 0);
  committer_->wait = std::chrono::milliseconds(0);
  ASSERT_TRUE(writer_->run_once());
  EXPECT_EQ(poisoned_, 1);
}

TEST_F(WriterTest, AtTheEndTriesToSaveOnlySoOften) {
  open();
  committer_->readers_in_the_way = 1000;
  writer_->close();
  EXPECT_FALSE(writer_->run_once());
  EXPECT_EQ(committer_->finished, 11);
}

}  // namespace
}  // namespace ledger::storage::writer_test
