/* A column: typed values in aligned chunks, with statistics.
 *
 * The logical type (PkType) says what a value means, the physical type how it
 * is stored. Integers are stored in the narrowest signed or unsigned width that
 * holds the column's range; decimals as their scaled integer; DATE as days
 * since 1970-01-01; TIME and TIMESTAMP as integers in the type's unit; BOOL as
 * one byte, 0 or 1; text as dictionary codes. A chunk's data is page-aligned
 * and padded to a page (pk_mem_alloc), so that it can go to a device by DMA. */
#pragma once

#include "pk-arrow-type.h"
#include "pk-dictionary.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_PHYS_U8, /* also BOOL */
  PK_PHYS_I8,
  PK_PHYS_U16,
  PK_PHYS_I16,
  PK_PHYS_U32,
  PK_PHYS_I32,
  PK_PHYS_U64,
  PK_PHYS_I64,
  PK_PHYS_I128, /* two's complement, little endian, 16 bytes: HUGEINT, wide DECIMAL */
  PK_PHYS_F32,
  PK_PHYS_F64,
} PkPhysical;

/* Bytes a value takes. */
gsize pk_physical_size(PkPhysical physical);
const char *pk_physical_name(PkPhysical physical);

typedef enum {
  PK_SORT_NONE,
  PK_SORT_ASCENDING,  /* non-decreasing, NULL-free, NaN-free */
  PK_SORT_DESCENDING,
  PK_SORT_CONSTANT,
} PkSortedness;

/* Statistics over the non-NULL values of a chunk or column. For text, min and
 * max are those of the codes. NaN is counted and is in neither min nor max;
 * if there is no value (or only NaN), has_range is FALSE. */
typedef struct {
  gint64 null_count;
  gint64 nan_count;
  gboolean has_range;
  __int128 min_int, max_int; /* integer physical types */
  double min, max;           /* every numeric type, as double (nearest) */
  PkSortedness sortedness;
} PkColumnStats;

typedef struct {
  gpointer data;    /* length values of the column's physical type; owned */
  gsize data_bytes; /* as given to pk_mem_alloc */
  guint64 *valid;   /* bit i of word i/64 set: row i is not NULL; NULL: no NULLs; owned (pk_mem_alloc) */
  gsize valid_bytes;
  gint64 length;
  PkColumnStats stats;
} PkChunk;

typedef struct {
  char *name;
  PkType type;
  PkPhysical physical;
  PkDictionary *dictionary; /* text: codes index it; else NULL */
  guint n_chunks; /* all but the last are of equal length; at least 1 unless length is 0 */
  PkChunk *chunks;
  gint64 length;
  PkColumnStats stats;
} PkColumn;

void pk_column_free(PkColumn *self);

/* The type that a column of a frame has for a relation's type: types without a number or text of their own
 * (nested, INTERVAL, UUID, BIT, BIGNUM, TIME WITH TIME ZONE) are kept as their text, the others as they
 * are. */
PkType pk_column_stored_type(PkType type);

/* Is it kept as dictionary codes (text, BLOB and what becomes text)? */
gboolean pk_column_type_is_text(PkType type);

/* 10^scale of a DECIMAL, 1 for all else. */
double pk_decimal_divisor(PkType type);

/* An integer's value as a double, decimals divided by 10^scale: to the last bit what DuckDB's CAST to
 * DOUBLE gives, which is the nearest double up to 2^53 (before the division) and for all integers of up to
 * 64 bits. */
double pk_type_int_to_double(PkType type, __int128 value);

/* A value of a chunk, which must not be NULL; get_int for integer physical types. */
__int128 pk_chunk_get_int(const PkChunk *chunk, PkPhysical physical, gint64 i);
double pk_chunk_get_double(const PkChunk *chunk, PkPhysical physical, PkType type, gint64 i);
void pk_chunk_clear(PkChunk *chunk);

/* Is row of the chunk not NULL? */
static inline gboolean
pk_chunk_is_valid(const PkChunk *chunk, gint64 row)
{
  return !chunk->valid || (chunk->valid[row >> 6] >> (row & 63) & 1);
}

/* Random access for code that is not hot; row counts through the chunks. */
gboolean pk_column_is_null(const PkColumn *self, gint64 row);
/* NaN if NULL; decimals unscaled to their value; dates and timestamps in their unit */
double pk_column_get_double(const PkColumn *self, gint64 row);
__int128 pk_column_get_int(const PkColumn *self, gint64 row);   /* integer physical types; 0 if NULL */
/* text columns; NULL if NULL; borrowed */
const char *pk_column_get_text(const PkColumn *self, gint64 row, gsize *length);

/* The exact value as text, for every type; FALSE (nothing appended) if NULL. */
gboolean pk_column_append_text(const PkColumn *self, gint64 row, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkColumn, pk_column_free)

G_END_DECLS
