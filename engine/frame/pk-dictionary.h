/* A dictionary: the distinct texts of a column, each with a small code.
 *
 * Codes are given in order of first appearance, 0, 1, 2, …; NULL has no code.
 * Reference counted, so that results can share their input's dictionary.
 * Immutable once its column is finished; before that, one thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct PkDictionary PkDictionary;

PkDictionary *pk_dictionary_new(void);
PkDictionary *pk_dictionary_ref(PkDictionary *self);
void pk_dictionary_unref(PkDictionary *self);

/* What intern answers where memory (or the limit on it) ends, or 2^31 codes do. */
#define PK_DICTIONARY_FULL G_MAXUINT32

/* The code of text[0..length), added if new; PK_DICTIONARY_FULL if it could not be. Texts may hold any
 * bytes. */
guint32 pk_dictionary_intern(PkDictionary *self, const char *text, gsize length);

/* The codes of n Arrow string views (checked; view->data and view->view_buffers of PK_LAYOUT_VIEWS), which keep their
 * order of first appearance; valid: bytes, 0 where a row is NULL, whose code is then 0; NULL: none is. FALSE where
 * intern would answer PK_DICTIONARY_FULL. */
gboolean pk_dictionary_intern_views(PkDictionary *self, const void *views, const void *const *buffers,
                                    const guint8 *valid, gsize n, guint32 *codes);

/* The code of a text, or -1. */
gint64 pk_dictionary_lookup(const PkDictionary *self, const char *text, gsize length);

guint32 pk_dictionary_size(const PkDictionary *self);

/* Borrowed; also NUL-terminated. length may be NULL. */
const char *pk_dictionary_get(const PkDictionary *self, guint32 code, gsize *length);

/* rank[code] = place of the code's text in ascending byte order (which for
 * UTF-8 is code point order). Borrowed, made on first use; thread-safe. */
const guint32 *pk_dictionary_get_ranks(PkDictionary *self);

gsize pk_dictionary_get_bytes(const PkDictionary *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkDictionary, pk_dictionary_unref)

G_END_DECLS
