/* A plan as text: canonical (for equality and hash) and explained (for people).
 *
 * The canonical text names columns rather than counting them and sorts the
 * predicates, which are a conjunction: two plans that ask the same in another
 * order of building have one text. Doubles are written with 17 digits, so that
 * different numbers never share a text. */
#include "pk-plan.h"
#include "pk-scalar-text.h"
#include "pk-sql-text.h"

#include "pk-sql-quote.h"
#include "pk-timeunit.h"

#include <string.h>

static void
append_column(GString *out, const PkPlan *self, guint column)
{
  g_autofree char *type = pk_type_dup_name(self->columns[column].type);

  pk_sql_append_ident(out, self->columns[column].name);
  g_string_append_printf(out, ":%s%s", type, self->columns[column].type.dictionary ? " dictionary" : "");
}

static int
by_text(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A float column compares in double, however the constant was given. */
static void
append_constant(GString *out, const PkScalar *scalar, PkType type)
{
  PkScalar number = pk_scalar_double((double)scalar->i);
  gboolean is_float = type.kind == PK_TYPE_F32 || type.kind == PK_TYPE_F64;

  pk_scalar_append_raw(out, scalar->kind == PK_SCALAR_INT && is_float ? &number : scalar);
}

static void
append_values(GString *out, const PkPredicate *predicate, PkType type)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < predicate->n_values; i++) {
    GString *text = g_string_new(NULL);
    append_constant(text, &predicate->values[i], type);
    g_ptr_array_add(texts, g_string_free(text, FALSE));
  }
  g_ptr_array_sort(texts, by_text);
  for (guint i = 0; i < texts->len; i++)
    if (i == 0 || strcmp(texts->pdata[i], texts->pdata[i - 1]) != 0)
      g_string_append_printf(out, " %s", (const char *)texts->pdata[i]);
}

static char *
predicate_text(const PkPlan *self, const PkPredicate *predicate)
{
  GString *out = g_string_new("where ");
  PkType type = self->columns[predicate->column].type;

  append_column(out, self, predicate->column);
  switch (predicate->kind) {
  case PK_PRED_RANGE:
    if (predicate->has_lo) {
      g_string_append(out, predicate->lo_exclusive ? " > " : " >= ");
      append_constant(out, &predicate->lo, type);
    }
    if (predicate->has_hi) {
      g_string_append(out, predicate->hi_exclusive ? " < " : " <= ");
      append_constant(out, &predicate->hi, type);
    }
    break;
  case PK_PRED_IN:
    g_string_append(out, predicate->negated ? " not in" : " in");
    append_values(out, predicate, type);
    break;
  case PK_PRED_NULL:
    g_string_append(out, " is null");
    break;
  case PK_PRED_NOT_NULL:
    g_string_append(out, " is not null");
    break;
  }
  return g_string_free(out, FALSE);
}

static void
append_key(GString *out, const PkPlan *self, const PkKey *key)
{
  PkCalendarUnit unit;

  g_string_append(out, "key ");
  if (!self->dense) { /* a dense result has no key columns to name */
    pk_sql_append_ident(out, key->name);
    g_string_append_c(out, ' ');
  }
  append_column(out, self, key->column);
  switch (key->kind) {
  case PK_KEY_VALUE:
    g_string_append(out, " value");
    break;
  case PK_KEY_BINS:
    g_string_append_printf(out, " bins %u", key->count);
    pk_double_append_raw(out, key->start);
    pk_double_append_raw(out, key->step);
    break;
  case PK_KEY_FLOOR:
    g_string_append(out, " floor");
    pk_double_append_raw(out, key->start);
    pk_double_append_raw(out, key->step);
    pk_double_append_raw(out, key->scale);
    pk_double_append_raw(out, key->offset);
    break;
  case PK_KEY_EDGES:
    g_string_append(out, " edges");
    for (guint i = 0; i <= key->count; i++)
      pk_double_append_raw(out, key->edges[i]);
    break;
  case PK_KEY_TIME:
    unit = pk_sql_time_unit(self->columns[key->column].type, key->time_units, key->time_step);
    g_string_append_printf(out, " time %u step %u", unit.parts, (guint)unit.step);
    break;
  }
  g_string_append_c(out, '\n');
}

static void
append_agg(GString *out, const PkPlan *self, const PkAgg *agg)
{
  g_string_append(out, "agg ");
  pk_sql_append_ident(out, agg->name);
  g_string_append_printf(out, " %s", pk_agg_name(agg->op));
  if (agg->column >= 0) {
    g_string_append_c(out, ' ');
    append_column(out, self, agg->column);
  }
  if (agg->by >= 0) {
    g_string_append(out, " by ");
    append_column(out, self, agg->by);
  }
  if (agg->op == PK_AGG_QUANTILE)
    pk_double_append_raw(out, agg->p);
  g_string_append_c(out, '\n');
}

static void
append_m4(GString *out, const PkPlan *self)
{
  g_string_append(out, "m4 ");
  append_column(out, self, self->m4.x);
  g_string_append_c(out, ' ');
  append_column(out, self, self->m4.y);
  g_string_append_printf(out, " %u", self->m4.n);
  pk_double_append_raw(out, self->m4.x0);
  pk_double_append_raw(out, self->m4.x1);
  g_string_append_c(out, '\n');
}

static const char *
output_name(const PkPlan *self, const PkOutput *output)
{
  if (output->column == PK_OUTPUT_ROW)
    return "number of the row";
  return output->column == PK_OUTPUT_MATCHES ? "number of matches" : self->columns[output->column].name;
}

static void
append_outputs(GString *out, const PkPlan *self)
{
  for (guint i = 0; i < self->n_outputs; i++) {
    const PkOutput *output = &self->outputs[i];
    g_string_append(out, "output ");
    pk_sql_append_ident(out, output->name);
    g_string_append_c(out, ' ');
    if (output->column >= 0)
      append_column(out, self, (guint)output->column);
    else
      g_string_append(out, output_name(self, output));
    g_string_append_c(out, '\n');
  }
}

static void
append_top(GString *out, const PkPlan *self)
{
  g_string_append_printf(out, "first %u", self->top.limit);
  if (self->top.by >= 0) {
    g_string_append(out, " by ");
    if (self->is_rows)
      append_column(out, self, (guint)self->top.by);
    else
      g_string_append_printf(out, "%d", self->top.by);
    g_string_append(out, self->top.descending ? " descending" : " ascending");
  }
  g_string_append_c(out, '\n');
}

char *
pk_plan_canonical(const PkPlan *self)
{
  GString *out = g_string_new("from ");
  g_autoptr(GPtrArray) predicates = g_ptr_array_new_with_free_func(g_free);

  pk_sql_append_literal(out, self->relation);
  g_string_append_c(out, '\n');
  for (guint i = 0; i < self->n_predicates; i++)
    g_ptr_array_add(predicates, predicate_text(self, &self->predicates[i]));
  g_ptr_array_sort(predicates, by_text);
  for (guint i = 0; i < predicates->len; i++)
    g_string_append_printf(out, "%s\n", (const char *)predicates->pdata[i]);
  for (guint i = 0; i < self->n_keys; i++)
    append_key(out, self, &self->keys[i]);
  if (self->dense)
    g_string_append(out, "dense\n");
  for (guint i = 0; i < self->n_aggs; i++)
    append_agg(out, self, &self->aggs[i]);
  if (self->is_m4)
    append_m4(out, self);
  append_outputs(out, self);
  if (self->top.limit > 0)
    append_top(out, self);
  return g_string_free(out, FALSE);
}

gboolean
pk_plan_equal(const PkPlan *a, const PkPlan *b)
{
  g_autofree char *text_a = pk_plan_canonical(a);
  g_autofree char *text_b = pk_plan_canonical(b);

  return strcmp(text_a, text_b) == 0;
}

char *
pk_plan_hash(const PkPlan *self)
{
  g_autofree char *text = pk_plan_canonical(self);

  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

/* --- explain --- */

static const char *
name_of(const PkPlan *self, guint column)
{
  return self->columns[column].name;
}

static void
explain_predicate(GString *out, const PkPlan *self, const PkPredicate *predicate)
{
  PkType type = self->columns[predicate->column].type;
  const char *name = name_of(self, predicate->column);

  switch (predicate->kind) {
  case PK_PRED_NULL:
    g_string_append_printf(out, "%s is NULL", name);
    return;
  case PK_PRED_NOT_NULL:
    g_string_append_printf(out, "%s is not NULL", name);
    return;
  case PK_PRED_IN:
    g_string_append_printf(out, "%s %s (", name, predicate->negated ? "not in" : "in");
    for (guint i = 0; i < predicate->n_values && i < 10; i++) {
      g_string_append(out, i > 0 ? ", " : "");
      pk_scalar_append_readable(out, &predicate->values[i], type);
    }
    if (predicate->n_values > 10)
      g_string_append_printf(out, ", … %u in all", predicate->n_values);
    g_string_append_c(out, ')');
    return;
  case PK_PRED_RANGE:
    break;
  }
  if (predicate->has_lo) {
    pk_scalar_append_readable(out, &predicate->lo, type);
    g_string_append(out, predicate->lo_exclusive ? " < " : " ≤ ");
  }
  g_string_append(out, name);
  if (predicate->has_hi) {
    g_string_append(out, predicate->hi_exclusive ? " < " : " ≤ ");
    pk_scalar_append_readable(out, &predicate->hi, type);
  }
}

static void
explain_time_key(GString *out, const PkPlan *self, const PkKey *key)
{
  PkCalendarUnit unit = { .parts = key->time_units, .step = key->time_step };
  g_autofree char *units = pk_calendar_unit_name(&unit);

  g_string_append_printf(out, "%s of %s", units, name_of(self, key->column));
  if (key->time_step > 1)
    g_string_append_printf(out, " in steps of %u", key->time_step);
}

static void
explain_key(GString *out, const PkPlan *self, const PkKey *key)
{
  const char *name = name_of(self, key->column);

  switch (key->kind) {
  case PK_KEY_VALUE:
    g_string_append(out, name);
    break;
  case PK_KEY_BINS:
    g_string_append_printf(out, "%u bins of %s from ", key->count, name);
    pk_double_append_readable(out, key->start);
    g_string_append(out, " in steps of ");
    pk_double_append_readable(out, key->step);
    break;
  case PK_KEY_FLOOR:
    g_string_append_printf(out, "%s rounded down in steps of ", name);
    pk_double_append_readable(out, key->step);
    g_string_append(out, " from ");
    pk_double_append_readable(out, key->start);
    break;
  case PK_KEY_EDGES:
    g_string_append_printf(out, "%u bins of %s between edges from ", key->count, name);
    pk_double_append_readable(out, key->edges[0]);
    g_string_append(out, " to ");
    pk_double_append_readable(out, key->edges[key->count]);
    break;
  case PK_KEY_TIME:
    explain_time_key(out, self, key);
    break;
  }
  if (strcmp(key->name, name) != 0)
    g_string_append_printf(out, " as %s", key->name);
}

static void
explain_agg(GString *out, const PkPlan *self, const PkAgg *agg)
{
  if (agg->op == PK_AGG_COUNT_ALL)
    g_string_append(out, "count of rows");
  else if (agg->op == PK_AGG_QUANTILE) {
    g_string_append(out, "quantile ");
    pk_double_append_readable(out, agg->p);
    g_string_append_printf(out, " of %s", name_of(self, agg->column));
  } else
    g_string_append_printf(out, "%s of %s", pk_agg_name(agg->op), name_of(self, agg->column));
  if (agg->by >= 0)
    g_string_append_printf(out, " by %s", name_of(self, agg->by));
  g_string_append_printf(out, " as %s", agg->name);
}

/* The name of a column of the groups' result. */
static const char *
group_column_name(const PkPlan *self, guint column)
{
  return column < self->n_keys ? self->keys[column].name : self->aggs[column - self->n_keys].name;
}

static void
explain_rows(GString *out, const PkPlan *self)
{
  const PkTop *top = &self->top;
  const char *by = top->by < 0 ? NULL : self->is_rows ? name_of(self, (guint)top->by)
                                                      : group_column_name(self, (guint)top->by);
  for (guint i = 0; i < self->n_outputs; i++)
    g_string_append_printf(out, "%s%s", i == 0 ? "list       " : ", ", output_name(self, &self->outputs[i]));
  g_string_append_printf(out, "%sresult     the first %u %s", self->is_rows ? "\n" : "", top->limit,
                         self->is_rows ? "rows" : "groups");
  if (by)
    g_string_append_printf(out, " by %s%s", by, top->descending ? ", greatest first" : "");
  g_string_append_c(out, '\n');
}

static void
explain_result(GString *out, const PkPlan *self)
{
  guint64 cells = 1;

  if (self->is_rows || self->top.limit > 0) {
    explain_rows(out, self);
  } else if (self->is_m4) {
    g_string_append_printf(out, "line       first, last, least and greatest %s in each of %u columns of %s from ",
                           name_of(self, self->m4.y), self->m4.n, name_of(self, self->m4.x));
    pk_double_append_readable(out, self->m4.x0);
    g_string_append(out, " to ");
    pk_double_append_readable(out, self->m4.x1);
    g_string_append_c(out, '\n');
  } else if (self->dense) {
    for (guint i = 0; i < self->n_keys; i++)
      cells *= self->keys[i].count;
    g_string_append_printf(out, "result     %" G_GUINT64_FORMAT " cells, empty ones too\n", cells);
  } else if (self->n_keys > 0)
    g_string_append(out, "result     a row for each group, in order\n");
  else
    g_string_append(out, "result     one row\n");
}

char *
pk_plan_explain(const PkPlan *self)
{
  GString *out = g_string_new(NULL);

  g_string_append_printf(out, "from       %s\n", self->relation);
  for (guint i = 0; i < self->n_predicates; i++) {
    g_string_append(out, i == 0 ? "where      " : "       and ");
    explain_predicate(out, self, &self->predicates[i]);
    g_string_append_c(out, '\n');
  }
  for (guint i = 0; i < self->n_keys; i++) {
    g_string_append(out, i == 0 ? "group by   " : "           ");
    explain_key(out, self, &self->keys[i]);
    g_string_append_c(out, '\n');
  }
  for (guint i = 0; i < self->n_aggs; i++) {
    g_string_append(out, i == 0 ? "compute    " : "           ");
    explain_agg(out, self, &self->aggs[i]);
    g_string_append_c(out, '\n');
  }
  explain_result(out, self);
  return g_string_free(out, FALSE);
}
