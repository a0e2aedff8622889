// Checks the log of a database: the events and the quarantined deliveries.
#pragma once

#include "storage/sqlite/verification.h"
#include "storage/sqlite/verify.h"

#include <cstdint>
#include <span>
#include <string>

namespace ledger::storage {

/// Adds what it sees to a report. Throws Divergence and SQLite::Exception. Not thread-safe, like its connection; everything that it is given must
/// outlive it.
class LogCheck {
 public:
  LogCheck(SQLite::Database& database, std::span<const PublicKey> keys, const Advance& advance, VerifyReport& report)
      : database_(database), keys_(keys), advance_(advance), report_(report) {}

  /// Checks the events from `first` to `last`, and that the one behind them follows on them: each reference of an event, the hash and the signature
  /// of its body, its columns against its body. Returns false if there is no event behind them.
  bool check_events(std::int64_t first, std::int64_t last);
  void check_quarantine();

 private:
  /// Each admitted event is the quarantined delivery that it names, and each decision names an event of the same bytes.
  void check_decisions();
  void check_delivery(const std::string& where, const Delivery& delivery);

  SQLite::Database& database_;
  std::span<const PublicKey> keys_;
  const Advance& advance_;
  VerifyReport& report_;
};

/// Tells of each event of a webhook that has no signature of one of the keys, in their order. Returns how many there are. REQUIRES that LogCheck has
/// verified the signatures. Throws SQLite::Exception.
std::int64_t name_unproven(SQLite::Database& database, std::span<const PublicKey> keys, const Unproven& unproven);

}  // namespace ledger::storage
