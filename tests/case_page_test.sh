#!/usr/bin/env bash
# Renders the page of a case file with Chromium, scripts switched off and no name resolving: that it has the answer, a
# timeline one can see, asks nobody for anything, and prints. Each check is first shown to fail on a page that somebody
# spoilt. Exits with 77 where what it needs is not installed. Usage: case_page_test.sh ACTBOOK EXAMPLES
set -euo pipefail
actbook=$1
examples=$2
export LC_ALL=C.UTF-8
for tool in chromium pdfinfo pdftotext pngtopnm ppmhist; do
  command -v "$tool" >/dev/null && continue
  echo "case page: left out, for there is no $tool; scripts/install-dependencies --tests installs it"
  exit 77
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
count() { # NAME CONDITION...
  if "${@:2}"; then
    passed=$((passed + 1))
  else
    echo "FAILED: $1" >&2
    failed=$((failed + 1))
  fi
}
# shellcheck disable=SC2317  # through count
not() { ! "$@"; }

# ---- the browser ----

mkdir -p "$work/profile/Default"
# 2: no page may run scripts.
echo '{"profile":{"default_content_setting_values":{"javascript":2}}}' >"$work/profile/Default/Preferences"
browse() { # PAGE OPTION...
  if ! HOME=$work timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
    --disable-background-networking --disable-component-update --hide-scrollbars --user-data-dir="$work/profile" \
    --host-resolver-rules='MAP * ~NOTFOUND' --log-net-log="$work/net" "${@:2}" "file://$1" 2>"$work/log"; then
    cat "$work/log" >&2
    echo "case page: chromium failed on $1" >&2
    exit 1
  fi
}
dom() { browse "$1" --dump-dom >"$work/dom"; }
# What the page asked for over the network, whether it got it or not; the browser's own requests are not the page's.
requests() { # PAGE
  dom "$1"
  grep -F 'site=file://' "$work/net" | grep -F '"method":' | grep -o '"url":"[^"]*"' || true
}
# Each colour of what is seen, as red, green, blue, and on how many pixels.
colours() { # PAGE SIZE
  browse "$1" --window-size="$2" --screenshot="$work/shot.png" >/dev/null
  pngtopnm "$work/shot.png" | ppmhist -noheader | awk '{print $1 "," $2 "," $3, $5}'
}
number_of_colours() { colours "$@" | wc -l; }
# Pixels of the colour that the timeline is drawn in, #2f5d8a.
marks() { colours "$@" | awk '$1 == "47,93,138" {print $2; found = 1} END {if (!found) print 0}'; }

# ---- a page ----

"$actbook" --ledger "$work/ledger" init --simulated-clock --at 2026-01-01 >/dev/null
"$actbook" --ledger "$work/ledger" record "$examples/year.jsonl" --quiet >/dev/null
"$actbook" --ledger "$work/ledger" case write "$work/case" --note 'Reference 2026-118' -- \
  audit acceptances organisation:nordlys >/dev/null
page=$work/case/answer.html
lines=$(($(grep -c '^"' "$work/case/answer.csv") - 1))
records=$(find "$work/case/records" -name '*.record' | wc -l)
count 'the question has an answer of some lines' test "$lines" -gt 5

# Somebody's copy, with more in it than was written; and without what forbids that.
spoilt=$work/spoilt.html
sed 's#<main>#<main><img src="http://pixel.invalid/x.png"><p id="js">idle</p>\
<script>document.getElementById("js").textContent = "ran"</script>#' "$page" >"$spoilt"
open=$work/open.html
sed '/Content-Security-Policy/d' "$spoilt" >"$open"

# ---- no requests, no scripts ----

# shellcheck disable=SC2317  # through count
outward() { # PAGE
  grep -E '(src|srcset|action|data|poster)=|@import|url\(|<(script|iframe|object|embed|link|base|form)|https?:' "$1" ||
    grep -Eo 'href="[^"]*"' "$1" | grep -Ev '^href="(#|records/[0-9]+\.json")'
}
count 'what leads outward is found in a spoilt page' outward "$spoilt" >/dev/null
count 'nothing of the page leads outward' not outward "$page"
count 'a request is seen' test -n "$(requests "$open")"
count 'a request is forbidden by the page' test -z "$(requests "$spoilt")"
count 'the page makes no request' test -z "$(requests "$page")"
dom "$open"
count 'no script runs' grep -q '<p id="js">idle</p>' "$work/dom"

# ---- what it says ----

dom "$page"
section() { sed -n "/<section id=\"$1\">/,/<\/section>/p" "$work/dom"; }
rows() { section "$1" | grep -o '<tbody[ >]' | wc -l; }
elements() { section timeline | grep -o "<$1 " | wc -l; }
count 'there is a row for each line of the answer' test "$(rows details)" -eq "$lines"
count 'there is a row for each record' test "$(rows records)" -eq "$records"
count 'there is a dot for each record' test "$(elements circle)" -eq "$records"
count 'there is a bar for each acceptance' test "$(elements rect)" -eq "$lines"
count 'the answer is said first' grep -q "<p>$lines acceptances</p>" "$work/dom"
count 'the note is there' grep -q 'Reference 2026-118' "$work/dom"

# ---- what is seen ----

blank=$work/blank.html
sed 's#</style>#body { visibility: hidden }</style>#' "$page" >"$blank"
undrawn=$work/undrawn.html
sed 's#</style>#svg { display: none }</style>#' "$page" >"$undrawn"
count 'a blank page has few colours' test "$(number_of_colours "$blank" 1200,1400)" -lt 10
count 'the page has many' test "$(number_of_colours "$page" 1200,1400)" -gt 100
count 'no marks are seen where none are drawn' test "$(marks "$undrawn" 1200,1400)" -lt 500
count 'the marks of the timeline are seen' test "$(marks "$page" 1200,1400)" -gt 5000
count 'they are seen on a narrow screen' test "$(marks "$page" 500,1600)" -gt 1000

# ---- what is printed ----

browse "$page" --no-pdf-header-footer --print-to-pdf="$work/page.pdf" >/dev/null
pdftotext -layout "$work/page.pdf" "$work/page.txt"
pages=$(pdfinfo "$work/page.pdf" | awk '$1 == "Pages:" {print $2}')
count 'it prints on A4' grep -q 'A4' <(pdfinfo "$work/page.pdf")
count 'it goes over some pages' test "$pages" -ge 2 -a "$pages" -le 12
count 'each page has its number' grep -q "Page $pages of $pages" "$work/page.txt"
count 'each page says of what it is' \
  test "$(grep -c 'actbook case file, ledger actbook' "$work/page.txt")" -eq "$pages"
count 'the answer is printed' grep -q "$lines acceptances" "$work/page.txt"
head=$(sed -n 's/.*"tree_head": "\([^"]*\)".*/\1/p' "$work/case/manifest.json")
count 'the head is printed' grep -qF "$head" "$work/page.txt"
echo "case page: $passed checks passed, $failed failed"
exit $((failed > 0))
