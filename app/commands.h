// Runs the command that the command line names.
#pragma once

#include "app/options.h"

#include <string>
#include <string_view>

namespace ledger::app {

/// Reads the command line, the environment and the config file, and runs the command. Results go to standard output, everything else to standard
/// error.
[[nodiscard]] Exit run(int argc, const char* const* argv);

/// Prints a result to standard output.
void print_line(const std::string& line);

/// Prints one line to standard error, and returns `exit`. The message may quote the command line, a file or the database.
[[nodiscard]] Exit complain(Exit exit, std::string_view message);

}  // namespace ledger::app
