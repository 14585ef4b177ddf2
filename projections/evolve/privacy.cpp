#include "evolve/evolve.h"

namespace actbook {

void evolve(const event::PersonErased& event, Fold& fold) {
  const std::string person = text(event.person());
  if (!person.empty()) {
    fold.update<row::PersonRowT>(person, [&](row::PersonRowT& row) { row.erased = fold.act(); });
  }
  if (event.contacts() == nullptr) return;
  for (const auto* contact : *event.contacts()) {
    fold.update<row::ContactRowT>(contact->str(),
                                  [&](row::ContactRowT& row) { row.erased = fold.act(); });
  }
}

void evolve(const event::LegalHoldPlaced& event, Fold& fold) {
  const std::string hold = event.hold()->str();
  fold.update<row::LegalHoldRowT>(hold, [&](row::LegalHoldRowT& row) {
    row.person = text(event.person());
    row.workspace = text(event.workspace());
    row.organisation = text(event.organisation());
    row.placed = fold.act();
    row.released.reset();
  });
  if (event.person() != nullptr) fold.refer("person", text(event.person()), "hold", hold);
  if (event.workspace() != nullptr) fold.refer("workspace", text(event.workspace()), "hold", hold);
  if (event.organisation() != nullptr) {
    fold.refer("organisation", text(event.organisation()), "hold", hold);
  }
}

void evolve(const event::LegalHoldReleased& event, Fold& fold) {
  fold.update<row::LegalHoldRowT>(event.hold()->str(),
                                  [&](row::LegalHoldRowT& row) { row.released = fold.act(); });
}

}  // namespace actbook
