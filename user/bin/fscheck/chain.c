/* Chains: each cluster has one owner, and each chain an end. */
#include "fscheck.h"

/* A cluster that has an owner was met: is it this chain itself? */
static bool is_in_chain(const struct volume *v, uint32_t first, uint32_t n, uint32_t c)
{
	for (; n > 0; n--, first = next_of(v, first))
		if (first == c)
			return true;
	return false;
}

uint32_t chain_take(struct volume *v, const char *path, uint32_t first)
{
	uint32_t n = 0, c = first;
	for (; c < EOC; c = next_of(v, c), n++) {
		if (!is_cluster(v, c)) {
			fault(v, path, "its chain leads to %s %u", c == 0 ? "a free cluster:" : c == BAD_CLUSTER ? "a bad cluster:" : "outside:", c);
			break;
		}
		if (v->owned[c]) {
			fault(v, path, "%s cluster %u", is_in_chain(v, first, n, c) ? "its chain is a loop at" : "shares", c);
			break;
		}
		if (!next_of(v, c)) {
			fault(v, path, "its cluster %u is marked free", c);
			break;
		}
		v->owned[c] = 1;
	}
	v->used += n;
	return n;
}

void chain_find_lost(struct volume *v)
{
	uint32_t lost = 0, first = 0;
	for (uint32_t c = 2; c <= v->max_cluster; c++) {
		if (!next_of(v, c) || next_of(v, c) == BAD_CLUSTER || v->owned[c])
			continue;
		first = lost++ ? first : c;
	}
	if (lost)
		fault(v, "FAT", "lost clusters: %u, the first is %u", lost, first);
}
