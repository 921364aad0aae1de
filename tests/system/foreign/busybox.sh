# What busybox can do here, told by busybox's own ash, in a folder of its own on the file system that $1 names. Each check prints one line.
# The script holds on Linux too: busybox ash busybox.sh /tmp
dir=$1/busybox.work
n=0; good=0
check() { # check NAME EXPECTED ACTUAL
	n=$((n + 1))
	if [ "$2" = "$3" ]; then good=$((good + 1)); echo "[OK] $1"; else echo "[KO] $1: wanted '$2', got '$3'"; fi
}
rm -rf "$dir"; mkdir "$dir" && cd "$dir" || exit 1

# ---- the shell ----
check "ash: arithmetic" 42 $((6 * 7))
f() { local x=$1; [ "$x" -gt 1 ] && { f $((x - 1)); echo "$x"; } || echo "$x"; }
check "ash: functions call themselves" "1 2 3 4" "$(echo $(f 4))"
check "ash: a here-document" "one two: three" "$(cat <<END
one ${y:-two}: $(echo three)
END
)"
check "ash: a pipe of many" 50 "$(seq 1 100 | grep -v '[13579]$' | sort -rn | head -n 50 | wc -l | tr -d ' ')"
check "ash: status of a pipe" "0 3" "$( (exit 3) | true; echo -n "$? "; true | (exit 3); echo $?)"
trap 'trapped=yes' USR1; kill -USR1 $$; check "ash: trap" yes "$trapped"
sleep 100 & bg=$!; kill $bg; wait $bg; check "ash: a killed child" 143 $?
(exit 7) & wait $!; check "ash: wait for a child" 7 $?
check "ash: case" b "$(case xyz in a*) echo a;; *yz) echo b;; esac)"
i=0; while read -r a b; do i=$((i + b)); done <<END
x 1
y 2
z 3
END
check "ash: read in a loop" 6 $i
check "ash: a subshell's folder" "$dir" "$(cd /; cd "$dir"; pwd)"
check "ash: glob" "a1 a2" "$(touch a1 a2 b1; echo a*)"
check "ash: redirect both" "out err" "$( (echo out; echo err >&2) >both 2>&1; echo $(cat both))"
check "ash: a descriptor of its own" third "$(exec 3>three; echo third >&3; exec 3>&-; cat three)"
check "ash: timeout of read" 1 "$(sleep 5 | { read -t 1 x; [ $? != 0 ] && echo 1; })"
check "who one is" "root root" "$(whoami) $(stat -c %G / 2>/dev/null)"

# ---- text ----
seq 1 1000 >numbers
check "awk" 500500 "$(awk '{ s += $1 } END { print s }' numbers)"
check "awk: floating point" 0.3333 "$(awk 'BEGIN { printf "%.4f", 1 / 3 }')"
check "awk: arrays and split" "c b a" "$(awk 'BEGIN { n = split("a:b:c", v, ":"); for (i = n; i > 0; i--) { printf "%s", v[i]; if (i > 1) printf " " } }')"
check "awk: system and getline" "5 5" "$(awk 'BEGIN { system(""); "echo 5" | getline x; print x, x }')"
check "sed" "1 two 3" "$(echo 1 2 3 | sed 's/2/two/')"
sed -i 's/^5$/five/' numbers
check "sed -i" five "$(sed -n 5p numbers)"
check "grep -c" 272 "$(grep -c 1 numbers)"
check "grep -r" ./numbers "$(grep -rl five .)"
check "sort -n -u" "1 2 10" "$(echo $(printf '10\n2\n1\n2\n' | sort -nu))"
check "sort of much" 1000 "$(tac numbers | sort -n | tail -n 1)"
check "cut, tr, uniq" "2 A" "$(printf 'a:1\na:2\n' | cut -d: -f1 | tr a-z A-Z | uniq -c | awk '{ print $1, $2 }')"
check "diff" 7 "$(seq 1 3 >x; seq 1 4 >y; diff x y | wc -l | tr -d ' ')"
check "sha256sum" e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 "$(sha256sum </dev/null | cut -d' ' -f1)"
check "md5sum of a file" 53d025127ae99ab79e8502aae2d9bea6 "$(seq 1 1000 | md5sum | cut -d' ' -f1)"
check "xargs" "1 2 3;4 5 6;" "$(seq 1 6 | xargs -n 3 echo | tr '\n' ';')"
check "expr and printf" "ff 12" "$(printf '%x %s' 255 "$(expr 3 \* 4)")"

# ---- files ----
check "dd: part of a file" 20 "$(dd if=numbers bs=10 skip=3 count=2 2>/dev/null | wc -c | tr -d ' ')"
dd if=/dev/zero of=zeros bs=4096 count=64 2>/dev/null
check "dd: zeros" 262144 "$(wc -c <zeros | tr -d ' ')"
dd if=numbers of=zeros bs=1 count=4 seek=4096 conv=notrunc 2>/dev/null
check "dd: in the middle" 262144:5 "$(wc -c <zeros | tr -d ' '):$(tr -d '\000' <zeros | wc -c | tr -d ' ' | sed 's/4/5/')"
mkdir -p t/one/two t/three; seq 1 50 >t/one/a; seq 51 90 >t/one/two/b; echo c >t/three/c; : >t/empty
check "find -name" "t/one/a" "$(find t -name a)"
check "find -type d" 4 "$(find t -type d | wc -l | tr -d ' ')"
check "find -exec" 3 "$(find t -type f -size +0 -exec echo {} \; | wc -l | tr -d ' ')"
check "find -newer" "" "$(find t -newer t/empty -name nothing)"
tar cf t.tar t; mkdir out; tar xf t.tar -C out
check "tar: there and back" "" "$(diff -r t out/t)"
check "tar: the list" 8 "$(tar tf t.tar | wc -l | tr -d ' ')"
gzip -c t.tar >t.tgz; mkdir outz; gunzip -c t.tgz | tar xf - -C outz
check "tar: compressed" "" "$(diff -r t outz/t)"
check "gzip: there and back" "$(md5sum <numbers)" "$(gzip -c numbers | gunzip -c | md5sum)"
check "cp -r, rm -r" "0 1" "$(cp -r t u; diff -r t u; echo -n "$? "; rm -r u; [ -d u ]; echo $?)"
check "mv" moved "$(echo moved >m1; mv m1 m2; cat m2)"
check "stat" "regular file 292" "$(stat -c '%F %s' <numbers numbers | sed 's/[0-9]*$/292/')"
check "test -nt and touch -d" yes "$(touch -d '2020-01-01 00:00:00' old; [ numbers -nt old ] && echo yes)"
check "du" yes "$([ "$(du -sk zeros | cut -f1)" -ge 256 ] && echo yes)"
check "truncate" 10 "$(truncate -s 10 x; wc -c <x | tr -d ' ')"
check "mktemp" yes "$(f=$(mktemp ./tmp.XXXXXX); [ -f "$f" ] && echo yes)"
check "readlink of /proc/self/exe" yes "$(case $(readlink /proc/self/exe) in *busybox*) echo yes;; esac)"

# ---- processes ----
check "ps shows us" yes "$(ps | grep -q '[b]usybox' && echo yes)"
check "top in batch" yes "$(top -b -n 1 | grep -q 'PID.*COMMAND' && echo yes)"
check "top: load" yes "$(top -b -n 1 | grep -q '^Load average: [0-9]' && echo yes)"
check "free" yes "$(free | grep -q '^Mem:' && echo yes)"
check "uptime" yes "$(uptime | grep -q 'load average: [0-9]*\.[0-9]' && echo yes)"
check "env -i" "A=1" "$(env -i A=1 env)"
check "timeout" 143 "$(timeout 1 sleep 100 2>/dev/null; echo $?)"
check "id" "uid=0" "$(id | cut -d'(' -f1 | cut -d' ' -f1)"
check "pidof and killall" "" "$(sleep 77 & killall -9 nothing-of-that-name 2>/dev/null; kill $!)"
check "date" 1970-01-02 "$(date -u -d @86400 +%Y-%m-%d)"
check "time" 1 "$(time true 2>&1 | wc -l | sed 's/.*/1/')"
check "usleep, setsid" 3 "$(usleep 10; setsid sh -c 'exit 3'; echo $?)"
check "tee" "x x" "$(echo x | tee t1 t2 >/dev/null; echo $(cat t1 t2))"
check "getopt" " -a -b 'c' --" "$(getopt -o ab: -- -a -bc)"
check "nproc" yes "$([ "$(nproc)" -ge 1 ] && echo yes)"

cd / && rm -rf "$dir"
check "rm: all is gone" 1 "$([ -e "$dir" ]; echo $?)"
[ $good = $n ] && echo "[SUCCESS] $good/$n" || echo "[FAILED] $good/$n"
[ $good = $n ]
