#include "pk-csv-reader.h"
#include "pk-text-input.h"

#include <string.h>

#define RAW_KEPT 4096

typedef enum { DONE, MORE, BAD } Parse;

struct _PkCsvReader {
  PkTextInput in;
  PkCsvDialect dialect;
  gboolean has_nul, has_cr; /* seen in the file so far: most files need no look at each record */
  guint64 line;
  PkCsvRecord record;
  char *long_raw; /* the beginning of a line too long to hold */
};

PkCsvReader *
pk_csv_reader_new(GInputStream *stream, const char *shown_path)
{
  PkCsvReader *reader = g_new0(PkCsvReader, 1);

  pk_text_input_init(&reader->in, stream, shown_path);
  reader->dialect = (PkCsvDialect){ ',', '"', '"', -1 };
  reader->line = 1;
  return reader;
}

void
pk_csv_reader_free(PkCsvReader *reader)
{
  if (reader == NULL)
    return;
  pk_text_input_clear(&reader->in);
  g_free(reader->record.fields);
  g_free(reader->long_raw);
  g_free(reader);
}

void
pk_csv_reader_set_dialect(PkCsvReader *reader, const PkCsvDialect *dialect)
{
  reader->dialect = *dialect;
}

guint64
pk_csv_reader_tell(const PkCsvReader *reader)
{
  return reader->in.read;
}

/* --- one record ----------------------------------------------------------- */

static PkCsvField *
add_field(PkCsvRecord *r)
{
  if (r->n_fields == r->capacity) {
    r->capacity = MAX(16, r->capacity * 2);
    r->fields = g_renew(PkCsvField, r->fields, r->capacity);
  }
  return &r->fields[r->n_fields++];
}

/* From after an opening quote to after the closing one. */
static Parse
parse_quoted(const PkCsvDialect *d, const char **at, const char *end, gboolean eof, PkCsvField *field)
{
  const char *p = *at;

  field->text = p;
  field->quoted = TRUE;
  for (;;) {
    if (d->escape == d->quote) {
      p = memchr(p, d->quote, (gsize)(end - p));
      if (p == NULL)
        p = end;
    } else {
      while (p < end && *p != d->quote && *p != d->escape)
        p++;
    }
    if (p == end || (p + 1 == end && !eof))
      return eof ? BAD : MORE;
    if (d->escape != d->quote && *p == d->escape) {
      if (p + 1 == end)
        return BAD;
    } else if (p + 1 == end || p[1] != d->quote || d->escape != d->quote) {
      field->length = (gsize)(p - field->text);
      *at = p + 1;
      return DONE;
    }
    field->escaped = TRUE;
    p += 2;
  }
}

static Parse
after_quote(const PkCsvDialect *d, const char **at, const char *end, gboolean eof, PkCsvRecord *r,
            gboolean *ended)
{
  const char *p = *at;

  while (p < end && *p == ' ' && d->delim != ' ') {
    p++;
    r->spaced_quote = TRUE;
  }
  if (p == end && !eof)
    return MORE;
  *ended = TRUE;
  if (p == end) {
    r->ends_file = TRUE;
  } else if (*p == d->delim) {
    *ended = FALSE;
    p++;
  } else if (*p == '\n') {
    p++;
  } else if (*p == '\r') {
    if (p + 1 == end && !eof)
      return MORE;
    if (p + 1 < end && p[1] != '\n')
      return BAD;
    r->crlf = TRUE;
    r->ends_file = p + 1 == end;
    p += p + 1 < end ? 2 : 1;
  } else {
    return BAD;
  }
  *at = p;
  return DONE;
}

static Parse
parse_plain(const PkCsvDialect *d, const char **at, const char *end, gboolean eof, PkCsvRecord *r,
            gboolean *ended)
{
  const char *start = *at, *p = start;
  char delim = (char)d->delim;
  PkCsvField *field;

  while (p < end && *p != delim && *p != '\n')
    p++;
  if (p == end && !eof)
    return MORE;
  *ended = p == end || *p != delim;
  r->ends_file = p == end;
  field = add_field(r);
  *field = (PkCsvField){ .text = start, .length = (gsize)(p - start) };
  if (*ended && field->length > 0 && p[-1] == '\r') {
    field->length--;
    r->crlf = TRUE;
  }
  *at = p < end ? p + 1 : p;
  return DONE;
}

static Parse
parse_fields(const PkCsvDialect *d, const char *p, const char *end, gboolean eof, PkCsvRecord *r,
             const char **next)
{
  gboolean ended = FALSE;

  r->n_fields = 0;
  r->fault = NULL;
  r->passed_over = r->comment = r->crlf = r->ends_file = r->spaced_quote = r->quoted_newline = r->odd_cr =
    FALSE;
  while (!ended) {
    const char *q = p;
    Parse parse;
    while (d->quote != 0 && q < end && *q == ' ' && d->delim != ' ')
      q++;
    if (q == end && !eof)
      return MORE;
    if (d->quote == 0 || q == end || *q != d->quote) {
      parse = parse_plain(d, &p, end, eof, r, &ended);
    } else {
      PkCsvField field = { 0 };
      r->spaced_quote |= q > p;
      p = q + 1;
      parse = parse_quoted(d, &p, end, eof, &field);
      if (parse == DONE) {
        r->quoted_newline |= memchr(field.text, '\n', field.length) != NULL;
        *add_field(r) = field;
        parse = after_quote(d, &p, end, eof, r, &ended);
      }
    }
    if (parse != DONE)
      return parse;
  }
  *next = p;
  return DONE;
}

static void
set_raw(PkCsvRecord *r, const char *start, const char *next)
{
  r->raw = start;
  r->raw_length = (gsize)(next - start);
  if (r->raw_length > 0 && start[r->raw_length - 1] == '\n')
    r->raw_length--;
  if (r->crlf && r->raw_length > 0 && start[r->raw_length - 1] == '\r')
    r->raw_length--;
}

static gboolean
is_blank(const PkCsvRecord *r)
{
  if (r->n_fields != 1 || r->fields[0].quoted)
    return FALSE;
  for (gsize i = 0; i < r->fields[0].length; i++)
    if (r->fields[0].text[i] != ' ')
      return FALSE;
  return TRUE;
}

/* Only the first line of a record whose quoting is broken is given up: the next
 * line is tried on its own. */
static void
give_up_line(PkCsvRecord *r, const char *start, const char *end, const char *fault, const char **next)
{
  const char *newline = memchr(start, '\n', (gsize)(end - start));

  r->n_fields = 0;
  r->fault = fault;
  r->quoted_newline = FALSE;
  r->ends_file = newline == NULL;
  *next = newline != NULL ? newline + 1 : end;
  r->crlf = newline != NULL && newline > start && newline[-1] == '\r';
}

static gboolean
take_comment(const PkCsvDialect *d, const char *start, const char *end, gboolean eof, PkCsvRecord *r,
             const char **next, Parse *parse)
{
  if (d->comment < 0 || start == end || *start != d->comment)
    return FALSE;
  if (memchr(start, '\n', (gsize)(end - start)) == NULL && !eof) {
    *parse = MORE;
    return TRUE;
  }
  give_up_line(r, start, end, NULL, next);
  r->passed_over = r->comment = TRUE;
  r->spaced_quote = r->odd_cr = FALSE;
  *parse = DONE;
  return TRUE;
}

static Parse
parse_record(const PkCsvDialect *d, const char *start, const char *end, gboolean eof, PkCsvRecord *r,
             const char **next)
{
  Parse parse;

  if (!take_comment(d, start, end, eof, r, next, &parse)) {
    parse = parse_fields(d, start, end, eof, r, next);
    if (parse == MORE)
      return MORE;
    if (parse == BAD)
      give_up_line(r, start, end,
                   "its quotes do not match: text follows a closing quote, or none closes it", next);
    else
      r->passed_over = is_blank(r);
  }
  if (parse != MORE)
    set_raw(r, start, *next);
  return parse == MORE ? MORE : DONE;
}

void
pk_csv_parse_record(const PkCsvDialect *dialect, const char *bytes, const char *end, PkCsvRecord *record,
                    const char **next)
{
  parse_record(dialect, bytes, end, TRUE, record, next);
}

const char *
pk_csv_field_text(const PkCsvField *field, const PkCsvDialect *dialect, GString *scratch, gsize *length)
{
  if (!field->escaped) {
    *length = field->length;
    return field->text;
  }
  g_string_truncate(scratch, 0);
  for (gsize i = 0; i < field->length; i++) {
    if (field->text[i] == dialect->escape && i + 1 < field->length)
      i++;
    g_string_append_c(scratch, field->text[i]);
  }
  *length = scratch->len;
  return scratch->str;
}

/* --- the stream ----------------------------------------------------------- */

static gboolean
fill(PkCsvReader *reader, GCancellable *cancellable, GError **error)
{
  PkTextInput *in = &reader->in;
  guint64 before = in->read;

  if (!pk_text_input_fill(in, cancellable, error))
    return FALSE;
  gsize n = (gsize)(in->read - before);
  const char *fresh = in->bytes + in->end - n;
  reader->has_nul |= memchr(fresh, '\0', n) != NULL;
  reader->has_cr |= memchr(fresh, '\r', n) != NULL;
  return TRUE;
}

gboolean
pk_csv_reader_peek(PkCsvReader *reader, const char **bytes, gsize *length, gboolean *whole,
                   GCancellable *cancellable, GError **error)
{
  PkTextInput *in = &reader->in;

  while (!in->eof && in->end - in->start < PK_CSV_SAMPLE)
    if (!fill(reader, cancellable, error))
      return FALSE;
  if (!pk_text_input_begin(in, 0, cancellable, error))
    return FALSE;
  *bytes = in->bytes + in->start;
  *length = in->end - in->start;
  *whole = in->eof;
  return TRUE;
}

/* Takes a line that is longer than any record may be, keeping its beginning. */
static gboolean
skip_long_line(PkCsvReader *reader, GCancellable *cancellable, GError **error)
{
  PkCsvRecord *r = &reader->record;
  char *newline;

  g_free(reader->long_raw);
  reader->long_raw = g_strndup(reader->in.bytes + reader->in.start, RAW_KEPT);
  while ((newline = memchr(reader->in.bytes + reader->in.start, '\n', reader->in.end - reader->in.start)) == NULL) {
    reader->in.start = reader->in.end;
    if (reader->in.eof)
      break;
    if (!fill(reader, cancellable, error))
      return FALSE;
  }
  if (newline != NULL)
    reader->in.start = (gsize)(newline + 1 - reader->in.bytes);
  r->n_fields = 0;
  r->fault = "the line is longer than 16 MiB";
  r->passed_over = r->comment = r->crlf = r->spaced_quote = r->quoted_newline = r->odd_cr = FALSE;
  r->ends_file = newline == NULL;
  r->raw = reader->long_raw;
  r->raw_length = strlen(reader->long_raw);
  r->line = reader->line++;
  return TRUE;
}

static void
accept(PkCsvReader *reader, const char *next)
{
  PkCsvRecord *r = &reader->record;
  const char *raw_end = r->raw + r->raw_length;

  r->line = reader->line++;
  if (r->quoted_newline)
    for (const char *p = r->raw; (p = memchr(p, '\n', (gsize)(raw_end - p))) != NULL; p++)
      reader->line++;
  r->odd_cr = reader->has_cr && memchr(r->raw, '\r', r->raw_length) != NULL;
  if (reader->has_nul && r->fault == NULL && !r->passed_over && memchr(r->raw, '\0', r->raw_length) != NULL)
    r->fault = "it holds a NUL byte";
  reader->in.start = (gsize)(next - reader->in.bytes);
}

gboolean
pk_csv_reader_next(PkCsvReader *reader, const PkCsvRecord **record, GCancellable *cancellable,
                   GError **error)
{
  const char *next, *bytes;
  gsize length;
  gboolean whole;

  *record = NULL;
  if (!reader->in.begun && !pk_csv_reader_peek(reader, &bytes, &length, &whole, cancellable, error))
    return FALSE;
  for (;;) {
    const char *start = reader->in.bytes + reader->in.start, *end = reader->in.bytes + reader->in.end;
    if (reader->in.eof && start == end)
      return TRUE;
    if (start < end &&
        parse_record(&reader->dialect, start, end, reader->in.eof, &reader->record, &next) == DONE) {
      if ((gsize)(next - start) > PK_CSV_RECORD_MAX) {
        if (memchr(start, '\n', PK_CSV_RECORD_MAX) == NULL) {
          *record = &reader->record;
          return skip_long_line(reader, cancellable, error);
        }
        give_up_line(&reader->record, start, end, "it is longer than 16 MiB", &next);
        set_raw(&reader->record, start, next);
      }
      accept(reader, next);
      *record = &reader->record;
      return TRUE;
    }
    if ((gsize)(end - start) > PK_CSV_RECORD_MAX) {
      *record = &reader->record;
      if (memchr(start, '\n', (gsize)(end - start)) == NULL)
        return skip_long_line(reader, cancellable, error);
      give_up_line(&reader->record, start, end, "a quote that opens in it is not closed within 16 MiB",
                   &next);
      set_raw(&reader->record, start, next);
      accept(reader, next);
      return TRUE;
    }
    if (!fill(reader, cancellable, error))
      return FALSE;
  }
}

gboolean
pk_csv_reader_skip_lines(PkCsvReader *reader, guint64 n, guint64 *skipped, GCancellable *cancellable,
                         GError **error)
{
  const char *bytes;
  gsize length;
  gboolean whole;

  *skipped = 0;
  if (!reader->in.begun && !pk_csv_reader_peek(reader, &bytes, &length, &whole, cancellable, error))
    return FALSE;
  while (*skipped < n) {
    char *start = reader->in.bytes + reader->in.start;
    char *newline = memchr(start, '\n', reader->in.end - reader->in.start);
    if (newline != NULL) {
      reader->in.start = (gsize)(newline + 1 - reader->in.bytes);
    } else if (reader->in.eof) {
      if (reader->in.start == reader->in.end)
        return TRUE;
      reader->in.start = reader->in.end;
    } else {
      reader->in.start = reader->in.end; /* a part of a line that goes on in what follows */
      if (!fill(reader, cancellable, error))
        return FALSE;
      continue;
    }
    reader->line++;
    (*skipped)++;
  }
  return TRUE;
}
