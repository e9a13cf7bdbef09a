/* Files of JSON as records: Pika-Plot's own finding of where one ends.
 *
 * Three layouts are read: a record a line (NDJSON), the elements of one array, and
 * values one after the other. The reader takes bytes from a stream, in memory
 * bounded by the longest record, and gives each record once with its line. It
 * looks at brackets and quotes alone: whether a record is JSON is for
 * pk_json_value_check to say. In lines, what is wrong in one never reaches the
 * next; in the other layouts brackets that do not match are an error, as nothing
 * can tell where the next record begins. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A longer record is an error. */
#define PK_JSON_RECORD_MAX ((gsize)256 << 20)

typedef enum {
  PK_JSON_LINES,
  PK_JSON_ELEMENTS, /* of one array */
  PK_JSON_VALUES,
} PkJsonLayout;

/* As an SQL engine's reader calls it. Static. */
const char *pk_json_layout_name(PkJsonLayout layout);

typedef struct {
  guint64 line;     /* where it starts, counted from 1 */
  const char *text; /* without white space around it; valid until the next record */
  gsize length;
} PkJsonRecord;

typedef struct _PkJsonReader PkJsonReader;

/* Keeps a reference on the stream. `lines`: the file's name says that it has a record a line, which is
 * believed unless its beginning is one value over several lines. */
PkJsonReader *pk_json_reader_new(GInputStream *stream, const char *shown, gboolean lines);
void pk_json_reader_free(PkJsonReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkJsonReader, pk_json_reader_free)

/* Finds the layout by the first bytes. Before the first pk_json_reader_next, which does it otherwise. */
gboolean pk_json_reader_begin(PkJsonReader *reader, GCancellable *cancellable, GError **error);

PkJsonLayout pk_json_reader_get_layout(const PkJsonReader *reader);

/* Anything beside the records and white space that other readers may take amiss: a byte order mark, a comma
 * after the last element. */
gboolean pk_json_reader_is_odd(const PkJsonReader *reader);

/* The next record, borrowed, in *record; NULL at the end. PK_ERROR_INVALID, _LIMIT, _IO, _CANCELLED. */
gboolean pk_json_reader_next(PkJsonReader *reader, const PkJsonRecord **record, GCancellable *cancellable,
                             GError **error);

/* Bytes taken from the stream so far. */
guint64 pk_json_reader_tell(const PkJsonReader *reader);

G_END_DECLS
