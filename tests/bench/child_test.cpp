// Tests of child processes and of what they use.
#include "tests/bench/child.h"

#include "tests/bench/process_usage.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <stdexcept>

namespace ledger::bench::child_test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class ChildTest : public testing::Test {
 protected:
  ChildOptions shell(const std::string& script) { return {{"sh", "-c", script}, directory_.file("log")}; }
  const test::TempDirectory directory_;
};

TEST_F(ChildTest, ReturnsTheOutputOfACommand) {
  EXPECT_EQ(output_of({"echo", "one two"}), "one two");
  EXPECT_EQ(output_of({"false"}), "");
  EXPECT_EQ(output_of({"there-is-no-such-program"}), "");
}

TEST_F(ChildTest, WaitsUntilItPrintsALine) {
  Child child(shell("echo almost ready; echo ready; exec tail -f /dev/null"));
  child.wait_for_line("ready");
  EXPECT_FALSE(child.ends_within(std::chrono::milliseconds(1)));
  child.kill();
  EXPECT_TRUE(child.ends_within(std::chrono::milliseconds(1)));
  EXPECT_EQ(child.exit_code(), -1);
}

TEST_F(ChildTest, FailsWithTheEndOfItsLog) {
  EXPECT_THAT([&] { Child(shell("echo why >&2")).wait_for_line("ready"); }, ThrowsMessage<std::runtime_error>(HasSubstr("why")));
  EXPECT_THAT([&] { static_cast<void>(Child(shell("echo because >&2; exit 3")).finish()); },
              ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("exit code 3"), HasSubstr("because"))));
}

TEST_F(ChildTest, StopFailsUnlessItExitsWithZero) {
  Child good(shell("trap 'kill $!; exit 0' TERM; tail -f /dev/null & echo ready; wait"));
  good.wait_for_line("ready");
  good.stop();
  EXPECT_EQ(good.exit_code(), 0);
  Child other(shell("echo ready; exec tail -f /dev/null"));
  other.wait_for_line("ready");
  EXPECT_THROW(other.stop(), std::runtime_error);
}

TEST_F(ChildTest, IsMeasuredWithItsDescendants) {
  Child child(shell("trap 'kill $!; exit 0' TERM; tail -f /dev/null & echo ready; wait"));
  child.wait_for_line("ready");
  const ProcessUsage with_child = usage_with_descendants(child.pid());
  const ProcessUsage all = usage_with_descendants(::getpid());
  EXPECT_GT(with_child.rss_max_bytes, 0U);
  EXPECT_GT(with_child.cpu_s, 0);
  EXPECT_GT(all.rss_max_bytes, with_child.rss_max_bytes);
  EXPECT_GT(all.cpu_s, with_child.cpu_s);
  child.stop();
}

TEST_F(ChildTest, HasNoUsageAfterItsEnd) {
  Child child(shell("echo ready; exec tail -f /dev/null"));
  child.wait_for_line("ready");
  child.kill();
  const ProcessUsage ended = usage_with_descendants(child.pid());
  EXPECT_EQ(ended.cpu_s, 0) << "a process that has ended adds nothing";
  EXPECT_GT(own_cpu_s(), 0);
}

}  // namespace
}  // namespace ledger::bench::child_test
