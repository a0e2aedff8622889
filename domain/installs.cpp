// The fold of the installs of a location.
#include "domain/installs.h"

#include <algorithm>

namespace ledger {
namespace {

/// Effective time of the event that sorts last; nullopt when there is none.
std::optional<Timestamp> last_of(const Installs& installs) noexcept {
  return std::max(installs.installed_at, installs.uninstalled_at);
}

}  // namespace

bool sorts_last(const Installs& installs, const FoldEvent& event) noexcept {
  const std::optional<Timestamp> last = last_of(installs);
  return !last || event.effective_at > *last || (event.effective_at == *last && !event.is_dated);
}

void extend(Installs& installs, const FoldEvent& event) noexcept {
  if (event.is_conflict) return;
  if (event.kind == EventKind::install) {
    installs = {event.effective_at, std::nullopt};
  } else {
    installs.uninstalled_at = event.effective_at;
  }
}

EventFlags arrival_flags(const Installs& before, const FoldEvent& event) noexcept {
  EventFlags flags;
  if (const auto last = last_of(before); last && event.effective_at < *last) flags.set(EventFlag::late);
  return flags;
}

}  // namespace ledger
