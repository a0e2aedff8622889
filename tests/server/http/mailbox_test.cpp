// Results that cross threads.
#include "server/http/mailbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace ledger::mailbox_test {
namespace {

using server::Mailbox;

/// Notes in which order, and on which thread, it arrived.
struct Noting final : server::Waiting {
  Noting(std::vector<std::pair<int, std::thread::id>>& list, int given_number, bool given_wanted = true)
      : notes(list), number(given_number), wanted(given_wanted) {}
  bool arrive() noexcept override {
    notes.emplace_back(number, std::this_thread::get_id());
    return wanted;
  }
  std::vector<std::pair<int, std::thread::id>>& notes;
  int number;
  bool wanted;
};

TEST(Mailbox, HandsABurstOutInOrderWithOneWakeUp) {
  boost::asio::io_context loop;
  std::atomic<std::uint64_t> late_results{0};
  const auto mailbox = std::make_shared<Mailbox>(loop, late_results);
  std::vector<std::pair<int, std::thread::id>> notes;
  std::thread store([&] {
    for (int i = 0; i < 100; ++i) mailbox->deliver(std::make_shared<Noting>(notes, i));
  });
  store.join();
  EXPECT_TRUE(notes.empty()) << "nothing may run on the store's thread";
  EXPECT_EQ(loop.run(), 1U);
  ASSERT_EQ(notes.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(notes[static_cast<std::size_t>(i)].first, i);
    EXPECT_EQ(notes[static_cast<std::size_t>(i)].second, std::this_thread::get_id());
  }
}

TEST(Mailbox, WakesTheLoopAgainForTheNextBurst) {
  boost::asio::io_context loop;
  std::atomic<std::uint64_t> late_results{0};
  const auto mailbox = std::make_shared<Mailbox>(loop, late_results);
  std::vector<std::pair<int, std::thread::id>> notes;
  for (int i = 0; i < 3; ++i) {
    mailbox->deliver(std::make_shared<Noting>(notes, i));
    loop.restart();
    EXPECT_EQ(loop.run(), 1U);
  }
  EXPECT_EQ(notes.size(), 3U);
}

TEST(Mailbox, CountsWhatNobodyWaitsForAnyMore) {
  boost::asio::io_context loop;
  std::atomic<std::uint64_t> late_results{0};
  const auto mailbox = std::make_shared<Mailbox>(loop, late_results);
  std::vector<std::pair<int, std::thread::id>> notes;
  mailbox->deliver(std::make_shared<Noting>(notes, 0, false));
  mailbox->deliver(std::make_shared<Noting>(notes, 1, true));
  loop.run();
  EXPECT_EQ(late_results, 1U);
}

TEST(Mailbox, DropsWhatComesAfterItsLoop) {
  std::atomic<std::uint64_t> late_results{0};
  std::vector<std::pair<int, std::thread::id>> notes;
  std::shared_ptr<Mailbox> mailbox;
  {
    boost::asio::io_context loop;
    mailbox = std::make_shared<Mailbox>(loop, late_results);
    mailbox->deliver(std::make_shared<Noting>(notes, 0));
    mailbox->close();
    loop.run();
  }
  mailbox->deliver(std::make_shared<Noting>(notes, 1));
  EXPECT_TRUE(notes.empty());
}

}  // namespace
}  // namespace ledger::mailbox_test
