#!/bin/sh
# site.sh DIR: the whole site. The tree as it is at /, every tag v* at /TAG/, and versions.js, which the pages' menu reads.
# A tag is built in a checkout of its own, by its own Makefile: `make docs`, or what SITE_DOCS says.
set -eu

[ $# = 1 ] || { echo "usage: site.sh DIR" >&2; exit 2; }
top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"; git -C "$top" worktree prune' EXIT

# $1: a tree, $2: its version, $3: where to.
build() {
	echo "site: $2"
	# The makes that are started here are nobody's parts.
	(cd "$1" && unset MAKEFLAGS MFLAGS MAKELEVEL && DOCS_SITE=1 DOCS_VERSION=$2 ${SITE_DOCS:-make -s docs}) >&2
	mkdir -p "$3"
	cp -R "$1/build/docs/html/." "$3/"
	rm -rf "$3/.doctrees" "$3/.buildinfo"
}

rm -rf "$out"/* "$out"/.nojekyll
build "$top" main "$out"
list='"main"'
for tag in $(git -C "$top" tag --list 'v*' --sort=-v:refname); do
	tree=$work/$tag
	git -C "$top" worktree add -q --detach "$tree" "$tag"
	if [ ! -f "$tree/docs/conf.py" ]; then
		echo "site: $tag has no book" >&2
		continue
	fi
	# The same packages need not be fetched again.
	if [ -d "$top/node_modules" ] && cmp -s "$top/package-lock.json" "$tree/package-lock.json"; then
		cp -R "$top/node_modules" "$tree/" && touch "$tree/node_modules/.package-lock.json"
	fi
	build "$tree" "$tag" "$out/$tag"
	list="$list, \"$tag\""
	git -C "$top" worktree remove --force "$tree"
done
printf 'window.MANUL_VERSIONS = [%s];\n' "$list" >"$out/versions.js"
# GitHub's pages leave out folders that begin with _ unless this is there.
touch "$out/.nojekyll"
