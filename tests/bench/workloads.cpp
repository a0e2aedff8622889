// Prepares each workload.
#include "tests/bench/workloads.h"

#include "domain/base64.h"
#include "tests/bench/filling.h"
#include "tests/bench/load.h"
#include "tests/support/http_client.h"
#include "tests/support/signing_key.h"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace ledger::bench {
namespace {

using Repeat = Pool::Repeat;

/// No other workload writes to these locations, so their responses do not change.
constexpr std::uint64_t kFirstQueryLocation = 1'000'000'000;
constexpr std::size_t kLocationsPerQueryLocation = 10;
constexpr std::size_t kAssociationsPerQueryLocation = 20;
constexpr std::size_t kRenderedQueries = 10'000;
/// The one location with very many relations. No other workload writes to it.
constexpr std::uint64_t kRelationsLocation = 2'000'000'000;
constexpr std::size_t kRelationsPerLocation = 10;
constexpr std::size_t kRelationsPerPage = 100;
/// More than a window asks for.
constexpr std::size_t kRenderedHistories = 100'000;

Timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string associations_target(const std::string& location) {
  return "/v1/locations/" + location + "/associations";
}

test::HttpResponse get(test::HttpClient& client, const std::string& target) {
  test::HttpResponse answer = client.request("GET", target);
  if (answer.status != 200) throw std::runtime_error(target + ": " + std::to_string(answer.status) + " " + answer.body);
  return answer;
}

/// Posts each request once. Throws if one is refused.
void post(const WorkloadOptions& options, std::vector<std::string> requests) {
  Pool pool(std::move(requests), Repeat::once, {});
  LoadOptions load;
  load.port = options.port;
  load.connections = 64;
  load.warm_up_s = 0;
  load.window_s = 3600;
  const LoadResult result = run_load(load, pool);
  if (result.unexpected > 0) throw std::runtime_error("the server refused a delivery of the preparation: " + result.first_unexpected);
}

std::vector<std::string> new_deliveries(const WorkloadOptions& options, std::size_t count) {
  Deliveries fresh(Deliveries::Kind::new_associations, options.seed, location_ids(0, options.locations));
  std::vector<std::string> requests;
  requests.reserve(count);
  for (std::size_t i = 0; i < count; ++i) requests.emplace_back(fresh.next());
  return requests;
}

/// Creates the associations of the query locations unless they exist.
std::vector<std::string> filled_query_locations(const WorkloadOptions& options) {
  std::vector<std::string> locations = location_ids(kFirstQueryLocation, std::max<std::size_t>(1, options.locations / kLocationsPerQueryLocation));
  const auto is_filled = [&options](const std::string& location) {
    test::HttpClient client(options.port);  // The server may have closed an older connection.
    return boost::json::parse(get(client, associations_target(location)).body).at("associations").as_array().size() == kAssociationsPerQueryLocation;
  };
  if (is_filled(locations.back())) return locations;

  DeliveryWriter writer(options.seed);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kAssociationsPerQueryLocation; ++i) {
    for (const std::string& location : locations) requests.emplace_back(writer.request_of_new_association(location, now()));
  }
  post(options, std::move(requests));
  if (!is_filled(locations.front())) throw std::runtime_error("the server does not return the associations that were posted");
  return locations;
}

/// `count` GET requests, again and again. `target` makes each target from a random stream.
template <class Target>
std::unique_ptr<Requests> queries(const WorkloadOptions& options, Target target, std::string within, std::size_t count = kRenderedQueries) {
  Random random(options.seed);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < count; ++i) requests.push_back(get_request(target(random)));
  return std::make_unique<Pool>(std::move(requests), Repeat::forever, Expected{200, std::move(within)});
}

std::unique_ptr<Requests> ingest(const WorkloadOptions& options) {
  return std::make_unique<Deliveries>(Deliveries::Kind::new_associations, options.seed, location_ids(0, options.locations));
}

std::unique_ptr<Requests> ingest_deletions(const WorkloadOptions& options) {
  return std::make_unique<Deliveries>(Deliveries::Kind::unknown_deletions, options.seed, location_ids(0, options.locations));
}

std::unique_ptr<Requests> ingest_late(const WorkloadOptions& options) {
  return std::make_unique<Deliveries>(Deliveries::Kind::late_updates, options.seed, location_ids(0, 1));
}

std::unique_ptr<Requests> ingest_relations(const WorkloadOptions& options) {
  return std::make_unique<Deliveries>(Deliveries::Kind::new_relations, options.seed, location_ids(kRelationsLocation, 1));
}

std::unique_ptr<Requests> ingest_signed(const WorkloadOptions& options) {
  return std::make_unique<Pool>(signed_deliveries(options), Repeat::once, Expected{});
}

std::unique_ptr<Requests> ingest_duplicates(const WorkloadOptions& options) {
  auto requests = new_deliveries(options, options.locations);
  post(options, requests);
  return std::make_unique<Pool>(std::move(requests), Repeat::forever, Expected{200, "duplicate"});
}

std::unique_ptr<Requests> query_location(const WorkloadOptions& options) {
  const auto locations = filled_query_locations(options);
  return queries(
      options, [&](Random& random) { return associations_target(locations[random() % locations.size()]); }, "\"associations\"");
}

std::unique_ptr<Requests> query_304(const WorkloadOptions& options) {
  test::HttpClient client(options.port);
  std::vector<std::string> requests;
  for (const std::string& location : filled_query_locations(options)) {
    const auto etag = get(client, associations_target(location)).header("ETag");
    if (!etag) throw std::runtime_error("the server gives no ETag");
    requests.push_back(get_request(associations_target(location), "If-None-Match: " + *etag + "\r\n"));
  }
  return std::make_unique<Pool>(std::move(requests), Repeat::forever, Expected{304, ""});
}

/// Every page of the location's relations, in a random order.
std::unique_ptr<Requests> query_relations(const WorkloadOptions& options) {
  const std::string first = "/v1/locations/" + location_id(kRelationsLocation) + "/relations?limit=" + std::to_string(kRelationsPerPage);
  const auto page = [&options](const std::string& target) {
    test::HttpClient client(options.port);  // The server may have closed an older connection.
    return boost::json::parse(get(client, target).body);
  };
  if (page(first).at("relations").as_array().empty()) {
    DeliveryWriter writer(options.seed);
    std::vector<std::string> requests;
    for (std::size_t i = 0; i < kRelationsPerLocation * options.locations; ++i) {
      requests.emplace_back(writer.request_of_new_relation(location_id(kRelationsLocation), now()));
    }
    post(options, std::move(requests));
  }
  std::vector<std::string> targets;
  for (std::string target = first; !target.empty();) {
    targets.push_back(target);
    const boost::json::value next = page(target).at("nextCursor");
    target = next.is_null() ? "" : first + "&cursor=" + boost::json::value_to<std::string>(next);
  }
  return queries(
      options, [&](Random& random) { return targets[random() % targets.size()]; }, "\"relations\"");
}

std::int64_t last_sequence(test::HttpClient& client) {
  return boost::json::parse(get(client, "/v1/events?limit=1").body).at("lastSequence").to_number<std::int64_t>();
}

std::unique_ptr<Requests> feed_page(const WorkloadOptions& options) {
  test::HttpClient client(options.port);
  // Every page is full.
  const std::int64_t last_start = last_sequence(client) - 100;
  if (last_start < 0) throw std::runtime_error("feed-page needs a log of 100 events");
  const auto range = static_cast<std::uint64_t>(last_start) + 1;
  return queries(
      options, [range](Random& random) { return "/v1/events?limit=100&after=" + std::to_string(random() % range); }, "\"events\"");
}

void require_filled(const WorkloadOptions& options) {
  if (options.filled_events < 10) throw std::runtime_error("this workload needs a filled database (--filled-events)");
}

std::unique_ptr<Requests> history(const WorkloadOptions& options) {
  require_filled(options);
  const Filling filling(options.locations);
  const std::uint64_t associations = Filling::associations(options.filled_events);
  return queries(
      options,
      [&](Random& random) {
        const std::uint64_t association = random() % associations;
        return associations_target(location_id(filling.location_of(association))) + "/" + association_id(association) + "/events";
      },
      "\"events\"", kRenderedHistories);
}

std::unique_ptr<Requests> deletions(const WorkloadOptions& options) {
  require_filled(options);
  return queries(
      options, [&](Random& random) { return "/v1/locations/" + location_id(random() % options.locations) + "/deletions"; }, "\"deletions\"");
}

/// Half ask for a sequence and half for a moment, spread evenly over the whole log.
std::unique_ptr<Requests> as_of(const WorkloadOptions& options) {
  require_filled(options);
  test::HttpClient client(options.port);
  const auto moment_of = [&client](std::int64_t sequence) {
    const auto event = boost::json::parse(get(client, "/v1/events/" + std::to_string(sequence)).body);
    return parse_rfc3339(boost::json::value_to<std::string>(event.at("recordedAt"))).value();
  };
  const std::int64_t last = last_sequence(client);
  const Timestamp first_moment = moment_of(1);
  const std::chrono::milliseconds span = moment_of(last) - first_moment;
  return queries(
      options,
      [&](Random& random) {
        const std::string target = associations_target(location_id(random() % options.locations)) + "?asOf=";
        const std::uint64_t number = random();
        if (number % 2 == 0) return target + std::to_string(1 + (number / 2) % static_cast<std::uint64_t>(last));
        const auto later = static_cast<std::int64_t>((number / 2) % (static_cast<std::uint64_t>(span.count()) + 1));
        return target + format_rfc3339(first_moment + std::chrono::milliseconds(later));
      },
      "\"associations\"");
}

constexpr std::array kWorkloads = std::to_array<Workload>({
    {"ingest", "each delivery creates an association in a random one of 10,000 locations", ingest},
    {"ingest-deletions", "each delivery deletes an association that is not known; its id is random", ingest_deletions},
    {"ingest-late", "each delivery updates the same association, at a random time of the last year", ingest_late},
    {"ingest-relations", "each delivery creates a relation in one location", ingest_relations},
    {"ingest-signed", "ingest, signed with Ed25519", ingest_signed},
    {"ingest-duplicates", "10,000 deliveries that are recorded already", ingest_duplicates},
    {"paced", "ingest in an open loop of 1,000 deliveries a second", ingest},
    {"query-location", "the associations of one of 1,000 locations that have 20 each", query_location},
    {"query-304", "the same with the ETag of the response", query_304},
    {"query-relations", "a page of 100 of the 100,000 relations of one location", query_relations},
    {"feed-page", "100 events of the log from a random position", feed_page},
    {"history", "the events of an association, large database", history},
    {"deletions", "the deletions of a location, large database", deletions},
    {"as-of", "the associations of a location in the past, large database", as_of},
});

}  // namespace

std::span<const Workload> workloads() noexcept {
  return kWorkloads;
}

const Workload& workload(std::string_view name) {
  const auto found = std::find_if(kWorkloads.begin(), kWorkloads.end(), [name](const Workload& candidate) { return candidate.name == name; });
  if (found == kWorkloads.end()) throw std::runtime_error("there is no workload '" + std::string(name) + "'");
  return *found;
}

std::vector<std::string> signed_deliveries(const WorkloadOptions& options) {
  std::vector<std::string> requests(options.requests_max);
  // Signing takes most of the time, so the threads share it.
  const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> signers;
  for (std::size_t first = 0; first < threads; ++first) {
    signers.emplace_back([&, first] {
      const auto key = test::SigningKey::from_pem(options.signing_pem);
      const auto locations = location_ids(0, options.locations);
      DeliveryWriter writer(options.seed + first);
      for (std::size_t i = first; i < requests.size(); i += threads) {
        static_cast<void>(writer.request_of_new_association(locations[writer.random()() % locations.size()], now()));
        requests[i] = signed_request(writer.body(), base64_encode(key.sign(writer.body())));
      }
    });
  }
  signers.clear();
  return requests;
}

}  // namespace ledger::bench
