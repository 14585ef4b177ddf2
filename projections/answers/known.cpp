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
  auto cursor = store.query(Query{{{{}, {entity.tag()}}}}, {.to = view.position(), .limit = 1});
  if (cursor.next()) return boost::outcome_v2::success();
  BOOST_OUTCOME_TRY(cursor.status());
  return not_known(view, entity);
}

Error not_known(const View& view, const Entity& entity) {
  return {ErrorKind::invalid,
          "NOT_FOUND",
          entity.tag() + " is not known as of position " + std::to_string(view.position().value) +
              ", " + to_iso8601(view.at()),
          {}};
}

}  // namespace actbook
