// What the binary does for each command line.
#pragma once

#include "app/composition.h"

namespace ledger::app {

/// Reads the command line, the environment and the config file, does what they say, and tells how it ended. Answers go to standard output, all else
/// to standard error.
[[nodiscard]] Exit run(int argc, const char* const* argv);

}  // namespace ledger::app
