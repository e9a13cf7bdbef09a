/* The shape of delimited text, from its first bytes: delimiter, header, width.
 *
 * Only the shape comes from a sample; every record of the file is then held
 * against it, and those that differ are rejected by name. So a wrong guess
 * shows, and nothing vanishes. */
#pragma once

#include "pk-csv-options.h"
#include "pk-csv-reader.h"

G_BEGIN_DECLS

typedef struct {
  PkCsvDialect dialect;
  guint n_columns;
  guint64 header_line; /* line of the header among the bytes given, 0: none */
  gboolean padded;     /* the header has another width than the records: see `names` */
  GPtrArray *names;    /* of char *, n_columns of them, distinct whatever their case, as in SQL */
  char *renamed;       /* "A is A_1, a is a_2": names of the header that others had before them; NULL: none */
} PkCsvShape;

void pk_csv_shape_clear(PkCsvShape *shape);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkCsvShape, pk_csv_shape_clear)

/* Finds the shape of bytes[0..length); `whole` if that is all of the text.
 * options->header > 0 means that the bytes begin with the header's line.
 * PK_ERROR_INVALID, _LIMIT (too many columns, a header that is too long), with
 * `shown` in the message. */
gboolean pk_csv_sniff(const char *bytes, gsize length, gboolean whole, const PkCsvOptions *options,
                      const char *shown, PkCsvShape *shape, GError **error);

G_END_DECLS
