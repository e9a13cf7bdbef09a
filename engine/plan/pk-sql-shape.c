/* A plan's result as the statement's: its columns, types, order and limit. */
#include "pk-plan-sql.h"

#include "pk-calendar.h"
#include "pk-column-builder.h"
#include "pk-error.h"

#include <math.h>
#include <string.h>

gboolean
pk_sql_match_holds(const PkSqlMatch *self, const PkFrame *frame)
{
  for (guint i = 0; i < self->n_assumptions; i++) {
    const PkSqlAssumption *assumption = &self->assumptions[i];
    const PkColumn *column = pk_frame_find(frame, assumption->column, NULL);
    if (!column)
      return FALSE;
    if (column->stats.has_range &&
        (column->stats.min_int < assumption->lo || column->stats.max_int > assumption->hi))
      return FALSE;
  }
  return TRUE;
}

/* --- order --- */

static gboolean
is_float(const PkColumn *column)
{
  return column->physical == PK_PHYS_F32 || column->physical == PK_PHYS_F64;
}

/* NaN is greatest. */
static int
compare_doubles(double a, double b)
{
  if (isnan(a) || isnan(b))
    return (isnan(a) != 0) - (isnan(b) != 0);
  return (a > b) - (a < b);
}

static int
compare_texts(const PkColumn *column, gint64 a, gint64 b)
{
  gsize length_a, length_b;
  const char *text_a = pk_column_get_text(column, a, &length_a);
  const char *text_b = pk_column_get_text(column, b, &length_b);
  int order = memcmp(text_a, text_b, MIN(length_a, length_b));

  return order != 0 ? order : (length_a > length_b) - (length_a < length_b);
}

static int
compare_values(const PkColumn *column, gint64 a, gint64 b)
{
  if (column->dictionary)
    return compare_texts(column, a, b);
  if (is_float(column))
    return compare_doubles(pk_column_get_double(column, a), pk_column_get_double(column, b));
  __int128 x = pk_column_get_int(column, a), y = pk_column_get_int(column, b);
  return (x > y) - (x < y);
}

typedef struct {
  const PkSqlMatch *match;
  const PkFrame *result;
} Order;

static int
compare_rows(gconstpointer pa, gconstpointer pb, gpointer data)
{
  const Order *order = data;
  gint64 a = *(const gint64 *)pa, b = *(const gint64 *)pb;

  for (guint i = 0; i < order->match->n_orders; i++) {
    const PkSqlOrder *by = &order->match->orders[i];
    const PkColumn *column = order->result->columns[order->match->outputs[by->output].column];
    gboolean null_a = pk_column_is_null(column, a), null_b = pk_column_is_null(column, b);
    int sign;
    if (null_a || null_b)
      sign = (null_a - null_b) * (by->nulls_first ? -1 : 1);
    else
      sign = compare_values(column, a, b) * (by->descending ? -1 : 1);
    if (sign != 0)
      return sign;
  }
  return (a > b) - (a < b);
}

/* The rows of the result that the statement gives, in its order. */
static GArray *
choose_rows(const PkSqlMatch *self, const PkFrame *result)
{
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(gint64));
  Order order = { self, result };

  for (gint64 i = 0; i < result->length; i++)
    g_array_append_val(rows, i);
  if (self->n_orders > 0)
    g_array_sort_with_data(rows, compare_rows, &order);
  g_array_remove_range(rows, 0, (guint)MIN(self->offset, (gint64)rows->len));
  if (self->limit >= 0 && self->limit < (gint64)rows->len)
    g_array_set_size(rows, (guint)self->limit);
  return rows;
}

/* --- values --- */

/* Units of a DATE or TIMESTAMP a day. */
static gint64
units_per_day(PkType type)
{
  return type.kind == PK_TYPE_DATE ? 1 : 86400 * pk_type_unit_per_second(type.unit);
}

static __int128
part_of(__int128 value, PkType type, PkTimePart part)
{
  gint64 per_day = units_per_day(type);
  PkCivil civil;

  pk_civil_from_ms((double)value / (double)per_day * PK_MS_DAY, &civil);
  switch (part) {
  case PK_TIME_YEAR:
    return civil.year;
  case PK_TIME_QUARTER:
    return civil.month / 3 + 1;
  case PK_TIME_MONTH:
    return civil.month + 1;
  case PK_TIME_DATE:
    return civil.day;
  case PK_TIME_DAY:
    return civil.weekday;
  case PK_TIME_DAYOFYEAR:
    return civil.yearday + 1;
  case PK_TIME_HOURS:
    return civil.hour;
  case PK_TIME_MINUTES:
    return civil.minute;
  default:
    return civil.second;
  }
}

static gboolean
fail_cast(const PkSqlOutput *output, GError **error)
{
  g_autofree char *type = pk_type_dup_name(output->type);

  return pk_fail(error, PK_ERROR_OVERFLOW, 
                 "a value of \"%s\" does not fit %s, to which the statement casts it", output->name, type);
}

static gboolean
fits(__int128 value, PkType type)
{
  gboolean is_unsigned = type.kind >= PK_TYPE_U8 && type.kind <= PK_TYPE_U64;
  guint bits = 8 * pk_type_width(type);

  if (!pk_type_is_integer(type) || bits == 128)
    return TRUE;
  if (is_unsigned)
    return value >= 0 && value < (__int128)1 << bits;
  return value >= -((__int128)1 << (bits - 1)) && value < (__int128)1 << (bits - 1);
}

static gboolean
append_number(PkColumnBuilder *builder, const PkSqlOutput *output, const PkColumn *column, gint64 row,
              GError **error)
{
  gboolean to_float = output->type.kind == PK_TYPE_F64 || output->type.kind == PK_TYPE_F32;
  __int128 value;

  if (to_float)
    return pk_column_builder_append_double(builder, pk_column_get_double(column, row), error);
  if (is_float(column)) {
    double number = pk_column_get_double(column, row);
    if (!(fabs(number) < 0x1p126))
      return fail_cast(output, error);
    value = (__int128)number;
  } else {
    value = pk_column_get_int(column, row);
  }
  if (output->part != 0)
    value = part_of(value, column->type, output->part);
  else if (pk_type_is_temporal(column->type) && pk_type_is_temporal(output->type)) {
    gint64 from = units_per_day(column->type), to = units_per_day(output->type);
    value = to >= from ? value * (to / from) : value / (from / to) - (value % (from / to) < 0);
  }
  return fits(value, output->type) ? pk_column_builder_append_int(builder, value, error)
    : fail_cast(output, error);
}

static gboolean
append_value(PkColumnBuilder *builder, const PkSqlOutput *output, const PkColumn *column, gint64 row,
             GError **error)
{
  gsize length;

  if (pk_column_is_null(column, row))
    return pk_column_builder_append_null(builder, 1, error);
  if (!column->dictionary)
    return append_number(builder, output, column, row, error);
  const char *text = pk_column_get_text(column, row, &length);
  return pk_column_builder_append_text(builder, text, length, error);
}

static PkColumn *
shape_column(const PkSqlOutput *output, const PkColumn *column, GArray *rows, GError **error)
{
  PkType type = output->type;

  type.dictionary = FALSE;
  g_autoptr(PkColumnBuilder) builder = pk_column_builder_new(output->name, type, 0);
  for (guint i = 0; i < rows->len; i++)
    if (!append_value(builder, output, column, g_array_index(rows, gint64, i), error))
      return NULL;
  return pk_column_builder_finish(g_steal_pointer(&builder), error);
}

PkFrame *
pk_sql_match_shape(const PkSqlMatch *self, PkFrame *result, GError **error)
{
  if (self->is_plain)
    return pk_frame_ref(result);

  g_autoptr(GArray) rows = choose_rows(self, result);
  g_autofree PkColumn **columns = g_new0(PkColumn *, MAX(self->n_outputs, 1));
  for (guint i = 0; i < self->n_outputs; i++) {
    columns[i] = shape_column(&self->outputs[i], result->columns[self->outputs[i].column], rows, error);
    if (columns[i])
      continue;
    for (guint done = 0; done < i; done++)
      pk_column_free(columns[done]);
    return NULL;
  }
  return pk_frame_new(columns, self->n_outputs, error);
}
