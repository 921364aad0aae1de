# diff od expr nl rev fold ln readlink realpath mktemp
seq 1 12 > a; sed '3d;7s/.*/seven/' a > b; echo more >> b
diff a b; echo $?; diff a a; echo $?; diff a b | head -2
diff -u a b | tail -n +3; diff -U 1 a b | tail -n +3; diff -U0 a b | tail -n +3
diff -q a b; echo $?; diff a nothere 2>/dev/null; echo $?; cat b | diff a -; echo $?
printf 'a\nb' > c; printf 'a\nb\n' > d; diff c d; diff -u d c | tail -n +3; : > e; diff e a | head -3; diff -u a e | tail -n +3 | head -4
mkdir -p f; cp b f/a; diff -q a f; diff f a | wc -l; diff 2>/dev/null; echo $?
diff c e; diff -u e c | tail -n +3
seq 1 3000 > g; sed 's/^1\(.\)$/x\1/; 1500,1510d; $d' g > h; diff g h | head -30; diff -u g h | tail -n +3 | tail -n 20
printf 'hello world, here are some bytes\0\001\377\n\t end' > bytes
od bytes; od -c bytes; od -x bytes; od -b bytes; od -d bytes; od -o bytes
od -A d -t x1 bytes; od -A x -t d1 bytes; od -A n -t u1 bytes; od -t x4 bytes; od -t d4 bytes; od -t u4 bytes; od -t o4 bytes; od -t x8 bytes; od -t d8 bytes
od -t d2 bytes; od -t o1 bytes; od -t o8 bytes; od -t u8 bytes; od -t x2 bytes; od -t c bytes
od -j 5 -N 7 -t x1 bytes; od -An -tx1 -N4 bytes; od < /dev/null; od -j 0x10 -c bytes
yes ab | head -n 40 > rep; od rep; od -v -t x1 rep | head -4; cat bytes | od -t x1 - bytes | tail -2
od nothere 2>/dev/null; echo $?; od -t q bytes 2>/dev/null; echo $?
expr 1 + 2; expr 7 - 9; expr 6 \* 7; expr 17 / 5; expr 17 % 5; expr -17 / 5; expr 2 + 3 \* 4; expr \( 2 + 3 \) \* 4
expr 3 \< 4; echo $?; expr 3 \> 4; echo $?; expr abc = abc; expr abc != abd; expr b \> a; expr 10 \>= 9; expr 10 \<= 9; echo $?
expr abc : 'a.'; expr abcdef : 'a\(.*\)e'; expr abc : b; echo $?; expr abc : '\(x\)'; echo $?; expr foo/bar : '.*/\(.*\)'
expr length hello; expr substr hello 2 3; expr index hello lo; expr match hello 'h.l'; expr '' \| alt; expr 0 \| 0; echo $?; expr a \& b; expr 0 \& b; echo $?
expr 1 / 0 2>/dev/null; echo $?; expr 1 + x 2>/dev/null; echo $?; expr 1 + 2>/dev/null; echo $?; expr 2>/dev/null; echo $?; expr a b 2>/dev/null; echo $?
expr ''; echo $?; expr 0; echo $?; expr 00; echo $?; expr -0; echo $?; expr 9223372036854775807; expr -- 5
i=0; while [ $i -lt 3 ]; do i=$(expr $i + 1); done; echo $i
printf 'one\n\ntwo\n  three' > t; nl t; nl -b a t; nl -b n t; nl -w 3 -s ': ' t; nl -v 10 -i 5 -n ln t; nl -n rz t; nl < /dev/null; printf 'a\0b\n' | nl | od -c; nl nothere 2>/dev/null; echo $?
printf 'abc\n\n12 34\nno newline' | rev; rev t t; rev nothere 2>/dev/null; echo $?
seq 1 40 | tr '\n' ' ' | fold -w 20; echo; echo 'some words that are folded at blanks, where there are any' | fold -s -w 16; echo abcdefghij | fold -w 3 
printf 'a\tb\tc\n' | fold -w 10; printf 'a\tb\tcd\n' | fold -b -w 3; printf 'x\b\b\byz\n' | fold -w 2 | od -c; fold -w 0 t 2>/dev/null; echo $?; echo | fold
ln -s a link; readlink link; cat link | head -1; readlink a; echo $?; [ -L link ] && echo link; ln -s b link 2>/dev/null; echo $?; ln -sf b link; readlink link; readlink -n link; echo
mkdir dir; ln -s ../a dir; readlink dir/a; head -n 1 dir/a; ln -s dir into; ls into/; ln -s nowhere dangling; cat dangling 2>/dev/null; echo $?
realpath a . dir/.. dir/../link into/a | sed "s:^$PWD:.:"; realpath nothere/x 2>/dev/null; echo $?; ln -s loop loop; realpath loop 2>/dev/null; echo $?; realpath / /. //; readlink -f into/a | sed "s:$PWD/::"
ln nothere x 2>/dev/null; echo $?; ln -s a b c 2>/dev/null; echo $?
x=$(mktemp -d ./tXXXXXX); [ -d $x ] && echo folder; y=$(mktemp $x/fXXXXXX); [ -f $y ] && [ ! -s $y ] && echo file; echo ${#x} ${#y}; z=$(mktemp $x/fXXXXXX); [ $y != $z ] && echo another
mktemp bad 2>/dev/null; echo $?; mktemp nothere/XXXXXX 2>/dev/null; echo $?; TMPDIR=$x mktemp | sed 's/.*\(tmp\).*/\1/'
# Files that cannot be opened or read, among others that can; standard input among files.
printf 'one\ntwo\n' > t
for tool in cat 'cut -c 1-2' 'fold -w 2' nl head 'tail -n 1' sort od; do
	$tool nothere t - < t 2>/dev/null; echo "$tool $?"
	$tool . 2>/dev/null > out; echo "$tool $?"
done
wc nothere t - < t 2>/dev/null | sed 's,  *, ,g; s,^ ,,'; rev nothere t 2>/dev/null; echo $?; od -j 6 -N 4 t t; od -j 9 t 2>/dev/null; echo $?; cat t | wc -l; cat t | wc -l -; realpath nothere/x t 2>/dev/null | wc -l
