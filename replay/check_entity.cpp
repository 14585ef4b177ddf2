#include "check_entity.h"

#include <boost/outcome/try.hpp>

#include "actbook/search.h"

namespace actbook {

Result<void> check_entity(const EventStore& store, const View& view, const Entity& entity) {
  Search search;
  search.tags = {entity.tag()};
  search.limit = 1;
  BOOST_OUTCOME_TRY(find_events(store, view, search));
  return boost::outcome_v2::success();
}

}  // namespace actbook
