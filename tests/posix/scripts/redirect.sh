# Redirections, descriptors, exec.
echo one > r1; echo two >> r1; cat r1; cat < r1
echo err >&2 2>/dev/null
{ echo out; echo err >&2; } > r2 2>&1; cat r2
{ echo out; echo err >&2; } 2>&1 > r3 | cat; cat r3
ls /nonexistent 2>/dev/null || echo failed
exec 3> r4; echo to three >&3; exec 3>&-; cat r4
exec 4< r1; read a <&4; read b <&4; echo "$a $b"; exec 4<&-
exec 5>&1 > r5; echo hidden; exec 1>&5 5>&-; echo shown; cat r5
echo "$$" > r6; (echo "$$") > r7; cmp r6 r7 && echo same
x=r8; echo via > $x; cat "$x"; echo quoted > "r 9"; cat "r 9"
: > r10; [ -s r10 ] || echo empty
echo a >| r11; cat r11
cat < nothere 2>/dev/null || echo no
(echo x > /nodir/f) 2>/dev/null || echo no
3>r12 echo three; 
(echo sub; echo err >&2) 2>r13; cat r13
echo hi | cat - | cat
> r14; ls r14
f() { echo "$1"; echo e >&2; }; f a 2>/dev/null; f b 2>&1 | sort
exec 6<r1; while read l <&6; do echo "l $l"; done; exec 6<&-
echo both >r15 2>&1; cat r15
echo rw 1<>r1; head -n 1 r1
if true; then echo in; fi > r16; cat r16
echo $(cat < r1)
cat r1 r2 > r17 && wc -l < r17 | tr -d ' '
for i in 1 2; do echo $i >&2; done 2> r18; cat r18
exec 2>/dev/null; echo gone >&2; echo end
rm r1 r2 r3 r4 r5 r6 r7 r8 r1? 'r 9'
