#!/bin/sh
# figure_reference.sh COMMIT DIR PROGRAM...: the reference that the figures of a changed mm/ are compared with. In DIR/tree: the commit's
# mm/, with this tree's figures around it, and these programs, built; in DIR/is: its name. With nothing to compare, DIR/is is empty, and
# there is no DIR/tree. DIR/is is written only when it changes, so that make can depend on it.
set -eu

[ $# -ge 3 ] || { echo "usage: figure_reference.sh COMMIT DIR PROGRAM..." >&2; exit 2; }
ref=$1 dir=$2
shift 2
parts="mm lib arch tests/port"
mkdir -p "$dir"

is() {
	printf '%s\n' "$1" >"$dir/is.new"
	if cmp -s "$dir/is.new" "$dir/is"; then rm "$dir/is.new"; else mv "$dir/is.new" "$dir/is"; fi
}

none() {
	rm -rf "$dir/tree"
	is ""
	exit 0
}

# A tree that is no checkout, or lies in another one, has no commit of its own.
[ "$(git rev-parse --show-cdup 2>/dev/null || echo none)" = "" ] || none
commit=$(git rev-parse --verify --quiet "$ref^{commit}") || { echo "figures: there is no commit $ref" >&2; exit 1; }
if git diff --quiet "$commit" -- $parts && [ -z "$(git ls-files --others --exclude-standard -- $parts)" ]; then none; fi

if [ "$(cat "$dir/tree/commit" 2>/dev/null)" != "$commit" ]; then
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree"
	git archive "$commit" -- $parts | tar -x -C "$dir/tree"
	echo "$commit" >"$dir/tree/commit"
fi
mkdir -p "$dir/tree/docs/figures" "$dir/tree/tools"
cp -pR docs/figures/live "$dir/tree/docs/figures/"
cp -p tools/trace_lines.py "$dir/tree/tools/"
cp -p Makefile "$dir/tree/"
if ! (unset MAKEFLAGS MFLAGS MAKELEVEL && make -s -C "$dir/tree" "$@") >"$dir/log" 2>&1; then
	echo "figures: the figures do not compile with mm/ of $ref ($dir/log); they are not compared" >&2
	none
fi
is "$(git rev-parse --short "$commit")"
