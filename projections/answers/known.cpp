#include "answers/known.h"

#include "actbook/schema.h"

namespace actbook {

Result<void> check_known(const EventStore& store, const View& view, const Entity& entity) {
  if (!is_ident(entity.id)) {
    return Error{ErrorKind::invalid,
                 "INVALID_ENTITY",
                 entity.tag() + ": an id is 1 to 64 characters of A-Z a-z 0-9 - _ . :",
                 {}};
  }
  BOOST_OUTCOME_TRY(known, is_known(store, view, entity.tag()));
  if (!known) return not_known(view, entity.tag());
  return boost::outcome_v2::success();
}

Result<bool> is_known(const EventStore& store, const View& view, const std::string& tag) {
  auto cursor = store.query(Query{{{{}, {tag}}}}, {.to = view.position(), .limit = 1});
  const bool known = cursor.next();
  BOOST_OUTCOME_TRY(cursor.status());
  return known;
}

Error not_known(const View& view, std::string_view tag) {
  const auto position = std::to_string(view.position().value);
  const auto at = to_iso8601(view.at());
  return {ErrorKind::invalid,
          "NOT_FOUND",
          std::string(tag) +
              (view.axis() == Axis::occurred
                   ? " was not there at " + at + ", by what is known at position " + position
                   : " is not known as of position " + position + ", " + at),
          {}};
}

}  // namespace actbook
