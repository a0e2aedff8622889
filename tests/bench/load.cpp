// The generator spends little on a request: one recv, one send and a share of one epoll_wait.
#include "tests/bench/load.h"

#include "tests/bench/response_reader.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ledger::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr auto kSilenceMax = std::chrono::seconds(30);

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

nanoseconds from_seconds(double seconds) {
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

class Socket {
 public:
  explicit Socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (descriptor_ < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    const int error = errno;
    ::close(descriptor_);
    errno = error;
    fail("connect to port " + std::to_string(port));
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

struct Connection {
  explicit Connection(std::uint16_t port) : socket(port) {}
  Socket socket;
  ResponseReader reader;
  bool is_warm = false;            ///< It has had a response.
  Clock::time_point counted_from;  ///< When the outstanding request was sent, or due.
};

class Epoll {
 public:
  Epoll() : descriptor_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (descriptor_ < 0) fail("epoll_create1");
  }
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;
  ~Epoll() { ::close(descriptor_); }

  void add(Connection& connection) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    if (::epoll_ctl(descriptor_, EPOLL_CTL_ADD, connection.socket.descriptor(), &event) != 0) fail("epoll_ctl");
  }

  /// Waits at most `timeout`. Returns the number of events.
  [[nodiscard]] std::size_t wait(std::array<epoll_event, 256>& events, nanoseconds timeout) const {
    const auto left = std::max(timeout, nanoseconds(0)).count();
    const timespec limit = {left / 1'000'000'000, left % 1'000'000'000};
    const int count = ::epoll_pwait2(descriptor_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    return static_cast<std::size_t>(std::max(count, 0));
  }

 private:
  int descriptor_;
};

class Load {
 public:
  Load(const LoadOptions& options, Requests& requests) : options_(options), requests_(requests), expected_(requests.expected()) {
    for (std::size_t i = 0; i < options_.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(options_.port));
      epoll_.add(*connections_.back());
      idle_.push_back(connections_.back().get());
    }
  }

  LoadResult run() {
    start_ = last_answer_ = Clock::now();
    window_begin_ = start_ + from_seconds(options_.warm_up_s);
    std::array<epoll_event, 256> events{};
    for (Clock::time_point now = start_; phase_ != Phase::draining || idle_.size() < connections_.size(); now = Clock::now()) {
      change_phase(now);
      send_what_is_due(now);
      const std::size_t count = epoll_.wait(events, next_deadline(now) - now);
      for (std::size_t i = 0; i < count; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
    }
    return result_;
  }

 private:
  enum class Phase { warming_up, measuring, draining };

  void change_phase(Clock::time_point now) {
    const bool is_warm = warm_ == connections_.size() || options_.warm_up_s <= 0;
    if (phase_ == Phase::warming_up && now >= window_begin_ && is_warm) {
      phase_ = Phase::measuring;
      window_begin_ = last_in_window_ = now;
      window_end_ = now + from_seconds(options_.window_s);
      options_.on_window_begin();
    }
    if (phase_ == Phase::measuring && now >= window_end_) end_window(now);
    if (now - last_answer_ > kSilenceMax) throw std::runtime_error("no response for 30 seconds");
  }

  void end_window(Clock::time_point now) {
    phase_ = Phase::draining;
    options_.on_window_end();
    result_.window_s = std::chrono::duration<double>(now - window_begin_).count();
    note_gap(now);
    if (options_.rate > 0) {
      const auto due = static_cast<std::uint64_t>(std::chrono::duration<double>(now - start_).count() * options_.rate);
      result_.unsent = due > sent_ ? due - sent_ : 0;
    }
  }

  /// When request `number` of an open loop is due.
  [[nodiscard]] Clock::time_point due(std::uint64_t number) const { return start_ + from_seconds(static_cast<double>(number) / options_.rate); }

  void send_what_is_due(Clock::time_point now) {
    if (options_.rate <= 0) {
      // Only the first requests; later each connection sends when it has its response.
      while (phase_ != Phase::draining && !idle_.empty() && sent_ < connections_.size()) send_from_idle(now);
      return;
    }
    while (phase_ != Phase::draining && !idle_.empty() && due(sent_) <= now) send_from_idle(due(sent_));
  }

  void send_from_idle(Clock::time_point counted_from) {
    Connection* const connection = idle_.front();  // The longest idle one, so all connections are used.
    idle_.pop_front();
    send(*connection, counted_from);
  }

  void send(Connection& connection, Clock::time_point counted_from) {
    const std::string_view bytes = requests_.next();
    if (bytes.empty()) {
      idle_.push_back(&connection);
      if (phase_ == Phase::warming_up) throw std::runtime_error("the requests ran out before the window began");
      if (phase_ == Phase::measuring) end_window(counted_from);
      return;
    }
    ++sent_;
    connection.counted_from = counted_from;
    // Only one request is outstanding, and it is far smaller than the socket's buffer, so send() does not block.
    const ssize_t sent = ::send(connection.socket.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(bytes.size())) fail("send");
  }

  void receive(Connection& connection) {
    const std::span<char> room = connection.reader.room();
    const ssize_t got = ::recv(connection.socket.descriptor(), room.data(), room.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) fail("recv");
    if (got == 0) throw std::runtime_error("the server closed a connection");
    ResponseReader& reader = connection.reader;
    switch (reader.received(static_cast<std::size_t>(got))) {
      case ResponseReader::Progress::incomplete: return;
      case ResponseReader::Progress::broken: throw std::runtime_error("a response cannot be read: " + std::string(reader.head().substr(0, 200)));
      case ResponseReader::Progress::complete: break;
    }
    const Clock::time_point now = Clock::now();
    answered(connection, now);
    if (reader.drop() != ResponseReader::Progress::incomplete) throw std::runtime_error("a response came without a request");
    if (options_.rate > 0 || phase_ == Phase::draining) {
      idle_.push_back(&connection);
    } else {
      send(connection, now);
    }
  }

  void answered(Connection& connection, Clock::time_point now) {
    const ResponseReader& reader = connection.reader;
    ++result_.answered_in_all;
    if (!std::exchange(connection.is_warm, true)) ++warm_;
    last_answer_ = now;
    const bool is_expected =
        reader.status() == expected_.status && (expected_.within.empty() || reader.body().find(expected_.within) != std::string_view::npos);
    if (!is_expected && ++result_.unexpected == 1) {
      result_.first_unexpected = std::to_string(reader.status()) + " " + std::string(reader.body().substr(0, 200));
    }
    // The phase changes between two waits, so the last responses of the window still count.
    if (phase_ != Phase::measuring) return;
    ++result_.answered;
    result_.latency.record(static_cast<std::uint64_t>((now - connection.counted_from).count()));
    note_gap(now);
  }

  void note_gap(Clock::time_point now) {
    result_.longest_gap_ns = std::max(result_.longest_gap_ns, static_cast<std::uint64_t>((now - last_in_window_).count()));
    last_in_window_ = now;
  }

  /// When the loop must wake up even if no response comes.
  [[nodiscard]] Clock::time_point next_deadline(Clock::time_point now) const {
    if (phase_ == Phase::draining) return now + std::chrono::seconds(1);
    Clock::time_point next = now + std::chrono::seconds(1);
    if (phase_ == Phase::measuring) next = std::min(next, window_end_);
    if (phase_ == Phase::warming_up && now < window_begin_) next = std::min(next, window_begin_);
    if (options_.rate > 0 && !idle_.empty()) next = std::min(next, due(sent_));
    return next;
  }

  const LoadOptions& options_;
  Requests& requests_;
  const Expected expected_;
  Epoll epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::deque<Connection*> idle_;
  Phase phase_ = Phase::warming_up;
  Clock::time_point start_;
  Clock::time_point window_begin_;
  Clock::time_point window_end_;
  Clock::time_point last_answer_;
  Clock::time_point last_in_window_;
  std::size_t warm_ = 0;  ///< The number of connections that have had a response.
  std::uint64_t sent_ = 0;
  LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadOptions& options, Requests& requests) {
  return Load(options, requests).run();
}

}  // namespace ledger::bench
