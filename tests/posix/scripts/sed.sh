# sed.
printf 'one\ntwo\nthree\nfour\nfive\n' > in
sed 's/o/0/' in; sed 's/o/0/g' in; sed 's/e/E/2' in; sed -n 's/t/T/p' in; sed 's/[aeiou]/<&>/g' in; sed 's,o,/,' in
sed -n 2p in; sed -n '2,4p' in; sed '2d' in; sed '2,$d' in; sed '/t/d' in; sed -n '/two/,/four/p' in; sed '$!d' in; sed '/three/q' in; sed 3q in
sed -n '$=' in; sed -n '/o/=' in; sed -e 1d -e 's/t/T/' in; sed '1d;$d' in; sed -n '2{p;p}' in; sed '/two/!s/^/- /' in
sed 's/\(.\)\(.\)/\2\1/' in; sed -E 's/(.)(.)/\2\1/' in; sed -E 's/(t|f)+/X/' in; sed 's/.*/[&]/;s/\[o/[O/' in
sed 's/x*/-/g' in; echo abc | sed 's/b*/X/g'; echo hello | sed 's/l*/x/2'; echo aaa | sed 's/a/b/2g'; echo 'a.b' | sed 's/\./,/'
sed 'y/abcdefghijklmnopqrstuvwxyz/ABCDEFGHIJKLMNOPQRSTUVWXYZ/' in; sed G in; sed -n '1!G;h;$p' in; sed 'N;s/\n/+/' in; sed '$!N;P;D' in
sed '2a\
after two' in; sed '2i\
before two' in; sed '2c\
instead' in; sed '/two/a after' in; sed '2,3c\
range' in
sed -n '/one/{n;p;}' in; sed ':a;s/^\(.\{1,6\}\)$/ \1/;ta' in; sed -n 'H;${x;s/\n/,/g;p;}' in; sed 'x;1d' in;
sed 's/one/line\
two/' in; sed 's/t\(wo\)/\n\1/' in; sed 's/$/ end/' in; sed 's/^/> /' in; sed = in | sed 'N;s/\n/ /'
sed -n '2,1p' in; sed '4,2d' in; sed -n '/nothing/p' in; sed -n '/e$/p' in; sed '/^$/d' in; sed 's/e*$//' in; sed '2!d' in; sed 2,3!d in
cp in copy; sed -i 's/o/0/' copy; cat copy; cat in copy | sed -n '6p'; sed -n 1p in copy; echo 's/one/script/' > sc; sed -f sc in
sed --bad 2>/dev/null; [ $? != 0 ]; echo $?; sed 's/a' in 2>/dev/null; [ $? != 0 ]; echo $?; sed p nothere 2>/dev/null; echo $?
echo 'a b c' | sed 's/ /\t/' | tr '\t' '_'; echo abcabc | sed -E 's/(abc){2}/X/'; echo aab | sed 's/a\{2\}/X/'; echo 'foo(bar)' | sed 's/(.*)//'
echo 'path=/a/b' | sed 's|/a|/c|'; echo hello | sed 's/\(l\)\(l\)/[\1,\2]/'; echo ab | sed 's/a\|b/x/g'
printf 'a\nb\nc\nd\n' | sed -n '2{N;N;p}'; printf 'a,b;c\n' | sed 's/[,;]/ /g'; echo 'x]y' | sed 's/[]]/-/'; echo 'a-b' | sed 's/[a-]/_/g'
printf '1\n2\n3\n' | sed '2q5'; echo $?; printf 'k: v\n' | sed 's/^\([^:]*\): \(.*\)$/\2=\1/'; echo aXbXc | sed 's/X/\
/g'
grep -E '^(one|two)$' in; grep '^t.*e$' in; grep -c '[aeiou][aeiou]*' in; grep -E 'o{1}' in; grep -E '(f|t)(o|w)' in; grep 'e\+$' in; grep -E 'r?e+$' in
printf 'aaa\nab\nb\n' | grep -E '^a{2,3}$'; printf 'aaa\nab\nb\n' | grep -E '^(a|ab)*$'; printf '()*\n' | grep '()\*'; printf 'a+b\n' | grep 'a+b'
printf 'foo bar\nfoobar\n' | grep -w foo; printf 'a.b\naxb\n' | grep -F a.b; printf 'x1y22z\n' | grep -o '[0-9]*'; printf 'x\n' | grep -E '(x*)*y'; echo $?
echo 'a/b' | sed 's/[/]/x/'; echo 'a/b]c' | sed 's/[]/]/x/g'; echo 'a1/b' | sed 's/[[:digit:]/]/x/g'; echo 'a/b' | sed -n '/[/]/p'; echo 'a/b' | sed 's/[^/]/x/;y/\//[/'; printf 'a\\]b\n' | sed 's/[\]]/x/'
echo a > keep; chmod 755 keep; sed -i s/a/b/ keep; cat keep; stat -c %a keep; ls keep*
seq 1 3000 > big; (trap '' XFSZ; ulimit -f 4; sed -i s/1/one/ big 2>/dev/null; echo $?); wc -l < big | tr -d ' '; head -n 1 big; ls big*
echo ab | grep -xE 'a|ab'; echo ab | grep -x 'a\|ab'; printf 'ab\nabc\n' | grep -xoE 'a|ab'; echo ab | grep -xvE 'a|b'; printf 'a.b\naxb\n' | grep -xF a.b; echo AB | grep -ix ab; echo ab | grep -xw ab
mkdir g; echo x > g/f; grep -rh x g; grep -r x g; grep -rH x g; rm -r g; echo x | grep x 2>/dev/null > /dev/full; echo $?
rm in copy sc keep big
