#pragma once

#include "support/given_when_then.h"

// The cast of domain.md section 6, and words that tests of deciders share.
namespace actbook::testing {

/// 2026-03-01 09:00: partner PRISM (owner olga, admins adam and bea, billing bill, member milo),
/// contract P-7, and HAARLEM, no partner (owner hana, admin hugo); each with a pooled free account,
/// "acc-prism" and "acc-haarlem". Agreement "dpa" stands at version 3 with the hash sha('3').
World prism();

/// The same, with the external-client workspace "panels" on its own account "acc-panels": adam
/// owns it and takes the one seat; the data owner clara@haarlem.example has the observer invite
/// "inv-clara" until 03-31 09:00.
World prism_with_panels();

/// An internal workspace "office" of PRISM on its pooled account; olga owns it and takes a seat.
void given_office(World& world);
/// A direct membership alone: neither a role in the organisation nor a seat comes with it.
void given_member(World& world, const std::string& workspace, const std::string& person,
                  const std::string& role);
void given_organisation_member(World& world, const std::string& organisation,
                               const std::string& person, const std::string& role);
/// clara accepted inv-clara: she is an observer of panels.
void given_clara_observes(World& world);
void given_tier(World& world, const std::string& account, const std::string& tier);
void given_status(World& world, const std::string& account, const std::string& status);

/// A well-formed SHA-256 that tests can tell apart.
inline std::string sha(char digit) { return std::string(64, digit); }
/// The contact that stands for an address, and for clara@haarlem.example.
inline std::string contact_id(std::string_view email) { return PlainSealer::contact(email); }
std::string clara_contact();

/// An acceptance of version `version` of dpa, its text shown, through the web.
std::string acceptance(int version);

inline const std::string kObserved = R"({"mode": "observed"})";

/// "A B C": what lists of event types and of rules are compared as.
std::string joined(const std::vector<std::string>& names);
/// A member of an event as Then gives it: texts as they are, anything else as JSON; empty if the
/// event does not have it. "data_owner/contact" looks inside. What is sealed is opened.
std::string field(const std::string& event, const std::string& name);

/// The reason a command is refused with, tried on a copy of the world; empty if it is not refused.
/// A refusal has to be all that is recorded, to name its reason and its command, and to have no
/// e-mail address in it.
std::string refused(World world, const Actor& actor, const std::string& command_type,
                    const std::string& command_json);

/// The role of somebody by effective access, or "none".
std::string role_in(const World& world, const std::string& workspace, const std::string& person);
/// The live role of somebody in an organisation, or "none".
std::string organisation_role_of(const World& world, const std::string& organisation,
                                 const std::string& person);
/// Of the acceptance for "panels" recorded at a position.
schema::AcceptanceState acceptance_state(const World& world, std::uint64_t acceptance);
/// The position of the newest acceptance that is in force for panels; 0, if none is.
std::uint64_t acceptance_in_force(const World& world);
/// Seats in use and paid seats of an account: "1 of 2".
std::string seats(const World& world, const std::string& account);

}  // namespace actbook::testing
