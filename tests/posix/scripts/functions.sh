# Functions: arguments, return, local, recursion.
f() { echo "$# $1 $2"; }
f a b; f "x y"; f
g() { return 5; echo never; }
g; echo $?
h() { local a=1 b; b=2; a=$((a+1)); echo "in $a $b"; }
a=out b=outb; h; echo "$a $b"
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }
fact 6
set -- outer args; f in; echo "$1 $#"
r() { for i in 1 2 3; do [ $i = 2 ] && return; echo $i; done; echo never; }
r; echo $?
s() { false; return; }; s; echo $?
t() { echo "to $1"; } ; t x | cat
u()
{
	echo newline
}
u
v() { v() { echo second; }; echo first; }; v; v
w() ( x=sub; echo $x ); x=top; w; echo $x
k() { echo "redirected"; } > fn.out; k; cat fn.out
x=1; m() { echo "x is $x"; }; x=2 m; echo "after $x"
n() { shift; echo "$@"; }; n 1 2 3
unset -f n; n 2>/dev/null; echo $?
o() { while :; do return 4; done; }; o; echo $?
loop() { break; echo kept; }; loop
c() { cat; }; echo piped | c
d() { echo "$0" | sed 's,.*/,,'; }
e() { eval "echo $1"; }; e '$((1+1))'
q() { x=changed; }; q; echo $x
z() { set -- p q r; echo $#; }; set -- one; z; echo $# $1
deep() { [ $1 = 0 ] && return 9; deep $(($1-1)); }; deep 20; echo $?
