// Asks the process that has the database open, through its control socket.
#pragma once

#include "domain/result.h"

#include <string>
#include <string_view>

namespace ledger::app {

struct ControlAnswer {
  int status = 0;
  std::string body;  ///< JSON.
};

/// One request without a body, on a connection of its own. Blocks until the answer is there. Errors: not_found ("no-service") if no process listens
/// at that path, unavailable ("control-failed").
[[nodiscard]] Result<ControlAnswer> ask_control(const std::string& socket_path, std::string_view method, const std::string& target);

}  // namespace ledger::app
