#include "answers/lines.h"

namespace actbook {

answer::AcceptanceLineT acceptance_line(const Acceptance& acceptance) {
  const auto& row = acceptance.row;
  answer::AcceptanceLineT line;
  line.position = row.accepted->position;
  line.recorded_at = row.accepted->recorded_at;
  line.occurred_at = row.accepted->occurred_at;
  line.agreement = row.agreement;
  line.version = row.version;
  line.text_sha256 = row.text_sha256;
  line.workspace = row.workspace;
  line.organisation = row.organisation;
  line.person = row.person;
  line.acting_organisation = row.acting_organisation;
  line.data_owner = copy(row.data_owner);
  line.channel = row.channel;
  line.state = acceptance.state;
  line.ended = copy(acceptance.ended);
  line.rules_broken = row.rules_broken;
  return line;
}

}  // namespace actbook
