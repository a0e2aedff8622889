// Running, draining and ending one loop.
#include "server/event_loop.h"

#include "server/connection.h"

#include "sync/idle_poll.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace ledger::server {

EventLoop::EventLoop(Counters& counters)
    : context_(1), work_(boost::asio::make_work_guard(context_)), mailbox_(std::make_shared<Mailbox>(context_, counters)) {}

EventLoop::~EventLoop() {
  stop();
  join();
}

void EventLoop::start(std::function<void()> ended) {
  thread_ = std::thread([this, ended = std::move(ended)]() noexcept {
    run();
    ended();
  });
}

void EventLoop::run() {
  IdlePoll<> idle_poll;
  const auto look = [this] { return context_.poll() > 0 || context_.stopped(); };
  const auto block = [this] { context_.run_one(); };
  while (!context_.stopped()) idle_poll.wait(look, block);
}

void EventLoop::begin_drain() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    work_.reset();
    for (Connection* const connection : connections_) connection->close_if_idle();
  });
}

void EventLoop::join() noexcept {
  if (thread_.joinable()) thread_.join();
  mailbox_->close();
}

}  // namespace ledger::server
