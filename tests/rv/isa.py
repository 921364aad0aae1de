#!/usr/bin/python3
"""isa.py > isa.S: a program without a kernel that runs every instruction of RV64IMAC with many operands, and prints a sum for each.

QEMU and the machine of tools/rv both run it (tests/system/test_rv.py); where a line differs, that instruction does. The instructions
are drawn at random, with registers and constants of every value; runtime.S loads all registers with fresh values before a few
of them and adds all registers to the sum after them. x1 to x4 are its own: link, stack pointer, sum, scratch.
"""
import random
import sys

GROUPS = 30         # times the registers are loaded, for each instruction
PER_GROUP = 6       # of it between loading and adding
FREE = range(5, 32)
SMALL = range(8, 16)    # what the three bits of a compressed instruction can name

rng = random.Random(2026)


def reg(which=FREE):
    return f"x{rng.choice(which)}"


def imm(low, high, step=1):
    edges = [low, high - high % step if high % step else high, 0, step, -step]
    value = rng.choice(edges) if rng.random() < 0.3 else rng.randrange(low // step, high // step + 1) * step
    return min(max(value, low), high)


def nonzero(low, high, step=1):
    return next(v for v in iter(lambda: imm(low, high, step), None) if v)


R = "add sub sll slt sltu xor srl sra or and addw subw sllw srlw sraw".split()
M = "mul mulh mulhsu mulhu div divu rem remu mulw divw divuw remw remuw".split()
I = "addi slti sltiu xori ori andi addiw".split()
SHIFT = {"slli": 63, "srli": 63, "srai": 63, "slliw": 31, "srliw": 31, "sraiw": 31}
LOADS = "lb lh lw ld lbu lhu lwu".split()
STORES = "sb sh sw sd".split()
BRANCHES = "beq bne blt bge bltu bgeu".split()
AMO = [f"amo{op}.{w}" for op in "add swap xor or and min max minu maxu".split() for w in "wd"]
CSR = "csrrw csrrs csrrc".split()


def plain():
    """Name and generator of one instance, for what needs nothing around it."""
    for op in R + M:
        yield op, lambda op=op: f"{op} {reg()}, {reg()}, {reg()}"
    for op in I:
        yield op, lambda op=op: f"{op} {reg()}, {reg()}, {imm(-2048, 2047)}"
    for op, most in SHIFT.items():
        yield op, lambda op=op, most=most: f"{op} {reg()}, {reg()}, {imm(0, most)}"
    for op in ["lui", "auipc"]:
        yield op, lambda op=op: f"{op} {reg()}, {rng.randrange(1 << 20)}"
    for op in ["add", "addi"]:
        yield f"{op}-x0", lambda op=op: f"{op} x0, {reg()}, {reg() if op == 'add' else 5}"
    yield "fence", lambda: rng.choice(["fence", "fence.i", "fence rw, w"])


def memory():
    for op in LOADS + STORES:
        yield op, lambda op=op: f"{op} {reg()}, {imm(-2048, 2047)}(sp)"
    for op in AMO:
        yield op, lambda op=op: in_pool(f"{op}{rng.choice(['', '.aq', '.rl', '.aqrl'])} {{a}}, {{b}}, ({{at}})", 8)
    for w in "wd":
        yield f"lr-sc.{w}", lambda w=w: in_pool(f"lr.{w} {{a}}, ({{at}})\n\tsc.{w} {{b}}, {{c}}, ({{at}})\n\tsc.{w} {{c}}, {{b}}, ({{at}})", 8)


def in_pool(text, step):
    """Put an address in the pool into a register of its own, which is forgotten after."""
    at, a, b, c = rng.sample(FREE, 4)
    return f"addi x{at}, sp, {imm(-2048, 2040, step)}\n\t" + text.format(at=f"x{at}", a=f"x{a}", b=f"x{b}", c=f"x{c}")


def jumps():
    for op in BRANCHES:
        # Both ways: over the next instruction, and back to one that was jumped over.
        yield op, lambda op=op: f"{op} {reg()}, {reg()}, 1f\n\txori {reg()}, {reg()}, 1\n1:"
        yield f"{op}-back", lambda op=op: f"j 2f\n1:\txori {reg()}, {reg()}, 3\n\tj 3f\n2:\t{op} {reg()}, {reg()}, 1b\n3:"
        yield f"{op}-same", lambda op=op: (lambda r: f"{op} {r}, {r}, 1f\n\txori {reg()}, {reg()}, 1\n1:")(reg())
    yield "jal", lambda: f"jal {reg()}, 1f\n\txori {reg()}, {reg()}, 1\n1:"
    yield "jalr", lambda: (lambda r, off: f"la {r}, 1f + {-off}\n\tjalr {reg()}, {off | 1}({r})\n\txori {reg()}, {reg()}, 1\n1:")(
        reg(), imm(-2048, 2046, 2))


def csrs():
    for op in CSR:
        yield op, lambda op=op: f"{op} {reg()}, sscratch, {reg()}"
        yield f"{op}i", lambda op=op: f"{op}i {reg()}, sscratch, {rng.randrange(32)}"


def compressed():
    small2 = lambda op: lambda: f"c.{op} {reg(SMALL)}, {reg(SMALL)}"
    for op in "sub xor or and subw addw".split():
        yield f"c.{op}", small2(op)
    yield "c.addi4spn", lambda: f"c.addi4spn {reg(SMALL)}, sp, {nonzero(4, 1020, 4)}"
    yield "c.addi16sp", lambda: f"c.addi16sp sp, {nonzero(-512, 496, 16)}\n\tmv {reg()}, sp"
    yield "c.addi", lambda: f"c.addi {reg()}, {nonzero(-32, 31)}"
    yield "c.addiw", lambda: f"c.addiw {reg()}, {imm(-32, 31)}"
    yield "c.li", lambda: f"c.li {reg()}, {imm(-32, 31)}"
    yield "c.lui", lambda: f"c.lui {reg()}, {rng.choice(list(range(1, 32)) + list(range(0xfffe0, 0x100000)))}"
    yield "c.srli", lambda: f"c.srli {reg(SMALL)}, {nonzero(1, 63)}"
    yield "c.srai", lambda: f"c.srai {reg(SMALL)}, {nonzero(1, 63)}"
    yield "c.slli", lambda: f"c.slli {reg()}, {nonzero(1, 63)}"
    yield "c.andi", lambda: f"c.andi {reg(SMALL)}, {imm(-32, 31)}"
    yield "c.mv", lambda: f"c.mv {reg()}, {reg()}"
    yield "c.add", lambda: f"c.add {reg()}, {reg()}"
    for op, most, step in [("lwsp", 252, 4), ("ldsp", 504, 8), ("swsp", 252, 4), ("sdsp", 504, 8)]:
        yield f"c.{op}", lambda op=op, most=most, step=step: f"c.{op} {reg()}, {imm(0, most, step)}(sp)"
    for op, most, step in [("lw", 124, 4), ("ld", 248, 8), ("sw", 124, 4), ("sd", 248, 8)]:
        yield f"c.{op}", lambda op=op, most=most, step=step: (
            lambda at: f"mv x{at}, sp\n\tc.{op} {reg([r for r in SMALL if r != at])}, {imm(0, most, step)}(x{at})")(rng.choice(SMALL))
    for op in ["beqz", "bnez"]:
        yield f"c.{op}", lambda op=op: f"c.{op} {reg(SMALL)}, 1f\n\txori {reg()}, {reg()}, 1\n1:"
        yield f"c.{op}-zero", lambda op=op: (lambda r: f"li {r}, 0\n\tc.{op} {r}, 1f\n\txori {reg()}, {reg()}, 1\n1:")(reg(SMALL))
    yield "c.j", lambda: f"c.j 2f\n1:\tc.j 3f\n\txori {reg()}, {reg()}, 1\n2:\tc.j 1b\n3:"
    yield "c.jr", lambda: (lambda r: f"la {r}, 1f\n\tc.jr {r}\n\txori {reg()}, {reg()}, 1\n1:")(reg())
    yield "c.jalr", lambda: (lambda r: f"la {r}, 1f\n\tc.jalr {r}\n\txori {reg()}, {reg()}, 1\n1:\tmv {reg()}, ra")(reg())


# Words that are no instruction, and what traps: cause, value and place are added to the sum.
TRAPS = {"none-0": ".2byte 0", "none-ones": ".4byte 0xffffffff", "none-c.addi4spn": ".2byte 0x0004", "none-c.addiw": ".2byte 0x2001",
         "none-c.lui": ".2byte 0x6181", "none-c.lwsp": ".2byte 0x4002", "none-c.jr": ".2byte 0x8002", "none-c.reserved": ".2byte 0x9c41",
         "none-shift": ".4byte 0x04031f1b", "none-op": ".4byte 0x0e0302b3", "none-branch": ".4byte 0x00002063", "none-lr": ".4byte 0x105322af",
         "ebreak": "ebreak", "c.ebreak": "c.ebreak", "misaligned-lr": "addi x9, sp, 2\n\tlr.w x8, (x9)"}


def named(name):
    return ["\tlla x5, 1f", "\tcall report", "\t.section .rodata", f'1:\t.asciz "{name}"', "\t.text"]


def main():
    out = ["\t.text", "\t.globl tests", "\t.option norelax", "tests:", "\tla t0, return_to", "\tsd ra, (t0)"]
    for kind in [plain, memory, jumps, csrs, compressed]:
        for name, instance in kind():
            out += ["\t.option " + ("rvc" if kind is compressed else "norvc")]
            for _ in range(GROUPS):
                out += ["\tcall reload"] + ["\t" + instance() for _ in range(PER_GROUP)] + ["\tcall fold"]
            out += named(name)
    for name, text in TRAPS.items():
        out += ["\t.option rvc", "\tcall reload", "\tla x4, 1f", "\tcsrw sscratch, x4", "\t" + text, "\t.balign 4", "1:", "\tcall fold",
*named(name)]
    out += ["\tla t0, return_to", "\tld ra, (t0)", "\tret", "\t.bss", "\t.balign 8", "return_to: .skip 8"]
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
