// The platform's documented payloads, verbatim, as files beside this one.
#pragma once

#include <string>
#include <string_view>

namespace ledger::test {

/// The bytes of tests/support/samples/<file_name>. Throws std::runtime_error when there is no such file.
[[nodiscard]] std::string sample(std::string_view file_name);

}  // namespace ledger::test
