#pragma once

#include <flatbuffers/reflection.h>

#include <string>
#include <vector>

namespace actbook::test {

/// What `newer` breaks of `older`, one sentence each; empty if it only adds. Stored bytes must
/// still read as they were meant, and a caller's commands must still be understood: nothing is
/// removed, renamed, renumbered or retyped, no default changes, nothing becomes required, and the
/// `tag` attributes stay as they are.
///
/// `flatc --conform` lets through what is removed or renamed, and new required fields.
[[nodiscard]] std::vector<std::string> schema_violations(const reflection::Schema& older,
                                                         const reflection::Schema& newer);

}  // namespace actbook::test
