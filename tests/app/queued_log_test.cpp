// The log's queue: order, bounds, and readers that stop.
#include "app/queued_log.h"

#include "tests/support/fake_clock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ledger::app::queued_log_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A pipe that holds 4096 bytes and is read only by next_line().
class Pipe {
 public:
  /// `write_flags`: 0 or O_NONBLOCK.
  explicit Pipe(int write_flags = 0) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    read_end_ = ends[0];
    write_end_ = ends[1];
    ::fcntl(write_end_, F_SETPIPE_SZ, 4096);
    ::fcntl(write_end_, F_SETFL, O_WRONLY | write_flags);
    ::signal(SIGPIPE, SIG_IGN);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_read_end();
    close_write_end();
  }

  [[nodiscard]] int write_end() const { return write_end_; }
  void close_read_end() { close(read_end_); }
  void close_write_end() { close(write_end_); }

  /// Blocks for the next line and returns it without its end. Empty at the end of the stream.
  std::string next_line() {
    std::string line;
    for (char c = 0; ::read(read_end_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }

  int read_end_ = -1;
  int write_end_ = -1;
};

constexpr std::chrono::minutes kForever{10};  // ctest ends the test before that.

void write_numbers(QueuedLog& log, std::int64_t count) {
  for (std::int64_t number = 0; number < count; ++number) log.write(LogLevel::info, "numbered", {{"number", number}});
}

std::int64_t number_behind(const std::string& line, const std::string& name) {
  const std::size_t at = line.find(" " + name + "=");
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in: " + line);
  return std::stoll(line.substr(at + name.size() + 2));
}

/// Destroys `log` on another thread while this one reads what it wrote, to the end.
std::vector<std::string> read_all(Pipe& pipe, std::unique_ptr<QueuedLog> log) {
  std::thread closer([&] {
    log.reset();
    pipe.close_write_end();
  });
  std::vector<std::string> lines;
  for (std::string line = pipe.next_line(); !line.empty(); line = pipe.next_line()) lines.push_back(line);
  closer.join();
  return lines;
}

/// Checks that `lines` are numbered from 0 to `count`, with a report in the place of each gap. Returns how many were dropped.
std::int64_t expect_all_accounted_for(const std::vector<std::string>& lines, std::int64_t count) {
  std::int64_t next = 0;
  std::int64_t dropped = 0;
  for (const std::string& line : lines) {
    if (line.find("event=log_lines_dropped") == std::string::npos) {
      EXPECT_EQ(number_behind(line, "number"), next++) << line;
    } else {
      EXPECT_THAT(line, HasSubstr("level=warning"));
      dropped += number_behind(line, "count");
      next += number_behind(line, "count");
    }
  }
  EXPECT_EQ(next, count);
  return dropped;
}

TEST(QueuedLog, WritesItsLinesInOrderBeforeItEnds) {
  Pipe pipe;
  const test::FakeClock clock;
  auto log = std::make_unique<QueuedLog>(pipe.write_end(), LogFormat::key_value, LogLevel::info, clock, LogBounds{.flush_timeout = kForever});
  log->write(LogLevel::debug, "below_the_least_level", {});
  log->write(LogLevel::info, "first", {});
  log->write(LogLevel::error, "second", {{"text", "a\nb"}});
  EXPECT_THAT(read_all(pipe, std::move(log)), ElementsAre("time=2026-11-23T12:00:00.000Z level=info event=first",
                                                          R"(time=2026-11-23T12:00:00.000Z level=error event=second text="a\nb")"));
}

TEST(QueuedLog, LosesNothingWithinItsBounds) {
  for (const int flags : {0, O_NONBLOCK}) {
    Pipe pipe(flags);
    const test::FakeClock clock;
    auto log = std::make_unique<QueuedLog>(pipe.write_end(), LogFormat::key_value, LogLevel::info, clock, LogBounds{.flush_timeout = kForever});
    write_numbers(*log, 2000);
    EXPECT_EQ(expect_all_accounted_for(read_all(pipe, std::move(log)), 2000), 0);
  }
}

TEST(QueuedLog, DropsLinesWhileNobodyReadsAndReportsThemWhereTheyAreMissing) {
  // The pipe, the thread and the queue together hold less than 200 lines.
  for (const LogBounds& bounds : {LogBounds{.lines_max = 10, .flush_timeout = kForever}, LogBounds{.bytes_max = 1000, .flush_timeout = kForever}}) {
    Pipe pipe;
    const test::FakeClock clock;
    auto log = std::make_unique<QueuedLog>(pipe.write_end(), LogFormat::key_value, LogLevel::info, clock, bounds);
    write_numbers(*log, 1000);
    const auto dropped = static_cast<std::int64_t>(log->lines_dropped());
    EXPECT_GT(dropped, 800);
    EXPECT_EQ(expect_all_accounted_for(read_all(pipe, std::move(log)), 1000), dropped);
  }
}

TEST(QueuedLog, ReportsALineThatIsTooLongForTheQueue) {
  Pipe pipe;
  const test::FakeClock clock;
  auto log =
      std::make_unique<QueuedLog>(pipe.write_end(), LogFormat::json, LogLevel::error, clock, LogBounds{.bytes_max = 10, .flush_timeout = kForever});
  log->write(LogLevel::error, "long", {});
  EXPECT_THAT(read_all(pipe, std::move(log)),
              ElementsAre(R"({"time":"2026-11-23T12:00:00.000Z","level":"warning","event":"log_lines_dropped","count":1})"));
}

TEST(QueuedLog, EndsThoughNobodyReads) {
  Pipe pipe;
  const test::FakeClock clock;
  // The thread is left behind and keeps this descriptor, so the test cannot close it.
  const int descriptor = ::dup(pipe.write_end());
  {
    QueuedLog log(descriptor, LogFormat::key_value, LogLevel::info, clock, {.flush_timeout = std::chrono::milliseconds{0}});
    write_numbers(log, 1000);
  }
}

TEST(QueuedLog, CountsLinesThatTheDescriptorRefuses) {
  Pipe pipe;
  pipe.close_read_end();
  const test::FakeClock clock;
  QueuedLog log(pipe.write_end(), LogFormat::key_value, LogLevel::info, clock, {.flush_timeout = kForever});
  write_numbers(log, 3);
  while (log.lines_dropped() < 3) std::this_thread::yield();
}

}  // namespace
}  // namespace ledger::app::queued_log_test
