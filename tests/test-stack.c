/* Stacking and imputing, on tables small enough to do in one's head. */
#include "pk-stack.h"

#include <string.h>

/* Columns "g" (text), "k" (number), "v" (number; -1000 is NULL). */
static PkTable *
make(guint n, const char *const *g, const double *k, const double *v)
{
  PkTable *table = pk_table_new();

  pk_table_add_column(table, "g");
  pk_table_add_column(table, "k");
  pk_table_add_column(table, "v");
  pk_table_set_length(table, n);
  for (guint i = 0; i < n; i++) {
    *pk_table_at(table, 0, i) = pk_value_text(pk_arena_text(table->arena, g[i], -1));
    *pk_table_at(table, 1, i) = pk_value_number(k[i]);
    *pk_table_at(table, 2, i) = v[i] == -1000 ? pk_value_null() : pk_value_number(v[i]);
  }
  return table;
}

static void
assert_column(PkTable *table, const char *name, guint n, const double *expected)
{
  gint column = pk_table_find(table, name);

  g_assert_cmpint(column, >=, 0);
  g_assert_cmpint(table->n_rows, ==, n);
  for (guint i = 0; i < n; i++) {
    const PkValue *value = pk_table_at(table, (guint)column, i);
    if (expected[i] == -1000)
      g_assert_cmpint(value->kind, ==, PK_VALUE_NULL);
    else
      g_assert_cmpfloat_with_epsilon(value->number, expected[i], 1e-12);
  }
}

#define COLUMN(...) ((const double[]){ __VA_ARGS__ })
#define TEXTS(...) ((const char *const[]){ __VA_ARGS__ })

static void
test_zero(void)
{
  g_autoptr(PkTable) t = make(5, TEXTS("a", "b", "a", "b", "a"), COLUMN(1, 1, 2, 2, 1), COLUMN(1, 2, 3, 4, 5));

  pk_stack(t, 2, (guint[]){ 1 }, 1, (PkStackSort[]){ { 0, FALSE } }, 1, PK_STACK_ZERO, "y0", "y1");
  assert_column(t, "y0", 5, COLUMN(0, 6, 0, 3, 1));
  assert_column(t, "y1", 5, COLUMN(1, 8, 3, 7, 6));
}

static void
test_descending(void)
{
  g_autoptr(PkTable) t = make(3, TEXTS("a", "b", "c"), COLUMN(1, 1, 1), COLUMN(1, 2, 4));

  pk_stack(t, 2, (guint[]){ 1 }, 1, (PkStackSort[]){ { 0, TRUE } }, 1, PK_STACK_ZERO, "y0", "y1");
  assert_column(t, "y0", 3, COLUMN(6, 4, 0));
  assert_column(t, "y1", 3, COLUMN(7, 6, 4));
}

static void
test_negative_apart(void)
{
  g_autoptr(PkTable) t = make(4, TEXTS("a", "b", "c", "d"), COLUMN(1, 1, 1, 1), COLUMN(1, -2, 3, -4));

  pk_stack(t, 2, NULL, 0, NULL, 0, PK_STACK_ZERO, "y0", "y1");
  assert_column(t, "y0", 4, COLUMN(0, 0, 1, -2));
  assert_column(t, "y1", 4, COLUMN(1, -2, 4, -6));
}

static void
test_normalize(void)
{
  g_autoptr(PkTable) t = make(4, TEXTS("a", "b", "a", "b"), COLUMN(1, 1, 2, 2), COLUMN(1, 3, 5, -5));

  pk_stack(t, 2, (guint[]){ 1 }, 1, NULL, 0, PK_STACK_NORMALIZE, "y0", "y1");
  assert_column(t, "y0", 4, COLUMN(0, 0.25, 0, 0.5));
  assert_column(t, "y1", 4, COLUMN(0.25, 1, 0.5, 1));
}

static void
test_center(void)
{
  g_autoptr(PkTable) t = make(3, TEXTS("a", "b", "a"), COLUMN(1, 1, 2), COLUMN(2, 4, 2));

  pk_stack(t, 2, (guint[]){ 1 }, 1, NULL, 0, PK_STACK_CENTER, "y0", "y1");
  assert_column(t, "y0", 3, COLUMN(0, 2, 2));
  assert_column(t, "y1", 3, COLUMN(2, 6, 4));
}

static void
test_null_counts_as_zero(void)
{
  g_autoptr(PkTable) t = make(3, TEXTS("a", "b", "c"), COLUMN(1, 1, 1), COLUMN(1, -1000, 2));

  pk_stack(t, 2, (guint[]){ 1 }, 1, NULL, 0, PK_STACK_ZERO, "y0", "y1");
  assert_column(t, "y0", 3, COLUMN(0, 1, 1));
  assert_column(t, "y1", 3, COLUMN(1, 1, 3));
}

static void
test_empty(void)
{
  g_autoptr(PkTable) t = make(0, NULL, NULL, NULL);

  pk_stack(t, 2, NULL, 0, NULL, 0, PK_STACK_CENTER, "y0", "y1");
  g_assert_cmpint(pk_table_find(t, "y1"), ==, 4);
}

static void
test_impute_value(void)
{
  g_autoptr(PkTable) t = make(3, TEXTS("a", "a", "b"), COLUMN(1, 2, 2), COLUMN(5, 6, 7));
  PkImpute impute = { .field = 2, .key = 1, .groupby = (guint[]){ 0 }, .n_groupby = 1, .value = pk_value_number(0) };

  pk_impute(t, &impute);
  assert_column(t, "v", 4, COLUMN(5, 6, 7, 0));
  assert_column(t, "k", 4, COLUMN(1, 2, 2, 1));
  g_assert_cmpstr(pk_table_at(t, 0, 3)->text, ==, "b");
}

static void
test_impute_keyvals(void)
{
  g_autoptr(PkTable) t = make(2, TEXTS("a", "a"), COLUMN(1, 3), COLUMN(5, 6));
  PkValue keys[] = { pk_value_number(2), pk_value_number(3), pk_value_number(4) };
  PkImpute impute = { .field = 2, .key = 1, .keyvals = keys, .n_keyvals = 3, .value = pk_value_number(9) };

  pk_impute(t, &impute);
  assert_column(t, "k", 4, COLUMN(1, 3, 2, 4));
  assert_column(t, "v", 4, COLUMN(5, 6, 9, 9));
}

static void
test_impute_mean(void)
{
  g_autoptr(PkTable) t = make(4, TEXTS("a", "a", "a", "b"), COLUMN(1, 2, 3, 4), COLUMN(1, -1000, 3, 8));
  PkImpute impute = { .field = 2, .key = 1, .method = PK_IMPUTE_MEAN };

  pk_impute(t, &impute);
  assert_column(t, "v", 4, COLUMN(1, 4, 3, 8));
}

static void
test_impute_frame(void)
{
  g_autoptr(PkTable) t = make(4, TEXTS("a", "a", "a", "a"), COLUMN(1, 2, 3, 4), COLUMN(1, -1000, 5, 9));
  PkImpute impute = { .field = 2, .key = 1, .method = PK_IMPUTE_MAX, .has_lo = TRUE, .has_hi = TRUE, .lo = -1, .hi = 1 };

  pk_impute(t, &impute);
  assert_column(t, "v", 4, COLUMN(1, 5, 5, 9));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stack/zero", test_zero);
  g_test_add_func("/stack/descending", test_descending);
  g_test_add_func("/stack/negative-apart", test_negative_apart);
  g_test_add_func("/stack/normalize", test_normalize);
  g_test_add_func("/stack/center", test_center);
  g_test_add_func("/stack/null-is-zero", test_null_counts_as_zero);
  g_test_add_func("/stack/empty", test_empty);
  g_test_add_func("/impute/value", test_impute_value);
  g_test_add_func("/impute/keyvals", test_impute_keyvals);
  g_test_add_func("/impute/mean", test_impute_mean);
  g_test_add_func("/impute/frame", test_impute_frame);
  return g_test_run();
}
