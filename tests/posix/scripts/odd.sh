# Odd inputs for the shell, and tools with the options that people type daily: each line in a shell of its own, in a folder of its own.
folder=${0%/*} n=0
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
umask 022
cat "$folder/odd.txt" "$folder/daily.txt" >inputs
while IFS= read -r line; do
	n=$((n + 1))
	mkdir $n
	cd $n
	printf '%s\n' "== $line"
	sh -c "$line" </dev/null 2>/dev/null
	echo "status $?"
	cd ..
	rm -r $n
done <inputs
