// The workloads by name. README.md describes them.
#pragma once

#include "tests/bench/requests.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

struct WorkloadOptions {
  std::uint16_t port = 0;          ///< Of the server on 127.0.0.1.
  std::size_t locations = 10'000;  ///< Of deliveries. Queries use a tenth as many; duplicates are as many deliveries.
  std::uint64_t seed = 0;
  std::size_t requests_max = 200'000;  ///< ingest-signed: the number of deliveries to sign.
  std::string signing_pem;             ///< ingest-signed: the private key.
  std::uint64_t filled_events = 0;     ///< history, deletions, as-of: the events of the filled database (filling.h).
};

struct Workload {
  std::string_view name;
  std::string_view what;
  /// Posts the data that the workload needs, then returns its requests. Throws std::runtime_error if the server refuses the data.
  std::unique_ptr<Requests> (*prepare)(const WorkloadOptions& options);
};

[[nodiscard]] std::span<const Workload> workloads() noexcept;
/// Throws std::runtime_error if there is no workload of that name.
[[nodiscard]] const Workload& workload(std::string_view name);

/// The workloads that ask about the large database (growth.h).
inline constexpr std::array<std::string_view, 3> kLargeDatabaseWorkloads = {"history", "deletions", "as-of"};

/// Different new deliveries, `requests_max` of them, signed with `signing_pem`.
[[nodiscard]] std::vector<std::string> signed_deliveries(const WorkloadOptions& options);

}  // namespace ledger::bench
