# set -e, -u, -x, and what they leave alone.
sh -ec 'false; echo never'; echo $?
sh -ec 'if false; then :; fi; false || true; ! true; while false; do :; done; echo alive'; echo $?
sh -ec 'f() { false; echo "in f"; }; f || echo no; echo alive'; echo $?
sh -ec 'f() { false; echo never; }; f; echo never'; echo $?
sh -ec 'x=$(false); echo never'; echo $?
sh -ec 'echo $(false) kept'; echo $?
sh -ec '(false); echo never'; echo $?
sh -ec 'false | true; echo pipe'; echo $?
sh -ec 'true | false; echo never'; echo $?
sh -ec 'false && true; echo and'; echo $?
sh -ec 'true && false; echo never'; echo $?
sh -ec 'set +e; false; echo off'; echo $?
sh -ec 'trap "echo trapped" EXIT; false'; echo $?
sh -uc 'echo $unset; echo never' 2>/dev/null; echo "$(($? != 0))"
sh -uc 'echo ${unset-ok} "$@" $#'; echo $?
sh -uc 'x=; echo "[$x]" ${x:+y}'; echo $?
sh -xc 'x=1; echo $x' 2>&1
sh -xc 'f() { echo "$1"; }; f arg' 2>&1
sh -c 'echo ${x?message}; echo never' 2>/dev/null; echo "$(($? != 0))"
sh -c 'echo ${x:?}; echo never' 2>/dev/null; echo "$(($? != 0))"
sh -c 'set -- a; shift 2; echo never' 2>/dev/null; echo "$(($? != 0))"
sh -c 'if' 2>/dev/null; echo $?; sh -c 'echo first
fi' 2>/dev/null; echo $?
sh -c 'echo a
echo (b' 2>/dev/null; echo $?
sh -ac 'A=5; env' | grep '^A='
sh -c 'readonly a=1; a=2; echo never' 2>/dev/null; echo "$(($? != 0))"
sh -nc 'echo never'; echo $?
