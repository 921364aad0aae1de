"""meow, at a terminal that the test plays: what is on the screen after which keys."""
import re

import transcripts
from terminal import Terminal

UP, DOWN, LEFT, RIGHT, HOME, END = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C", "\x1b[H", "\x1b[F"
ESC, CTRL_A, CTRL_C, CTRL_D, CTRL_E, CTRL_L, CTRL_U, CTRL_W = "\x1b", "\x01", "\x03", "\x04", "\x05", "\x0c", "\x15", "\x17"
NEWLINE, ALT_ENTER, ALT_B, ALT_F, DELETE, BACKSPACE, PAGE_UP, PAGE_DOWN = "\n", "\x1b\r", "\x1bb", "\x1bf", "\x1b[3~", "\x7f", "\x1b[5~", "\x1b[6~"
PROMPT = r"\[Provider: tutor\] \[\d+k/16k\|mem \d+%\|Hist: \d+K\] (\(=.*?=\).?) > "
FACES = {"Low": r"\(=-\.-=\)[ z]", "Medium": r"\(=\^\.\.\^=\)", "High": r"\(=\^\.\.\^=\)[/~]", "Critical": r"\(=>[_o]<=\)!"}


def start(m, args="", **size):
    t = Terminal(m, **size)
    t.send(f"meow {args}\r")
    t.until(PROMPT.rstrip())
    t.until("^ready")
    return t


def footer(t):
    """What has been typed, as it is shown: from the prompt to the end of the screen."""
    text = "".join(row.ljust(t.screen.columns) for row in t.rows())
    found = re.search(PROMPT + "(.*)", text)
    return found and found[2].rstrip()


def typed(t, keys, want):
    t.send(keys)
    t.until(lambda t: footer(t) == want)


def ask(t, line, answer):
    """Type the line; wait for the answer and for the end of it."""
    t.send(line + "\r")
    found = t.until(answer)
    t.until("^(ready|not understood)")
    return found


def leave(t):
    t.send(CTRL_U + "/quit\r")
    t.machine.prompt()


# ---- the parts of the screen ----

def check_layout(t):
    t.until(lambda t: re.fullmatch(PROMPT.rstrip(), t.rows()[-1]))
    t.until(lambda t: t.rows()[-2] == "ready  memory pressure Low, the cat is asleep  /help")
    t.until("^── pressure ─{68}\nused \\[.*\nlast .*\nof it processes .*\nready")
    assert "\x1b[?1049h" in t.raw and t.raw.count("\x1b[6n") >= 1


def check_editing(t):
    typed(t, "hllo", "hllo")
    typed(t, HOME + RIGHT + "e" + END + "!", "hello!")
    typed(t, CTRL_A + ">" + CTRL_E + "<", ">hello!<")
    typed(t, " world again", ">hello!< world again")
    typed(t, CTRL_W, ">hello!< world")
    typed(t, ALT_B + "big " + ALT_F + "s", ">hello!< big worlds")
    typed(t, LEFT + DELETE + BACKSPACE, ">hello!< big worl")
    assert t.screen.cursor.x == len(t.rows()[-1])
    typed(t, ESC, "")
    typed(t, "gone" + CTRL_U, "")


def check_utf8(t):
    typed(t, "é", "é")
    typed(t, "猫", "é猫")
    assert t.screen.cursor.x == len(re.match(PROMPT, t.rows()[-1])[0]) + 3
    typed(t, LEFT + LEFT + "x" + RIGHT + "y", "xéy猫")
    typed(t, END + BACKSPACE, "xéy")
    typed(t, LEFT + BACKSPACE, "xy")
    typed(t, CTRL_E + "e\u0301z" + LEFT + BACKSPACE, "xyz")
    typed(t, CTRL_E + CTRL_U, "")


def check_growth(t):
    typed(t, "0123456789" * 15, "0123456789" * 15)
    assert re.match(PROMPT, t.rows()[-3]) and t.rows()[-4].startswith("ready")
    t.send(CTRL_A + CTRL_U + CTRL_E + CTRL_U)
    t.until(lambda t: re.match(PROMPT.rstrip(), t.rows()[-1]))
    t.send("one" + NEWLINE + "two" + ALT_ENTER + "three")
    t.until(lambda t: t.rows()[-1] == "three" and t.rows()[-2] == "two" and t.rows()[-3].endswith("> one"))
    t.send(ESC)
    t.until(lambda t: re.match(PROMPT.rstrip(), t.rows()[-1]))


def check_history(t):
    ask(t, "hello", "Meow. Ask me")
    ask(t, "/mode", "kmalloc's mode is twotier")
    typed(t, "draft" + UP, "/mode")
    typed(t, UP, "hello")
    typed(t, DOWN + DOWN, "draft")
    typed(t, CTRL_U, "")


def check_scrolling(t):
    ask(t, "/help", "/quit .*leave")
    t.send(PAGE_UP)
    t.until(r"\d+ rows back")
    t.until("Meow. Ask me")
    t.send(PAGE_DOWN + PAGE_DOWN)
    t.gone("rows back")
    ask(t, "/clear", "^ready")
    t.gone("Meow. Ask me")


def check_queue(t):
    """Two lines at once: the second waits for the end of the first."""
    ask(t, "/clear", "^ready")
    t.send("hello\rexplain tlb\rhello\r")
    t.until(r"> hello\n.*Meow\. Ask.*\n(.*\n)?> explain tlb\n(.*\n)+> hello\n.*Meow\. Ask")
    t.until("^ready")


def test_screen_and_keys(boot):
    m = boot(SMP=2)
    t = start(m)
    check_layout(t)
    check_editing(t)
    check_utf8(t)
    check_growth(t)
    check_history(t)
    check_scrolling(t)
    check_queue(t)
    t.send(CTRL_L)
    t.until(lambda t: t.raw.count("\x1b[2J") >= 2)
    check_resize(t)
    t.raw = ""
    leave(t)
    assert m.run("echo the terminal is as it was").strip() == "the terminal is as it was"
    check_slow(m)
    check_no_answer(m)
    check_signal(m)


def check_resize(t):
    """Once asked for by Ctrl-L, once found out; narrower than the prompt; and what no screen has room for."""
    t.screen.resize(40, 120)
    t.send(CTRL_L)
    t.until(lambda t: re.match(PROMPT.rstrip(), t.rows()[39]) and any(len(row) == 120 for row in t.rows()))
    t.screen.resize(14, 40)
    t.until(lambda t: t.rows()[12].startswith("[Provider: tutor]") and t.rows()[11].startswith("ready"))
    assert all(len(row) <= 40 for row in t.rows())
    t.screen.resize(5, 20)
    t.until(lambda t: t.rows()[2].startswith("ready  memory press") and re.search(r"\(=-\.-=\).? >$", t.rows()[4]))
    t.screen.resize(100, 300)
    t.until(lambda t: re.match(PROMPT.rstrip(), t.rows()[63]) and len(t.rows()[58]) == 200)     # as large as a screen gets
    t.screen.resize(24, 80)
    t.until(lambda t: re.match(PROMPT.rstrip(), t.rows()[23]))


def check_slow(m):
    """An answer that takes its time: what is typed waits, and ESC and Ctrl-C end it all."""
    m.run("echo pace=1 > /tmp/slow; echo watch=off >> /tmp/slow")
    t = start(m, "--config /tmp/slow")
    assert "──" not in t.text()
    t.send("explain fragmentation\r" + "hello\r" * 20)
    t.until(r"^answering.*, 8 waiting, 12 not taken$")
    t.send(ESC)
    t.until(r"^\[cancelled\]")
    ask(t, "/clear", "^ready")
    for key in (ESC, CTRL_C):
        t.send("explain fragmentation\r")
        t.until(r"^answering\.+ +\d+\.\d s, ESC cancels$")
        t.send("explain tlb\rexplain slab\r")
        t.until(r"^answering.*, 2 waiting$")
        t.send("half" + key)
        t.until("^cancelled")
        t.until(r"^\[cancelled\]")
        typed(t, " typed", "half typed")
        typed(t, CTRL_U, "")
        assert "explain tlb" not in t.text()
        ask(t, "/clear", "^ready")
    t.send(CTRL_D)
    m.prompt()


def check_no_answer(m):
    """A terminal that does not say how large it is has 24 rows of 80, or what the kernel was told."""
    t = start(m, answers=False)
    assert re.match(PROMPT.rstrip(), t.rows()[23])
    ask(t, "hello", "Meow. Ask me")
    leave(t)


def check_signal(m):
    """Ended from elsewhere, once it has made the file that is waited for: the terminal is as it was."""
    before = m.run("stty -a")
    m.run("sh -c 'until test -e /tmp/go; do sleep 0; done; kill -TERM $(cat /tmp/pid)' &")
    t = Terminal(m)
    t.send("sh -c 'echo $$ > /tmp/pid; exec meow'\r")
    t.until("^ready")
    t.send("/record /tmp/go\r")
    m.expect("\x1b\\[\\?1049l")
    m.prompt()
    assert "icanon" in before and m.run("stty -a") == before


# ---- questions and commands ----

def level_is(t, level):
    t.until(f"memory pressure {level}, the cat")
    t.until(lambda t: (found := re.search(PROMPT, t.text() + " ")) and re.fullmatch(FACES[level], found[1]))


def check_pressure(t, total):
    """Up to each level and down again; sizes in KiB."""
    held = 0
    t.send("/clear\r")
    t.gone("are in use")
    for level, percent in (("Medium", 68), ("High", 86), ("Critical", 96)):
        # Not from the footer: that is half a second old, and the child may still have been at it then.
        used = int(ask(t, "how much memory is free?", r"are in use \((\d+)%\)")[1])
        take = total * (percent - used) // 100
        ask(t, f"/alloc {take}K", r"Process \d+ holds \S+\. /free")
        level_is(t, level)
        t.send("/clear\r")
        t.gone("are in use|holds")
        held += 1
    ask(t, "why is pressure high?", "Pressure is Critical: 9[5-9]% of RAM")
    t.until("of it I hold for you")
    ask(t, "/free", f"{held} allocations ended")
    level_is(t, "Low")
    ask(t, "/free", "There is no allocation of mine")


def check_watch(t):
    for what, title, row in (("zones", "zones", r"^0 \w+ +\[[█·]+\] \S+ free of"), ("buddy", "buddy", r"^0 \w+ +(\d+[·▁-█] *){11}$"),
                             ("slab", "slab", r"^kmalloc-\d+ .*objects in use"), ("vm 1", "vm 1", r"^1 init: \d+ regions, .* 1 hole, the largest"),
                             ("trace", "trace", r"^alloc_calls +\d+  \+\d+$"), ("pressure", "pressure", r"^used \[")):
        t.send(f"/watch {what}\r")
        t.until(f"^── {title} ──")
        t.until(row)
        t.until("^ready")
    ask(t, "/watch off", "^off:")
    t.gone("──")
    ask(t, "/watch nonsense", r"nonsense: nothing to watch\. There are: off, pressure")
    ask(t, "/watch vm 9999", "no such process")
    ask(t, "/watch pressure", "^── pressure")


def check_answers(t, pid):
    ask(t, "explain buddy", "The buddy allocator hands out frames")
    ask(t, f"show holes of {pid}", rf"{pid} \(sh\) has \d+ regions")
    t.until(r"hole 0x[0-9a-f]+-0x[0-9a-f]+ +\S+")
    ask(t, "show holes of 9999", "There is no process 9999")
    ask(t, "who uses most?", r"^ +\d+ +(meow|sh|init) +\S+ of \S+ promised")
    ask(t, "is memory healthy?", "Healthy: yes")
    ask(t, "which policy is in force?", "va_policy +bestfit")
    ask(t, "what did allocstress do?", "allocstress is not running now")
    ask(t, "who owns frame 1", r"0x1 is no frame of this machine's memory: they are 0x\w+ to 0x\w+\.")
    ask(t, "expalin budy", r"\(I read expalin as explain\.\)")
    ask(t, "how much memory is free?", r"\S+ of \S+ are free, \S+ are in use")
    ask(t, "why did my malloc fail?", "Refusals and ends of programs here")
    ask(t, "purple dishwasher", "I did not understand that")
    t.until("^not understood")
    ask(t, "/purple", "/purple: no such command")


def check_commands(t):
    ask(t, "/gc", "no garbage collector")
    ask(t, "/mode hybrid", "kmalloc's mode is hybrid from now on")
    ask(t, "/mode purple", "purple: no such mode")
    ask(t, "/mode twotier", "kmalloc's mode is twotier from now on")
    for wrong in ("", "0", "12Q", "-5", "99999999999999999999"):
        ask(t, f"/alloc {wrong}", "not a size")
        ask(t, "/clear", "^ready")
    ask(t, "/record /nowhere/file", "/nowhere/file: ")
    ask(t, "/record /tmp/said", "goes to /tmp/said too")
    ask(t, "explain hole", "Addresses are no memory")
    ask(t, "/record off", "Nothing is recorded")
    ask(t, "/help", "/alloc SIZE  a child takes")


def test_questions_and_commands(boot):
    m = boot(SMP=2, MEM="128M")
    total = int(re.search(r"MemTotal: +(\d+)", m.run("cat /proc/meminfo"))[1])
    t = start(m)
    check_watch(t)
    check_answers(t, 2)
    check_commands(t)
    check_pressure(t, total)
    ask(t, "/clear", "^ready")
    ask(t, "/oom", r"The child \d+ is gone \(Killed\)")
    level_is(t, "Low")
    leave(t)
    said = m.run("cat /tmp/said")
    assert "Addresses are no memory" in said and "> explain hole" in said and "\x1b" not in said and "/help" not in said
    assert "meow" not in m.run("ps").replace("meow --", ""), "a child was left"
    assert "sound" in m.run("memck")


# ---- without a screen ----

def test_without_a_screen(boot):
    m = boot(SMP=1)
    assert m.run("meow why is pressure high?").startswith("Pressure is Low: ") and m.status() == 0
    assert "did not understand" in m.run("meow purple dishwasher") and m.status() == 1
    assert re.search(r"^0 Normal +\[", m.run("meow /watch zones"), re.M) and m.status() == 0
    m.run("meow --nonsense")
    assert m.status() == 2
    assert m.run("meow --help").startswith("usage: meow") and m.status() == 0
    m.run("meow --script /nowhere")
    assert m.status() == 2
    m.run("meow < /dev/null > /tmp/out")
    assert m.status() == 1
    check_script(m)
    check_odd_scripts(m)
    check_config(m)
    check_sweep(m)
    check_did(m)
    check_truth(m)
    check_frame(m)
    assert "sound" in m.run("memck")


def check_script(m):
    m.run("echo '# comment' > /tmp/s; echo hello >> /tmp/s; echo '/alloc 4M' >> /tmp/s; echo /free >> /tmp/s; echo explain tlb >> /tmp/s")
    text = m.run("meow --script /tmp/s")
    assert m.status() == 0 and "comment" not in text
    assert re.search(r"> hello\n.*Meow.*\n> /alloc 4M\n.*\nProcess \d+ holds 4\.0M.*\n> /free\n1 allocation ended: 4\.0M are free.*\n> explain tlb\nThe TLB", text)
    m.run("echo nonsense >> /tmp/s; echo /quit >> /tmp/s; echo hello >> /tmp/s")
    text = m.run("meow --script /tmp/s")
    assert m.status() == 1 and text.count("Meow.") == 1


def check_odd_scripts(m):
    """Lines longer than there is room for, bytes that would command the terminal, no line at all."""
    m.run("yes abcdefgh | head -n 2000 | tr -d '\\n' > /tmp/s; echo >> /tmp/s; echo hello >> /tmp/s; printf '\\033[2J \\001\\303\\n' >> /tmp/s")
    text = m.run("meow --script /tmp/s 2>&1 | tee /tmp/said | grep -v Meow")
    assert text.startswith("meow: /tmp/s:1: the line is too long\n> hello\n") and text.count("\n> ") == 2
    assert m.run("tr -d '\\n -~' < /tmp/said | hexdump | head -n 1").split()[1:3] == ["c3", "|.|"]
    m.run("meow --script /tmp/s > /tmp/said 2>&1")
    assert m.status() == 1
    m.run("true > /tmp/s; meow --script /tmp/s")
    assert m.status() == 0
    assert "Is a directory" in m.run("meow --script /bin") and m.status() == 2
    assert "did not understand" in m.run("meow '?'") and "did not understand" in m.run("meow ''")
    m.run("printf '\\033[31m=1\\n' > /tmp/c")
    assert "meow: /tmp/c:1: no such key: ?[31m" in m.run("meow --config /tmp/c hello 2>&1")


SWEEP = """i={}; while test $i -le {}; do sh -c "echo $i > /proc/self/fail-nth; exec meow --script /tmp/s" > /tmp/o 2>&1; echo "$i: $? $(wc -l < /tmp/o)"; i=$((i+{})); done"""


def check_sweep(m):
    """The n-th allocation of the kernel for it fails: the answer is whole, or says that it is not, or there is none. Nothing stays behind."""
    for line in ("explain buddy", "/alloc 1M", "/free", "show holes of 1", "how much memory is free?", "is memory healthy?"):
        m.run(f"echo '{line}' {'>' if line == 'explain buddy' else '>>'} /tmp/s")
    whole = m.run("meow --script /tmp/s").count("\n")
    found = [tuple(map(int, row)) for bounds in ((1, 45, 2), (90, 210, 3)) for row in
             re.findall(r"^(\d+): (\d+) (\d+)$", m.run(SWEEP.format(*bounds)), re.M)]
    assert len(found) == 23 + 41 and {status for _, status, _ in found} <= {0, 1, 2, 126, 127, 137}, found
    assert all(lines == whole for _, status, lines in found if status == 0), (whole, found)
    assert sum(status == 1 for _, status, _ in found) > 5 and sum(status == 0 for _, status, _ in found) > 5, found
    assert "meow" not in m.run("ps")


def check_config(m):
    """A bad line is told by its number, and does not matter otherwise."""
    m.run("echo provider=echo > /tmp/c; echo '# fine' >> /tmp/c; echo pace=fast >> /tmp/c; echo colour=no >> /tmp/c; echo nothing >> /tmp/c")
    text = m.run("meow --config /tmp/c say it again")
    assert text.splitlines() == ["meow: /tmp/c:3: pace: not a value for it: fast", "meow: /tmp/c:4: no such key: colour",
                                 "meow: /tmp/c:5: not of the form key=value: nothing", "say it again"] and m.status() == 0
    m.run("meow --config /nowhere hello")
    assert m.status() == 2


def check_did(m):
    """A program that ran out of addresses, and what is known of it afterwards."""
    m.run("sleep 1000 &")
    text = m.run("meow what did sleep do?")
    assert re.search(r"^Process \d+ \(sleep\) has \S+ in memory, [\s\S]*\bSo far \d+ mmaps, \d+ munmaps", text) and m.status() == 0
    assert "\n  none. (strace" in m.run("meow why did my malloc fail?")
    m.run("/test/crash read-null")
    for question in ("what did crash do?", "why did crash die?", "why was my program killed?"):
        text = m.run(f"meow {question}")
        assert re.search(r"^  \[exception\] Process \d+ \(/test/crash\) exited: signal 11$", text, re.M) and m.status() == 0
    assert m.run("meow what did nosuchthing do?").startswith("I know of no program nosuchthing") and m.status() == 1
    assert re.match(r"I am meow, process \d+, and well\. The kernel's messages", m.run("meow what happened to meow?"))


def human(kib):
    """As human_kib() has it."""
    return f"{kib}K" if kib < 1024 else f"{kib * 10 // 1024 // 10}.{kib * 10 // 1024 % 10}M"


def check_truth(m):
    """Answers beside what /proc says."""
    info = dict(re.findall(r"^(\w+): +(\d+) kB$", m.run("cat /proc/meminfo"), re.M))
    text = m.run("meow how much memory do I have?")
    found = re.match(r"\S+ of (\S+) are free, \S+ are in use \((\d+)%\)\. .* (\S+) more of RAM are the kernel", text)
    assert found and found[1] == human(int(info["MemTotal"])) and found[3] == human(int(info["Reserved"])), text
    used = 100 - int(info["MemFree"]) * 100 // int(info["MemTotal"])
    assert abs(int(found[2]) - used) <= 1, text
    status = m.run("cat /proc/1/status")
    n = {key: int(re.search(rf"^{key}:\s+(\d+)", status, re.M)[1]) for key in ("VmRSS", "VmHWM", "VmSize", "Regions", "Faults", "Mmaps")}
    text = m.run("meow tell me about process 1")
    assert f"Process 1 (init) has {human(n['VmRSS'])} in memory, at most {human(n['VmHWM'])} so far" in text
    assert f"Its {n['Regions']} regions are {human(n['VmSize'])} of addresses" in text
    assert f"So far {n['Mmaps']} mmaps, " in text and f"and {n['Faults']} page faults" in text
    assert m.run("meow how much memory does init use?") == text
    processes = len(re.findall(r"^ +\d", m.run("ps"), re.M))
    assert f"There are {processes} processes now" in m.run("meow how many processes are there?")
    assert "This machine has 1 CPUs" in m.run("meow how many cpus?")
    largest = int(re.search(r"largest_run_kb +(\d+)", m.run("cat /proc/memhealth"))[1])
    assert f"The largest run of free memory is {human(largest)} now" in " ".join(m.run("meow how big is the largest free block?").split())
    for topic in m.run("ls /etc/meow").replace("config", "").split():
        text = m.run(f"meow explain {topic.removesuffix('.txt')}")
        assert m.status() == 0 and "{" not in text and "(no " not in text, text


def check_frame(m):
    """The frame of init's first page, as its page map has it."""
    start = int(m.run("head -n 1 /proc/1/maps").split("-")[0], 16)
    dump = m.run(f"head -c {start // 512 + 8} /proc/1/pagemap | hexdump | tail -n 2")
    entry = re.findall(r"\b\w\w\b", re.match(r"\w+ +([\w ]+)", dump)[1])[-8:]
    frame = int("".join(reversed(entry[:7])), 16)
    text = m.run(f"meow who owns frame {frame:#x}")
    assert f"Frame {frame:#x} is physical {frame << 12:#x}, on node 0 in zone" in text
    assert f"Process 1 (init) has it at {start:#x}, in /bin/init (code)" in text
    assert m.run(f"meow who owns frame {frame << 12:#x}") == text


# ---- figures, and the old style ----

def test_figures(unattended_run):
    """Nothing is allocated in 1000 frames; a frame is cheap; an idle frame sends next to nothing."""
    status, text = unattended_run("meow --selftest && meow --bench", SMP=1, ICOUNT=1)
    assert status == 0 and "meow: 1000 frames, 0 allocations, " in text
    figures = {name: int(n) for name, n in re.findall(r"^result meow_(\w+) (\d+) \w+$", text, re.M)}
    for kind in ("idle", "busy", "whole"):
        assert 10_000 < figures[kind + "_frame"] <= figures[kind + "_frame_most"] < 300_000, figures
    assert figures["idle_frame"] + figures["look"] < 300_000, figures
    assert figures["idle_bytes_most"] < 200 and 0 < figures["busy_bytes"] < figures["whole_bytes"], figures


def test_old_style_dies(boot):
    """A string for everything, a page for each string, and addresses that never come back."""
    m = boot(APPEND="va=bump va.window=legacy", SMP=1)
    m.run("MALLOC=page meow --churn")
    text = m.raw
    assert not transcripts.untrue("MALLOC=page meow --churn", text)
    assert "[mmap] REJECT: size 0x1000 exceeds limit" in text and "OUT OF MEMORY!" in text
    died_at = int(re.search(r"allocation count: (\d+)", text)[1])
    assert 196_000 <= died_at <= 196_320
    assert re.search(r"^\[exception\] Process \d+ \(/bin/meow\) exited", text, re.M) and m.status() != 0
    answer = m.run("meow what did meow do?")
    assert not transcripts.untrue("meow what did meow do?", m.raw)
    assert "refusals for want of addresses" in answer and "/bin/meow" in answer


def test_old_style_lives(unattended_run, arch):
    """The cure: the same program in the same window, with addresses that are used again. A million takes minutes on the slower machine."""
    count = {"riscv64": 400_100, "aarch64": 1_000_100}[arch]
    status, text = unattended_run(f"MALLOC=page meow --churn {count}", APPEND="va=bestfit va.window=legacy", SMP=1, timeout=1800)
    assert f"meow: {count - 100} allocations, " in text and f"meow: {count} allocations without failure" in text
    assert "REJECT" not in text and status == 0
