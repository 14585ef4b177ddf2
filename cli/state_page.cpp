#include "state_page.h"

#include <utility>

#include "actbook/json.h"
#include "acts_table.h"
#include "page.h"
#include "table.h"
#include "words.h"

namespace actbook::cli {
namespace {

std::string named(const std::string& name) { return name.empty() ? name : " \"" + name + "\""; }

std::string yes_no(bool value) { return value ? "yes" : "no"; }

void add_account(Page& page, const std::string& id, const row::AccountRowT& row) {
  const std::string seats =
      std::to_string(row.seats) + " in use, " + std::to_string(row.paid_seats) + " paid";
  page.section(
      "Billing account " + id,
      {{"Serves", row.scope == schema::AccountScope::organisation
                      ? "the internal workspaces of organisation " + row.organisation
                  : row.scope == schema::AccountScope::personal
                      ? "personal account " + row.personal_account
                      : "workspace " + row.workspace + " of organisation " + row.organisation},
       {"Tier", words(schema::EnumNameTier(row.tier))},
       {"Status", words(schema::EnumNameAccountStatus(row.status))},
       {"Seats", seats},
       {"Discount", row.discount_percent == 0 ? "" : std::to_string(row.discount_percent) + " %"},
       {"Period", row.period_ends_at ? words(schema::EnumNameBillingInterval(row.interval)) +
                                           ", until " + time_words(*row.period_ends_at)
                                     : std::string()},
       {"Opened", act_words(row.opened)},
       {"Closed", act_words(row.closed)}});
}

std::string joined(const std::vector<std::string>& ids) {
  std::string all;
  for (const auto& id : ids) all += (all.empty() ? "" : ", ") + id;
  return all;
}

std::string accepted_words(const answer::WorkspaceStateT& state) {
  std::vector<std::string> accepted;
  for (const auto& line : state.acceptances) {
    if (line->state != schema::AcceptanceState::in_force) continue;
    accepted.push_back(line->agreement + " version " + std::to_string(line->version) +
                       ", at position " + std::to_string(line->position));
  }
  return joined(accepted);
}

Facts workspace_facts(const answer::WorkspaceStateT& state) {
  const auto& row = *state.row;
  std::string logo = row.logo_reference;
  if (!row.logo_sha256.empty()) logo += " (SHA-256 " + short_hash(row.logo_sha256) + ")";
  return {
      {"Used for", row.usage == schema::Usage::internal ? "internal work" : "an external client"},
      {"Owned by", row.organisation},
      {"Paid by", row.billing_organisation},
      {"Visibility", words(schema_name(schema::EnumNameVisibility(row.visibility)))},
      {"Data owner", data_owner_words(row.data_owner)},
      {"Agreement accepted", accepted_words(state)},
      {"Logo", logo},
      {"Handoff pending", row.pending_handoff},
      {"Support door", row.support_door_open ? "open" : ""},
      {"Created", act_words(row.created)},
      {"Deleted", act_words(row.deleted)},
      {"Legal holds", joined(state.legal_holds)}};
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

// What few have is shown only where there is some.
void add_ids(Page& page, const std::string& heading, const std::string& column,
             const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  Table table({{column}});
  for (const auto& id : ids) table.add({id});
  page.section(heading, table);
}

std::string subscription_words(const std::unique_ptr<row::SubscriptionRowT>& subscription) {
  if (!subscription) return {};
  return subscription->plan + ", " + schema::EnumNameBillingInterval(subscription->interval) +
         ", " + money_words(subscription->net_cents) + " " + subscription->currency;
}

Table mandates_table(const std::vector<std::unique_ptr<answer::MandateLineT>>& lines) {
  Table table({{"MANDATE"}, {"AGENCY"}, {"CLIENT"}, {"GRANTED"}, {"ENDED"}, {"SPECIAL PLANS"}});
  for (const auto& line : lines) {
    std::vector<std::string> plans;
    for (const auto& plan : line->row->plans) plans.push_back(plan->plan);
    table.add({line->mandate, line->row->agency, line->row->client, act_words(line->row->granted),
               act_words(line->row->ended), joined(plans)});
  }
  return table;
}

Table requests_table(const std::vector<std::unique_ptr<answer::MandateRequestLineT>>& lines) {
  Table table({{"REQUEST"}, {"AGENCY"}, {"CLIENT"}, {"STATE"}, {"REQUESTED"}, {"DECIDED"}});
  for (const auto& line : lines) {
    table.add({line->request, line->row->agency, line->row->client,
               schema::EnumNameMandateRequestState(line->row->state),
               act_words(line->row->requested), act_words(line->row->decided)});
  }
  return table;
}

void describe(Page& page, const answer::WorkspaceStateT& state) {
  page.section("Workspace " + state.workspace + named(state.row->name), workspace_facts(state));
  if (state.account) add_account(page, state.row->account, *state.account);
  page.section("Who has access", access_table(state.access));
  page.section("Memberships", members_table(state.members));
  page.section("Invites", invites_table(state.invites));
  page.section("Handoffs", handoffs_table(state.handoffs));
  page.section("Acceptances", acceptances_table(state.acceptances, WorkspaceColumn::omitted));
  add_ids(page, "Projects", "PROJECT", state.projects);
  if (!state.support_requests.empty()) {
    Table requests({{"REQUEST"}, {"STAFF"}, {"STATE"}, {"REQUESTED"}, {"EXPIRES"}, {"DECIDED"}});
    for (const auto& line : state.support_requests) {
      requests.add({line->request, line->person, line->state, act_words(line->requested),
                    time_words(line->expires_at), act_words(line->decided)});
    }
    page.section("Support requests", requests);
  }
  add_ids(page, "Referral deals", "DEAL", state.deals);
}

void describe(Page& page, const answer::OrganisationStateT& state) {
  const auto& row = *state.row;
  page.section("Organisation " + state.organisation + named(row.name),
               {{"Partner", partner_words(row.workspace_partner, row.agency_partner)},
                {"Contract", row.contract_reference},
                {"Last made a partner", act_words(row.granted)},
                {"Last ended", act_words(row.revoked)},
                {"Billing account", row.account},
                {"Plan", subscription_words(state.subscription)},
                {"Partner discount", row.partner_discount_percent == 0
                                         ? ""
                                         : std::to_string(row.partner_discount_percent) + " %"},
                {"Enrolled until", state.enrollment && state.enrollment->live
                                       ? time_words(state.enrollment->deadline)
                                       : std::string()},
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
  add_ids(page, "Projects", "PROJECT", state.projects);
  if (!state.mandates.empty()) page.section("Mandates", mandates_table(state.mandates));
  if (!state.mandate_requests.empty()) {
    page.section("Mandate requests", requests_table(state.mandate_requests));
  }
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
  if (!state.projects.empty()) {
    Table projects({{"PROJECT"}, {"WHY"}, {"RESTS ON POSITIONS"}});
    for (const auto& line : state.projects) {
      projects.add({line->project, line->basis, position_words(line->positions)});
    }
    page.section("Projects", projects);
  }
  add_ids(page, "Personal accounts", "ACCOUNT", state.personal_accounts);
}

void describe(Page& page, const answer::AccountStateT& state) {
  add_account(page, state.account, *state.row);
  Table holders({{"PERSON"}});
  for (const auto& person : state.seat_holders) holders.add({person});
  page.section("Seats held by", holders);
  if (state.charges.empty()) return;
  Table charges({{"CHARGE"},
                 {"CAUSE"},
                 {"NET", Table::Align::right},
                 {"TAX", Table::Align::right},
                 {"TOTAL", Table::Align::right},
                 {""},
                 {"DEAL"},
                 {"PLAN"},
                 {"PAID BY"},
                 {"RECORDED"}});
  for (const auto& line : state.charges) {
    charges.add({line->charge, words(schema::EnumNameChargeCause(line->cause)),
                 money_words(line->net_cents), money_words(line->tax_cents),
                 money_words(line->total_cents), line->currency, line->deal, line->plan,
                 line->payment, act_words(line->recorded)});
  }
  page.section("Charges", charges);
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
  page.section("Handoff " + state.handoff,
               {{"Of workspace", state.workspace},
                {"From", line.from_organisation},
                {"To", line.target},
                {"State", words(schema::EnumNameHandoffState(line.state))},
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

void describe(Page& page, const answer::ProjectStateT& state) {
  const auto& row = *state.row;
  page.section("Project " + state.project + named(row.name),
               {{"Workspace", row.workspace},
                {"Organisation", row.organisation},
                {"Personal account", row.personal_account},
                {"Transfer pending", row.pending_transfer},
                {"Created", act_words(row.created)},
                {"Owned since", act_words(row.owned_since)},
                {"Deleted", act_words(row.deleted)}});
  Table access({{"PERSON"}, {"ROLE"}, {"WHY"}, {"RESTS ON POSITIONS"}});
  for (const auto& line : state.access) {
    access.add({line->person, line->role ? words(schema::EnumNameWorkspaceRole(*line->role)) : "",
                line->basis, position_words(line->positions)});
  }
  page.section("Who may enter", access);
  add_ids(page, "Recordings", "RECORDING", state.recordings);
  add_ids(page, "Collaborators", "PERSON", state.collaborators);
}

// All else is shown as its schema has it.
template <class State>
void describe(Page& page, const State& state) {
  const auto document = nlohmann::ordered_json::parse(to_json(state));
  const auto first = document.begin();
  std::string heading = words(first.key());
  heading.front() = static_cast<char>(heading.front() - 'a' + 'A');
  auto rest = document;
  rest.erase(first.key());
  page.document(heading + " " + first.value().template get<std::string>(), rest);
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
  if (const auto* known = state.AsProjectState()) use(*known);
  if (const auto* known = state.AsRecordingState()) use(*known);
  if (const auto* known = state.AsTransferState()) use(*known);
  if (const auto* known = state.AsSupportRequestState()) use(*known);
  if (const auto* known = state.AsChargeState()) use(*known);
  if (const auto* known = state.AsPaymentState()) use(*known);
  if (const auto* known = state.AsDealState()) use(*known);
  if (const auto* known = state.AsMandateState()) use(*known);
  if (const auto* known = state.AsMandateRequestState()) use(*known);
  if (const auto* known = state.AsPlanState()) use(*known);
  if (const auto* known = state.AsPersonalAccountState()) use(*known);
  if (const auto* known = state.AsHoldState()) use(*known);
}

}  // namespace

std::string state_page(const answer::EntityStateT& state, std::size_t width) {
  Page page(width);
  with_state(state, [&](const auto& known) { describe(page, known); });
  return std::move(page).finish();
}

StateStamp stamp_of(const answer::EntityStateT& state) {
  StateStamp stamp;
  with_state(state, [&](const auto& known) {
    stamp = {known.as_of, known.at, known.true_at.has_value()};
  });
  return stamp;
}

}  // namespace actbook::cli
