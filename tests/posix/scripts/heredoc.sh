# Here-documents.
x=val
cat <<END
plain $x $(echo cmd) $((1+1)) \$x \\ "quoted" 'single' `echo back`
END
cat <<'END'
literal $x $(echo cmd) \$x \\
END
cat <<"E F"
also $x
E F
cat <<-END
	tabs off
		both
	END
cat <<A; cat <<B
first
A
second
B
cat <<END | tr a-z A-Z
to a pipe
END
while read a b; do echo "$b $a"; done <<END
one two
three four five
END
f() { cat <<END
in function $1
END
}
f arg
if true; then cat <<END
inside if
END
fi
cat <<END
line \
joined
END
cat <<END
END
echo after
cat 0<<END
with number
END
n=0; while [ $n -lt 3 ]; do cat <<END
n is $n
END
n=$((n+1)); done
cat <<END
${x:-no} ${nope:-"dq"} "${x}"
END
i=0; s=; while [ $i -lt 300 ]; do s="$s 0123456789012345678901234567"; i=$((i+1)); done
cat <<END | wc -c
$s
END
echo $(cat <<END
inside substitution
END
)
sh -c 'cat <<E
text without its end'; echo $?; sh -c 'cat <<E; echo after
a
b'; sh -c 'cat <<E'; echo $?; eval 'cat <<-E
	in eval'; echo " $?"
# Who writes a long one ends when nobody reads on.
x=$(seq 1 20000); trap '' PIPE; head -n 1 <<E
$x
E
trap - PIPE
