// Reads sample payloads from the source tree.
#include "tests/support/samples.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ledger::test {

std::string sample(std::string_view file_name) {
  const std::string path = LEDGER_TESTS_DIR "/support/samples/" + std::string(file_name);
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("no such sample: " + path);
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

}  // namespace ledger::test
