// What docs/guarantees.md and promises.txt say of this project, held against each other and against the tests.
#include "tests/guarantees/markdown.h"
#include "tests/guarantees/promises.h"
#include "tests/lint/source_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace ledger::lint {
namespace {

using guarantees::Promise;
using guarantees::Proof;
using guarantees::ProofKind;

std::string text_of(const std::string& path) {
  std::ifstream file{std::string(LEDGER_SOURCE_DIR "/") + path};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

const std::vector<Promise>& promises() {
  static const std::vector<Promise> all = guarantees::parse_promises(text_of("tests/guarantees/promises.txt"));
  return all;
}

/// "Suite.Test" and "Suite" of everything that the tests define.
std::set<std::string> defined_tests() {
  static const std::regex definition(R"(TEST(_F|_P)?\((\w+),\s*(\w+)\))");
  std::set<std::string> defined;
  for (const SourceFile& file : read_tree(LEDGER_SOURCE_DIR)) {
    if (!file.path.starts_with("tests/")) continue;
    const std::string code = without_comments(file.text);
    for (std::sregex_iterator match(code.begin(), code.end(), definition); match != std::sregex_iterator(); ++match) {
      defined.insert((*match)[2]);
      defined.insert((*match)[2].str() + "." + (*match)[3].str());
    }
  }
  return defined;
}

/// A target has a source of its name below tests/fuzz/, which names it in a file or in the list of what is built.
bool has_fuzz_target(const std::string& target) {
  const auto tree = read_tree(LEDGER_SOURCE_DIR);
  return std::any_of(tree.begin(), tree.end(), [&target](const SourceFile& file) {
    return file.path.starts_with("tests/fuzz/") && (file.path.find("/" + target) != std::string::npos || file.text.find(target) != std::string::npos);
  });
}

TEST(PromiseList, NameOnlyTestsThatExist) {
  const auto defined = defined_tests();
  for (const Promise& promise : promises()) {
    for (const Proof& proof : promise.proofs) {
      const bool exists = proof.kind == ProofKind::fuzz_target ? has_fuzz_target(proof.name) : defined.contains(proof.name);
      EXPECT_TRUE(exists) << written(proof) << ", for: " << promise.sentence;
    }
  }
}

/// Heading and row of each promise, up to the cells that depend on runs.
std::vector<std::string> promised_lines() {
  std::vector<std::string> lines;
  std::string theme;
  for (const Promise& promise : promises()) {
    if (promise.theme != theme) lines.push_back("## " + (theme = promise.theme));
    lines.push_back(guarantees::row_start(promise));
  }
  return lines;
}

/// The same of the document: what stands from its first theme on, without heads and rules of tables.
std::vector<std::string> documented_lines(std::string_view document) {
  std::vector<std::string> lines;
  for (const std::string_view line : lines_of(document)) {
    if (line.starts_with("## ")) lines.emplace_back(line);
    if (lines.empty() || !line.starts_with("| ") || line.starts_with("| promise |")) continue;
    lines.emplace_back(line.substr(0, line.find(" |", line.find(" |", 1) + 1) + 2));
  }
  return lines;
}

// This suite reads what `./dev guarantees` writes, so its own results are kept apart there.
TEST(GuaranteesDocument, HoldsExactlyThePromisesWithTheirProofs) {
  const auto promised = promised_lines();
  const auto documented = documented_lines(text_of("docs/guarantees.md"));
  if (promised == documented) return;
  ADD_FAILURE() << "docs/guarantees.md is not of these promises: run ./dev test, then ./dev guarantees";
  const auto stands_in = [](const std::vector<std::string>& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  };
  for (const std::string& line : promised) EXPECT_TRUE(stands_in(documented, line)) << "not documented: " << line;
  for (const std::string& line : documented) EXPECT_TRUE(stands_in(promised, line)) << "not promised: " << line;
}

TEST(GuaranteesDocument, ShowsEveryPromiseKept) {
  const std::string document = text_of("docs/guarantees.md");
  EXPECT_FALSE(document.empty());
  for (const char* word : {"FAILED", "**not run**", "without a run"}) EXPECT_EQ(document.find(word), std::string::npos) << word;
}

// The README shows a part of them, in the same words.
TEST(PromiseList, AreThoseThatTheReadmeMakes) {
  const std::string readme = text_of("README.md");
  const std::size_t begin = readme.find("## What it guarantees");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = readme.substr(begin, readme.find("\n## ", begin + 1) - begin);
  std::size_t rows = 0;
  for (const std::string_view line : lines_of(section)) {
    if (!line.starts_with("| ") || line.starts_with("| promise |")) continue;
    ++rows;
    const auto is_it = [line](const Promise& promise) { return line.starts_with("| " + promise.sentence + " |"); };
    EXPECT_TRUE(std::any_of(promises().begin(), promises().end(), is_it)) << line;
  }
  EXPECT_GE(rows, 1U);
}

}  // namespace
}  // namespace ledger::lint
