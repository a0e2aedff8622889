// Tests of child processes, of what they use, and of the counter within them.
#include "tests/bench/child.h"

#include "tests/bench/process_usage.h"
#include "tests/bench/sync_count.h"
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
  ChildOptions shell(const std::string& script, std::vector<std::string> environment = {}) {
    return {{"sh", "-c", script}, std::move(environment), directory_.file("log")};
  }
  const test::TempDirectory directory_;
};

TEST_F(ChildTest, GivesWhatACommandPrints) {
  EXPECT_EQ(output_of({"echo", "one two"}), "one two");
  EXPECT_EQ(output_of({"false"}), "");
  EXPECT_EQ(output_of({"there-is-no-such-program"}), "");
}

TEST_F(ChildTest, GetsItsVariablesInPlaceOfOurs) {
  EXPECT_EQ(Child(shell("echo $HOME $LEDGER_X", {"HOME=here", "LEDGER_X=y"})).finish(), "here y\n");
}

TEST_F(ChildTest, IsWaitedForUntilItSaysALine) {
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

TEST_F(ChildTest, EndsInOrderOrTheStopFails) {
  Child orderly(shell("trap 'kill $!; exit 0' TERM; tail -f /dev/null & echo ready; wait"));
  orderly.wait_for_line("ready");
  orderly.stop();
  EXPECT_EQ(orderly.exit_code(), 0);
  Child other(shell("echo ready; exec tail -f /dev/null"));
  other.wait_for_line("ready");
  EXPECT_THROW(other.stop(), std::runtime_error);
}

TEST_F(ChildTest, IsMeasuredWithItsDescendants) {
  const ProcessUsage own = usage_with_descendants(::getpid());
  EXPECT_GT(own.rss_bytes, 0U);
  EXPECT_GT(own.rss_max_bytes, 0U);
  EXPECT_GE(own.cpu_s, 0);
  EXPECT_GT(own_cpu_s(), 0);
  Child child(shell("trap 'kill $!; exit 0' TERM; tail -f /dev/null & echo ready; wait"));
  child.wait_for_line("ready");
  const ProcessUsage with_child = usage_with_descendants(child.pid());
  const ProcessUsage all = usage_with_descendants(::getpid());
  EXPECT_GT(with_child.rss_max_bytes, 0U);
  EXPECT_GE(all.rss_max_bytes, own.rss_max_bytes + with_child.rss_max_bytes);
  child.stop();
}

TEST_F(ChildTest, HasItsSyncsCounted) {
  const SyncCount syncs(LEDGER_SYNC_COUNTER, directory_.file("syncs"));
  const std::string file = directory_.file("written");
  ChildOptions options = shell("dd if=/dev/zero of=" + file + " count=1 conv=fsync; dd if=/dev/zero of=" + file + " count=1 conv=fdatasync");
  options.environment = syncs.environment();
  static_cast<void>(Child(std::move(options)).finish());
  EXPECT_EQ(syncs.value(), 2U);
}

}  // namespace
}  // namespace ledger::bench::child_test
