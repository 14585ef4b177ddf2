#!/usr/bin/env bash
# Follows docs/ADDING_AN_EVENT.md on a copy of the tree: adds the event WorkspaceLabelled with its command, writes its
# golden bytes, and runs a test of it. So the recipe is known to be whole: a step that it forgets is missing here too.
# Usage: recipe_test.sh ENGINE_LIBRARY [CMAKE ARGUMENTS for the copy...]
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
engine_library=$1
shift
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# Only what an event goes through is copied and built: the engine, which knows no event, is taken as it is. All else
# has to be compiled anew, since every file of it sees the events; ccache knows the copy again, wherever it lies.
mkdir -p "$copy/tests" "$copy/engine"
cp -r "$source_dir"/{cmake,schemas,projections,program,api,docs} "$copy"
cp -r "$source_dir/engine/include" "$copy/engine"
cp -r "$source_dir"/tests/{main.cpp,completeness_test.cpp,golden_events_test.cpp,golden,support} "$copy/tests"
export CCACHE_BASEDIR=$copy CCACHE_NOHASHDIR=1
cd "$copy"

stop() {
  echo "recipe: $*" >&2
  exit 1
}

# Puts standard input before the last line of a file that matches a pattern, or after it.
insert() { # before|after FILE PATTERN
  local line
  line=$(grep -nE -- "$3" "$2" | tail -n 1 | cut -d: -f1)
  [[ -n $line ]] || stop "$2 has no line like $3; has the recipe changed?"
  [[ $1 == after ]] || line=$((line - 1))
  sed -i "${line}r /dev/stdin" "$2"
}

# Adds a name to a union of a schema, at its end.
add_member() { # FILE UNION MEMBER
  awk -v union="union $2 {" -v member="$3" '
    inside && /^}/ { sub(/[ \t]*$/, ",", last); print last; print "  " member; last = $0; inside = 0; next }
    NR > 1 { print last }
    { last = $0; if ($0 == union) inside = 1 }
    END { print last; if (!found && inside) exit 1 }' "$1" >"$1.new"
  grep -q "^  $3\$" "$1.new" || stop "$1 has no union $2"
  mv "$1.new" "$1"
}

# Adds a type to a list of template arguments, before a known one.
add_to_list() { # FILE KNOWN TYPE
  grep -q "$2," "$1" || stop "$1 has no list with $2"
  sed -i "s/$2,/$3, $2,/" "$1"
}

# --- 1. The event: what happened, in the past tense.
insert before schemas/events/workspaces.fbs '^/// The same owner' <<'FBS'
/// The workspace has another label from here on.
table WorkspaceLabelled {
  workspace:string (id: 0, required, tag, ident);
  from:string (id: 1);
  to:string (id: 2, required);
}

FBS
add_member schemas/events.fbs Event WorkspaceLabelled

# --- 2. What it changes: a field of a row, and how the event sets it.
insert after schemas/rows.fbs '^  deleted:actbook.schema.Act \(id: 12\);' <<'FBS'
  label:string (id: 18);
FBS
insert after projections/evolve/evolve.h 'evolve\(const event::WorkspaceRenamed&' <<'CPP'
void evolve(const event::WorkspaceLabelled& event, Fold& fold);
CPP
insert before projections/evolve/workspaces.cpp '^}  // namespace actbook' <<'CPP'
void evolve(const event::WorkspaceLabelled& event, Fold& fold) {
  fold.update<WorkspaceRowT>(event.workspace()->str(),
                             [&](WorkspaceRowT& row) { row.label = event.to()->str(); });
}

CPP

# --- 3. All that handles events hears of it.
add_to_list projections/visit_event.h event::LedgerCreated event::WorkspaceLabelled

# --- 4. A sentence for people.
insert before projections/answers/summary.cpp '^}  // namespace$' <<'CPP'
std::string phrase(const WorkspaceLabelled& e) {
  return "labelled workspace " + s(e.workspace()) + " \"" + s(e.to()) + "\"";
}

CPP

# --- 5. The command, and the decider that emits the event.
insert after schemas/commands/workspaces.fbs '^namespace ' <<'FBS'

/// The label of a workspace, for lists.
///
/// By: owner or admin of the workspace.
/// Refused for: FORBIDDEN.
table LabelWorkspace {
  workspace:string (id: 0, required, tag, ident);
  label:string (id: 1, required);
}
FBS
add_member schemas/commands.fbs Command LabelWorkspace
insert after program/decide/decide.h 'decide\(const command::RenameWorkspaceT&' <<'CPP'
void decide(const command::LabelWorkspaceT& command, Decision& decision);
CPP
insert before program/decide/workspaces.cpp '^}  // namespace actbook' <<'CPP'
void decide(const command::LabelWorkspaceT& command, Decision& decision) {
  decision.require(decision.workspace_permits(command.workspace, "settings.manage"),
                   Reason::FORBIDDEN);
  if (decision.refused()) return;
  const auto workspace = live_workspace(decision.rows(), command.workspace);
  if (workspace.label == command.label) return;
  event::WorkspaceLabelledT labelled;
  labelled.workspace = command.workspace;
  labelled.from = workspace.label;
  labelled.to = command.label;
  decision.emit(labelled);
}

CPP
add_to_list program/decide.cpp RegisterPersonT LabelWorkspaceT

# --- 6. The golden sample, every field set.
cat >tests/golden/WorkspaceLabelled.json <<'JSON'
{
  "event_type": "WorkspaceLabelled",
  "event": {
    "workspace": "haarlem-panels",
    "from": "pilot",
    "to": "running"
  }
}
JSON

# --- 7. The tests: an example of the command, and one of what it is for.
insert after tests/completeness_test.cpp '^    \{"RenameWorkspace", ' <<'CPP'
    {"LabelWorkspace", R"({"workspace": "w", "label": "l"})"},
CPP
cat >tests/label_test.cpp <<'CPP'
#include <doctest/doctest.h>

#include "support/prism.h"

namespace actbook::testing {

TEST_CASE("LabelWorkspace: by whoever manages the workspace, and what is so already is not recorded") {
  World world = prism_with_panels();
  world.given("WorkspaceLabelled", R"({"workspace": "panels", "to": "pilot"})");
  const auto running = R"({"workspace": "panels", "label": "running"})";

  CHECK(refused(world, person("milo"), "LabelWorkspace", running) == "FORBIDDEN");

  auto then = world.when(person("adam"), "LabelWorkspace", running);
  CHECK(then.types == std::vector<std::string>{"WorkspaceLabelled"});
  CHECK(field(then.event("WorkspaceLabelled"), "from") == "pilot");
  CHECK(field(then.event("WorkspaceLabelled"), "to") == "running");

  then = world.when(person("adam"), "LabelWorkspace", running);
  CHECK(then.outcome == log::Outcome::unchanged);
}

}  // namespace actbook::testing
CPP

# --- Build it and run it: once to write the golden bytes, and once to hold everything against them.
cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(recipe LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
list(APPEND CMAKE_MODULE_PATH ${PROJECT_SOURCE_DIR}/cmake)
include(GNUInstallDirs)
include(ActbookCcache)
include(ActbookPrecompile)
include(ActbookTargets)
foreach(package Threads Boost FlatBuffers RocksDB spdlog date OpenSSL nlohmann_json pegtl doctest)
  find_package(${package} REQUIRED)
endforeach()

add_subdirectory(schemas)
add_library(actbook_engine INTERFACE)
add_library(actbook::engine ALIAS actbook_engine)
target_include_directories(actbook_engine INTERFACE engine/include)
target_link_libraries(actbook_engine INTERFACE ${ENGINE_LIBRARY} actbook::schemas Boost::headers
  RocksDB::rocksdb-shared spdlog::spdlog date::date OpenSSL::Crypto lz4 sodium Threads::Threads)
add_subdirectory(projections)
add_subdirectory(program)
add_subdirectory(docs)

add_executable(recipe_tests
  tests/main.cpp tests/completeness_test.cpp tests/golden_events_test.cpp tests/label_test.cpp
  tests/support/documented.cpp tests/support/given_when_then.cpp tests/support/golden.cpp tests/support/prism.cpp
  api/json_parse.cpp api/json_read.cpp api/json_write.cpp)
target_link_libraries(recipe_tests PRIVATE actbook::program actbook_reference doctest::doctest nlohmann_json::nlohmann_json)
actbook_precompile(recipe_tests <nlohmann/json.hpp> <actbook/schema/events_generated.h>
                   <actbook/schema/commands_generated.h> <actbook/schema/rows_generated.h>)
set_source_files_properties(tests/main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
target_include_directories(recipe_tests PRIVATE tests api api/include)
target_compile_definitions(recipe_tests PRIVATE ACTBOOK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
CMAKE
cmake -S . -B build -DENGINE_LIBRARY="$engine_library" -DCMAKE_CXX_FLAGS=-O0 "$@" >cmake.log 2>&1 || {
  cat cmake.log >&2
  stop 'the copy cannot be configured'
}
cmake --build build --target recipe_tests --parallel "$(nproc)" >build.log 2>&1 || {
  grep -A 20 -E 'error|FAILED|undefined reference' build.log | head -n 60 >&2
  stop 'the copy does not build'
}
ACTBOOK_WRITE_GOLDEN=1 build/recipe_tests >/dev/null || stop 'the golden bytes were not written'
[[ -s tests/golden/WorkspaceLabelled.hex ]] || stop 'there is no tests/golden/WorkspaceLabelled.hex'
for file in "$source_dir"/tests/golden/*.hex; do
  cmp "$file" "tests/golden/${file##*/}" || stop 'a golden file that was there has changed'
done
build/recipe_tests --no-version
