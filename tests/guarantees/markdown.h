// The judgement as a document for readers.
#pragma once

#include "tests/guarantees/judge.h"

#include <string>

namespace ledger::guarantees {

/// What the document says of itself, each in one line.
struct Heading {
  std::string title;
  std::string date;
  std::string commit;
  std::string machine;
  std::string made_by;  ///< The command that makes the document anew.
  std::string extent;   ///< How much was run.
};

/// How the row of a promise begins: its first two cells, which depend on promises.txt alone.
[[nodiscard]] std::string row_start(const Promise& promise);

/// The heading, a table for each theme, and what failed with the command that runs it again.
[[nodiscard]] std::string to_markdown(const Judgement& judgement, const Heading& heading);

}  // namespace ledger::guarantees
