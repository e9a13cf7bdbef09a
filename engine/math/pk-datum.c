#include "pk-datum.h"

#include "pk-ecma.h"

#include <math.h>
#include <string.h>

gboolean
pk_datum_equal(const PkDatum *a, const PkDatum *b)
{
  if (a->type != b->type)
    return FALSE;
  switch (a->type) {
  case PK_DATUM_NULL: return TRUE;
  case PK_DATUM_STRING: return strcmp(a->string, b->string) == 0;
  default: return a->number == b->number || (isnan(a->number) && isnan(b->number));
  }
}

/* NaN stands after all other numbers, so that the order is total. */
static int
compare_numbers(double a, double b)
{
  if (isnan(a) || isnan(b))
    return isnan(a) - isnan(b);
  return a < b ? -1 : a > b;
}

static int
type_rank(PkDatumType type)
{
  return type == PK_DATUM_NULL ? 0 : type == PK_DATUM_STRING ? 2 : 1;
}

int
pk_datum_compare(const PkDatum *a, const PkDatum *b)
{
  int order = type_rank(a->type) - type_rank(b->type);

  if (order != 0 || a->type == PK_DATUM_NULL)
    return order;
  if (a->type == PK_DATUM_STRING)
    return pk_utf16_compare(a->string, b->string);
  order = compare_numbers(a->number, b->number);
  return order != 0 ? order : (int)a->type - (int)b->type;
}

char *
pk_datum_to_string(const PkDatum *datum)
{
  switch (datum->type) {
  case PK_DATUM_NULL: return g_strdup("null");
  case PK_DATUM_BOOL: return g_strdup(datum->number != 0 ? "true" : "false");
  case PK_DATUM_NUMBER: return pk_ecma_number_to_string(datum->number);
  default: return g_strdup(datum->string);
  }
}

struct PkDatumIndex {
  GPtrArray *data;   /* PkDatum, owned, at a fixed address each */
  GHashTable *places; /* PkDatum -> place + 1 */
};

static guint
datum_hash(gconstpointer key)
{
  const PkDatum *datum = key;
  double x = datum->number == 0 || isnan(datum->number) ? 0 : datum->number;

  if (datum->type == PK_DATUM_STRING)
    return g_str_hash(datum->string);
  return g_double_hash(&x) * 31 + datum->type;
}

static gboolean
datum_equal(gconstpointer a, gconstpointer b)
{
  return pk_datum_equal(a, b);
}

static void
datum_free(gpointer data)
{
  PkDatum *datum = data;

  if (datum->type == PK_DATUM_STRING)
    g_free((char *)datum->string);
  g_free(datum);
}

PkDatumIndex *
pk_datum_index_new(void)
{
  PkDatumIndex *index = g_new0(PkDatumIndex, 1);

  index->data = g_ptr_array_new_with_free_func(datum_free);
  index->places = g_hash_table_new(datum_hash, datum_equal);
  return index;
}

void
pk_datum_index_free(PkDatumIndex *index)
{
  if (!index)
    return;
  g_hash_table_unref(index->places);
  g_ptr_array_unref(index->data);
  g_free(index);
}

gsize
pk_datum_index_add(PkDatumIndex *index, const PkDatum *datum)
{
  gssize place = pk_datum_index_find(index, datum);
  PkDatum *copy;

  if (place >= 0)
    return (gsize)place;
  copy = g_new0(PkDatum, 1);
  copy->type = datum->type;
  if (datum->type == PK_DATUM_STRING)
    copy->string = g_strdup(datum->string);
  else if (datum->type != PK_DATUM_NULL)
    copy->number = datum->number;
  g_ptr_array_add(index->data, copy);
  g_hash_table_insert(index->places, copy, GUINT_TO_POINTER(index->data->len));
  return index->data->len - 1;
}

gssize
pk_datum_index_find(const PkDatumIndex *index, const PkDatum *datum)
{
  return (gssize)GPOINTER_TO_UINT(g_hash_table_lookup(index->places, datum)) - 1;
}

gsize
pk_datum_index_size(const PkDatumIndex *index)
{
  return index->data->len;
}

const PkDatum *
pk_datum_index_get(const PkDatumIndex *index, gsize i)
{
  return g_ptr_array_index(index->data, i);
}

static int
compare_ascending(gconstpointer a, gconstpointer b)
{
  return pk_datum_compare(*(const PkDatum *const *)a, *(const PkDatum *const *)b);
}

static int
compare_descending(gconstpointer a, gconstpointer b)
{
  return -compare_ascending(a, b);
}

void
pk_datum_index_sort(PkDatumIndex *index, gboolean descending)
{
  g_ptr_array_sort(index->data, descending ? compare_descending : compare_ascending);
  for (guint i = 0; i < index->data->len; i++)
    g_hash_table_insert(index->places, g_ptr_array_index(index->data, i), GUINT_TO_POINTER(i + 1));
}

PkDatumIndex *
pk_datum_index_copy(const PkDatumIndex *index)
{
  PkDatumIndex *copy = pk_datum_index_new();

  for (guint i = 0; i < index->data->len; i++)
    pk_datum_index_add(copy, g_ptr_array_index(index->data, i));
  return copy;
}
