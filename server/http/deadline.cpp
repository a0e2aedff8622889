// The timer behind a deadline. Cancelling the socket's operations would not do: between two reads of one composed operation there is nothing to
// cancel, and the second one would wait for ever. Closing it, as Beast's own stream does, would leave no way to answer 408.
//
// A request sets several deadlines, and nearly all of them are cleared long before they come. So the timer is left alone when a later time is set, or
// none: it fires in vain some time, and is then set to what is wanted by then.
#include "server/http/deadline.h"

namespace ledger::server {

Deadline::Deadline(boost::asio::ip::tcp::socket& socket) : state_(std::make_shared<State>(socket)) {}

Deadline::~Deadline() {
  state_->socket = nullptr;
  state_->timer.cancel();
}

void Deadline::set(std::chrono::steady_clock::time_point at, Directions directions) {
  state_->at = at;
  state_->directions = directions;
  state_->passed = false;
  if (!state_->armed || at < state_->timer.expiry()) arm(state_);
}

void Deadline::clear() {
  state_->at.reset();
  state_->passed = false;
}

void Deadline::arm(const std::shared_ptr<State>& state) {
  state->armed = true;
  state->timer.expires_at(*state->at);
  state->timer.async_wait([state, generation = ++state->generation](boost::system::error_code cancelled) {
    if (!cancelled && state->socket != nullptr && generation == state->generation) expired(state);
  });
}

void Deadline::expired(const std::shared_ptr<State>& state) {
  state->armed = false;
  if (!state->at) return;
  // By the timer's own clock: it can fire a tick early by another reading.
  if (*state->at > state->timer.expiry()) return arm(state);
  state->at.reset();
  state->passed = true;
  boost::system::error_code ignored;
  state->socket->shutdown(state->directions, ignored);
}

}  // namespace ledger::server
