// Asks the process that has the database open, through its control socket.
#pragma once

#include "domain/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace ledger::app {

struct ControlAnswer {
  int status = 0;
  std::string body;  ///< JSON.
};

/// For an answer. A service waits for its store at most twice for half a minute.
inline constexpr std::chrono::milliseconds kControlTimeout{90'000};

/// One request without a body, on a connection of its own. Blocks until the answer is there, or for `timeout`. Errors: not_found ("no-service") if no
/// process listens at that path, unavailable ("control-failed").
[[nodiscard]] Result<ControlAnswer> ask_control(const std::string& socket_path, std::string_view method, const std::string& target,
                                                std::chrono::milliseconds timeout = kControlTimeout);

}  // namespace ledger::app
