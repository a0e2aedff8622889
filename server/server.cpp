// Assembles loops and listeners, and takes them apart again.
#include "server/server.h"

#include "server/http/connection.h"
#include "server/http/event_loop.h"
#include "server/http/listener.h"
#include "server/http/spawn_logged.h"

#include "domain/check.h"
#include "sync/mutex.h"

#include <boost/asio/post.hpp>

#include <deque>
#include <optional>
#include <utility>

namespace ledger::server {
namespace {

namespace asio = boost::asio;

/// Holds `slot` for as long as the connection lives.
asio::awaitable<void> serve(asio::ip::tcp::socket socket, [[maybe_unused]] ConnectionSlot slot, ConnectionContext context, EventLoop& loop) {
  Connection connection(std::move(socket), context, loop);
  co_await connection.run();
}

/// A listener and what belongs to it.
struct Service {
  explicit Service(ListenerSpec given) : spec(std::move(given)) {}

  const ListenerSpec spec;
  std::atomic<std::size_t> open{0};  ///< Connections.
  std::optional<Listener> listener;
};

}  // namespace

class Server::Impl {
 public:
  Impl(std::vector<ListenerSpec> listeners, ServerOptions options, OpenReader open_reader, std::atomic<std::uint64_t>& late_results,
       const Clock& clock, Log& log)
      : options_(options), open_reader_(std::move(open_reader)), clock_(clock), log_(log) {
    LEDGER_CHECK(options.threads >= 1 && !listeners.empty());
    for (std::size_t i = 0; i < options.threads; ++i) loops_.push_back(std::make_unique<EventLoop>(late_results, listeners.size()));
    for (ListenerSpec& spec : listeners) {
      LEDGER_CHECK(spec.limits.connections_max >= 1);
      Service& service = services_.emplace_back(std::move(spec));
      service.listener.emplace(loops_, services_.size() - 1, service.open, service.spec.limits.connections_max, log);
    }
  }

  ~Impl() {
    begin_drain();
    wait();
    for (Service& service : services_) service.listener.reset();
    // The first loop accepts, so it may hold a socket that belongs to another loop. It is destroyed before the others.
    for (std::unique_ptr<EventLoop>& loop : loops_) loop.reset();
  }

  Result<void> start() {
    for (Service& service : services_) {
      if (const Result<void> opened = service.listener->open(service.spec.endpoint); !opened) return opened.error();
    }
    for (const std::unique_ptr<EventLoop>& loop : loops_) {
      Result<std::unique_ptr<ShortReader>> reader = open_reader_();
      if (!reader) return reader.error();
      loop->resources().reader = std::move(*reader);
    }
    for (std::size_t i = 0; i < services_.size(); ++i) accept(i);
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
    // Accepting ends before the loops drain, so that no loop gets a connection after it has closed its idle ones. A connection that was accepted
    // before may still wait in the queue of the first loop, so the loops may end only after the handlers in that queue.
    asio::post(loops_.front()->context(), [this] {
      for (Service& service : services_) service.listener->close();
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

  [[nodiscard]] std::uint16_t port(std::size_t listener) const noexcept { return services_[listener].listener->port(); }

 private:
  void accept(std::size_t index) {
    Service& service = services_[index];
    const ConnectionContext context{service.spec.application, service.spec.limits, clock_, log_, index};
    service.listener->start([this, context](asio::ip::tcp::socket socket, ConnectionSlot slot, EventLoop& loop) {
      asio::awaitable<void> connection = serve(std::move(socket), std::move(slot), context, loop);
      spawn_logged(loop.context().get_executor(), std::move(connection), log_, "connection_failed");
    });
    log_.write(LogLevel::info, "listening",
               {{"role", service.spec.role},
                {"address", std::string_view(service.spec.endpoint.address)},
                {"port", std::int64_t{service.listener->port()}}});
  }

  void loop_ended() noexcept {
    {
      const MutexLock lock(mutex_);
      ++loops_ended_;
    }
    changed_.notify_all();
  }

  const ServerOptions options_;
  const OpenReader open_reader_;
  const Clock& clock_;
  Log& log_;
  std::atomic<bool> draining_{false};

  Mutex mutex_;
  CondVar changed_;
  std::size_t loops_ended_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::optional<std::chrono::steady_clock::time_point> cut_at_ LEDGER_GUARDED_BY(mutex_);  ///< Set by begin_drain().
  std::size_t loops_started_ = 0;                                                          ///< The owner's thread.
  bool waited_ = false;                                                                    ///< The owner's thread.

  std::deque<Service> services_;
  Listener::Loops loops_;  ///< Never empty. The first loop runs the listeners, too.
};

Server::Server(std::vector<ListenerSpec> listeners, ServerOptions options, OpenReader open_reader, std::atomic<std::uint64_t>& late_results,
               const Clock& clock, Log& log)
    : impl_(std::make_unique<Impl>(std::move(listeners), options, std::move(open_reader), late_results, clock, log)) {}
Server::~Server() = default;
Result<void> Server::start() {
  return impl_->start();
}
std::uint16_t Server::port(std::size_t listener) const noexcept {
  return impl_->port(listener);
}
void Server::begin_drain() noexcept {
  impl_->begin_drain();
}
void Server::wait() noexcept {
  impl_->wait();
}

}  // namespace ledger::server
