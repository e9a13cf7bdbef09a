#include "pk-ref-value.h"

#include "pk-result.h"

#include <math.h>
#include <string.h>

PkRefValue
pk_ref_value_of(const PkColumn *column, gint64 row)
{
  PkRefValue value = { .kind = PK_REF_NULL };
  if (pk_column_is_null(column, row))
    return value;
  if (column->dictionary) {
    value.kind = PK_REF_TEXT;
    value.i = pk_column_get_int(column, row);
    value.text = pk_column_get_text(column, row, &value.length);
  } else if (column->physical == PK_PHYS_F32 || column->physical == PK_PHYS_F64) {
    value.kind = PK_REF_DOUBLE;
    value.d = pk_column_get_double(column, row);
  } else {
    value.kind = PK_REF_INT;
    value.i = pk_column_get_int(column, row);
  }
  return value;
}

int
pk_ref_compare_doubles(double a, double b)
{
  if (isnan(a) || isnan(b))
    return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

static int
compare_bytes(const char *a, gsize a_length, const char *b, gsize b_length)
{
  int order = memcmp(a, b, MIN(a_length, b_length));
  if (order != 0)
    return order < 0 ? -1 : 1;
  return a_length < b_length ? -1 : a_length > b_length ? 1 : 0;
}

int
pk_ref_value_compare(const PkRefValue *a, const PkRefValue *b)
{
  if (a->kind == PK_REF_NULL || b->kind == PK_REF_NULL)
    return (a->kind == PK_REF_NULL) - (b->kind == PK_REF_NULL);
  switch (a->kind) {
  case PK_REF_TEXT: return compare_bytes(a->text, a->length, b->text, b->length);
  case PK_REF_DOUBLE: return pk_ref_compare_doubles(a->d, b->d);
  default: return a->i < b->i ? -1 : a->i > b->i ? 1 : 0;
  }
}

guint
pk_ref_value_hash(const PkRefValue *value)
{
  switch (value->kind) {
  case PK_REF_NULL: return 1;
  case PK_REF_DOUBLE: {
    double d = isnan(value->d) ? 12345.0 : value->d == 0 ? 0.0 : value->d;
    return g_double_hash(&d);
  }
  default: {
    gint64 low = (gint64)value->i, high = (gint64)(value->i >> 64);
    return g_int64_hash(&low) * 31 + g_int64_hash(&high);
  }
  }
}

double
pk_ref_value_double(const PkRefValue *value, PkType type)
{
  return value->kind == PK_REF_DOUBLE ? value->d : pk_type_int_to_double(type, value->i);
}

/* The order of a value and a constant. */
static int
compare_scalar(const PkRefValue *value, PkType type, const PkScalar *scalar)
{
  if (value->kind == PK_REF_TEXT)
    return compare_bytes(value->text, value->length, scalar->text, strlen(scalar->text));
  if (scalar->kind == PK_SCALAR_DOUBLE)
    return pk_ref_compare_doubles(pk_ref_value_double(value, type), scalar->d);
  if (value->kind == PK_REF_DOUBLE)
    return pk_ref_compare_doubles(value->d, (double)scalar->i);
  return value->i < scalar->i ? -1 : value->i > scalar->i ? 1 : 0;
}

gboolean
pk_ref_predicate_holds(const PkPredicate *predicate, const PkColumn *column, gint64 row)
{
  PkRefValue value = pk_ref_value_of(column, row);
  gboolean is_null = value.kind == PK_REF_NULL;
  gboolean found = FALSE;
  int order;

  switch (predicate->kind) {
  case PK_PRED_NULL:
    return is_null;
  case PK_PRED_NOT_NULL:
    return !is_null;
  case PK_PRED_RANGE:
    if (is_null)
      return FALSE;
    if (predicate->has_lo) {
      order = compare_scalar(&value, column->type, &predicate->lo);
      if (order < 0 || (order == 0 && predicate->lo_exclusive))
        return FALSE;
    }
    if (predicate->has_hi) {
      order = compare_scalar(&value, column->type, &predicate->hi);
      if (order > 0 || (order == 0 && predicate->hi_exclusive))
        return FALSE;
    }
    return TRUE;
  case PK_PRED_IN:
    if (is_null)
      return FALSE;
    for (guint i = 0; i < predicate->n_values; i++)
      if (compare_scalar(&value, column->type, &predicate->values[i]) == 0)
        found = TRUE;
    return found != predicate->negated;
  }
  return FALSE;
}

static gboolean
bin_of(const PkKey *key, double x, gint64 *bin)
{
  double v = 1e-14 + (x - key->start) / key->step;
  double end = key->start + key->step * key->count;
  if (isnan(x) || !(v >= 0) || !(x <= end))
    return FALSE;
  double index = floor(v);
  *bin = index >= key->count ? (gint64)key->count - 1 : (gint64)index;
  return TRUE;
}

static gboolean
edge_of(const PkKey *key, double x, gint64 *bin)
{
  for (guint i = 0; i < key->count; i++) {
    gboolean last = i + 1 == key->count;
    if (x >= key->edges[i] && (x < key->edges[i + 1] || (last && x == key->edges[i + 1]))) {
      *bin = i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
pk_ref_key_of(const PkKey *key, const PkColumn *column, gint64 row, PkRefValue *value)
{
  *value = pk_ref_value_of(column, row);
  gboolean is_null = value->kind == PK_REF_NULL;
  double x = is_null ? NAN : pk_ref_value_double(value, column->type);
  gint64 result = 0;
  gboolean inside;

  switch (key->kind) {
  case PK_KEY_VALUE:
    return TRUE;
  case PK_KEY_FLOOR:
    if (!is_null) {
      value->kind = PK_REF_DOUBLE;
      value->d = floor((x - key->start) / key->step) * key->scale + key->offset;
    }
    return TRUE;
  case PK_KEY_TIME:
    if (!is_null && pk_time_bucket(column->type, key, value->i, &result))
      value->i = result;
    else
      value->kind = PK_REF_NULL;
    return TRUE;
  case PK_KEY_BINS:
  case PK_KEY_EDGES:
    inside = !is_null && (key->kind == PK_KEY_BINS ? bin_of(key, x, &result) : edge_of(key, x, &result));
    *value = (PkRefValue){ .kind = PK_REF_INT, .i = result };
    return inside;
  }
  return FALSE;
}
