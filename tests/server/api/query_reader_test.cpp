// From parameters to the store's questions.
#include "server/api/query_reader.h"

#include "server/api/api.h"
#include "server/api/cursor.h"

#include "tests/server/api/answering.h"

#include <gtest/gtest.h>

#include <string>

namespace ledger::query_reader_test {
namespace {

using server::Routed;

constexpr Timestamp now{std::chrono::milliseconds(1'000'000)};

Routed routed(std::string_view target) {
  return std::get<Routed>(server::route_request(server::api_routes(), test::get_head(target)));
}

TEST(QueryReader, HasDefaults) {
  const AssociationQuery query = read_association_query(routed("/v1/locations/L/associations"), now).value();
  EXPECT_EQ(query.location, LocationId("L"));
  EXPECT_EQ(query.filter.status, StatusFilter::active);
  EXPECT_EQ(query.filter.key, std::nullopt);
  EXPECT_EQ(query.as_of, AsOf(Latest{}));
  EXPECT_EQ(query.after, std::nullopt);
  EXPECT_EQ(query.limit, 100U);

  const EventQuery log = server::read_event_query(routed("/v1/events")).value();
  EXPECT_EQ(log.after, Sequence(0));
  EXPECT_EQ(log.limit, 100U);
}

TEST(QueryReader, ReadsEveryFilter) {
  const AssociationQuery query =
      read_association_query(
          routed(
              "/v1/locations/L/associations?status=all&id=a%2Fb&key=k&objectKey=custom_objects.x&associationType=USER%20DEFINED&limit=1000&asOf=12"),
          now)
          .value();
  EXPECT_EQ(query.filter.status, StatusFilter::all);
  EXPECT_EQ(query.filter.id, AssociationId("a/b"));
  EXPECT_EQ(query.filter.key, "k");
  EXPECT_EQ(query.filter.object_key, "custom_objects.x");
  EXPECT_EQ(query.filter.association_type, "USER DEFINED");
  EXPECT_EQ(query.limit, 1000U);
  EXPECT_EQ(query.as_of, AsOf(Sequence(12)));
}

TEST(QueryReader, TellsSequencesFromMoments) {
  const auto as_of = [](std::string_view text) {
    return read_association_query(routed("/v1/locations/L/associations?asOf=" + std::string(text)), now);
  };
  EXPECT_EQ(as_of("2026")->as_of, AsOf(Sequence(2026)));
  EXPECT_EQ(as_of("1970-01-01T00:16:40.000Z")->as_of, AsOf(now)) << "the present is not the future";
  EXPECT_EQ(as_of("1970-01-01T00:16:40.001Z").error().reason, "as-of-in-future");
}

TEST(QueryReader, ReadsTheBoundsOfADeletionHistory) {
  const DeletionQuery query =
      server::read_deletion_query(routed("/v1/locations/L/deletions?from=1970-01-01T00:00:00Z&to=1970-01-01T00:00:01Z")).value();
  EXPECT_EQ(query.from, Timestamp());
  EXPECT_EQ(query.to, Timestamp() + std::chrono::seconds(1));
}

TEST(QueryReader, GoesOnWhereTheCursorOfEachListPoints) {
  const Routed list = routed("/v1/locations/L/associations");
  const std::string list_cursor = next_cursor(list, AssociationPage{Sequence(7), {}, AssociationId("a:b")}).value();
  const AssociationQuery associations = read_association_query(routed("/v1/locations/L/associations?cursor=" + list_cursor), now).value();
  EXPECT_EQ(associations.as_of, AsOf(Sequence(7)));
  EXPECT_EQ(associations.after, AssociationId("a:b"));

  const DeletionPosition position{Timestamp(std::chrono::milliseconds(-5)), Sequence(12)};
  const std::string deletion_cursor = next_cursor(routed("/v1/locations/L/deletions"), DeletionPage{Sequence(8), {}, position}).value();
  const DeletionQuery deletions = server::read_deletion_query(routed("/v1/locations/L/deletions?cursor=" + deletion_cursor)).value();
  EXPECT_EQ(deletions.after, position);

  EventPage page;
  page.events.resize(1);
  page.events.front().sequence = Sequence(5);
  page.last_sequence = Sequence(9);
  page.has_more = true;
  const std::string history_cursor = next_cursor(routed("/v1/locations/L/associations/A/events"), page).value();
  const HistoryQuery history = server::read_history_query(routed("/v1/locations/L/associations/A/events?cursor=" + history_cursor)).value();
  EXPECT_EQ(history.through, Sequence(9));
  EXPECT_EQ(history.after, Sequence(5));

  const std::string location_cursor = next_cursor(routed("/v1/locations"), LocationPage{Sequence(3), {}, LocationId("L")}).value();
  const LocationQuery locations = server::read_location_query(routed("/v1/locations?cursor=" + location_cursor)).value();
  EXPECT_EQ(locations.after, LocationId("L"));
}

TEST(QueryReader, HasNoCursorForTheLastPage) {
  EXPECT_EQ(next_cursor(routed("/v1/locations/L/associations"), AssociationPage{}), std::nullopt);
  EXPECT_EQ(next_cursor(routed("/v1/locations/L/deletions"), DeletionPage{}), std::nullopt);
  EXPECT_EQ(next_cursor(routed("/v1/locations/L/associations/A/events"), EventPage{}), std::nullopt);
  EXPECT_EQ(next_cursor(routed("/v1/locations"), LocationPage{}), std::nullopt);
}

// A checksum is no signature: whoever computes one can point anywhere, and must still be refused in good order.
TEST(QueryReader, RefusesWellMadeCursorsThatPointNowhere) {
  const Routed deletions = routed("/v1/locations/L/deletions");
  for (const char* const position : {"", "no colon", "x:1", ":1", "1:x"}) {
    const std::string cursor = encode_cursor({Sequence(1), position}, deletions);
    EXPECT_EQ(server::read_deletion_query(routed("/v1/locations/L/deletions?cursor=" + cursor)).error().reason, "invalid-cursor") << position;
  }
  const std::string negative = encode_cursor({Sequence(-1), "1:1"}, deletions);
  EXPECT_EQ(server::read_deletion_query(routed("/v1/locations/L/deletions?cursor=" + negative)).error().reason, "invalid-cursor");
  const std::string history = encode_cursor({Sequence(1), "x"}, routed("/v1/locations/L/associations/A/events"));
  EXPECT_EQ(server::read_history_query(routed("/v1/locations/L/associations/A/events?cursor=" + history)).error().reason, "invalid-cursor");
}

}  // namespace
}  // namespace ledger::query_reader_test
