// The commands below `quarantine`.
#pragma once

#include "app/options.h"

namespace ledger::app {

/// Asks the service, or opens the database itself if there is none, and prints the answer. REQUIRES one of the quarantine commands.
[[nodiscard]] Exit run_quarantine(const Settings& settings);

}  // namespace ledger::app
