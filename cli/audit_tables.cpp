#include "audit_tables.h"

#include "acts_table.h"
#include "page.h"
#include "row_changes.h"
#include "words.h"

namespace actbook::cli {
namespace {

std::string yes_or_no(bool yes) { return yes ? "yes" : "no"; }

std::string percent_words(std::int32_t percent) { return std::to_string(percent) + " %"; }

/// A contract that has no text is left out.
std::string because(const std::string& reason) {
  return reason.empty() ? std::string() : "\"" + reason + "\"";
}

/// As the answers about access say it: "developer of organisation agnes, by mandate man-cargo".
std::string basis_words(const schema::EntryBasisT& basis) {
  if (basis.kind == schema::EntryKind::collaborator) return "a collaborator seat";
  if (basis.kind == schema::EntryKind::personal_account) return "the account's person";
  // What an import saw may lack the role.
  const auto* role = basis.role ? schema::EnumNameOrganisationRole(*basis.role) : "member";
  const auto text = words(role) + " of organisation " + basis.organisation;
  return basis.mandate.empty() ? text : text + ", by mandate " + basis.mandate;
}

std::string bases_words(const std::vector<std::unique_ptr<schema::EntryBasisT>>& bases) {
  std::string all;
  for (const auto& basis : bases) {
    all.append(all.empty() ? "" : "; ").append(basis_words(*basis));
  }
  return all;
}

/// "plan: Studio"
std::string charged_words(const answer::DiscountLineT& line) {
  const auto kind = words(schema::EnumNameLineKind(line.kind));
  return line.description.empty() ? kind : kind + ": " + line.description;
}

/// "from 2026-03-10T00:00:00Z until 2027-03-10T00:00:00Z": when what is paid earns a kickback.
std::string window_words(const schema::ReferralTermsT& terms) {
  if (terms.starts_at == 0) return {};
  const auto from = "from " + time_words(terms.starts_at);
  return terms.expires_at ? from + " until " + time_words(*terms.expires_at) : from;
}

/// A deal whose window is over earns nothing more, though nothing ended it.
std::string ended_words(const answer::DealLineT& line, Timestamp at) {
  const bool over = !line.ended && line.terms && line.terms->expires_at &&
                    *line.terms->expires_at <= at.microseconds;
  return over ? "window over, " + to_iso8601(Timestamp{*line.terms->expires_at})
              : act_words(line.ended);
}

}  // namespace

Table table_of(const answer::AcceptancesT& answer) {
  return acceptances_table(answer.lines, WorkspaceColumn::shown);
}

Table table_of(const answer::TrailT& answer) { return trail_table(answer.lines); }

Table table_of(const answer::PartnerStatusesT& answer) {
  Table table({{"ORGANISATION"},
               {"PROGRAM"},
               {"CONTRACT"},
               {"GRANTED"},
               {"WHY"},
               {"REVOKED"},
               {"WHY REVOKED"}});
  for (const auto& line : answer.lines) {
    table.add({line->organisation, words(schema::EnumNamePartnerProgram(line->program)),
               line->contract_reference, act_words(line->granted), because(line->granted_reason),
               act_words(line->revoked), because(line->revoked_reason)});
  }
  return table;
}

Table table_of(const answer::ReadsT& answer) {
  Table table({{"READ"},
               {"PERSON"},
               {"STAFF"},
               {"WORKSPACE"},
               {"PROJECT"},
               {"RECORDING"},
               {"WHAT"},
               {"BY WHAT RIGHT"},
               {"RESTS ON POSITIONS"},
               {"AGAINST THE RULES"}});
  for (const auto& line : answer.lines) {
    table.add({act_words(line->read), line->person, line->staff ? "staff" : "", line->workspace,
               line->project, line->recording, line->what, line->basis,
               position_words(line->positions), broken_words(line->rules_broken)});
  }
  return table;
}

Table table_of(const answer::CreationsT& answer) {
  Table table({{"WORKSPACE"},
               {"ORGANISATION"},
               {"USAGE"},
               {"CREATED"},
               {"PARTNER THEN"},
               {"SINCE"},
               {"AGAINST THE RULES"}});
  for (const auto& line : answer.lines) {
    table.add({line->workspace, line->organisation, words(schema::EnumNameUsage(line->usage)),
               act_words(line->created), yes_or_no(line->partner_then), act_words(line->granted),
               broken_words(line->rules_broken)});
  }
  return table;
}

Table table_of(const answer::RolesT& answer) {
  Table table({{"PERSON"},
               {"WHERE"},
               {"ROLE"},
               {"HOW"},
               {"FROM"},
               {"BY WHAT RIGHT"},
               {"UNTIL"},
               {"WHY IT ENDED"},
               {"ENDS BY ITSELF"},
               {"AGAINST THE RULES"}});
  for (const auto& line : answer.lines) {
    table.add({line->person, line->entity, words(line->role), words(line->source),
               act_words(line->from), line->basis, act_words(line->until), words(line->cause),
               line->expires_at ? time_words(*line->expires_at) : "",
               broken_words(line->rules_broken)});
  }
  return table;
}

Table table_of(const answer::SeatsT& answer) {
  Table table({{"ACCOUNT"}, {"PERSON"}, {"FROM"}, {"UNTIL"}, {"CHARGE"}});
  for (const auto& line : answer.lines) {
    table.add(
        {line->account, line->person, act_words(line->from), act_words(line->until), line->charge});
  }
  return table;
}

Table table_of(const answer::TenuresT& answer) {
  Table table({{"WHAT"}, {"WHO"}, {"FROM"}, {"UNTIL"}});
  for (const auto& line : answer.lines) {
    table.add({words(line->what), line->who, act_words(line->from), act_words(line->until)});
  }
  return table;
}

Table table_of(const answer::HandoffsT& answer) {
  Table table({{"HANDOFF"},
               {"WORKSPACE"},
               {"FROM"},
               {"TO"},
               {"STATE"},
               {"PROPOSED"},
               {"DECIDED"},
               {"WHY"}});
  for (const auto& line : answer.lines) {
    table.add({line->handoff, line->workspace, line->from_organisation, line->target,
               words(schema::EnumNameHandoffState(line->state)), act_words(line->proposed),
               act_words(line->decided), because(line->reason)});
  }
  return table;
}

Table table_of(const answer::MovesT& answer) {
  Table table({{"MOVED"},
               {"WHAT"},
               {"RECORDING"},
               {"FROM PROJECT"},
               {"TO PROJECT"},
               {"FROM WORKSPACE"},
               {"TO WORKSPACE"},
               {"LEFT THE CLIENT"},
               {"AGAINST THE RULES"}});
  for (const auto& line : answer.lines) {
    table.add({act_words(line->moved), kind_words(line->type), line->recording, line->from_project,
               line->to_project, line->from_workspace, line->to_workspace,
               yes_or_no(line->left_client), broken_words(line->rules_broken)});
  }
  return table;
}

Table table_of(const answer::DealsT& answer) {
  constexpr auto kRight = Table::Align::right;
  Table table({{"DEAL"},
               {"WORKSPACE"},
               {"ORGANISATION"},
               {"TERMS"},
               {"WINDOW"},
               {"KICKBACK", kRight},
               {"DISCOUNT", kRight},
               {"ACCRUED", kRight},
               {"PAID", kRight},
               {"CAP LEFT", kRight},
               {"CURRENCY"},
               {"SIGNED"},
               {"ENDED"}});
  for (const auto& line : answer.lines) {
    const schema::ReferralTermsT none;
    const auto& terms = line->terms ? *line->terms : none;
    table.add({line->deal, line->workspace, line->organisation,
               "version " + std::to_string(terms.version), window_words(terms),
               percent_words(terms.kickback_percent), percent_words(terms.discount_percent),
               money_words(line->accrued_cents), money_words(line->paid_cents),
               line->cap_left_cents ? money_words(*line->cap_left_cents) : "no cap", terms.currency,
               act_words(line->signed_), ended_words(*line, Timestamp{answer.at})});
  }
  return table;
}

Table table_of(const answer::KickbacksT& answer) {
  constexpr auto kRight = Table::Align::right;
  Table table({{"ACCRUED"},
               {"DEAL"},
               {"PAYMENT"},
               {"REFUND"},
               {"TERMS"},
               {"BASE", kRight},
               {"PERCENT", kRight},
               {"GIVEN BACK", kRight},
               {"OF", kRight},
               {"WORKED OUT", kRight},
               {"ACCRUES", kRight},
               {"IN ALL", kRight},
               {"CAP LEFT", kRight},
               {"CURRENCY"}});
  const auto of_refund = [](const auto& cents) { return cents ? money_words(*cents) : ""; };
  for (const auto& line : answer.lines) {
    table.add({act_words(line->accrued), line->deal, line->payment, line->refund,
               "version " + std::to_string(line->terms_version) + ", position " +
                   std::to_string(line->terms_position),
               money_words(line->base_cents), percent_words(line->percent),
               of_refund(line->refunded_cents), of_refund(line->payment_cents),
               money_words(line->raw_cents), money_words(line->accrued_cents),
               money_words(line->accrued_total_cents),
               line->cap_left_cents ? money_words(*line->cap_left_cents) : "no cap",
               line->currency});
  }
  return table;
}

Table table_of(const answer::DiscountsT& answer) {
  constexpr auto kRight = Table::Align::right;
  Table table({{"CHARGED"},
               {"CHARGE"},
               {"ACCOUNT"},
               {"WHAT"},
               {"GROSS", kRight},
               {"DISCOUNT", kRight},
               {"SOURCE"},
               {"FOR"},
               {"NET", kRight},
               {"CURRENCY"},
               {"DEAL"}});
  for (const auto& line : answer.lines) {
    const auto deal = line->deal.empty()
                          ? std::string()
                          : line->deal + ", terms version " + std::to_string(line->terms_version);
    const auto share = line->of_days == 0 ? std::string("the whole period")
                                          : std::to_string(line->days) + " of " +
                                                std::to_string(line->of_days) + " days";
    table.add({act_words(line->charged), line->charge, line->account, charged_words(*line),
               money_words(line->gross_cents), percent_words(line->discount_percent),
               words(schema::EnumNameDiscountSource(line->discount_source)), share,
               money_words(line->net_cents), line->currency, deal});
  }
  return table;
}

Table table_of(const answer::MandatesT& answer) {
  Table table({{"MANDATE"},
               {"AGENCY"},
               {"CLIENT"},
               {"REQUESTED"},
               {"APPROVED"},
               {"ONE PERSON FOR BOTH"},
               {"ENDED"},
               {"ENDED BY"}});
  for (const auto& line : answer.lines) {
    table.add({line->mandate, line->agency, line->client, act_words(line->requested),
               act_words(line->approved), line->one_person_for_both_sides ? "yes" : "",
               act_words(line->ended),
               line->ended_by ? words(schema::EnumNameMandateSide(*line->ended_by)) : ""});
  }
  return table;
}

Table table_of(const answer::EntriesT& answer) {
  Table table({{"ENTERED"},
               {"PERSON"},
               {"PROJECT"},
               {"THROUGH"},
               {"MANDATE"},
               {"AS"},
               {"EVERY BASIS"},
               {"AGAINST THE RULES"}});
  for (const auto& line : answer.lines) {
    table.add({act_words(line->entered), line->person, line->project, line->organisation,
               line->mandate,
               line->role ? words(schema::EnumNameOrganisationRole(*line->role)) : "",
               bases_words(line->bases), broken_words(line->rules_broken)});
  }
  return table;
}

Table table_of(const answer::SpecialPlansT& answer) {
  Table table({{"PLAN"}, {"NAME"}, {"ON OFFER"}, {"ENABLED"}, {"BY AGENCY"}, {"MANDATE"}});
  for (const auto& line : answer.lines) {
    table.add({line->plan, line->name, yes_or_no(line->active), act_words(line->enabled),
               line->agency, line->mandate});
  }
  return table;
}

}  // namespace actbook::cli
