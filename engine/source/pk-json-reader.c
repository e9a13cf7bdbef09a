#include "pk-json-reader.h"
#include "pk-error.h"
#include "pk-json-value.h"
#include "pk-text-input.h"

#include <string.h>

/* Bytes that are looked at to find out the layout. */
#define SAMPLE ((gsize)1 << 20)

/* How far the search for a value's end has come. */
typedef struct {
  gsize at;            /* offset from its start */
  GByteArray *closers; /* of the brackets that are open */
  gboolean in_string, escaped;
} Extent;

typedef enum { ENDS, GOES_ON, BROKEN } Found;

struct _PkJsonReader {
  PkTextInput in;
  PkJsonLayout layout;
  gboolean lines_wanted, begun, odd;
  gboolean ended;   /* ELEMENTS: the array was closed */
  guint64 line;
  guint64 records;
  Extent extent;
  PkJsonRecord record;
};

const char *
pk_json_layout_name(PkJsonLayout layout)
{
  static const char *const names[] = { "newline_delimited", "array", "unstructured" };
  return names[layout];
}

PkJsonReader *
pk_json_reader_new(GInputStream *stream, const char *shown, gboolean lines)
{
  PkJsonReader *reader = g_new0(PkJsonReader, 1);

  pk_text_input_init(&reader->in, stream, shown);
  reader->extent.closers = g_byte_array_new();
  reader->lines_wanted = lines;
  reader->line = 1;
  return reader;
}

void
pk_json_reader_free(PkJsonReader *reader)
{
  if (reader == NULL)
    return;
  pk_text_input_clear(&reader->in);
  g_byte_array_unref(reader->extent.closers);
  g_free(reader);
}

PkJsonLayout
pk_json_reader_get_layout(const PkJsonReader *reader)
{
  return reader->layout;
}

gboolean
pk_json_reader_is_odd(const PkJsonReader *reader)
{
  return reader->odd || reader->in.marked;
}

guint64
pk_json_reader_tell(const PkJsonReader *reader)
{
  return reader->in.read;
}

static gboolean
is_space(char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* --- where a value ends ------------------------------------------------------ */

static void
extent_reset(Extent *e)
{
  e->at = 0;
  e->in_string = e->escaped = FALSE;
  g_byte_array_set_size(e->closers, 0);
}

static void
pass_string_byte(Extent *e, char c)
{
  if (e->escaped)
    e->escaped = FALSE;
  else if (c == '\\')
    e->escaped = TRUE;
  else if (c == '"')
    e->in_string = FALSE;
}

/* Looks on in bytes[0..n), which begin with a value. A value that is no object, array or text ends before
 * white space, a comma or a bracket. ENDS leaves its length in e->at, BROKEN the place of the bracket. */
static Found
find_end(Extent *e, const char *bytes, gsize n, gboolean eof)
{
  for (; e->at < n; e->at++) {
    char c = bytes[e->at];
    guint depth = e->closers->len;
    if (e->in_string) {
      pass_string_byte(e, c);
      if (!e->in_string && depth == 0) {
        e->at++;
        return ENDS;
      }
    } else if (c == '"') {
      if (depth == 0 && e->at > 0)
        return ENDS;
      e->in_string = TRUE;
    } else if (c == '{' || c == '[') {
      if (depth == 0 && e->at > 0)
        return ENDS;
      guint8 closer = c == '{' ? '}' : ']';
      g_byte_array_append(e->closers, &closer, 1);
    } else if (depth == 0 && e->at > 0 && (is_space(c) || c == ',' || c == '}' || c == ']')) {
      return ENDS;
    } else if (c == '}' || c == ']') {
      if (depth == 0 || e->closers->data[depth - 1] != (guint8)c)
        return BROKEN;
      g_byte_array_set_size(e->closers, depth - 1);
      if (depth == 1) {
        e->at++;
        return ENDS;
      }
    }
  }
  return !eof ? GOES_ON : e->closers->len > 0 || e->in_string ? BROKEN : ENDS;
}

/* --- the layout -------------------------------------------------------------- */

static gboolean
is_value(const char *bytes, const char *end)
{
  PkJsonScratch scratch = { 0 };
  g_autofree char *reason = NULL;
  PkJsonKind kind;
  gboolean ok = pk_json_value_check(bytes, (gsize)(end - bytes), &scratch, NULL, NULL, &kind, &reason);

  pk_json_scratch_clear(&scratch);
  return ok;
}

static const char *
after_space(const char *bytes, const char *end)
{
  while (bytes < end && is_space(*bytes))
    bytes++;
  return bytes;
}

/* Do the bytes begin with a value that goes over several lines? */
static gboolean
spans_lines(Extent *e, const char *bytes, const char *end, gboolean eof)
{
  extent_reset(e);
  return bytes < end && find_end(e, bytes, (gsize)(end - bytes), eof) == ENDS &&
         memchr(bytes, '\n', e->at) != NULL && is_value(bytes, bytes + e->at);
}

/* In a file that does not say what it is, the first line is no value by itself. */
static PkJsonLayout
layout_of_value(Extent *e, const char *p, const char *line_end, const char *end, gboolean eof, PkJsonLayout several)
{
  extent_reset(e);
  if (find_end(e, p, (gsize)(end - p), eof) != ENDS || p + e->at >= line_end)
    return several;
  /* What follows a value on its line is another one, or a fault in the line. */
  const char *after = after_space(p + e->at, line_end);
  return after < line_end && (*after == '{' || *after == '[') ? several : PK_JSON_LINES;
}

static PkJsonLayout
find_layout(PkJsonReader *reader)
{
  PkTextInput *in = &reader->in;
  Extent *e = &reader->extent;
  const char *end = in->bytes + in->end, *p = after_space(in->bytes + in->start, end);

  if (p == end)
    return PK_JSON_LINES;
  const char *newline = memchr(p, '\n', (gsize)(end - p)), *line_end = newline != NULL ? newline : end;
  const char *second = after_space(line_end, end);
  PkJsonLayout several = *p == '[' ? PK_JSON_ELEMENTS : PK_JSON_VALUES;
  if ((newline != NULL || in->eof) && is_value(p, line_end)) {
    if (*p == '[' && in->eof && second == end)
      return PK_JSON_ELEMENTS;
    return !reader->lines_wanted && spans_lines(e, second, end, in->eof) ? PK_JSON_VALUES : PK_JSON_LINES;
  }
  if (reader->lines_wanted)
    return spans_lines(e, p, end, in->eof) ? several : PK_JSON_LINES;
  return layout_of_value(e, p, line_end, end, in->eof, several);
}

gboolean
pk_json_reader_begin(PkJsonReader *reader, GCancellable *cancellable, GError **error)
{
  PkTextInput *in = &reader->in;

  if (reader->begun)
    return TRUE;
  if (!pk_text_input_begin(in, SAMPLE, cancellable, error))
    return FALSE;
  reader->begun = TRUE;
  reader->layout = find_layout(reader);
  if (reader->layout == PK_JSON_ELEMENTS) {
    while (in->bytes[in->start] != '[')
      reader->line += in->bytes[in->start++] == '\n';
    in->start++;
  }
  return TRUE;
}

/* --- records ------------------------------------------------------------------ */

/* Takes n bytes, counting their lines. */
static void
pass(PkJsonReader *reader, gsize n)
{
  const char *p = reader->in.bytes + reader->in.start, *end = p + n;

  while ((p = memchr(p, '\n', (gsize)(end - p))) != NULL) {
    reader->line++;
    p++;
  }
  reader->in.start += n;
}

/* Takes white space; *byte is the one after it, or -1 at the end of the file. */
static gboolean
pass_space(PkJsonReader *reader, int *byte, GCancellable *cancellable, GError **error)
{
  PkTextInput *in = &reader->in;

  for (;;) {
    gsize n = 0;
    while (in->start + n < in->end && is_space(in->bytes[in->start + n]))
      n++;
    pass(reader, n);
    *byte = in->start < in->end ? (guchar)in->bytes[in->start] : -1;
    if (*byte >= 0 || in->eof)
      return TRUE;
    if (!pk_text_input_fill(in, cancellable, error))
      return FALSE;
  }
}

static gboolean
fail_at(PkJsonReader *reader, const char *what, GError **error)
{
  return pk_fail(error, PK_ERROR_INVALID, "%s: line %" G_GUINT64_FORMAT ": %s", reader->in.shown, reader->line, what);
}

static gboolean
check_length(PkJsonReader *reader, gsize length, GError **error)
{
  return length <= PK_JSON_RECORD_MAX ||
         pk_fail(error, PK_ERROR_LIMIT, "%s: line %" G_GUINT64_FORMAT ": the record that begins there is longer than "
                 "%" G_GSIZE_FORMAT " MiB", reader->in.shown, reader->line, PK_JSON_RECORD_MAX >> 20);
}

static void
give(PkJsonReader *reader, gsize length)
{
  const char *text = reader->in.bytes + reader->in.start;

  reader->record = (PkJsonRecord){ reader->line, text, length };
  while (reader->record.length > 0 && is_space(text[reader->record.length - 1]))
    reader->record.length--;
  reader->records++;
}

/* The end of the line that the window begins with, its newline taken too. */
static gboolean
next_line(PkJsonReader *reader, const PkJsonRecord **record, GCancellable *cancellable, GError **error)
{
  PkTextInput *in = &reader->in;
  gsize searched = 0;
  int byte;

  if (!pass_space(reader, &byte, cancellable, error))
    return FALSE;
  if (byte < 0)
    return TRUE;
  for (;;) {
    const char *text = in->bytes + in->start;
    gsize n = in->end - in->start;
    const char *newline = memchr(text + searched, '\n', n - searched);
    gsize length = newline != NULL ? (gsize)(newline - text) : n;
    if (!check_length(reader, length, error))
      return FALSE;
    if (newline != NULL || in->eof) {
      give(reader, length);
      pass(reader, length);
      *record = &reader->record;
      return TRUE;
    }
    searched = n;
    if (!pk_text_input_fill(in, cancellable, error))
      return FALSE;
  }
}

/* The value that the window begins with. */
static gboolean
take_value(PkJsonReader *reader, const PkJsonRecord **record, GCancellable *cancellable, GError **error)
{
  PkTextInput *in = &reader->in;
  Extent *e = &reader->extent;

  extent_reset(e);
  for (;;) {
    Found found = find_end(e, in->bytes + in->start, in->end - in->start, in->eof);
    if (found == BROKEN) {
      guint64 begun = reader->line;
      pass(reader, e->at);
      g_autofree char *what =
        in->start == in->end ? g_strdup_printf("the file ends within the record that begins in line %" G_GUINT64_FORMAT, begun)
                             : g_strdup_printf("\"%c\" closes nothing that is open", in->bytes[in->start]);
      return fail_at(reader, what, error);
    }
    if (!check_length(reader, e->at, error))
      return FALSE;
    if (found == ENDS) {
      give(reader, e->at);
      pass(reader, e->at);
      *record = &reader->record;
      return TRUE;
    }
    if (!pk_text_input_fill(in, cancellable, error))
      return FALSE;
  }
}

/* After the array's end there is white space only. */
static gboolean
end_array(PkJsonReader *reader, GCancellable *cancellable, GError **error)
{
  int byte;

  reader->in.start++;
  reader->ended = TRUE;
  if (!pass_space(reader, &byte, cancellable, error))
    return FALSE;
  return byte < 0 || fail_at(reader, "more text follows the array that the file is", error);
}

static gboolean
next_element(PkJsonReader *reader, const PkJsonRecord **record, GCancellable *cancellable, GError **error)
{
  int byte;

  if (reader->ended)
    return TRUE;
  if (!pass_space(reader, &byte, cancellable, error))
    return FALSE;
  if (byte == ',' && reader->records > 0) {
    reader->in.start++;
    if (!pass_space(reader, &byte, cancellable, error))
      return FALSE;
    reader->odd |= byte == ']';
  } else if (reader->records > 0 && byte >= 0 && byte != ']') {
    return fail_at(reader, "\",\" or \"]\" was expected after an element of the array", error);
  }
  if (byte == ']')
    return end_array(reader, cancellable, error);
  if (byte < 0)
    return fail_at(reader, "the file ends before the array that it is", error);
  if (byte == ',') { /* nothing between two commas is a record that says nothing */
    give(reader, 0);
    *record = &reader->record;
    return TRUE;
  }
  return take_value(reader, record, cancellable, error);
}

gboolean
pk_json_reader_next(PkJsonReader *reader, const PkJsonRecord **record, GCancellable *cancellable, GError **error)
{
  int byte;

  *record = NULL;
  if (!pk_json_reader_begin(reader, cancellable, error))
    return FALSE;
  if (reader->layout == PK_JSON_LINES)
    return next_line(reader, record, cancellable, error);
  if (reader->layout == PK_JSON_ELEMENTS)
    return next_element(reader, record, cancellable, error);
  if (!pass_space(reader, &byte, cancellable, error))
    return FALSE;
  if (byte < 0)
    return TRUE;
  return take_value(reader, record, cancellable, error);
}
