#include "conformance.h"

#include "pk-plan-sql.h"

#include <math.h>
#include <string.h>

#define EPSILON 0x1p-53

/* The largest finite absolute value of a plan's column, as a double. */
static double
magnitude(const PkPlan *plan, const PkFrame *source, gint column)
{
  double most = 0;
  if (column < 0)
    return 0;
  const PkColumn *c = pk_frame_find(source, plan->columns[column].name, NULL);
  for (gint64 row = 0; row < c->length; row++) {
    double d = fabs(pk_column_get_double(c, row));
    if (isfinite(d) && d > most)
      most = d;
  }
  return most;
}

/* How far a result may be off. */
static double
tolerance(const PkPlan *plan, const PkFrame *source, const PkAgg *agg)
{
  double n = (double)source->length, m = magnitude(plan, source, agg->column), by = magnitude(plan, source,
      agg->by);
  double additions = n + 8192;

  switch (agg->op) {
  case PK_AGG_SUM: return additions * EPSILON * n * m;
  case PK_AGG_MEAN:
  case PK_AGG_REGR_AVGY: return additions * EPSILON * m;
  case PK_AGG_REGR_AVGX: return additions * EPSILON * by;
  case PK_AGG_VAR_SAMP:
  case PK_AGG_VAR_POP: return 1e-11 * m * m;
  case PK_AGG_STDDEV_SAMP:
  case PK_AGG_STDDEV_POP: return 1e-5 * m;
  case PK_AGG_REGR_SXX: return 1e-11 * n * by * by;
  case PK_AGG_REGR_SYY: return 1e-11 * n * m * m;
  case PK_AGG_REGR_SXY: return 1e-11 * n * m * by;
  case PK_AGG_QUANTILE: return 1e-14 * m;
  default: return 0;
  }
}

static gboolean
doubles_agree(double a, double b, double off)
{
  if (isnan(a) || isnan(b))
    return isnan(a) && isnan(b);
  return a == b || fabs(a - b) <= off;
}

static gboolean
cells_agree(const PkColumn *a, const PkColumn *b, gint64 row, double off)
{
  if (pk_column_is_null(a, row) || pk_column_is_null(b, row))
    return pk_column_is_null(a, row) == pk_column_is_null(b, row);
  if (a->dictionary) {
    gsize la, lb;
    const char *ta = pk_column_get_text(a, row, &la), *tb = pk_column_get_text(b, row, &lb);
    return la == lb && memcmp(ta, tb, la) == 0;
  }
  if (a->physical >= PK_PHYS_F32)
    return doubles_agree(pk_column_get_double(a, row), pk_column_get_double(b, row), off);
  return pk_column_get_int(a, row) == pk_column_get_int(b, row);
}

static void
append_cell(const PkColumn *column, gint64 row, GString *out)
{
  if (!pk_column_append_text(column, row, out))
    g_string_append(out, "NULL");
}

static char *
column_difference(const PkColumn *a, const PkColumn *b, double off)
{
  PkType ta = a->type, tb = b->type;
  ta.dictionary = tb.dictionary = FALSE;
  if (strcmp(a->name, b->name) != 0 || !pk_type_equal(ta, tb) || !a->dictionary != !b->dictionary)
    return g_strdup_printf("column \"%s\" against \"%s\", or another type", a->name, b->name);
  for (gint64 row = 0; row < a->length; row++) {
    if (cells_agree(a, b, row, off))
      continue;
    GString *out = g_string_new(NULL);
    g_string_printf(out, "\"%s\", row %" G_GINT64_FORMAT ": ", a->name, row);
    append_cell(a, row, out);
    g_string_append(out, " against ");
    append_cell(b, row, out);
    g_string_append_printf(out, " (may be off by %g)", off);
    return g_string_free(out, FALSE);
  }
  return NULL;
}

char *
conformance_difference(const PkPlan *plan, const PkFrame *source, const PkFrame *expected,
                       const PkFrame *got)
{
  guint n_keys = plan->dense ? 0 : plan->n_keys;
  char *difference = NULL;

  if (expected->length != got->length || expected->n_columns != got->n_columns)
    return g_strdup_printf("%" G_GINT64_FORMAT " rows of %u columns against %" G_GINT64_FORMAT " of %u",
                           expected->length, expected->n_columns, got->length, got->n_columns);
  for (guint c = 0; c < expected->n_columns && !difference; c++) {
    const PkAgg *agg = c >= n_keys && c < n_keys + plan->n_aggs ? &plan->aggs[c - n_keys] : NULL;
    difference = column_difference(expected->columns[c], got->columns[c], agg ? tolerance(plan, source,
        agg) : 0);
  }
  return difference;
}

gint64
conformance_check(PkBackend *ref, ConfSubject *subjects, guint n_subjects, PkPlan *plan, PkFrame *frame,
                  const char *what)
{
  g_autoptr(GError) ref_error = NULL;
  g_autoptr(PkFrame) expected = pk_backend_run(ref, plan, frame, NULL, NULL, &ref_error);

  for (guint i = 0; i < n_subjects; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *difference = NULL;
    if (!pk_backend_supports(subjects[i].backend, plan, NULL))
      continue; /* tests/support-matrix.txt says where that may be */
    g_autoptr(PkFrame) got =
      pk_backend_run(subjects[i].backend, plan, subjects[i].source ? NULL : frame, NULL, NULL, &error);
    if (expected && got)
      difference = conformance_difference(plan, frame, expected, got);
    if (!difference && !expected == !got && (expected || ref_error->code == error->code))
      continue;
    g_autofree char *text = pk_plan_to_sql(plan);
    g_autofree char *explained = pk_plan_explain(plan);
    g_error("%s: %s disagrees with ref: %s\nref: %s\n%s: %s\n%s\n%s", what, subjects[i].name,
            difference ? difference : "one refuses, or for another reason",
            ref_error ? ref_error->message : "answers", subjects[i].name, error ? error->message : "answers",
            explained, text);
  }
  return expected ? expected->length : -1;
}
