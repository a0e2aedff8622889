// What is read when the window begins and when it ends, and what that makes.
#include "tests/bench/trial.h"

#include "tests/bench/process_usage.h"

#include <stdexcept>
#include <utility>

namespace ledger::bench {
namespace {

/// What has been used at a moment.
struct Meters {
  ProcessUsage server;
  double generator_cpu_s = 0;
  std::uint64_t syncs = 0;
};

Meters read_meters(RunningSystem& system) {
  return {system.usage(), own_cpu_s(), system.syncs().value()};
}

double micros(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1000;
}

double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024 * 1024);
}

}  // namespace

Trial measure(RunningSystem& system, Requests& requests, LoadOptions options) {
  Meters begin;
  Meters end;
  options.port = system.port();
  options.on_window_begin = [&] { begin = read_meters(system); };
  options.on_window_end = [&] { end = read_meters(system); };
  Trial trial;
  trial.load = run_load(options, requests);
  const LoadResult& load = trial.load;
  if (load.unexpected > 0) {
    throw std::runtime_error(std::to_string(load.unexpected) + " answers were not as expected, the first: " + load.first_unexpected);
  }
  Measurement& measured = trial.measured;
  measured.per_second = load.per_second();
  measured.p50_us = micros(load.latency.quantile(0.5));
  measured.p99_us = micros(load.latency.quantile(0.99));
  measured.p999_us = micros(load.latency.quantile(0.999));
  measured.max_us = micros(load.latency.max());
  measured.gap_us = micros(load.longest_gap_ns);
  measured.server_cores = (end.server.cpu_s - begin.server.cpu_s) / load.window_s;
  measured.generator_cores = (end.generator_cpu_s - begin.generator_cpu_s) / load.window_s;
  measured.rss_max_mib = mebibytes(end.server.rss_max_bytes);
  measured.rss_end_mib = mebibytes(end.server.rss_bytes);
  measured.syncs_per_second = static_cast<double>(end.syncs - begin.syncs) / load.window_s;
  if (options.rate > 0) measured.overdue_per_cent = 100 * static_cast<double>(load.overdue) / (options.rate * load.window_s);
  return trial;
}

}  // namespace ledger::bench
