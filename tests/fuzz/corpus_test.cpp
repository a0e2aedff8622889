// Runs the inputs in corpus/ as ordinary tests, so that old findings are tested without Clang, too.
#include "tests/fuzz/targets.h"
#include "tests/support/evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace ledger::fuzz::corpus_test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const std::string& target) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(LEDGER_CORPUS_DIR) / target)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

struct Target {
  std::string name;
  void (*function)(std::string_view);
};

void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}

const std::vector<Target> kTargets = {{"fold", fuzz_fold},
                                      {"log_line", fuzz_log_line},
                                      {"options", fuzz_options},
                                      {"query", fuzz_query},
                                      {"request", fuzz_request},
                                      {"signature", fuzz_signature},
                                      {"webhook_decoder", fuzz_webhook_decoder}};

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, BreaksNoPromise) {
  const std::vector<fs::path> files = files_of(GetParam().name);
  EXPECT_FALSE(files.empty());
  GetParam().function({});
  for (const fs::path& path : files) {
    // A broken promise aborts, so the file is printed first.
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);
    std::ifstream file(path, std::ios::binary);
    ASSERT_TRUE(file) << path;
    const std::string input{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
    GetParam().function(input);
  }
  test::evidence(files.size(), "kept inputs to fuzzer " + GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(Every, Corpus, testing::ValuesIn(kTargets), [](const auto& one) { return one.param.name; });

TEST(Corpora, BelongToTargets) {
  for (const auto& entry : fs::directory_iterator(LEDGER_CORPUS_DIR)) {
    const auto is_named = [&](const Target& target) { return target.name == entry.path().filename(); };
    EXPECT_TRUE(std::any_of(kTargets.begin(), kTargets.end(), is_named)) << entry.path();
  }
}

}  // namespace
}  // namespace ledger::fuzz::corpus_test
