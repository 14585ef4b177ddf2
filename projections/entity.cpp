#include "actbook/entity.h"

#include <array>
#include <utility>

#include "actbook/schema.h"

namespace actbook {
namespace {

constexpr std::array<std::pair<std::string_view, EntityKind>, 20> kKinds = {{
    {"organisation", EntityKind::organisation},
    {"workspace", EntityKind::workspace},
    {"person", EntityKind::person},
    {"account", EntityKind::account},
    {"agreement", EntityKind::agreement},
    {"invite", EntityKind::invite},
    {"handoff", EntityKind::handoff},
    {"contact", EntityKind::contact},
    {"project", EntityKind::project},
    {"recording", EntityKind::recording},
    {"mandate", EntityKind::mandate},
    {"mandate_request", EntityKind::mandate_request},
    {"plan", EntityKind::plan},
    {"charge", EntityKind::charge},
    {"payment", EntityKind::payment},
    {"deal", EntityKind::deal},
    {"transfer", EntityKind::transfer},
    {"support_request", EntityKind::support_request},
    {"personal_account", EntityKind::personal_account},
    {"hold", EntityKind::hold},
}};

// What commands make beside entities, and the kind of what it is shown with.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kParts = {
    {{"refund", "payment"}, {"payout", "deal"}}};

Error invalid(const std::string& what) { return {ErrorKind::invalid, "INVALID_ENTITY", what, {}}; }

}  // namespace

std::string Entity::tag() const {
  for (const auto& [name, candidate] : kKinds) {
    if (candidate == kind) return std::string(name) + ":" + id;
  }
  return id;
}

Result<Entity> Entity::parse(std::string_view text) {
  std::string names;
  for (const auto& [name, kind] : kKinds) names += (names.empty() ? "" : ", ") + std::string(name);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return invalid("an entity is written kind:id, such as workspace:ws-1; the kinds are " + names);
  }
  const auto id = text.substr(colon + 1);
  for (const auto& [name, kind] : kKinds) {
    if (text.substr(0, colon) != name) continue;
    if (!is_ident(id)) {
      return invalid("the id of " + std::string(text) +
                     " is not 1 to 64 characters of A-Z a-z 0-9 - _ . :");
    }
    return Entity{kind, std::string(id)};
  }
  const std::string kind(text.substr(0, colon));
  for (const auto& [part, whole] : kParts) {
    if (kind != part) continue;
    return invalid("a " + kind + " is not shown by itself; ask for its " + std::string(whole) +
                   ", as " + std::string(whole) + ":id");
  }
  return invalid(kind + " is no kind of entity; the kinds are " + names);
}

}  // namespace actbook
