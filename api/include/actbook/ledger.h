#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "actbook/acceptances.h"
#include "actbook/audit.h"
#include "actbook/entity.h"
#include "actbook/event_store.h"
#include "actbook/export.h"
#include "actbook/json.h"
#include "actbook/master_key.h"
#include "actbook/replay.h"
#include "actbook/schema/answers_generated.h"
#include "actbook/schema/commands_generated.h"
#include "actbook/search.h"
#include "actbook/subscription.h"
#include "actbook/what_if.h"

namespace actbook {

/// What an answer says in place of personal data: that it is `sealed`; or, for whoever may see it,
/// what it is. Of somebody who was erased it says `erased` either way; and `lost`, where the vault
/// has not the key.
enum class Personal { sealed, revealed };

/// How Ledger::open and open_read_only open a ledger.
struct OpenLedgerOptions {
  /// Hears of views that have to catch up, after a crash or with a new version; false stops it, and
  /// the next open goes on from there.
  std::function<bool(Position done, Position end)> progress = {};
  /// Borrowed. None: the one in master_key_file.
  const MasterKey* master_key = nullptr;
  /// None: master.key in the ledger's directory.
  std::filesystem::path master_key_file = {};
};

/// A ledger of partner programs: commands in, events kept, answers out. The door for API layers;
/// the `actbook` command is a thin wrapper around it.
///
/// One process at a time records, any number may read meanwhile. Any thread may call any function;
/// commands are decided one after another. Answers are snapshots: they never block writers and
/// never change, but for personal data of somebody who is erased.
///
/// Personal data is sealed with keys from a vault in the ledger's directory, before anything of a
/// command is stored. Without the vault's master key all goes on but commands with personal data,
/// erasing, and revealing, which give VAULT_LOCKED and say why. docs/PRIVACY.md has the whole.
class Ledger {
 public:
  struct CreateOptions {
    /// The ledger's name, an id; it stands in the first event.
    std::string id = "actbook";
    /// With a simulated clock, the time is what set_clock last said; the first event says so for
    /// good.
    schema::ClockKind clock = schema::ClockKind::system;
    /// Opens the vault from now on. Borrowed. None: the one in master_key_file.
    const MasterKey* master_key = nullptr;
    /// Made, for its owner alone to read, if it is not there. None: master.key in the ledger's
    /// directory.
    std::filesystem::path master_key_file = {};
  };
  /// Makes a ledger in `directory` and records its first events: LedgerCreated and the role
  /// definitions. A simulated clock starts at 1970-01-01 and `start` is where it goes before the
  /// first event. Errors: invalid (the id); misuse, if a ledger stands there already; unavailable.
  [[nodiscard]] static Result<Ledger> create(const std::filesystem::path& directory,
                                             const CreateOptions& options, Timestamp start = {});

  using Progress = std::function<void(Position done, Position end)>;

  using OpenOptions = OpenLedgerOptions;

  /// Opens a ledger; erasures that the vault has not carried out, because it was restored from a
  /// copy or a crash came between, are carried out first. Errors: those of EventStore::open, and
  /// of erasing.
  [[nodiscard]] static Result<Ledger> open(const std::filesystem::path& directory,
                                           const OpenOptions& options = {});

  /// Opens a ledger for reading only, as it stands, also while another process records. Errors:
  /// those of EventStore::open_read_only; record() then gives misuse with READ_ONLY.
  [[nodiscard]] static Result<Ledger> open_read_only(const std::filesystem::path& directory,
                                                     const OpenOptions& options = {});

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] schema::ClockKind clock() const;
  /// Why the vault is not open; none, if it is.
  [[nodiscard]] const std::optional<Error>& vault_locked() const;
  /// From here on only `key` opens the vault. Nothing is sealed anew. Errors: VAULT_LOCKED;
  /// unavailable; misuse, if the ledger is open for reading only.
  [[nodiscard]] Result<void> change_master_key(const MasterKey& key);
  /// Sets a simulated clock. Errors: misuse, if the ledger's clock is the system's.
  [[nodiscard]] Result<void> set_clock(Timestamp now);

  /// Decides and records one command. The receipt is durable: recorded, unchanged, or refused with
  /// a reason code. A retry with the same command id gets the same receipt, byte for byte, forever;
  /// personal data that was erased meanwhile is not compared. ErasePerson returns when the vault's
  /// files are free of what it erases. Errors: invalid, naming the field; conflict with
  /// IDEMPOTENCY_CONFLICT; unavailable, VAULT_LOCKED among it; unknown_outcome.
  ///
  /// `at` is for a simulated clock: it goes on to there (never back) before the command is decided,
  /// and only if it is. Errors with it: misuse, if the ledger's clock is the system's.
  [[nodiscard]] Result<Flat<log::Receipt>> record(const command::CommandEnvelopeT& command,
                                                  std::optional<Timestamp> at = {});

  /// The state now, after a position, or at an instant; every answer below is asked of one.
  [[nodiscard]] View now() const;
  /// A position stands for the whole batch it is of. Errors: invalid, beyond the head, or a time
  /// that has not come yet by the system's clock.
  [[nodiscard]] Result<View> as_of(Position position) const;
  [[nodiscard]] Result<View> as_of(Timestamp at) const;
  /// After a position, at an instant since: the same state again, whatever was recorded later at
  /// the same instant. Errors: those of both; invalid with TOO_EARLY, if it was recorded later.
  [[nodiscard]] Result<View> as_of(Position position, Timestamp at) const;
  [[nodiscard]] Position head() const;

  /// What was true at an instant, by what `known` knows (Q17): see EventStore::true_at. Errors:
  /// those of as_of(Timestamp).
  [[nodiscard]] Result<View> true_at(const View& known, Timestamp at) const;

  /// The events that match (see search.h); of one entity, its trail; refusals that named it count.
  [[nodiscard]] Result<answer::TrailT> trail(const View& view, const Search& search) const;

  // The questions of an audit: errors, order and cost are those of audit.h.

  /// Q1. Who accepted which agreement, or which version of it.
  [[nodiscard]] Result<answer::AcceptancesT> acceptances(
      const View& view, const Search& search, std::optional<std::uint32_t> version = {}) const;
  /// Q2. When organisations were partners.
  [[nodiscard]] Result<answer::PartnerStatusesT> partner_status(const View& view,
                                                                const Search& search) const;
  /// Q4. Who did read, staff included.
  [[nodiscard]] Result<answer::ReadsT> reads(const View& view, const Search& search) const;
  /// Q5. Workspaces, and whether their organisation was a partner when they were created.
  [[nodiscard]] Result<answer::CreationsT> creations(const View& view, const Search& search) const;
  /// Q6. Which roles were held.
  [[nodiscard]] Result<answer::RolesT> roles(const View& view, const Search& search) const;
  /// Q7. Who took a paid seat.
  [[nodiscard]] Result<answer::SeatsT> seats(const View& view, const Search& search) const;
  /// Q8. Who owned, paid for and administered a workspace, and whose data it held.
  [[nodiscard]] Result<answer::TenuresT> tenures(const View& view,
                                                 const std::string& workspace) const;
  /// Q9. Handoffs.
  [[nodiscard]] Result<answer::HandoffsT> handoffs(const View& view, const Search& search) const;
  /// Q10. Where recordings went.
  [[nodiscard]] Result<answer::MovesT> moves(const View& view, const Search& search) const;
  /// Q11. Referral deals, and how kickbacks were worked out.
  [[nodiscard]] Result<answer::DealsT> deals(const View& view, const Search& search) const;
  [[nodiscard]] Result<answer::KickbacksT> kickbacks(const View& view, const Search& search) const;
  /// Q12. Which discount was applied to which charge.
  [[nodiscard]] Result<answer::DiscountsT> discounts(const View& view, const Search& search) const;
  /// Q13. Which agency acted for whom.
  [[nodiscard]] Result<answer::MandatesT> mandates(const View& view, const Search& search) const;
  /// Q14. Through which organisation people entered projects.
  [[nodiscard]] Result<answer::EntriesT> entries(const View& view, const Search& search) const;
  /// Q15. Which special plans an organisation could buy.
  [[nodiscard]] Result<answer::SpecialPlansT> special_plans(const View& view,
                                                            const std::string& organisation) const;

  /// One entity as it stood: a workspace with its members, access, invites, handoffs and account;
  /// and so on. Errors: invalid with NOT_FOUND, if the view knows no such entity.
  /// VAULT_LOCKED, if personal data shall be revealed.
  [[nodiscard]] Result<answer::EntityStateT> show(const View& view, const Entity& entity,
                                                  Personal personal = Personal::sealed) const;

  /// Everybody who could read a workspace or enter a project, and on what basis (Q3). Errors and
  /// cost: overviews.h, as for the two below.
  [[nodiscard]] Result<answer::ReadersT> readers(const View& view, const Entity& entity) const;
  /// One person's access to a workspace or a project, on what basis; no line, if there is none.
  [[nodiscard]] Result<answer::ReadersT> access(const View& view, const Entity& entity,
                                                const std::string& person) const;
  /// Everything one person could read or enter (Q3).
  [[nodiscard]] Result<answer::PersonAccessT> access_of(const View& view,
                                                        const std::string& person) const;
  /// What an agency sees of itself and its clients; what a partner sees of its workspaces and
  /// deals.
  [[nodiscard]] Result<answer::AgencyDashboardT> dashboard(const View& view,
                                                           const std::string& organisation) const;
  [[nodiscard]] Result<answer::PartnerOverviewT> overview(
      const View& view, const std::string& organisation,
      Personal personal = Personal::sealed) const;

  // Investigations: errors and cost stand in the headers of replay/.

  /// Why a person could, or could not, read a workspace or enter a project.
  [[nodiscard]] Result<answer::ExplanationT> explain_access(const View& view,
                                                            const std::string& person,
                                                            const Entity& entity) const;
  /// What began, changed or ended from one view to the other, and the acts between.
  [[nodiscard]] Result<answer::ComparisonT> compare(const View& from, const View& to,
                                                    const std::optional<Entity>& entity = {},
                                                    Personal personal = Personal::sealed) const;
  /// Act by act, each with the rows it changed, before and after.
  [[nodiscard]] Result<answer::StepsT> steps(const View& view, const Search& search,
                                             Personal personal = Personal::sealed) const;
  /// What lasted and what happened, of one entity.
  [[nodiscard]] Result<answer::TimelineT> timeline(const View& view, const Entity& entity,
                                                   const Search& page = {}) const;
  /// Which accesses would have differed, had roles or rules been others.
  [[nodiscard]] Result<answer::WhatIfT> what_if(const View& view, const Supposition& supposition,
                                                const std::optional<Entity>& scope = {}) const;

  /// Any event, for its own sake: as it is stored, and as JSON (see record_to_json).
  [[nodiscard]] Result<Record> event(Position position) const;
  [[nodiscard]] Result<std::string> event_json(const Record& record,
                                               JsonLayout layout = JsonLayout::line,
                                               Personal personal = Personal::sealed) const;
  /// What is held about a person, for a subject access request: how they stand, which contacts are
  /// theirs, and every event they acted in or that names them, with their personal data. One JSON
  /// object. Errors: VAULT_LOCKED; invalid with NOT_FOUND. Cost: one indexed read per event.
  [[nodiscard]] Result<std::string> export_person(const View& view, const std::string& person,
                                                  JsonLayout layout = JsonLayout::line) const;
  /// The events that match, in the order of positions, each as a line for another system
  /// (export.h); before them the header, if the format has one. Ends early where `sink` says false.
  /// The answer is how many events the sink took. Errors: those of find_events(); VAULT_LOCKED, if
  /// personal data shall be revealed. Cost: one indexed read per event; one is in memory at a time.
  [[nodiscard]] Result<std::uint64_t> export_events(
      const View& view, const Search& search, ExportFormat format, Personal personal,
      const std::function<bool(std::string_view line)>& sink) const;
  [[nodiscard]] EventCursor read(const ReadRange& range = {}) const;
  [[nodiscard]] EventCursor query(const Query& query, const ReadRange& range = {}) const;
  /// What the index tells of the events that match, without reading them.
  [[nodiscard]] EntryCursor list(const Query& query, const ReadRange& range = {}) const;
  /// The events that match and lie after a position, those to come included.
  [[nodiscard]] Subscription subscribe(Query query, Position after = {}) const;

  /// Folds the log afresh up to `until` (the head by default) and compares every row version, tag
  /// and command id with what is served. A difference is a finding, not an error. The options'
  /// projector may be left out. Errors, cost and memory: replay.h.
  [[nodiscard]] Result<answer::ReplayReportT> replay(ReplayOptions options = {}) const;
  /// Makes everything derived anew from the log, beside what is served, and puts it in its place at
  /// once; see EventStore::rebuild.
  [[nodiscard]] Result<void> rebuild(
      const std::function<bool(Position done, Position head)>& progress = {});

  /// Reads every stored byte of the log and checks it, and that it begins with the events of
  /// `expected`, a head kept from an earlier time. Damage is a finding, not an error.
  [[nodiscard]] Result<answer::VerifyReportT> verify(const std::optional<TreeHead>& expected = {},
                                                     const Progress& progress = {}) const;
  /// The root of the Merkle tree (RFC 6962) over the first `size` events. Errors: invalid, beyond
  /// the head.
  [[nodiscard]] Result<TreeHead> tree_head(Position size) const;

 private:
  class Impl;
  explicit Ledger(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace actbook
