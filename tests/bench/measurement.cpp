// Medians.
#include "tests/bench/measurement.h"

#include <algorithm>
#include <array>
#include <vector>

namespace ledger::bench {
namespace {

using Field = double Measurement::*;

constexpr std::array<Field, 11> kMedians = {&Measurement::per_second,      &Measurement::p50_us,          &Measurement::p99_us,
                                            &Measurement::p999_us,         &Measurement::server_cores,    &Measurement::generator_cores,
                                            &Measurement::rss_max_mib,     &Measurement::rss_end_mib,     &Measurement::syncs_per_second,
                                            &Measurement::bytes_per_event, &Measurement::overdue_per_cent};
constexpr std::array<Field, 2> kWorst = {&Measurement::max_us, &Measurement::gap_us};

std::vector<double> values_of(std::span<const Measurement> rounds, Field field) {
  std::vector<double> values;
  for (const Measurement& round : rounds) values.push_back(round.*field);
  return values;
}

}  // namespace

double median(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::erase_if(sorted, [](double value) { return std::isnan(value); });
  if (sorted.empty()) return kNone;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

Measurement median(std::span<const Measurement> rounds) {
  Measurement all;
  for (const Field field : kMedians) all.*field = median(values_of(rounds, field));
  for (const Field field : kWorst) {
    // fmax passes over what is no number.
    for (const Measurement& round : rounds) all.*field = std::fmax(all.*field, round.*field);
  }
  return all;
}

}  // namespace ledger::bench
