// What lasts, as audits tell it (roles, seats, tenures), against the rows of every moment, in
// random histories of facts.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actbook/access.h"
#include "support/seed.h"
#include "support/told_ledger.h"

namespace actbook::testing {
namespace {

// ---- random histories ----

/// Two organisations, a few people and two workspaces, one of which nobody saw created, and facts
/// about them: some are told when they happen, others in the wrong order.
class RandomFacts {
 public:
  explicit RandomFacts(unsigned seed) : random_(seed), ledger_(must(create(directory_))) {
    for (const auto* organisation : {"prism", "haarlem"}) {
      tell("RegisterOrganisation",
           {{"organisation", organisation}, {"name", organisation}, {"owner", any(kPeople)}});
    }
    for (int i = 0; i < kFacts; ++i) {
      now_.microseconds += static_cast<std::int64_t>(random_.below(2 * kDay));
      // Several things may happen at the same instant.
      if (chance(20)) now_ = ledger_.now().at();
      const auto fact = next();
      tell(fact.first, fact.second);
    }
    note_expiries();
  }

  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  /// What was true at an instant, by all that is known.
  [[nodiscard]] View true_at(Timestamp at) const {
    return must(ledger_.true_at(ledger_.now(), at));
  }
  /// The instants at which something happened, was told or ran out.
  [[nodiscard]] const std::set<std::int64_t>& instants() const { return instants_; }
  /// After each batch.
  [[nodiscard]] const std::vector<Position>& ends() const { return ends_; }
  [[nodiscard]] static const std::vector<std::string>& workspaces() { return kWorkspaces; }

 private:
  static constexpr int kFacts = 120;
  static constexpr std::int64_t kDay = 86'400'000'000;
  inline static const std::vector<std::string> kPeople = {"ada", "bob", "cleo", "dan", "eva"};
  inline static const std::vector<std::string> kOrganisations = {"prism", "haarlem"};
  inline static const std::vector<std::string> kWorkspaces = {"panels", "old"};

  static Result<Ledger> create(const TempDirectory& directory) {
    Ledger::CreateOptions options;
    options.clock = schema::ClockKind::simulated;
    return Ledger::create(directory / "ledger", options, Timestamp{1});
  }

  bool chance(std::uint64_t percent) { return random_.below(100) < percent; }
  std::string any(const std::vector<std::string>& of) { return of[random_.below(of.size())]; }

  std::pair<std::string, json> next() {
    const auto which = random_.below(100);
    if (which < 40) return about_a_member();
    if (which < 60) return about_an_organisation();
    if (which < 75) return about_support();
    return about_the_workspace();
  }
  std::pair<std::string, json> about_a_member() {
    const json who = {{"workspace", any(kWorkspaces)}, {"person", any(kPeople)}};
    const json role = {{"role", any({"owner", "admin", "member", "external", "billing"})}};
    const auto with_role = [&](json more) {
      more.update(who);
      more.update(role);
      return more;
    };
    switch (random_.below(4)) {
      case 0:
        return {"InviteToWorkspace", with_role({{"invite", fresh()}})};
      case 1:
        return {"ChangeWorkspaceRole", with_role(json::object())};
      case 2:
        return {"SelfJoin", {{"workspace", who["workspace"]}}};
      default:
        return {"RemoveMember", who};
    }
  }
  std::pair<std::string, json> about_an_organisation() {
    json what = {{"organisation", any(kOrganisations)}, {"person", any(kPeople)}};
    if (chance(30)) return {"RemoveOrganisationMember", what};
    what["role"] = any({"owner", "admin", "admin", "member"});
    return {chance(50) ? "AddOrganisationMember" : "ChangeOrganisationRole", what};
  }
  std::pair<std::string, json> about_support() {
    return {any({"OpenSupportDoor", "JoinSupport", "JoinSupport", "LeaveSupport"}),
            {{"workspace", any(kWorkspaces)}}};
  }
  std::pair<std::string, json> about_the_workspace() {
    const json workspace = {{"workspace", any(kWorkspaces)}};
    const auto with = [&](json more) {
      more.update(workspace);
      return more;
    };
    const json owner = {{"organisation_name", any({"City", "Town"})}, {"person", any(kPeople)}};
    switch (random_.below(8)) {
      case 0:
        return {"CreateWorkspace",
                {{"workspace", "panels"},
                 {"organisation", any(kOrganisations)},
                 {"name", "Panels"},
                 {"data_owner", owner}}};
      case 1:
        return {"RenameWorkspace", with({{"name", fresh()}})};
      case 2:
        return {"ChangeDataOwnership", with({{"usage", "internal"}})};
      case 3:
        return {"ChangeDataOwnership", with({{"usage", "external_client"}, {"data_owner", owner}})};
      case 4:
        return {"RecordDataOwnerOrganisation", with({{"organisation", any(kOrganisations)}})};
      case 5:
        return {"ProposeHandoff",
                with({{"handoff", handoff_ = fresh()}, {"target", any(kOrganisations)}})};
      case 6:
        if (!handoff_.empty()) return {"AcceptHandoff", {{"handoff", handoff_}}};
        [[fallthrough]];
      default:
        if (chance(10)) return {"DeleteWorkspace", workspace};
        return {"ChangeVisibility",
                with({{"visibility", any({"private", "open_to_organisation"})}})};
    }
  }
  std::string fresh() { return "id-" + std::to_string(++ids_); }

  void tell(const std::string& type, const json& what) {
    const auto age = chance(50) ? 0 : static_cast<std::int64_t>(random_.below(20 * kDay));
    const json command = {
        {"command_id", fresh()},
        {"actor", {{"kind", chance(80) ? "person" : "staff"}, {"id", any(kPeople)}}},
        {"mode", "observed"},
        {"occurred_at", to_iso8601(Timestamp{now_.microseconds - age})},
        {"command_type", type},
        {"command", what}};
    const auto receipt = must(ledger_.record(must(command_from_json(command.dump())), now_));
    if (receipt->outcome() != log::Outcome::recorded) return;
    ends_.push_back(Position{receipt->last_position()});
    instants_.insert(now_.microseconds);
    instants_.insert(now_.microseconds - age);
  }
  void note_expiries() {
    auto cursor = ledger_.query(Query{{{{"MembershipGranted", "SupportExtended"}, {}}}});
    while (cursor.next()) {
      const auto expires_at = cursor.record().occurred_at().microseconds + kDay;
      if (expires_at <= now_.microseconds) instants_.insert(expires_at);
    }
  }

  Random random_;
  TempDirectory directory_;
  Ledger ledger_;
  Timestamp now_ = time_of("2026-03-01");
  std::vector<Position> ends_;
  std::set<std::int64_t> instants_;
  std::string handoff_;
  int ids_ = 0;
};

// ---- what answers say of a moment, and what rows say ----

/// Of a moment: what there is, each a line of text.
using Facts = std::set<std::string>;

/// A moment on the axis of an answer: after what had happened by that instant, up to that position.
struct Moment {
  Timestamp at;
  Position position;
  bool true_then = false;

  [[nodiscard]] bool has(const schema::ActT& act) const {
    return std::pair(true_then ? act.occurred_at : act.recorded_at, act.position) <=
           std::pair(at.microseconds, position.value);
  }
};

template <class Line>
bool lasts(const Line& line, const Moment& moment) {
  return moment.has(*line.from) && !(line.until && moment.has(*line.until));
}

Facts told(const answer::TenuresT& tenures, const Moment& moment) {
  Facts facts;
  for (const auto& line : tenures.lines) {
    if (!lasts(*line, moment)) continue;
    CHECK(facts.insert(line->workspace + " " + line->what + " " + line->who).second);
  }
  return facts;
}

Facts told(const answer::RolesT& roles, const Moment& moment) {
  Facts facts;
  for (const auto& line : roles.lines) {
    if (!lasts(*line, moment)) continue;
    if (line->expires_at && *line->expires_at <= moment.at.microseconds) continue;
    CHECK(facts.insert(line->entity + " " + line->person + " " + line->role + line->source).second);
  }
  return facts;
}

Facts told(const answer::SeatsT& seats, const Moment& moment) {
  Facts facts;
  for (const auto& line : seats.lines) {
    if (lasts(*line, moment)) CHECK(facts.insert(line->account + " " + line->person).second);
  }
  return facts;
}

Facts tenures_by_rows(const View& view, const std::string& workspace) {
  Facts facts;
  const auto row = find<row::WorkspaceRowT>(view, workspace);
  if (!row || row->deleted) return facts;
  const auto note = [&](const std::string& what, const std::string& who) {
    if (!who.empty()) facts.insert(workspace + " " + what + " " + who);
  };
  note("owner", row->organisation);
  note("payer", row->billing_organisation);
  note("account", row->account);
  if (row->data_owner) {
    const auto& owner = *row->data_owner;
    note("data_owner", !owner.person.empty()         ? owner.person
                       : !owner.contact.empty()      ? owner.contact
                       : !owner.organisation.empty() ? owner.organisation
                                                     : owner.organisation_name);
    note("data_owner_organisation", owner.organisation);
  }
  for (const auto& found : everybody_with_access(view, view.at(), workspace)) {
    if (*found.second.role >= schema::WorkspaceRole::admin) note("administrator", found.first);
  }
  return facts;
}

// The two ids of a key.
std::pair<std::string, std::string> ids_of(std::string_view key) {
  const auto slash = key.find('/');
  return {std::string(key.substr(0, slash)), std::string(key.substr(slash + 1))};
}

Facts roles_by_rows(const View& view) {
  Facts facts;
  const auto note = [&](const std::string& kind, std::string_view key, const std::string& role) {
    const auto ids = ids_of(key);
    facts.insert(kind + ":" + ids.first + " " + ids.second + " " + role);
  };
  actbook::each<row::MembershipRowT>(view, "",
                                     [&](std::string_view key, const row::MembershipRowT& row) {
                                       if (!is_live(row, view.at())) return;
                                       note("workspace", key,
                                            std::string(schema::EnumNameWorkspaceRole(row.role)) +
                                                schema::EnumNameMembershipSource(row.source));
                                     });
  actbook::each<row::OrganisationMemberRowT>(
      view, "", [&](std::string_view key, const row::OrganisationMemberRowT& row) {
        if (row.live) note("organisation", key, schema::EnumNameOrganisationRole(row.role));
      });
  return facts;
}

Facts seats_by_rows(const View& view) {
  Facts facts;
  actbook::each<row::SeatRowT>(view, "", [&](std::string_view key, const row::SeatRowT& row) {
    const auto ids = ids_of(key);
    if (row.live) facts.insert(ids.first + " " + ids.second);
  });
  return facts;
}

std::string text_of(const Facts& facts) {
  std::string text;
  for (const auto& fact : facts) text.append(fact).append("; ");
  return text;
}

/// The answers of one view, which tell of every moment before it, too.
struct Answers {
  answer::RolesT roles;
  answer::SeatsT seats;
  std::vector<answer::TenuresT> tenures;

  Answers(const Ledger& ledger, const View& view)
      : roles(must(ledger.roles(view, {}))), seats(must(ledger.seats(view, {}))) {
    for (const auto& workspace : RandomFacts::workspaces()) {
      auto found = ledger.tenures(view, workspace);
      if (found) tenures.push_back(std::move(found).value());
    }
  }

  /// Whether they say of the moment of a view, up to that position, what its rows say.
  void check(const View& view, Position position) const {
    const Moment moment{view.at(), position, view.true_at().has_value()};
    CAPTURE(to_iso8601(view.at()));
    CAPTURE(view.position().value);
    CAPTURE(moment.true_then);
    CHECK(text_of(told(roles, moment)) == text_of(roles_by_rows(view)));
    CHECK(text_of(told(seats, moment)) == text_of(seats_by_rows(view)));
    for (const auto& answer : tenures) {
      CHECK(text_of(told(answer, moment)) == text_of(tenures_by_rows(view, answer.workspace)));
    }
  }
};

}  // namespace

TEST_CASE("audit: what lasted is what the rows said after every batch and at every instant") {
  const RandomFacts facts(chosen_seed());
  const auto& ledger = facts.ledger();
  const auto now = ledger.now();
  const Answers recorded(ledger, now);
  const Answers occurred(ledger, facts.true_at(now.at()));
  REQUIRE(recorded.tenures.size() == 2);
  for (const auto end : facts.ends()) recorded.check(must(ledger.as_of(end)), end);
  for (const auto instant : facts.instants()) {
    for (const auto at : {Timestamp{instant - 1}, Timestamp{instant}}) {
      const auto known = must(ledger.as_of(at));
      recorded.check(known, known.position());
      occurred.check(facts.true_at(at), now.position());
    }
  }
}

TEST_CASE("audit: what lasted as of earlier is what the rows say as of earlier") {
  const RandomFacts facts(chosen_seed());
  const auto& ledger = facts.ledger();
  std::size_t asked = 0;
  for (const auto instant : facts.instants()) {
    if (++asked % 5 != 0) continue;
    const auto known = must(ledger.as_of(Timestamp{instant}));
    Answers(ledger, known).check(known, known.position());
    const auto then = facts.true_at(Timestamp{instant});
    Answers(ledger, then).check(then, then.position());
  }
}

}  // namespace actbook::testing
