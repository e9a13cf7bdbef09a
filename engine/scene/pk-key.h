/* Values of discrete domains: number, string, bool or null, and their order and lookup.
 *
 * Order: null first, then as JavaScript's < within a type (strings by UTF-16
 * code unit); false before true; bools and numbers compare as numbers, and stand
 * before strings. Not thread-safe while an index is being filled. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { PK_KEY_NULL, PK_KEY_BOOL, PK_KEY_NUMBER, PK_KEY_STRING } PkKeyType;

typedef struct {
  PkKeyType type;
  double number;       /* also 0 or 1 of a bool */
  const char *string;  /* borrowed */
} PkKey;

#define PK_KEY_INIT_NULL       ((PkKey){ PK_KEY_NULL, 0, NULL })
#define PK_KEY_INIT_BOOL(b)    ((PkKey){ PK_KEY_BOOL, (b) ? 1 : 0, NULL })
#define PK_KEY_INIT_NUMBER(x)  ((PkKey){ PK_KEY_NUMBER, (x), NULL })
#define PK_KEY_INIT_STRING(s)  ((PkKey){ PK_KEY_STRING, 0, (s) })

gboolean pk_key_equal(const PkKey *a, const PkKey *b);
int pk_key_compare(const PkKey *a, const PkKey *b);
/* Strings in the order of their UTF-16 code units. */
int pk_utf16_compare(const char *a, const char *b);
/* As JavaScript's String(value); g_free. */
char *pk_key_to_string(const PkKey *key);

/* A list of distinct keys with a lookup from key to place. Strings are copied. */
typedef struct PkKeyIndex PkKeyIndex;

PkKeyIndex *pk_key_index_new(void);
void pk_key_index_free(PkKeyIndex *index);
/* The place of key, added at the end if it is new. */
gsize pk_key_index_add(PkKeyIndex *index, const PkKey *key);
/* -1 if it is not there. */
gssize pk_key_index_find(const PkKeyIndex *index, const PkKey *key);
gsize pk_key_index_size(const PkKeyIndex *index);
/* Borrowed, valid until the next add, sort or free. */
const PkKey *pk_key_index_get(const PkKeyIndex *index, gsize i);
/* Ascending (or descending) by pk_key_compare. */
void pk_key_index_sort(PkKeyIndex *index, gboolean descending);
PkKeyIndex *pk_key_index_copy(const PkKeyIndex *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkKeyIndex, pk_key_index_free)

G_END_DECLS
