#include "pk-rows.h"

#include "pk-error.h"
#include "pk-value.h"

#include <math.h>
#include <string.h>

#define MAX_COLUMNS 10000

typedef enum { CELL_NULL, CELL_INT, CELL_DOUBLE, CELL_BOOL, CELL_TEXT } CellKind;

typedef struct {
  CellKind kind;
  union {
    gint64 i;
    double d;
    const char *text; /* in the rows' string chunk */
  } v;
} Cell;

typedef struct {
  char *name;
  GArray *cells; /* of Cell; rows beyond its length are NULL */
  guint kinds;   /* bit k set: a cell of kind k */
} Column;

struct PkRows {
  GPtrArray *columns; /* of Column * */
  GHashTable *by_name;
  GStringChunk *texts;
  gint64 length;
  gboolean delimited;
};

static void
column_free(gpointer data)
{
  Column *column = data;

  g_free(column->name);
  g_array_unref(column->cells);
  g_free(column);
}

PkRows *
pk_rows_new(void)
{
  PkRows *self = g_new0(PkRows, 1);

  self->columns = g_ptr_array_new_with_free_func(column_free);
  self->by_name = g_hash_table_new(g_str_hash, g_str_equal);
  self->texts = g_string_chunk_new(65536);
  return self;
}

void
pk_rows_free(PkRows *self)
{
  if (!self)
    return;
  g_hash_table_unref(self->by_name);
  g_ptr_array_unref(self->columns);
  g_string_chunk_free(self->texts);
  g_free(self);
}

gint64
pk_rows_get_length(const PkRows *self)
{
  return self->length;
}

static Column *
find_column(PkRows *self, const char *name)
{
  Column *column = g_hash_table_lookup(self->by_name, name);

  if (column)
    return column;
  column = g_new0(Column, 1);
  column->name = g_strdup(name);
  column->cells = g_array_new(FALSE, TRUE, sizeof(Cell));
  g_ptr_array_add(self->columns, column);
  g_hash_table_insert(self->by_name, column->name, column);
  return column;
}

static void
set_cell(PkRows *self, const char *name, gint64 row, Cell cell)
{
  Column *column = find_column(self, name);

  if ((gint64)column->cells->len <= row)
    g_array_set_size(column->cells, (guint)row + 1);
  g_array_index(column->cells, Cell, row) = cell;
  column->kinds |= 1u << cell.kind;
  self->length = MAX(self->length, row + 1);
}

void
pk_rows_add_number(PkRows *self, const char *column, gint64 row, double value)
{
  set_cell(self, column, row, isfinite(value) ? (Cell){ .kind = CELL_DOUBLE, .v.d = value } : (Cell){ .kind = CELL_NULL });
}

void
pk_rows_add_null(PkRows *self, const char *column)
{
  find_column(self, column);
}

void
pk_rows_add_bool(PkRows *self, const char *column, gint64 row, gboolean value)
{
  set_cell(self, column, row, (Cell){ .kind = CELL_BOOL, .v.i = value });
}

void
pk_rows_add_text(PkRows *self, const char *column, gint64 row, const char *text, gssize length)
{
  set_cell(self, column, row, (Cell){ .kind = CELL_TEXT, .v.text = g_string_chunk_insert_len(self->texts, text, length) });
}

/* --- JSON --- */

static void add_value(PkRows *self, const char *name, gint64 row, JsonNode *node);

static void
add_members(PkRows *self, const char *prefix, gint64 row, JsonObject *object)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;

  json_object_iter_init(&iter, object);
  while (json_object_iter_next(&iter, &member, &node)) {
    g_autofree char *name = prefix ? g_strdup_printf("%s.%s", prefix, member) : g_strdup(member);
    add_value(self, name, row, node);
  }
}

static Cell
cell_from_json(PkRows *self, JsonNode *node)
{
  GType type = json_node_get_value_type(node);

  if (type == G_TYPE_INT64)
    return (Cell){ .kind = CELL_INT, .v.i = json_node_get_int(node) };
  if (type == G_TYPE_DOUBLE)
    return (Cell){ .kind = CELL_DOUBLE, .v.d = json_node_get_double(node) };
  if (type == G_TYPE_BOOLEAN)
    return (Cell){ .kind = CELL_BOOL, .v.i = json_node_get_boolean(node) };
  return (Cell){ .kind = CELL_TEXT, .v.text = g_string_chunk_insert(self->texts, json_node_get_string(node)) };
}

static void
add_value(PkRows *self, const char *name, gint64 row, JsonNode *node)
{
  if (self->columns->len > MAX_COLUMNS)
    return;
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    add_members(self, name, row, json_node_get_object(node));
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
      g_autofree char *item = g_strdup_printf("%s.%u", name, i);
      add_value(self, item, row, json_array_get_element(array, i));
    }
  } else if (json_node_is_null(node)) {
    set_cell(self, name, row, (Cell){ .kind = CELL_NULL });
  } else {
    set_cell(self, name, row, cell_from_json(self, node));
  }
}

static void
add_row(PkRows *self, JsonNode *node)
{
  gint64 row = self->length;

  if (JSON_NODE_HOLDS_OBJECT(node))
    add_members(self, NULL, row, json_node_get_object(node));
  else
    add_value(self, "data", row, node);
  self->length = row + 1;
}

gboolean
pk_rows_add_json(PkRows *self, JsonNode *values, GError **error)
{
  if (JSON_NODE_HOLDS_ARRAY(values)) {
    JsonArray *array = json_node_get_array(values);
    for (guint i = 0; i < json_array_get_length(array); i++)
      add_row(self, json_array_get_element(array, i));
  } else {
    add_row(self, values);
  }
  if (self->columns->len > MAX_COLUMNS)
    return pk_fail(error, PK_ERROR_LIMIT, "the JSON rows have more than %d different members", MAX_COLUMNS);
  return TRUE;
}

/* --- delimited text --- */

/* One value from *p on; the text after it starts at *p. Ends at the delimiter, a line end or the text's end. */
static void
read_cell(const char **p, const char *end, char delimiter, GString *out)
{
  const char *s = *p;

  g_string_truncate(out, 0);
  if (s < end && *s == '"') {
    for (s++; s < end; s++) {
      if (*s == '"' && s + 1 < end && s[1] == '"')
        g_string_append_c(out, *s++);
      else if (*s == '"')
        break;
      else
        g_string_append_c(out, *s);
    }
    s += s < end;
  }
  while (s < end && *s != delimiter && *s != '\n' && *s != '\r')
    g_string_append_c(out, *s++);
  *p = s;
}

static gboolean
read_record(const char **p, const char *end, char delimiter, GPtrArray *record)
{
  g_autoptr(GString) cell = g_string_new(NULL);

  g_ptr_array_set_size(record, 0);
  if (*p >= end)
    return FALSE;
  for (;;) {
    read_cell(p, end, delimiter, cell);
    g_ptr_array_add(record, g_strndup(cell->str, cell->len));
    if (*p < end && **p == delimiter) {
      (*p)++;
      continue;
    }
    if (*p < end && **p == '\r')
      (*p)++;
    if (*p < end && **p == '\n')
      (*p)++;
    return TRUE;
  }
}

void
pk_rows_add_delimited(PkRows *self, const char *text, gsize length, char delimiter)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) record = g_ptr_array_new_with_free_func(g_free);
  const char *p = text, *end = text + length;

  self->delimited = TRUE;
  if (g_str_has_prefix(text, "\xef\xbb\xbf"))
    p += 3;
  if (!read_record(&p, end, delimiter, names))
    return;
  for (guint i = 0; i < names->len; i++)
    find_column(self, names->pdata[i]);
  while (read_record(&p, end, delimiter, record)) {
    gint64 row = self->length;
    for (guint i = 0; i < names->len && i < record->len; i++)
      pk_rows_add_text(self, names->pdata[i], row, record->pdata[i], -1);
    self->length = row + 1;
  }
}

/* --- Arrow --- */

typedef struct {
  PkArrowSchema schema;
  PkArrowArray array;
  gboolean done;
} RowStream;

static void
schema_release(PkArrowSchema *schema)
{
  for (gint64 i = 0; i < schema->n_children; i++) {
    pk_arrow_schema_clear(schema->children[i]);
    g_free(schema->children[i]);
  }
  g_free(schema->children);
  g_free((char *)schema->name);
  g_free((char *)schema->format);
  schema->release = NULL;
}

static void
array_release(PkArrowArray *array)
{
  for (gint64 i = 0; i < array->n_children; i++) {
    pk_arrow_array_clear(array->children[i]);
    g_free(array->children[i]);
  }
  for (gint64 i = 0; i < array->n_buffers; i++)
    g_free((gpointer)array->buffers[i]);
  g_free(array->buffers);
  g_free(array->children);
  array->release = NULL;
}

static void
init_schema(PkArrowSchema *schema, const char *format, const char *name, guint n_children)
{
  *schema = (PkArrowSchema){ .format = g_strdup(format), .name = g_strdup(name), .flags = ARROW_FLAG_NULLABLE,
                             .n_children = n_children, .release = schema_release };
  schema->children = n_children ? g_new0(PkArrowSchema *, n_children) : NULL;
}

static void
init_array(PkArrowArray *array, gint64 length, guint n_buffers, guint n_children)
{
  *array = (PkArrowArray){ .length = length, .n_buffers = n_buffers, .n_children = n_children, .release = array_release };
  array->buffers = g_new0(const void *, n_buffers);
  array->children = n_children ? g_new0(PkArrowArray *, n_children) : NULL;
}

static const Cell *
cell_at(const Column *column, gint64 row)
{
  static const Cell null_cell = { .kind = CELL_NULL };

  return row < (gint64)column->cells->len ? &g_array_index(column->cells, Cell, row) : &null_cell;
}

static guint8 *
make_validity(const Column *column, gint64 n, gint64 *null_count)
{
  guint8 *bits = g_malloc0((gsize)(n / 8 + 8));

  for (gint64 i = 0; i < n; i++)
    if (cell_at(column, i)->kind != CELL_NULL)
      bits[i >> 3] |= (guint8)(1 << (i & 7));
    else
      (*null_count)++;
  return bits;
}

static char *
cell_dup_text(const Cell *cell)
{
  switch (cell->kind) {
  case CELL_INT:
    return g_strdup_printf("%" G_GINT64_FORMAT, cell->v.i);
  case CELL_DOUBLE:
    return pk_number_to_js(cell->v.d);
  case CELL_BOOL:
    return g_strdup(cell->v.i ? "true" : "false");
  case CELL_TEXT:
    return g_strdup(cell->v.text);
  case CELL_NULL:
    break;
  }
  return NULL;
}

static void
export_texts(const Column *column, gint64 n, PkArrowArray *array)
{
  gint64 *offsets = g_new(gint64, n + 1);
  GString *data = g_string_new(NULL);

  for (gint64 i = 0; i < n; i++) {
    g_autofree char *text = cell_dup_text(cell_at(column, i));
    offsets[i] = (gint64)data->len;
    if (text)
      g_string_append(data, text);
  }
  offsets[n] = (gint64)data->len;
  array->buffers[1] = offsets;
  array->buffers[2] = g_string_free(data, FALSE);
}

static void
export_numbers(const Column *column, gint64 n, PkTypeKind kind, PkArrowArray *array)
{
  gint64 *ints = g_new0(gint64, n + 1);
  double *doubles = (double *)ints; /* both are 8 bytes */
  guint8 *bits = (guint8 *)ints;

  for (gint64 i = 0; i < n; i++) {
    const Cell *cell = cell_at(column, i);
    if (cell->kind == CELL_NULL)
      continue;
    if (kind == PK_TYPE_I64)
      ints[i] = cell->v.i;
    else if (kind == PK_TYPE_BOOL)
      bits[i >> 3] |= (guint8)((cell->v.i != 0) << (i & 7));
    else
      doubles[i] = cell->kind == CELL_INT ? (double)cell->v.i : cell->v.d;
  }
  array->buffers[1] = ints;
}

static PkTypeKind
column_type(const Column *column)
{
  guint kinds = column->kinds & ~(1u << CELL_NULL);

  if (kinds == 1u << CELL_INT)
    return PK_TYPE_I64;
  if (kinds == 1u << CELL_BOOL)
    return PK_TYPE_BOOL;
  if ((kinds & ~(1u << CELL_INT | 1u << CELL_DOUBLE)) == 0)
    return PK_TYPE_F64;
  return PK_TYPE_TEXT;
}

static void
export_column(const PkRows *self, const Column *column, const char *name, PkTypeKind kind, PkArrowSchema *schema,
              PkArrowArray *array)
{
  const char *format = kind == PK_TYPE_I64 ? "l" : kind == PK_TYPE_BOOL ? "b" : kind == PK_TYPE_F64 ? "g" : "U";

  init_schema(schema, format, name, 0);
  init_array(array, self->length, kind == PK_TYPE_TEXT ? 3 : 2, 0);
  array->buffers[0] = make_validity(column, self->length, &array->null_count);
  if (kind == PK_TYPE_TEXT)
    export_texts(column, self->length, array);
  else
    export_numbers(column, self->length, kind, array);
}

static int
stream_schema(PkArrowStream *stream, PkArrowSchema *out)
{
  RowStream *rows = stream->private_data;
  PkArrowSchema *from = &rows->schema;

  init_schema(out, from->format, from->name, (guint)from->n_children);
  out->flags = from->flags;
  for (gint64 i = 0; i < from->n_children; i++) {
    out->children[i] = g_new0(PkArrowSchema, 1);
    init_schema(out->children[i], from->children[i]->format, from->children[i]->name, 0);
  }
  return 0;
}

static int
stream_next(PkArrowStream *stream, PkArrowArray *out)
{
  RowStream *rows = stream->private_data;

  *out = (PkArrowArray){ 0 };
  if (!rows->done)
    pk_arrow_array_move(&rows->array, out);
  rows->done = TRUE;
  return 0;
}

static const char *
stream_error(PkArrowStream *stream)
{
  return NULL;
}

static void
stream_release(PkArrowStream *stream)
{
  RowStream *rows = stream->private_data;

  pk_arrow_schema_clear(&rows->schema);
  pk_arrow_array_clear(&rows->array);
  g_free(rows);
  stream->release = NULL;
}

/* A table must have a column: rows without any member get one of NULLs. */
static void
ensure_column(PkRows *self)
{
  if (self->columns->len == 0)
    find_column(self, "data");
}

void
pk_rows_export(PkRows *self, PkArrowStream *out, PkRel *rel)
{
  RowStream *rows = g_new0(RowStream, 1);
  guint n;

  ensure_column(self);
  n = self->columns->len;
  init_schema(&rows->schema, "+s", "", n);
  rows->schema.flags = 0;
  init_array(&rows->array, self->length, 1, n);
  for (guint i = 0; i < n; i++) {
    const Column *column = self->columns->pdata[i];
    PkTypeKind kind = column_type(column);
    g_autofree char *name = pk_rel_new_column(rel, column->name);
    PkRelField *field = pk_rel_declare(rel, column->name, name, PK_TYPE_OF(kind));

    field->nan_free = TRUE;
    field->csv_text = self->delimited;
    rows->schema.children[i] = g_new0(PkArrowSchema, 1);
    rows->array.children[i] = g_new0(PkArrowArray, 1);
    export_column(self, column, name, kind, rows->schema.children[i], rows->array.children[i]);
  }
  *out = (PkArrowStream){ .get_schema = stream_schema, .get_next = stream_next, .get_last_error = stream_error,
                          .release = stream_release, .private_data = rows };
}
