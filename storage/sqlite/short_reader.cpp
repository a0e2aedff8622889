// Answers short questions on the thread that asks them.
#include "storage/sqlite/short_reader.h"

#include <utility>

namespace ledger::storage {
namespace {

ConnectionOptions with_busy_budget(ConnectionOptions options, int milliseconds) {
  options.busy_budget_ms = milliseconds;
  return options;
}

}  // namespace

SqliteShortReader::SqliteShortReader(ConnectionOptions options, int deadline_ms, Log& log)
    : connection_(with_busy_budget(std::move(options), deadline_ms), deadline_ms, log),
      states_(connection_.database()),
      associations_(connection_, states_, Effort::little),
      events_(connection_) {}

Result<AssociationPage> SqliteShortReader::list_associations(const AssociationQuery& query) {
  return connection_.read<AssociationPage>([&] { return associations_.list_associations(query); });
}

Result<Association> SqliteShortReader::find_association(const AssociationKey& key) {
  return connection_.read<Association>([&] { return associations_.find_association(key); });
}

Result<RecordedEvent> SqliteShortReader::find_event(Sequence sequence) {
  return connection_.read<RecordedEvent>([&] { return events_.find_event(sequence); });
}

Result<Sequence> SqliteShortReader::head() {
  return connection_.read<Sequence>([&]() -> Result<Sequence> { return connection_.head(); });
}

Result<Sequence> SqliteShortReader::resolve(const LocationId& location, const AsOf& as_of) {
  return connection_.read<Sequence>([&] { return connection_.resolve(as_of, connection_.find_location(location)); });
}

}  // namespace ledger::storage
