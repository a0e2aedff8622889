// Whether the app is installed in a location: the fold of its INSTALL and UNINSTALL events, in the order of domain/fold.h.
#pragma once

#include "domain/fold.h"

#include <optional>

namespace ledger {

struct Installs {
  std::optional<Timestamp> installed_at;    ///< Effective time of the last INSTALL.
  std::optional<Timestamp> uninstalled_at;  ///< Effective time of the last UNINSTALL, if no INSTALL sorts after it.

  friend bool operator==(const Installs&, const Installs&) = default;
};

/// True if `event` surely sorts after all events in `installs`.
[[nodiscard]] bool sorts_last(const Installs& installs, const FoldEvent& event) noexcept;

/// Applies the next event in the order of the fold.
void extend(Installs& installs, const FoldEvent& event) noexcept;

/// The flag `late`.
[[nodiscard]] EventFlags arrival_flags(const Installs& before, const FoldEvent& event) noexcept;

}  // namespace ledger
