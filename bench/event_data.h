#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actbook/flat.h"
#include "actbook/schema.h"

namespace actbook::bench {

inline constexpr std::uint64_t kOrganisations = 1'000;
inline constexpr std::uint64_t kWorkspaces = 1'000'000;
inline constexpr std::uint64_t kPersons = 1'000'000;

/// A workspace is written by one caller only, whichever of 1 to 64 callers share the events, so a
/// caller knows the last event of its workspaces by its own receipts: caller c of n takes the
/// events c, c + n, c + 2n ... and n divides this.
inline constexpr std::uint64_t kLanes = 64;

/// One event as every rival gets it.
struct Event {
  std::uint64_t number = 0;
  std::string_view type;
  /// The event's own FlatBuffers table.
  Bytes payload;
  std::uint64_t workspace_number = 0;
  std::string workspace;
  /// The one that owns the workspace.
  std::string organisation;
  /// Distinct, `key:value`: those of the schema's attributes and those of the envelope.
  std::vector<std::string> tags;
};

/// What is appended at once: one command with its events.
struct Submission {
  std::string command_id;
  std::string actor;
  std::int64_t recorded_at = 0;
  std::int64_t occurred_at = 0;
  std::vector<Event> events;
};

/// Events of the partner programs, made up from a seed: number n is always the same. They are cut
/// from templates of real event tables, in which only ids, hashes and times are written anew: a
/// fraction of a microsecond per event, so that what is measured is not the making of them.
class EventData {
 public:
  explicit EventData(std::uint64_t seed);

  /// The events `first`, first + stride ... as one submission. `out` is reused.
  void make(std::uint64_t first, std::uint64_t stride, std::size_t count, Submission& out) const;

  /// The time by the ledger's clock of the n-th event, were it alone; 3 s after the one before.
  [[nodiscard]] static std::int64_t time_of(std::uint64_t number);
  [[nodiscard]] std::string organisation_id(std::uint64_t number) const;

  /// Event types of which only the owner's organisation is a tag, so that one column of a table can
  /// hold it.
  [[nodiscard]] static const std::vector<std::string>& types_with_one_organisation();
  [[nodiscard]] static const Schema& schema();
  /// The namespace of the tables, "actbook.event.".
  [[nodiscard]] static std::string_view event_namespace();

 private:
  enum class Id : std::uint8_t {
    workspace,
    organisation,
    target,
    person,
    actor,
    contact,
    account,
    invite,
    handoff,
    digest,
  };
  /// A place of 16 hexadecimal digits.
  struct Slot {
    std::size_t offset = 0;
    Id id{};
    std::uint64_t salt = 0;
  };
  struct TagTemplate {
    std::string text;
    std::vector<Slot> slots;
  };
  struct Template {
    std::string_view type;
    Bytes payload;
    std::vector<Slot> slots;
    std::vector<std::size_t> expiries;
    std::vector<TagTemplate> tags;
  };

  template <class EventT>
  void add(const EventT& event, unsigned weight);
  void add_variants(std::uint64_t variant);
  // One template of each type; `r` is chance.
  void add_memberships(std::uint64_t r);
  void add_invites(std::uint64_t r);
  void add_workspaces(std::uint64_t r);
  void add_data_owners(std::uint64_t r);
  void add_handoffs_and_accounts(std::uint64_t r);
  [[nodiscard]] std::uint64_t value_of(Id id, std::uint64_t salt, std::uint64_t event) const;
  [[nodiscard]] std::uint64_t workspace_of(std::uint64_t event) const;
  void fill(const Template& form, std::uint64_t number, Event& out) const;
  [[nodiscard]] std::string id_text(std::string_view prefix, std::uint64_t value) const;
  static std::string placeholder(Id id);
  static std::vector<Slot> find_slots(std::string_view text);

  std::uint64_t seed_;
  std::vector<Template> templates_;
  /// Which templates are drawn: each as often as it weighs.
  std::vector<std::uint32_t> draw_;
};

/// One event with its envelope in plain bytes, for those who only store bytes. Appends to `out`.
void append_plain(const Submission& submission, const Event& event, std::string& out);

}  // namespace actbook::bench
