/* The checks at the border: everything that reads an Arrow array goes through
 * pk_arrow_view_init, and nothing after it checks again. */
#include "pk-arrow-view.h"
#include "pk-error.h"

#include <string.h>

/* Deeper nesting than this is refused rather than recursed into. */
#define MAX_DEPTH 64
#define MAX_CHILDREN 100000

/* What a recursive step is given: the part of the array that its parent shows. */
typedef struct {
  gint64 offset; /* added to the array's own */
  gint64 length; /* -1: all of the array */
  guint depth;
} Window;

static gboolean init_view(PkArrowView *view, const PkArrowSchema *schema, const PkArrowArray *array,
                          Window window, GError **error);

static gboolean G_GNUC_PRINTF(3, 4)
invalid(const PkArrowView *view, GError **error, const char *format, ...)
{
  const char *name = view->schema->name != NULL ? view->schema->name : "";
  va_list args;

  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  return pk_fail(error, PK_ERROR_INVALID, "Arrow array of column \"%s\": %s", name, what);
}

/* --- layout: from the format string ------------------------------------- */

static guint
format_width(const char *f)
{
  switch (f[0]) {
  case 'c': case 'C': return 1;
  case 's': case 'S': return 2;
  case 'i': case 'I': case 'f': return 4;
  case 'l': case 'L': case 'g': return 8;
  case 'w': return (guint)g_ascii_strtoull(f + 2, NULL, 10);
  case 'd': return g_str_has_suffix(f, ",32") && strchr(f, ',') != strrchr(f, ',') ? 4
                 : g_str_has_suffix(f, ",64") && strchr(f, ',') != strrchr(f, ',') ? 8 : 16;
  case 't':
    if (f[1] == 'd' || (f[1] == 't' && (f[2] == 's' || f[2] == 'm')))
      return 4;
    return f[1] == 'i' ? 16 : 8;
  default: return 0;
  }
}

static gboolean
choose_layout(PkArrowView *view, GError **error)
{
  const char *f = view->schema->format;

  if (view->schema->dictionary != NULL) {
    view->layout = PK_LAYOUT_DICTIONARY;
    view->width = format_width(f);
    view->code_signed = g_ascii_islower(f[0]);
  } else if (f[0] == 'n') {
    view->layout = PK_LAYOUT_NULL;
  } else if (f[0] == 'b') {
    view->layout = PK_LAYOUT_BITS;
  } else if (f[0] == 'u' || f[0] == 'z') {
    view->layout = PK_LAYOUT_OFFSETS32;
  } else if (f[0] == 'U' || f[0] == 'Z') {
    view->layout = PK_LAYOUT_OFFSETS64;
  } else if (f[0] == 'v') {
    view->layout = PK_LAYOUT_VIEWS;
  } else if (f[0] != '+') {
    view->layout = PK_LAYOUT_FIXED;
    view->width = format_width(f);
  } else if (f[1] == 'l' || f[1] == 'm') {
    view->layout = PK_LAYOUT_LIST32;
  } else if (f[1] == 'L') {
    view->layout = PK_LAYOUT_LIST64;
  } else if (f[1] == 'w') {
    guint64 rows;
    if (!g_ascii_string_to_unsigned(f + 3, 10, 0, G_MAXINT32, &rows, NULL))
      return invalid(view, error, "the type \"%s\" is malformed", f);
    view->layout = PK_LAYOUT_LIST_FIXED;
    view->width = (guint)rows;
  } else if (f[1] == 's') {
    view->layout = PK_LAYOUT_STRUCT;
  } else {
    view->layout = f[2] == 's' ? PK_LAYOUT_UNION_SPARSE : PK_LAYOUT_UNION_DENSE;
  }
  return TRUE;
}

/* --- lengths, counts, buffers ------------------------------------------- */

static gboolean
check_counts(PkArrowView *view, Window window, GError **error)
{
  const PkArrowArray *a = view->array;

  if (a->length < 0 || a->offset < 0 || a->offset > G_MAXINT64 - a->length)
    return invalid(view, error, "length %" G_GINT64_FORMAT " and offset %" G_GINT64_FORMAT,
                   (gint64)a->length, (gint64)a->offset);
  if (a->null_count < -1 || a->null_count > a->length)
    return invalid(view, error, "%" G_GINT64_FORMAT " NULLs in %" G_GINT64_FORMAT " rows",
                   (gint64)a->null_count, (gint64)a->length);
  if (window.length < 0)
    window.length = a->length;
  if (window.offset > a->length || window.length > a->length - window.offset)
    return invalid(view, error, "%" G_GINT64_FORMAT " rows where its parent needs %" G_GINT64_FORMAT,
                   (gint64)a->length, window.offset + window.length);
  view->offset = a->offset + window.offset;
  view->length = window.length;
  if (a->n_children < 0 || a->n_children != view->schema->n_children || a->n_children > MAX_CHILDREN)
    return invalid(view, error, "%" G_GINT64_FORMAT " children where its type has %" G_GINT64_FORMAT,
                   (gint64)a->n_children, (gint64)view->schema->n_children);
  if (a->n_children > 0 && (a->children == NULL || view->schema->children == NULL))
    return invalid(view, error, "its children are missing");
  for (gint64 i = 0; i < a->n_children; i++)
    if (a->children[i] == NULL || view->schema->children[i] == NULL)
      return invalid(view, error, "child %" G_GINT64_FORMAT " is missing", i);
  return TRUE;
}

static gboolean
check_n_buffers(PkArrowView *view, GError **error)
{
  gint64 n = view->array->n_buffers, want;

  switch (view->layout) {
  case PK_LAYOUT_NULL:
    want = n == 1 ? 1 : 0; /* DuckDB keeps a validity buffer for it */
    break;
  case PK_LAYOUT_OFFSETS32:
  case PK_LAYOUT_OFFSETS64:
    want = 3;
    break;
  case PK_LAYOUT_VIEWS:
    want = CLAMP(n, 3, G_MAXINT32);
    break;
  case PK_LAYOUT_STRUCT:
  case PK_LAYOUT_LIST_FIXED:
  case PK_LAYOUT_UNION_SPARSE:
    want = 1;
    break;
  default:
    want = 2;
  }
  if (n != want)
    return invalid(view, error, "%" G_GINT64_FORMAT " buffers where its type has %" G_GINT64_FORMAT, n,
                   want);
  if (n > 0 && view->array->buffers == NULL)
    return invalid(view, error, "its buffers are missing");
  return TRUE;
}

static gint64
count_nulls(const guint8 *bits, gint64 offset, gint64 length)
{
  gint64 valid = 0, i = offset, end = offset + length;

  for (; i < end && (i & 7) != 0; i++)
    valid += (bits[i >> 3] >> (i & 7)) & 1;
  for (; i + 64 <= end; i += 64) {
    guint64 word;
    memcpy(&word, bits + (i >> 3), 8);
    valid += __builtin_popcountll(word);
  }
  for (; i < end; i++)
    valid += (bits[i >> 3] >> (i & 7)) & 1;
  return length - valid;
}

static gboolean
check_validity(PkArrowView *view, GError **error)
{
  const PkArrowArray *a = view->array;

  if (view->layout == PK_LAYOUT_NULL) {
    view->null_count = view->length;
    return TRUE;
  }
  if (view->layout == PK_LAYOUT_UNION_SPARSE || view->layout == PK_LAYOUT_UNION_DENSE)
    return TRUE; /* unions have no validity of their own */
  view->validity = a->buffers[0];
  if (view->validity == NULL) {
    if (a->null_count > 0)
      return invalid(view, error, "%" G_GINT64_FORMAT " NULLs but no validity buffer",
                     (gint64)a->null_count);
    return TRUE;
  }
  view->null_count = view->length > 0 ? count_nulls(view->validity, view->offset, view->length) : 0;
  gboolean whole = view->length == a->length;
  if (a->null_count >= 0 && (whole ? view->null_count != a->null_count : view->null_count > a->null_count))
    return invalid(view, error, "%" G_GINT64_FORMAT " NULLs stated, %" G_GINT64_FORMAT " found",
                   (gint64)a->null_count, view->null_count);
  if (view->null_count == 0)
    view->validity = NULL;
  return TRUE;
}

/* Offsets never fall and start at 0 or above; *last is the highest. */
static gboolean
check_offsets(PkArrowView *view, gboolean wide, gint64 *last, GError **error)
{
  const void *offsets = view->array->buffers[1];
  gint64 at = 0;

  *last = 0;
  if (offsets == NULL)
    return view->length == 0 || invalid(view, error, "its offsets are missing");
  if (wide)
    view->offsets64 = offsets;
  else
    view->offsets32 = offsets;
  if (view->length == 0)
    return TRUE;
  if (((gsize)offsets & (wide ? 7 : 3)) != 0)
    return invalid(view, error, "its offsets are not aligned");
  for (gint64 i = view->offset; i <= view->offset + view->length; i++) {
    gint64 next = wide ? view->offsets64[i] : view->offsets32[i];
    if (next < at)
      return invalid(view, error,
                     "offset %" G_GINT64_FORMAT " at row %" G_GINT64_FORMAT " after %" G_GINT64_FORMAT,
                     next, i - view->offset, at);
    at = next;
  }
  *last = at;
  return TRUE;
}

static gboolean
check_bytes(PkArrowView *view, GError **error)
{
  gint64 last;

  if (!check_offsets(view, view->layout == PK_LAYOUT_OFFSETS64, &last, error))
    return FALSE;
  view->data = view->array->buffers[2];
  if (view->data == NULL && last > 0)
    return invalid(view, error, "its bytes are missing");
  return TRUE;
}

/* A string view is {int32 length, 12 bytes inline} or {int32 length, 4 bytes
 * prefix, int32 buffer, int32 offset}; the last buffer holds the sizes. */
static gboolean
check_string_views(PkArrowView *view, GError **error)
{
  gint64 n = view->array->n_buffers - 3;
  const gint64 *sizes = view->array->buffers[view->array->n_buffers - 1];

  view->data = view->array->buffers[1];
  view->width = 16;
  view->view_buffers = view->array->buffers + 2;
  view->n_view_buffers = (guint)n;
  if (view->length > 0 && view->data == NULL)
    return invalid(view, error, "its views are missing");
  if (n > 0 && sizes == NULL)
    return invalid(view, error, "the sizes of its buffers are missing");
  for (gint64 i = 0; i < view->length; i++) {
    gint32 v[4];
    gint64 size;
    if (pk_arrow_view_is_null(view, i))
      continue;
    memcpy(v, (const guint8 *)view->data + (gsize)(view->offset + i) * 16, 16);
    if (v[0] >= 0 && v[0] <= 12)
      continue;
    if (v[0] < 0 || v[2] < 0 || v[2] >= n || v[3] < 0)
      return invalid(view, error, "a bad string view at row %" G_GINT64_FORMAT, i);
    memcpy(&size, sizes + v[2], sizeof size);
    if ((gint64)v[3] + v[0] > size || view->view_buffers[v[2]] == NULL)
      return invalid(view, error, "the text of row %" G_GINT64_FORMAT " lies outside its buffer", i);
  }
  return TRUE;
}

static gint64
read_code(const guint8 *at, guint width, gboolean is_signed)
{
  switch (width) {
  case 1: return is_signed ? (gint64)(gint8)*at : (gint64)*at;
  case 2: { guint16 v; memcpy(&v, at, 2); return is_signed ? (gint64)(gint16)v : (gint64)v; }
  case 4: { guint32 v; memcpy(&v, at, 4); return is_signed ? (gint64)(gint32)v : (gint64)v; }
  default: { gint64 v; memcpy(&v, at, 8); return v; }
  }
}

static gboolean
check_dictionary(PkArrowView *view, guint depth, GError **error)
{
  if (view->array->dictionary == NULL)
    return invalid(view, error, "its dictionary is missing");
  view->dictionary = g_new0(PkArrowView, 1);
  if (!init_view(view->dictionary, view->schema->dictionary, view->array->dictionary,
                 (Window){ 0, -1, depth + 1 }, error))
    return FALSE;
  if (view->dictionary->length > G_MAXUINT32)
    return invalid(view, error, "a dictionary of more than 2^32 values");
  for (gint64 i = 0; i < view->length; i++) {
    if (pk_arrow_view_is_null(view, i))
      continue;
    gint64 code = read_code((const guint8 *)view->data + (gsize)(view->offset + i) * view->width,
                            view->width, view->code_signed);
    if (code < 0 || code >= view->dictionary->length)
      return invalid(view, error, "code %" G_GINT64_FORMAT " at row %" G_GINT64_FORMAT
                     " in a dictionary of %" G_GINT64_FORMAT, code, i, view->dictionary->length);
  }
  return TRUE;
}

static gboolean
check_fixed(PkArrowView *view, guint depth, GError **error)
{
  view->data = view->array->buffers[1];
  if (view->data == NULL && view->length > 0 && view->width > 0)
    return invalid(view, error, "its values are missing");
  if (view->layout != PK_LAYOUT_DICTIONARY && view->width > 0 &&
      view->offset + view->length > G_MAXINT64 / (gint64)view->width)
    return invalid(view, error, "too many rows");
  return view->layout != PK_LAYOUT_DICTIONARY || check_dictionary(view, depth, error);
}

/* --- nested -------------------------------------------------------------- */

static gboolean
init_children(PkArrowView *view, Window window, GError **error)
{
  view->children = g_new0(PkArrowView, MAX(view->array->n_children, 1));
  for (gint64 i = 0; i < view->array->n_children; i++) {
    view->n_children = (guint)i + 1;
    if (!init_view(&view->children[i], view->schema->children[i], view->array->children[i], window, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_list(PkArrowView *view, guint depth, GError **error)
{
  gint64 last = 0;

  if (view->array->n_children != 1)
    return invalid(view, error, "a list of %" G_GINT64_FORMAT " children", (gint64)view->array->n_children);
  if (view->layout == PK_LAYOUT_LIST_FIXED) {
    if (view->width > 0 && view->offset + view->length > G_MAXINT64 / (gint64)view->width)
      return invalid(view, error, "too many rows");
    return init_children(
      view, (Window){ view->offset * view->width, view->length * view->width, depth + 1 }, error);
  }
  if (!check_offsets(view, view->layout == PK_LAYOUT_LIST64, &last, error) ||
      !init_children(view, (Window){ 0, -1, depth + 1 }, error))
    return FALSE;
  if (last > view->children[0].length)
    return invalid(view, error, "its lists end at %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " rows", last,
                   view->children[0].length);
  if (view->type.kind == PK_TYPE_MAP &&
      (view->children[0].layout != PK_LAYOUT_STRUCT || view->children[0].n_children != 2))
    return invalid(view, error, "a map that is no list of key and value");
  return TRUE;
}

static gboolean
parse_union_ids(PkArrowView *view, GError **error)
{
  g_auto(GStrv) ids = g_strsplit(view->schema->format + 4, ",", -1);

  view->union_children = g_malloc(128);
  memset(view->union_children, -1, 128);
  if (g_strv_length(ids) != view->n_children)
    return invalid(view, error, "the union \"%s\" with %u children", view->schema->format, view->n_children);
  for (guint i = 0; i < view->n_children; i++) {
    guint64 id;
    if (i > 127 || !g_ascii_string_to_unsigned(ids[i], 10, 0, 127, &id, NULL))
      return invalid(view, error, "the union \"%s\" is malformed", view->schema->format);
    view->union_children[id] = (gint8)i;
  }
  return TRUE;
}

static gboolean
check_union(PkArrowView *view, guint depth, GError **error)
{
  gboolean dense = view->layout == PK_LAYOUT_UNION_DENSE;
  Window window = { dense ? 0 : view->offset, dense ? -1 : view->length, depth + 1 };
  const gint8 *ids = view->array->buffers[0];

  if (!init_children(view, window, error) || !parse_union_ids(view, error))
    return FALSE;
  view->data = ids;
  view->offsets32 = dense ? view->array->buffers[1] : NULL;
  if (view->length > 0 && (ids == NULL || (dense && view->offsets32 == NULL)))
    return invalid(view, error, "its type ids or offsets are missing");
  for (gint64 i = 0; i < view->length; i++) {
    gint8 id = ids[view->offset + i];
    if (id < 0 || view->union_children[id] < 0)
      return invalid(view, error, "type id %d at row %" G_GINT64_FORMAT, id, i);
    gint32 at = 0;
    if (dense)
      memcpy(&at, view->offsets32 + view->offset + i, sizeof at);
    if (dense && (at < 0 || at >= view->children[view->union_children[id]].length))
      return invalid(view, error, "offset %d at row %" G_GINT64_FORMAT, at, i);
  }
  return TRUE;
}

static gboolean
init_view(PkArrowView *view, const PkArrowSchema *schema, const PkArrowArray *array, Window window,
          GError **error)
{
  memset(view, 0, sizeof *view);
  view->schema = schema;
  view->array = array;
  if (window.depth > MAX_DEPTH)
    return invalid(view, error, "nested more than %d deep", MAX_DEPTH);
  if (schema->release == NULL || array->release == NULL)
    return invalid(view, error, "it was already released");
  if (!pk_type_from_schema(schema, &view->type, error) || !choose_layout(view, error) ||
      !check_counts(view, window, error) || !check_n_buffers(view, error) || !check_validity(view, error))
    return FALSE;
  switch (view->layout) {
  case PK_LAYOUT_NULL:
    return TRUE;
  case PK_LAYOUT_BITS:
  case PK_LAYOUT_FIXED:
  case PK_LAYOUT_DICTIONARY:
    return check_fixed(view, window.depth, error) &&
           (view->layout != PK_LAYOUT_BITS || view->length == 0 || view->data != NULL ||
            invalid(view, error, "its values are missing"));
  case PK_LAYOUT_OFFSETS32:
  case PK_LAYOUT_OFFSETS64:
    return check_bytes(view, error);
  case PK_LAYOUT_VIEWS:
    return check_string_views(view, error);
  case PK_LAYOUT_LIST32:
  case PK_LAYOUT_LIST64:
  case PK_LAYOUT_LIST_FIXED:
    return check_list(view, window.depth, error);
  case PK_LAYOUT_STRUCT:
    return init_children(view, (Window){ view->offset, view->length, window.depth + 1 }, error);
  default:
    return check_union(view, window.depth, error);
  }
}

gboolean
pk_arrow_view_init(PkArrowView *view, const PkArrowSchema *schema, const PkArrowArray *array, GError **error)
{
  return init_view(view, schema, array, (Window){ 0, -1, 0 }, error);
}

gboolean
pk_arrow_batch_init(PkArrowView *view, const PkArrowSchema *schema, const PkArrowArray *array,
                    GError **error)
{
  memset(view, 0, sizeof *view);
  if (schema->format == NULL || strcmp(schema->format, "+s") != 0)
    return pk_fail(error, PK_ERROR_INVALID, "a record batch whose Arrow type is \"%s\" instead of a struct",
                   schema->format != NULL ? schema->format : "");
  if (!pk_arrow_view_init(view, schema, array, error))
    return FALSE;
  if (view->null_count > 0)
    return invalid(view, error, "a record batch with NULL rows");
  return TRUE;
}

void
pk_arrow_view_clear(PkArrowView *view)
{
  if (view->dictionary != NULL)
    pk_arrow_view_clear(view->dictionary);
  g_clear_pointer(&view->dictionary, g_free);
  for (guint i = 0; i < view->n_children; i++)
    pk_arrow_view_clear(&view->children[i]);
  g_clear_pointer(&view->children, g_free);
  g_clear_pointer(&view->union_children, g_free);
  view->n_children = 0;
}

/* --- reading ------------------------------------------------------------- */

static gint64
code_at(const PkArrowView *view, gint64 row)
{
  return read_code((const guint8 *)view->data + (gsize)(view->offset + row) * view->width, view->width,
                   view->code_signed);
}

const char *
pk_arrow_view_bytes(const PkArrowView *view, gint64 row, gsize *length)
{
  gint64 i = view->offset + row;
  const char *data = view->data;

  switch (view->layout) {
  case PK_LAYOUT_OFFSETS32:
    *length = (gsize)(view->offsets32[i + 1] - view->offsets32[i]);
    return *length > 0 ? data + view->offsets32[i] : "";
  case PK_LAYOUT_OFFSETS64:
    *length = (gsize)(view->offsets64[i + 1] - view->offsets64[i]);
    return *length > 0 ? data + view->offsets64[i] : "";
  case PK_LAYOUT_VIEWS: {
    gint32 v[4];
    memcpy(v, data + (gsize)i * 16, 16);
    *length = (gsize)v[0];
    return v[0] <= 12 ? data + (gsize)i * 16 + 4 : (const char *)view->view_buffers[v[2]] + v[3];
  }
  case PK_LAYOUT_FIXED:
    *length = view->width;
    return view->width > 0 ? data + (gsize)i * view->width : "";
  case PK_LAYOUT_DICTIONARY:
    return pk_arrow_view_bytes(view->dictionary, code_at(view, row), length);
  default:
    *length = 0;
    return "";
  }
}

void
pk_arrow_view_bools(const PkArrowView *view, gint64 row, gint64 n, guint8 *out)
{
  const guint8 *data = view->data;

  for (gint64 k = 0; k < n; k++) {
    gint64 i = view->offset + row + k;
    out[k] = view->layout == PK_LAYOUT_BITS ? (data[i >> 3] >> (i & 7)) & 1 : data[i] != 0;
  }
}

void
pk_arrow_view_codes(const PkArrowView *view, gint64 row, gint64 n, guint32 *out)
{
  for (gint64 k = 0; k < n; k++)
    out[k] = pk_arrow_view_is_null(view, row + k) ? 0 : (guint32)code_at(view, row + k);
}

gboolean
pk_arrow_view_value_is_null(const PkArrowView *view, gint64 row)
{
  if (view->layout == PK_LAYOUT_UNION_SPARSE || view->layout == PK_LAYOUT_UNION_DENSE) {
    gint64 i = view->offset + row;
    const PkArrowView *child = &view->children[view->union_children[((const gint8 *)view->data)[i]]];
    return pk_arrow_view_value_is_null(child,
                                       view->layout == PK_LAYOUT_UNION_DENSE ? view->offsets32[i] : row);
  }
  if (pk_arrow_view_is_null(view, row))
    return TRUE;
  return view->layout == PK_LAYOUT_DICTIONARY &&
         pk_arrow_view_value_is_null(view->dictionary, code_at(view, row));
}
