"""What the machine says of its memory, and whether it adds up: /proc, /proc/sys/vm, and the programs that show them."""
import re

COMMANDS = ["memory", "zones", "slabinfo", "slabinfo -a", "heap", "config", "vmstat", "free", "free -h"]


def meminfo(m):
    return {key: int(n) for key, n in re.findall(r"^(\w+): +(\d+) kB$", m.run("cat /proc/meminfo"), re.M)}


def vmstat(m):
    return {key: int(n) for key, n in re.findall(r"^(\w+) (\d+)$", m.run("cat /proc/vmstat"), re.M)}


def health(m):
    return {key: cells.split() for key, cells in re.findall(r"^(\w+) +(.+)$", m.run("cat /proc/memhealth"), re.M)}


def zones(text):
    """For each zone of zoneinfo: pages on its lists, with CPUs, and managed."""
    parts = re.split(r"^Node \d+, zone +(\w+)\n", text, flags=re.M)[1:]
    return {name: (int(re.search(r"pages free +(\d+)", part)[1]), sum(map(int, re.findall(r"count: (\d+)", part))),
                   int(re.search(r"managed +(\d+)", part)[1])) for name, part in zip(parts[::2], parts[1::2])}


def blocks(text):
    return {name: sum(int(n) << order for order, n in enumerate(cells.split()))
            for name, cells in re.findall(r"^Node \d+, zone +(\w+) +([\d ]+)$", text, re.M)}


def check_sums(m):
    text = m.run("cat /proc/zoneinfo /proc/buddyinfo")
    found, listed = zones(text), blocks(text)
    assert found.keys() == listed.keys() and len(found) >= 2
    # cat takes a page between its two files, from a CPU's list or in a batch.
    for name, (free, _, managed) in found.items():
        assert abs(free - listed[name]) <= 64 and free <= managed
    info = meminfo(m)
    assert info["MemTotal"] == 4 * sum(managed for _, _, managed in found.values())
    assert abs(info["MemFree"] - 4 * sum(free + cpus for free, cpus, _ in found.values())) < 512
    assert info["Slab"] == info["SReclaimable"] + info["SUnreclaim"]
    used = sum(info[k] for k in ("AnonPages", "Cached", "Slab", "PageTables", "KernelStack", "KmallocBlocks", "KmallocHeap"))
    assert used <= info["MemTotal"] - info["MemFree"] + 256
    assert info["MemAvailable"] <= info["MemTotal"]


def check_indices(m):
    for name, least in (("extfrag_index", -1000), ("unusable_index", 0)):
        for line in m.run(f"cat /proc/{name}").splitlines():
            values = [round(float(n) * 1000) for n in line.split()[4:]]
            assert len(values) == 11 and all(least <= v <= 1000 for v in values) and values == sorted(values), line


def check_slabinfo(m):
    lines = m.run("cat /proc/slabinfo").splitlines()
    assert lines[0] == "slabinfo - version: 2.1" and lines[1].startswith("# name ")
    for line in lines[2:]:
        name, active, objects, _, per_slab, _, *rest = line.split()
        slabs, kept = int(rest[-2]), int(rest[-1])
        assert int(objects) == slabs * int(per_slab) and int(active) + kept <= int(objects), line
    count = lambda: int(re.search(r"^thread +(\d+)", m.run("cat /proc/slabinfo"), re.M)[1])
    before = count()
    m.run("sleep 1000 & sleep 1000 & sleep 1000 &")
    assert count() == before + 3


def check_knobs(m):
    for knob, values in (("kmalloc_mode", ("simple", "hybrid", "twotier")), ("fail_fast", ("1", "0")),
                         ("va_policy", ("bump", "firstfit", "bestfit")), ("health_failure_permille", ("7", "50"))):
        for value in values:
            assert m.run(f"config {knob}={value} {knob}").split() == [knob, value]
            assert m.run(f"cat /proc/sys/vm/{knob}").strip() == value
            assert value in m.run("config")
        for wrong in ("", "nonsense", values[0] + "x", f"'{values[0]} x'", "-1", "99999999999999999999"):
            m.run(f"config {knob}={wrong}")
            assert m.status() == 1, (knob, wrong)
            assert m.run(f"config {knob}").split() == [knob, values[-1]]
    for wrong in ("nosuch=1", "../../kmsg=1", "slab_debug=x", "min_free_kbytes=1", "drop_caches=0", "drop_caches=4"):
        m.run("config " + wrong)
        assert m.status() == 1, wrong
    assert "drop_caches" in m.run("ls /proc/sys/vm") and "vm" in m.run("ls /proc/sys") and "sys" in m.run("ls /proc").split()
    m.run("ls /proc/sys/nosuch /proc/sys/1 /proc/self/sys")
    assert m.status() != 0


def check_drop_caches(m):
    m.run("cat /boot/Image | wc")
    before = meminfo(m)["Cached"]
    assert before > 200
    m.run("config drop_caches=3")
    assert meminfo(m)["Cached"] < before / 2


def check_health(m):
    m.run("echo > /proc/memhealth")
    first = health(m)
    assert first["healthy"] == ["yes", "yes"] and int(first["alloc_calls"][0]) > int(first["alloc_calls"][1])
    assert first["oom_events"] == ["0", "0"]
    m.run("config health_oom_events=0")
    m.run("memory")
    assert m.status() == 1 and health(m)["healthy"] == ["no", "no"]
    m.run("config health_oom_events=10")
    m.run("memory")
    assert m.status() == 0


def test_figures_add_up(boot):
    m = boot(SMP=2)
    for command in COMMANDS:
        text = m.run(command)
        assert m.status() == 0 and len(text.splitlines()) >= 2, command
    for command in ("memory", "zones", "slabinfo", "heap", "config", "vmstat", "free"):
        assert m.run(command + " --help").startswith("usage: " + command)
        assert m.status() == 0
        assert m.run(command + " -z").startswith("usage: " + command)
        assert m.status() == 2
    check_sums(m)
    check_indices(m)
    check_knobs(m)
    check_drop_caches(m)
    check_health(m)
    check_slabinfo(m)


def test_free_memory_moves_by_what_is_used(boot):
    """3 MiB in /tmp are 3 MiB less free, as Shmem; gone, they are back."""
    m = boot(SMP=1)
    m.run("config drop_caches=3")
    before = meminfo(m)
    m.run("head -c 3145728 /dev/zero > /tmp/big")
    during = meminfo(m)
    assert during["Shmem"] - before["Shmem"] == 3072 and during["Cached"] - before["Cached"] >= 3072
    assert 3072 <= before["MemFree"] - during["MemFree"] < 3072 + 256
    m.run("rm /tmp/big; config drop_caches=3")
    after = meminfo(m)
    assert after["Shmem"] == before["Shmem"] and abs(after["MemFree"] - before["MemFree"]) < 256


def test_health_after_memory_ran_out(boot):
    m = boot(SMP=1, MEM="32M")
    m.run("oomtest" if "oomtest" in m.run("ls /bin") else "/test/oomtest")
    now = health(m)
    assert int(now["failed_calls"][0]) > 0 and int(now["oom_events"][0]) > 0 and int(now["failure_permille"][0]) >= 1
    assert vmstat(m)["allocstall"] > 0
    m.run("echo > /proc/memhealth; ls / > /dev/null")
    assert health(m)["healthy"][1] == "yes"
