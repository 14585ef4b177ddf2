#pragma once

#include <CLI/CLI.hpp>

#include "session.h"

namespace actbook::cli {

// Each adds a subcommand to the command line. When it is the one that was given, its action is put
// into `chosen`.

void add_init(CLI::App& app, Action& chosen);
void add_record(CLI::App& app, Action& chosen);
void add_audit(CLI::App& app, Action& chosen);
void add_show(CLI::App& app, Action& chosen);
void add_explain(CLI::App& app, Action& chosen);
void add_compare(CLI::App& app, Action& chosen);
void add_timeline(CLI::App& app, Action& chosen);
void add_step(CLI::App& app, Action& chosen);
void add_what_if(CLI::App& app, Action& chosen);
void add_case(CLI::App& app, Action& chosen);
void add_event(CLI::App& app, Action& chosen);
void add_overviews(CLI::App& app, Action& chosen);
void add_export(CLI::App& app, Action& chosen);
void add_person(CLI::App& app, Action& chosen);
void add_vault(CLI::App& app, Action& chosen);
void add_rebuild(CLI::App& app, Action& chosen);
void add_replay(CLI::App& app, Action& chosen);
void add_verify(CLI::App& app, Action& chosen);
void add_check(CLI::App& app, Action& chosen);

}  // namespace actbook::cli
