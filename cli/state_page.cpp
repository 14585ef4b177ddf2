#include "state_page.h"

#include <utility>

#include "acts_table.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

constexpr std::string_view kIndent = "  ";

using Facts = std::vector<std::pair<std::string, std::string>>;

class Page {
 public:
  explicit Page(std::size_t width) : width_(width) {}

  /// A heading, and what is known; facts that are absent are left out.
  void section(const std::string& heading, const Facts& facts) {
    Table table({{""}, {""}});
    for (const auto& [name, value] : facts) {
      if (!value.empty()) table.add({name, value});
    }
    start(heading);
    text_ += table.text(kIndent, width_);
  }

  /// A heading with the number of rows, and the rows.
  void section(const std::string& heading, const Table& table) {
    start(heading + ": " + (table.size() == 0 ? "none" : std::to_string(table.size())));
    text_ += table.text(kIndent, width_);
  }

  [[nodiscard]] std::string finish() && { return std::move(text_); }

 private:
  void start(const std::string& heading) { text_ += (text_.empty() ? "" : "\n") + heading + "\n"; }

  std::size_t width_;
  std::string text_;
};

std::string named(const std::string& name) { return name.empty() ? name : " \"" + name + "\""; }

std::string yes_no(bool value) { return value ? "yes" : "no"; }

void add_account(Page& page, const std::string& id, const row::AccountRowT& row) {
  const std::string seats =
      std::to_string(row.seats) + " in use, " + std::to_string(row.paid_seats) + " paid";
  page.section(
      "Billing account " + id,
      {{"Serves", row.scope == schema::AccountScope::organisation
                      ? "the internal workspaces of organisation " + row.organisation
                      : "workspace " + row.workspace + " of organisation " + row.organisation},
       {"Tier", words(schema::EnumNameTier(row.tier))},
       {"Status", words(schema::EnumNameAccountStatus(row.status))},
       {"Seats", seats},
       {"Opened", act_words(row.opened)},
       {"Closed", act_words(row.closed)}});
}

std::string joined(const std::vector<std::string>& ids) {
  std::string all;
  for (const auto& id : ids) all += (all.empty() ? "" : ", ") + id;
  return all;
}

Facts workspace_facts(const row::WorkspaceRowT& row, const std::vector<std::string>& holds) {
  std::string logo = row.logo_reference;
  if (!row.logo_sha256.empty()) logo += " (SHA-256 " + short_hash(row.logo_sha256) + ")";
  return {
      {"Used for", row.usage == schema::Usage::internal ? "internal work" : "an external client"},
      {"Owned by", row.organisation},
      {"Paid by", row.billing_organisation},
      {"Visibility", words(schema_name(schema::EnumNameVisibility(row.visibility)))},
      {"Data owner", data_owner_words(row.data_owner)},
      {"Agreement accepted",
       row.acceptance == 0 ? std::string() : "at position " + std::to_string(row.acceptance)},
      {"Logo", logo},
      {"Handoff pending", row.pending_handoff},
      {"Created", act_words(row.created)},
      {"Deleted", act_words(row.deleted)},
      {"Legal holds", joined(holds)}};
}

Table access_table(const std::vector<std::unique_ptr<answer::AccessLineT>>& lines) {
  Table table({{"PERSON"}, {"ROLE"}, {"MAY READ"}, {"WHY"}, {"RESTS ON POSITIONS"}});
  for (const auto& line : lines) {
    table.add({line->person, words(schema::EnumNameWorkspaceRole(line->role)),
               yes_no(line->can_read), line->basis, position_words(line->positions)});
  }
  return table;
}

// When a role is as old as the membership, saying so twice helps nobody.
std::string role_since_words(const std::unique_ptr<schema::ActT>& since,
                             const std::unique_ptr<schema::ActT>& role_since) {
  const bool is_same = since && role_since && since->position == role_since->position;
  return is_same ? std::string() : act_words(role_since);
}

Table members_table(const std::vector<std::unique_ptr<answer::MemberLineT>>& lines) {
  Table table({{"PERSON"}, {"ROLE"}, {"HOW"}, {"SINCE"}, {"IN THIS ROLE SINCE"}});
  for (const auto& line : lines) {
    table.add({line->person, words(schema::EnumNameWorkspaceRole(line->role)),
               words(schema::EnumNameMembershipSource(line->source)), act_words(line->since),
               role_since_words(line->since, line->role_since)});
  }
  return table;
}

std::string invited(const answer::InviteLineT& line) {
  return line.person.empty() || line.contact.empty() ? line.contact + line.person
                                                     : line.person + " (" + line.contact + ")";
}

Table invites_table(const std::vector<std::unique_ptr<answer::InviteLineT>>& lines) {
  Table table({{"INVITE"},
               {"WHO"},
               {"ROLE"},
               {"PURPOSE"},
               {"STATE"},
               {"ISSUED"},
               {"EXPIRES"},
               {"DECIDED"},
               {"CAUSE"}});
  for (const auto& line : lines) {
    table.add({line->invite, invited(*line), words(schema::EnumNameWorkspaceRole(line->role)),
               words(schema::EnumNameInvitePurpose(line->purpose)), line->state,
               act_words(line->issued), time_words(line->expires_at), act_words(line->decided),
               words(line->cause)});
  }
  return table;
}

Table handoffs_table(const std::vector<std::unique_ptr<answer::HandoffLineT>>& lines) {
  Table table({{"HANDOFF"}, {"FROM"}, {"TO"}, {"STATE"}, {"PROPOSED"}, {"DECIDED"}, {"REASON"}});
  for (const auto& line : lines) {
    table.add({line->handoff, line->from_organisation, line->target,
               schema::EnumNameHandoffState(line->state), act_words(line->proposed),
               act_words(line->decided), line->reason});
  }
  return table;
}

void describe(Page& page, const answer::WorkspaceStateT& state) {
  page.section("Workspace " + state.workspace + named(state.row->name),
               workspace_facts(*state.row, state.legal_holds));
  if (state.account) add_account(page, state.row->account, *state.account);
  page.section("Who has access", access_table(state.access));
  page.section("Memberships", members_table(state.members));
  page.section("Invites", invites_table(state.invites));
  page.section("Handoffs", handoffs_table(state.handoffs));
  page.section("Acceptances", acceptances_table(state.acceptances, WorkspaceColumn::omitted));
}

void describe(Page& page, const answer::OrganisationStateT& state) {
  const auto& row = *state.row;
  page.section("Organisation " + state.organisation + named(row.name),
               {{"Partner", yes_no(row.partner)},
                {"Contract", row.contract_reference},
                {"Last made a partner", act_words(row.granted)},
                {"Last ended", act_words(row.revoked)},
                {"Billing account", row.account},
                {"Registered", act_words(row.registered)},
                {"Legal holds", joined(state.legal_holds)}});
  Table members({{"PERSON"}, {"ROLE"}, {"SINCE"}, {"IN THIS ROLE SINCE"}});
  for (const auto& line : state.members) {
    members.add({line->person, words(schema::EnumNameOrganisationRole(line->role)),
                 act_words(line->since), role_since_words(line->since, line->role_since)});
  }
  page.section("Members", members);
  Table workspaces({{"WORKSPACE"}});
  for (const auto& workspace : state.workspaces) workspaces.add({workspace});
  page.section("Workspaces", workspaces);
}

void describe(Page& page, const answer::PersonStateT& state) {
  const auto* row = state.row.get();
  page.section("Person " + state.person,
               {{"Name", row == nullptr ? "" : row->display_name},
                {"Contact", row == nullptr ? "" : row->contact},
                {"Registered", row == nullptr ? "" : act_words(row->registered)},
                {"Erased", row == nullptr ? "" : act_words(row->erased)},
                {"Legal holds", joined(state.legal_holds)}});
  Table organisations({{"ORGANISATION"}, {"ROLE"}, {"SINCE"}});
  for (const auto& line : state.organisations) {
    organisations.add({line->organisation, words(schema::EnumNameOrganisationRole(line->role)),
                       act_words(line->since)});
  }
  page.section("Organisations", organisations);
  Table workspaces({{"WORKSPACE"}, {"ROLE"}, {"MAY READ"}, {"WHY"}, {"RESTS ON POSITIONS"}});
  for (const auto& line : state.workspaces) {
    workspaces.add({line->workspace, words(schema::EnumNameWorkspaceRole(line->role)),
                    yes_no(line->can_read), line->basis, position_words(line->positions)});
  }
  page.section("Workspaces", workspaces);
}

void describe(Page& page, const answer::AccountStateT& state) {
  add_account(page, state.account, *state.row);
  Table holders({{"PERSON"}});
  for (const auto& person : state.seat_holders) holders.add({person});
  page.section("Seats held by", holders);
}

void describe(Page& page, const answer::AgreementStateT& state) {
  Table versions(
      {{"VERSION", Table::Align::right}, {"TITLE"}, {"LANGUAGE"}, {"TEXT SHA-256"}, {"PUBLISHED"}});
  for (const auto& row : state.versions) {
    versions.add({std::to_string(row->version), row->title, row->language,
                  short_hash(row->text_sha256), act_words(row->published)});
  }
  page.section("Agreement " + state.agreement + ", versions", versions);
}

void describe(Page& page, const answer::InviteStateT& state) {
  const auto& line = *state.line;
  page.section("Invite " + state.invite,
               {{"To workspace", state.workspace},
                {"Who", invited(line)},
                {"Role", words(schema::EnumNameWorkspaceRole(line.role))},
                {"Purpose", words(schema::EnumNameInvitePurpose(line.purpose))},
                {"State", line.state},
                {"Issued", act_words(line.issued)},
                {"Expires", time_words(line.expires_at)},
                {"Decided", act_words(line.decided)},
                {"Cause", words(line.cause)}});
}

void describe(Page& page, const answer::HandoffStateT& state) {
  const auto& line = *state.line;
  page.section("Handoff " + state.handoff, {{"Of workspace", state.workspace},
                                            {"From", line.from_organisation},
                                            {"To", line.target},
                                            {"State", schema::EnumNameHandoffState(line.state)},
                                            {"Proposed", act_words(line.proposed)},
                                            {"Decided", act_words(line.decided)},
                                            {"Message", line.message},
                                            {"Reason", line.reason}});
}

void describe(Page& page, const answer::ContactStateT& state) {
  page.section("Contact " + state.contact, {{"E-mail", state.row->email},
                                            {"Person", state.row->person},
                                            {"Identified", act_words(state.row->identified)},
                                            {"Erased", act_words(state.row->erased)}});
}

/// Calls `use` with the state that is there.
template <class Use>
void with_state(const answer::EntityStateT& entity, const Use& use) {
  const auto& state = entity.state;
  if (const auto* workspace = state.AsWorkspaceState()) use(*workspace);
  if (const auto* organisation = state.AsOrganisationState()) use(*organisation);
  if (const auto* person = state.AsPersonState()) use(*person);
  if (const auto* account = state.AsAccountState()) use(*account);
  if (const auto* agreement = state.AsAgreementState()) use(*agreement);
  if (const auto* invite = state.AsInviteState()) use(*invite);
  if (const auto* handoff = state.AsHandoffState()) use(*handoff);
  if (const auto* contact = state.AsContactState()) use(*contact);
}

}  // namespace

std::string state_page(const answer::EntityStateT& state, std::size_t width) {
  Page page(width);
  with_state(state, [&](const auto& known) { describe(page, known); });
  return std::move(page).finish();
}

StateStamp stamp_of(const answer::EntityStateT& state) {
  StateStamp stamp;
  with_state(state, [&](const auto& known) { stamp = {known.as_of, known.at}; });
  return stamp;
}

}  // namespace actbook::cli
