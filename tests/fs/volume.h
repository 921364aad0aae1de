#pragma once
#include "world.h"
/* What others say of the volume on the disk: fscheck, and fsck.fat. Each fails the test with what they said. */

/* Neither finds a fault. */
void volume_is_sound(void);
/* Not even while it is in use has a cluster two owners. */
void volume_is_harmless(void);
/* Nothing but lost clusters, which the name that waits for its mount may have, too. */
void only_lost_clusters(void);
