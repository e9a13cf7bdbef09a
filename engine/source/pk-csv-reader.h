/* Delimited text as records of fields: Pika-Plot's own reading of RFC 4180.
 *
 * The reader takes bytes from a stream, in bounded memory, and gives one record
 * after the other with its line number. It never gives up: a record that
 * breaks the rules of quoting, or is too long, comes with a fault, and reading
 * goes on at the next line, so that every record is given exactly once.
 *
 * A field is quoted if a quote stands at its start (spaces may stand before
 * it); inside, the quote is written doubled (or after the escape byte), and
 * delimiters and newlines are text. Records end at LF or CR LF. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A record of more bytes is a fault. */
#define PK_CSV_RECORD_MAX ((gsize)16 << 20)

/* Bytes that are looked at to find out the dialect. */
#define PK_CSV_SAMPLE ((gsize)1 << 20)

/* The delimiter of text of a single column: ASCII's unit separator. */
#define PK_CSV_NO_DELIM 0x1f

typedef struct {
  int delim;
  int quote;   /* 0: no quoting */
  int escape;  /* equal to quote: doubled */
  int comment; /* -1: none */
} PkCsvDialect;

typedef struct {
  const char *text; /* between the quotes, if any */
  gsize length;
  gboolean quoted;
  gboolean escaped; /* holds escapes: read it by pk_csv_field_text */
} PkCsvField;

typedef struct {
  guint64 line;      /* of the file, counted from 1 */
  const char *raw;   /* without its newline; valid until the next record; cut if too long */
  gsize raw_length;
  PkCsvField *fields; /* none if there is a fault */
  guint n_fields;
  gsize capacity;
  const char *fault;   /* NULL, or what is wrong (static) */
  gboolean passed_over; /* an empty line or a comment: `fields` may hold one empty field */
  gboolean comment;
  gboolean crlf;
  gboolean ends_file;   /* no newline came after it */
  gboolean spaced_quote;
  gboolean quoted_newline;
  gboolean odd_cr;      /* a CR that is no part of a CR LF at the end */
} PkCsvRecord;

typedef struct _PkCsvReader PkCsvReader;

/* Keeps a reference on the stream. */
PkCsvReader *pk_csv_reader_new(GInputStream *stream, const char *shown_path);
void pk_csv_reader_free(PkCsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkCsvReader, pk_csv_reader_free)

/* The first bytes (up to PK_CSV_SAMPLE, all if there are fewer) without taking
 * them; valid until the next call. A byte order mark is skipped; UTF-16 is an
 * error. Before the first pk_csv_reader_next. */
gboolean pk_csv_reader_peek(PkCsvReader *reader, const char **bytes, gsize *length, gboolean *whole,
                            GCancellable *cancellable, GError **error);

/* Takes n lines as they are, whatever quotes they hold; *skipped tells how many
 * there were. */
gboolean pk_csv_reader_skip_lines(PkCsvReader *reader, guint64 n, guint64 *skipped,
                                  GCancellable *cancellable, GError **error);

void pk_csv_reader_set_dialect(PkCsvReader *reader, const PkCsvDialect *dialect);

/* The next record, borrowed, in *record; NULL at the end. */
gboolean pk_csv_reader_next(PkCsvReader *reader, const PkCsvRecord **record, GCancellable *cancellable,
                            GError **error);

/* Bytes taken from the stream so far. */
guint64 pk_csv_reader_tell(const PkCsvReader *reader);

/* A field's value: its text, or if it holds escapes its text without them in
 * *scratch. Borrowed. */
const char *pk_csv_field_text(const PkCsvField *field, const PkCsvDialect *dialect, GString *scratch,
                              gsize *length);

/* Parses one record of bytes that lie in memory whole; *next is where the next
 * begins. `record` starts zeroed and is reused; free its fields at the end. */
void pk_csv_parse_record(const PkCsvDialect *dialect, const char *bytes, const char *end,
                         PkCsvRecord *record, const char **next);

G_END_DECLS
