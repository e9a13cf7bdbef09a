/* Rows of JSON or of delimited text that a specification holds or names, on their way to the source.
 *
 * Objects are flattened: {"a": {"b": 1}, "c": [2]} has the fields "a.b" and "c.0". A column takes the narrowest type that
 * keeps its values as JSON has them: whole numbers BIGINT, other numbers DOUBLE, booleans, text; mixed values
 * become the text that JavaScript makes of them. Texts that look like dates stay texts. One thread. */
#pragma once

#include "pk-rel.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct PkRows PkRows;

PkRows *pk_rows_new(void);
void pk_rows_free(PkRows *self);

/* Appends a row for each member of a JSON array: an object, or any other value as {"data": value}. A value that is no
 * array is one row. PK_ERROR_LIMIT beyond 10,000 columns. */
gboolean pk_rows_add_json(PkRows *self, JsonNode *values, GError **error);

/* Appends the records of delimited text, the first of which names the columns (unless header names them):
 * RFC 4180 with any one-byte delimiter, as d3-dsv reads it. All values are text. */
void pk_rows_add_delimited(PkRows *self, const char *text, gsize length, char delimiter);

/* One value, for rows made here; add_null makes sure that there is such a column. */
void pk_rows_add_null(PkRows *self, const char *column);
void pk_rows_add_bool(PkRows *self, const char *column, gint64 row, gboolean value);
void pk_rows_add_number(PkRows *self, const char *column, gint64 row, double value);
void pk_rows_add_text(PkRows *self, const char *column, gint64 row, const char *text, gssize length);

gint64 pk_rows_get_length(const PkRows *self);

/* Moves the rows into a stream of one record batch, and declares their fields on rel (whose `from` is set by the caller). */
void pk_rows_export(PkRows *self, PkArrowStream *out, PkRel *rel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkRows, pk_rows_free)

G_END_DECLS
