// The timer behind a deadline. Cancelling the socket's operations would not do: between two reads of one composed operation there is nothing to
// cancel, and the second one would wait for ever. Closing it, as Beast's own stream does, would leave no way to answer 408.
#include "server/deadline.h"

namespace ledger::server {

Deadline::Deadline(boost::asio::ip::tcp::socket& socket) : timer_(socket.get_executor()), state_(std::make_shared<State>()) {
  state_->socket = &socket;
}

Deadline::~Deadline() {
  state_->socket = nullptr;
}

void Deadline::set(std::chrono::steady_clock::time_point at, Directions directions) {
  clear();
  timer_.expires_at(at);
  timer_.async_wait([state = state_, generation = state_->generation, directions](boost::system::error_code cancelled) {
    if (cancelled || state->socket == nullptr || generation != state->generation) return;
    state->passed = true;
    boost::system::error_code ignored;
    state->socket->shutdown(directions, ignored);
  });
}

void Deadline::clear() {
  ++state_->generation;
  state_->passed = false;
  timer_.cancel();
}

}  // namespace ledger::server
