// A piece of work on its way through the writer, with the place that its answer goes to.
#pragma once

#include "domain/event_store.h"

#include <cstddef>
#include <utility>
#include <variant>

namespace ledger::storage {

/// Work, and the callback that is owed exactly one outcome.
template <class Work, class Outcome>
struct TicketFor {
  Work work;
  Callback<Outcome> done;
  Result<Outcome> outcome = Error{Errc::internal, "internal", "The work was never done."};
};

using AppendTicket = TicketFor<NewEvent, Appended>;
using QuarantineTicket = TicketFor<NewQuarantine, QuarantineId>;
using Ticket = std::variant<AppendTicket, QuarantineTicket>;

[[nodiscard]] inline std::size_t bytes_of(const Ticket& ticket) {
  return std::visit([](const auto& held) { return held.work.delivery.body.size(); }, ticket);
}

/// Sets the outcome to an error; whatever stood there is forgotten.
inline void fail(Ticket& ticket, const Error& error) {
  std::visit([&error](auto& held) { held.outcome = error; }, ticket);
}

/// Hands the outcome to the callback. The callback does not throw (domain/event_store.h).
inline void complete(Ticket& ticket) noexcept {
  std::visit([](auto& held) { held.done(std::move(held.outcome)); }, ticket);
}

}  // namespace ledger::storage
