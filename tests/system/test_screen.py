"""Programs that have the whole screen, and the shell's keys, as a person meets them: one boot."""
import re

ESC, TAB, UP = "\x1b", "\t", "\x1b[A"
CTRL_C, CTRL_Q, CTRL_S, CTRL_U, CTRL_Z = "\x03", "\x11", "\x13", "\x15", "\x1a"


def keys(m, *steps):
    """Type each text, and wait for what it shows."""
    for text, shown in steps:
        m.send(text)
        if shown:
            m.expect(shown)


def check_vi(m):
    keys(m, ("vi /tmp/v\r", "new"), ("i", "INSERT"), ("first line\rsecond\rthird", "third"), (ESC, r"\[\+\]"),
         ("gg", "1,1"), ("yyp", "2,1"), ("dd", None), ("u", None), ("A!", "line!"), (ESC, None), ("G", "4,"), ("O", "INSERT"),
         ("before third", None), (ESC, None), (":2\r", "2,1"), ("0x", None), ("dw", None), ("u", None), ("/sec\r", "3,1"), ("cwsixth", None), (ESC, None),
         (":%s/t/T/g\r", "replaced"), (":w\r", "written"), ("ox", None), (ESC, None), (":q\r", "changed"), (":q!\r", None))
    m.prompt()
    assert m.run("cat /tmp/v").splitlines() == ["firsT line", "irsT line!", "sixTh", "before Third", "Third"]
    keys(m, ("vi /tmp/v\r", "5 lines"), ("Go", "INSERT"), ("end", None), (ESC, None), ("kJ", None), (":wq\r", None))
    m.prompt()
    assert m.run("tail -n 2 /tmp/v").splitlines() == ["before Third", "Third end"]


def check_less(m):
    m.run("seq 1 200 | sed 's/$/ x/' > /tmp/l")
    keys(m, ("less /tmp/l\r", r"lines 1-\d+/200"), (" ", r"lines 24-"), ("G", r"200 \(END\)"), ("g", r"lines 1-"), ("50g", r"lines 50-"),
         ("j", r"lines 51-"), ("k", r"lines 50-"), ("b", r"lines 27-"), ("/^15. x\r", r"lines 150-"), ("n", r"lines 151-"), ("N", r"lines 150-"),
         ("/nothing\r", "not found"), ("q", None))
    m.prompt()
    assert m.run("less /tmp/l | wc -l").strip() == "200"
    keys(m, ("seq 300 | less\r", r"1-\d+/300"), ("q", None))
    m.prompt()


def check_top(m):
    m.run("sleep 1000 &")
    text = m.run("top -b -n 1")
    rows = [line.split() for line in text.splitlines()]
    assert ["PID", "PPID", "S", "THR"] == [r for r in rows if r[:1] == ["PID"]][0][:4]
    for name in ("init", "sh", "sleep", "top"):
        assert [r for r in rows if r and r[-1] == name], text
    keys(m, ("top -d 1\r", "COMMAND"), ("M", "COMMAND"), ("q", None))
    m.prompt()
    keys(m, ("watch -n 1 'echo seen'\r", r"Every 1.0s(?s:.*)seen"), ("q", None))
    m.prompt()
    m.run("kill %1; wait")


def check_completion(m):
    m.run("mkdir /tmp/c; touch /tmp/c/unique_name /tmp/c/twin_a /tmp/c/twin_b; mkdir /tmp/c/folder")
    assert m.run("echo /tmp/c/un" + TAB) == "/tmp/c/unique_name\n"
    assert m.run("ls -d /tmp/c/fo" + TAB) == "/tmp/c/folder/\n"
    assert m.run("echo /tmp/c/tw" + TAB + "b") == "/tmp/c/twin_b\n"
    m.send("echo /tmp/c/tw" + TAB + TAB)
    m.expect(r"twin_a\s+twin_b")
    m.send(CTRL_C)
    m.expect(r"\^C")
    m.prompt()
    assert m.run("base" + TAB + "/a/b") == "b\n"
    m.run("mkdir '/tmp/c/my files'; touch '/tmp/c/my files/one $2' /tmp/c/日本語 /tmp/c/日本人; cd /tmp/c; longvariable=seen; folder=/tmp/c")
    assert m.run("echo m" + TAB + "o" + TAB) == "my files/one $2\n"
    assert m.run('echo "m' + TAB + "o" + TAB + "| tr ' ' _") == "my_files/one_$2\n"
    assert m.run("echo 日" + TAB + "人") == "日本人\n"
    assert m.run("echo $longv" + TAB + '"${longv' + TAB) == "seen seen\n"
    assert m.run("ls -d $fold" + TAB + "un" + TAB) == "/tmp/c/unique_name\n"
    assert m.run("false; echo yes | gre" + TAB + "yes && base" + TAB + "/x") == "yes\nx\n"
    m.run("cd /; HOME=/tmp")
    assert m.run("echo ~/c/uni" + TAB) == "/tmp/c/unique_name\n"
    m.run("HOME=/")
    assert m.run("echo ${/" + TAB + "x}" + CTRL_U + "echo sound") == "sound\n"


def jobs(m):
    m.run("jobs")
    return m.raw        # "[1] ..." looks like a line of the kernel's log


def stop(m, program):
    m.send(f"sh -c 'echo be''gun; exec {program}'\r")
    m.expect("begun")
    m.send(CTRL_Z)
    assert "stopped" in m.prompt()
    assert re.search(r"\[1\] stopped +sh", jobs(m))


def check_jobs(m):
    stop(m, "sleep 1000")
    m.run("bg %1")
    assert re.search(r"\[1\] running +sh", jobs(m))
    m.run("kill %sh; wait")
    stop(m, "cat")
    m.send("fg\r" + "ahead\r")      # typed before cat has the terminal: not always echoed
    m.expect(r"ahead\r*\n")
    m.send("through\r")
    m.expect(r"through\r*\n(?s:.*)through\r*\n")
    m.send(CTRL_C)
    m.prompt()
    assert jobs(m) == ""


def check_stops_in_time(m):
    """Jobs that stop while they begin, and while the shell has the terminal back: it stays the shell's, and the job stops as a whole."""
    shell = m.run("echo $$")
    for _ in range(3):
        m.run("; ".join(["kill -STOP 0 | cat | cat | cat | cat; bg"] * 6) + "; wait")
    assert m.run("echo $$") == shell, "the shell lost the terminal, and ended"
    assert jobs(m) == ""
    m.send("while read x; do echo got$x >&2; done | sh -c 'sleep 1000; echo ov''er' | cat\r")
    for i in range(12):
        m.send(f"{i}\r")
        m.expect(f"got{i}\\b")      # the job has the terminal
        m.send(CTRL_Z)
        m.prompt()
        assert m.run("ps | grep -c ' [T] '").strip() in "34", "all of it"      # with sleep or not yet
        m.send("fg\r")
    m.send("end\r")
    m.expect(r"gotend\b")
    m.send(CTRL_C)
    assert "over" not in m.prompt()
    assert m.run("echo $$") == shell and jobs(m) == ""
    m.send("x=$(echo be''gun >&2; cat)\r")
    m.expect("begun")
    m.send(CTRL_Z + "through\r\x04")
    m.prompt()
    assert m.run('echo "$x"') == "through\n", "what nobody could continue is not stopped"


def check_history(m):
    m.run("echo remembered")
    assert "echo remembered" in m.run("cat /.sh_history")
    m.send("exit\r")
    m.prompt()
    assert m.run(UP * 3) == "remembered\n", "the new shell knows the old one's lines"


# A writer that Ctrl-S holds sleeps; one that it does not hold ends. Taking ixon away lets it go on.
WATCHED = "sh -c 'echo be''gun; read x; echo sho''wn & w=$!; while :; do case $(cut -d \" \" -f 3 /proc/$w/stat) in S) r=held; break;; [ZX]|\"\") " \
          "r=passed; break;; esac; done; echo $r > /tmp/flow; stty -ixon; wait; stty ixon'\r"


def check_flow_control(m):
    m.send(WATCHED)
    m.expect("begun")
    m.send(CTRL_S + "go\r")
    m.expect("shown")
    m.prompt()
    assert m.run("cat /tmp/flow") == "held\n"
    m.send("sh -c 'echo be''gun; read x; echo sho''wn'\r")
    m.expect("begun")
    m.send(CTRL_S + "go\r" + CTRL_Q)
    m.expect("shown")
    m.prompt()
    assert m.run("stty -a | grep -c ' ixon'").strip() == "1"


def test_screen(boot):
    m = boot(SMP=2)

    check_vi(m)
    check_less(m)
    check_top(m)
    check_completion(m)
    check_jobs(m)
    check_stops_in_time(m)
    check_flow_control(m)
    check_history(m)
