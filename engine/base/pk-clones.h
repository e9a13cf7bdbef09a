/* One function, compiled for several generations of processors; the loader takes the best that the machine has. For
 * loops over columns: what it decorates must not be inline, and gives the same result in every version as long as it
 * leaves the order of floating-point operations alone. */
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__) && \
  !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PK_CLONES
#endif
