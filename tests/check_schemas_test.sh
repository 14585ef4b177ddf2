#!/usr/bin/env bash
# Proves that scripts/check-schemas can fail: with a small frozen copy beside small schemas, each kind of break is found,
# and additions are let through. Usage: check_schemas_test.sh PATH/TO/check-schemas PATH/TO/schema_conformance
set -euo pipefail
check=$1
compare=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
passed=0
failed=0

expect() { # NAME STATUS WORDS
  local status=0 output
  output=$("$check" "$compare" "$root" 2>&1) || status=$?
  if [[ $status == "$2" && $output == *"$3"* ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s: exit %s\n%s\n' "$1" "$status" "$output"
  fi
}

write_schemas() { # FOLDER
  mkdir -p "$1/events"
  cat >"$1/common.fbs" <<'FBS'
namespace shop;
attribute "tag";
enum Colour:ubyte { red, green, blue }
FBS
  cat >"$1/events/baskets.fbs" <<'FBS'
include "common.fbs";
namespace shop.event;
table BasketFilled {
  basket:string (id: 0, required, tag);
  colour:shop.Colour (id: 1);
  weight:uint (id: 2);
}
FBS
  cat >"$1/events.fbs" <<'FBS'
include "events/baskets.fbs";
namespace shop.event;
union Event { BasketFilled }
table AnyEvent { event:Event (id: 1, required); }
root_type AnyEvent;
FBS
  cat >"$1/rows.fbs" <<'FBS'
namespace shop.row;
table BasketRow { weight:uint (id: 0); }
FBS
}

edit() { # FILE SED-SCRIPT: from the released state
  write_schemas "$root/schemas"
  sed -i "$2" "$root/schemas/$1"
}

write_schemas "$root/schemas"
expect 'no release' 0 'nothing released yet'
mkdir -p "$root/schemas/released"
touch "$root/schemas/released/README.md"
expect 'no release, but its readme' 0 'nothing released yet'
mkdir "$root/schemas/released/0.1.0"
expect 'an empty release' 2 'without schemas'
write_schemas "$root/schemas/released/0.1.0"
expect 'nothing changed' 0 '2 files of 1 releases, 0 broken'

edit events/baskets.fbs '/weight/a note:string (id: 3);'
expect 'an added field' 0 '0 broken'
edit rows.fbs '/weight/d; s/table BasketRow/table OtherRow { weight:uint (id: 0); }/'
expect 'a changed row' 0 '0 broken'

edit events/baskets.fbs '/weight/d'
expect 'a removed field' 1 'shop.event.BasketFilled.weight was removed'
edit events/baskets.fbs 's/weight:uint/mass:uint/'
expect 'a renamed field' 1 'shop.event.BasketFilled.weight was renamed to mass'
edit events/baskets.fbs 's/weight:uint/weight:string/'
expect 'a retyped field, by flatc itself' 1 'conform'
edit events/baskets.fbs 's/, tag)/)/'
expect 'a lost tag' 1 'shop.event.BasketFilled.basket changed its tag'
edit common.fbs 's/, blue//'
expect 'a removed enum value' 1 'shop.Colour.blue was removed'
edit events.fbs ''
rm "$root/schemas/events.fbs"
expect 'a removed file' 1 'the whole file is gone'

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
