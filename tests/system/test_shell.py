"""The shell as a person meets it: one machine boots, and each feature is typed at it."""
import re

from terminal import Terminal

UP, DOWN, LEFT, RIGHT, HOME, END = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C", "\x1b[H", "\x1b[F"
# The first Ctrl-A is QEMU's.
CTRL_A, CTRL_C, CTRL_E, CTRL_R, CTRL_U, CTRL_Y, BACKSPACE = "\x01\x01", "\x03", "\x05", "\x12", "\x15", "\x19", "\x7f"
WORD_LEFT, WORD_RIGHT = "\x1b[1;5D", "\x1b[1;5C"


def test_pipes_and_redirection(boot):
    m = boot()
    assert m.run("echo one two three | wc -w").strip() == "3"
    assert m.run("echo b > /tmp/f; echo a >> /tmp/f; cat /tmp/f").split() == ["b", "a"]
    assert m.run("cat < /tmp/f | grep a | wc -l").strip() == "1"
    assert m.run("ls /nowhere 2> /tmp/e; wc -l < /tmp/e").strip() == "1"
    assert m.run("ls /nowhere > /tmp/both 2>&1; wc -l < /tmp/both").strip() == "1"


def test_quoting_and_variables(boot):
    m = boot()
    assert m.run("echo 'a  $HOME  b'") == "a  $HOME  b\n"
    assert m.run('X="two  words"; echo "$X"') == "two  words\n"
    assert m.run("echo $X") == "two words\n"
    assert m.run("echo a\\ \\ b") == "a  b\n"
    assert m.run("Y=1 sh -c 'echo $Y'") == "1\n"
    assert m.run("export Z=9; sh -c 'echo $Z'") == "9\n"
    assert m.run("echo ${X}s; echo '|' \"<\" ") == "two wordss\n| <\n"


def test_status_and_lists(boot):
    m = boot()
    m.run("ls /nowhere")
    assert m.status() != 0
    m.run("ls /")
    assert m.status() == 0
    m.run("sh -c 'exit 7'")
    assert m.status() == 7
    m.run("nosuchprogram")
    assert m.status() == 127
    assert m.run("ls /nowhere 2>/dev/null && echo yes || echo no").strip() == "no"
    m.run("echo 'unfinished quote' | sh -c 'exit 3'")
    assert m.status() == 3


def test_folders_and_prompt(boot):
    m = boot()
    m.run("cd /bin")
    assert m.where == "/bin"
    assert m.run("pwd").strip() == "/bin"
    m.run("mkdir /tmp/d; cd /tmp/d")
    assert m.where == "/tmp/d"
    m.run("cd ..")
    assert m.where == "/tmp"
    m.run("cd /nowhere")
    assert m.where == "/tmp"


def test_background(boot):
    m = boot()
    m.run("sleep 1000 &")
    jobs = [l for l in m.run("ps").splitlines() if "sleep" in l]
    assert len(jobs) == 1
    pid = re.search(r"\d+", jobs[0])[0]
    m.run(f"kill {pid}")
    m.run("wait")
    assert "sleep" not in m.run("ps")
    m.run("sleep 1000 & sh -c 'exit 7' & wait -n; echo st$?; kill %1; wait; wait -n; echo st$?")
    assert re.findall(r"^st\d+", m.raw, re.M) == ["st7", "st127"]
    m.run("sleep 0 & wait")
    assert m.status() == 0
    m.run("sleep 1000 | cat && true & sh -c 'sleep 2000' &")
    m.run("jobs")
    assert re.findall(r"^\[\d\] running +(.*)\n", m.raw.replace("\r", ""), re.M) == ["sleep 1000 | cat && true", "sh -c 'sleep 2000'"], m.raw
    assert len(re.findall(r"^\d+$", m.run("jobs -p"), re.M)) == 2
    m.run("killall sleep; wait")
    m.run("sleep 1000 & sleep 2000 & kill %1; wait %1; sleep 3000 & kill %%; wait %%; jobs; kill %%; wait")     # the newest has the first's place
    assert re.findall(r"^\[\d\] running +(.*)\n", m.raw.replace("\r", ""), re.M) == ["sleep 2000"], m.raw
    out = m.run("i=0; while [ $i -lt 40 ]; do sleep 1000 & i=$((i+1)); done")
    assert out.count("sh: fork: Resource temporarily unavailable") == 40 - 31, out	# the last place is for the foreground
    assert m.run("echo begun | cat | cat") == "begun\n"
    m.run("killall sleep; wait; wait")
    long = " | ".join(["echo begun"] + ["cat"] * 63)
    assert m.run(long) == "begun\n"
    assert m.run(long + " | cat; echo st$?").split()[-1] == "st126"


def test_ctrl_c(boot):
    m = boot()
    # What it prints shows that it is in the foreground.
    m.send("sh -c 'echo be''gun; sleep 1000'\r")
    m.expect("begun")
    m.send(CTRL_C)
    m.prompt()
    assert m.status() == 130
    m.send("unwanted" + CTRL_C)
    m.prompt()
    assert m.run("echo clean") == "clean\n"
    m.send("sh -c 'echo be''gun; cat'\r")
    m.expect("begun")
    m.send("through\r")
    m.expect(r"through\r*\nthrough\r*\n")
    m.send(CTRL_C)
    m.prompt()


def test_ctrl_d(boot):
    """End of input: cat ends, and an empty line ends the shell, which init starts again."""
    m = boot()
    m.send("sh -c 'echo be''gun; cat'\r")
    m.expect("begun")
    m.send("\x04")
    m.prompt()
    m.send("\x04")
    m.prompt()
    assert m.run("echo back") == "back\n"


def test_line_editing(boot):
    m = boot()
    assert m.run("echo abd" + LEFT + "c") == "abcd\n"
    assert m.run("echo abcx" + BACKSPACE) == "abc\n"
    assert m.run("rubbish" + CTRL_U + "echo kept") == "kept\n"
    assert m.run("cho first" + CTRL_A + "e" + CTRL_E + "!") == "first!\n"
    assert m.run("cho home" + HOME + "e" + END + "!") == "home!\n"
    assert m.run("echo ac" + LEFT + "b" + RIGHT + "d") == "abcd\n"
    assert m.run("echo one three" + WORD_LEFT + "two " + WORD_LEFT + WORD_LEFT + "0 " + WORD_RIGHT + "!") == "0 one! two three\n"
    assert m.run("lost" + CTRL_U + "echo " + CTRL_Y) == "lost\n"
    assert m.run("echo a" + "\x1b[15~\x1b[24;2~\x1b[200~" + "b") == "ab\n", "keys that mean nothing"


def test_wide_characters(boot):
    """Characters of many bytes, two columns or none: what is shown, and where the cursor is."""
    t = Terminal(boot())
    for keys, line in [("echo 日本語" + LEFT * 2 + "x", "echo 日x本語"), ("echo ab" + LEFT + "ü" + BACKSPACE + "ö", "echo aöb"),
                       ("echo xe\u0301y" + LEFT * 2 + BACKSPACE, "echo \u00e9y"), ("echo " + "日本語" * 40 + HOME + "\x1b[3~" * 5 + END + BACKSPACE, None)]:
        t.send(keys)
        if line:
            t.until(lambda t, line=line: [r for r in t.rows() if r == "manul:/$ " + line])
        t.send("\r")
        t.until(lambda t, line=line: [r for r in t.rows() if r == line[5:]] if line else "not found" in t.text())
        t.send("clear\r")
        t.until(lambda t: t.text().strip() == "manul:/$")
    t.send("stty cols 40; echo re''ady\r")
    t.until(r"ready\nmanul:/\$ *$")
    t.send("echo " + "日" * 30 + LEFT * 25 + "|")
    t.until(lambda t: "日|日" in t.text() and all(not r[40:] for r in t.rows()))
    t.send(END + "e")
    t.until(lambda t: t.screen.cursor.x <= 39 and t.rows()[t.screen.cursor.y].endswith("日e"))
    t.send("\x03")


def test_history(boot):
    m = boot()
    m.run("echo one")
    m.run("echo two")
    assert m.run(UP) == "two\n"
    assert m.run(UP + UP + UP) == "one\n"
    assert m.run("lost" + UP + DOWN + CTRL_U + "echo three") == "three\n"
    assert m.run("half" + UP + UP + DOWN + DOWN + HOME + "echo ") == "half\n"
    assert m.run(CTRL_R + "one") == "one\n"
    assert m.run(CTRL_R + "tw" + END + "!") == "two!\n"
    assert m.run(CTRL_R + "echo t" + CTRL_R + CTRL_R) == "two\n"
    assert m.run("echo begun" + CTRL_R + "nowhere to be found" + "\x07" + "!") == "begun!\n"
    assert m.run("!!").endswith("begun!\n") and m.run("!! more").endswith("begun! more\n") and m.run("!echo o").endswith("two o\n") is False
    assert "not in the history" in m.run("!nothing") and m.status() == 130
    m.run("! true")
    assert m.status() == 1
    assert [line.split(None, 1)[1] for line in m.run("history 2").splitlines()] == ["echo $?", "history 2"]


def test_long_input(boot):
    m = boot()
    word = "x" * 300
    assert m.run("echo " + word) == word + "\n"
    words = " ".join(str(i) for i in range(150))
    assert m.run("echo " + words) == words + "\n"


def test_tools(boot):
    m = boot()
    m.run("mkdir /tmp/t; echo hello > /tmp/t/a; cp /tmp/t/a /tmp/t/b; mv /tmp/t/b /tmp/t/c; rm /tmp/t/a")
    assert m.run("ls /tmp/t").split() == ["c"]
    assert m.run("cat /tmp/t/c") == "hello\n"
    assert "68 65 6c 6c 6f" in m.run("hexdump /tmp/t/c") or "6568 6c6c" in m.raw
    assert m.run("grep ell /tmp/t/c") == "hello\n"
    assert "Mem" in m.run("free")
    assert re.search(r"^ \d\d:\d\d:\d\d up 0:\d\d:\d\d, \d+ processes$", m.run("uptime").replace("\r", ""), re.M)
    assert "/proc" in m.run("mount")
    assert "[boot]" in (m.run("dmesg") or m.raw) or "[boot]" in m.raw
    assert "MemTotal:" in m.run("cat /proc/meminfo")
    assert "stack" in m.run("cat /proc/self/maps")
    assert "Pid:" in m.run("cat /proc/1/status")
    m.run("mkdir -p /tmp/t/d /dev/shm/d/x; mv /tmp/t/d /dev/shm; echo st$?; ls -1d /tmp/t/d /dev/shm/d/*; rm -r /tmp/t /dev/shm/d")     # another file system
    assert re.findall(r"^(?:st|/).*", m.raw.replace("\r", ""), re.M) == ["st1", "/dev/shm/d/x", "/tmp/t/d"], m.raw
    m.run("ls / >/dev/full; echo st$?; echo 1 | /test/average >/dev/full; echo st$?")
    assert re.findall(r"^st.*", m.raw.replace("\r", ""), re.M) == ["st1", "st0"], m.raw
    m.run("/test/pooltest")     # with a table of descriptors that a shell at a terminal has made wider
    assert m.status() == 0, m.raw


def test_processes_by_name(boot):
    m = boot()
    m.run("sleep 1000 & sleep 2000 &")
    assert len(m.run("pgrep -x sleep").split()) == 2 and "sleep 2000" in m.run("pgrep -fl 'p 2'")
    assert m.run("pgrep -l '^in'") == "1 init\n"
    m.run("killall -USR1 sleep; wait")
    assert "no process found" in m.run("killall sleep") and m.status() == 1
    m.run("pgrep sleep")
    assert m.status() == 1
    assert m.run("kill -l 9; kill -l 143; kill -l sigint") == "KILL\nTERM\n2\n"
    assert "no such signal" in m.run("killall -NONE sleep")
    modes_and_links(m)


def modes_and_links(m):
    mode = "ls -l {0} | cut -c 1-10"
    m.run("touch /f /tmp/f; umask 022")
    for change, wanted in [("640", "-rw-r-----"), ("a+x", "-rwxr-x--x"), ("u-w,o=rw", "-r-xr-xrw-"), ("=r", "-r--r--r--"), ("g+w-r", "-r---w-r--"),
                           ("-r", "-----w----"), ("u=rwx,go=", "-rwx------"), ("+w", "-rwx------")]:
        assert m.run(f"chmod {change} /tmp/f; " + mode.format("/tmp/f")).strip() == wanted, change
    assert "r-" in m.run("chmod 444 /f; " + mode.format("/f")) and "rw" in m.run("chmod u+w /f; " + mode.format("/f"))
    m.run("mkdir -p /tmp/d/e; touch /tmp/d/e/g; chmod -R 700 /tmp/d")
    assert m.run(mode.format("/tmp/d/e/g")).strip() == "-rwx------"
    for wrong in ("8", "u+q", "x+r", "1777777", ",", "u"):
        assert "not a mode" in m.run(f"chmod {wrong} /tmp/f"), wrong
    assert "no symbolic links" in m.run("ln -s f /l") and m.status() == 1
    assert "no hard links" in m.run("ln /tmp/f /tmp/l") and m.status() == 1
    assert m.run("ln -s f /tmp/l; ls -l /tmp/l /tmp | grep -c '^l.* l -> f$\\|/tmp/l -> f$'").strip() == "2"
    assert m.run("readlink /tmp/l; ls /tmp/l; rm /tmp/f; ls /tmp/l; cat /tmp/l 2>/dev/null || echo dangles").split() == ["f", "/tmp/l", "/tmp/l", "dangles"]


def type_4000(m):
    """echo and a word of 4,000 bytes, in pieces: whoever types ahead without reading what is drawn can end up waiting for a machine that waits for him."""
    m.send("echo ")
    for mark in "ABCD":
        m.send("y" * 999 + mark)
        m.expect(mark)


def test_interrupts(boot):
    """Ctrl-C wherever it comes gives up the line, and only that; Ctrl-D and Ctrl-C in a command that goes on; what is too long or too deep is refused."""
    m = boot()
    shell = m.run("echo $$").strip()
    for line in ["while :; do echo be''gun; sleep 1000; done", "while :; do echo be''gun; done", "(echo be''gun; sleep 1000; echo no)",
                 "echo be''gun; x=$(sleep 1000); echo no", "echo be''gun; echo $(while :; do :; done) no", "{ echo be''gun >&2; sleep 1000; } | cat; echo no",
                 "echo be''gun; sleep 1000 && echo no; echo no", "f() { echo be''gun; sleep 1000; }; f; echo no", "echo be''gun; read x; echo no",
                 "echo be''gun; sleep 1000 & wait; echo no", "echo be''gun; while read x; do :; done < /dev/zero", "echo be''gun; eval 'while :; do :; done'",
                 "{ echo be''gun >&2; sleep 1000; } < /dev/null"]:
        m.send(line + "\r")
        m.expect("begun")
        m.send(CTRL_C)
        assert not re.search(r"^no\b", m.prompt(), re.M), line
        assert m.run("echo st$? $$").split() == ["st130", shell], line
    m.run("kill %1; wait")
    for typed, end, wanted, status in [(["cat <<E", "text"], "\x04", "text", 0), (["echo 'open"], "\x04", "ends too soon", 2), (["echo 'open"], CTRL_C, "", 130)]:
        for line in typed:
            m.send(line + "\r")
            m.expect("\n\r> ")
        m.send(end)
        assert wanted in m.prompt() and m.run("echo st$? $$").split() == [f"st{status}", shell], typed
    type_4000(m)
    assert "at most" in m.run("y" * 1000) and m.status() == 130
    type_4000(m)
    assert m.run(" | wc -c").strip() == "4001"
    assert "nested too deep" in m.run("f() { f; }; f") and m.status() == 2
    assert m.run("echo $$").strip() == shell
