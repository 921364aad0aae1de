# Patterns of file names.
mkdir g; cd g; touch a.c b.c abc .hidden 'sp ace' x1 x2 x10; mkdir sub; touch sub/one sub/two.c
echo *; echo *.c; echo ?.c; echo [ab].c; echo [!a]*.c; echo x[0-9]; echo x[0-9]*; echo .h*; echo */*; echo */; echo s*/t*
echo nomatch* "*" \* '*.c' "a"*; for f in s*; do echo "<$f>"; done
v='*.c'; echo $v "$v"; set -- *.c; echo $#
echo [[:alpha:]].c [[:digit:]] x[[:digit:]]
echo "*".c a\*; ls -d su[b]
for f in *.none; do echo "$f"; done
echo sub/../a.* ./a.c; echo /de[v]
cd ..; rm -r g
