#pragma once

#include "actbook/json.h"
#include "remembered.h"
#include "scenario.h"

namespace actbook::cli {

/// The command that a step of a scenario gives, with what the scenario remembers put in. Errors:
/// those of malformed(); but where the step expects an error, those of command_from_json.
[[nodiscard]] Result<command::CommandEnvelopeT> command_of(const Step& step,
                                                           const Remembered& remembered);

}  // namespace actbook::cli
