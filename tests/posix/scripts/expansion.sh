# ${...}, splitting, "$@" and "$*".
x=hello; e=; unset u
echo ${x} ${u:-none} ${u-none} ${e:-none} "[${e-none}]" ${x:+set} "[${u+set}]" "[${e:+set}]" "[${e+set}]"
echo ${u:=made} $u ${#x} ${#u} ${#}
f=/a/b/c.tar.gz
echo ${f##*/} ${f#*/} ${f%.*} ${f%%.*} ${f#nothing} ${f%/*}/x
echo "${f##*[/]}" "${x#h?}" "${x%"l"*}" ${x##*}.
p='a*c'; echo "${p#a\*}" "${p#'a*'}" "${p%"*c"}"
echo "${u:-"a  b"}" ${u2:-'a  b'} "${u2:-a  b}" ${u2:-a  b}
set -- one "two  three" "" four
echo $# "$#"
for a in "$@"; do echo "<$a>"; done
for a in $@; do echo "<$a>"; done
for a in "$*"; do echo "<$a>"; done
for a in $*; do echo "<$a>"; done
for a in "x$@y"; do echo "<$a>"; done
IFS=:; for a in "$*"; do echo "<$a>"; done; echo "$*"; echo $*
IFS=; for a in "$*"; do echo "<$a>"; done; for a in $*; do echo "<$a>"; done
unset IFS; echo "$*"
set --; echo $#; for a in "$@"; do echo never; done; for a in "$@" ""; do echo "<$a>"; done
for a in ""$@; do echo "<$a>"; done
IFS=:; v=a::b:; set -- $v; echo $#; for a; do echo "<$a>"; done
v=:a; set -- $v; echo $#
IFS=' :'; v=' a : b  c '; set -- $v; echo $#; for a; do echo "<$a>"; done
unset IFS; v=' a  b '; set -- $v; echo $# "$1" "$2"
set -- 1 2 3 4 5 6 7 8 9 ten eleven; echo $10 ${10} ${11}
shift 9; echo $# $1; shift; echo $1
echo "a$(echo 'b c')d" $(echo 'b   c') `echo "x \`echo y\`"`
echo "$(printf 'l1\nl2\n\n')" end
echo "nested $(echo "in $(echo "deep $x")")"
printf '%s\n' '$x' \$x "\$x" "\a" '\a' a\ b
HOME=/home; echo ~/x "~" ~
y=$(echo out; false); echo $? $y
y=5 z=$y; echo $y $z
echo ${x:-$(echo never >&2)}
echo "${u3:-$(echo "quoted \"in\" it")}"
case "$-" in *e*) echo e;; *) echo no e;; esac
echo $(case x in x) echo in case;; esac)
echo "${x}"'$'"${x}"
q="it's"; echo "$q" ${q%"'"*}
a='*'; echo "$a" '*'
echo "line
two" | wc -l
echo one\
two
(exit 3); echo $? "$?"
v='a b'; w=$v; echo "$w"; set -- $w; echo $#
HOME=/h; a=x:~:~/y; echo $a; a=~:x'~'; echo $a; a=~/b:~nobody1; echo $a; echo x:~
shift x 2>/dev/null || echo not shifted
