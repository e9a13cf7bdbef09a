/* Values of discrete domains: number, string, bool or null, and their order and lookup.
 *
 * Order: null first, then as JavaScript's < within a type (strings by UTF-16
 * code unit); false before true; bools and numbers compare as numbers, and stand
 * before strings. Strings are valid UTF-8. Not thread-safe while an index is being filled. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { PK_DATUM_NULL, PK_DATUM_BOOL, PK_DATUM_NUMBER, PK_DATUM_STRING } PkDatumType;

typedef struct {
  PkDatumType type;
  double number;       /* also 0 or 1 of a bool */
  const char *string;  /* borrowed */
} PkDatum;

#define PK_DATUM_INIT_NULL       ((PkDatum){ PK_DATUM_NULL, 0, NULL })
#define PK_DATUM_INIT_BOOL(b)    ((PkDatum){ PK_DATUM_BOOL, (b) ? 1 : 0, NULL })
#define PK_DATUM_INIT_NUMBER(x)  ((PkDatum){ PK_DATUM_NUMBER, (x), NULL })
#define PK_DATUM_INIT_STRING(s)  ((PkDatum){ PK_DATUM_STRING, 0, (s) })

gboolean pk_datum_equal(const PkDatum *a, const PkDatum *b);
int pk_datum_compare(const PkDatum *a, const PkDatum *b);
/* As JavaScript's String(value); g_free. */
char *pk_datum_to_string(const PkDatum *datum);

/* A list of distinct values with a lookup from value to place. Strings are copied. */
typedef struct PkDatumIndex PkDatumIndex;

PkDatumIndex *pk_datum_index_new(void);
void pk_datum_index_free(PkDatumIndex *index);
/* The place of datum, added at the end if it is new. */
gsize pk_datum_index_add(PkDatumIndex *index, const PkDatum *datum);
/* -1 if it is not there. */
gssize pk_datum_index_find(const PkDatumIndex *index, const PkDatum *datum);
gsize pk_datum_index_size(const PkDatumIndex *index);
/* Borrowed, valid until the next add, sort or free. */
const PkDatum *pk_datum_index_get(const PkDatumIndex *index, gsize i);
/* Ascending (or descending) by pk_datum_compare. */
void pk_datum_index_sort(PkDatumIndex *index, gboolean descending);
PkDatumIndex *pk_datum_index_copy(const PkDatumIndex *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkDatumIndex, pk_datum_index_free)

G_END_DECLS
