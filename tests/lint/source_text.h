// Source files as the lint reads them: text, lines, and what of the text is comment or string.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::lint {

/// One file: its path from the project's root ("domain/fold.cpp") and what stands in it.
struct SourceFile {
  std::string path;
  std::string text;
};

/// Every source, header and CMakeLists.txt of the rooms, the tests and the root, ordered by path. Throws when `root` holds none.
[[nodiscard]] std::vector<SourceFile> read_tree(const std::filesystem::path& root);

struct Include {
  std::size_t line = 0;
  bool is_quoted = false;  ///< "…", else <…>.
  std::string header;
};

struct StringLiteral {
  std::size_t line = 0;
  std::string content;  ///< Without quotes; escapes as they are written.
};

[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);
[[nodiscard]] std::vector<Include> includes_of(std::string_view text);
[[nodiscard]] std::vector<StringLiteral> string_literals_of(std::string_view text);
/// The text with blanks for every character of a comment; lines stay where they are.
[[nodiscard]] std::string without_comments(std::string_view text);

/// The room of a path: what stands before its first slash, empty for a file of the root.
[[nodiscard]] std::string_view room_of(std::string_view path);
[[nodiscard]] bool is_header(std::string_view path);
[[nodiscard]] bool is_code(std::string_view path);

}  // namespace ledger::lint
