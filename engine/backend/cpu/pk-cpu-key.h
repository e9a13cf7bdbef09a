/* A group key compiled for a column. Internal to the CPU backend.
 *
 * A key has codes (0 … n_codes - 1, the last for NULL if nullable) where its
 * values are few or lie in a small range; else it has words, 64-bit numbers
 * that are equal where the values are, for a hash table. An ordinal is a value
 * as an integer of the same order: the integer itself, a float by
 * pk_cpu_order_double, text by rank. */
#pragma once

#include "pk-cpu-program.h"

G_BEGIN_DECLS

typedef enum {
  PK_CPU_KEY_OFFSET, /* code = value - base */
  PK_CPU_KEY_TABLE,  /* code = table[value - base] */
  PK_CPU_KEY_BINS,   /* code by arithmetic */
  PK_CPU_KEY_EDGES,
  PK_CPU_KEY_PIXEL,  /* of M4 */
  PK_CPU_KEY_CLOCK,  /* code of the day × code of the second of the day */
  PK_CPU_KEY_WORD,   /* word = ordinal */
  PK_CPU_KEY_WIDE,   /* two words: a 128-bit ordinal */
  PK_CPU_KEY_FLOOR,  /* word = ordinal of the floor */
  PK_CPU_KEY_CLOCK_WORD, /* word = start of the day's bucket + what the second of the day adds */
  PK_CPU_KEY_TIME,   /* word = start of the bucket, row by row */
} PkCpuKeyKind;

struct PkCpuKey {
  PkCpuKeyKind kind;
  guint column;
  const PkKey *key;       /* NULL: PIXEL */
  const PkColumn *source;
  gboolean is_float;      /* ordinals are of doubles */
  gboolean nullable;
  guint64 n_codes;        /* 0: words only */
  guint n_words;          /* without codes: 1 or 2 */
  __int128 base;
  guint64 range;          /* TABLE: entries */
  guint32 *table;         /* code + 1, 0: in no group */
  guint32 n_values;       /* TABLE, CLOCK: without NULL */
  gint64 *values;         /* ordinal of a code; CLOCK: of days */
  gint64 *values_second;  /* CLOCK: of seconds of the day */
  guint32 *table_second;
  guint32 n_values_second;
  gint64 units_per_day, units_per_second;
  double start, step, end, inverse; /* BINS, PIXEL */
  double tolerance;       /* BINS: nearer to an edge than this (in bins) the division is made; 1: always */
  float tolerance_narrow; /* the same for float arithmetic */
  guint32 count;          /* BINS, EDGES, PIXEL */
  guint32 *ranks_inverse; /* text: code of a rank */
};

/* rows: of the frame, to weigh a table against. */
void pk_cpu_key_init(PkCpuKey *self, const PkKey *key, guint column, const PkColumn *source, gint64 rows);
void pk_cpu_key_init_pixel(PkCpuKey *self, const PkM4 *m4, const PkColumn *source);
void pk_cpu_key_clear(PkCpuKey *self);

/* code + 1 of each row of the block, 0: in no group. Keys with codes only. */
void pk_cpu_key_codes(PkCpuContext *context, const PkCpuKey *self, guint32 *out);

/* Words of each row, and bit `bit` of nulls. Keys without codes only. */
void pk_cpu_key_words(PkCpuContext *context, const PkCpuKey *self, guint64 *words, guint64 *words_high,
                      guint64 *nulls, guint bit);

/* Is the code that of NULL? Its ordinal otherwise. */
gboolean pk_cpu_key_code_is_null(const PkCpuKey *self, guint32 code);
__int128 pk_cpu_key_code_ordinal(const PkCpuKey *self, guint32 code);

/* --- loops (pk-cpu-key-loops.c): code + 1, 0 for none --- */
void pk_cpu_offset_codes(PkPhysical physical, const void *data, guint n, __int128 base, guint64 range,
                         guint32 *out);
void pk_cpu_table_codes(const guint32 *table, guint n, guint32 *codes);
void pk_cpu_bin_codes(const PkCpuKey *key, PkPhysical physical, const void *data, guint n, guint32 *out);
void pk_cpu_edge_codes(const PkCpuKey *key, const double *x, guint n, guint32 *out);
void pk_cpu_pixel_codes(const PkCpuKey *key, const double *x, guint n, guint32 *out);
void pk_cpu_clock_codes(const PkCpuKey *key, const gint64 *v, guint n, guint32 *out);
void pk_cpu_clock_words(const PkCpuKey *key, const gint64 *v, guint n, guint64 *out);
/* a = (a - 1) * n_codes + (b - 1) + 1 where both are not 0, else 0. */
void pk_cpu_combine_codes(guint32 *a, const guint32 *b, guint32 n_codes, guint n);
/* out[i] = valid[i] ? out[i] : other; out[i] = mask[i] ? out[i] : 0. */
void pk_cpu_select_codes(guint32 *out, const guint8 *valid, guint32 other, guint n);

G_END_DECLS
