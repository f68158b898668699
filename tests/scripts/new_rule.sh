#!/usr/bin/env bash
# scripts/new-rule in a copy of the rules: what it creates is complete, sorted and compiles, and it
# refuses what would break the table.
#   new_rule.sh SOURCE_DIR COMPILER
set -euo pipefail
readonly source=$1 compiler=$2
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/core" "$copy/tests" "$copy/scripts"
cp -r "$source/core/rules" "$copy/core/"
cp "$source/scripts/new-rule" "$copy/scripts/"
cd "$copy"

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

scripts/new-rule | grep -qE '^KA9[0-9]{3}  attack paths$' || fail "no list of free ids"
before=$(grep -c '^KAUDIT_RULE(' core/rules/rules.def)
scripts/new-rule KA1999 two-words "Something is at fault" >/dev/null

[[ $(grep -c '^KAUDIT_RULE(' core/rules/rules.def) == "$((before + 1))" ]] || fail "list has no new line"
diff <(grep -v two_words core/rules/rules.def) "$source/core/rules/rules.def" ||
  fail "other lines of the list changed"
[[ $(grep -A1 'KAUDIT_RULE(two_words)' core/rules/rules.def | tail -1) == *external_ip* ||
  $(grep -B1 'KAUDIT_RULE(two_words)' core/rules/rules.def | head -1) == *pod_default_root* ]] ||
  fail "list is not in the order of ids"
for outcome in pass fail; do
  compgen -G "tests/rules/KA1999/$outcome/*.yaml" >/dev/null || fail "no fixture in $outcome"
done
grep -q '# expect: two-words$' tests/rules/KA1999/fail/*.yaml || fail "the bad fixture expects nothing"
"$compiler" -std=c++20 -Wall -Wextra -Werror -fsyntax-only -I "$copy" -I "$source" \
  core/rules/two_words.cc || fail "the skeleton does not compile"

refused() {
  local why=$1 before after
  shift
  before=$(find . -type f | sort | xargs cksum)
  ! message=$(scripts/new-rule "$@" 2>&1) || fail "accepted: $*"
  [[ $message == *"$why"* ]] || fail "said '$message' instead of '$why' for: $*"
  after=$(find . -type f | sort | xargs cksum)
  [[ $before == "$after" ]] || fail "changed files although it refused: $*"
}
refused "usage" KA1998
refused "four digits" KA12 a-slug "Title"
refused "four digits" KA0001 a-slug "Title"
refused "already" KA1001 a-slug "Title"
refused "already" KA1999 a-slug "Title"
refused "already" KA1998 privileged-container "Title"
refused "lower case" KA1998 A_Slug "Title"
refused "lower case" KA1998 ../slug "Title"
refused "without period" KA1998 a-slug "Title."
refused "without period" KA1998 a-slug ""
refused "without period" KA1998 a-slug 'A "title"'
