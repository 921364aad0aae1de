# sort, uniq, cut, tr, head, tail, wc, basename, dirname.
printf 'b 2\na 10\nc 1\na 9\n' > in
sort in; sort -r in; sort -k 2 in; sort -k2n in; sort -k 2,2nr in; sort -k1,1 -k2,2n in; sort -k1,1r -k2n in
printf '10\n9\n-3\n0\n2.5\n2.25\n-3.5\nabc\n 7\n007\n' | sort -n
printf '10\n9\n-3\n9\n' | sort -nr; printf '1\n01\n1.0\n2\n' | sort -nu
printf 'B\na\nC\nb\n' | sort; printf 'B\na\nC\nb\nA\n' | sort -f; printf 'a\nb\na\nc\nb\n' | sort -u
printf 'x:3:c\ny:1:b\nz:2:a\n' | sort -t : -k 2; printf 'x:3:c\ny:1:b\nz:2:a\n' | sort -t: -k3,3
printf 'x:30\ny:4\nz:100\n' | sort -t: -k2,2n; printf 'abc\nacb\nbac\n' | sort -k1.2; printf 'abcd\nabdc\nbbca\n' | sort -k1.2,1.3
printf 'b 1\na 1\nc 0\n' | sort -s -k2,2; printf '  b\n a\nc\n' | sort -b; printf '  b\n a\nc\n' | sort
printf '99999999999999999999998\n99999999999999999999997\n' | sort -n
sort -c in 2>/dev/null; echo $?; printf 'a\nb\n' | sort -c; echo $?; sort -o in in; cat in; sort nothere 2>/dev/null; echo $?
sort </dev/null; printf 'no newline' | sort; printf '\n\na\n' | sort
printf 'a\na\nb\nc\nc\nc\na\n' > u; uniq u; uniq -c u; uniq -d u; uniq -u u; printf 'A\na\nb\n' | uniq -i; printf '1 x\n2 x\n3 y\n' | uniq -f 1
printf 'axx\nbxx\n' | uniq -s 1; uniq u out; cat out
printf 'a\tb\tc\nd\te\n' | cut -f 2; printf 'a:b:c\nnone\n' | cut -d : -f 1,3; printf 'a:b:c\nnone\n' | cut -d: -f2- -s
echo abcdef | cut -c 2-4; echo abcdef | cut -b 1,3,5-; echo abcdef | cut -c -2; echo a:b:c:d | cut -d: -f 2-3
echo hello | tr a-y b-z; echo hello | tr -d l; echo aabbcc | tr -s a-c; echo 'a b  c' | tr -s ' ' '\n'; echo Hello | tr '[:upper:]' '[:lower:]'
echo 'ab12' | tr -cd '[:digit:]\n'; echo hello | tr -c 'l\n' x; echo abc | tr abc x; echo 'a-b' | tr - _; echo aab | tr -ds a b
echo 'path/to' | tr / '\\'; printf 'a\nb\n' | tr '\n' ' '; echo; echo hello | tr elo 123; echo abc | tr 'a-c' 'A-C'
basename /a/b.c; basename /a/b.c .c; basename b/; basename /; basename .c .c; basename -a x/y z/w; basename -s .c a.c b.c
dirname /a/b/c; dirname a; dirname /a; dirname a/b/; dirname /; dirname a//b
seq 20 > s; head -n 3 s; head -3 s; head -n -17 s; head -c 5 s; tail -n 2 s; tail -2 s; tail -n +19 s; tail -c 5 s; head -n 0 s; tail -n 0 s
head -n 1 s u; tail -n 1 -q s u; (wc s; wc -l s u) | tr -s ' ' | sed 's/^ //'; wc -c < s | tr -d ' '; printf 'a b\nc' | wc | tr -s ' ' | sed 's/^ //'
seq 3 5; seq 1 3 10; seq 5 -2 1; seq -s , 3; seq -w 8 10
printf '%s\n' b a | tee t1 | sort | tee -a t1; cat t1; yes | head -n 2; yes no | head -n 1
cmp s s; echo $?; cmp -s s u; echo $?; cmp s u >/dev/null; echo $?
printf 'x\ny\nxy\n' > g; grep x g; grep -v x g; grep -c x g; grep -n y g; grep -i X g; grep -q z g; echo $?; grep -l x g u; grep '^x$' g; grep x g u /dev/null
grep -e x -e y g | wc -l | tr -d ' '; grep -F 'x' g; grep -w x g; grep -o y g; grep -h x g g; grep nothere nofile 2>/dev/null; echo $?
cat -n g; cat g - < u | wc -l | tr -d ' '; echo -n no; echo; rm -f in u out s t1 g
