// A history of large bodies costs no memory: a late event and a question about the past read it one body at a time.
#include "tests/e2e/service.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace ledger::test::memory_test {
namespace {

constexpr std::size_t kBodyBytes = 1'000'000;
constexpr int kUpdates = 100;
constexpr long kGrowthMaxKb = 32L * 1024;

/// "VmRSS" or "VmHWM" of a process, in kB.
long memory_kb(const Service& service, const std::string& what) {
  std::ifstream status("/proc/" + std::to_string(service.pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what + ":")) return std::stol(line.substr(what.size() + 1));
  }
  ADD_FAILURE() << "no " << what;
  return 0;
}

/// An Update at that second, of which nearly all is a field that nobody reads.
std::string update(int number, int second) {
  char time[32];
  std::snprintf(time, sizeof time, "2026-11-07T12:%02d:%02dZ", second / 60, second % 60);
  std::string body = R"({"type":"AssociationUpdate","locationId":"L","id":"a","firstObjectLabel":"at )" + std::string(time) + R"(","timestamp":")" +
                     time + R"(","webhookId":"w)" + std::to_string(number) + R"(","note":")";
  return body + std::string(kBodyBytes - body.size() - 2, 'x') + "\"}";
}

/// Between two updates, in seconds.
class Memory : public testing::TestWithParam<int> {};

TEST_P(Memory, DoesNotGrowWithTheBodiesOfOneAssociation) {
  if (!std::string(LEDGER_SANITIZE).empty()) GTEST_SKIP() << "a sanitizer keeps memory that was freed";
  const TempDirectory directory;
  Service service(directory.file("ledger.db"));
  const auto post = [&service](int number) {
    return fetch(service.port(), "POST", "/webhooks/highlevel", {}, update(number, number * GetParam())).status;
  };
  for (int i = 1; i <= kUpdates; ++i) ASSERT_EQ(post(2 * i), 200);

  const long calm = memory_kb(service, "VmRSS");
  std::ofstream("/proc/" + std::to_string(service.pid()) + "/clear_refs") << 5;  // VmHWM begins again.
  ASSERT_EQ(post(1), 200);
  ASSERT_EQ(post(kUpdates + 1), 200);
  const HttpResponse past = fetch(service.port(), "GET", "/v1/locations/L/associations?asOf=" + std::to_string(kUpdates - 1));
  EXPECT_NE(past.body.find("\"firstObjectLabel\":\"at 2026-11-07T12:0"), std::string::npos) << past.body;
  EXPECT_LE(memory_kb(service, "VmHWM") - calm, kGrowthMaxKb);
}

INSTANTIATE_TEST_SUITE_P(SecondsApart, Memory, testing::Values(1, 0));

}  // namespace
}  // namespace ledger::test::memory_test
