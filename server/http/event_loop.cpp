// Running, draining and ending one loop.
#include "server/http/event_loop.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace ledger::server {

EventLoop::EventLoop(std::size_t listeners) : idle_(listeners), context_(1), work_(boost::asio::make_work_guard(context_)) {}

EventLoop::~EventLoop() {
  stop();
  join();
}

void EventLoop::start(std::function<void()> ended) {
  thread_ = std::thread([this, ended = std::move(ended)]() noexcept {
    context_.run();
    ended();
  });
}

void EventLoop::begin_drain() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    for (IdleConnections& idle : idle_) idle.close_all();
  });
}

void EventLoop::let_end() {
  boost::asio::post(context_, [this] { work_.reset(); });
}

void EventLoop::join() noexcept {
  if (thread_.joinable()) thread_.join();
  reader_.reset();
}

}  // namespace ledger::server
