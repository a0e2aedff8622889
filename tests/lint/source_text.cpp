// Reads the source tree, and tells code from comments and strings by one scan.
#include "tests/lint/source_text.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace ledger::lint {
namespace {

namespace fs = std::filesystem;

bool is_source(std::string_view path) {
  return is_code(path) || path.ends_with("CMakeLists.txt");
}

SourceFile read(const fs::path& root, const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {path.lexically_relative(root).generic_string(), {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}}};
}

/// Walks once over C++ text and reports its comments and string literals. Knows raw strings and digit separators; no preprocessor, no trigraphs.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text), code_(text) {
    while (at_ < text_.size()) step();
  }

  [[nodiscard]] std::string take_code() && { return std::move(code_); }
  [[nodiscard]] std::vector<StringLiteral> take_literals() && { return std::move(literals_); }

 private:
  void step() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      blank_through(text_.find('\n', at_));
    } else if (rest.starts_with("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      blank_through(end == std::string_view::npos ? end : end + 2);
    } else if (rest.starts_with("R\"") && !follows_word()) {
      raw_string();
    } else if (rest.front() == '"') {
      quoted('"');
    } else if (rest.front() == '\'' && !follows_word()) {
      quoted('\'');
    } else {
      ++at_;
    }
  }

  /// Behind a letter or digit an apostrophe separates digits, and an R ends a name.
  [[nodiscard]] bool follows_word() const { return at_ > 0 && std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0; }

  void blank_through(std::size_t end) {
    end = std::min(end, text_.size());
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') code_[at_] = ' ';
    }
  }

  void quoted(char quote) {
    const std::size_t first = at_ + 1;
    std::size_t end = first;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2U : 1U;
    end = std::min(end, text_.size());
    if (quote == '"') add_literal(first, end);
    at_ = std::min(end + 1, text_.size());
  }

  void raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) {
      at_ = text_.size();
      return;
    }
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const std::size_t end = std::min(text_.find(close, open), text_.size());
    add_literal(open + 1, end);
    at_ = std::min(end + close.size(), text_.size());
  }

  void add_literal(std::size_t first, std::size_t end) {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(first), '\n');
    literals_.push_back({static_cast<std::size_t>(line), std::string(text_.substr(first, end - first))});
  }

  std::string_view text_;
  std::string code_;
  std::vector<StringLiteral> literals_;
  std::size_t at_ = 0;
};

std::string_view trim_front(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

}  // namespace

std::vector<SourceFile> read_tree(const fs::path& root) {
  std::vector<SourceFile> files;
  for (const auto& entry : fs::directory_iterator{root}) {
    if (entry.is_regular_file() && is_source(entry.path().filename().string())) files.push_back(read(root, entry.path()));
  }
  for (const char* room : {"app", "domain", "server", "storage", "sync", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator{root / room}) {
      if (entry.is_regular_file() && is_source(entry.path().filename().string())) files.push_back(read(root, entry.path()));
    }
  }
  if (files.empty()) throw std::runtime_error("no sources in " + root.string());
  std::sort(files.begin(), files.end(), [](const SourceFile& left, const SourceFile& right) { return left.path < right.path; });
  return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> includes;
  const std::string code = without_comments(text);
  std::size_t number = 0;
  for (std::string_view line : lines_of(code)) {
    ++number;
    line = trim_front(line);
    if (!line.starts_with('#')) continue;
    line = trim_front(line.substr(1));
    if (!line.starts_with("include")) continue;
    line = trim_front(line.substr(std::string_view{"include"}.size()));
    if (!line.starts_with('"') && !line.starts_with('<')) continue;
    const bool is_quoted = line.front() == '"';
    line.remove_prefix(1);
    includes.push_back({number, is_quoted, std::string(line.substr(0, line.find(is_quoted ? '"' : '>')))});
  }
  return includes;
}

std::vector<StringLiteral> string_literals_of(std::string_view text) {
  return Scanner{text}.take_literals();
}

std::string without_comments(std::string_view text) {
  return Scanner{text}.take_code();
}

std::string_view room_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_header(std::string_view path) {
  return path.ends_with(".h");
}

bool is_code(std::string_view path) {
  return is_header(path) || path.ends_with(".cpp");
}

}  // namespace ledger::lint
