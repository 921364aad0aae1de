#pragma once
/* getrandom(2) */
#define GRND_NONBLOCK 1
#define GRND_RANDOM 2
