// The worked examples of domain.md section 6, literally, by way of the command `actbook`. What is
// recorded, and what becomes of it, stands in tests/examples; the questions stand here. Each begins
// with the example's own words. An example is static so that its subcases share one ledger.
#include <doctest/doctest.h>

#include "support/worked_example.h"

namespace actbook::testing {
namespace {

using nlohmann::ordered_json;

const std::string kPanels = "workspace:haarlem-panels";
const std::string kEnd = "2026-12-31";
/// The hash that the examples call h3.
const std::string kHash3 = "97a67b6f5fdee3eb518e7438c2399ca810b64cfec3133551e3483c20a4e15812";

/// Everybody in PRISM who may enter the workspace of example 1 by the ladder of 3.3, the third and
/// fourth rung after the first.
const Strings kPrismAccess = {
    "adam: owner, direct membership as owner",
    "bea: admin, admin of organisation prism, to which the workspace is open",
    "olga: admin, owner of organisation prism"};

}  // namespace

TEST_CASE("worked example 1: an external workspace is created") {
  static const WorkedExample example("01-create.jsonl");
  const std::string at = "2026-03-01T09:00:00Z";
  const auto panels = example.show(kPanels, at);

  SUBCASE("external, own account free/none") {
    CHECK(panels["row"]["name"] == "Haarlem panels");
    CHECK(panels["row"]["usage"] == "external_client");
    CHECK(panels["row"]["data_owner"]["organisation_name"] == "City of Haarlem");
    CHECK(panels["row"]["account"] == "acct-haarlem-panels");
    CHECK(panels["account"]["scope"] == "workspace");
    CHECK(panels["account"]["workspace"] == "haarlem-panels");
    CHECK(panels["account"]["tier"] == "free");
    CHECK(panels["account"]["status"] == "none");
    CHECK(example.show("organisation:prism", at)["row"]["account"] == "acct-prism");
    CHECK_FALSE(example.knows(kPanels, "2026-03-01T08:59:59.999999Z"));
  }

  SUBCASE("Adam owner, and nobody else a member; access by the ladder") {
    REQUIRE(panels["members"].size() == 1);
    CHECK(panels["members"][0]["person"] == "adam");
    CHECK(panels["members"][0]["role"] == "owner");
    CHECK(panels["members"][0]["source"] == "direct");
    CHECK(act(panels["members"][0]["since"]) == "2026-03-01T09:00:00Z by person adam");
    CHECK(access_of(panels) == kPrismAccess);
    CHECK(each(panels["access"], "can_read") == Strings{"true", "true", "true"});
    // What each rests on: the membership, and the two organisation roles.
    Strings types;
    for (const auto& line : panels["access"]) {
      REQUIRE(line["positions"].size() == 1);
      types.push_back(example.event(line["positions"][0])["type"]);
    }
    CHECK(types ==
          Strings{"MembershipGranted", "OrganisationMemberAdded", "OrganisationMemberAdded"});
  }

  SUBCASE("observer invite for clara@haarlem.example until 03-31 09:00") {
    REQUIRE(panels["invites"].size() == 1);
    const auto& invite = panels["invites"][0];
    CHECK(invite["role"] == "observer");
    CHECK(invite["purpose"] == "data_owner");
    CHECK(invite["state"] == "pending");
    CHECK(invite["expires_at"] == "2026-03-31T09:00:00Z");
    CHECK(act(invite["issued"]) == "2026-03-01T09:00:00Z by person adam");
    const auto contact = example.show("contact:" + invite["contact"].get<std::string>(), at);
    CHECK(contact["row"]["email"] == "sealed");
  }

  SUBCASE("one seat") {
    CHECK(panels["account"]["seats"] == 1);
    CHECK(panels["account"]["paid_seats"] == 1);
    const auto account = example.show("account:acct-haarlem-panels", at);
    CHECK(account["seat_holders"] == ordered_json{"adam"});
  }

  SUBCASE("Q1: Adam, 03-01 09:00, version 3, h3, this workspace, Clara") {
    const auto lines = example.acceptances("haarlem-panels", at);
    REQUIRE(lines.size() == 1);
    const auto& line = lines[0];
    CHECK(line["person"] == "adam");
    CHECK(line["acting_organisation"] == "prism");
    CHECK(line["accepted_at"] == "2026-03-01T09:00:00Z");
    CHECK(line["agreement"] == "dpa");
    CHECK(line["version"] == 3);
    CHECK(line["text_sha256"] == kHash3);
    CHECK(line["workspace"] == "haarlem-panels");
    CHECK(line["data_owner"]["organisation_name"] == "City of Haarlem");
    CHECK(line["data_owner"]["contact"] == panels["invites"][0]["contact"]);
    CHECK(line["channel"] == "web");
    CHECK(line["state"] == "in_force");
    const auto event = example.event(line["position"]);
    CHECK(event["type"] == "AgreementAccepted");
    CHECK(event["payload"]["text_shown"] == true);
  }

  SUBCASE("Q2 on 03-01: P-7 by Sam") {
    const auto prism = example.show("organisation:prism", "2026-03-01");
    CHECK(prism["row"]["partner"] == true);
    CHECK(prism["row"]["contract_reference"] == "P-7");
    CHECK(act(prism["row"]["granted"]) == "2026-02-01T09:00:00Z by staff sam");
    const auto granted =
        only(example.trail("organisation:prism", "2026-03-01"), "type", "PartnerStatusGranted");
    CHECK(granted["reason"] == "contract P-7 countersigned");
    CHECK(granted["position"] == prism["row"]["granted"]["position"]);
  }

  SUBCASE("it is one batch: all its events, in the order of 4.2") {
    CHECK(each(example.trail(kPanels, at), "type") ==
          Strings{"WorkspaceCreated", "BillingAccountOpened", "AgreementAccepted", "DataOwnerNamed",
                  "MembershipGranted", "InviteIssued"});
    for (const auto& line : example.trail(kPanels, at))
      CHECK(line["command_id"] == "create-panels");
  }
}

TEST_CASE("worked example 2: partner status is withdrawn") {
  static const WorkedExample example("02-status-withdrawn.jsonl");
  const std::string instant = "2026-04-01T00:00:00Z";
  const std::string before = "2026-03-31T23:59:59.999999Z";

  SUBCASE("04-01 00:00 Sam revokes. Workspace of 1 unchanged") {
    CHECK(timeless(example.show(kPanels, instant)) == timeless(example.show(kPanels, before)));
    CHECK(access_of(example.show(kPanels, instant)) == kPrismAccess);
    const auto row = example.show("organisation:prism", instant)["row"];
    CHECK(act(row["revoked"]) == "2026-04-01T00:00:00Z by staff sam");
    const auto revoked =
        only(example.trail("organisation:prism", instant), "type", "PartnerStatusRevoked");
    CHECK(revoked["reason"] == "contract P-7 ended");
  }

  SUBCASE("04-02 Adam invites observer Nora: fine") {
    const auto invite = only(example.show(kPanels, kEnd)["invites"], "invite", "inv-nora");
    CHECK(invite["role"] == "observer");
    CHECK(invite["purpose"] == "ordinary");
    CHECK(invite["expires_at"] == "2026-04-09T09:00:00Z");
    CHECK(act(invite["issued"]) == "2026-04-02T09:00:00Z by person adam");
  }

  SUBCASE("04-02 Adam creates another external workspace: refused, and nothing else is left") {
    CHECK_FALSE(example.knows("workspace:haarlem-parks", kEnd));
    CHECK_FALSE(example.knows("account:acct-haarlem-parks", kEnd));
    CHECK_FALSE(example.knows("invite:inv-clara-parks", kEnd));
    CHECK(example.show("organisation:prism", kEnd)["workspaces"] == ordered_json{"haarlem-panels"});
    const auto trail = example.trail("workspace:haarlem-parks", kEnd);
    REQUIRE(trail.size() == 1);
    CHECK(trail[0]["type"] == "CommandRefused");
    CHECK(trail[0]["actor"]["id"] == "adam");
    const auto refusal = example.event(trail[0]["position"])["payload"];
    CHECK(refusal["command_type"] == "CreateWorkspace");
    CHECK(refusal["reason"] == "NOT_PARTNER");
  }

  SUBCASE("04-03 Adam renames the data owner's organisation: fine") {
    const auto panels = example.show(kPanels, kEnd);
    CHECK(panels["row"]["data_owner"]["organisation_name"] == "Municipality of Haarlem");
    // A corrected name needs no new acceptance (4.1): the one there is stays.
    CHECK(in_force(example.acceptances("haarlem-panels", kEnd)) == Strings{"dpa 3"});
    CHECK(only(example.trail(kPanels, kEnd), "type", "DataOwnerCorrected")["actor"]["id"] ==
          "adam");
  }

  SUBCASE("partner on 03-15: yes; at 04-01 00:00: no") {
    const auto is_partner = [&](const std::string& at) {
      return example.show("organisation:prism", at)["row"]["partner"];
    };
    CHECK(is_partner("2026-03-15") == true);
    CHECK(is_partner(before) == true);
    CHECK(is_partner(instant) == false);
    CHECK(is_partner("2026-01-31") == false);
  }
}

TEST_CASE("worked example 3: versions and reclassification") {
  static const WorkedExample example("03-versions-and-reclassification.jsonl");

  SUBCASE("03-20 version 4 published") {
    const auto dpa = example.show("agreement:dpa", kEnd);
    CHECK(each(dpa["versions"], "version") == Strings{"3", "4"});
    CHECK(act(dpa["versions"][1]["published"]) == "2026-03-20T08:00:00Z by staff sue");
    CHECK(each(example.show("agreement:dpa", "2026-03-19")["versions"], "version") == Strings{"3"});
  }

  SUBCASE("03-21 Adam switches 1 to internal: acceptance lapsed, invite revoked") {
    const auto panels = example.show(kPanels, "2026-03-22");
    CHECK(panels["row"]["usage"] == "internal");
    CHECK_FALSE(panels["row"].contains("data_owner"));
    REQUIRE(panels["acceptances"].size() == 1);
    CHECK(panels["acceptances"][0]["state"] == "lapsed");
    CHECK(act(panels["acceptances"][0]["ended"]) == "2026-03-21T09:00:00Z by person adam");
    const auto invite = only(panels["invites"], "invite", "inv-clara");
    CHECK(invite["state"] == "revoked");
    CHECK(invite["cause"] == "became_internal");
    // 4.2: the scoped account closes, the workspace joins the pooled one.
    CHECK(panels["row"]["account"] == "acct-prism");
    const auto account = example.show("account:acct-haarlem-panels", "2026-03-22");
    CHECK(act(account["row"]["closed"]) == "2026-03-21T09:00:00Z by person adam");
  }

  SUBCASE("03-25 back with version 3: refused; with 4: fine, new account") {
    CHECK(example.show(kPanels, "2026-03-25T09:04:59Z")["row"]["usage"] == "internal");
    const auto panels = example.show(kPanels, "2026-03-25T09:05:00Z");
    CHECK(panels["row"]["usage"] == "external_client");
    CHECK(panels["row"]["account"] == "acct-haarlem-panels-2");
    CHECK(panels["account"]["tier"] == "free");
    CHECK(panels["account"]["status"] == "none");
    CHECK_FALSE(panels["account"].contains("closed"));
    CHECK(access_of(panels) == kPrismAccess);
    CHECK(only(panels["invites"], "invite", "inv-clara-2")["state"] == "pending");
  }

  SUBCASE("in force on 03-10 / 03-22 / 03-26: v3 / none / v4") {
    const auto on = [&](const std::string& day) {
      return in_force(example.acceptances("haarlem-panels", day));
    };
    CHECK(on("2026-03-10") == Strings{"dpa 3"});
    CHECK(on("2026-03-22") == Strings{});
    CHECK(on("2026-03-26") == Strings{"dpa 4"});
  }

  SUBCASE("all acceptances ever: two") {
    const auto ever = example.acceptances("haarlem-panels", kEnd);
    CHECK(each(ever, "version") == Strings{"3", "4"});
    CHECK(each(ever, "state") == Strings{"lapsed", "in_force"});
    CHECK(each(ever, "person") == Strings{"adam", "adam"});
  }
}

TEST_CASE("worked example 4: an invite expires, and is sent again") {
  static const WorkedExample example("04-invite-expiry.jsonl");
  const auto invite_at = [&](const std::string& at) {
    return example.show("invite:inv-clara", at)["line"];
  };

  SUBCASE("1, then 03-31 09:00:00 Clara accepts: at its expiry instant it is expired") {
    CHECK(invite_at("2026-03-31T08:59:59.999999Z")["state"] == "pending");
    CHECK(invite_at("2026-03-31T09:00:00Z")["state"] == "expired");
    CHECK(access_of(example.show(kPanels, "2026-03-31T09:00:00Z")) == kPrismAccess);
  }

  SUBCASE("04-02 10:00 Bea resends: until 04-09 10:00; Milo could not") {
    CHECK(invite_at("2026-04-02T09:59:59Z")["state"] == "expired");
    const auto invite = invite_at("2026-04-02T10:00:00Z");
    CHECK(invite["state"] == "pending");
    CHECK(invite["expires_at"] == "2026-04-09T10:00:00Z");
    const auto resent = only(example.trail("invite:inv-clara", kEnd), "type", "InviteResent");
    CHECK(act(resent) == "2026-04-02T10:00:00Z by person bea");
  }

  SUBCASE("04-03 Ed accepts it: refused; Clara accepts: observer, seats still 1") {
    CHECK(access_of(example.show(kPanels, "2026-04-03T09:59:59Z")) == kPrismAccess);
    const auto panels = example.show(kPanels, "2026-04-03T10:00:00Z");
    CHECK(access_of(panels) == Strings{kPrismAccess[0], kPrismAccess[1],
                                       "clara: observer, direct membership as observer",
                                       kPrismAccess[2]});
    CHECK(only(panels["access"], "person", "clara")["can_read"] == true);
    CHECK(panels["account"]["seats"] == 1);
    CHECK(panels["account"]["paid_seats"] == 1);
    const auto invite = only(panels["invites"], "invite", "inv-clara");
    CHECK(invite["state"] == "accepted");
    CHECK(invite["person"] == "clara");
    CHECK(act(invite["decided"]) == "2026-04-03T10:00:00Z by person clara");
  }
}

TEST_CASE("worked example 4, variant: resend on 03-02, expiry stays 03-31 09:00") {
  static const WorkedExample example("04-invite-expiry-variant.jsonl");
  CHECK(example.show("invite:inv-clara", "2026-03-02T09:00:00Z")["line"]["expires_at"] ==
        "2026-03-31T09:00:00Z");
  CHECK(example.show("invite:inv-clara", "2026-03-31T08:59:59.999999Z")["line"]["state"] ==
        "pending");
  CHECK(example.show("invite:inv-clara", "2026-03-31T09:00:00Z")["line"]["state"] == "expired");
}

TEST_CASE("worked example 7: a handoff") {
  static const WorkedExample example("07-handoff.jsonl");
  const std::string instant = "2026-06-10T14:00:00Z";
  const std::string before = "2026-06-10T13:59:59.999999Z";
  const auto was = example.show(kPanels, before);
  const auto is = example.show(kPanels, instant);

  SUBCASE("HAARLEM recorded as data owner's organisation") {
    CHECK(was["row"]["data_owner"]["organisation"] == "haarlem");
    CHECK(was["row"]["data_owner"]["organisation_name"] == "City of Haarlem");
  }

  SUBCASE("06-10 14:00 Hugo accepts: owner and payer HAARLEM") {
    CHECK(was["row"]["organisation"] == "prism");
    CHECK(was["row"]["billing_organisation"] == "prism");
    CHECK(is["row"]["organisation"] == "haarlem");
    CHECK(is["row"]["billing_organisation"] == "haarlem");
    CHECK(is["account"]["organisation"] == "haarlem");
    CHECK(example.show("organisation:prism", instant)["workspaces"].empty());
    CHECK(example.show("organisation:haarlem", instant)["workspaces"] ==
          ordered_json{"haarlem-panels"});
  }

  SUBCASE("Hugo owner, Adam, Olga and Bea without access from that instant") {
    const Strings observer = {"clara: observer, direct membership as observer"};
    CHECK(access_of(was) ==
          Strings{kPrismAccess[0], kPrismAccess[1], observer[0], kPrismAccess[2]});
    // 4.4: the data owner's observer stays.
    CHECK(access_of(is) == Strings{observer[0], "hana: admin, owner of organisation haarlem",
                                   "hugo: owner, direct membership as owner"});
    for (const auto* person : {"person:adam", "person:olga", "person:bea"}) {
      CHECK(each(example.show(person, before)["workspaces"], "workspace") ==
            Strings{"haarlem-panels"});
      CHECK(example.show(person, instant)["workspaces"].empty());
    }
    CHECK(each(example.show("person:hugo", instant)["workspaces"], "role") == Strings{"owner"});
  }

  SUBCASE("account, tier, seats, logo same") {
    CHECK(was["row"]["account"] == "acct-haarlem-panels");
    CHECK(was["account"]["tier"] == "changemaker");
    CHECK(was["account"]["seats"] == 1);
    CHECK(was["account"]["paid_seats"] == 1);
    CHECK(was["row"]["logo_reference"] == "logos/haarlem-arms.svg");
    for (const auto* member : {"account", "logo_reference", "logo_sha256", "name", "acceptance"}) {
      CHECK_MESSAGE(is["row"][member] == was["row"][member], member);
    }
    for (const auto* member : {"tier", "status", "seats", "paid_seats", "opened"}) {
      CHECK_MESSAGE(is["account"][member] == was["account"][member], member);
    }
    CHECK(is["acceptances"] == was["acceptances"]);
    CHECK(example.show("account:acct-haarlem-panels", instant)["seat_holders"] ==
          ordered_json{"hugo"});
  }

  SUBCASE("Q9: two proposals, one cancelled by Bea") {
    const auto handoffs = example.show(kPanels, kEnd)["handoffs"];
    REQUIRE(each(handoffs, "handoff") == Strings{"ho-1", "ho-3"});
    CHECK(each(handoffs, "state") == Strings{"cancelled", "accepted"});
    CHECK(act(handoffs[0]["proposed"]) == "2026-06-01T09:00:00Z by person adam");
    CHECK(act(handoffs[0]["decided"]) == "2026-06-03T09:00:00Z by person bea");
    CHECK(act(handoffs[1]["proposed"]) == "2026-06-05T09:00:00Z by person olga");
    CHECK(act(handoffs[1]["decided"]) == "2026-06-10T14:00:00Z by person hugo");
    CHECK(each(handoffs, "target") == Strings{"haarlem", "haarlem"});
    Strings told;
    for (const auto& line : example.trail(kPanels, kEnd)) {
      const auto type = line["type"].get<std::string>();
      if (type.starts_with("Handoff")) told.push_back(type);
    }
    CHECK(told ==
          Strings{"HandoffProposed", "HandoffCancelled", "HandoffProposed", "HandoffAccepted"});
    CHECK_FALSE(example.knows("handoff:ho-2", kEnd));
  }
}

TEST_CASE("worked example 7, variant: seats are the same too where Olga is the one who leaves") {
  static const WorkedExample example("07-handoff-variant.jsonl");
  const auto was = example.show(kPanels, "2026-06-10T13:59:59.999999Z");
  const auto is = example.show(kPanels, "2026-06-10T14:00:00Z");
  CHECK(each(was["members"], "person") == Strings{"clara", "olga"});
  CHECK(each(is["members"], "person") == Strings{"clara", "hugo"});
  CHECK(is["account"]["seats"] == was["account"]["seats"]);
  CHECK(is["account"]["paid_seats"] == was["account"]["paid_seats"]);
}

TEST_CASE("worked example 8: handoffs that are refused, and one that is declined") {
  static const WorkedExample example("08-handoff-refusals.jsonl");

  SUBCASE("each refusal changed nothing and is kept") {
    Strings reasons;
    for (const auto& line : example.trail(kPanels, kEnd)) {
      if (line["type"] != "CommandRefused") continue;
      reasons.push_back(example.event(line["position"])["payload"]["reason"]);
    }
    CHECK(reasons == Strings{"NOT_BILLING_ORG_ADMIN", "NOT_BILLING_ORG_ADMIN",
                             "TARGET_IS_BILLING_ORG", "TARGET_NOT_DATA_OWNER_ORG"});
    CHECK(access_of(example.show(kPanels, kEnd)) == kPrismAccess);
    CHECK(timeless(example.show("workspace:prism-lab", "2026-03-03")) ==
          timeless(example.show("workspace:prism-lab", kEnd)));
  }

  SUBCASE("Hana declines with a reason: kept") {
    const auto handoff = example.show("handoff:ho-1", kEnd)["line"];
    CHECK(handoff["state"] == "declined");
    CHECK(act(handoff["decided"]) == "2026-06-08T09:00:00Z by person hana");
    CHECK(handoff["reason"] == "the budget for 2026 is closed");
    const auto declined = only(example.trail("handoff:ho-1", kEnd), "type", "HandoffDeclined");
    CHECK(declined["reason"] == "the budget for 2026 is closed");
    const auto panels = example.show(kPanels, kEnd);
    CHECK(panels["row"]["organisation"] == "prism");
    CHECK(panels["row"]["billing_organisation"] == "prism");
    CHECK_FALSE(panels["row"].contains("pending_handoff"));
  }
}

}  // namespace actbook::testing
