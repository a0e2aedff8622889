// Running, draining and ending one loop.
#include "server/http/event_loop.h"

#include "server/http/connection.h"

#include <boost/asio/post.hpp>

#include <sched.h>

#include <utility>

namespace ledger::server {
namespace {

/// Lets the calling thread take a core when one is free or its turn has come, and not as soon as it is woken (sched(7)): a delivery that arrives
/// would else interrupt the commit that others wait for. Where the operator chose a policy, that stays. A refusal costs speed alone.
void interrupt_nobody() noexcept {
  constexpr sched_param no_priority{};
  if (sched_getscheduler(0) == SCHED_OTHER) static_cast<void>(sched_setscheduler(0, SCHED_BATCH, &no_priority));
}

}  // namespace

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
  interrupt_nobody();
  context_.run();
}

void EventLoop::begin_drain() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    for (Connection* const connection : connections_) connection->close_if_idle();
  });
}

void EventLoop::let_end() {
  boost::asio::post(context_, [this] { work_.reset(); });
}

void EventLoop::join() noexcept {
  if (thread_.joinable()) thread_.join();
  mailbox_->close();
}

}  // namespace ledger::server
