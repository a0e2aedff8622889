// What the ledger promises, read from promises.txt: each promise with the names of the tests that prove it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ledger::guarantees {

enum class ProofKind {
  test,         ///< One test: "Crash.KillNineUnderLoadLosesNoAcknowledgedEvent".
  suite,        ///< Every test of a suite: "Crash.*".
  fuzz_target,  ///< The fuzzer of a target: "fuzz:webhook".
};

struct Proof {
  ProofKind kind = ProofKind::test;
  std::string name;  ///< "Suite.Test", "Suite" or "target".

  friend bool operator==(const Proof&, const Proof&) = default;
};

struct Promise {
  std::string theme;     ///< The heading that it stands under.
  std::string sentence;  ///< Markdown for one cell of a table.
  std::vector<Proof> proofs;
};

/// The promises in their order. Strict, since a promise that is overlooked is not kept: throws std::runtime_error, naming the line, for a promise
/// without theme, full stop or proof, for one that stands twice, for a proof of another form, and for a text without promises.
[[nodiscard]] std::vector<Promise> parse_promises(std::string_view text);

/// The proof as it stands in promises.txt.
[[nodiscard]] std::string written(const Proof& proof);

/// Whether `proof` speaks of `subject`: a test as "Suite.Test", or a fuzzer as "fuzz:target".
[[nodiscard]] bool covers(const Proof& proof, std::string_view subject);

}  // namespace ledger::guarantees
