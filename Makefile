# Manul's one Makefile. `make help` lists the targets; docs/ch/howto.rst explains them.
# All output goes to build/, what belongs to a machine to build/$(ARCH)/.

ARCH ?= riscv64
RELEASE ?=
PYTHON := /usr/bin/python3

ifeq ($(filter $(ARCH),riscv64 aarch64),)
$(error ARCH=$(ARCH): the machines are riscv64 and aarch64)
endif

OUT := build/$(ARCH)$(if $(RELEASE),-release)
CROSS := $(ARCH)-linux-gnu-
CC := $(CROSS)gcc
OBJCOPY := $(CROSS)objcopy
STRIP := $(CROSS)strip

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
# Building uses every core; on its own it would take one.
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$@')

##@ Everyday

.PHONY: help all run test test-host transcripts casts mutants fuzz wasm test-site bench bench-live bench-heap docs docs-offline docs-pdf docs-site gdb doctor setup clean kernel user disk check-mm
help: ## list the targets
	@awk -f tools/help.awk $(firstword $(MAKEFILE_LIST))

all: kernel user disk check-mm ## build everything for ARCH (riscv64, the default, or aarch64); RELEASE=1 without debug checks

# What run.py is told. $(value) keeps a $ in CMD for the guest's shell.
RUN_OPTIONS := BOOT VM SMP NUMA MEM APPEND CMD EXTRA EXTRA_OUT KEEP GIC VIRT ICOUNT TIMEOUT
define literal
ifdef $(1)
override $(1) := $$(value $(1))
export $(1)
endif
endef
$(foreach v,$(RUN_OPTIONS),$(eval $(call literal,$(v))))

run: $(if $(filter rv,$(VM)),build/host/rv) | setup ## boot in QEMU to a shell: ARCH= BOOT=uboot|direct VM=qemu|rv SMP= NUMA= MEM= APPEND= CMD= EXTRA= EXTRA_OUT= KEEP=1
	@$(SUBMAKE) disk
	@MANUL_OUT=$(OUT) ARCH=$(ARCH) $(PYTHON) tools/run.py

gdb: | setup ## the same, stopped, with gdb-multiarch attached and the kernel's symbols loaded
	@$(SUBMAKE) disk
	@MANUL_OUT=$(OUT) ARCH=$(ARCH) $(PYTHON) tools/gdb.py

##@ Tests and figures

# Debian's Sphinx imports a module that Python means to drop.
PYTEST := $(PYTHON) -m pytest -W ignore::DeprecationWarning
T ?=
test: | setup ## all tests: host, site, and both machines in QEMU; T='-k shell' picks some
	@$(SUBMAKE) ARCH=riscv64 all host posix
	@$(SUBMAKE) ARCH=aarch64 all
	$(PYTEST) tests/site tests/system $(T)

test-host: | setup ## only mm/ and lib/ on the host, under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(SUBMAKE) host posix
	$(PYTEST) tests/system -k host $(T)

transcripts: | setup ## write down anew what the machines say in the sessions that the book shows: docs/transcripts; T='memory zones' picks some
	@$(SUBMAKE) ARCH=riscv64 disk build/host/rv
	@$(SUBMAKE) ARCH=aarch64 disk
	@$(PYTHON) tools/transcripts.py $(T)

casts: | setup ## record anew what the book plays: docs/casts; T='boot meow' picks some
	@$(SUBMAKE) ARCH=riscv64 disk
	@$(SUBMAKE) ARCH=aarch64 disk
	@$(PYTHON) tools/casts.py $(T)

mutants: | setup ## put bugs into mm/, one at a time: do the host tests notice? T='buddy slab' picks some
	@$(SUBMAKE) build/mutants/base
	$(PYTHON) tools/mutants.py $(T)

fuzz: | setup ## let libFuzzer look for what the random tests do not meet: FUZZ_RUNS=20000, TARGET='space vmap' picks some
	@$(SUBMAKE) $(TARGET:%=build/fuzz/%)
	@$(MAKE) --no-print-directory $(TARGET:%=fuzz-%) FUZZ_RUNS=$(FUZZ_RUNS)

wasm: | setup ## compile lib/ and mm/ for wasm32, with both machines' page tables, and run a self test in node
	@$(SUBMAKE) wasm-riscv64 wasm-aarch64

test-site: | setup ## only the tests of the book's own directives
	$(PYTEST) tests/site $(T)

bench: | setup ## what each operation costs, in instructions, on both machines, beside Linux
	@$(SUBMAKE) ARCH=riscv64 RELEASE=1 disk
	@$(SUBMAKE) ARCH=aarch64 RELEASE=1 disk
	@$(PYTHON) tools/bench.py

bench-live: build/host/bench/liveblocks | setup ## cost against the number of live blocks, on the host: docs/figures/liveblocks.svg
	@$(PYTHON) tools/plot_liveblocks.py $<

bench-heap: build/host/bench/heapbench-manul build/host/bench/heapbench-host | setup ## malloc beside glibc's, jemalloc and mimalloc, on the host
	@$(PYTHON) tools/bench_heap.py build/host/bench

##@ The rest

# The search index is written in the order of hashes and of what was read again: for the same zip twice, neither may vary.
# A search's summaries are fetched, which a page from a file may not do: offline it lists titles.
DOCS_VERSION ?= main
export DOCS_VERSION
DOCS_NAME = manul-$(DOCS_VERSION)
SPHINX := PYTHONHASHSEED=0 $(PYTHON) -m sphinx -q -n -W --keep-going -d build/docs/doctrees

docs: figures | setup ## build the book into build/docs/html; a warning is an error
	@$(SUBMAKE) ARCH=riscv64 book-machine
	$(SPHINX) -b html docs build/docs/html

docs-offline: docs ## the book as a zip that opens without a server: build/manul-DOCS_VERSION-offline.zip
	@rm -rf build/docs/offline
	$(SPHINX) -E -D html_show_search_summary=0 -b html docs build/docs/offline
	@$(PYTHON) tools/offline.py build/docs/offline $(DOCS_NAME)-offline > build/$(DOCS_NAME)-offline.zip

docs-pdf: docs ## the book on paper, printed by the browser: build/manul-DOCS_VERSION.pdf
	$(SPHINX) -b singlehtml docs build/docs/single
	@$(PYTHON) tools/pdf.py build/docs/single/index.html build/$(DOCS_NAME).pdf

docs-site: | setup ## the whole site, every tag v* beside this tree: build/site
	tools/site.sh build/site

setup: ## install what is missing (Debian packages), saying what and why
	@tools/setup.sh install

doctor: ## only report what is missing
	@tools/setup.sh report

clean: ## remove build/
	rm -rf build

# ---- flags ----

WARN := -Wall -Wextra -Wundef -Wvla -Wshadow -Wconversion -Werror
# No libgcc anywhere: on riscv64 its objects are lp64d, and ours are lp64, without F and D.
MACHINE_riscv64 := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
MACHINE_aarch64 := -mno-outline-atomics
# Programs may use floating point, which costs those that do not nothing: whole registers are passed either way, so all link with one library.
PROGRAM_MACHINE_riscv64 := -march=rv64imafdc_zicsr_zifencei
KERNEL_MACHINE_aarch64 := -mgeneral-regs-only -mstrict-align
BASE := -std=gnu11 -O2 -g -ffreestanding -fno-stack-protector -fno-pic -no-pie -fno-common -fno-asynchronous-unwind-tables \
	-MMD -MP $(MACHINE_$(ARCH)) $(WARN)
NOSTDINC := -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null)

# Includes go one way: lib <- arch interface <- mm <- kernel.
INC_lib := -Ilib/include
INC_mm := $(INC_lib) -Imm/include -Iarch/include -Iarch/$(ARCH)/include
INC_kernel := $(INC_mm) -Ikernel/include

# With frame pointers and no tail calls a panic can name the whole chain of calls; the release build names the place alone.
KFLAGS := $(BASE) $(NOSTDINC) $(KERNEL_MACHINE_$(ARCH)) \
	$(if $(RELEASE),-fomit-frame-pointer,-fno-omit-frame-pointer -fno-optimize-sibling-calls -DCONFIG_DEBUG)
UFLAGS := $(BASE) $(NOSTDINC) -Iuser/include -Ilib/include -ftls-model=local-exec -ffunction-sections -fdata-sections

# The compiler would turn the loops of memcpy and memset into calls of themselves.
STRING_FLAGS := -fno-builtin -fno-tree-loop-distribute-patterns

# ---- kernel ----

LIB_SRC := $(wildcard lib/*.c)
MM_SRC := $(wildcard mm/*.c)
KERNEL_SRC := $(wildcard arch/$(ARCH)/*.c arch/$(ARCH)/*.S kernel/*.c kernel/fs/*.c kernel/fs/*/*.c kernel/dev/*.c kernel/bench/*.c \
	$(if $(RELEASE),,kernel/selftest/*.c))
kobj = $(patsubst %,$(OUT)/obj/%.o,$(1))
KOBJ := $(call kobj,$(LIB_SRC) $(MM_SRC) $(KERNEL_SRC))
LDSCRIPT := arch/$(ARCH)/kernel.ld
KLINK = $(CC) -nostdlib -static -no-pie -Wl,-T,$(LDSCRIPT),--build-id=none,-z,noexecstack,--orphan-handling=warn

$(OUT)/obj/%.o: LAYER = $(INC_kernel)
$(call kobj,$(LIB_SRC)): LAYER = $(INC_lib)
$(call kobj,$(MM_SRC)): LAYER = $(INC_mm)
$(OUT)/obj/lib/string.c.o: EXTRA_FLAGS = $(STRING_FLAGS)

$(OUT)/obj/%.c.o: %.c Makefile
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KFLAGS) $(EXTRA_FLAGS) $(LAYER) -c -o $@ $<

$(OUT)/obj/%.S.o: %.S Makefile
	$(call say,AS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KFLAGS) $(LAYER) -c -o $@ $<

# Panics name functions: link once with an empty table, make the table from the result, link again.
# The table lies behind the text, so that no function moves; ksyms.py checks that.
$(OUT)/ksyms0.S: tools/ksyms.py
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/ksyms.py table </dev/null > $@

$(OUT)/ksyms.S: $(OUT)/kernel0.elf tools/ksyms.py
	$(Q)$(CROSS)nm $< | $(PYTHON) tools/ksyms.py table > $@

$(OUT)/%.o: $(OUT)/%.S
	$(Q)$(CC) $(MACHINE_$(ARCH)) -c -o $@ $<

$(OUT)/kernel0.elf: $(KOBJ) $(OUT)/ksyms0.o $(LDSCRIPT)
	$(Q)$(KLINK) -o $@ $(KOBJ) $(OUT)/ksyms0.o

$(OUT)/kernel.elf: $(KOBJ) $(OUT)/ksyms.o $(LDSCRIPT)
	$(call say,LINK)
	$(Q)$(KLINK) -o $@ $(KOBJ) $(OUT)/ksyms.o
	$(Q)$(PYTHON) tools/ksyms.py check $(CROSS)nm $(OUT)/kernel0.elf $@

$(OUT)/Image: $(OUT)/kernel.elf
	$(call say,IMAGE)
	$(Q)$(OBJCOPY) -O binary $< $@

kernel: $(OUT)/Image ## build/ARCH/Image and kernel.elf

# mm/ knows nothing of where it runs: what it needs is in a list, and it has no state of its own.
$(OUT)/mm.o: $(call kobj,$(MM_SRC))
	$(Q)$(CROSS)ld -r -o $@ $^
check-mm: $(OUT)/mm.o ## mm/ needs only what mm/port.symbols lists, and has no file-scope state
	$(Q)$(PYTHON) tools/check_mm.py $(CROSS)nm $< mm/port.symbols

# ---- user ----

USER := $(OUT)/user
uobj = $(patsubst %,$(USER)/obj/%.o,$(1))
LIBC_SRC := $(wildcard user/libc/*.c user/libc/*/*.c user/heap/*.c user/segpool/*.c) lib/string.c lib/fmt.c $(filter-out %/start.S,$(wildcard user/crt/$(ARCH)/*.S))
LIBC := $(USER)/libc.a
START := $(call uobj,user/crt/$(ARCH)/start.S)
ULINK := -nostdlib -static -no-pie -Wl,-z,max-page-size=4096,--build-id=none,-z,noexecstack,--gc-sections

BINS := $(sort $(basename $(notdir $(wildcard user/bin/*.c))) $(patsubst user/bin/%/,%,$(dir $(wildcard user/bin/*/*.c))))
GUEST := $(basename $(notdir $(wildcard tests/guest/*.c)))
HELPERS := $(basename $(notdir $(wildcard tests/guest/helper/*.c)))
GLIBC := $(basename $(notdir $(wildcard tests/guest/glibc/*.c)))
bin_src = $(wildcard user/bin/$(1).c user/bin/$(1)/*.c)

$(USER)/obj/lib/string.c.o: EXTRA_FLAGS = $(STRING_FLAGS)
$(USER)/obj/user/bin/%: EXTRA_FLAGS = $(PROGRAM_MACHINE_$(ARCH))
$(USER)/obj/tests/guest/%: EXTRA_FLAGS = $(PROGRAM_MACHINE_$(ARCH)) -Itests/guest

$(USER)/obj/%.o: % Makefile
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(UFLAGS) $(EXTRA_FLAGS) -c -o $@ $<

$(LIBC): $(call uobj,$(LIBC_SRC))
	$(call say,AR)
	$(Q)rm -f $@ && $(CROSS)ar rcs $@ $^

# $(1): the program, $(2): its sources.
define program
$(USER)/$(1): $(call uobj,$(2)) $(START) $(LIBC)
	$$(call say,LINK)
	@mkdir -p $$(@D)
	$(Q)$(CC) $(ULINK) -o $$@ $$(filter-out $(LIBC),$$^) $(LIBC)
endef
$(foreach p,$(BINS),$(eval $(call program,bin/$(p),$(call bin_src,$(p)))))
# --help, from the comment at the head of the source.
$(foreach p,$(BINS),$(eval $(USER)/bin/$(p): $(USER)/obj/help/$(p).c.o))
$(foreach p,$(BINS),$(eval $(USER)/help/$(p).c: $(call bin_src,$(p))))
$(USER)/help/%.c: tools/commands.py
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/commands.py c $* > $@
$(USER)/obj/help/%.c.o: $(USER)/help/%.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(UFLAGS) -c -o $@ $<
$(foreach p,$(GUEST),$(eval $(call program,test/$(p),tests/guest/$(p).c)))
$(foreach p,$(HELPERS),$(eval $(call program,test/$(p),tests/guest/helper/$(p).c)))

# Other people's programs: nothing of ours in them.
$(USER)/test/glibc/%-pie: tests/guest/glibc/%.c Makefile
	$(call say,GLIBC)
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -Wall -static-pie -o $@ $<
$(USER)/test/glibc/%: tests/guest/glibc/%.c Makefile
	$(call say,GLIBC)
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -Wall -static -o $@ $<
$(USER)/bin/osbench: tests/bench/osbench.c Makefile
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -static -nostdlib -ffreestanding -fno-stack-protector $(if $(filter riscv64,$(ARCH)),-mno-relax) -o $@ $<

# Static-PIE: by glibc where Debian has the start file for it, and one program that relocates itself.
$(USER)/test/pie: tests/guest/pie/pie.c Makefile
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -Wall -fpie -ffreestanding -fno-stack-protector -nostdlib $(if $(filter riscv64,$(ARCH)),-mno-relax) \
		-Wl,-static,-pie,--no-dynamic-linker,-z,text,-z,max-page-size=4096 -o $@ $<
HELLO_PIE := $(if $(filter aarch64,$(ARCH)),hello-pie)

PROGRAMS := $(addprefix bin/,$(BINS) osbench) $(addprefix test/,$(GUEST) $(HELPERS) pie) $(addprefix test/glibc/,$(GLIBC) $(HELLO_PIE))
user: $(addprefix $(USER)/,$(PROGRAMS)) ## libc and the programs, with symbols: build/ARCH/user

# ---- disk ----

ROOT := $(OUT)/root
ETC := $(patsubst user/etc/%,%,$(shell find user/etc -type f))
ROOT_FILES := $(addprefix $(ROOT)/,$(PROGRAMS) $(addprefix etc/,$(ETC)) boot/Image)

$(addprefix $(ROOT)/,$(PROGRAMS)): $(ROOT)/%: $(USER)/%
	@mkdir -p $(@D)
	$(Q)$(STRIP) -o $@ $<
$(ROOT)/etc/%: user/etc/%
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(ROOT)/boot/Image: $(OUT)/Image
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(OUT)/disk.img: $(ROOT_FILES) tools/mkdisk.py
	$(call say,DISK)
	$(Q)$(PYTHON) tools/mkdisk.py $(ROOT) $@ $(patsubst $(ROOT)/%,%,$(ROOT_FILES))

disk: $(OUT)/disk.img ## the FAT32 disk image: build/ARCH/disk.img

# ---- host tests: mm/ and lib/ as they are, with the world of tests/host/support.c, once for each entry format ----

HOST_CC := clang
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
HOST_FLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer -DCONFIG_DEBUG -DCONFIG_HOST -MMD -MP -Wall -Wextra -Wundef -Wvla -Wshadow -Werror -Itests/host
HOST_LIB := $(filter-out lib/string.c,$(LIB_SRC)) $(MM_SRC) $(wildcard tests/host/support*.c user/segpool/*.c user/heap/*.c)
HOST_TESTS := $(basename $(notdir $(wildcard tests/host/*_test.c)))

# $(1): directory for objects, $(2): machine whose entry format is used, $(3): instrumentation.
define host_objects
$(1)/obj/%.o: % Makefile
	@printf '  HOSTCC  $$@\n'
	@mkdir -p $$(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $$(EXTRA_FLAGS) $(3) -Ilib/include -Imm/include -Iarch/include -Iarch/$(2)/include -c -o $$@ $$<
endef
$(foreach a,riscv64 aarch64,$(eval $(call host_objects,build/host/$(a),$(a),$(SANITIZE))))
host_objs = $(patsubst %,$(1)/obj/%.o,$(2))

define host_world
build/host/$(1)/%: build/host/$(1)/obj/tests/host/%.c.o $(call host_objs,build/host/$(1),$(HOST_LIB))
	@printf '  HOSTLD  $$@\n'
	$(Q)$(HOST_CC) $(SANITIZE) -o $$@ $$^ -lcmocka
endef
$(foreach a,riscv64 aarch64,$(eval $(call host_world,$(a))))

# The heaps of programs, beside the host's own: by other names.
HEAP_NAMES := malloc free calloc realloc aligned_alloc posix_memalign malloc_usable_size
HEAP_FLAGS := -D_GNU_SOURCE $(foreach f,$(HEAP_NAMES),-D$(f)=user_$(f))
$(foreach d,host/riscv64 host/aarch64 host/tsan mutants fuzz,build/$(d)/obj/user/heap/%): EXTRA_FLAGS = $(HEAP_FLAGS)

# What of the C library can be told by its own headers beside the host's.
$(foreach d,host/riscv64 host/aarch64 mutants,$(patsubst %,build/$(d)/obj/tests/host/%_test.c.o,pattern meow_text meow_screen)): EXTRA_FLAGS = -idirafter user/include

# FAT, the page cache, names and write-back as they are in the kernel, over a disk in memory (tests/fs). It asks fscheck, too.
FS_SRC := $(wildcard kernel/fs/fat_*.c) $(addprefix kernel/fs/,buf.c filedata.c inode.c mount.c names.c pagecache.c pagetree.c path.c stream.c \
	writeback.c) $(filter-out %_test.c,$(wildcard tests/fs/*.c))
FS_FLAGS := -Itests/fs/include -Ikernel/include
$(eval $(call host_objects,build/host/fs,riscv64,$(SANITIZE) $(FS_FLAGS)))
FS_TESTS := $(patsubst tests/fs/%.c,build/host/fs/%,$(wildcard tests/fs/*_test.c))
build/host/fs/%_test: build/host/fs/obj/tests/fs/%_test.c.o $(call host_objs,build/host/fs,$(FS_SRC)) $(call host_objs,build/host/riscv64,$(HOST_LIB)) \
		| build/posix/bin/fscheck
	@printf '  HOSTLD  $@\n'
	$(Q)$(HOST_CC) $(SANITIZE) -o $@ $^ -lcmocka
build/host/fs/fatmount: $(call host_objs,build/host/fs,$(FS_SRC) tests/fs/main/fatmount.c) $(call host_objs,build/host/riscv64,$(HOST_LIB))
	@printf '  HOSTLD  $@\n'
	$(Q)$(HOST_CC) $(SANITIZE) -o $@ $^ -lcmocka

# The C library of programs beside the host's, by other names (tests/libc): its own sources with its own headers.
OUR_LIBC := $(addprefix user/libc/,decimal.c getopt.c libgen.c memstream.c print.c scan.c stdio.c stdio_read.c stdio_write.c stdlib.c string.c strtod.c time.c unistd.c) lib/string.c lib/fmt.c tests/libc/world.c
OUR_LIBC_FLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer -ffreestanding -fno-builtin -nostdlibinc -MMD -MP $(WARN) -Wno-conversion -Iuser/include -Ilib/include
LIBC_TESTS := $(basename $(notdir $(wildcard tests/libc/*_test.c)))
build/host/libc/ours/%.o: % Makefile
	@printf '  HOSTCC  $@\n'
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(OUR_LIBC_FLAGS) $(SANITIZE) -c -o $@ $<
build/host/libc/ours.o: $(OUR_LIBC:%=build/host/libc/ours/%.o)
	$(Q)ld -r -o $@.all $^
	$(Q)nm -g --defined-only $@.all | awk '{ print $$3, "our_" $$3 }' > $@.names
	$(Q)objcopy --redefine-syms=$@.names $@.all $@
build/host/libc/obj/%.o: % Makefile
	@printf '  HOSTCC  $@\n'
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_FLAGS) $(SANITIZE) -c -o $@ $<
build/host/libc/%: build/host/libc/obj/tests/libc/%.c.o $(addprefix build/host/libc/obj/tests/libc/,calls.c.o check.c.o) build/host/libc/ours.o
	@printf '  HOSTLD  $@\n'
	$(Q)$(HOST_CC) $(SANITIZE) -o $@ $^ -lcmocka -lm

# Threads, under ThreadSanitizer: what has some.
$(eval $(call host_objects,build/host/tsan,riscv64,-fsanitize=thread))
build/host/tsan/%: $(call host_objs,build/host/tsan,$(HOST_LIB)) build/host/tsan/obj/tests/host/%.c.o
	@printf '  HOSTLD  $@\n'
	$(Q)$(HOST_CC) -fsanitize=thread -o $@ $^ -lcmocka

.PHONY: host
host: $(foreach a,riscv64 aarch64,$(addprefix build/host/$(a)/,$(HOST_TESTS))) $(FS_TESTS) build/host/fs/fatmount $(LIBC_TESTS:%=build/host/libc/%) build/host/tsan/segpool_test build/host/tsan/malloc_test

# ---- the small RISC-V machine: the system without QEMU, and in a page of the book ----

RV_SRC := $(filter-out tools/rv/wasm%.c,$(wildcard tools/rv/*.c))
# What looks at the kernel inside has its headers.
RV_INCLUDE := -Ilib/include -Imm/include -Iarch/include -Iarch/riscv64/include
build/host/rv: $(RV_SRC:%=build/host/obj/%.o)
	@printf '  HOSTLD  $@\n'
	$(Q)$(HOST_CC) -o $@ $^
build/host/obj/tools/rv/%.o: tools/rv/% Makefile
	@printf '  HOSTCC  $@\n'
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=gnu11 -O2 -g -MMD -MP $(WARN) $(RV_INCLUDE) -DCONFIG_HOST -c -o $@ $<

# With the sanitizers, for programs that mean no good.
build/host/asan/rv: $(RV_SRC) $(wildcard tools/rv/*.h tools/rv/*.def mm/include/mm/*.h arch/riscv64/include/arch/pte.h)
	@printf '  HOSTCC  $@\n'
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=gnu11 -O1 -g $(SANITIZE) $(WARN) $(RV_INCLUDE) -DCONFIG_HOST -o $@ $(RV_SRC)

# As wasm, and packed with Image and disk for the page.
RV_WASM_FLAGS := --target=wasm32 -std=gnu11 -O3 -ffreestanding -nostdlibinc -mbulk-memory -fvisibility=hidden -MMD -MP $(WARN) \
	$(RV_INCLUDE) -DCONFIG_HOST
build/rv/wasm/%.o: tools/rv/% Makefile
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(RV_WASM_FLAGS) -c -o $@ $<
build/rv/rv.wasm: $(patsubst tools/rv/%,build/rv/wasm/%.o,$(filter-out tools/rv/main.c tools/rv/print.c,$(wildcard tools/rv/*.c)))
	@printf '  WASM    $@\n'
	$(Q)wasm-ld --no-entry --export-dynamic --strip-all -o $@ $^

MACHINE := build/machine/static/machine
$(MACHINE)/rv.wasm.js: build/rv/rv.wasm tools/pack.py
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/pack.py wasm $< > $@
$(MACHINE)/image.js: build/riscv64/kernel.elf build/riscv64/Image build/riscv64/disk.img tools/pack.py tools/rv/layout.def
	$(call say,PACK)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/pack.py image $(filter-out tools/%,$^) > $@
$(addprefix $(MACHINE)/,xterm.js addon-fit.js xterm.css): node_modules/.package-lock.json
	@mkdir -p $(@D)
	$(Q)cp node_modules/@xterm/*/lib/$(@F) $@ 2>/dev/null || cp node_modules/@xterm/xterm/css/$(@F) $@
PLAYER := $(addprefix $(dir $(MACHINE))cast/,asciinema-player.min.js asciinema-player.css)
$(PLAYER): node_modules/.package-lock.json
	@mkdir -p $(@D)
	$(Q)cp node_modules/asciinema-player/dist/bundle/$(@F) $@
node_modules/.package-lock.json: package-lock.json
	@printf '  NPM     packages of the book\n'
	$(Q)npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@
# Debian's U-Boot, where it is installed: what the page starts only when asked to.
UBOOT_RISCV64 := $(wildcard /usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin)
$(MACHINE)/uboot.js: $(UBOOT_RISCV64) tools/pack.py
	@mkdir -p $(@D)
	$(Q)$(PYTHON) tools/pack.py uboot $< > $@
.PHONY: book-machine
book-machine: $(addprefix $(MACHINE)/,rv.wasm.js image.js xterm.js addon-fit.js xterm.css $(if $(UBOOT_RISCV64),uboot.js)) $(PLAYER)

# Every instruction with many operands, for this machine and for QEMU's.
build/rv/isa.S: tests/rv/isa.py
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $< > $@
build/rv/isa.elf: tests/rv/runtime.S build/rv/isa.S
	$(Q)riscv64-linux-gnu-gcc $(MACHINE_riscv64) -fno-pic -mno-relax -nostdlib -static -no-pie -Wl,-Ttext=0x80200000,--build-id=none -o $@ $^
# What a kernel relies on besides: translation, traps, status registers.
build/rv/priv.elf: tests/rv/priv.S tests/rv/priv.c
	@mkdir -p $(@D)
	$(Q)riscv64-linux-gnu-gcc $(MACHINE_riscv64) -O2 -ffreestanding -fno-builtin -fno-pic -mno-relax -Wall -Wextra -Werror -nostdlib -static -no-pie \
		-Wl,-Ttext=0x80200000,--build-id=none,--no-warn-rwx-segments -o $@ $^
build/rv/%.bin: build/rv/%.elf
	$(Q)riscv64-linux-gnu-objcopy -O binary $< $@

host: build/host/rv build/host/asan/rv build/rv/isa.bin build/rv/priv.bin
.SECONDARY:

# ---- programs of user/bin on the host, under sanitizers: their scripts must give what the host's own programs give ----

POSIX_FLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer -MMD -MP -Wall -Wextra -Wundef -Wvla -Wshadow -Werror \
	-idirafter user/include -include tests/posix/host.h
build/posix/obj/%.o: % Makefile
	@printf '  HOSTCC  $@\n'
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(POSIX_FLAGS) $(SANITIZE) -c -o $@ $<
define posix_program
build/posix/bin/$(1): $(patsubst %,build/posix/obj/%.o,$(call bin_src,$(1)) $(wildcard user/libc/cmd_*.c) $(wildcard user/libc/pattern*.c) user/libc/utf8.c user/libc/command.c user/libc/dump.c tests/posix/host.c)
	@printf '  HOSTLD  $$@\n'
	@mkdir -p $$(@D)
	$(Q)$(HOST_CC) $(SANITIZE) -o $$@ $$^
endef
POSIX := sh ls cp mv rm mkdir rmdir touch chmod du stat date env sleep which printf echo uname kill id tr cut uniq basename dirname sort head tail wc seq tee cmp grep cat yes sed find xargs dd fscheck diff od expr nl rev fold ln readlink realpath mktemp
$(foreach p,$(POSIX),$(eval $(call posix_program,$(p))))
.PHONY: posix
posix: $(POSIX:%=build/posix/bin/%) ## the shell and tools on the host, under sanitizers: build/posix/bin

# ---- mm/ on the host as it is in the kernel: for counting, without sanitizers ----

build/host/bench/liveblocks: tests/bench/liveblocks.c tests/port/port.c $(MM_SRC) lib/rbtree.c Makefile
	@printf '  HOSTCC  $@\n'
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=gnu11 -O2 -DCONFIG_HOST $(WARN) -Wno-conversion -Ilib/include -Imm/include -Iarch/include \
		-Iarch/riscv64/include -o $@ $(filter %.c,$^)

# ---- the heaps of programs as they are in programs, beside the host's ----

HEAP_BENCH := -std=gnu11 -O2 -DHEAPBENCH_HOST -Ilib/include
build/host/bench/heapbench-manul: user/bin/heapbench.c $(wildcard user/heap/*.c user/heap/*.h) tests/host/support_heap.c Makefile
	@mkdir -p $(@D)
	$(Q)gcc $(HEAP_BENCH) $(HEAP_FLAGS) -o $@ $(filter %.c,$^)
build/host/bench/heapbench-host: user/bin/heapbench.c Makefile
	@mkdir -p $(@D)
	$(Q)gcc $(HEAP_BENCH) -fno-builtin -o $@ $<

# ---- do the tests bite? bugs put into mm/ on purpose, and what the mutants are linked with: no sanitizers, for speed ----

$(eval $(call host_objects,build/mutants,riscv64,))
.PHONY: build/mutants/base
build/mutants/base: $(call host_objs,build/mutants,$(HOST_LIB) $(HOST_TESTS:%=tests/host/%.c)) $(call host_objs,build/host/riscv64,$(HOST_LIB) $(HOST_TESTS:%=tests/host/%.c))

# ---- fuzzing: the host tests' models, steered by libFuzzer ----

FUZZ := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_RUNS ?= 20000
TARGET ?= $(or $(T),$(FUZZ_TARGETS))
$(eval $(call host_objects,build/fuzz,riscv64,$(FUZZ)))
build/fuzz/obj/tests/fuzz/%: EXTRA_FLAGS = -Dmain=test_main -Wno-unused-function
build/fuzz/obj/kernel/fs/% build/fuzz/obj/tests/fs/% build/fuzz/obj/tests/fuzz/fat_fuzz.c.o: EXTRA_FLAGS = $(FS_FLAGS)
build/fuzz/fat: $(call host_objs,build/fuzz,$(FS_SRC))
build/fuzz/%: build/fuzz/obj/tests/fuzz/%_fuzz.c.o $(call host_objs,build/fuzz,$(HOST_LIB))
	@printf '  HOSTLD  $@\n'
	$(Q)$(HOST_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ -lcmocka
.PHONY: build/fuzz/all
build/fuzz/all: $(FUZZ_TARGETS:%=build/fuzz/%)
.PHONY: $(FUZZ_TARGETS:%=fuzz-%)
$(FUZZ_TARGETS:%=fuzz-%): fuzz-%: build/fuzz/%
	@mkdir -p build/fuzz/corpus/$*
	ASAN_OPTIONS=detect_leaks=0 build/fuzz/$* -seed=1 -runs=$(FUZZ_RUNS) -max_len=1024 -timeout=120 -artifact_prefix=build/fuzz/$*- \
		-print_final_stats=0 -verbosity=0 build/fuzz/corpus/$* $(wildcard tests/fuzz/seeds/$*)

# ---- wasm: mm/ for the browser, where pointers have 32 bits ----

WASM_FLAGS := --target=wasm32 -std=gnu11 -O2 -ffreestanding -nostdlibinc -fno-builtin -DCONFIG_HOST -DCONFIG_DEBUG -MMD -MP \
	-Wall -Wextra -Wundef -Wvla -Wshadow -Werror -Ilib/include -Imm/include -Iarch/include
WASM_EXPORTS := --export=self_test --export=log_text

# $(1): machine whose entry format is used.
define wasm_world
build/wasm/$(1)/obj/%.o: % Makefile
	@mkdir -p $$(@D)
	$(Q)$(HOST_CC) $(WASM_FLAGS) -Iarch/$(1)/include -c -o $$@ $$<
build/wasm/$(1)/mm.o: $(call host_objs,build/wasm/$(1),$(MM_SRC))
	$(Q)wasm-ld -r -o $$@ $$^
build/wasm/$(1)/test.wasm: $(call host_objs,build/wasm/$(1),$(LIB_SRC) tests/port/port.c tests/wasm/world.c) build/wasm/$(1)/mm.o
	@printf '  WASM    $$@\n'
	$(Q)wasm-ld --no-entry $(WASM_EXPORTS) -o $$@ $$^
.PHONY: wasm-$(1)
wasm-$(1): build/wasm/$(1)/test.wasm
	$(Q)$(PYTHON) tools/check_mm.py --undefined llvm-nm build/wasm/$(1)/mm.o mm/port.symbols
	node tests/wasm/run.mjs $$<
endef
$(foreach a,riscv64 aarch64,$(eval $(call wasm_world,$(a))))

# ---- live figures of the book: a program each over this tree's mm/; "lines:" in its head names the files that the page steps through ----

FIGURES := $(filter-out fig,$(basename $(notdir $(wildcard docs/figures/live/*.c)))) walk-aarch64
FIGURE_FLAGS := $(WASM_FLAGS) -Oz -mmutable-globals -fvisibility=hidden -ffunction-sections -fdata-sections

# $(1): machine whose entry format is used.
define figure_objects
build/figures/$(1)/%.o: % Makefile
	@mkdir -p $$(@D)
	$(Q)$(HOST_CC) $(FIGURE_FLAGS) -Iarch/$(1)/include -c -o $$@ $$<
build/figures/$(1)/traced/%.o: % tools/trace_lines.py Makefile
	@mkdir -p $$(@D)
	$(Q)$(PYTHON) tools/trace_lines.py $$< > $$(@:.o=.c)
	$(Q)$(HOST_CC) $(FIGURE_FLAGS) -Iarch/$(1)/include -Imm -c -o $$@ $$(@:.o=.c)
endef
$(foreach a,riscv64 aarch64,$(eval $(call figure_objects,$(a))))

# $(1): figure; $(2): its source; $(3): machine
define figure
$(1)_lines := $(shell sed -n 's|^/\* lines: ||p' $(2))
build/figures/$(1).wasm: $$(addprefix build/figures/$(3)/,$$(addsuffix .o,$(2) docs/figures/live/fig.c tests/port/port.c $(LIB_SRC) \
	$$(filter-out $$($(1)_lines),$(MM_SRC)) $$(addprefix traced/,$$($(1)_lines))))
	@printf '  FIGURE  $$@\n'
	$(Q)wasm-ld --no-entry --export-dynamic --export=__stack_pointer --allow-undefined --gc-sections --strip-all -z stack-size=16384 -o $$@ $$^
build/figures/static/live/$(1).js: build/figures/$(1).wasm build/reference/is docs/figures/figure.mjs docs/_static/figure-program.js docs/_static/figure-markup.js $$($(1)_lines)
	@mkdir -p $$(@D)
	$(Q)node docs/figures/figure.mjs $(1) $$($(1)_lines) > $$@
endef
$(foreach f,$(FIGURES),$(eval $(call figure,$(f),docs/figures/live/$(f:%-aarch64=%).c,$(if $(filter %-aarch64,$(f)),aarch64,riscv64))))
.PHONY: figures FORCE
figures: $(FIGURES:%=build/figures/static/live/%.js) ## the book's live figures, from this tree's mm/, compared with REF's if that is another
# Where the reader's mm/ is not that of REF, both run in the page, and the first difference is shown.
REF ?= HEAD
build/reference/is: FORCE
	$(Q)tools/figure_reference.sh $(REF) build/reference $(FIGURES:%=build/figures/%.wasm)

-include $(shell find $(OUT) build/host build/posix build/fuzz build/wasm build/figures build/mutants/obj -name '*.d' 2>/dev/null)
