"""strace: calls by name, arguments, errors; children; counts; a process that runs already. One boot for each machine."""
import re


def calls(text):
    return [line for line in text.splitlines() if re.match(r"(\[\d+\] )?\w+\(", line)]


def test_strace(boot):
    m = boot(SMP=2)
    m.run("cd /tmp; echo twelve bytes > small")
    text = m.run("strace -o t cat small nowhere; cat t")
    assert text.startswith("twelve bytes\n") and "cat: nowhere" in text
    lines = calls(text)
    assert re.fullmatch(r'execve\("/bin/cat", \["cat", "small", "nowhere"\], 0x[0-9a-f]+\) = 0', lines[0])
    fd = re.search(r'^openat\(AT_FDCWD, "small", O_RDONLY, 00\) = (\d+)$', text, re.M)[1]
    assert f'read({fd}, "twelve bytes\\n", 32768) = 13' in lines
    assert 'write(1, "twelve bytes\\n", 13) = 13' in lines
    assert f"close({fd}) = 0" in lines
    assert 'openat(AT_FDCWD, "nowhere", O_RDONLY, 00) = -1 ENOENT (No such file or directory)' in lines
    assert "exit_group(1) = ?" in lines and text.rstrip().endswith("+++ exited with 1 +++")
    assert m.run("strace -o t cat small; echo $?").splitlines()[-1] == "0"
    assert m.run("strace -o t sh -c 'exit 7'; echo $?").strip() == "7"

    # What a pointer leads to: times, signal sets, pollfds, pieces of memory; the pointer where it leads nowhere.
    text = m.run("strace -o t /test/abiwait | tail -n 1; strace -o u /test/abifd | tail -n 1; cat t u")
    assert len(re.findall(r"^\[SUCCESS\]", m.raw, re.M)) == 2
    for line in ["ppoll([{fd=13, events=POLLIN}], 1, {tv_sec=0, tv_nsec=1000000}, NULL) = 0",
                 "ppoll([{fd=13, events=POLLIN}], 1, NULL, []) = -1 EINTR (Interrupted system call)",
                 "rt_sigprocmask(SIG_BLOCK, [SIGUSR1 40 41], NULL, 8) = 0", "pwritev2(10, 0x8, 1, 0, 0, 0) = -1 EFAULT (Bad address)"]:
        assert line in text.splitlines(), text[-3000:]
    assert re.search(r"^rt_sigprocmask\(SIG_SETMASK, ~\[\], 0x\w+, 8\) = 0$", text, re.M)
    assert re.search(r"^rt_sigtimedwait\(\[40 41\], 0x\w+, \{tv_sec=0, tv_nsec=0\}, 8\) = 40$", text, re.M)
    assert re.search(r"^pwritev2\(10, \[\{iov_base=0x\w+, iov_len=3\}\], 1, \d+, \d+, 0\) = 3$", text, re.M)

    # Without -f a child's calls are its own affair; with it, every process is named.
    program = "sh -c 'mkdir d; kill -USR1 $$'"
    text = m.run(f"strace -o t {program}; echo $?; cat t")
    assert "mkdirat" not in text and re.search(r"^clone\(SIGCHLD, .* = \d+$", text, re.M)
    assert re.search(r"^--- SIGUSR1 \{si_code=0, si_pid=\d+\} ---$", text, re.M) and "+++ killed by SIGUSR1 +++" in text
    assert text.splitlines()[0] == str(128 + 10)
    m.run(f"rm -r d; strace -f -o t {program}; cat t")
    text = m.raw  # what begins with a number in brackets looks like the kernel's log otherwise
    assert re.search(r'^\[(\d+)\] mkdirat\(AT_FDCWD, "d", 0777\) = 0$', text, re.M)
    assert len(re.findall(r"\+\+\+ (exited|killed)", text)) == 3

    # Far more than the ring holds: nothing is lost, and the counts say so.
    text = m.run("strace -f -c -o t sh -c 'for i in $(seq 1 30); do ls /nowhere 2>/dev/null; done'; cat t")
    counted = {name: (int(n), int(errors or 0)) for n, errors, name in re.findall(r"(\d+) +(?:(\d+) )?(\w+)$", text, re.M)}
    assert counted["exit_group"][0] == counted["clone"][0] + 1 >= 31 and counted["newfstatat"] == (60, 60), text	# the name, then a link of that name
    assert counted["total"][0] == sum(n for name, (n, _) in counted.items() if name != "total")
    lines = m.run("strace -o t seq 1 3000 > out; tail -n 1 out; wc -l < t").split()
    assert lines[0] == "3000"

    # One that runs already, and ends while it is watched; and one that is not there.
    m.run("sh -c 'sleep 2; exit 3' &")
    text = m.run("strace -p $! ; echo status $?")
    assert "+++ exited with 3 +++" in text and "status 0" in text
    assert "No such file or directory" in m.run("strace -p 31999")
    assert "usage" in m.run("strace")
    text = m.run("strace -e trace=openat,close -o t cat small; cat t")
    assert set(re.findall(r"^(\w+)\(", text, re.M)) == {"openat", "close"} and "+++ exited with 0 +++" in text
    assert re.search(r"^[\d. ]+ (\d+) +mmap\n[\d. ]+ \1 +total$", m.run("strace -c -e mmap ls / 2>&1"), re.M)
    assert m.run("strace -e open,nosuch true") == "strace: open: no such call\n" and m.status() == 2

    # The reader dies: what it traced goes on.
    text = m.run("strace -o t sh -c 'sleep 2; echo went on' & sleep 1; kill -9 $!; sleep 2")
    assert "went on" in text
