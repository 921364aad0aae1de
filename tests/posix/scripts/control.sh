# if, loops, case, lists.
if true; then echo a; elif true; then echo b; else echo c; fi
if false; then echo a; elif true; then echo b; else echo c; fi
if false; then echo a; elif false; then echo b; else echo c; fi
if false; then echo a; fi; echo $?
for i in 1 2 3; do for j in a b c; do [ $j = b ] && continue 2; echo $i$j; done; done
for i in 1 2 3; do for j in a b c; do [ $i$j = 2b ] && break 2; echo $i$j; done; done
i=0; while :; do i=$((i+1)); [ $i -gt 3 ] && break; echo $i; done
i=0; until [ $i -ge 3 ]; do i=$((i+1)); echo $i; done
for x in; do echo never; done; echo $?
set -- p q; for x do echo $x; done; for x; do echo $x; done
while false; do :; done; echo $?
case abc in abd) echo 1;; a?c) echo 2;; *) echo 3;; esac
case x in [!a-m]) echo high;; *) echo low;; esac
case b in (a|b) echo a or b;; esac
case '*' in '*') echo star;; esac; case a in '*') echo wrong;; *) echo right;; esac
case "" in "") echo empty;; esac
case abc in *$(echo b)*) echo found;; esac
case x in y) ;; esac; echo $?
case a]b in *]*) echo bracket;; esac
case - in [a-]) echo dash;; esac
case 5 in [[:digit:]]) echo digit;; esac
case a.c in *.c) echo c file
;; *) echo other
esac
p='a*'; case abc in $p) echo pattern;; esac; case abc in "$p") echo wrong;; *) echo quoted;; esac
true && echo and; false && echo no; false || echo or; true || echo no
true && false || echo mixed; false || false && echo no; echo $?
! true; echo $?; ! false; echo $?
if ! false; then echo not; fi
{ echo g1; echo g2; } | cat
( cd /; x=inner; echo "$x" ); echo "outer [$x]"
{ y=grouped; }; echo $y
{ echo to file; echo more; } > t.out; cat t.out
for i in 1 2; do echo $i; done > t.out; cat t.out
while read line; do echo "got $line"; n=$line; done < t.out; echo "n=$n"
if read l; then echo "$l"; fi < t.out
echo a; echo b & wait
false; echo $?
true | false; echo $?; false | true; echo $?
echo one | { read a; echo "$a!"; }
i=0
while [ $i -lt 2 ]
do
	i=$((i + 1))
	# a comment
	echo $i   # another
done
for f in a \
	b; do echo $f; done
exit 7
