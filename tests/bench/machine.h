// What the numbers were measured on.
#pragma once

#include "tests/bench/systems.h"

#include <string>
#include <utility>
#include <vector>

namespace ledger::bench {

/// Names and values, each in one line. Nothing in them tells where files are.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe_machine(const Tools& tools, const std::string& directory);

}  // namespace ledger::bench
