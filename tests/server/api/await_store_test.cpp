// Waiting for the store: the first of result and deadline wins.
#include "server/api/await_store.h"

#include "server/api/counters.h"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ledger::await_store_test {
namespace {

using namespace std::chrono_literals;

/// A loop, and one wait at a time.
struct Waiter {
  boost::asio::io_context loop;
  server::Counters counters;
  const Error late{Errc::outcome_unknown, "append-timeout", "Late."};

  template <class Start>
  Result<int> wait(std::chrono::milliseconds timeout, const Start& start) {
    std::optional<Result<int>> result;
    boost::asio::co_spawn(loop, server::await_store<int>(timeout, late, counters.late_results, start),
                          [&](const std::exception_ptr& failure, Result<int> given) {
                            if (failure) std::rethrow_exception(failure);
                            result = std::move(given);
                          });
    loop.restart();
    loop.run();
    return std::move(result).value();
  }
};

TEST(AwaitStore, TakesAResultGivenInsideTheCall) {
  Waiter waiter;
  EXPECT_EQ(waiter.wait(1h, [](const Callback<int>& done) { done(7); }).value(), 7);
}

TEST(AwaitStore, TakesAResultFromAnotherThread) {
  Waiter waiter;
  std::thread store;
  EXPECT_EQ(waiter.wait(1h, [&](Callback<int> done) { store = std::thread([done = std::move(done)] { done(7); }); }).value(), 7);
  store.join();
}

TEST(AwaitStore, PassesErrorsOn) {
  Waiter waiter;
  const Error error{Errc::overloaded, "queue-full", "Full."};
  EXPECT_EQ(waiter.wait(1h, [&](const Callback<int>& done) { done(error); }).error(), error);
}

TEST(AwaitStore, GivesUpAtTheDeadlineAndCountsWhatComesLater) {
  Waiter waiter;
  Callback<int> kept;
  EXPECT_EQ(waiter.wait(1ms, [&](Callback<int> done) { kept = std::move(done); }).error(), waiter.late);
  EXPECT_EQ(waiter.counters.late_results, 0U);
  kept(7);
  waiter.loop.restart();
  waiter.loop.run();
  EXPECT_EQ(waiter.counters.late_results, 1U);
}

TEST(AwaitStore, LetsTheStoreKeepACallbackThatItNeverCalls) {
  Callback<int> kept;
  {
    Waiter waiter;
    EXPECT_FALSE(waiter.wait(1ms, [&](Callback<int> done) { kept = std::move(done); }));
  }
  SUCCEED() << "address sanitizer is the judge";
}

TEST(AwaitStore, LetsExceptionsOfTheCallThrough) {
  Waiter waiter;
  EXPECT_THROW((void)waiter.wait(1h, [](const Callback<int>&) { throw std::runtime_error("broken"); }), std::runtime_error);
}

TEST(AwaitStore, IsForgottenByWhatComesBehindAnException) {
  Waiter waiter;
  Callback<int> kept;
  const auto start = [&](Callback<int> done) {
    kept = std::move(done);
    throw std::runtime_error("broken");
  };
  EXPECT_THROW((void)waiter.wait(1h, start), std::runtime_error);
  kept(7);
  waiter.loop.restart();
  waiter.loop.run();
  EXPECT_EQ(waiter.counters.late_results.load(), 1U) << "address sanitizer is the other judge";
}

}  // namespace
}  // namespace ledger::await_store_test
