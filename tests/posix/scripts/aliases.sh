# alias, unalias, hash, ulimit, times, and what type and command say of names
alias
alias ll='echo long' la='echo all'; alias ll
ll one; la two
alias; unalias ll
alias ll 2>/dev/null; echo $?
(ll) 2>/dev/null; echo $?
alias echo='echo wrapped'
echo once
unalias echo
alias a=b b=a
(a) 2>/dev/null; echo $?
alias run='printf %s\\n ' word='replaced'
run word word
X=1 run word
alias quoted="echo it\"'\"s"; x=$(alias quoted); unalias quoted; eval "alias $x"; quoted
alias loop='for i in 1 2; do' end=done
loop echo $i
done
alias neg='! true'
neg; echo $?
alias pipe='echo piped |'
pipe cat
alias two='echo first; echo'
two second; two third | cat
\two 2>/dev/null; echo $?
'run' 2>/dev/null; echo $?
alias here='cat << END'
here
text of $X
END
f() { alias inner='echo in'; inner x 2>/dev/null; echo $?; }; f
inner y
x=$(alias word); echo "$x"
case word in word) echo plain;; esac
alias sub='echo $(echo deep)'
sub; echo $(sub)
alias e=''
e echo after nothing
unalias -a; alias; echo $?
unalias none 2>/dev/null; echo $?
type if while cd export . | cat
f() { :; }; type f; alias q='quick'; type q; command -V cd; command -v q f if cd; echo $?
type nosuchcommand; echo $?; command -v nosuchcommand; echo $?
command -p echo path; command -- echo dashes; command -v; echo $?
hash nosuchcommand 2>/dev/null; echo $?; hash cat; echo $?; hash -r; echo $?
ulimit -n 40; ulimit -n; ulimit -Hn 39 2>/dev/null; echo $?; ulimit -S -n 20; ulimit -n; ulimit -Hn; sh -c 'ulimit -n'
ulimit -f 40000; ulimit -f; ulimit; (ulimit -c 0; ulimit -c); ulimit -s 4096; ulimit -s
ulimit -x 2>/dev/null; echo $?
(ulimit -n nonsense) 2>/dev/null; echo $?
times | wc -l
(exit 3) & wait; echo $?
