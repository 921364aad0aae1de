# Odd inputs, each a line of odd.txt: in a shell of its own, in a folder of its own.
inputs=${0%/*}/odd.txt n=0
case $inputs in /*) ;; *) inputs=$PWD/$inputs ;; esac
while IFS= read -r line; do
	n=$((n + 1))
	mkdir $n
	cd $n
	printf '%s\n' "== $line"
	sh -c "$line" </dev/null 2>/dev/null
	echo "status $?"
	cd ..
	rm -r $n
done <"$inputs"
