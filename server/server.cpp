// Assembles loops and listeners, and takes them apart again.
#include "server/server.h"

#include "server/http/connection.h"
#include "server/http/event_loop.h"
#include "server/http/listener.h"
#include "server/http/spawn_logged.h"

#include "domain/check.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace ledger::server {
namespace {

namespace asio = boost::asio;

/// Holds `slot` for as long as the connection lives.
asio::awaitable<void> run_connection(StreamSocket socket, [[maybe_unused]] ConnectionSlot slot, ConnectionContext context, EventLoop& loop) {
  Connection connection(std::move(socket), context, loop);
  co_await connection.run();
}

}  // namespace

Server::Server(std::vector<ListenerSpec> listeners, ServerOptions options, OpenReader open_reader, const Clock& clock, Log& log)
    : specs_(std::move(listeners)), options_(options), open_reader_(std::move(open_reader)), clock_(clock), log_(log) {
  LEDGER_CHECK(options.threads >= 1 && !specs_.empty());
  for (std::size_t i = 0; i < options.threads; ++i) loops_.push_back(std::make_unique<EventLoop>(specs_.size()));
  for (const ListenerSpec& spec : specs_) {
    LEDGER_CHECK(spec.limits.connections_max >= 1);
    listeners_.push_back(std::make_unique<Listener>(loops_, listeners_.size(), spec.limits.connections_max, log));
  }
}

Server::~Server() {
  begin_drain();
  wait();
  for (std::unique_ptr<Listener>& listener : listeners_) listener.reset();
  // The first loop accepts, so it may hold a socket that belongs to another loop. It is destroyed before the others.
  for (std::unique_ptr<EventLoop>& loop : loops_) loop.reset();
}

Result<void> Server::start() {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    if (const Result<void> opened = listeners_[i]->open(specs_[i].endpoint); !opened) return opened.error();
  }
  for (const std::unique_ptr<EventLoop>& loop : loops_) {
    Result<std::unique_ptr<ShortReader>> reader = open_reader_();
    if (!reader) return reader.error();
    loop->set_reader(std::move(*reader));
  }
  for (std::size_t i = 0; i < specs_.size(); ++i) start_listener(i);
  for (const std::unique_ptr<EventLoop>& loop : loops_) {
    loop->start([this] { loop_ended(); });
    ++loops_started_;
  }
  return {};
}

void Server::start_listener(std::size_t index) {
  const ListenerSpec& spec = specs_[index];
  const ConnectionContext context{spec.application, spec.limits, clock_, log_, index};
  listeners_[index]->start([this, context](StreamSocket socket, ConnectionSlot slot, EventLoop& loop) {
    asio::awaitable<void> connection = run_connection(std::move(socket), std::move(slot), context, loop);
    spawn_logged(loop.context().get_executor(), std::move(connection), log_, "connection_failed");
  });
  log_.write(LogLevel::info, "listening",
             {{"role", spec.role},
              {"address", std::string_view(spec.endpoint.socket_path.empty() ? spec.endpoint.address : spec.endpoint.socket_path)},
              {"port", std::int64_t{port(index)}}});
}

std::uint16_t Server::port(std::size_t listener) const noexcept {
  return listeners_[listener]->port();
}

void Server::begin_drain() noexcept {
  if (draining_.exchange(true)) return;
  {
    const MutexLock lock(mutex_);
    cut_at_ = std::chrono::steady_clock::now() + options_.drain_timeout;
  }
  changed_.notify_all();
  log_.write(LogLevel::info, "drain_started", {{"role", specs_.front().role}});
  // Accepting ends before the loops drain, so that no loop gets a connection after it has closed its idle ones. A connection that was accepted
  // before may still wait in the queue of the first loop, so the loops may end only after the handlers in that queue.
  asio::post(loops_.front()->context(), [this] {
    for (const std::unique_ptr<Listener>& listener : listeners_) listener->close();
    for (const std::unique_ptr<EventLoop>& loop : loops_) loop->begin_drain();
    asio::post(loops_.front()->context(), [this] {
      for (const std::unique_ptr<EventLoop>& loop : loops_) loop->let_end();
    });
  });
}

void Server::wait() noexcept {
  if (loops_started_ == 0 || waited_) return;
  waited_ = true;
  {
    MutexLock lock(mutex_);
    while (!cut_at_) changed_.wait(lock);
    while (loops_ended_ != loops_started_ && changed_.wait_until(lock, *cut_at_)) continue;
  }
  for (const std::unique_ptr<EventLoop>& loop : loops_) loop->stop();
  for (const std::unique_ptr<EventLoop>& loop : loops_) loop->join();
  std::size_t cut = 0;
  for (const std::unique_ptr<Listener>& listener : listeners_) cut += listener->connections();
  log_.write(cut == 0 ? LogLevel::info : LogLevel::warning, "drained",
             {{"role", specs_.front().role}, {"connections_cut", static_cast<std::int64_t>(cut)}});
}

void Server::loop_ended() noexcept {
  {
    const MutexLock lock(mutex_);
    ++loops_ended_;
  }
  changed_.notify_all();
}

}  // namespace ledger::server
