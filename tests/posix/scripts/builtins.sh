# set, read, getopts, trap, eval, ., export, readonly, wait, umask, printf, test.
printf '%s-%d|%5d|%-5d|%05d|%x|%o|%c|%%\n' str 42 42 42 42 255 8 char
printf '%s\n' a b c; printf 'no newline'; printf '\n'
printf '%s %s\n' 1 2 3; printf '[%s]\n'; printf '[%d]\n'; printf '\101\t|\n'
printf '%b\n' 'a\tb\0101'; printf '%.2s|%5.1s|\n' abc xyz; printf '%+d % d\n' 5 5; printf '%i %u\n' -1 1
printf '%s\n' "it's" 'a  b'; printf '%d\n' 0x10 010 "'A"; printf '%d\n' abc 2>/dev/null; echo $?
printf '%*d|%-*d|\n' 5 42 4 7
[ a = a ] && [ a != b ] && [ 1 -lt 2 ] && [ ! a = b ] && [ -n x ] && [ -z "" ] && echo tests
[ -d / ] && [ ! -f / ] && [ -e / ] && [ -r / ] && echo files
[ a = b -o 1 = 1 ]; echo $?; [ a = a -a 1 = 2 ]; echo $?; [ \( a = a \) -a \( b = b \) ]; echo $?
[ ]; echo $?; [ x ]; echo $?; [ "" ]; echo $?; [ ! x ]; echo $?; [ ! "" ]; echo $?; test -n; echo $?
[ 1 -eq x ] 2>/dev/null; echo $?; [ a b c ] 2>/dev/null; echo $?
[ "(" = "(" ]; echo $?; [ ! = x ]; echo $?; [ -f = -f ]; echo $?; [ -5 -lt 3 ]; echo $?
echo 'a b  c' | { read x y; echo "<$x><$y>"; }
printf '%s\n' 'a\tb\' | { read -r x; printf '%s\n' "$x"; }
printf 'a\\ b c\n' | { read x y; echo "<$x><$y>"; }
printf 'con\\\ntinued\n' | { read x; echo "<$x>"; }
echo 'x:y:z' | { IFS=: read a b; echo "<$a><$b>"; }; echo 'x:y:' | { IFS=: read a b; echo "<$a><$b>"; }
echo ' lead  trail ' | { read x; echo "<$x>"; }; echo ' lead ' | { IFS= read x; echo "<$x>"; }
echo 'one' | { read x y z; echo "<$x><$y><$z>"; }
printf 'no newline' | { read x; echo "$? <$x>"; }; read x < /dev/null; echo "$? <$x>"
set -- -a -b val -c rest more
while getopts ab:c o; do echo "$o ${OPTARG:-none} $OPTIND"; done; shift $((OPTIND-1)); echo "$@"
OPTIND=1; set -- -xfoo -- -y; while getopts x:y o; do echo "$o $OPTARG"; done; echo $OPTIND
OPTIND=1; set -- -q; while getopts :a o; do echo "$o $OPTARG"; done
OPTIND=1; set -- -a; while getopts :a: o; do echo "$o $OPTARG"; done
OPTIND=1; set -- -abc; while getopts abc o; do echo "$o"; done
eval 'x=5; echo $x'; eval "echo a" "b"; eval; echo $?
eval 'if true; then echo multi; fi
echo lines'
echo 'sourced=yes; echo in $#' > src; . ./src; echo $sourced; rm src
export EX=1; sh -c 'echo $EX'; EX=2 sh -c 'echo $EX'; echo $EX; unset EX; sh -c 'echo ${EX-unset}'
Y=7; sh -c 'echo ${Y-not exported}'; export Y; sh -c 'echo $Y'
readonly R=1; (R=2) 2>/dev/null; echo $?; echo $R
(unset R) 2>/dev/null; echo $?
(trap 'echo bye' EXIT; echo hi); (trap 'echo bye $?' 0; exit 3); echo $?
sh -c 'trap "echo got" USR1; kill -USR1 $$; echo next'
sh -c 'trap "" TERM; kill -TERM $$; echo survived'; sh -c 'trap "echo x" EXIT; trap - EXIT; echo none'
sh -c 'trap "echo t; exit 4" TERM; kill -TERM $$; echo never'; echo $?
sh -c 'kill -TERM $$; echo never'; echo $?
umask 022; umask; (umask 077; umask); umask
sleep 0 & wait $!; echo $?; (exit 6) & wait $!; echo $?; wait; echo $?
command -v cd; command echo plain; cd() { echo shadow; }; cd x; command cd /; pwd; unset -f cd
type nosuchthing >/dev/null 2>&1; echo $?
true; : ; echo $?; nosuch 2>/dev/null; echo $?; /dev/null 2>/dev/null; echo $?
set -- a b c; set -- "$@" d; echo $#; set x y; echo $1
cd /; cd /dev; cd - >/dev/null; pwd
set -f; echo *; set +f
(exec echo replaced; echo never); echo $?
sh -c 'echo $0 $1 $#' name arg1 arg2; echo 'echo from stdin $1' | sh -s 2>/dev/null || echo
unset x; echo ${x-gone}; sh -c 'exit 300'; echo $?
printf 'a\001b\002c \003\004\n' | { read x y; printf '%s,%s' "$x" "$y" | od -c; }; printf '\001\\\002\n' | { read -r x; printf %s "$x" | od -c; }
date -u -d @99999999999999999 2>/dev/null; echo $?
