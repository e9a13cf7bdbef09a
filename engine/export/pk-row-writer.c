#include "pk-row-writer.h"

#include "pk-error.h"

#include <string.h>

#define FLUSH_BYTES (1 << 18)

typedef struct {
  const PkRowWriterOptions *options;
  GOutputStream *out;
  GCancellable *cancellable;
  GString *text;     /* not yet written */
  PkArrowSchema schema;
  gint64 n_rows;
  GPtrArray *cells;  /* TABLE: rows kept, row-major, of char * (NULL: SQL NULL) */
  guint n_columns;
} Writer;

static gboolean
flush(Writer *w, gsize above, GError **error)
{
  if (w->text->len <= above)
    return TRUE;
  g_autoptr(GError) local = NULL;
  if (!g_output_stream_write_all(w->out, w->text->str, w->text->len, NULL, w->cancellable, &local)) {
    if (g_error_matches(local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      return pk_fail(error, PK_ERROR_CANCELLED, "cancelled while writing rows");
    return pk_fail(error, PK_ERROR_IO, "cannot write rows: %s", local->message);
  }
  g_string_truncate(w->text, 0);
  return TRUE;
}

static const char *
column_name(const Writer *w, guint i)
{
  const char *name = w->schema.children[i]->name;
  return name ? name : "";
}

/* --- CSV --- */

static void
append_csv_field(GString *out, const char *text, gsize length)
{
  gboolean quote = length == 0;
  for (gsize i = 0; i < length && !quote; i++)
    quote = strchr(",\"\r\n", text[i]) && text[i];
  if (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))
    quote = TRUE;
  if (!quote) {
    g_string_append_len(out, text, (gssize)length);
    return;
  }
  g_string_append_c(out, '"');
  for (gsize i = 0; i < length; i++) {
    if (text[i] == '"')
      g_string_append_c(out, '"');
    g_string_append_c(out, text[i]);
  }
  g_string_append_c(out, '"');
}

static void
append_csv_row(Writer *w, const PkArrowView *batch, gint64 row, GString *scratch)
{
  for (guint c = 0; c < w->n_columns; c++) {
    const PkArrowView *v = &batch->children[c];
    if (c > 0)
      g_string_append_c(w->text, ',');
    if (pk_arrow_view_value_is_null(v, row))
      continue;
    g_string_truncate(scratch, 0);
    pk_arrow_format_value(v, row, scratch);
    append_csv_field(w->text, scratch->str, scratch->len);
  }
  g_string_append_c(w->text, '\n');
}

/* --- JSON --- */

static void
append_json_row(Writer *w, const PkArrowView *batch, gint64 row)
{
  g_string_append_c(w->text, '{');
  for (guint c = 0; c < w->n_columns; c++) {
    if (c > 0)
      g_string_append_c(w->text, ',');
    pk_row_writer_append_json_text(column_name(w, c), strlen(column_name(w, c)), w->text);
    g_string_append_c(w->text, ':');
    pk_row_writer_append_json(&batch->children[c], row, w->text);
  }
  g_string_append_c(w->text, '}');
}

/* --- Markdown --- */

static void
append_markdown_cell(GString *out, const char *text)
{
  for (; *text; text++) {
    if (*text == '|' || *text == '\\')
      g_string_append_c(out, '\\');
    if (*text == '\n')
      g_string_append(out, "<br>");
    else if (*text != '\r')
      g_string_append_c(out, *text);
  }
}

static gboolean
is_right_aligned(const Writer *w, guint c)
{
  PkType type;
  return pk_type_from_schema(w->schema.children[c], &type, NULL) && pk_type_is_numeric(type);
}

static void
append_markdown_head(Writer *w)
{
  for (guint c = 0; c < w->n_columns; c++) {
    g_string_append(w->text, "| ");
    append_markdown_cell(w->text, column_name(w, c));
    g_string_append_c(w->text, ' ');
  }
  g_string_append(w->text, "|\n");
  for (guint c = 0; c < w->n_columns; c++)
    g_string_append(w->text, is_right_aligned(w, c) ? "| ---: " : "| --- ");
  g_string_append(w->text, "|\n");
}

static void
append_markdown_row(Writer *w, const PkArrowView *batch, gint64 row, GString *scratch)
{
  for (guint c = 0; c < w->n_columns; c++) {
    g_string_truncate(scratch, 0);
    if (!pk_arrow_view_value_is_null(&batch->children[c], row))
      pk_arrow_format_value(&batch->children[c], row, scratch);
    g_string_append(w->text, "| ");
    append_markdown_cell(w->text, scratch->str);
    g_string_append_c(w->text, ' ');
  }
  g_string_append(w->text, "|\n");
}

/* --- table --- */

guint
pk_row_writer_text_columns(const char *text, gssize length)
{
  guint n = 0;
  const char *end = length < 0 ? text + strlen(text) : text + length;
  for (const char *c = text; c < end; c = g_utf8_next_char(c)) {
    gunichar u = g_utf8_get_char(c);
    n += g_unichar_iszerowidth(u) ? 0 : g_unichar_iswide(u) ? 2 : 1;
  }
  return n;
}

/* A cell in one line: control characters would break the table, or the terminal. */
static char *
cell_text(const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
  GString *out = g_string_new(NULL);
  for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
    gunichar u = g_utf8_get_char(c);
    if (u == '\n')
      g_string_append(out, "\\n");
    else if (u == '\t')
      g_string_append(out, "\\t");
    else if (g_unichar_iscntrl(u))
      g_string_append_printf(out, "\\x%02x", u);
    else
      g_string_append_unichar(out, u);
  }
  return g_string_free(out, FALSE);
}

static void
keep_table_row(Writer *w, const PkArrowView *batch, gint64 row, GString *scratch)
{
  if (w->options->max_rows > 0 && w->n_rows >= w->options->max_rows)
    return;
  for (guint c = 0; c < w->n_columns; c++) {
    const PkArrowView *v = &batch->children[c];
    if (pk_arrow_view_value_is_null(v, row)) {
      g_ptr_array_add(w->cells, NULL);
      continue;
    }
    g_string_truncate(scratch, 0);
    pk_arrow_format_value(v, row, scratch);
    g_ptr_array_add(w->cells, cell_text(scratch->str, scratch->len));
  }
}

static void
append_cell(GString *out, const char *text, guint width, gboolean right)
{
  guint columns = pk_row_writer_text_columns(text, -1);
  if (columns <= width) {
    g_string_append_printf(out, "%*s%s%*s", right ? (int)(width - columns) : 0, "", text,
                           right ? 0 : (int)(width - columns), "");
    return;
  }
  guint used = 0;
  const char *c = text;
  for (; *c; c = g_utf8_next_char(c)) {
    guint n = pk_row_writer_text_columns(c, g_utf8_next_char(c) - c);
    if (used + n + 1 > width)
      break;
    used += n;
  }
  g_string_append_len(out, text, c - text);
  g_string_append(out, "…");
  for (used++; used < width; used++)
    g_string_append_c(out, ' ');
}

/* Takes width from the widest columns until the table fits; no column falls below 4. */
static void
shrink(guint *widths, guint n, guint max_width)
{
  guint total = 0;
  for (guint i = 0; i < n; i++)
    total += widths[i] + 2;
  while (max_width > 0 && total > max_width) {
    guint widest = 0;
    for (guint i = 1; i < n; i++)
      if (widths[i] > widths[widest])
        widest = i;
    if (widths[widest] <= 4)
      return;
    widths[widest]--;
    total--;
  }
}

static void
append_table(Writer *w)
{
  guint n = w->n_columns, rows = n ? w->cells->len / n : 0;
  g_autofree guint *widths = g_new0(guint, n + 1);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (guint c = 0; c < n; c++) {
    g_ptr_array_add(names, cell_text(column_name(w, c), strlen(column_name(w, c))));
    widths[c] = MAX(pk_row_writer_text_columns(names->pdata[c], -1), 1);
    for (guint r = 0; r < rows; r++) {
      const char *cell = w->cells->pdata[r * n + c];
      widths[c] = MAX(widths[c], cell ? pk_row_writer_text_columns(cell, -1) : 4);
    }
  }
  shrink(widths, n, w->options->max_width);
  for (gint r = -2; r < (gint)rows; r++) {
    for (guint c = 0; c < n; c++) {
      gboolean right = is_right_aligned(w, c);
      if (c > 0)
        g_string_append(w->text, "  ");
      if (r == -1) {
        for (guint i = 0; i < widths[c]; i++)
          g_string_append(w->text, "─");
        continue;
      }
      const char *cell = r < 0 ? names->pdata[c] : w->cells->pdata[(guint)r * n + c];
      append_cell(w->text, cell ? cell : "NULL", widths[c], right);
    }
    while (w->text->len > 0 && w->text->str[w->text->len - 1] == ' ')
      g_string_truncate(w->text, w->text->len - 1);
    g_string_append_c(w->text, '\n');
  }
  if (w->n_rows > rows)
    g_string_append_printf(w->text, "… %" G_GINT64_FORMAT " rows more\n", w->n_rows - rows);
}

/* --- all --- */

static void
begin(Writer *w)
{
  if (w->options->format == PK_ROW_FORMAT_CSV) {
    for (guint c = 0; c < w->n_columns; c++) {
      if (c > 0)
        g_string_append_c(w->text, ',');
      append_csv_field(w->text, column_name(w, c), strlen(column_name(w, c)));
    }
    g_string_append_c(w->text, '\n');
  } else if (w->options->format == PK_ROW_FORMAT_JSON) {
    g_string_append_c(w->text, '[');
  } else if (w->options->format == PK_ROW_FORMAT_MARKDOWN) {
    append_markdown_head(w);
  }
}

static void
end(Writer *w)
{
  if (w->options->format == PK_ROW_FORMAT_JSON)
    g_string_append(w->text, w->n_rows ? "\n]\n" : "]\n");
  else if (w->options->format == PK_ROW_FORMAT_TABLE)
    append_table(w);
}

static gboolean
write_batch(Writer *w, const PkArrowView *batch, GString *scratch, GError **error)
{
  for (gint64 row = 0; row < batch->length; row++) {
    switch (w->options->format) {
    case PK_ROW_FORMAT_CSV:
      append_csv_row(w, batch, row, scratch);
      break;
    case PK_ROW_FORMAT_JSON:
      g_string_append(w->text, w->n_rows ? ",\n" : "\n");
      append_json_row(w, batch, row);
      break;
    case PK_ROW_FORMAT_NDJSON:
      append_json_row(w, batch, row);
      g_string_append_c(w->text, '\n');
      break;
    case PK_ROW_FORMAT_MARKDOWN:
      append_markdown_row(w, batch, row, scratch);
      break;
    case PK_ROW_FORMAT_TABLE:
      keep_table_row(w, batch, row, scratch);
      break;
    }
    w->n_rows++;
    if (!flush(w, FLUSH_BYTES, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_all(Writer *w, PkArrowStream *stream, GError **error)
{
  g_autoptr(GString) scratch = g_string_new(NULL);
  if (!pk_arrow_stream_schema(stream, &w->schema, error))
    return FALSE;
  w->n_columns = (guint)w->schema.n_children;
  begin(w);
  for (;;) {
    g_auto(PkArrowArray) array = { 0 };
    g_auto(PkArrowView) batch = { 0 };
    if (g_cancellable_is_cancelled(w->cancellable))
      return pk_fail(error, PK_ERROR_CANCELLED, "cancelled while writing rows");
    if (!pk_arrow_stream_next(stream, &array, error))
      return FALSE;
    if (!array.release)
      break;
    if (!pk_arrow_batch_init(&batch, &w->schema, &array, error) || !write_batch(w, &batch, scratch, error))
      return FALSE;
  }
  end(w);
  return flush(w, 0, error);
}

gboolean
pk_row_writer_write(PkArrowStream *stream, const PkRowWriterOptions *options, GOutputStream *out, gint64 *n_rows,
              GCancellable *cancellable, GError **error)
{
  Writer w = { .options = options, .out = out, .cancellable = cancellable, .text = g_string_new(NULL),
               .cells = g_ptr_array_new_with_free_func(g_free) };
  gboolean ok = write_all(&w, stream, error);
  if (n_rows)
    *n_rows = w.n_rows;
  pk_arrow_schema_clear(&w.schema);
  g_string_free(w.text, TRUE);
  g_ptr_array_unref(w.cells);
  return ok;
}
