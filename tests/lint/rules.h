// The rules of the house that a compiler does not check. Each takes one file, or the whole tree, and names what breaks it.
#pragma once

#include "tests/lint/source_text.h"

#include <string>
#include <string_view>
#include <vector>

namespace ledger::lint {

/// "domain/fold.cpp:12: what is wrong", one for each place.
using Findings = std::vector<std::string>;

// One file. Each is silent about files that it has nothing to say of.
[[nodiscard]] Findings foreign_includes(const SourceFile& file);
[[nodiscard]] Findings server_and_storage_together(const SourceFile& file);
[[nodiscard]] Findings clock_readings(const SourceFile& file);
[[nodiscard]] Findings sql_outside_storage(const SourceFile& file);
[[nodiscard]] Findings http_words(const SourceFile& file);
[[nodiscard]] Findings missing_pragma_once(const SourceFile& file);
[[nodiscard]] Findings missing_first_comment(const SourceFile& file);
[[nodiscard]] Findings too_many_lines(const SourceFile& file);
[[nodiscard]] Findings sleeping_calls(const SourceFile& file);
[[nodiscard]] Findings work_left_for_now(const SourceFile& file);

/// A source that needs no test file of its own, and why.
struct Untested {
  std::string_view path;
  std::string_view reason;
};

// The whole tree.
[[nodiscard]] Findings sources_without_test(const std::vector<SourceFile>& tree, const std::vector<Untested>& exceptions);
/// A source that includes its own header first shows that the header compiles alone.
[[nodiscard]] Findings own_header_not_first(const std::vector<SourceFile>& tree);
[[nodiscard]] Findings sources_without_build(const std::vector<SourceFile>& tree);

}  // namespace ledger::lint
