#include "pk-row-writer.h"

#include <math.h>
#include <string.h>

void
pk_row_writer_append_json_text(const char *text, gsize length, GString *out)
{
  g_autofree char *made_valid = NULL;
  if (!g_utf8_validate(text, (gssize)length, NULL)) {
    made_valid = g_utf8_make_valid(text, (gssize)length);
    text = made_valid;
    length = strlen(made_valid);
  }
  g_string_append_c(out, '"');
  for (gsize i = 0; i < length; i++) {
    guchar c = (guchar)text[i];
    switch (c) {
    case '"': g_string_append(out, "\\\""); break;
    case '\\': g_string_append(out, "\\\\"); break;
    case '\n': g_string_append(out, "\\n"); break;
    case '\r': g_string_append(out, "\\r"); break;
    case '\t': g_string_append(out, "\\t"); break;
    default:
      if (c < 0x20)
        g_string_append_printf(out, "\\u%04x", c);
      else
        g_string_append_c(out, (char)c);
    }
  }
  g_string_append_c(out, '"');
}

static void
append_formatted(const PkArrowView *view, gint64 row, gboolean quoted, GString *out)
{
  g_autoptr(GString) text = g_string_new(NULL);
  pk_arrow_format_value(view, row, text);
  if (quoted)
    pk_row_writer_append_json_text(text->str, text->len, out);
  else
    g_string_append_len(out, text->str, (gssize)text->len);
}

/* JSON has no number that is not finite. */
static void
append_float(const PkArrowView *view, gint64 row, GString *out)
{
  g_autoptr(GString) text = g_string_new(NULL);
  pk_arrow_format_value(view, row, text);
  double value = g_ascii_strtod(text->str, NULL);
  if (isnan(value))
    g_string_append(out, "\"NaN\"");
  else if (isinf(value))
    g_string_append(out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  else
    g_string_append_len(out, text->str, (gssize)text->len);
}

static void
append_struct(const PkArrowView *view, gint64 row, GString *out)
{
  g_string_append_c(out, '{');
  for (guint i = 0; i < view->n_children; i++) {
    const char *name = view->schema->children[i]->name;
    if (i > 0)
      g_string_append_c(out, ',');
    pk_row_writer_append_json_text(name ? name : "", name ? strlen(name) : 0, out);
    g_string_append_c(out, ':');
    pk_row_writer_append_json(&view->children[i], view->offset + row, out);
  }
  g_string_append_c(out, '}');
}

static void
append_list(const PkArrowView *view, gint64 row, GString *out)
{
  gint64 from, to;
  if (view->layout == PK_LAYOUT_LIST32) {
    from = view->offsets32[view->offset + row];
    to = view->offsets32[view->offset + row + 1];
  } else if (view->layout == PK_LAYOUT_LIST64) {
    from = view->offsets64[view->offset + row];
    to = view->offsets64[view->offset + row + 1];
  } else {
    from = (view->offset + row) * view->width;
    to = from + view->width;
  }
  g_string_append_c(out, '[');
  for (gint64 i = from; i < to; i++) {
    if (i > from)
      g_string_append_c(out, ',');
    pk_row_writer_append_json(&view->children[0], i, out);
  }
  g_string_append_c(out, ']');
}

void
pk_row_writer_append_json(const PkArrowView *view, gint64 row, GString *out)
{
  if (pk_arrow_view_value_is_null(view, row)) {
    g_string_append(out, "null");
    return;
  }
  switch (view->type.kind) {
  case PK_TYPE_BOOL:
  case PK_TYPE_DECIMAL:
    append_formatted(view, row, FALSE, out);
    return;
  case PK_TYPE_F32:
  case PK_TYPE_F64:
    append_float(view, row, out);
    return;
  case PK_TYPE_TEXT: {
    gsize length;
    const char *text = pk_arrow_view_bytes(view, row, &length);
    pk_row_writer_append_json_text(text, length, out);
    return;
  }
  case PK_TYPE_STRUCT:
    append_struct(view, row, out);
    return;
  case PK_TYPE_LIST:
  case PK_TYPE_MAP:
    append_list(view, row, out);
    return;
  default:
    append_formatted(view, row, !pk_type_is_integer(view->type), out);
  }
}
