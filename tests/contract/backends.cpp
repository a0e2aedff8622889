// The stores that the contract of domain/event_store.h is held against, one instantiation each.
#include "tests/contract/backends.h"

#include "storage/sqlite/sqlite_event_store.h"
#include "tests/support/generators.h"
#include "tests/support/model_event_store.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <algorithm>
#include <utility>

namespace ledger::test {
namespace {

class OpenedModel final : public OpenedStore {
 public:
  explicit OpenedModel(const Clock& clock) : store_(clock) {}
  EventStore& store() override { return store_; }

 private:
  ModelEventStore store_;
};

class OpenedSqlite final : public OpenedStore {
 public:
  explicit OpenedSqlite(const Clock& clock) {
    storage::SqliteOptions options;
    options.database = directory_.file("ledger.db");
    options.short_read_deadline_ms = 600'000;  // No result may depend on the machine's speed.
    store_ = storage::SqliteEventStore::open(options, clock, log_, [] {}).value();
  }
  EventStore& store() override { return *store_; }

 private:
  TempDirectory directory_;
  RecordingLog log_;
  std::unique_ptr<storage::SqliteEventStore> store_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Stores, EventStoreContract, testing::ValuesIn(backends()),
                         [](const testing::TestParamInfo<Backend>& backend) { return backend.param.name; });

std::vector<Backend> backends() {
  return {{"Model", [](const Clock& clock) -> std::unique_ptr<OpenedStore> { return std::make_unique<OpenedModel>(clock); }},
          {"Sqlite", [](const Clock& clock) -> std::unique_ptr<OpenedStore> { return std::make_unique<OpenedSqlite>(clock); }}};
}

NewEvent event(std::string body) {
  std::replace(body.begin(), body.end(), '\'', '"');
  return new_event(std::move(body), std::nullopt);
}

AssociationKey key(const char* location, const char* id) {
  return {LocationId(location), AssociationId(id)};
}

}  // namespace ledger::test
