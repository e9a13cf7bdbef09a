#include "pk-table.h"

#include "pk-calendar.h"
#include "pk-error.h"

#include <math.h>

/* Beyond this, doubles do not hold every integer. */
#define MAX_SAFE ((__int128)1 << 53)

static void
column_free(gpointer data)
{
  PkTableColumn *column = data;
  g_free(column->name);
  g_array_unref(column->values);
  g_free(column);
}

PkTable *
pk_table_new(void)
{
  PkTable *self = g_new0(PkTable, 1);
  self->arena = pk_arena_new();
  self->columns = g_ptr_array_new_with_free_func(column_free);
  return self;
}

void
pk_table_free(PkTable *self)
{
  if (!self)
    return;
  g_ptr_array_unref(self->columns);
  pk_arena_free(self->arena);
  g_free(self);
}

gint
pk_table_find(const PkTable *self, const char *name)
{
  for (guint i = 0; i < self->columns->len; i++)
    if (g_str_equal(((PkTableColumn *)self->columns->pdata[i])->name, name))
      return (gint)i;
  return -1;
}

static PkValue
copy_value(PkArena *arena, const PkValue *value)
{
  PkValue copy = *value;
  if (value->text)
    copy.text = pk_arena_text(arena, value->text, -1);
  if (value->items) {
    copy.items = pk_arena_array(arena);
    for (guint i = 0; i < value->items->len; i++)
      g_ptr_array_add(copy.items, pk_arena_value(arena, copy_value(arena, value->items->pdata[i])));
  }
  return copy;
}

PkTable *
pk_table_copy(const PkTable *self)
{
  PkTable *copy = pk_table_new();
  pk_table_set_length(copy, self->n_rows);
  for (guint c = 0; c < self->columns->len; c++) {
    guint column = pk_table_add_column(copy, ((PkTableColumn *)self->columns->pdata[c])->name);
    for (gint64 row = 0; row < self->n_rows; row++)
      *pk_table_at(copy, column, row) = copy_value(copy->arena, pk_table_at(self, c, row));
  }
  return copy;
}

void
pk_table_remove_column(PkTable *self, guint column)
{
  g_ptr_array_remove_index(self->columns, column);
}

void
pk_table_rename_column(PkTable *self, guint column, const char *name)
{
  PkTableColumn *renamed = self->columns->pdata[column];
  g_free(renamed->name);
  renamed->name = g_strdup(name);
}

/* Zeroed values are PK_VALUE_NULL. */
static GArray *
values_new(gint64 n_rows)
{
  GArray *values = g_array_sized_new(FALSE, TRUE, sizeof(PkValue), (guint)n_rows);
  return g_array_set_size(values, (guint)n_rows);
}

guint
pk_table_add_column(PkTable *self, const char *name)
{
  gint found = pk_table_find(self, name);
  if (found >= 0)
    return (guint)found;
  PkTableColumn *column = g_new0(PkTableColumn, 1);
  column->name = g_strdup(name);
  column->values = values_new(self->n_rows);
  g_ptr_array_add(self->columns, column);
  return self->columns->len - 1;
}

void
pk_table_set_length(PkTable *self, gint64 n_rows)
{
  for (guint i = 0; i < self->columns->len; i++)
    g_array_set_size(((PkTableColumn *)self->columns->pdata[i])->values, (guint)n_rows);
  self->n_rows = n_rows;
}

void
pk_table_reorder(PkTable *self, const gint64 *rows, gint64 n)
{
  for (guint i = 0; i < self->columns->len; i++) {
    PkTableColumn *column = self->columns->pdata[i];
    GArray *values = values_new(n);
    for (gint64 r = 0; r < n; r++)
      g_array_index(values, PkValue, r) = g_array_index(column->values, PkValue, rows[r]);
    g_array_unref(column->values);
    column->values = values;
  }
  self->n_rows = n;
}

void
pk_table_filter(PkTable *self, const gboolean *keep)
{
  gint64 n = 0;
  for (gint64 r = 0; r < self->n_rows; r++) {
    if (!keep[r])
      continue;
    if (r != n)
      for (guint i = 0; i < self->columns->len; i++)
        *pk_table_at(self, i, n) = *pk_table_at(self, i, r);
    n++;
  }
  pk_table_set_length(self, n);
}

static PkValue
text_of(PkTable *self, const PkColumn *column, gint64 row)
{
  g_autoptr(GString) text = g_string_new(NULL);
  if (!pk_column_append_text(column, row, text))
    return pk_value_null();
  return pk_value_text(pk_arena_text(self->arena, text->str, -1));
}

/* A number; with its digits where the double is only near. */
static PkValue
number_of(PkTable *self, const PkColumn *column, gint64 row)
{
  PkValue value = pk_value_number(pk_column_get_double(column, row));
  gboolean exact = TRUE;
  if (column->type.kind == PK_TYPE_DECIMAL) {
    exact = column->type.precision <= 15;
  } else if (pk_type_is_integer(column->type)) {
    __int128 whole = pk_column_get_int(column, row);
    exact = whole <= MAX_SAFE && whole >= -MAX_SAFE;
  }
  if (!exact)
    value.text = text_of(self, column, row).text;
  return value;
}

/* One rounding at most: a time in whole milliseconds stays whole. */
static double
ms_of(double time, PkTypeUnit unit)
{
  double per_second = (double)pk_type_unit_per_second(unit);
  return per_second >= 1000 ? time / (per_second / 1000) : time * (1000 / per_second);
}

static PkValue
cell_of(PkTable *self, const PkColumn *column, gint64 row)
{
  gsize length = 0;
  if (pk_column_is_null(column, row))
    return pk_value_null();
  switch (column->type.kind) {
  case PK_TYPE_NULL:
    return pk_value_null();
  case PK_TYPE_BOOL:
    return pk_value_bool(pk_column_get_int(column, row) != 0);
  case PK_TYPE_DATE:
    return pk_value_date(pk_column_get_double(column, row) * PK_MS_DAY);
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    return pk_value_date(ms_of(pk_column_get_double(column, row), column->type.unit));
  case PK_TYPE_TEXT: {
    const char *text = pk_column_get_text(column, row, &length);
    return pk_value_text(pk_arena_text(self->arena, text, (gssize)length));
  }
  default:
    return pk_type_is_numeric(column->type) ? number_of(self, column, row) : text_of(self, column, row);
  }
}

PkTable *
pk_table_from_frame(PkFrame *frame, gint64 max_rows, GError **error)
{
  if (frame->length > max_rows) {
    pk_fail(error, PK_ERROR_LIMIT,
            "%" G_GINT64_FORMAT " rows are more than the %" G_GINT64_FORMAT " that can be drawn one by one",
            frame->length, max_rows);
    return NULL;
  }
  g_autoptr(PkTable) self = pk_table_new();
  pk_table_set_length(self, frame->length);
  for (guint i = 0; i < frame->n_columns; i++) {
    const PkColumn *column = frame->columns[i];
    guint at = pk_table_add_column(self, column->name);
    for (gint64 row = 0; row < frame->length; row++)
      *pk_table_at(self, at, row) = cell_of(self, column, row);
  }
  return g_steal_pointer(&self);
}
