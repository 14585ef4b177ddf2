#!/usr/bin/env bash
# Proves that scripts/check-printouts can fail: each kind of difference, planted in a small sound document, is found at
# its line, what the rules allow is let through, and --rewrite mends it.
# Usage: check_printouts_test.sh PATH/TO/check-printouts ACTBOOK
set -euo pipefail
check=$1
binary=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
document=$work/document.md
passed=0
failed=0

count() { # NAME CONDITION-RESULT
  if (($2 == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n%s\n' "$1" "$output"
  fi
}

run_check() { # [--rewrite]
  status=0
  output=$("$check" "$binary" "$@" "$document" 2>&1) || status=$?
}

# A document that shows the first event of a ledger in these lines.
put() { # LINE...
  {
    printf '%s\n' 'Some words.' '' '```console' '$ export ACTBOOK_LEDGER=/tmp/book' \
      '$ actbook init --simulated-clock --id planted' 'Made the ledger planted in /tmp/book.' '…' '```' '' \
      '```sh' '$ nobody runs this' '```' '' '```console' '$ actbook audit trail --limit 1'
    (($# == 0)) || printf '%s\n' "$@"
    printf '%s\n' '' '$ actbook event 9999' 'actbook: there is no event at position 9999' '$ echo $?' '3' '```'
  } >"$document"
}

allowed() { # NAME LINE...
  put "${@:2}"
  run_check
  count "$1" "$status"
}

refused() { # NAME LINE...
  put "${@:2}"
  run_check
  count "$1" "$([[ $status == 1 && $output == *"$document:15: actbook audit trail --limit 1"* &&
    $output == *'5 commands, 1 with another printout'* ]] && echo 0 || echo 1)"
}

put
run_check --rewrite
count 'rewriting succeeds' "$status"
mapfile -t sound < <(sed -n '16,/^$/p' "$document" | sed '$d')
[[ ${#sound[@]} -ge 3 ]] || { echo "the example prints too little: ${sound[*]}" >&2; exit 1; }

allowed 'what was rewritten' "${sound[@]}"
allowed 'lines left out at the end' "${sound[0]}" …
allowed 'lines left out at the beginning' … "${sound[-1]}"
allowed 'lines left out in the middle' "${sound[0]}" … "${sound[-1]}"
allowed 'no lines left out' "${sound[@]}" …
allowed 'a part of a line left out' "${sound[0]:0:4}…${sound[0]: -4}" "${sound[@]:1}"
allowed 'more blanks' "${sound[0]// /   }" "${sound[@]:1}"

refused 'a changed word' "${sound[0]/POSITION/POSITIONS}" "${sound[@]:1}"
refused 'a line that is missing' "${sound[@]:1}"
refused 'a line too many' "${sound[@]}" 'and more'
refused 'another order' "${sound[-1]}" "${sound[@]:0:${#sound[@]}-1}"
refused 'a star, which stands for itself' "${sound[0]}" … 'as of position *'
refused 'a part left out, and another end' "${sound[0]:0:4}…nothing" "${sound[@]:1}"
refused 'no printout'

put "${sound[0]:0:8}…" 'and more' "${sound[@]:1}"
run_check --rewrite
count 'a line shortened by hand stays so' "$([[ $(sed -n 16p "$document") == "${sound[0]:0:8}…" ]] && echo 0 || echo 1)"
run_check
count 'what was rewritten again' "$status"

put "${sound[@]}"
sed -i '$d; s/^3$/0/' "$document"
echo '```' >>"$document"
run_check
count 'another exit code' "$([[ $status == 1 && $output == *': echo $?'* ]] && echo 0 || echo 1)"
sed -i '$d' "$document"
run_check
count 'a block without an end' "$([[ $status == 2 && $output == *'has no end'* ]] && echo 0 || echo 1)"
echo 'Only words.' >"$document"
run_check
count 'a document without a command' "$([[ $status == 2 && $output == *'has no command'* ]] && echo 0 || echo 1)"

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
