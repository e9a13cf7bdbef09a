#include "pk-plot-data.h"

#include "pk-column-builder.h"
#include "pk-error.h"

#include <math.h>
#include <string.h>

static PkType
column_type(const PkTable *table, guint column)
{
  gboolean number = TRUE, date = TRUE, boolean = TRUE, any = FALSE;
  for (gint64 row = 0; row < table->n_rows; row++) {
    const PkValue *v = pk_table_at(table, column, row);
    if (v->kind == PK_VALUE_NULL)
      continue;
    any = TRUE;
    /* Digits beyond a double's stay exact as text. */
    number = number && v->kind == PK_VALUE_NUMBER && !v->text;
    date = date && v->kind == PK_VALUE_DATE;
    boolean = boolean && v->kind == PK_VALUE_BOOL;
  }
  if (any && boolean)
    return PK_TYPE_OF(PK_TYPE_BOOL);
  if (any && date)
    return (PkType){ .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_MS };
  return PK_TYPE_OF(any && number ? PK_TYPE_F64 : PK_TYPE_TEXT);
}

static gboolean
append_value(PkColumnBuilder *builder, PkType type, const PkValue *v, GError **error)
{
  if (v->kind == PK_VALUE_NULL)
    return pk_column_builder_append_null(builder, 1, error);
  if (type.kind == PK_TYPE_F64)
    return pk_column_builder_append_double(builder, v->number, error);
  if (type.kind == PK_TYPE_TIMESTAMP)
    return isfinite(v->number) ? pk_column_builder_append_int(builder, (__int128)llround(v->number), error)
                               : pk_column_builder_append_null(builder, 1, error);
  if (type.kind == PK_TYPE_BOOL)
    return pk_column_builder_append_int(builder, v->number != 0, error);
  g_autofree char *text = v->kind == PK_VALUE_NUMBER && v->text ? g_strdup(v->text) : pk_value_to_string(v);
  return pk_column_builder_append_text(builder, text, strlen(text), error);
}

PkFrame *
pk_plot_data_frame(const PkTable *table, GError **error)
{
  guint n = table->columns->len;
  g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func((GDestroyNotify)pk_column_free);
  for (guint c = 0; c < n; c++) {
    PkType type = column_type(table, c);
    const PkTableColumn *source = table->columns->pdata[c];
    g_autoptr(PkColumnBuilder) builder = pk_column_builder_new(source->name, type, 0);
    for (gint64 row = 0; row < table->n_rows; row++)
      if (!append_value(builder, type, pk_table_at(table, c, row), error))
        return NULL;
    PkColumn *column = pk_column_builder_finish(g_steal_pointer(&builder), error);
    if (!column)
      return NULL;
    g_ptr_array_add(columns, column);
  }
  g_ptr_array_set_free_func(columns, NULL);
  return pk_frame_new((PkColumn **)columns->pdata, n, error);
}
