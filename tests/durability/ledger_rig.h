// A ledger on a simulated disk and, beside it, the record of what it promised: whatever happens below, no restart may prove it wrong.
#pragma once

#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/reader.h"
#include "storage/writer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/model_event_store.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledger::test {

/// The writer, its queue, a reader and their clients, all on the thread that calls. The oracle is the in-memory model: each acknowledgement is held
/// against it at once, and after each restart all that the disk holds. What a promise was broken by is kept in problem(): the first one counts, and
/// the rig does nothing more. Not thread-safe.
class LedgerRig {
 public:
  struct Options {
    /// After the first checkpoint, any page is reason enough for the next; the log file is truncated when it has 80 pages.
    storage::Checkpointer::Bounds checkpoints{40, 1, 0};
    storage::AppendQueue::Bounds queue{};
    /// Whether something that is no operation of the disk is at fault; null: never.
    std::function<bool()> has_other_fault;
  };

  LedgerRig(std::uint64_t seed, const Options& options);
  LedgerRig(const LedgerRig&) = delete;
  LedgerRig& operator=(const LedgerRig&) = delete;
  ~LedgerRig();

  [[nodiscard]] SimulatedVfs& vfs() noexcept { return vfs_; }
  [[nodiscard]] FakeClock& clock() noexcept { return clock_; }
  [[nodiscard]] Random& random() noexcept { return random_; }
  [[nodiscard]] RecordingLog& log() noexcept { return log_; }
  [[nodiscard]] const storage::ConnectionOptions& connection() const noexcept { return connection_; }
  [[nodiscard]] ModelEventStore& model() noexcept { return *model_; }
  /// The reader of the running ledger. REQUIRES is_running().
  [[nodiscard]] storage::Reader& reader() noexcept { return *reader_; }

  /// Empty while every promise was kept.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  void report(const std::string& problem);
  [[nodiscard]] bool has_fault() const;
  /// Something did not work: a problem, unless a fault has struck.
  void expect_fault(const std::string& what);
  /// Texts of describe(): a problem where they differ.
  void expect_same(const std::string& what, const std::string& actual, const std::string& expected);
  /// How many deliveries were acknowledged as new, or found after a restart, and so must stay.
  [[nodiscard]] std::size_t promised() const noexcept { return history_.size(); }
  /// Of what the disk has, as every program sees it, and of all that was promised or is in doubt. What a start does and must find depends on nothing
  /// else.
  [[nodiscard]] Sha256 fingerprint();
  [[nodiscard]] bool is_running() const noexcept { return writer_ != nullptr; }
  /// The ledger asked to be ended: what is on disk is unknown to it.
  [[nodiscard]] bool is_poisoned() const noexcept { return poisoned_; }

  /// Opens the ledger and holds everything that it has against what was promised. False when it did not open; without a fault below that is a
  /// problem.
  bool start();
  /// A client sends a delivery: a new one, sometimes twice, one that can not be decoded, or one again that had no good answer. REQUIRES is_running().
  void send();
  /// The writer takes a turn, if it has something to do. REQUIRES is_running().
  void run_writer();
  /// Nothing comes for some seconds: the writer maintains the store, if it has to. REQUIRES is_running().
  void idle();
  /// Asks as readiness does; a ledger that is degraded tries to write in its turn a second later. REQUIRES is_running().
  void check_health();
  /// send() so often, then a turn.
  void commit(std::size_t size);
  /// The orderly end: all that waits is answered, the log checkpointed.
  void stop();
  /// Migrates, throws the state away and folds it anew. REQUIRES a stopped ledger.
  void rebuild();
  /// The end without order. What the disk has then is for the vfs to say.
  void drop();
  /// As drop(); a power cut, or the death of the process alone.
  enum class Crash { power_cut, killed };
  void crash(Crash how);

 private:
  using Request = std::variant<NewEvent, NewQuarantine>;
  /// A delivery that is kept, and the clock when it was.
  struct Stored {
    Request request;
    Timestamp at;
  };
  /// A transaction whose outcome is unknown: its deliveries, in order, and the clock then.
  struct InDoubt {
    std::vector<Request> requests;
    Timestamp at;
  };

  void submit(Request request);
  /// The outcome of one ticket, in the order of the queue.
  template <class Outcome>
  void settle(const Request& request, const Result<Outcome>& outcome);
  /// To the model; what it answers.
  std::string apply(const Request& request, Timestamp at);
  /// Makes the model anew.
  void replay(const std::vector<Stored>& history);
  /// Whether the model's log is what is on disk.
  [[nodiscard]] bool is_log(const EventPage& on_disk, std::int64_t quarantined);
  void compare_with_disk();
  void compare_log();
  void compare_state();
  std::int64_t quarantined_on_disk();

  Random random_;
  SimulatedVfs vfs_;
  const storage::ConnectionOptions connection_;
  const Options options_;
  const Places places_;
  FakeClock clock_;
  FakeClock model_clock_;
  RecordingLog log_;
  std::unique_ptr<ModelEventStore> model_;
  std::vector<Stored> history_;   ///< All that the model holds, in order.
  std::int64_t quarantined_ = 0;  ///< Of it, how much is in quarantine.
  std::unique_ptr<storage::Writer> writer_;
  const storage::GroupCommitter* committer_ = nullptr;  ///< The writer's.
  std::unique_ptr<storage::Reader> reader_;
  std::size_t waiting_ = 0;  ///< Tickets without an outcome.
  /// Until something is recorded over them. There can be several: while another process keeps the log's index alive, a transaction stays hidden over
  /// restarts, and the first start on a dead index finds it.
  std::vector<InDoubt> in_doubt_;
  bool doubt_is_open_ = false;  ///< The last one still gets deliveries: this turn's.
  std::deque<Request> again_;   ///< What clients will repeat, as the platform would. Bounded in send().
  bool poisoned_ = false;
  bool is_unborn_ = false;  ///< Begun on an empty disk, and no start has succeeded since.
  std::string problem_;
};

}  // namespace ledger::test
