// The list of promises names tests that exist, and docs/guarantees.md shows each promise as kept.
#include "tests/lint/source_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

namespace ledger::lint::guarantees_test {
namespace {

struct Promise {
  std::string sentence;
  std::vector<std::string> proofs;
};

std::string text_of(const std::string& path) {
  std::ifstream file{std::string(LEDGER_SOURCE_DIR "/") + path};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

/// The format is told at the top of the file.
std::vector<Promise> promises() {
  std::vector<Promise> all;
  const std::string text = text_of("tests/guarantees/promises.txt");
  for (const std::string_view line : lines_of(text)) {
    if (line.empty() || line.starts_with('#') || line.starts_with('[')) continue;
    if (line.front() != ' ') {
      all.push_back({std::string(line), {}});
      continue;
    }
    std::istringstream words{std::string(line)};
    for (std::string word; words >> word;) all.back().proofs.push_back(word);
  }
  return all;
}

/// "Suite.Test", and "Suite.*" of its suite, of everything that the tests define, and "fuzz:target" of every fuzzer.
std::set<std::string> defined_proofs() {
  static const std::regex definition(R"(TEST(_F|_P)?\((\w+),\s*(\w+)\))");
  std::set<std::string> defined;
  for (const SourceFile& file : read_tree(LEDGER_SOURCE_DIR)) {
    if (!file.path.starts_with("tests/")) continue;
    const std::string code = without_comments(file.text);
    for (std::sregex_iterator match(code.begin(), code.end(), definition); match != std::sregex_iterator(); ++match) {
      defined.insert((*match)[2].str() + ".*");
      defined.insert((*match)[2].str() + "." + (*match)[3].str());
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(LEDGER_SOURCE_DIR "/tests/fuzz/corpus")) {
    defined.insert("fuzz:" + entry.path().filename().string());
  }
  return defined;
}

TEST(PromiseList, NamesOnlyProofsThatExist) {
  const std::set<std::string> defined = defined_proofs();
  EXPECT_FALSE(promises().empty());
  for (const Promise& promise : promises()) {
    EXPECT_FALSE(promise.proofs.empty()) << promise.sentence;
    for (const std::string& proof : promise.proofs) EXPECT_TRUE(defined.contains(proof)) << proof << ", for: " << promise.sentence;
  }
}

TEST(GuaranteesDocument, ListsEveryPromise) {
  const std::string document = text_of("docs/guarantees.md");
  for (const Promise& promise : promises()) {
    EXPECT_NE(document.find("| " + promise.sentence + " |"), std::string::npos) << "run ./dev test all, then ./dev guarantees: " << promise.sentence;
  }
}

TEST(GuaranteesDocument, ShowsEveryPromiseKept) {
  const std::string document = text_of("docs/guarantees.md");
  for (const char* word : {"FAILED", "**did not run**"}) EXPECT_EQ(document.find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace ledger::lint::guarantees_test
