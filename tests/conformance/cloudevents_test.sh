#!/usr/bin/env bash
# Holds every event of a year, exported as CloudEvents, against the standard's own schema, as the CloudEvents SDK for
# JavaScript has it (package-lock.json pins it). First it is shown to refuse lines that are wrong. Exits with 77 where
# there is no npm, or the SDK cannot be fetched. Usage: cloudevents_test.sh ACTBOOK EXAMPLES
set -euo pipefail
actbook=$1
examples=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for tool in node npm; do
  command -v "$tool" >/dev/null && continue
  echo "cloudevents: left out, for there is no $tool; scripts/install-dependencies --checks installs it"
  exit 77
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/{package.json,package-lock.json,cloudevents.js} "$work"
cd "$work"
if ! HOME=$work npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1; then
  cat npm.log
  echo "cloudevents: left out, for the SDK could not be fetched"
  exit 77
fi

"$actbook" --ledger book init --simulated-clock --at 2026-01-01 >/dev/null
"$actbook" --ledger book record "$examples/year.jsonl" --quiet >/dev/null
"$actbook" --ledger book export cloudevents >events

judge() { node cloudevents.js 2>judged; }
refused() { # NAME SED_SCRIPT: a line that is spoilt so
  if head -n 1 events | sed "$2" | judge >/dev/null; then
    echo "cloudevents: the check lets pass an event with $1" >&2
    exit 1
  fi
}
refused 'no id' 's/"id":"[^"]*",//'
refused 'no source' 's/"source":"[^"]*",//'
refused 'another version' 's/"specversion":"1.0"/"specversion":"2.0"/'
refused 'a time that is none' 's/"time":"[^"]*"/"time":"yesterday"/'
refused 'a source that is no URI reference' 's/"source":"[^"]*"/"source":"a b"/'
refused 'a name that is none' 's/"specversion"/"Not_a_name":"x","specversion"/'
refused 'an object as attribute' 's/"specversion"/"odd":{},"specversion"/'
refused 'a line break in an attribute' 's/"specversion"/"odd":"a\\nb","specversion"/'
for attribute in actingorganisation basis reason rulesbroken; do
  grep -q "\"$attribute\":\"" events && continue
  echo "cloudevents: no event says its $attribute" >&2
  exit 1
done
if ! count=$(judge <events); then
  cat judged >&2
  exit 1
fi
lines=$(wc -l <events)
[[ $count == "$lines" && $lines -gt 1000 ]] || { echo "cloudevents: $count of $lines events were read" >&2; exit 1; }
echo "cloudevents: $count events, each as the standard's schema has it"
