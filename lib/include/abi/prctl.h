#pragma once
/* prctl(2) */
#define PR_SET_NAME 15
#define PR_GET_NAME 16
