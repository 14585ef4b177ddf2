#pragma once

#include "actbook/event_store.h"
#include "storage/views.h"

namespace actbook {

/// Where views read from; stays the same for as long as the store is open.
class View::Source {
 public:
  explicit Source(const storage::Views& views) : views_(views) {}
  [[nodiscard]] const storage::Views& views() const { return views_; }

 private:
  const storage::Views& views_;
};

}  // namespace actbook
