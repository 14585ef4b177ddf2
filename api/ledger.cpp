#include "actbook/ledger.h"

#include <algorithm>
#include <atomic>

#include "actbook/compare.h"
#include "actbook/decide.h"
#include "actbook/explain.h"
#include "actbook/overviews.h"
#include "actbook/projector.h"
#include "actbook/schema.h"
#include "actbook/state.h"
#include "actbook/tables.h"
#include "actbook/timeline.h"
#include "actbook/trail.h"
#include "answer_schema.h"
#include "event_export.h"
#include "person_export.h"
#include "personal_data.h"

namespace actbook {
namespace {

// The system's time, or what a simulated clock was set to. Which of them a ledger has is known only
// once it is open.
class LedgerClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return simulated_ ? simulation_.now() : system_.now();
  }
  void simulate() { simulated_ = true; }
  [[nodiscard]] bool simulated() const { return simulated_; }
  void set(Timestamp now) { simulation_.set(now); }

 private:
  SystemClock system_;
  ManualClock simulation_;
  std::atomic<bool> simulated_ = false;
};

// The command that makes a ledger; its id cannot be a caller's, who are told to bring their own.
CommandInfo genesis() {
  CommandInfo info;
  info.command_id = "actbook:genesis";
  info.command_type = "CreateLedger";
  info.actor.kind = schema::ActorKind::system;
  info.actor.id = "actbook";
  return info;
}

}  // namespace

class Ledger::Impl {
 public:
  // The store borrows the clock, so it goes first.
  LedgerClock clock;
  std::unique_ptr<EventStore> store;
  std::unique_ptr<PersonalData> personal;
  std::string id;

  EventStore::Options options(std::function<bool(Position, Position)> progress = {}) {
    return {&clock, &partner_projector(), std::move(progress)};
  }

  /// A simulated clock has no present, so what will have run out by then may be asked.
  [[nodiscard]] Result<void> check_has_come(Timestamp at) const {
    if (clock.simulated() || at <= store->now().at()) return boost::outcome_v2::success();
    return Error{ErrorKind::invalid,
                 "IN_THE_FUTURE",
                 to_iso8601(at) + " has not come yet; leave the time out to ask about now",
                 {}};
  }

  Result<void> record_first_events(const CreateOptions& create) const {
    Submission submission;
    submission.info = genesis();
    const auto events = first_events(create.id, create.clock);
    submission.content = events.front().payload;
    BOOST_OUTCOME_TRY(store->submit(submission, [&](Batch& batch) -> Result<Decided> {
      for (const auto& event : events) {
        BOOST_OUTCOME_TRY(batch.append(event));
      }
      return Decided{};
    }));
    return boost::outcome_v2::success();
  }

  // Native answers, and what they hold, with personal data as an answer has it.
  template <class Native>
  Result<Native> present(const Native& answer, Personal how) const {
    using Table = typename Native::TableType;
    BOOST_OUTCOME_TRY(bytes, replace_personal(answer_schema(), Table::GetFullyQualifiedName(),
                                              pack(answer), [&](const PersonalText& text) {
                                                return personal->read(text, *store, how);
                                              }));
    Native presented;
    flatbuffers::GetRoot<Table>(bytes.data())->UnPackTo(&presented);
    return presented;
  }

  [[nodiscard]] ReadPersonal reader(Personal how) const {
    return [this, how](const PersonalText& text) { return personal->read(text, *store, how); };
  }

  Result<void> carry_out_erasures() const {
    auto erased = personal->carry_out_erasures(*store);
    if (erased) return boost::outcome_v2::success();
    Error error = std::move(erased).error();
    error.kind = ErrorKind::unknown_outcome;
    error.message =
        "the erasure is recorded, but the vault did not carry it out: " + error.message +
        "; reopen the ledger, which does, or submit the same command "
        "id again";
    return error;
  }

  Result<void> read_identity() {
    const View view = store->now();
    const auto row = find<row::LedgerRowT>(view, "ledger");
    BOOST_OUTCOME_TRY(view.status());
    if (!row) {
      return Error{ErrorKind::corrupt, "NO_GENESIS", "the ledger does not begin with LedgerCreated",
                   Position{1}};
    }
    id = row->ledger;
    if (row->clock == schema::ClockKind::simulated) {
      clock.simulate();
      clock.set(std::max(clock.now(), store->head_recorded_at()));
    }
    return boost::outcome_v2::success();
  }
};

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<Ledger> Ledger::create(const std::filesystem::path& directory, const CreateOptions& options,
                              Timestamp start) {
  if (!is_ident(options.id)) {
    return Error{ErrorKind::invalid,
                 "INVALID_FIELD",
                 "id: a ledger's id is 1 to 64 characters of A-Z a-z 0-9 - _ . :",
                 {}};
  }
  auto impl = std::make_unique<Impl>();
  if (options.clock == schema::ClockKind::simulated) {
    impl->clock.simulate();
    impl->clock.set(start);
  }
  BOOST_OUTCOME_TRY(store, EventStore::create(directory, impl->options()));
  impl->store = std::move(store);
  // Before the first events: what has those is a ledger, and whole.
  BOOST_OUTCOME_TRY(personal, PersonalData::create(directory, options));
  impl->personal = std::move(personal);
  BOOST_OUTCOME_TRY(impl->record_first_events(options));
  BOOST_OUTCOME_TRY(impl->read_identity());
  return Ledger(std::move(impl));
}

Result<Ledger> Ledger::open(const std::filesystem::path& directory, const OpenOptions& options) {
  auto impl = std::make_unique<Impl>();
  BOOST_OUTCOME_TRY(store, EventStore::open(directory, impl->options(options.progress)));
  impl->store = std::move(store);
  BOOST_OUTCOME_TRY(impl->read_identity());
  impl->personal = PersonalData::open(directory, options, Vault::Access::write);
  if (!impl->personal->locked()) {
    BOOST_OUTCOME_TRY(impl->personal->carry_out_erasures(*impl->store));
    BOOST_OUTCOME_TRY(impl->personal->compare_with(*impl->store));
  }
  return Ledger(std::move(impl));
}

Result<Ledger> Ledger::open_read_only(const std::filesystem::path& directory,
                                      const OpenOptions& options) {
  auto impl = std::make_unique<Impl>();
  BOOST_OUTCOME_TRY(store, EventStore::open_read_only(directory, impl->options(options.progress)));
  impl->store = std::move(store);
  BOOST_OUTCOME_TRY(impl->read_identity());
  impl->personal = PersonalData::open(directory, options, Vault::Access::read);
  return Ledger(std::move(impl));
}

const std::string& Ledger::id() const { return impl_->id; }

schema::ClockKind Ledger::clock() const {
  return impl_->clock.simulated() ? schema::ClockKind::simulated : schema::ClockKind::system;
}

const std::optional<Error>& Ledger::vault_locked() const { return impl_->personal->locked(); }
Result<void> Ledger::change_master_key(const MasterKey& key) {
  return impl_->personal->change_master_key(key);
}

Result<void> Ledger::set_clock(Timestamp now) {
  if (!impl_->clock.simulated()) {
    return Error{ErrorKind::misuse,
                 "CLOCK_IS_REAL",
                 "this ledger's clock is the system's and cannot be set; only a ledger made with a "
                 "simulated clock takes its time from the input",
                 {}};
  }
  impl_->clock.set(now);
  return boost::outcome_v2::success();
}

Result<Flat<log::Receipt>> Ledger::record(const command::CommandEnvelopeT& command,
                                          std::optional<Timestamp> at) {
  // Without these two there is nothing that could be packed.
  if (!command.actor || command.command.value == nullptr) {
    return Error{ErrorKind::invalid,
                 "INVALID_FIELD",
                 std::string(command.actor ? "command" : "actor") + ": is missing",
                 {}};
  }
  const auto given = pack(command);
  BOOST_OUTCOME_TRY(validate_command(command, given));
  const bool erases = command.command.type == command::Command::ErasePerson;
  if (erases && vault_locked()) return *vault_locked();
  Submission submission;
  BOOST_OUTCOME_TRY(content, impl_->personal->seal(given, *impl_->store, command.command_id));
  submission.content = std::move(content);
  command::CommandEnvelopeT sealed;
  flatbuffers::GetRoot<command::CommandEnvelope>(submission.content.data())->UnPackTo(&sealed);
  submission.info = command_info(command);
  submission.content_type = command::CommandEnvelope::GetFullyQualifiedName();
  submission.content_schema = &command_schema();
  if (at && !impl_->clock.simulated()) {
    return Error{ErrorKind::misuse,
                 "CLOCK_IS_REAL",
                 "at: this ledger's clock is the machine's, so a line cannot set it; leave `at` "
                 "out, or record into a ledger made by init --simulated-clock",
                 {}};
  }
  if (at) {
    BOOST_OUTCOME_TRY(known, impl_->store->find_command(command.command_id));
    if (!known) impl_->clock.set(std::max(impl_->clock.now(), *at));
  }
  BOOST_OUTCOME_TRY(receipt, impl_->store->submit(
                                 submission, [&](Batch& batch) { return decide(sealed, batch); }));
  // Also on a retry: a failure may have come between.
  if (erases) {
    BOOST_OUTCOME_TRY(impl_->carry_out_erasures());
  }
  return receipt;
}

View Ledger::now() const { return impl_->store->now(); }
Result<View> Ledger::as_of(Position position) const { return impl_->store->as_of(position); }
Result<View> Ledger::as_of(Timestamp at) const {
  BOOST_OUTCOME_TRY(impl_->check_has_come(at));
  return impl_->store->as_of(at);
}
Result<View> Ledger::as_of(Position position, Timestamp at) const {
  BOOST_OUTCOME_TRY(impl_->check_has_come(at));
  return impl_->store->as_of(position, at);
}
Position Ledger::head() const { return impl_->store->head(); }

Result<View> Ledger::true_at(const View& known, Timestamp at) const {
  BOOST_OUTCOME_TRY(impl_->check_has_come(at));
  return impl_->store->true_at(known, at);
}

Result<answer::TrailT> Ledger::trail(const View& view, const Search& search) const {
  return find_events(*impl_->store, view, search);
}

Result<answer::AcceptancesT> Ledger::acceptances(const View& view, const Search& search,
                                                 std::optional<std::uint32_t> version) const {
  return find_acceptances(*impl_->store, view, search, version);
}

Result<answer::PartnerStatusesT> Ledger::partner_status(const View& view,
                                                        const Search& search) const {
  return audit_partner_status(*impl_->store, view, search);
}

Result<answer::ReadsT> Ledger::reads(const View& view, const Search& search) const {
  return audit_reads(*impl_->store, view, search);
}

Result<answer::CreationsT> Ledger::creations(const View& view, const Search& search) const {
  return audit_creations(*impl_->store, view, search);
}

Result<answer::RolesT> Ledger::roles(const View& view, const Search& search) const {
  return audit_roles(*impl_->store, view, search);
}

Result<answer::SeatsT> Ledger::seats(const View& view, const Search& search) const {
  return audit_seats(*impl_->store, view, search);
}

Result<answer::HandoffsT> Ledger::handoffs(const View& view, const Search& search) const {
  return audit_handoffs(*impl_->store, view, search);
}

Result<answer::MovesT> Ledger::moves(const View& view, const Search& search) const {
  return audit_moves(*impl_->store, view, search);
}

Result<answer::DealsT> Ledger::deals(const View& view, const Search& search) const {
  return audit_deals(*impl_->store, view, search);
}

Result<answer::KickbacksT> Ledger::kickbacks(const View& view, const Search& search) const {
  return audit_kickbacks(*impl_->store, view, search);
}

Result<answer::DiscountsT> Ledger::discounts(const View& view, const Search& search) const {
  return audit_discounts(*impl_->store, view, search);
}

Result<answer::MandatesT> Ledger::mandates(const View& view, const Search& search) const {
  return audit_mandates(*impl_->store, view, search);
}

Result<answer::EntriesT> Ledger::entries(const View& view, const Search& search) const {
  return audit_entries(*impl_->store, view, search);
}

Result<answer::TenuresT> Ledger::tenures(const View& view, const std::string& workspace) const {
  return audit_tenures(*impl_->store, view, workspace);
}

Result<answer::SpecialPlansT> Ledger::special_plans(const View& view,
                                                    const std::string& organisation) const {
  return audit_special_plans(view, organisation);
}

Result<answer::EntityStateT> Ledger::show(const View& view, const Entity& entity,
                                          Personal personal) const {
  BOOST_OUTCOME_TRY(state, find_state(view, entity));
  return impl_->present(state, personal);
}

Result<answer::ReadersT> Ledger::readers(const View& view, const Entity& entity) const {
  return find_readers(view, entity);
}

Result<answer::ReadersT> Ledger::access(const View& view, const Entity& entity,
                                        const std::string& person) const {
  return find_access(view, entity, person);
}

Result<answer::PersonAccessT> Ledger::access_of(const View& view, const std::string& person) const {
  return find_access_of(view, person);
}

Result<answer::AgencyDashboardT> Ledger::dashboard(const View& view,
                                                   const std::string& organisation) const {
  return agency_dashboard(view, organisation);
}

Result<answer::PartnerOverviewT> Ledger::overview(const View& view, const std::string& organisation,
                                                  Personal personal) const {
  BOOST_OUTCOME_TRY(overview, partner_overview(view, organisation));
  return impl_->present(overview, personal);
}

Result<answer::ExplanationT> Ledger::explain_access(const View& view, const std::string& person,
                                                    const Entity& entity) const {
  return actbook::explain_access(*impl_->store, view, person, entity);
}

Result<answer::ComparisonT> Ledger::compare(const View& from, const View& to,
                                            const std::optional<Entity>& entity,
                                            Personal personal) const {
  BOOST_OUTCOME_TRY(comparison,
                    compare_views(*impl_->store, partner_projector(), from, to, entity));
  return impl_->present(comparison, personal);
}

Result<answer::StepsT> Ledger::steps(const View& view, const Search& search,
                                     Personal personal) const {
  BOOST_OUTCOME_TRY(steps, step_through(*impl_->store, partner_projector(), view, search));
  return impl_->present(steps, personal);
}

Result<answer::TimelineT> Ledger::timeline(const View& view, const Entity& entity,
                                           const Search& page) const {
  return find_timeline(*impl_->store, view, entity, page);
}

Result<answer::WhatIfT> Ledger::what_if(const View& view, const Supposition& supposition,
                                        const std::optional<Entity>& scope) const {
  return actbook::what_if(*impl_->store, view, supposition, scope);
}

Result<Record> Ledger::event(Position position) const { return impl_->store->event(position); }
Result<std::string> Ledger::event_json(const Record& record, JsonLayout layout,
                                       Personal personal) const {
  return record_to_json(record, layout, impl_->reader(personal));
}
Result<std::string> Ledger::export_person(const View& view, const std::string& person,
                                          JsonLayout layout) const {
  return actbook::export_person(*this, *impl_->store, view, person, layout,
                                impl_->reader(Personal::revealed), impl_->reader(Personal::sealed));
}
Result<std::uint64_t> Ledger::export_events(
    const View& view, const Search& search, ExportFormat format, Personal personal,
    const std::function<bool(std::string_view line)>& sink) const {
  // Before half of it is out.
  if (personal == Personal::revealed && vault_locked()) return *vault_locked();
  return actbook::export_events(*impl_->store, impl_->id, view, search, format,
                                impl_->reader(personal), sink);
}
EventCursor Ledger::read(const ReadRange& range) const { return impl_->store->read(range); }
EventCursor Ledger::query(const Query& query, const ReadRange& range) const {
  return impl_->store->query(query, range);
}

Result<answer::ReplayReportT> Ledger::replay(ReplayOptions options) const {
  if (options.projector == nullptr) options.projector = &partner_projector();
  return actbook::replay(*impl_->store, options);
}

EntryCursor Ledger::list(const Query& query, const ReadRange& range) const {
  return impl_->store->list(query, range);
}
Subscription Ledger::subscribe(Query query, Position after) const {
  return impl_->store->subscribe(std::move(query), after);
}
Result<TreeHead> Ledger::tree_head(Position size) const { return impl_->store->tree_head(size); }

Result<void> Ledger::rebuild(const std::function<bool(Position, Position)>& progress) {
  return impl_->store->rebuild(progress);
}

Result<answer::VerifyReportT> Ledger::verify(const std::optional<TreeHead>& expected,
                                             const Progress& progress) const {
  auto report = actbook::verify(*impl_->store, expected, progress);
  report.ledger = impl_->id;
  return report;
}

}  // namespace actbook
