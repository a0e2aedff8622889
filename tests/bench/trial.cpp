// Reads the meters at the start and at the end of the window.
#include "tests/bench/trial.h"

#include "tests/bench/process_usage.h"

#include <chrono>
#include <stdexcept>

namespace ledger::bench {
namespace {

struct Meters {
  ProcessUsage server;
  double generator_cpu_s = 0;
};

Meters read_meters(RunningSystem& system) {
  return {system.usage(), own_cpu_s()};
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
  const LoadResult load = run_load(options, requests);
  if (load.unexpected > 0) {
    throw std::runtime_error(std::to_string(load.unexpected) + " responses were not as expected, the first: " + load.first_unexpected);
  }
  const double cpu_s = end.server.cpu_s - begin.server.cpu_s;
  Measurement measured;
  measured.per_second = load.per_second();
  measured.p50_us = micros(load.latency.quantile(0.5));
  measured.p99_us = micros(load.latency.quantile(0.99));
  measured.p999_us = micros(load.latency.quantile(0.999));
  measured.max_us = micros(load.latency.max());
  measured.gap_us = micros(load.longest_gap_ns);
  measured.cpu_s_per_1000 = 1000 * cpu_s / static_cast<double>(load.answered);
  measured.server_cores = cpu_s / load.window_s;
  measured.generator_cores = (end.generator_cpu_s - begin.generator_cpu_s) / load.window_s;
  measured.rss_max_mib = mebibytes(end.server.rss_max_bytes);
  if (options.rate > 0) measured.unsent_percent = 100 * static_cast<double>(load.unsent) / (options.rate * load.window_s);
  return {measured, load.answered_in_all};
}

Measurement measure_idle(RunningSystem& system, double window_s) {
  const ProcessUsage begin = system.usage();
  const auto start = std::chrono::steady_clock::now();
  system.rest(std::chrono::milliseconds(static_cast<std::int64_t>(1000 * window_s)));
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const ProcessUsage end = system.usage();
  Measurement measured;
  measured.server_cores = (end.cpu_s - begin.cpu_s) / elapsed_s;
  measured.rss_max_mib = mebibytes(end.rss_max_bytes);
  return measured;
}

}  // namespace ledger::bench
