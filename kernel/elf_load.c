/* Loading static ELF64 programs (System V gABI, chapter 5). Nothing in the file is believed unchecked. */
#include <abi/elf.h>
#include <arch/elf.h>
#include <arch/layout.h>
#include <lib/bits.h>
#include <lib/string.h>
#include <kernel/elf_load.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>

/* Programs are mapped between these. */
#define LOWEST 0x10000
#define HIGHEST (USER_END / 4 * 3)
enum { PHDRS_MAX = 32 };

static enum err read_exactly(struct inode *f, uint64_t off, void *buf, size_t n)
{
	size_t done;
	enum err e = inode_read(f, off, buf, n, &done);
	return e != OK ? e : done == n ? OK : ERR_NOEXEC;
}

static bool header_is_ours(const Elf64_Ehdr *h)
{
	return !memcmp(h->e_ident, "\177ELF", 4) && h->e_ident[4] == 2 && h->e_ident[5] == 1
		&& h->e_machine == ARCH_ELF_MACHINE && (h->e_type == ET_EXEC || h->e_type == ET_DYN)
		&& h->e_phentsize == sizeof(Elf64_Phdr) && h->e_phnum > 0 && h->e_phnum <= PHDRS_MAX;
}

static bool segment_is_sane(const Elf64_Phdr *ph, uint64_t base, uint64_t file_size)
{
	bool in_file = !ph->p_filesz	/* a segment of zeros alone may name any offset */
		|| (ph->p_offset <= file_size && ph->p_filesz <= file_size - ph->p_offset);
	return ph->p_filesz <= ph->p_memsz && in_file
		&& ph->p_offset % PAGE_SIZE == ph->p_vaddr % PAGE_SIZE
		&& ph->p_vaddr < HIGHEST && ph->p_memsz < HIGHEST - ph->p_vaddr
		&& base + ph->p_vaddr >= LOWEST && base + ph->p_vaddr + ph->p_memsz <= HIGHEST;
}

static prot_t prot_of(const Elf64_Phdr *ph)
{
	return P_READ | (ph->p_flags & PF_W ? P_WRITE : 0u) | (ph->p_flags & PF_X ? P_EXEC : 0u);
}

static enum err map_part(struct space *s, struct map_req *req, vaddr_t end)
{
	vaddr_t va;
	if (end <= req->hint)
		return OK;
	req->npages = (end - req->hint) >> PAGE_SHIFT;
	req->flags = MAPF_FIXED | MAPF_NOREPLACE | MAPF_OUTSIDE;
	enum err e = space_map(s, req, &va);
	return e == ERR_EXIST ? ERR_NOEXEC : e;
}

/* The pages that the file fills, the zero bytes after it in its last page, and the zero pages after that. */
static enum err map_segment(struct space *s, struct inode *file, const Elf64_Phdr *ph, uint64_t base)
{
	static const char zeros[256];
	vaddr_t start = base + ph->p_vaddr, file_end = start + ph->p_filesz, end = align_up(start + ph->p_memsz, PAGE_SIZE);
	struct map_req req = {
		.hint = align_down(start, PAGE_SIZE), .prot = prot_of(ph), .object = inode_vm_object(file),
		.pgoff = ph->p_offset >> PAGE_SHIFT,
	};
	vaddr_t pages_end = ph->p_filesz ? align_up(file_end, PAGE_SIZE) : req.hint;
	enum err e = map_part(s, &req, pages_end);
	if (e == OK && ph->p_memsz > ph->p_filesz) {
		for (vaddr_t va = file_end; va < pages_end && e == OK;) {
			size_t n = pages_end - va < sizeof zeros ? pages_end - va : sizeof zeros;
			e = space_write(s, va, zeros, n);
			va += n;
		}
		struct map_req bss = { .hint = pages_end, .prot = prot_of(ph) };
		if (e == OK)
			e = map_part(s, &bss, end);
	}
	return e;
}

static enum err load_segments(struct space *s, struct inode *file, const Elf64_Ehdr *h, struct elf_image *out)
{
	Elf64_Phdr ph[PHDRS_MAX];
	uint64_t base = out->base;
	enum err e = read_exactly(file, h->e_phoff, ph, h->e_phnum * sizeof *ph);
	for (unsigned i = 0; i < h->e_phnum && e == OK; i++) {
		if (ph[i].p_type == PT_INTERP) {
			printk("[exec] a dynamically linked program: link it with -static\n");
			return ERR_NOEXEC;
		}
		if (ph[i].p_type != PT_LOAD || !ph[i].p_memsz)
			continue;
		if (!segment_is_sane(&ph[i], base, inode_size(file)))
			return ERR_NOEXEC;
		e = map_segment(s, file, &ph[i], base);
		vaddr_t end = align_up(base + ph[i].p_vaddr + ph[i].p_memsz, PAGE_SIZE);
		out->end = end > out->end ? end : out->end;
		if (h->e_phoff >= ph[i].p_offset && h->e_phoff < ph[i].p_offset + ph[i].p_filesz)
			out->phdr = base + ph[i].p_vaddr + h->e_phoff - ph[i].p_offset;
	}
	out->entry = base + h->e_entry;
	return e;
}

enum err elf_load(struct space *s, struct inode *file, vaddr_t pie_base, struct elf_image *out)
{
	Elf64_Ehdr h;
	memset(out, 0, sizeof *out);
	enum err e = read_exactly(file, 0, &h, sizeof h);
	if (e != OK)
		return e;
	if (!header_is_ours(&h))
		return ERR_NOEXEC;
	out->base = h.e_type == ET_DYN ? pie_base : 0;
	out->phnum = h.e_phnum;
	e = load_segments(s, file, &h, out);
	if (e == OK && (!out->end || out->entry >= out->end || out->entry < LOWEST))
		e = ERR_NOEXEC;
	return e;
}
