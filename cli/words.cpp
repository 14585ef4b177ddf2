#include "words.h"

#include <algorithm>

#include "actbook/schema/events_bfbs_generated.h"

namespace actbook::cli {
namespace {

constexpr std::size_t kHashDigits = 12;

std::string actor_words(std::string_view kind, const std::string& id) {
  return kind == "person" ? id : std::string(kind) + " " + id;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

}  // namespace

std::string words(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string sentence_case(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

std::string count_words(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string time_words(std::int64_t microseconds) {
  return microseconds == 0 ? std::string() : to_iso8601(Timestamp{microseconds});
}

std::string actor_words(const std::unique_ptr<schema::ActorT>& actor) {
  if (!actor || !actor->kind) return {};
  return actor_words(schema_name(schema::EnumNameActorKind(*actor->kind)), actor->id);
}

std::string act_words(const ActTexts& act) {
  std::string text = act.recorded_at;
  if (!act.occurred_at.empty() && act.occurred_at != act.recorded_at) {
    text += " (happened " + act.occurred_at + ")";
  }
  if (!act.actor_id.empty()) text += " by " + actor_words(act.actor_kind, act.actor_id);
  return text + ", position " + act.position;
}

std::string act_words(const std::unique_ptr<schema::ActT>& act) {
  if (!act) return {};
  ActTexts texts{std::to_string(act->position),
                 to_iso8601(Timestamp{act->recorded_at}),
                 time_words(act->occurred_at),
                 {},
                 {}};
  if (act->actor && act->actor->kind) {
    texts.actor_kind = schema_name(schema::EnumNameActorKind(*act->actor->kind));
    texts.actor_id = act->actor->id;
  }
  return act_words(texts);
}

std::string data_owner_words(const std::unique_ptr<schema::DataOwnerT>& owner) {
  if (!owner) return {};
  std::string who;
  const auto add = [&](const std::string& kind, const std::string& id) {
    if (id.empty()) return;
    who +=
        std::string(who.empty() ? "" : ", ") + (id.starts_with(kind + "-") ? "" : kind + " ") + id;
  };
  add("person", owner->person);
  add("contact", owner->contact);
  add("organisation", owner->organisation);
  if (owner->organisation_name.empty() || who.empty()) return owner->organisation_name + who;
  return owner->organisation_name + " (" + who + ")";
}

std::string partner_words(bool workspace_program, bool agency_program) {
  if (workspace_program && agency_program) return "in the workspace and the agency program";
  if (workspace_program) return "in the workspace program";
  return agency_program ? "in the agency program" : "no";
}

std::string position_words(const std::vector<std::uint64_t>& positions) {
  std::string text;
  for (const auto position : positions) {
    text += (text.empty() ? "" : ", ") + std::to_string(position);
  }
  return text;
}

std::string broken_words(const std::vector<std::string>& codes) {
  std::string all;
  for (const auto& code : codes) all.append(all.empty() ? "" : " ").append(code);
  return all;
}

std::string short_hash(std::string_view hash) { return std::string(hash.substr(0, kHashDigits)); }

std::string reason_sentence(std::string_view code) {
  using Binary = event::AnyEventBinarySchema;
  const auto& enums = *reflection::GetSchema(Binary::data())->enums();
  const auto reasons = std::find_if(enums.begin(), enums.end(), [](const auto* candidate) {
    return candidate->name()->string_view() == "actbook.schema.Reason";
  });
  for (const auto* reason : *(*reasons)->values()) {
    if (reason->name()->string_view() != code || reason->documentation() == nullptr) continue;
    std::string sentence;
    for (const auto* line : *reason->documentation()) {
      sentence += (sentence.empty() ? "" : " ") + trimmed(line->string_view());
    }
    return sentence;
  }
  return {};
}

}  // namespace actbook::cli
