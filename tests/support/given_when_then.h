#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "actbook/decide.h"
#include "actbook/json.h"
#include "actbook/rows.h"
#include "support/plain_sealer.h"

namespace actbook::testing {

/// Who acts: staff("sam"), person("adam").
struct Actor {
  std::string kind;
  std::string id;
};
inline Actor staff(std::string id) { return {"staff", std::move(id)}; }
inline Actor person(std::string id) { return {"person", std::move(id)}; }
inline Actor system_actor(std::string id) { return {"system", std::move(id)}; }

/// What a decision gave: the events as JSON objects {"event_type": ..., "event": ...} on a line
/// each, or a refusal.
struct Then {
  log::Outcome outcome = log::Outcome::recorded;
  std::string reason;
  std::string result;
  std::vector<std::string> created;
  /// The names of the events, in order; for a refusal only CommandRefused.
  std::vector<std::string> types;
  /// The events in full, in the same order.
  std::vector<std::string> events;
  /// Observed mode: the rules broken, as every event carries them.
  std::vector<std::string> rules_broken;

  /// The index-th event of a type, as JSON; fails the test if there is none.
  [[nodiscard]] std::string event(const std::string& type, std::size_t index = 0) const;
  [[nodiscard]] std::size_t count(const std::string& type) const;
};

/// A ledger in memory for tests of deciders: the first events of a ledger, then what was given. No
/// database, and no vault: personal data is sealed by a PlainSealer, in what is given too. A
/// personal text that reaches an event in clear fails the test.
///
///   World world;
///   world.given("OrganisationRegistered", R"({"organisation": "prism", "name": "PRISM"})");
///   world.at("2026-04-01");
///   auto then = world.when(staff("sam"), "GrantPartnerStatus", R"({"organisation": "prism",
///   ...})"); CHECK(then.reason == "");  CHECK(then.types ==
///   std::vector<std::string>{"PartnerStatusGranted"});
class World {
 public:
  World();

  /// An event that happened, by `actor`, at the present time of this world.
  World& given(const std::string& type, const std::string& event_json,
               const Actor& actor = staff("sam"));
  /// The time from here on, ISO 8601.
  World& at(const std::string& time);

  /// Decides a command and folds what follows into the world. `envelope` holds further members of
  /// the envelope, such as {"mode": "observed", "occurred_at": "2026-01-01"}. An invalid command
  /// fails the test, and so does what becomes of it if its doc comment does not say it
  /// (documented.h).
  Then when(const Actor& actor, const std::string& command_type, const std::string& command_json,
            const std::string& envelope_json = "{}");

  [[nodiscard]] const RowReader& rows() const { return rows_; }
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] PlainSealer& sealer() { return sealer_; }

 private:
  RowOverlay rows_;
  PlainSealer sealer_;
  Position head_;
  Timestamp now_;
  std::uint64_t commands_ = 0;
};

}  // namespace actbook::testing
