#include "pk-stack.h"

#include <math.h>
#include <string.h>

/* --- groups of rows --- */

typedef struct {
  GArray *rows; /* of gint64 */
  double sum;
} Pile;

static void
pile_free(gpointer data)
{
  Pile *pile = data;

  g_array_unref(pile->rows);
  g_free(pile);
}

/* Equal for rows whose columns are equal. */
static char *
group_key(PkTable *table, const guint *columns, guint n, gint64 row)
{
  GString *key = g_string_new(NULL);

  for (guint i = 0; i < n; i++) {
    const PkValue *value = pk_table_at(table, columns[i], row);
    g_autofree char *text = value->kind == PK_VALUE_DATE ? pk_number_to_js(value->number) : pk_value_to_string(value);
    g_string_append_printf(key, "%s%s", i ? "\x1f" : "", text);
  }
  return g_string_free(key, FALSE);
}

/* Piles in order of first appearance. */
static GPtrArray *
group_rows(PkTable *table, const guint *columns, guint n)
{
  GPtrArray *piles = g_ptr_array_new_with_free_func(pile_free);
  g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (gint64 row = 0; row < table->n_rows; row++) {
    g_autofree char *key = group_key(table, columns, n, row);
    Pile *pile = g_hash_table_lookup(by_key, key);
    if (!pile) {
      pile = g_new0(Pile, 1);
      pile->rows = g_array_new(FALSE, FALSE, sizeof(gint64));
      g_ptr_array_add(piles, pile);
      g_hash_table_insert(by_key, g_steal_pointer(&key), pile);
    }
    g_array_append_val(pile->rows, row);
  }
  return piles;
}

/* --- stack --- */

typedef struct {
  PkTable *table;
  const PkStackSort *sort;
  guint n_sort;
} StackOrder;

static int
compare_rows(gconstpointer a, gconstpointer b, gpointer data)
{
  const StackOrder *order = data;
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  for (guint i = 0; i < order->n_sort; i++) {
    guint column = order->sort[i].column;
    int c = pk_value_compare(pk_table_at(order->table, column, x), pk_table_at(order->table, column, y));
    if (c != 0)
      return order->sort[i].descending ? -c : c;
  }
  return x < y ? -1 : x > y;
}

static void
pile_up(PkTable *table, const Pile *pile, guint field, guint start, guint end, PkStackKind kind, double highest)
{
  double up = kind == PK_STACK_CENTER ? (highest - pile->sum) / 2 : 0, down = 0, total = 0;

  for (guint i = 0; i < pile->rows->len; i++) {
    gint64 row = g_array_index(pile->rows, gint64, i);
    double v = pk_value_to_number(pk_table_at(table, field, row));
    double *last = kind == PK_STACK_ZERO && v < 0 ? &down : &up;

    *pk_table_at(table, start, row) = pk_value_number(*last);
    total += fabs(v);
    *last = kind == PK_STACK_ZERO ? *last + v : kind == PK_STACK_NORMALIZE ? total / pile->sum : *last + fabs(v);
    *pk_table_at(table, end, row) = pk_value_number(*last);
  }
}

void
pk_stack(PkTable *table, guint field, const guint *groupby, guint n_groupby, const PkStackSort *sort, guint n_sort,
         PkStackKind kind, const char *start, const char *end)
{
  guint start_column = pk_table_add_column(table, start), end_column = pk_table_add_column(table, end);
  g_autoptr(GPtrArray) piles = group_rows(table, groupby, n_groupby);
  StackOrder order = { table, sort, n_sort };
  double highest = 0;

  for (guint i = 0; i < piles->len; i++) {
    Pile *pile = piles->pdata[i];
    for (guint k = 0; k < pile->rows->len; k++)
      pile->sum += fabs(pk_value_to_number(pk_table_at(table, field, g_array_index(pile->rows, gint64, k))));
    highest = MAX(highest, pile->sum);
    g_array_sort_with_data(pile->rows, compare_rows, &order);
  }
  for (guint i = 0; i < piles->len; i++)
    pile_up(table, piles->pdata[i], field, start_column, end_column, kind, highest);
}

/* --- impute --- */

static guint
value_hash(gconstpointer value)
{
  return pk_value_hash(value);
}

static gboolean
value_equal(gconstpointer a, gconstpointer b)
{
  return pk_value_equal(a, b);
}

/* The keys: those asked for, then those of the rows in order of first appearance. */
static GArray *
key_domain(PkTable *table, const PkImpute *impute)
{
  GArray *domain = g_array_new(FALSE, FALSE, sizeof(PkValue));
  g_autoptr(GHashTable) seen = g_hash_table_new(value_hash, value_equal);
  g_autofree PkValue *keys = g_new(PkValue, impute->n_keyvals + table->n_rows + 1);
  gint64 n = impute->n_keyvals + table->n_rows;

  for (gint64 i = 0; i < n; i++) {
    keys[i] = i < impute->n_keyvals ? impute->keyvals[i] : *pk_table_at(table, impute->key, i - impute->n_keyvals);
    if (g_hash_table_add(seen, &keys[i]))
      g_array_append_val(domain, keys[i]);
  }
  return domain;
}

typedef struct {
  gint64 of; /* a row of the group */
  PkValue key;
} Missing;

static void
find_missing(PkTable *table, const PkImpute *impute, const Pile *pile, const GArray *domain, GArray *missing)
{
  g_autoptr(GHashTable) has = g_hash_table_new(value_hash, value_equal);

  for (guint i = 0; i < pile->rows->len; i++)
    g_hash_table_add(has, pk_table_at(table, impute->key, g_array_index(pile->rows, gint64, i)));
  for (guint i = 0; i < domain->len; i++) {
    Missing m = { g_array_index(pile->rows, gint64, 0), g_array_index(domain, PkValue, i) };
    if (!g_hash_table_contains(has, &m.key))
      g_array_append_val(missing, m);
  }
}

static void
add_missing(PkTable *table, const PkImpute *impute, const GArray *missing)
{
  gint64 row = table->n_rows;

  pk_table_set_length(table, table->n_rows + missing->len);
  for (guint i = 0; i < missing->len; i++, row++) {
    const Missing *m = &g_array_index(missing, Missing, i);
    for (guint k = 0; k < impute->n_groupby; k++)
      *pk_table_at(table, impute->groupby[k], row) = *pk_table_at(table, impute->groupby[k], m->of);
    *pk_table_at(table, impute->key, row) = m->key;
    *pk_table_at(table, impute->field, row) = impute->method == PK_IMPUTE_VALUE ? impute->value : pk_value_null();
  }
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static PkValue
summarize(const double *values, guint n, PkImputeMethod method)
{
  double sum = 0;

  if (n == 0)
    return pk_value_null();
  for (guint i = 0; i < n; i++)
    sum += values[i];
  switch (method) {
  case PK_IMPUTE_MIN:
    return pk_value_number(values[0]);
  case PK_IMPUTE_MAX:
    return pk_value_number(values[n - 1]);
  case PK_IMPUTE_MEDIAN:
    return pk_value_number(n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2);
  default:
    return pk_value_number(sum / n);
  }
}

/* NULLs of a group become what the method makes of the rows around them. */
static void
fill_pile(PkTable *table, const PkImpute *impute, const Pile *pile)
{
  gint64 n = pile->rows->len;
  g_autofree double *window = g_new(double, n + 1);
  g_autofree PkValue *filled = g_new(PkValue, n + 1);

  for (gint64 i = 0; i < n; i++) {
    gint64 from = impute->has_lo ? MAX(0, i + impute->lo) : 0, to = impute->has_hi ? MIN(n - 1, i + impute->hi) : n - 1;
    guint count = 0;
    for (gint64 k = from; k <= to; k++) {
      const PkValue *value = pk_table_at(table, impute->field, g_array_index(pile->rows, gint64, k));
      if (!pk_value_is_invalid(value))
        window[count++] = pk_value_to_number(value);
    }
    qsort(window, count, sizeof *window, compare_doubles);
    filled[i] = summarize(window, count, impute->method);
  }
  for (gint64 i = 0; i < n; i++) {
    PkValue *value = pk_table_at(table, impute->field, g_array_index(pile->rows, gint64, i));
    if (value->kind == PK_VALUE_NULL)
      *value = filled[i];
  }
}

void
pk_impute(PkTable *table, const PkImpute *impute)
{
  g_autoptr(GPtrArray) piles = group_rows(table, impute->groupby, impute->n_groupby);
  g_autoptr(GArray) domain = key_domain(table, impute), missing = g_array_new(FALSE, FALSE, sizeof(Missing));

  for (guint i = 0; i < piles->len; i++)
    find_missing(table, impute, piles->pdata[i], domain, missing);
  add_missing(table, impute, missing);
  if (impute->method == PK_IMPUTE_VALUE)
    return;
  g_autoptr(GPtrArray) filled = group_rows(table, impute->groupby, impute->n_groupby);
  for (guint i = 0; i < filled->len; i++)
    fill_pile(table, impute, filled->pdata[i]);
}
