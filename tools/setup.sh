#!/bin/sh
# setup.sh install|report: what Manul needs from Debian 12, and why. Quiet and quick when everything is there.
set -eu

needed() { cat <<'END'
make|builds everything
gcc-riscv64-linux-gnu|compiles for riscv64
libc6-dev-riscv64-cross|a static program by other people's libc, for the tests (riscv64)
gcc-aarch64-linux-gnu|compiles for aarch64
libc6-dev-arm64-cross|a static program by other people's libc, for the tests (aarch64)
clang|host tests under sanitizers, and its lock analysis; compiles mm/ for wasm32
lld|links for the host tests, for mutants and wasm32
llvm|symbols in the sanitizers' reports, and of wasm32 objects
libclang-rt-14-dev|the sanitizers and libFuzzer themselves
nodejs|runs mm/ as wasm32
qemu-system-misc|the riscv64 machine
qemu-system-arm|the aarch64 machine
ipxe-qemu|a ROM that QEMU's aarch64 machine wants
opensbi|firmware of the riscv64 machine
u-boot-qemu|boot loader of both machines
dosfstools|makes and checks the FAT32 disk
mtools|copies files to and from the disk
fdisk|looks at the partition table
device-tree-compiler|looks at the machine's device tree
gdb-multiarch|make gdb
python3|the tools
python3-pytest|runs the tests
python3-pexpect|types at the console in the tests
python3-pyte|a terminal for the tests of programs that take the whole screen
libcmocka-dev|host tests
valgrind|counts instructions for make bench-live and make bench-heap
libjemalloc2|a heap to measure ours by, for make bench-heap
libmimalloc2.0|another one
python3-sphinx|builds the book
furo|how the book looks
graphviz|the book's diagrams
chromium|the book's pages in a browser, for the tests
codespell|the book's spelling
END
	# NodeSource's nodejs has it, Debian's has not.
	command -v npm >/dev/null || echo "npm|installs what the book's pages use, by package-lock.json"
}

missing() {
	needed | while IFS='|' read -r package why; do
		case " $installed " in
		*" $package "*) ;;
		*) printf '%s|%s\n' "$package" "$why" ;;
		esac
	done
}

if ! command -v dpkg-query >/dev/null; then
	echo "setup: this is not Debian; see tools/setup.sh for what is needed" >&2
	exit 0
fi
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $(needed | cut -d'|' -f1) 2>/dev/null |
	sed -n 's/^installed //p' | tr '\n' ' ') || true
lacking=$(missing)

if [ -z "$lacking" ]; then
	[ "$1" = install ] || echo "setup: everything is there"
	exit 0
fi
echo "setup: missing:"
echo "$lacking" | while IFS='|' read -r package why; do printf '  %-26s %s\n' "$package" "$why"; done
if [ "$1" != install ]; then
	echo "setup: \`make setup\` installs them"
	exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "setup: needs root; run as root: apt-get install the packages above" >&2; exit 1; }
	sudo=sudo
fi
echo "setup: installing with apt-get; all of it is about 3 GB and takes some minutes"
$sudo apt-get update -qq
# No service is to start, and no question to be asked.
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(echo "$lacking" | cut -d'|' -f1) >/dev/null
echo "setup: done"
