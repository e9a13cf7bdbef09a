#include "conformance.h"

#include "pk-timeunit.h"
#include "random-plan.h"

#include <math.h>
#include <string.h>

static gboolean
is_float(PkType type)
{
  return type.kind == PK_TYPE_F32 || type.kind == PK_TYPE_F64;
}

static gboolean
is_measure(PkType type)
{
  return pk_type_is_numeric(type) || pk_type_is_temporal(type) || type.kind == PK_TYPE_TIME;
}

static gboolean
is_summable(PkType type)
{
  return pk_type_is_numeric(type) || type.kind == PK_TYPE_BOOL;
}

static const PkColumn *
column_of(const PkPlan *plan, const PkFrame *frame, guint column)
{
  return pk_frame_find(frame, plan->columns[column].name, NULL);
}

static guint
pick(GRand *rand, PkPlan *plan, const PkFrame *frame, gboolean (*fits)(PkType))
{
  for (;;) {
    const PkColumn *c = frame->columns[g_rand_int_range(rand, 0, (gint)frame->n_columns)];
    if (!fits || fits(c->type))
      return pk_plan_add_column(plan, c->name, c->type);
  }
}

/* A finite value from a row of the column, as a double; 1 if there is none. */
static double
near(GRand *rand, const PkColumn *column)
{
  for (guint i = 0; i < 8 && column->length > 0; i++) {
    double d = pk_column_get_double(column, g_rand_int_range(rand, 0, (gint)column->length));
    if (isfinite(d))
      return d;
  }
  return 1;
}

static double
spread(const PkColumn *column)
{
  double lo = column->stats.min, hi = column->stats.max;
  if (column->physical < PK_PHYS_F32) {
    lo = pk_type_int_to_double(column->type, column->stats.min_int);
    hi = pk_type_int_to_double(column->type, column->stats.max_int);
  }
  double width = column->stats.has_range ? hi - lo : 0;
  return isfinite(width) && width > 0 ? width : 1 + fabs(isfinite(lo) ? lo : 0) / 8;
}

static PkScalar
random_scalar(GRand *rand, const PkColumn *column, gboolean want_double)
{
  gint64 row = column->length > 0 ? g_rand_int_range(rand, 0, (gint)column->length) : -1;
  gboolean valid = row >= 0 && !pk_column_is_null(column, row);

  if (column->dictionary) {
    g_autofree char *text = valid ? g_strdup(pk_column_get_text(column, row, NULL)) : g_strdup("k");
    return pk_scalar_text(text);
  }
  if (column->type.kind == PK_TYPE_BOOL)
    return pk_scalar_bool(g_rand_boolean(rand));
  if (is_float(column->type) || want_double) {
    double d = near(rand, column);
    return pk_scalar_double(g_rand_int_range(rand, 0, 4) == 0 ? d + 0.5 : d);
  }
  __int128 value = valid ? pk_column_get_int(column, row) : 7;
  return pk_scalar_int(value + g_rand_int_range(rand, -1, 2));
}

static void
add_predicate(GRand *rand, PkPlan *plan, const PkFrame *frame)
{
  PkPredicate p = { .kind = (PkPredicateKind)g_rand_int_range(rand, 0, 4), .column = pick(rand, plan, frame,
      NULL) };
  const PkColumn *column = column_of(plan, frame, p.column);
  gboolean want_double = is_measure(column->type) && g_rand_int_range(rand, 0, 4) == 0;

  if (p.kind == PK_PRED_RANGE) {
    p.has_lo = g_rand_boolean(rand);
    p.has_hi = !p.has_lo || g_rand_boolean(rand);
    p.lo_exclusive = p.has_lo && g_rand_boolean(rand);
    p.hi_exclusive = p.has_hi && g_rand_boolean(rand);
    if (p.has_lo)
      p.lo = random_scalar(rand, column, want_double);
    if (p.has_hi)
      p.hi = random_scalar(rand, column, want_double);
    if (p.has_lo && p.has_hi && pk_scalar_compare(&p.lo, &p.hi) > 0) {
      PkScalar lo = p.lo;
      p.lo = p.hi;
      p.hi = lo;
    }
  } else if (p.kind == PK_PRED_IN) {
    p.negated = g_rand_boolean(rand);
    p.n_values = (guint)g_rand_int_range(rand, 1, 12);
    p.values = g_new0(PkScalar, p.n_values);
    for (guint i = 0; i < p.n_values; i++)
      p.values[i] = random_scalar(rand, column, want_double);
  }
  pk_plan_add_predicate(plan, p);
}

static guint
random_parts(GRand *rand)
{
  static const char *const names[] = {
    "year", "quarter", "month", "week", "date", "day", "dayofyear", "hours", "minutes", "seconds",
      "milliseconds",
    "yearquarter", "yearmonth", "yearmonthdate", "yearmonthdatehours", "yearmonthdatehoursminutes",
      "yearweek",
    "yeardayofyear", "monthdate", "dayhours", "hoursminutes", "minutesseconds", "secondsmilliseconds",
    "yearmonthdatehoursminutesseconds",
  };
  PkCalendarUnit unit;
  g_assert_true(pk_calendar_unit_parse(names[g_rand_int_range(rand, 0, G_N_ELEMENTS(names))], &unit, NULL));
  return unit.parts;
}

/* A width that is round more often than not, so that values lie on edges. */
static double
round_step(GRand *rand, double width)
{
  double step = width / g_rand_int_range(rand, 1, 60);
  if (g_rand_boolean(rand))
    step = exp2(floor(log2(step)));
  else if (g_rand_boolean(rand) && step >= 1)
    step = floor(step);
  return step > 0 && isfinite(step) ? step : 1;
}

static void
fill_bins(GRand *rand, PkKey *key, const PkColumn *column)
{
  double width = spread(column), at = near(rand, column);
  key->step = round_step(rand, width);
  key->start = g_rand_boolean(rand) ? floor(at / key->step) * key->step : at - width / 3;
  key->count = (guint)g_rand_int_range(rand, 1, 70);
}

static void
fill_edges(GRand *rand, PkKey *key, const PkColumn *column)
{
  double step = round_step(rand, spread(column)), at = near(rand, column) - step;
  key->count = (guint)g_rand_int_range(rand, 1, 9);
  key->edges = g_new0(double, key->count + 1);
  for (guint i = 0; i <= key->count; i++)
    key->edges[i] = at + step * i * (1 + i / 2.0);
  for (guint i = 1; i <= key->count; i++)
    if (key->edges[i] <= key->edges[i - 1])
      key->edges[i] = nextafter(key->edges[i - 1], INFINITY);
}

static void
add_key(GRand *rand, PkPlan *plan, const PkFrame *frame, PkKeyKind kind, guint i)
{
  g_autofree char *name = g_strdup_printf("key %u", i);
  guint index = pick(rand, plan, frame,
                     kind == PK_KEY_VALUE ? NULL : kind == PK_KEY_TIME ? pk_type_is_temporal : is_measure);
  const PkColumn *column = column_of(plan, frame, index);
  PkKey *key = pk_plan_add_key(plan, kind, index, name);

  switch (kind) {
  case PK_KEY_BINS: fill_bins(rand, key, column); break;
  case PK_KEY_EDGES: fill_edges(rand, key, column); break;
  case PK_KEY_FLOOR:
    key->step = round_step(rand, spread(column));
    key->start = g_rand_boolean(rand) ? 0 : near(rand, column);
    key->scale = g_rand_boolean(rand) ? 1 : key->step;
    key->offset = g_rand_boolean(rand) ? 0 : key->start;
    break;
  case PK_KEY_TIME:
    key->time_units = random_parts(rand);
    key->time_step = g_rand_int_range(rand, 0, 3) == 0 ? (guint)g_rand_int_range(rand, 2, 7) : 1;
    break;
  case PK_KEY_VALUE: break;
  }
}

static void
add_agg(GRand *rand, PkPlan *plan, const PkFrame *frame, guint i)
{
  PkAggOp op = (PkAggOp)g_rand_int_range(rand, 0, PK_N_AGGS);
  g_autofree char *name = g_strdup_printf("%s %u", pk_agg_name(op), i);
  gint column = -1, by = -1;

  if (op == PK_AGG_FIRST || op == PK_AGG_LAST) {
    column = (gint)pick(rand, plan, frame, NULL);
    by = (gint)pick(rand, plan, frame, NULL);
  } else if (op >= PK_AGG_REGR_COUNT) {
    column = (gint)pick(rand, plan, frame, pk_type_is_numeric);
    by = (gint)pick(rand, plan, frame, pk_type_is_numeric);
  } else if (op == PK_AGG_SUM || op == PK_AGG_MEAN) {
    column = (gint)pick(rand, plan, frame, is_summable);
  } else if (op == PK_AGG_COUNT || op == PK_AGG_DISTINCT || op == PK_AGG_MIN || op == PK_AGG_MAX) {
    column = (gint)pick(rand, plan, frame, NULL);
  } else if (op != PK_AGG_COUNT_ALL) {
    column = (gint)pick(rand, plan, frame, pk_type_is_numeric);
  }
  PkAgg *agg = pk_plan_add_agg(plan, op, column, by, name);
  if (op == PK_AGG_QUANTILE)
    agg->p = g_rand_int_range(rand, 0, 21) / 20.0;
}

static void
make_line(GRand *rand, PkPlan *plan, const PkFrame *frame)
{
  plan->is_m4 = TRUE;
  plan->m4.x = pick(rand, plan, frame, is_measure);
  plan->m4.y = pick(rand, plan, frame, is_measure);
  const PkColumn *x = column_of(plan, frame, plan->m4.x);
  plan->m4.x0 = g_rand_boolean(rand) && x->stats.has_range && isfinite(x->stats.min) ? near(rand,
      x) - spread(x)
                                                                                      : near(rand, x);
  plan->m4.x1 = plan->m4.x0 + spread(x) * g_rand_double_range(rand, 0.2, 2.5);
  plan->m4.n = (guint)g_rand_int_range(rand, 1, 300);
  if (g_rand_int_range(rand, 0, 3) == 0)
    add_key(rand, plan, frame, PK_KEY_VALUE, 0);
}

static void
make_rows(GRand *rand, PkPlan *plan, const PkFrame *frame)
{
  guint n = (guint)g_rand_int_range(rand, 1, 3);
  plan->top.limit = (guint)(g_rand_boolean(rand) ? g_rand_int_range(rand, 1, 40) : g_rand_int_range(rand, 40, 4000));
  pk_plan_add_output(plan, PK_OUTPUT_ROW, "row");
  if (g_rand_boolean(rand))
    pk_plan_add_output(plan, PK_OUTPUT_MATCHES, "matches");
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf("out %u", i);
    pk_plan_add_output(plan, (gint)pick(rand, plan, frame, NULL), name);
  }
  if (g_rand_int_range(rand, 0, 3) == 0)
    return;
  plan->top.by = (gint)pick(rand, plan, frame, NULL);
  plan->top.descending = g_rand_boolean(rand);
}

/* Sometimes only the first groups, by a value that all backends have alike. */
static void
limit_groups(GRand *rand, PkPlan *plan)
{
  guint at = plan->n_keys + plan->n_aggs > 0 ? (guint)g_rand_int_range(rand, 0, (gint)(plan->n_keys + plan->n_aggs)) : 0;
  if (plan->dense || plan->n_keys == 0 || g_rand_int_range(rand, 0, 3) > 0)
    return;
  plan->top.limit = (guint)g_rand_int_range(rand, 1, 20);
  if (at >= plan->n_keys && !random_plan_is_exact(plan, &plan->aggs[at - plan->n_keys]))
    return;
  plan->top.by = (gint)at;
  plan->top.descending = g_rand_boolean(rand);
}

PkPlan *
conformance_plan(GRand *rand, PkFrame *frame)
{
  for (;;) {
    g_autoptr(PkPlan) plan = pk_plan_new("\"t\"");
    guint form = (guint)g_rand_int_range(rand, 0, 8);
    guint n = (guint)g_rand_int_range(rand, 0, 3);

    for (guint i = 0; i < n; i++)
      add_predicate(rand, plan, frame);
    if (form == 0) {
      make_line(rand, plan, frame);
    } else if (form == 2) {
      make_rows(rand, plan, frame);
    } else {
      plan->dense = form == 1;
      n = plan->dense ? (guint)g_rand_int_range(rand, 1, 3) : (guint)g_rand_int_range(rand, 0, 4);
      for (guint i = 0; i < n; i++)
        add_key(rand, plan, frame,
                plan->dense ? (g_rand_boolean(rand) ? PK_KEY_BINS : PK_KEY_EDGES)
                            : (PkKeyKind)g_rand_int_range(rand, 0, 5), i);
      n = (guint)g_rand_int_range(rand, 1, 5);
      for (guint i = 0; i < n; i++)
        add_agg(rand, plan, frame, i);
      limit_groups(rand, plan);
    }
    /* Constants from extreme values may break a rule (bins beyond the doubles); then another plan is
     * drawn. */
    if (pk_plan_check(plan, NULL))
      return g_steal_pointer(&plan);
  }
}
