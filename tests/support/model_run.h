#pragma once

#include <deque>
#include <random>

#include "support/event_model.h"
#include "support/store_fixture.h"

namespace actbook::testing {

inline const std::vector<std::string> kWorkspaces = {"w0", "w1", "w2", "w3"};

/// What a decision saw when it ran.
struct Sight {
  int decisions = 0;
  Names before;
  Names after;
};

Names names_of(const RowReader& rows);
Decide decide_as(const ModelCommand& command, Sight& sight);
Submission submission_of(const ModelCommand& command);

/// Walks a store and its model through the same random steps.
class ModelRun {
 public:
  ModelRun(std::uint64_t seed, Bug bug);

  /// Empty, or the first difference, with the seed and what was done last.
  [[nodiscard]] std::string run(int steps);

 private:
  // ---- chance ----
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  bool one_in(std::uint64_t n) { return pick(n) == 0; }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[pick(of.size())];
  }

  [[nodiscard]] EventStore& store() const { return *fixture_.store; }
  void note(std::string what);
  [[nodiscard]] std::string report(int step, const std::string& difference) const;

  // ---- what is asked ----
  std::uint64_t random_position() { return pick(store().head().value + 4); }
  Query random_query();
  ReadRange random_range();
  Timestamp random_time();
  ModelDraft random_draft();
  ModelCommand random_command();

  // ---- steps: each gives the first difference ----
  std::string step();
  std::string submit();
  std::string submit_burst();
  std::string query();
  std::string query_while_writing();
  std::string event();
  std::string find_command();
  std::string as_of_position();
  std::string as_of_time();
  std::string now();
  std::string move_clock();
  std::string restart();

  // ---- comparisons ----
  std::string compare(const ModelCommand& command, const ModelAnswer& expected,
                      const EventStore::Receipt& receipt, const Sight& sight);
  std::string compare(const ModelAnswer& expected, const log::Receipt& receipt,
                      const Sight& sight) const;
  static std::string compare(const std::vector<SeenEvent>& expected, EventCursor cursor,
                             std::size_t already_read = 0);
  std::string compare(const std::string& what, const View& view, std::uint64_t position,
                      Timestamp at);
  std::string check_kept_views();
  std::string check_head() const;
  std::string check_whole();
  std::string check_commands() const;

  std::uint64_t seed_;
  std::mt19937_64 random_;
  StoreFixture fixture_;
  EventModel model_;
  std::vector<ModelCommand> tried_;
  std::map<std::string, Bytes> receipts_;
  /// Views taken earlier: what they show never changes.
  std::vector<std::pair<View, Names>> kept_views_;
  std::uint64_t count_ = 0;
  std::deque<std::string> done_;
};

}  // namespace actbook::testing
