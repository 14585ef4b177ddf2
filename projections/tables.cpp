#include "actbook/tables.h"

namespace actbook {

std::string row_key(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const auto part : parts) {
    if (!key.empty()) key.push_back('/');
    key.append(part);
  }
  return key;
}

std::unique_ptr<schema::ActT> act_of(const Record& record) {
  auto act = std::make_unique<schema::ActT>();
  act->position = record.position().value;
  act->recorded_at = record->recorded_at();
  act->occurred_at = record->occurred_at();
  act->actor.reset(record->actor()->UnPack());
  return act;
}

std::vector<std::string> references(const RowReader& rows, std::string_view kind,
                                    std::string_view id, std::string_view related) {
  std::vector<std::string> ids;
  each<row::ReferenceRowT>(
      rows, row_key({kind, id, related}) + "/",
      [&](std::string_view rest, const row::ReferenceRowT&) { ids.emplace_back(rest); });
  return ids;
}

std::vector<std::string> rules_broken(const Record& record) {
  std::vector<std::string> codes;
  if (record->rules_broken() != nullptr) {
    for (const auto* code : *record->rules_broken()) codes.push_back(code->str());
  }
  return codes;
}

}  // namespace actbook
