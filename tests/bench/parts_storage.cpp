// What a commit costs, with the disk that the temporary directory is on.
#include "domain/digest.h"
#include "domain/webhook_decoder.h"
#include "storage/sqlite/group_committer.h"
#include "tests/bench/deliveries.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <benchmark/benchmark.h>

#include <variant>

namespace ledger::bench {
namespace {

std::vector<storage::Ticket> new_group(DeliveryWriter& writer, const Clock& clock, std::size_t size) {
  std::vector<storage::Ticket> group;
  group.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    static_cast<void>(writer.request_of_new_association(location_id(writer.random()() % 10'000), clock.now()));
    const std::string_view body = writer.body();
    auto decoded = std::get<DecodedEvent>(decode_webhook(body, std::nullopt));
    group.emplace_back(storage::AppendTicket{NewEvent{std::move(decoded), {Source::webhook, std::string(body), sha256(body), std::nullopt}},
                                             [](const Result<Appended>&) {}});
  }
  return group;
}

void commit_a_group(benchmark::State& state) {
  const test::TempDirectory directory;
  const test::FakeClock clock;
  test::RecordingLog log;
  storage::GroupCommitter::Options options;
  options.connection = {directory.file("ledger.db"), "", 1000};
  storage::GroupCommitter committer(options, clock, log);
  DeliveryWriter writer(1);
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto unused : state) {
    state.PauseTiming();
    auto group = new_group(writer, clock, size);
    state.ResumeTiming();
    committer.commit(group);
    committer.maintain();
  }
  committer.finish();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
// Of which most time passes in the disk.
BENCHMARK(commit_a_group)->Arg(1)->Arg(64)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ledger::bench
