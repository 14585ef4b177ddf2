#pragma once

#include "actbook/schema.h"
#include "actbook/schema/events_bfbs_generated.h"

namespace actbook {

/// Every event, for JSON in both directions.
inline const Schema& event_schema() {
  using Binary = event::AnyEventBinarySchema;
  static const Schema schema(ByteView(Binary::data(), Binary::size()));
  return schema;
}

}  // namespace actbook
