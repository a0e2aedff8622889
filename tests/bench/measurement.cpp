// Medians.
#include "tests/bench/measurement.h"

#include <algorithm>
#include <array>
#include <vector>

namespace ledger::bench {
namespace {

using Field = double Measurement::*;

constexpr std::array kMedians =
    std::to_array<Field>({&Measurement::per_second, &Measurement::p50_us, &Measurement::p99_us, &Measurement::p999_us, &Measurement::cpu_s_per_1000,
                          &Measurement::server_cores, &Measurement::generator_cores, &Measurement::rss_max_mib, &Measurement::unsent_percent});
constexpr std::array kWorst = std::to_array<Field>({&Measurement::max_us, &Measurement::gap_us});

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
  for (const Field field : kMedians) {
    std::vector<double> values;
    for (const Measurement& round : rounds) values.push_back(round.*field);
    all.*field = median(values);
  }
  for (const Field field : kWorst) {
    // fmax ignores NaN.
    for (const Measurement& round : rounds) all.*field = std::fmax(all.*field, round.*field);
  }
  return all;
}

}  // namespace ledger::bench
