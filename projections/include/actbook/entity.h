#pragma once

#include <string>
#include <string_view>

#include "actbook/error.h"

namespace actbook {

/// What an entity is; the names are the keys of tags.
enum class EntityKind {
  organisation,
  workspace,
  person,
  account,
  agreement,
  invite,
  handoff,
  contact,
  project,
  recording,
  mandate,
  mandate_request,
  plan,
  charge,
  payment,
  deal,
  transfer,
  support_request,
  personal_account,
  hold
};

/// One entity, written `kind:id`, such as workspace:ws-1. The text is also the tag of every event
/// that touches it.
struct Entity {
  EntityKind kind;
  std::string id;

  [[nodiscard]] std::string tag() const;
  /// Errors: invalid, saying which part is wrong and which kinds there are.
  [[nodiscard]] static Result<Entity> parse(std::string_view text);
};

}  // namespace actbook
