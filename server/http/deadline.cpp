// The timer of a deadline.
//
// One request sets several deadlines, and nearly all of them are cleared long before they expire. So the timer keeps running when a later deadline is
// set, or none. When it fires too early, it is started again for the deadline that is set by then.
#include "server/http/deadline.h"

namespace ledger::server {

Deadline::Deadline(StreamSocket& socket) : state_(std::make_shared<State>(socket)) {}

Deadline::~Deadline() {
  state_->socket = nullptr;
  state_->timer.cancel();
}

void Deadline::set(std::chrono::steady_clock::time_point at, OnExpiry on_expiry) {
  state_->at = at;
  state_->on_expiry = on_expiry;
  state_->expired = false;
  if (!state_->armed || at < state_->timer.expiry()) arm(state_);
}

void Deadline::clear() {
  state_->at.reset();
  state_->expired = false;
}

void Deadline::arm(const std::shared_ptr<State>& state) {
  state->armed = true;
  state->timer.expires_at(*state->at);
  state->timer.async_wait([state, generation = ++state->generation](boost::system::error_code cancelled) {
    if (!cancelled && state->socket != nullptr && generation == state->generation) timer_fired(state);
  });
}

void Deadline::timer_fired(const std::shared_ptr<State>& state) {
  state->armed = false;
  if (!state->at) return;
  // Compared with the timer's own expiry, because another reading of the clock can be a tick earlier.
  if (*state->at > state->timer.expiry()) return arm(state);
  state->at.reset();
  state->expired = true;
  boost::system::error_code ignored;
  switch (state->on_expiry) {
    case OnExpiry::cancel: state->socket->cancel(ignored); break;
    case OnExpiry::shut_down: state->socket->shutdown(boost::asio::socket_base::shutdown_both, ignored); break;
  }
}

}  // namespace ledger::server
