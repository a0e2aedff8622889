// Results of tests, read from the XML that `ctest --output-junit` writes.
#pragma once

#include "tests/guarantees/execution.h"

#include <string>
#include <string_view>
#include <vector>

namespace ledger::guarantees {

/// Every test case of the document, under its plain name. A test that could not be started has failed; only what skipped itself or is disabled counts
/// as skipped. Throws std::runtime_error for what is not such a document, for a status it does not know, and for a document without test cases.
[[nodiscard]] std::vector<Execution> read_junit(const std::string& xml, const Source& source);

/// "Suite.Test" as in the source, of a name with the prefix and suffix of its parameter: "Stores/Suite.Test/Sqlite".
[[nodiscard]] std::string plain_name(std::string_view ctest_name);

}  // namespace ledger::guarantees
