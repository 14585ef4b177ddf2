#include "event_data.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <set>

#include "actbook/schema/events_bfbs_generated.h"
#include "actbook/schema/events_generated.h"

namespace actbook::bench {
namespace {

constexpr std::int64_t kStart = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z
constexpr std::int64_t kStep = 3'000'000;
constexpr std::int64_t kExpiryMarker = 0x7a'5c'39'11'6d'2b'4e'0f;
constexpr std::int64_t kThirtyDays = std::int64_t{30} * 24 * 3600 * 1'000'000;
constexpr std::size_t kDigits = 16;
constexpr std::uint64_t kVariants = 16;

// splitmix64's finaliser: one number to another, one to one.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

void write_hex(std::uint64_t value, char* out) {
  constexpr const char* kHex = "0123456789abcdef";
  for (std::size_t i = 0; i < kDigits; ++i) out[i] = kHex[(value >> (60 - 4 * i)) & 0xf];
}

template <std::size_t N>
const char* pick(const std::array<const char*, N>& words, std::uint64_t random) {
  return words.at(random % N);
}

std::string name(std::uint64_t random) {
  constexpr std::array kFirst = {"Haarlem", "Northern", "Prism",     "Blue Harbour",
                                 "Kestrel", "Maple",    "Riverside", "Atlas",
                                 "Copper",  "Linden",   "Granite",   "Meridian"};
  constexpr std::array kSecond = {"panels",   "interviews",     "usability study", "diary study",
                                  "research", "brand tracking", "concept tests",   "onboarding"};
  constexpr std::array kThird = {"2025", "2026", "Q1", "Q2", "(Benelux)", "pilot", "wave 3"};
  return std::string(pick(kFirst, random)) + " " + pick(kSecond, random >> 16) + " " +
         pick(kThird, random >> 32);
}

std::string message(std::uint64_t random) {
  constexpr std::array kSentences = {
      "We have finished the fieldwork, and the recordings are tagged and summarised. ",
      "From here on the workspace is yours; we keep reading access for the last report. ",
      "Please name somebody who signs the processing agreement before the end of the month. ",
      "The invoices for the open seats go to your account from the first of next month. ",
      "Two observers of your side are still invited; accept or revoke them as you see fit. "};
  std::string text;
  for (std::uint64_t i = 0; i < 3 + random % 3; ++i) text += pick(kSentences, random >> (8 * i));
  return text;
}

std::string user_agent(std::uint64_t random) {
  return "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_" + std::to_string(random % 8) +
         ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + std::to_string(120 + random % 20) +
         ".0.0.0 Safari/537.36";
}

template <class Enum>
Enum any_of(Enum last, std::uint64_t random) {
  return static_cast<Enum>(random % (static_cast<std::uint64_t>(last) + 1));
}

// The name of a table without its namespace.
template <class Table>
std::string_view type_name() {
  const std::string_view qualified = Table::GetFullyQualifiedName();
  return qualified.substr(qualified.rfind('.') + 1);
}

schema::WorkspaceRole role(std::uint64_t random) {
  return any_of(schema::WorkspaceRole::owner, random);
}

}  // namespace

std::string_view EventData::event_namespace() { return "actbook.event."; }

const Schema& EventData::schema() {
  static const Schema schema(
      ByteView(event::AnyEventBinarySchema::data(), event::AnyEventBinarySchema::size()));
  return schema;
}

const std::vector<std::string>& EventData::types_with_one_organisation() {
  static const std::vector<std::string> types = {
      "MembershipGranted", "MembershipEnded",   "InviteIssued",    "AgreementAccepted",
      "BrandingSet",       "DataOwnerReplaced", "WorkspaceCreated"};
  return types;
}

std::int64_t EventData::time_of(std::uint64_t number) {
  return kStart + static_cast<std::int64_t>(number) * kStep;
}

std::string EventData::placeholder(Id id) {
  constexpr std::array kPrefixes = {"ws-",  "org-", "org-", "p-", "p-",
                                    "con-", "acc-", "inv-", "h-", ""};
  const auto index = static_cast<std::size_t>(id);
  return kPrefixes.at(index) + std::string(kDigits, static_cast<char>('A' + index));
}

// A run of capitals that no text of ours holds.
std::vector<EventData::Slot> EventData::find_slots(std::string_view text) {
  std::vector<Slot> slots;
  for (std::size_t at = 0; at + kDigits <= text.size();) {
    const char mark = text[at];
    const bool is_mark = mark >= 'A' && mark <= 'A' + static_cast<char>(Id::digest);
    if (is_mark && text.substr(at, kDigits) == std::string(kDigits, mark)) {
      slots.push_back({at, static_cast<Id>(mark - 'A'), slots.size()});
      at += kDigits;
    } else {
      ++at;
    }
  }
  return slots;
}

template <class EventT>
void EventData::add(const EventT& event, unsigned weight) {
  using Table = typename EventT::TableType;
  Template form;
  form.type = type_name<Table>();
  form.payload = pack(event);
  const std::string_view text(reinterpret_cast<const char*>(form.payload.data()),
                              form.payload.size());
  form.slots = find_slots(text);
  for (std::size_t at = 0; at + sizeof(kExpiryMarker) <= text.size(); ++at) {
    if (std::memcmp(text.data() + at, &kExpiryMarker, sizeof(kExpiryMarker)) == 0) {
      form.expiries.push_back(at);
    }
  }
  std::set<std::string> tags;
  for (auto& tag : schema().tags(Table::GetFullyQualifiedName(), form.payload)) tags.insert(tag);
  tags.insert("organisation:" + placeholder(Id::organisation));
  for (const auto& tag : tags) form.tags.push_back({tag, find_slots(tag)});
  draw_.insert(draw_.end(), weight, static_cast<std::uint32_t>(templates_.size()));
  templates_.push_back(std::move(form));
}

void EventData::add_memberships(std::uint64_t r) {
  event::MembershipGrantedT granted;
  granted.workspace = placeholder(Id::workspace);
  granted.role = role(r);
  if (r % 2 == 0) {
    granted.person = placeholder(Id::person);
    granted.invite = placeholder(Id::invite);
  } else {
    granted.person = placeholder(Id::actor);
    granted.source = schema::MembershipSource::self_join;
  }
  add(granted, 8);
  event::MembershipRoleChangedT changed;
  changed.workspace = placeholder(Id::workspace);
  changed.person = placeholder(Id::person);
  changed.from = role(r >> 8);
  changed.to = role(r >> 16);
  add(changed, 4);
  event::MembershipEndedT ended;
  ended.workspace = placeholder(Id::workspace);
  ended.person = placeholder(r % 3 == 0 ? Id::person : Id::actor);
  ended.role = role(r >> 8);
  ended.cause = r % 3 == 0 ? "organisation_membership_ended" : "left";
  add(ended, 7);
}

void EventData::add_invites(std::uint64_t r) {
  event::InviteIssuedT issued;
  issued.invite = placeholder(Id::invite);
  issued.workspace = placeholder(Id::workspace);
  issued.contact = placeholder(Id::contact);
  issued.role = role(r);
  issued.expires_at = kExpiryMarker;
  add(issued, 7);
  event::InviteResentT resent;
  resent.invite = placeholder(Id::invite);
  resent.workspace = placeholder(Id::workspace);
  resent.from_expires_at = kExpiryMarker;
  resent.expires_at = kExpiryMarker;
  add(resent, 2);
  event::InviteRevokedT revoked;
  revoked.invite = placeholder(Id::invite);
  revoked.workspace = placeholder(Id::workspace);
  revoked.cause = r % 2 == 0 ? "asked" : "data_owner_replaced";
  add(revoked, 2);
  event::InviteAcceptedT accepted;
  accepted.invite = placeholder(Id::invite);
  accepted.workspace = placeholder(Id::workspace);
  accepted.contact = placeholder(Id::contact);
  accepted.person = placeholder(Id::actor);
  add(accepted, 5);
}

void EventData::add_workspaces(std::uint64_t r) {
  event::WorkspaceCreatedT created;
  created.workspace = placeholder(Id::workspace);
  created.organisation = placeholder(Id::organisation);
  created.name = name(r);
  created.visibility = any_of(schema::Visibility::private_, r);
  created.account = placeholder(Id::account);
  add(created, 7);
  event::WorkspaceReclassifiedT reclassified;
  reclassified.workspace = placeholder(Id::workspace);
  reclassified.organisation = placeholder(Id::organisation);
  reclassified.to = schema::Usage::external_client;
  reclassified.to_account = placeholder(Id::account);
  add(reclassified, 1);
  event::WorkspaceRenamedT renamed;
  renamed.workspace = placeholder(Id::workspace);
  renamed.from = name(r);
  renamed.to = name(mix(r));
  add(renamed, 2);
  event::VisibilityChangedT visibility;
  visibility.workspace = placeholder(Id::workspace);
  visibility.to = any_of(schema::Visibility::private_, r);
  add(visibility, 2);
  event::BrandingSetT branding;
  branding.workspace = placeholder(Id::workspace);
  branding.logo_reference = "s3://brand-assets/logos/" + name(r) + ".svg";
  for (int i = 0; i < 4; ++i) branding.logo_sha256 += placeholder(Id::digest);
  add(branding, 8);
}

void EventData::add_data_owners(std::uint64_t r) {
  const auto owner = [](std::uint64_t random) {
    auto made = std::make_unique<schema::DataOwnerT>();
    made->organisation_name = name(random) + " B.V.";
    made->contact = placeholder(Id::contact);
    return made;
  };
  event::DataOwnerNamedT named;
  named.workspace = placeholder(Id::workspace);
  named.data_owner = owner(r);
  add(named, 5);
  event::DataOwnerReplacedT replaced;
  replaced.workspace = placeholder(Id::workspace);
  replaced.from = owner(r);
  replaced.to = owner(mix(r));
  replaced.to->contact.clear();
  replaced.to->person = placeholder(Id::person);
  add(replaced, 7);
  event::AgreementAcceptedT accepted;
  accepted.agreement = r % 4 == 0 ? "partner-terms" : "data-processing-agreement";
  accepted.version = static_cast<std::uint32_t>(1 + r % 7);
  for (int i = 0; i < 4; ++i) accepted.text_sha256 += placeholder(Id::digest);
  accepted.workspace = placeholder(Id::workspace);
  accepted.organisation = placeholder(Id::organisation);
  accepted.data_owner = owner(r);
  accepted.person = placeholder(Id::actor);
  accepted.acting_organisation = placeholder(Id::organisation);
  accepted.text_shown = true;
  accepted.ip_address = "198.51.100." + std::to_string(r % 256);
  accepted.user_agent = user_agent(r);
  add(accepted, 20);
}

void EventData::add_handoffs_and_accounts(std::uint64_t r) {
  event::BillingAccountOpenedT opened;
  opened.account = placeholder(Id::account);
  opened.scope = schema::AccountScope::workspace;
  opened.organisation = placeholder(Id::organisation);
  opened.workspace = placeholder(Id::workspace);
  opened.tier = any_of(schema::Tier::guardian, r);
  opened.status = schema::AccountStatus::active;
  add(opened, 3);
  event::HandoffProposedT proposed;
  proposed.handoff = placeholder(Id::handoff);
  proposed.workspace = placeholder(Id::workspace);
  proposed.from_organisation = placeholder(Id::organisation);
  proposed.target = placeholder(Id::target);
  proposed.message = message(r);
  add(proposed, 8);
  event::HandoffAcceptedT accepted;
  accepted.handoff = placeholder(Id::handoff);
  accepted.workspace = placeholder(Id::workspace);
  accepted.from_organisation = placeholder(Id::organisation);
  accepted.target = placeholder(Id::target);
  accepted.person = placeholder(Id::actor);
  add(accepted, 2);
}

void EventData::add_variants(std::uint64_t variant) {
  const std::uint64_t random = mix(seed_ ^ mix(variant));
  add_memberships(random);
  add_invites(mix(random));
  add_workspaces(mix(random + 1));
  add_data_owners(mix(random + 2));
  add_handoffs_and_accounts(mix(random + 3));
}

EventData::EventData(std::uint64_t seed) : seed_(seed) {
  for (std::uint64_t variant = 0; variant < kVariants; ++variant) add_variants(variant);
}

std::uint64_t EventData::workspace_of(std::uint64_t event) const {
  const std::uint64_t lane = event % kLanes;
  return mix(seed_ ^ event) % (kWorkspaces / kLanes) * kLanes + lane;
}

std::uint64_t EventData::value_of(Id id, std::uint64_t salt, std::uint64_t event) const {
  const auto kind = static_cast<std::uint64_t>(id);
  const std::uint64_t random = mix(seed_ + mix(event) + kind);
  switch (id) {
    case Id::workspace:
      return mix(seed_ + kWorkspaces + workspace_of(event));
    case Id::organisation:
      return mix(seed_ + workspace_of(event) % kOrganisations);
    case Id::target:
      return mix(seed_ + random % kOrganisations);
    case Id::person:
    case Id::actor:
    case Id::contact:
      return mix(seed_ + 2 * kWorkspaces + random % kPersons);
    case Id::account:
      return mix(seed_ + 4 * kWorkspaces + workspace_of(event));
    case Id::invite:
    case Id::handoff:
      return random;
    case Id::digest:
      // Texts are few: what is hashed repeats.
      return mix(seed_ + salt * kOrganisations + random % kOrganisations);
  }
  return random;
}

std::string EventData::id_text(std::string_view prefix, std::uint64_t value) const {
  std::string text(prefix);
  text.resize(prefix.size() + kDigits);
  write_hex(value, text.data() + prefix.size());
  return text;
}

std::string EventData::organisation_id(std::uint64_t number) const {
  return id_text("org-", mix(seed_ + number));
}

void EventData::fill(const Template& form, std::uint64_t number, Event& out) const {
  out.number = number;
  out.type = form.type;
  out.payload = form.payload;
  for (const auto& slot : form.slots) {
    write_hex(value_of(slot.id, slot.salt, number),
              reinterpret_cast<char*>(out.payload.data()) + slot.offset);
  }
  const std::int64_t expires_at = time_of(number) + kThirtyDays;
  for (const auto at : form.expiries) {
    std::memcpy(out.payload.data() + at, &expires_at, sizeof(expires_at));
  }
  out.workspace_number = workspace_of(number);
  out.workspace = id_text("ws-", value_of(Id::workspace, 0, number));
  out.organisation = id_text("org-", value_of(Id::organisation, 0, number));
  out.tags.resize(form.tags.size());
  for (std::size_t i = 0; i < form.tags.size(); ++i) {
    out.tags[i] = form.tags[i].text;
    for (const auto& slot : form.tags[i].slots) {
      write_hex(value_of(slot.id, slot.salt, number), out.tags[i].data() + slot.offset);
    }
  }
}

void EventData::make(std::uint64_t first, std::uint64_t stride, std::size_t count,
                     Submission& out) const {
  out.recorded_at = time_of(first);
  const std::uint64_t random = mix(seed_ ^ ~first);
  out.occurred_at = out.recorded_at - static_cast<std::int64_t>(random % 60'000'000);
  // As time-ordered ids are: the time first, then chance.
  out.command_id = id_text("c-", static_cast<std::uint64_t>(out.recorded_at));
  out.command_id += id_text("-", random);
  out.actor = id_text("p-", value_of(Id::actor, 0, first));
  out.events.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = first + i * stride;
    const auto drawn = draw_[mix(seed_ * 3 + number) % draw_.size()];
    fill(templates_[drawn], number, out.events[i]);
    out.events[i].tags.push_back("type:" + std::string(out.events[i].type));
    out.events[i].tags.push_back("actor:" + out.actor);
  }
}

void append_plain(const Submission& submission, const Event& event, std::string& out) {
  const auto text = [&](std::string_view part) {
    const auto size = static_cast<std::uint32_t>(part.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof(size)).append(part);
  };
  const auto number = [&](std::int64_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
  };
  number(static_cast<std::int64_t>(event.number));
  number(submission.recorded_at);
  number(submission.occurred_at);
  text(submission.command_id);
  text(submission.actor);
  text(event.type);
  for (const auto& tag : event.tags) text(tag);
  text({reinterpret_cast<const char*>(event.payload.data()), event.payload.size()});
}

}  // namespace actbook::bench
