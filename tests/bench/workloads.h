// The workloads by name, and what each needs to stand in the server before it can begin. README.md tells of them.
#pragma once

#include "tests/bench/requests.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ledger::bench {

struct WorkloadOptions {
  std::uint16_t port = 0;  ///< Where the server listens.
  std::size_t locations = 10'000;
  std::uint64_t seed = 0;
  /// Of workloads that are rendered before they begin: how many requests, at most.
  std::size_t requests_max = 200'000;
  /// Private key that signs, PEM.
  std::string signing_pem;
  /// Of the filled database that history, deletions and as-of ask about (filling.h).
  std::uint64_t filled_events = 0;
};

struct Workload {
  std::string_view name;
  std::string_view what;
  /// Posts what must be there, then renders. Throws std::runtime_error when the server does not do its part.
  std::unique_ptr<Requests> (*prepare)(const WorkloadOptions& options);
};

/// Those that are requests over HTTP.
[[nodiscard]] std::span<const Workload> workloads() noexcept;
/// Throws std::runtime_error when there is none of that name.
[[nodiscard]] const Workload& workload(std::string_view name);

/// Those that ask about the large database, and are measured with it (growth.h).
inline constexpr std::array<std::string_view, 3> kLargeDatabaseWorkloads = {"history", "deletions", "as-of"};

/// Locations that the queries ask about, and how many associations each has.
inline constexpr std::size_t kQueryLocations = 1'000;
inline constexpr std::size_t kAssociationsPerQueryLocation = 20;

/// Asks for the associations of one of them.
[[nodiscard]] std::string query_location_target();

/// So many different new deliveries, signed with `signing_pem`.
[[nodiscard]] std::vector<std::string> signed_deliveries(const WorkloadOptions& options);

}  // namespace ledger::bench
