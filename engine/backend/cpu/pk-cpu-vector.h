/* Vectors of the compiler's own (GCC and Clang alike), for loops that it does
 * not make itself. 64 bytes: where the processor has less, it uses several. */
#pragma once

#include <glib.h>
#include <string.h>

typedef double PkV8d __attribute__((vector_size(64)));
typedef gint64 PkV8l __attribute__((vector_size(64)));
typedef guint64 PkV8u __attribute__((vector_size(64)));
typedef float PkV8f __attribute__((vector_size(32)));
typedef gint32 PkV8i __attribute__((vector_size(32)));
typedef float PkV4f __attribute__((vector_size(16)));
typedef gint32 PkV4i __attribute__((vector_size(16)));
typedef double PkV4d __attribute__((vector_size(32)));
typedef guint32 PkV16u __attribute__((vector_size(64)));
typedef double PkV2d __attribute__((vector_size(16)));
typedef float PkV16f __attribute__((vector_size(64)));
typedef gint32 PkV16i __attribute__((vector_size(64)));

/* mask (of all ones or zeros) ? a : b, of type T by way of integers I. */
#define PK_SELECT(T, I, mask, a, b) ((T)(((I)(a) & (I)(mask)) | ((I)(b) & ~(I)(mask))))
