// Describes the machine that is measured on.
#pragma once

#include "tests/bench/systems.h"

#include <string>
#include <utility>
#include <vector>

namespace ledger::bench {

/// Names and values, each in one line and without paths. Measures how long the disk of `directory` takes to make 4 KiB durable, for half a second.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe_machine(const Tools& tools, const std::string& directory);

}  // namespace ledger::bench
