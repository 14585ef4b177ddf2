#include "acts_table.h"

#include "actbook/csv.h"
#include "actbook/json.h"
#include "words.h"

namespace actbook::cli {
namespace {

void add_remark(std::string& remarks, const std::string& remark) {
  if (!remark.empty()) remarks += (remarks.empty() ? "" : "; ") + remark;
}

std::string happened(std::int64_t occurred_at, std::int64_t recorded_at) {
  return occurred_at == recorded_at ? std::string() : "happened " + time_words(occurred_at);
}

}  // namespace

std::string remarks_of(const answer::TrailLineT& line) {
  std::string remarks;
  if (!line.refused.empty()) add_remark(remarks, reason_sentence(line.refused));
  if (line.mode == schema::Mode::observed) add_remark(remarks, "observed");
  add_remark(remarks, happened(line.occurred_at, line.recorded_at));
  const auto broken = broken_words(line.rules_broken);
  if (!broken.empty()) add_remark(remarks, "against the rules " + broken);
  if (!line.reason.empty()) add_remark(remarks, "\"" + line.reason + "\"");
  return remarks;
}

Table acceptances_table(const std::vector<std::unique_ptr<answer::AcceptanceLineT>>& lines,
                        WorkspaceColumn workspace) {
  Table table({{"POSITION", Table::Align::right},
               {"ACCEPTED AT"},
               {"AGREEMENT"},
               {"TEXT SHA-256"},
               {"BY"},
               {"FOR"},
               {"WORKSPACE"},
               {"DATA OWNER"},
               {"HOW"},
               {"STATE"},
               {"AGAINST THE RULES"}});
  for (const auto& line : lines) {
    std::string accepted = time_words(line->recorded_at);
    const auto earlier = happened(line->occurred_at, line->recorded_at);
    if (!earlier.empty()) accepted += " (" + earlier + ")";
    const auto& organisation =
        line->acting_organisation.empty() ? line->organisation : line->acting_organisation;
    std::string state = words(schema::EnumNameAcceptanceState(line->state));
    if (line->ended) state += " " + act_words(line->ended);
    table.add({std::to_string(line->position), accepted,
               line->agreement + " version " + std::to_string(line->version),
               short_hash(line->text_sha256), line->person, organisation,
               workspace == WorkspaceColumn::shown ? line->workspace : std::string(),
               data_owner_words(line->data_owner),
               schema_name(schema::EnumNameChannel(line->channel)), state,
               broken_words(line->rules_broken)});
  }
  return table;
}

Table trail_table(const std::vector<std::unique_ptr<answer::TrailLineT>>& lines) {
  Table table({{"POSITION", Table::Align::right},
               {"RECORDED AT"},
               {"WHO"},
               {"FOR"},
               {"WHAT"},
               {"BY WHAT RIGHT"},
               {"REMARKS"}});
  for (const auto& line : lines) {
    table.add({std::to_string(line->position), time_words(line->recorded_at),
               actor_words(line->actor), line->acting_organisation, line->summary, line->basis,
               remarks_of(*line)});
  }
  return table;
}

const std::vector<std::string>& act_columns() {
  static const auto columns = csv_columns(answer::TrailLineT::TableType::GetFullyQualifiedName());
  return columns;
}

std::vector<std::string> act_cells(const answer::TrailLineT& line) {
  return csv_cells(act_columns(), to_json(line));
}

}  // namespace actbook::cli
