// Putting loops, listeners and applications together, and taking them apart again.
#include "server/server.h"

#include "server/api/api.h"
#include "server/api/ops_handler.h"
#include "server/http/connection.h"
#include "server/http/event_loop.h"
#include "server/http/listener.h"
#include "server/http/spawn_logged.h"

#include "domain/check.h"
#include "sync/mutex.h"

#include <boost/asio/post.hpp>

#include <atomic>
#include <utility>
#include <vector>

namespace ledger::server {
namespace {

namespace asio = boost::asio;

/// The numbers of the listeners, for EventLoop::idle().
constexpr std::size_t main_listener = 0;
constexpr std::size_t ops_listener = 1;
constexpr std::size_t listeners = 2;

/// Probes come one by one; a crowd on this listener is a mistake.
constexpr std::size_t ops_connections_max = 64;

/// Holds `slot` for as long as the connection lives.
asio::awaitable<void> serve(asio::ip::tcp::socket socket, [[maybe_unused]] ConnectionSlot slot, ConnectionContext context, EventLoop& loop) {
  Connection connection(std::move(socket), context, loop);
  co_await connection.run();
}

std::vector<std::unique_ptr<EventLoop>> make_loops(std::size_t count, Counters& counters) {
  LEDGER_CHECK(count >= 1);
  std::vector<std::unique_ptr<EventLoop>> loops;
  for (std::size_t i = 0; i < count; ++i) loops.push_back(std::make_unique<EventLoop>(counters, listeners));
  return loops;
}

}  // namespace

class Server::Impl {
 public:
  Impl(Options options, EventStore& store, const SignaturePolicy& policy, const Clock& clock, Log& log)
      : options_(std::move(options)),
        store_(store),
        clock_(clock),
        log_(log),
        api_(options_, store, policy, clock, counters_),
        ops_(store, counters_, log, draining_),
        loops_(make_loops(options_.threads, counters_)),
        listener_(std::make_unique<Listener>(loops_, main_listener, connections_, options_.connections_max, log)),
        ops_listener_(std::make_unique<Listener>(loops_, ops_listener, ops_connections_, ops_connections_max, log)) {
    LEDGER_CHECK(options_.connections_max >= 1);
  }

  ~Impl() {
    begin_drain();
    wait();
    listener_.reset();
    ops_listener_.reset();
    // The first loop accepts, and so may hold a socket that belongs to another one: it goes before the others.
    for (std::unique_ptr<EventLoop>& loop : loops_) loop.reset();
  }

  Result<void> start() {
    if (const Result<void> opened = listener_->open(options_.listen); !opened) return opened.error();
    if (const Result<void> opened = ops_listener_->open(options_.ops_listen); !opened) return opened.error();
    for (const std::unique_ptr<EventLoop>& loop : loops_) {
      Result<std::unique_ptr<ShortReader>> reader = store_.open_short_reader();
      if (!reader) return reader.error();
      loop->resources().reader = std::move(*reader);
    }
    accept(*listener_, api_, main_listener);
    accept(*ops_listener_, ops_, ops_listener);
    log_listening("main", options_.listen.address, listener_->port());
    log_listening("ops", options_.ops_listen.address, ops_listener_->port());

    for (const std::unique_ptr<EventLoop>& loop : loops_) {
      loop->start([this] { loop_ended(); });
      ++loops_started_;
    }
    return {};
  }

  void begin_drain() noexcept {
    if (draining_.exchange(true)) return;
    {
      const MutexLock lock(mutex_);
      cut_at_ = std::chrono::steady_clock::now() + options_.drain_timeout;
    }
    changed_.notify_all();
    log_.write(LogLevel::info, "drain_started", {});
    // Accepting ends before the loops drain, so that none gets a connection when it has already looked for idle ones. What was accepted by then may
    // still wait in the first loop's queue to be dealt out, so the loops end no sooner than that is done.
    asio::post(loops_.front()->context(), [this] {
      listener_->close();
      ops_listener_->close();
      for (const std::unique_ptr<EventLoop>& loop : loops_) loop->begin_drain();
      asio::post(loops_.front()->context(), [this] {
        for (const std::unique_ptr<EventLoop>& loop : loops_) loop->let_end();
      });
    });
  }

  void wait() noexcept {
    if (loops_started_ == 0 || waited_) return;
    waited_ = true;
    {
      MutexLock lock(mutex_);
      while (!cut_at_) changed_.wait(lock);
      while (loops_ended_ != loops_started_ && changed_.wait_until(lock, *cut_at_)) continue;
    }
    std::size_t cut = 0;
    for (const std::unique_ptr<EventLoop>& loop : loops_) loop->stop();
    for (const std::unique_ptr<EventLoop>& loop : loops_) {
      loop->join();
      cut += loop->connections_left();
    }
    log_.write(cut == 0 ? LogLevel::info : LogLevel::warning, "drained", {{"connections_cut", static_cast<std::int64_t>(cut)}});
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_->port(); }
  [[nodiscard]] std::uint16_t ops_port() const noexcept { return ops_listener_->port(); }

 private:
  void accept(Listener& listener, Application& application, std::size_t number) {
    const ConnectionContext context{application, options_, clock_, log_, number};
    listener.start([this, context](asio::ip::tcp::socket socket, ConnectionSlot slot, EventLoop& loop) {
      asio::awaitable<void> connection = serve(std::move(socket), std::move(slot), context, loop);
      spawn_logged(loop.context().get_executor(), std::move(connection), log_, "connection_failed");
    });
  }

  void log_listening(std::string_view role, std::string_view address, std::uint16_t port) {
    log_.write(LogLevel::info, "listening", {{"role", role}, {"address", address}, {"port", std::int64_t{port}}});
  }

  void loop_ended() noexcept {
    {
      const MutexLock lock(mutex_);
      ++loops_ended_;
    }
    changed_.notify_all();
  }

  const Options options_;
  EventStore& store_;
  const Clock& clock_;
  Log& log_;

  Counters counters_;
  std::atomic<bool> draining_{false};
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> ops_connections_{0};

  Mutex mutex_;
  CondVar changed_;
  std::size_t loops_ended_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::optional<std::chrono::steady_clock::time_point> cut_at_ LEDGER_GUARDED_BY(mutex_);  ///< Set by begin_drain().
  std::size_t loops_started_ = 0;                                                          ///< The owner's thread.
  bool waited_ = false;                                                                    ///< The owner's thread.

  Api api_;
  OpsHandler ops_;
  std::vector<std::unique_ptr<EventLoop>> loops_;  ///< Never empty. The first one runs the listeners too.
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Listener> ops_listener_;
};

Server::Server(Options options, EventStore& store, const SignaturePolicy& policy, const Clock& clock, Log& log)
    : impl_(std::make_unique<Impl>(std::move(options), store, policy, clock, log)) {}
Server::~Server() = default;
Result<void> Server::start() {
  return impl_->start();
}
std::uint16_t Server::port() const noexcept {
  return impl_->port();
}
std::uint16_t Server::ops_port() const noexcept {
  return impl_->ops_port();
}
void Server::begin_drain() noexcept {
  impl_->begin_drain();
}
void Server::wait() noexcept {
  impl_->wait();
}

}  // namespace ledger::server
