// What HTTP costs without a socket: reading a header block, writing a page.
#include "server/api/render.h"
#include "server/http/request_gate.h"
#include "tests/bench/deliveries.h"

#include <benchmark/benchmark.h>

#include <chrono>

namespace ledger::bench {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds(1'795'435'200'000)};

void examine_header_block(benchmark::State& state) {
  DeliveryWriter writer(1);
  const std::string request(writer.request_of_new_association(location_id(0), kNow));
  const std::string block = request.substr(0, request.find("\r\n\r\n") + 4);
  for (auto unused : state) {
    benchmark::DoNotOptimize(server::scan_block(block, 0));
    benchmark::DoNotOptimize(server::examine_block(block, 4096));
  }
}
BENCHMARK(examine_header_block);

AssociationPage page_of_20() {
  AssociationPage page{Sequence(20), {}, std::nullopt};
  for (int i = 0; i < 20; ++i) {
    Association association;
    association.key = {LocationId(location_id(0)), AssociationId(association_id(static_cast<std::uint64_t>(i)))};
    association.state.definition = {"buyer_property_interest",
                                    "USER_DEFINED",
                                    "custom_objects.real_estate_buyer",
                                    "Interested Buyer",
                                    "MANY_TO_MANY",
                                    "custom_objects.property",
                                    "Property",
                                    "MANY_TO_MANY"};
    association.state.created_at = association.state.updated_at = kNow;
    association.last_sequence = Sequence(i + 1);
    page.associations.push_back(std::move(association));
  }
  return page;
}

void render_page_of_20_associations(benchmark::State& state) {
  const LocationId location(location_id(0));
  const AssociationPage page = page_of_20();
  for (auto unused : state) benchmark::DoNotOptimize(server::render(location, page, std::nullopt));
}
BENCHMARK(render_page_of_20_associations);

}  // namespace
}  // namespace ledger::bench
