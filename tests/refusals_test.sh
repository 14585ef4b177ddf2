#!/usr/bin/env bash
# Every refusal that a command's doc comment promises (schemas/commands/, "Refused for:") has to happen in a test of
# the deciders. Runs those tests in one process, which notes each refusal, and lists the promises that none of them met.
# One that is marked (observed) has to be broken by an observed fact instead. That no test meets a refusal that is not
# promised, the tests see to themselves (tests/support/documented.h).
# Usage: refusals_test.sh ACTBOOK_TESTS WRITE_REFERENCE
set -euo pipefail
tests=$1
write_reference=$2
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What is promised, but is not in the file: a command, a reason, and the mode in which that shows.
unmet() { # FILE
  comm -23 <("$write_reference" --refusals | sort -u) <(sort -u "$1")
}

# A list that is never printed would find nothing either.
: >"$work/none"
promised=$("$write_reference" --refusals | wc -l)
if ((promised == 0 || $(unmet "$work/none" | wc -l) != promised)); then
  echo "refusals: where no test meets any, all have to be missed; is something wrong with $write_reference?" >&2
  exit 2
fi

if ! ACTBOOK_REFUSALS_MET=$work/met "$tests" --source-file='*decide_*_test.cpp' --no-version >"$work/log" 2>&1; then
  cat "$work/log" >&2
  exit 1
fi
missed=$(unmet "$work/met")
if [[ -n $missed ]]; then
  echo "No test in tests/decide_*_test.cpp meets these refusals, which schemas/commands/ promises:"
  # shellcheck disable=SC2001  # every line, not the first
  sed 's/^/  /; s/ command$//; s/ observed$/ (observed)/' <<<"$missed"
  echo "Write a test of each. Where a command is always refused for an earlier reason, say so: SOME_REASON (observed)."
  exit 1
fi
echo "refusals: each of $promised is met by a test"
