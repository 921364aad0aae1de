#pragma once
/* mount(2) */
#define MS_RDONLY 1
#define MS_REMOUNT 32
#define MNT_FORCE 1
