# find, xargs, dd, and what else deals with files.
mkdir -p d/sub/deep d/empty; echo hello > d/a.c; echo hi > d/b.txt; : > d/zero; echo x > d/sub/c.c; echo y > d/sub/deep/d.c; printf '%2000s' > d/big
cd d
find . | sort; find . -name '*.c' | sort; find . -type d | sort; find . -type f -name '[ab]*' | sort; find . -maxdepth 1 | sort; find . -mindepth 2 -type f | sort
find . -empty | sort; find . -type f -size +1k | sort; find . -size -2c -type f | sort; find . -type f -size 6c; find . -size 4 -type f; find . -name '*.c' -o -name '*.txt' | sort
find . ! -name '*.c' -type f | sort; find . \( -name a.c -o -name b.txt \) -print | sort; find . -name sub -prune -o -type f -print | sort
find sub a.c | sort; find . -path './sub/*' -name '*.c' | sort; find . -iname 'A.C'; find . -name a.c -exec cat {} \; -exec echo 'file {}!' \;
find . -name '*.c' -exec echo {} + | tr ' ' '\n' | sort; find . -name '*.c' -print0 | tr '\0' '\n' | sort; find . -depth -name 'd*' | head -n 1
find . -name a.c -exec false \; -print; find nothere 2>/dev/null; echo $?; find . -newer a.c -name none; find . -type f -a -name zero; find . -name 'sub' -type d
find sub -name '*.c' -delete; find sub | sort; find . -name zero -quit; find . -type x 2>/dev/null; [ $? != 0 ]; echo $?
printf 'a b\nc\n' | xargs; printf 'a b c d e\n' | xargs -n 2; printf 'a b\nc d\n' | xargs -I X echo '<X>' X; printf '"a b" c\\ d '"'e f'"'\n' | xargs -n 1
printf 'a\0b c\0' | xargs -0 -n 1; printf '' | xargs echo empty; printf '' | xargs -r echo never; echo a | xargs false; echo $?; echo a | xargs nosuch 2>/dev/null; echo $?
printf '%s\n' 1 2 3 | xargs -n 1 sh -c 'echo "arg $0"'; seq 2000 | xargs echo | wc -w | tr -d ' '; echo 'x y' | xargs -t echo 2>/dev/null; printf ' lead \n' | xargs -I{} echo '[{}]'
printf 'abcdefghij' | dd bs=3 2>/dev/null; echo; printf 'abcdefghij' | dd bs=2 skip=1 count=2 2>/dev/null; echo; printf 'XY' > dst; printf '0123456789' > base
dd if=dst of=base bs=1 seek=4 conv=notrunc 2>/dev/null; cat base; echo; dd if=dst of=base bs=1 seek=2 2>/dev/null; cat base; echo
dd if=/dev/zero of=z bs=1k count=4 2>/dev/null; wc -c < z | tr -d ' '; printf 'ab' | dd bs=4 conv=sync 2>/dev/null | tr '\0' .; echo; dd if=z bs=1k 2>&1 >/dev/null | head -n 2
dd if=nothere 2>/dev/null; echo $?; dd count=x 2>/dev/null; echo $?; printf 'abc' | dd status=none bs=1 skip=1; echo
cp a.c copy; cmp a.c copy; mv copy moved; ls moved; mkdir -p p/q/r; cp moved p/q; ls p/q; rm -r p; ls -d p 2>/dev/null || echo gone; rmdir empty; ls -A . | sort | head -n 20
test -f moved && rm moved; touch new; ls new; rm -f nothing; echo $?; rm nothing 2>/dev/null; echo $?; cat a.c - < b.txt; ls -1 sub | sort
which ls >/dev/null && echo found; which nosuchthing; echo $?; env A=1 sh -c 'echo $A'; env -i A=2 /bin/echo ok; test -d . -a -f a.c && echo both; sleep 0; true; echo $?
