#include <boost/outcome/try.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "actbook/json.h"
#include "csv_writer.h"
#include "flatten.h"
#include "ids.h"
#include "instant.h"
#include "page.h"
#include "subcommands.h"
#include "words.h"

namespace actbook::cli {
namespace {

constexpr const char* kDashboardFooter =
    R"(What an agency sees: its enrollment, its own projects, each client's projects, plan,
special plans and discount, and its mandates and requests, live and past.

Examples:
  actbook dashboard agnes
  actbook dashboard agnes --as-of 2026-05-01 --format json)";

constexpr const char* kOverviewFooter =
    R"(What a partner sees: its workspaces with their data owners, acceptances, tiers and
seats; the handoffs it proposed; its referral deals and what is left of their caps.

Examples:
  actbook overview prism
  actbook overview prism --as-of 2026-05-01 --format json)";

struct Options {
  std::string organisation;
  Moment moment;
};

std::string joined(const std::vector<std::string>& ids) {
  std::string all;
  for (const auto& id : ids) all += (all.empty() ? "" : ", ") + id;
  return all;
}

std::string plan_words(const std::unique_ptr<row::SubscriptionRowT>& plan) {
  if (!plan) return {};
  return plan->plan + ", " + schema::EnumNameBillingInterval(plan->interval) + ", " +
         money_words(plan->net_cents) + " " + plan->currency;
}

std::string percent_words(std::int32_t percent) {
  return percent == 0 ? std::string() : std::to_string(percent) + " %";
}

Facts enrollment_facts(const answer::AgencyDashboardT& answer, const std::string& partner) {
  Facts facts = {{"Partner", partner}};
  if (!answer.enrollment) return facts;
  facts.emplace_back("Enrolled", act_words(answer.enrollment->enrolled));
  facts.emplace_back("Deadline", time_words(answer.enrollment->deadline));
  facts.emplace_back("Ended", act_words(answer.enrollment->ended));
  for (const auto& state : answer.enrollment->requirements) {
    facts.emplace_back(words(schema::EnumNameRequirement(state->requirement)),
                       (state->met ? "met, " : "lost, ") + act_words(state->since));
  }
  facts.emplace_back("Projects", joined(answer.projects));
  return facts;
}

std::string page_of(const answer::AgencyDashboardT& answer, const std::string& partner,
                    std::size_t width) {
  Page page(width);
  page.section("Agency " + answer.organisation + " \"" + answer.name + "\"",
               enrollment_facts(answer, partner));
  Table clients({{"CLIENT"},
                 {"NAME"},
                 {"PROJECTS"},
                 {"PLAN"},
                 {"MAY BUY"},
                 {"DISCOUNT"},
                 {"MANDATE"},
                 {"SINCE"}});
  for (const auto& line : answer.clients) {
    std::vector<std::string> plans;
    for (const auto& plan : line->enabled_plans) plans.push_back(plan->plan);
    clients.add({line->organisation, line->name, joined(line->projects),
                 plan_words(line->subscription), joined(plans),
                 percent_words(line->discount_percent), line->mandate, act_words(line->since)});
  }
  page.section("Clients", clients);
  Table mandates({{"MANDATE"}, {"CLIENT"}, {"GRANTED"}, {"ENDED"}});
  for (const auto& line : answer.mandates) {
    mandates.add({line->mandate, line->row->client, act_words(line->row->granted),
                  act_words(line->row->ended)});
  }
  page.section("Mandates, live and past", mandates);
  Table requests({{"REQUEST"}, {"CLIENT"}, {"STATE"}, {"REQUESTED"}, {"DECIDED"}});
  for (const auto& line : answer.requests) {
    requests.add({line->request, line->row->client,
                  words(schema::EnumNameMandateRequestState(line->row->state)),
                  act_words(line->row->requested), act_words(line->row->decided)});
  }
  page.section("Mandate requests", requests);
  return std::move(page).finish();
}

std::string acceptance_words(const answer::PartnerWorkspaceLineT& workspace) {
  std::string all;
  for (const auto& acceptance : workspace.acceptances) {
    all.append(all.empty() ? "" : "; ")
        .append(acceptance->agreement + " " + std::to_string(acceptance->version))
        .append(" by " + acceptance->person)
        .append(", position " + std::to_string(acceptance->position));
  }
  return all;
}

std::string page_of(const answer::PartnerOverviewT& answer, const std::string& partner,
                    std::size_t width) {
  Page page(width);
  page.section("Partner " + answer.organisation + " \"" + answer.name + "\"",
               {{"Partner", partner}, {"Contract", answer.contract_reference}});
  Table workspaces({{"WORKSPACE"},
                    {"NAME"},
                    {"USED FOR"},
                    {"DATA OWNER"},
                    {"ACCEPTANCE IN FORCE"},
                    {"TIER"},
                    {"STATUS"},
                    {"SEATS", Table::Align::right},
                    {"PAID", Table::Align::right},
                    {"PROJECTS", Table::Align::right},
                    {"HANDOFF PENDING"}});
  for (const auto& line : answer.workspaces) {
    workspaces.add({line->workspace, line->name,
                    line->usage == schema::Usage::internal ? "internal work" : "an external client",
                    data_owner_words(line->data_owner), acceptance_words(*line),
                    schema::EnumNameTier(line->tier),
                    words(schema::EnumNameAccountStatus(line->status)), std::to_string(line->seats),
                    std::to_string(line->paid_seats), std::to_string(line->projects),
                    line->pending_handoff});
  }
  page.section("Workspaces", workspaces);
  Table handoffs({{"HANDOFF"}, {"WORKSPACE"}, {"TO"}, {"STATE"}, {"PROPOSED"}, {"DECIDED"}});
  for (const auto& line : answer.handoffs) {
    handoffs.add({line->handoff, line->workspace, line->target,
                  words(schema::EnumNameHandoffState(line->state)), act_words(line->proposed),
                  act_words(line->decided)});
  }
  page.section("Handoffs", handoffs);
  Table deals({{"DEAL"},
               {"WORKSPACE"},
               {"KICKBACK"},
               {"DISCOUNT"},
               {"ACCRUED", Table::Align::right},
               {"PAID", Table::Align::right},
               {"CAP LEFT", Table::Align::right},
               {""},
               {"ACTIVE"}});
  for (const auto& line : answer.deals) {
    const schema::ReferralTermsT none;
    const auto& terms = line->terms ? *line->terms : none;
    deals.add({line->deal, line->workspace, std::to_string(terms.kickback_percent) + " %",
               std::to_string(terms.discount_percent) + " %", money_words(line->accrued_cents),
               money_words(line->paid_cents),
               line->cap_left_cents ? money_words(*line->cap_left_cents) : "no cap", terms.currency,
               line->active ? "yes" : "no"});
  }
  page.section("Referral deals", deals);
  return std::move(page).finish();
}

/// The two answers say whether the organisation is a partner, its own state in which program.
Result<std::string> partner_standing(const Ledger& ledger, const View& view,
                                     const std::string& organisation) {
  BOOST_OUTCOME_TRY(state, ledger.show(view, {EntityKind::organisation, organisation}));
  const auto& row = *state.state.AsOrganisationState()->row;
  return partner_words(row.workspace_partner, row.agency_partner);
}

template <class Answer>
Result<ExitCode> write(const Session& session, const Ledger& ledger, const View& view,
                       const Answer& answer) {
  if (session.format == Format::table) {
    BOOST_OUTCOME_TRY(partner, partner_standing(ledger, view, answer.organisation));
    session.out.write(page_of(answer, partner, session.out.width()));
    session.out.line("\n" + as_of_words(answer));
  } else if (session.format == Format::csv) {
    CsvWriter csv(session.out, {"field", "value"});
    for (const auto& leaf :
         flatten(nlohmann::ordered_json::parse(to_json(answer)), Reader::program)) {
      csv.row({leaf.path, leaf.text});
    }
  } else {
    session.out.line(
        to_json(answer, session.format == Format::json ? JsonLayout::indented : JsonLayout::line));
  }
  return ExitCode::ok;
}

Result<ExitCode> run_dashboard(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.moment));
  BOOST_OUTCOME_TRY(answer, ledger.dashboard(view, options.organisation));
  return write(session, ledger, view, answer);
}

Result<ExitCode> run_overview(const Options& options, const Session& session) {
  BOOST_OUTCOME_TRY(ledger, open_to_read(session));
  BOOST_OUTCOME_TRY(view, view_at(ledger, options.moment));
  BOOST_OUTCOME_TRY(answer, ledger.overview(view, options.organisation));
  return write(session, ledger, view, answer);
}

void add(CLI::App& app, Action& chosen, const char* name, const char* about, const char* footer,
         Result<ExitCode> (*run)(const Options&, const Session&)) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(name, about);
  command->footer(footer);
  add_id(*command, "ORGANISATION", EntityKind::organisation, options->organisation,
         "The organisation's id");
  add_moment(*command, options->moment);
  command->callback([&chosen, options, run] {
    chosen = [options, run](Session& session) { return run(*options, session); };
  });
}

}  // namespace

void add_overviews(CLI::App& app, Action& chosen) {
  add(app, chosen, "overview", "A partner's workspaces, handoffs and deals", kOverviewFooter,
      run_overview);
  add(app, chosen, "dashboard", "An agency, its clients and its mandates", kDashboardFooter,
      run_dashboard);
}

}  // namespace actbook::cli
