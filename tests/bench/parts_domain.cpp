// What the pure parts of a delivery's way cost: decoding, folding, hashes and signatures.
#include "domain/base64.h"
#include "domain/digest.h"
#include "domain/fold.h"
#include "domain/signature_policy.h"
#include "domain/webhook_decoder.h"
#include "tests/bench/deliveries.h"
#include "tests/support/signing_key.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <variant>

namespace ledger::bench {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds(1'795'435'200'000)};

std::string delivery(EventKind kind, int number) {
  DeliveryWriter writer(1);
  static_cast<void>(writer.request(kind, location_id(0), association_id(0), kNow + std::chrono::seconds(number)));
  return std::string(writer.body());
}

void decode_body(benchmark::State& state) {
  const std::string body = delivery(EventKind::association_create, 0);
  for (auto unused : state) benchmark::DoNotOptimize(decode_webhook(body, std::nullopt));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(decode_body);

FoldEvent fold_event(EventKind kind, int number) {
  const std::string body = delivery(kind, number);
  const auto decoded = std::get<DecodedEvent>(decode_webhook(body, std::nullopt));
  return {Sequence(number + 1), kind, decoded.occurred_at, *decoded.occurred_at, body, decoded.definition};
}

void fold_three_events(benchmark::State& state) {
  const std::vector<FoldEvent> events = {fold_event(EventKind::association_create, 0), fold_event(EventKind::association_update, 1),
                                         fold_event(EventKind::association_delete, 2)};
  const AssociationKey key{LocationId(location_id(0)), AssociationId(association_id(0))};
  for (auto unused : state) benchmark::DoNotOptimize(fold(key, events));
}
BENCHMARK(fold_three_events);

void sha256_of_body(benchmark::State& state) {
  const std::string body = delivery(EventKind::association_create, 0);
  for (auto unused : state) benchmark::DoNotOptimize(sha256(body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(sha256_of_body);

void verify(benchmark::State& state, const test::SigningKey& key) {
  const std::string body = delivery(EventKind::association_create, 0);
  const std::string signature = key.sign(body);
  const auto public_key = PublicKey::from_pem(key.public_pem()).value();
  for (auto unused : state) {
    if (!public_key.verify(body, signature)) state.SkipWithError("the signature is wrong");
  }
}

void verify_ed25519(benchmark::State& state) {
  verify(state, test::SigningKey::ed25519());
}
BENCHMARK(verify_ed25519);

void verify_rsa_2048(benchmark::State& state) {
  verify(state, test::SigningKey::rsa(2048));
}
BENCHMARK(verify_rsa_2048);

void decode_base64_of_signature(benchmark::State& state) {
  const std::string text = base64_encode(test::SigningKey::ed25519().sign("body"));
  for (auto unused : state) benchmark::DoNotOptimize(base64_decode(text));
}
BENCHMARK(decode_base64_of_signature);

}  // namespace
}  // namespace ledger::bench
