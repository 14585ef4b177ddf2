#include "evolve/evolve.h"

namespace actbook {

void evolve(const event::LedgerCreated& event, Fold& fold) {
  fold.update<row::LedgerRowT>("ledger", [&](row::LedgerRowT& row) {
    row.ledger = event.ledger()->str();
    row.clock = event.clock();
    row.created = fold.act();
  });
}

void evolve(const event::RoleDefined& event, Fold& fold) {
  const auto key = row_key({schema::EnumNameRoleScope(event.scope()), event.role()->string_view()});
  fold.update<row::RoleRowT>(key, [&](row::RoleRowT& row) {
    row.permissions.clear();
    for (const auto* permission : *event.permissions())
      row.permissions.push_back(permission->str());
    row.takes_paid_seat = event.takes_paid_seat();
    row.allowed_in_internal_workspace = event.allowed_in_internal_workspace();
    row.partner_only = event.partner_only();
    row.outsider = event.outsider();
    row.defined = fold.act();
  });
}

// A refusal changes nothing; it stands in the trail. But the command is kept, with what is sealed
// in it, so it is noted about whom that may be.
void evolve(const event::CommandRefused& event, Fold& fold) {
  fold.note_actor();
  std::vector<std::string_view> people;
  std::vector<std::string_view> contacts;
  for (const auto* subject : *event.subjects()) {
    const auto text = subject->string_view();
    if (text.starts_with("person:")) people.push_back(text.substr(text.find(':') + 1));
    if (text.starts_with("contact:")) contacts.push_back(text.substr(text.find(':') + 1));
  }
  for (const auto contact : contacts) {
    fold.refer("contact", contact, "refusal", "kept");
    for (const auto person : people) fold.refer("person", person, "tried", contact);
  }
}

}  // namespace actbook
