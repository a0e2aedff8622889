// Runs the command that the command line names.
#pragma once

#include "app/composition.h"

namespace ledger::app {

/// Reads the command line, the environment and the config file, and runs the command. Results go to standard output, everything else to standard
/// error.
[[nodiscard]] Exit run(int argc, const char* const* argv);

}  // namespace ledger::app
