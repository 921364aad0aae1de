# cd along links and CDPATH, pwd, umask, set -C
top=$(pwd -P); here() { pwd "$@" | sed "s:^$top:.:"; }
mkdir -p way/b/c other/here; ln -s way/b short; cd short; here; here -P; cd ..; here; cd -P short; here; cd -L ..; here; cd ../short/c/../..; here
cd way//b/./c/..; here; cd ../../short; echo "${OLDPWD#$top}"; cd - >/dev/null; here; cd /..; pwd; cd "$top"
CDPATH=other:way; cd here | sed "s:^$top:.:"; cd b >/dev/null; here; cd "$top"; CDPATH=; cd here 2>/dev/null || echo no; unset CDPATH; cd -x 2>/dev/null || echo no
umask 027; umask; umask -S; umask u-w; umask -S; umask a+rwx; umask; umask =r; umask -S; umask g+w,o=; umask; umask 8 2>/dev/null || echo no; umask 22; umask q 2>/dev/null || echo no
set -C; echo a >clob; (echo b >clob) 2>/dev/null || echo kept; echo c >|clob; echo d >>clob; cat clob; : >/dev/null && echo fine; echo $-; set +C; echo e >clob; cat clob
trap "echo \"it's\"" EXIT; x=$(trap); trap - EXIT; eval "$x"; trap - EXIT; x=$(set +o | grep '^set .o [env]'); set -f; eval "$x"; set +f; sh -c 'export a=b; export 1=2; echo no' 2>/dev/null || echo ends
# What lies above, and a folder's own times.
mkdir -p dots/in; : > dots/in/f; (cd dots/in; for d in . .. ./ ../ .// ../..// ./. ../../dots/in/../; do rm -rf $d 2>/dev/null; echo $d $?; done; ls); rm -r dots/in/ dots/; ls -d dots 2>/dev/null || echo gone
mkdir -p self/self; cp -r self self 2>/dev/null; echo $?; ls -d self/self; rm -r self
: > early; : > late; n=0; until [ $n = 90 ] || { [ "$(stat -c %Y early)" = "$(stat -c %Y late)" ] && [ "$(stat -c %y early)" != "$(stat -c %y late)" ]; }; do
	n=$((n + 1)); [ $((n % 30)) = 0 ] && : > early; : > late	# within one second
done
[ early -ot late ] && [ late -nt early ] && echo order; ls -t early late; find . -newer early -name late; find . -newer late -name early; stat -c %y early late | sort -u | wc -l | tr -d ' '
cp -p early copied; : > touched; touch -r early touched; for f in copied touched; do [ $f -nt early ] || [ $f -ot early ] || echo same; done; rm early late copied touched
