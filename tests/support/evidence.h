// What a test did, in numbers, for whoever asks later how often a promise was put to the test.
#pragma once

#include <cstddef>
#include <string_view>

namespace ledger::test {

/// Prints "[ EVIDENCE ] <count> <of_what>" for the report that docs/guarantees.md is made from. Call it at the end of the test, with what was really
/// counted. `of_what` is a plural of few words: "power cuts at every operation".
void evidence(std::size_t count, std::string_view of_what);

}  // namespace ledger::test
