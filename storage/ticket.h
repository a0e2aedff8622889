// One request on its way to the writer, with the callback that gets its outcome.
#pragma once

#include "domain/event_store.h"

#include <cstddef>
#include <utility>
#include <variant>

namespace ledger::storage {

/// A request and its callback, which is called exactly once.
template <class Request, class Outcome>
struct TicketFor {
  Request request;
  Callback<Outcome> done;
  Result<Outcome> outcome = Error{Errc::internal, "internal-error", "The request was never processed."};
};

using AppendTicket = TicketFor<NewEvent, Appended>;
using QuarantineTicket = TicketFor<NewQuarantine, QuarantineId>;
using DismissalTicket = TicketFor<QuarantineId, QuarantineId>;
using Ticket = std::variant<AppendTicket, QuarantineTicket, DismissalTicket>;

[[nodiscard]] inline std::size_t bytes_of(const QuarantineId& /*dismissed*/) {
  return sizeof(QuarantineId);
}
[[nodiscard]] inline std::size_t bytes_of(const auto& request) {
  return request.delivery.body.size();
}
[[nodiscard]] inline std::size_t bytes_of(const Ticket& ticket) {
  return std::visit([](const auto& held) { return bytes_of(held.request); }, ticket);
}

/// Sets the outcome to an error, in place of any earlier outcome.
inline void fail(Ticket& ticket, const Error& error) {
  std::visit([&error](auto& held) { held.outcome = error; }, ticket);
}

/// Calls the callback with the outcome. The callback does not throw (domain/event_store.h).
inline void complete(Ticket& ticket) noexcept {
  std::visit([](auto& held) { held.done(std::move(held.outcome)); }, ticket);
}

}  // namespace ledger::storage
