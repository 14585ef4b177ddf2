#!/usr/bin/env bash
# Proves that scripts/check-includes can fail: each kind of violation, planted in a small sound tree, is found at its
# line, and what the rules allow is let through. Usage: check_includes_test.sh PATH/TO/check-includes
set -euo pipefail
check=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

put() { # FILE LINE...
  mkdir -p "$(dirname "$tree/$1")"
  printf '%s\n' "${@:2}" >"$tree/$1"
}

sound_tree() {
  tree=$work/tree
  rm -rf "$tree"
  put schemas/common.fbs 'namespace actbook;'
  put schemas/events/ledger.fbs 'include "common.fbs";'
  put schemas/events.fbs 'include "events/ledger.fbs";'
  put schemas/released/0.1.0/common.fbs 'namespace actbook;'
  put schemas/released/0.1.0/events/ledger.fbs 'include "common.fbs";'
  put engine/include/actbook/time.h '#pragma once' '#include <string>'
  put engine/include/actbook/store.h '#include "actbook/schema/record_generated.h"' '#include "actbook/time.h"'
  put engine/storage/log.h '#pragma once' '#include <rocksdb/db.h>'
  put engine/storage/log.cpp '#include "storage/log.h"' '#include <spdlog/spdlog.h>'
  put engine/store.cpp '#include "actbook/store.h"' '#include "storage/log.h"'
  put projections/include/actbook/rows.h '#include "actbook/store.h"'
  put projections/evolve/people.h '#pragma once'
  put projections/evolve/people.cpp '#include "people.h"' '#include "evolve/people.h"' '#include "../evolve/people.h"'
  put program/include/actbook/program.h '#include "actbook/rows.h"' '#include "actbook/time.h"'
  put replay/include/actbook/replay.h '#include "actbook/rows.h"'
  put api/include/actbook/ledger.h '#include "actbook/program.h"' '#include "actbook/replay.h"'
  put api/ledger.cpp '#include "actbook/ledger.h"' '#include "actbook/time.h"' '#include <actbook/rows.h>'
  put cli/command.h '#include "actbook/ledger.h"' '#include "actbook/schema/answers_generated.h"'
  put cli/main.cpp '#include "command.h"' '#include <spdlog/spdlog.h>' '// #include "actbook/time.h"'
}

count() { # NAME CONDITION-RESULT
  if (($2 == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n%s\n' "$1" "$output"
  fi
}

run_check() {
  status=0
  output=$("$check" "$tree" 2>&1) || status=$?
}

allowed() { # NAME
  run_check
  count "$1" "$status"
}

refused() { # NAME FILE:LINE WORDS
  run_check
  local result=1
  if [[ $status == 1 && $output == *"$2: "*"$3"* && $output == *'check-includes: 1 wrong'* ]]; then result=0; fi
  count "$1" "$result"
}

# Plants one include in the sound tree, as line 2 of a new file, and expects it to be the one thing found.
planted() { # FILE INCLUDE WORDS
  sound_tree
  put "$1" '// planted' "$2"
  refused "$1: $2" "$1:2" "$3"
}

sound_tree
allowed 'a sound tree'

planted schemas/rows.fbs 'include "../engine/types.fbs";' 'not a file of schemas'
planted schemas/released/0.1.0/rows.fbs 'include "../../events/ledger.fbs";' 'outside schemas/released/0.1.0'
planted engine/a.cpp '#include "actbook/rows.h"' 'engine may include only schemas'
planted engine/a.cpp '#include "actbook/program.h"' 'engine may include only schemas'
planted engine/a.cpp '  #  include <actbook/ledger.h>' 'engine may include only schemas'
planted engine/a.cpp '#include "../cli/command.h"' 'engine may include only schemas'
planted projections/a.cpp '#include "actbook/program.h"' 'projections may include only engine schemas'
planted projections/a.cpp '#include "actbook/replay.h"' 'projections may include only engine schemas'
planted projections/a.cpp '#include "../engine/storage/log.h"' 'a private file of engine'
planted projections/a.cpp '#include "engine/storage/log.h"' 'a private file of engine'
planted program/a.cpp '#include "actbook/ledger.h"' 'program may include only'
planted program/a.cpp '#include "actbook/replay.h"' 'program may include only'
planted replay/a.cpp '#include "actbook/program.h"' 'replay may include only'
planted replay/a.cpp '#include "actbook/ledger.h"' 'replay may include only'
planted api/a.cpp '#include "../cli/command.h"' 'api may include only'
planted api/a.cpp '#include "../projections/evolve/people.h"' 'a private file of projections'
planted cli/a.cpp '#include "actbook/time.h"' 'cli may include only api schemas'
planted cli/a.cpp '#include <actbook/rows.h>' 'cli may include only api schemas'
planted engine/a.cpp '#include <rocksdb/db.h>' 'only engine/storage/ sees RocksDB'
planted engine/include/actbook/a.h '#include <rocksdb/slice.h>' 'only engine/storage/ sees RocksDB'
planted api/a.cpp '#include <rocksdb/db.h>' 'only engine/storage/ sees RocksDB'
planted api/include/actbook/a.h '#include <spdlog/spdlog.h>' 'no public header shows spdlog'
planted engine/include/actbook/a.h '#include "../../storage/log.h"' 'a public header includes only public headers'
planted engine/a.cpp '#include "actbook/nowhere.h"' 'no folder has this public header'
planted engine/a.cpp '#include "xxhash.h"' 'not a file of this tree'
planted engine/a.cpp '#include SOME_HEADER' 'cannot read'

sound_tree
put api/include/actbook/time.h '#pragma once'
run_check
count 'two folders with one public header' "$([[ $status == 1 && $output == *'same public header'* ]] && echo 0 || echo 1)"

tree=$work/empty
mkdir -p "$tree"
run_check
count 'a tree without code is not sound' "$([[ $status == 2 ]] && echo 0 || echo 1)"
mkdir -p "$tree/engine"
run_check
count 'nor one with empty folders' "$([[ $status == 2 ]] && echo 0 || echo 1)"

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
