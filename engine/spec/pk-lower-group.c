/* Grouping and reading rows: a PkPlan where the question is one, else SQL.
 *
 * Aggregates are Vega's (vega-transforms/src/util/AggregateOps.js): null, "" and NaN
 * take no part, stdev and variance are those of samples, distinct counts null as a value. Groups come
 * in order of first appearance where rows are numbered. */
#include "pk-lower-priv.h"

#include "pk-error.h"
#include "pk-sql-quote.h"
#include "pk-sql-text.h"

#include <math.h>

#define FIRST_ROW "__first"

static void
dim_free(gpointer data)
{
  PkDim *dim = data;

  g_free(dim->path);
  g_free(dim->name);
  g_free(dim->end_name);
  g_free(dim);
}

static void
measure_free(gpointer data)
{
  PkMeasureDef *measure = data;

  g_free(measure->op);
  g_free(measure->path);
  g_free(measure->by);
  g_free(measure->name);
  g_free(measure);
}

PkGroup *
pk_group_new(void)
{
  PkGroup *self = g_new0(PkGroup, 1);

  self->dims = g_ptr_array_new_with_free_func(dim_free);
  self->measures = g_ptr_array_new_with_free_func(measure_free);
  return self;
}

void
pk_group_free(PkGroup *self)
{
  g_ptr_array_unref(self->dims);
  g_ptr_array_unref(self->measures);
  g_free(self);
}

PkDim *
pk_group_add_dim(PkGroup *self, PkDimKind kind, const char *path, const char *name)
{
  for (guint i = 0; i < self->dims->len; i++)
    if (g_str_equal(((PkDim *)self->dims->pdata[i])->name, name))
      return NULL;
  PkDim *dim = g_new0(PkDim, 1);
  dim->kind = kind;
  dim->path = g_strdup(path);
  dim->name = g_strdup(name);
  g_ptr_array_add(self->dims, dim);
  return dim;
}

PkMeasureDef *
pk_group_add_measure(PkGroup *self, const char *op, const char *path, const char *name)
{
  for (guint i = 0; i < self->measures->len; i++)
    if (g_str_equal(((PkMeasureDef *)self->measures->pdata[i])->name, name))
      return NULL;
  PkMeasureDef *measure = g_new0(PkMeasureDef, 1);
  measure->op = g_strdup(op);
  measure->path = g_strdup(path);
  measure->name = g_strdup(name);
  g_ptr_array_add(self->measures, measure);
  return measure;
}

/* The field, or one of NULLs in its place. */
static PkRelField *
field_or_null(PkLowering *self, PkRel *rel, const char *path)
{
  PkRelField *field = pk_lower_field(self, rel, path, NULL);

  if (!field) {
    g_autofree char *flat = pk_field_flat(path);
    pk_lower_warn_missing(self, rel, path);
    field = pk_rel_set(rel, flat, "CAST(NULL AS DOUBLE)", PK_TYPE_OF(PK_TYPE_F64));
    field->nan_free = TRUE;
  }
  return field;
}

/* --- measures --- */

static const struct {
  const char *op;
  PkAggOp agg;
  double p;
  const char *sql; /* of an argument %s */
} ops[] = {
  { "count", PK_AGG_COUNT_ALL, 0, "count(*)" },
  { "valid", PK_AGG_COUNT, 0, "count(%s)" },
  { "sum", PK_AGG_SUM, 0, "sum(%s)" },
  { "mean", PK_AGG_MEAN, 0, "avg(%s)" },
  { "average", PK_AGG_MEAN, 0, "avg(%s)" },
  { "min", PK_AGG_MIN, 0, "min(%s)" },
  { "max", PK_AGG_MAX, 0, "max(%s)" },
  { "variance", PK_AGG_VAR_SAMP, 0, "var_samp(%s)" },
  { "variancep", PK_AGG_VAR_POP, 0, "var_pop(%s)" },
  { "stdev", PK_AGG_STDDEV_SAMP, 0, "stddev_samp(%s)" },
  { "stdevp", PK_AGG_STDDEV_POP, 0, "stddev_pop(%s)" },
  { "median", PK_AGG_QUANTILE, 0.5, "quantile_cont(%s, 0.5)" },
  { "q1", PK_AGG_QUANTILE, 0.25, "quantile_cont(%s, 0.25)" },
  { "q3", PK_AGG_QUANTILE, 0.75, "quantile_cont(%s, 0.75)" },
};

static gint
find_op(const char *op)
{
  for (guint i = 0; i < G_N_ELEMENTS(ops); i++)
    if (g_str_equal(ops[i].op, op))
      return (gint)i;
  return -1;
}

static gboolean
keeps_type(const char *op)
{
  return g_str_equal(op, "min") || g_str_equal(op, "max") || g_str_equal(op, "valid");
}

/* Does any value of these float fields not count because it is NaN? Then they are replaced by fields without it. */
static PkRelField *
without_nan(PkLowering *self, PkRel *rel, PkRelField *field, GError **error)
{
  g_autofree char *name = g_strconcat("valid ", field->name, NULL), *column = NULL, *sql = NULL;
  PkRelField *found = pk_rel_find(rel, name);

  if (field->nan_free || (field->type.kind != PK_TYPE_F64 && field->type.kind != PK_TYPE_F32))
    return field;
  if (found)
    return found;
  g_autoptr(PkPlan) plan = pk_plan_new(rel->from);
  pk_plan_add_agg(plan, PK_AGG_MAX, (gint)pk_plan_add_column(plan, field->column, field->type), -1, "most");
  g_autofree char *title = pk_lower_purpose(self->view, "is %s free of NaN", field->name);
  g_autoptr(PkFrame) frame = self->host->run_plan(plan, title, self->host->user, error);
  if (!frame)
    return NULL;
  if (pk_column_is_null(frame->columns[0], 0) || !isnan(pk_column_get_double(frame->columns[0], 0))) {
    field->nan_free = TRUE;
    return field;
  }
  column = pk_rel_quote(field);
  sql = g_strdup_printf("CASE WHEN NOT isnan(%s) THEN %s END", column, column);
  found = pk_rel_set(rel, name, sql, field->type);
  found->nan_free = TRUE;
  return found;
}

/* The field that an operation takes: a number, except that min, max, valid and distinct take texts and dates as they are. */
static PkRelField *
argument_of(PkLowering *self, PkRel *rel, const PkMeasureDef *measure, GError **error)
{
  PkRelField *field = field_or_null(self, rel, measure->path);

  if (g_str_equal(measure->op, "distinct") && !pk_type_is_numeric(field->type))
    return field;
  if (keeps_type(measure->op) && (field->type.kind == PK_TYPE_TEXT || pk_type_is_temporal(field->type)))
    return field;
  if (pk_type_is_temporal(field->type)) {
    g_autofree char *name = g_strconcat("ms of ", field->name, NULL), *sql = pk_lower_number_sql(field);
    PkRelField *found = pk_rel_find(rel, name);
    if (!found) {
      found = pk_rel_set(rel, name, sql, PK_TYPE_OF(PK_TYPE_F64));
      found->nan_free = TRUE;
    }
    return found;
  }
  if (!pk_type_is_numeric(field->type))
    return pk_lower_measure(rel, field);
  return without_nan(self, rel, field, error);
}

static char *
exponential_sql(PkRel *rel, const PkMeasureDef *measure, const char *v, const char *over)
{
  PkRelField *row = pk_rel_find(rel, PK_REL_ROW);
  g_autofree char *order = pk_rel_quote(row);
  char r[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean biased = g_str_equal(measure->op, "exponentialb");

  g_ascii_dtostr(r, sizeof r, measure->param);
  g_autofree char *shrunk = g_strdup_printf("list_reduce(list(CAST(%s AS DOUBLE) ORDER BY %s) FILTER (%s IS NOT NULL)%s, "
                                            "lambda a, b: %s * a + b) * (1 - %s)", v, order, v, over, r, r);
  return biased ? g_steal_pointer(&shrunk) : g_strdup_printf("%s / (1 - pow(%s, count(%s)%s))", shrunk, r, v, over);
}

static char *
argmin_sql(PkLowering *self, PkRel *rel, const PkMeasureDef *measure, const char *over, GError **error)
{
  PkRelField *field = field_or_null(self, rel, measure->path);
  PkMeasureDef by_def = { .op = (char *)"min", .path = measure->by };
  PkRelField *by = argument_of(self, rel, &by_def, error);
  g_autofree char *value = NULL, *order = NULL, *row = NULL;

  if (!by)
    return NULL;
  value = pk_rel_quote(field);
  order = pk_rel_quote(by);
  if (pk_rel_find(rel, PK_REL_ROW))
    row = g_strdup(", " PK_REL_ROW);
  return g_strdup_printf("first(%s ORDER BY %s %s%s) FILTER (%s IS NOT NULL)%s", value, order,
                         g_str_equal(measure->op, "argmin") ? "ASC" : "DESC", row ? row : "", order, over);
}

/* SQL of an aggregate that is one call, or a sum of calls. */
static char *
op_sql(const PkMeasureDef *measure, gint op, gboolean text, PkRel *rel, const char *v, const char *over)
{
  if (op >= 0 && text) {
    g_autofree char *filled = g_strdup_printf("nullif(%s, '')", v);
    const char *call = g_str_equal(measure->op, "min") ? "min" : g_str_equal(measure->op, "max") ? "max" : "count";
    return g_strdup_printf("%s(%s)%s", call, filled, over);
  }
  if (op >= 0) {
    g_auto(GStrv) around = g_strsplit(ops[op].sql, "%s", 2);
    return g_strconcat(around[0], v, around[1], over, NULL);
  }
  if (g_str_equal(measure->op, "missing"))
    return g_strdup_printf("(count(*)%s - count(%s)%s)", over, v, over);
  if (g_str_equal(measure->op, "distinct"))
    return g_strdup_printf("(count(DISTINCT %s)%s + CASE WHEN count(*)%s > count(%s)%s THEN 1 ELSE 0 END)", v, over, over, v,
                           over);
  if (g_str_equal(measure->op, "stderr"))
    return g_strdup_printf("(stddev_samp(%s)%s / sqrt(count(%s)%s))", v, over, v, over);
  if (g_str_equal(measure->op, "product"))
    return g_strdup_printf("product(%s)%s", v, over);
  return g_str_has_prefix(measure->op, "exponential") ? exponential_sql(rel, measure, v, over) : NULL;
}

char *
pk_lower_measure_sql(PkLowering *self, PkRel *rel, const PkMeasureDef *measure, const char *over, PkType *type,
                     GError **error)
{
  g_autofree char *v = NULL;
  PkRelField *field;

  *type = PK_TYPE_OF(PK_TYPE_F64);
  if (g_str_equal(measure->op, "count"))
    return g_strconcat("count(*)", over, NULL);
  if (measure->by)
    return argmin_sql(self, rel, measure, over, error);
  if (!measure->path) {
    pk_fail(error, PK_ERROR_INVALID, "the aggregate \"%s\" needs a field", measure->op);
    return NULL;
  }
  if (g_str_has_prefix(measure->op, "exponential"))
    pk_rel_number_rows(rel);
  field = argument_of(self, rel, measure, error);
  if (!field)
    return NULL;
  v = pk_rel_quote(field);
  char *sql = op_sql(measure, find_op(measure->op), field->type.kind == PK_TYPE_TEXT, rel, v, over);
  if (!sql)
    pk_fail(error, PK_ERROR_UNSUPPORTED, "the aggregate \"%s\" is not supported", measure->op);
  return sql;
}

/* --- dimensions --- */

/* The start of the bin of each row, NULL where there is none; outside of the bins infinite, as in Vega. */
static char *
bin_sql(const PkRelField *field, const PkBins *bins)
{
  g_autofree char *x = pk_lower_number_sql(field);
  char start[G_ASCII_DTOSTR_BUF_SIZE], stop[G_ASCII_DTOSTR_BUF_SIZE], step[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr(start, sizeof start, bins->start);
  g_ascii_dtostr(stop, sizeof stop, bins->stop);
  g_ascii_dtostr(step, sizeof step, bins->step);
  return g_strdup_printf("CASE WHEN (%s) IS NULL OR isnan(CAST((%s) AS DOUBLE)) THEN NULL "
                         "WHEN CAST((%s) AS DOUBLE) < %s THEN '-inf'::DOUBLE WHEN CAST((%s) AS DOUBLE) > %s THEN 'inf'::DOUBLE "
                         "ELSE %s + %s::DOUBLE * least(floor(1e-14 + (CAST((%s) AS DOUBLE) - %s) / %s::DOUBLE), "
                         "round((%s::DOUBLE - %s) / %s) - 1) END",
                         x, x, x, start, x, stop, start, step, x, start, step, stop, start, step);
}

/* A dimension as a field of the relation whose values are the keys. */
static PkRelField *
dim_field(PkLowering *self, PkRel *rel, const PkDim *dim)
{
  PkRelField *field = field_or_null(self, rel, dim->path);
  g_autofree char *name = g_strconcat("key ", dim->name, NULL);

  if (dim->kind == PK_DIM_VALUE)
    return field;
  PkRelField *found = pk_rel_find(rel, name);
  if (found)
    return found;
  if (dim->kind == PK_DIM_BIN) {
    g_autofree char *sql = bin_sql(field, &dim->bins);
    return pk_rel_set(rel, name, sql, PK_TYPE_OF(PK_TYPE_F64));
  }
  if (!pk_type_is_temporal(field->type))
    return pk_rel_set(rel, name, "CAST(NULL AS TIMESTAMP)", (PkType){ .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US });
  g_autoptr(GString) sql = g_string_new(NULL);
  pk_sql_append_time_floor(sql, field->column, field->type, dim->unit.parts, (guint)dim->unit.step);
  return pk_rel_set(rel, name, sql->str, field->type);
}

/* start + the length of the unit's smallest part. */
static char *
unit_end_sql(const PkCalendarUnit *unit, const char *start)
{
  static const struct { PkTimePart part; int n; const char *interval; } parts[] = {
    { PK_TIME_YEAR, 1, "YEAR" }, { PK_TIME_QUARTER, 3, "MONTH" }, { PK_TIME_MONTH, 1, "MONTH" }, { PK_TIME_WEEK, 7, "DAY" },
    { PK_TIME_DATE, 1, "DAY" }, { PK_TIME_DAY, 1, "DAY" }, { PK_TIME_DAYOFYEAR, 1, "DAY" }, { PK_TIME_HOURS, 1, "HOUR" },
    { PK_TIME_MINUTES, 1, "MINUTE" }, { PK_TIME_SECONDS, 1, "SECOND" }, { PK_TIME_MILLISECONDS, 1, "MILLISECOND" },
  };

  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i].part == pk_calendar_unit_smallest(unit))
      return g_strdup_printf("%s + INTERVAL %d %s", start, parts[i].n * (int)unit->step, parts[i].interval);
  return g_strdup(start);
}

void
pk_lower_dim_fields(PkLowering *self, PkRel *rel, const PkDim *dim, const char *start, const char *end)
{
  PkRelField *key = dim_field(self, rel, dim);
  g_autofree char *column = pk_rel_quote(key), *start_column = NULL, *sql = NULL;
  PkRelField *field = pk_rel_set(rel, start, column, key->type);

  start_column = pk_rel_quote(field);
  if (dim->kind == PK_DIM_BIN) {
    char step[G_ASCII_DTOSTR_BUF_SIZE];
    sql = g_strdup_printf("%s + %s", start_column, g_ascii_dtostr(step, sizeof step, dim->bins.step));
  } else {
    sql = unit_end_sql(&dim->unit, start_column);
  }
  pk_rel_set(rel, end, sql, dim->kind == PK_DIM_TIME && field->type.kind == PK_TYPE_DATE
                              ? (PkType){ .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US } : field->type);
}

/* --- as a plan --- */

static gboolean
measures_fit_plan(PkLowering *self, PkRel *rel, const PkGroup *group)
{
  for (guint i = 0; i < group->measures->len; i++) {
    const PkMeasureDef *measure = group->measures->pdata[i];
    if (measure->by || find_op(measure->op) < 0)
      return FALSE;
    if (measure->path && keeps_type(measure->op)) {
      PkRelField *field = pk_lower_field(self, rel, measure->path, NULL);
      if (field && field->type.kind == PK_TYPE_TEXT)
        return FALSE; /* the empty text takes no part */
    }
  }
  return TRUE;
}

static gboolean
key_type_fits(PkType type)
{
  return !pk_type_is_nested(type) && type.kind != PK_TYPE_BLOB && type.kind != PK_TYPE_BIT && type.kind != PK_TYPE_BIGNUM &&
         type.kind != PK_TYPE_INTERVAL && type.kind != PK_TYPE_TIME_TZ && type.kind != PK_TYPE_UUID;
}

/* The fields are made before the plan, whose relation they change. */
static gboolean
prepare_dims(PkLowering *self, PkRel *rel, const PkGroup *group, gboolean for_plan, GPtrArray *fields)
{
  gboolean fits = TRUE;

  for (guint i = 0; i < group->dims->len; i++) {
    const PkDim *dim = group->dims->pdata[i];
    PkRelField *field = field_or_null(self, rel, dim->path);
    gboolean direct = for_plan && ((dim->kind == PK_DIM_BIN && !dim->keep_null) ||
                                   (dim->kind == PK_DIM_TIME && pk_type_is_temporal(field->type)));
    if (!direct)
      field = dim_field(self, rel, dim);
    else if (dim->kind == PK_DIM_BIN)
      field = pk_lower_measure(rel, field);
    fits = fits && key_type_fits(field->type);
    g_ptr_array_add(fields, field);
  }
  return fits;
}

static void
add_key(PkPlan *plan, const PkDim *dim, const PkRelField *field)
{
  guint column = pk_plan_add_column(plan, field->column, field->type);
  PkKey *key;

  if (dim->kind == PK_DIM_BIN && !dim->keep_null) {
    key = pk_plan_add_key(plan, PK_KEY_BINS, column, dim->name);
    key->start = dim->bins.start;
    key->step = dim->bins.step;
    key->count = (guint)MAX(1, round((dim->bins.stop - dim->bins.start) / dim->bins.step));
  } else if (dim->kind == PK_DIM_TIME) {
    key = pk_plan_add_key(plan, PK_KEY_TIME, column, dim->name);
    key->time_units = dim->unit.parts;
    key->time_step = (guint)dim->unit.step;
  } else {
    pk_plan_add_key(plan, PK_KEY_VALUE, column, dim->name);
  }
}

static PkPlan *
make_plan(PkRel *rel, const PkGroup *group, GPtrArray *dims, GPtrArray *arguments, gboolean ordered)
{
  PkPlan *plan = pk_plan_new(rel->from);

  for (guint i = 0; i < dims->len; i++)
    add_key(plan, group->dims->pdata[i], dims->pdata[i]);
  for (guint i = 0; i < group->measures->len; i++) {
    const PkMeasureDef *measure = group->measures->pdata[i];
    const PkRelField *field = arguments->pdata[i];
    gint op = find_op(measure->op);
    gint column = field ? (gint)pk_plan_add_column(plan, field->column, field->type) : -1;
    PkAgg *agg = pk_plan_add_agg(plan, ops[op].agg, column, -1, measure->name);
    agg->p = ops[op].p;
  }
  if (ordered)
    pk_plan_add_agg(plan, PK_AGG_MIN, (gint)pk_plan_add_column(plan, PK_REL_ROW, PK_TYPE_OF(PK_TYPE_I64)), -1, FIRST_ROW);
  pk_rel_add_pending(rel, plan, TRUE);
  return plan;
}

/* "count, mean of delay by bin of distance, origin" */
static char *
group_title(const PkLowering *self, const PkGroup *group)
{
  static const char *const steps[] = { [PK_DIM_VALUE] = "", [PK_DIM_BIN] = "bin of ", [PK_DIM_TIME] = "time unit of " };
  g_autoptr(GString) words = g_string_new(group->measures->len ? NULL : "values");

  for (guint i = 0; i < group->measures->len; i++) {
    const PkMeasureDef *measure = group->measures->pdata[i];
    g_string_append_printf(words, "%s%s%s%s", i ? ", " : "", measure->op, measure->path ? " of " : "",
                           measure->path ? measure->path : "");
  }
  for (guint i = 0; i < group->dims->len; i++) {
    const PkDim *dim = group->dims->pdata[i];
    g_string_append_printf(words, "%s%s%s", i ? ", " : " by ", steps[dim->kind], dim->path);
  }
  return pk_lower_purpose(self->view, "%s", words->str);
}

static PkFrame *
run_as_plan(PkLowering *self, PkRel *rel, const PkGroup *group, gboolean ordered, gboolean *tried, GError **error)
{
  g_autoptr(GPtrArray) dims = g_ptr_array_new(), arguments = g_ptr_array_new();
  g_autoptr(PkPlan) plan = NULL;

  *tried = FALSE;
  if (!measures_fit_plan(self, rel, group) || group->measures->len + (ordered ? 1 : 0) == 0)
    return NULL;
  if (!prepare_dims(self, rel, group, TRUE, dims))
    return NULL;
  for (guint i = 0; i < group->measures->len; i++) {
    const PkMeasureDef *measure = group->measures->pdata[i];
    PkRelField *field = NULL;
    if (measure->path && !g_str_equal(measure->op, "count") && !(field = argument_of(self, rel, measure, error))) {
      *tried = TRUE;
      return NULL;
    }
    g_ptr_array_add(arguments, field);
  }
  plan = make_plan(rel, group, dims, arguments, ordered);
  if (!pk_plan_check(plan, NULL))
    return NULL; /* SQL takes more types */
  *tried = TRUE;
  g_autofree char *title = group_title(self, group);
  return self->host->run_plan(plan, title, self->host->user, error);
}

/* --- as SQL --- */

static GString *
group_sql(PkLowering *self, PkRel *rel, const PkGroup *group, const char *order_name, GPtrArray *names, GError **error)
{
  g_autoptr(GPtrArray) dims = g_ptr_array_new();
  g_autoptr(GString) sql = g_string_new("SELECT "), by = g_string_new(NULL);
  g_autoptr(GPtrArray) measures = g_ptr_array_new_with_free_func(g_free);
  PkType type;

  pk_rel_flush(rel);
  prepare_dims(self, rel, group, FALSE, dims);
  for (guint i = 0; i < group->measures->len; i++) {
    char *text = pk_lower_measure_sql(self, rel, group->measures->pdata[i], "", &type, error);
    if (!text)
      return NULL;
    g_ptr_array_add(measures, text);
  }
  for (guint i = 0; i < dims->len; i++) {
    const PkRelField *field = dims->pdata[i];
    g_autofree char *column = pk_rel_quote(field);
    g_string_append_printf(sql, "%s%s AS ", i ? ", " : "", column);
    pk_sql_append_ident(sql, names->pdata[i]);
    g_string_append_printf(by, "%s%s", i ? ", " : "", column);
  }
  for (guint i = 0; i < measures->len; i++) {
    g_string_append_printf(sql, "%s%s AS ", i + dims->len ? ", " : "", (char *)measures->pdata[i]);
    pk_sql_append_ident(sql, names->pdata[dims->len + i]);
  }
  if (order_name)
    g_string_append_printf(sql, "%smin(%s) AS %s", dims->len + measures->len ? ", " : "", PK_REL_ROW, order_name);
  g_string_append_printf(sql, " FROM %s", rel->from);
  if (by->len)
    g_string_append_printf(sql, " GROUP BY %s", by->str);
  return g_steal_pointer(&sql);
}

static GPtrArray *
result_names(const PkGroup *group)
{
  GPtrArray *names = g_ptr_array_new();

  for (guint i = 0; i < group->dims->len; i++)
    g_ptr_array_add(names, ((PkDim *)group->dims->pdata[i])->name);
  for (guint i = 0; i < group->measures->len; i++)
    g_ptr_array_add(names, ((PkMeasureDef *)group->measures->pdata[i])->name);
  return names;
}

static PkFrame *
run_as_sql(PkLowering *self, PkRel *rel, const PkGroup *group, gboolean ordered, GError **error)
{
  g_autoptr(GPtrArray) names = result_names(group);
  g_autoptr(GString) sql = group_sql(self, rel, group, ordered ? FIRST_ROW : NULL, names, error);
  g_autofree char *title = group_title(self, group);

  return sql ? self->host->run_sql(sql->str, rel->from, title, self->host->user, error) : NULL;
}

/* --- the rows that result --- */

typedef struct {
  double first;
  gint64 row;
} RowOrder;

static int
compare_order(gconstpointer a, gconstpointer b)
{
  const RowOrder *x = a, *y = b;

  return x->first < y->first ? -1 : x->first > y->first;
}

/* Sorts by the numbers of a column, and drops it. */
static void
sort_and_drop(PkTable *table, const char *name)
{
  gint column = pk_table_find(table, name);
  g_autofree RowOrder *order = NULL;
  g_autofree gint64 *rows = NULL;

  if (column < 0)
    return;
  order = g_new(RowOrder, table->n_rows + 1);
  rows = g_new(gint64, table->n_rows + 1);
  for (gint64 i = 0; i < table->n_rows; i++)
    order[i] = (RowOrder){ pk_table_at(table, (guint)column, i)->number, i };
  qsort(order, (gsize)table->n_rows, sizeof *order, compare_order);
  for (gint64 i = 0; i < table->n_rows; i++)
    rows[i] = order[i].row;
  pk_table_reorder(table, rows, table->n_rows);
  pk_table_remove_column(table, (guint)column);
}

/* Bin indices of a plan become starts; ends are added. */
static void
finish_dim(PkTable *table, const PkDim *dim, gboolean is_index)
{
  gint column = pk_table_find(table, dim->name);
  guint end = dim->end_name ? pk_table_add_column(table, dim->end_name) : 0;

  for (gint64 i = 0; i < table->n_rows && column >= 0; i++) {
    PkValue *value = pk_table_at(table, (guint)column, i);
    if (value->kind == PK_VALUE_NULL)
      continue;
    if (dim->kind == PK_DIM_BIN && is_index)
      *value = pk_value_number(dim->bins.start + value->number * dim->bins.step);
    if (!dim->end_name)
      continue;
    *pk_table_at(table, end, i) = dim->kind == PK_DIM_BIN ? pk_value_number(value->number + dim->bins.step)
                                                         : pk_value_date(pk_calendar_unit_end(&dim->unit, value->number));
  }
}

/* Which BIN dimensions came as indices: those that a plan had as BINS keys. */
static void
finish_dims(PkTable *table, const PkGroup *group, gboolean from_plan)
{
  for (guint i = 0; i < group->dims->len; i++) {
    const PkDim *dim = group->dims->pdata[i];
    if (dim->kind != PK_DIM_VALUE)
      finish_dim(table, dim, from_plan && !dim->keep_null);
  }
}

PkTable *
pk_lower_group(PkLowering *self, PkRel *rel, const PkGroup *group, gboolean ordered, GError **error)
{
  gboolean tried, sorted = ordered && pk_rel_find(rel, PK_REL_ROW) != NULL;
  g_autoptr(GError) local = NULL;
  g_autoptr(PkFrame) frame = run_as_plan(self, rel, group, sorted, &tried, &local);
  g_autoptr(PkTable) table = NULL;

  if (!frame && !tried)
    frame = run_as_sql(self, rel, group, sorted, &local);
  if (!frame) {
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
  }
  table = pk_table_from_frame(frame, self->options.row_limit, error);
  if (!table)
    return NULL;
  if (sorted)
    sort_and_drop(table, FIRST_ROW);
  finish_dims(table, group, tried);
  return g_steal_pointer(&table);
}

gboolean
pk_lower_group_rel(PkLowering *self, PkRel *rel, const PkGroup *group, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), wanted = result_names(group);
  g_autoptr(PkRel) made = pk_rel_new("", FALSE);
  gboolean numbered = pk_rel_find(rel, PK_REL_ROW) != NULL;

  for (guint i = 0; i < wanted->len; i++) {
    g_ptr_array_add(names, pk_rel_new_column(made, wanted->pdata[i]));
    pk_rel_declare(made, wanted->pdata[i], names->pdata[i], PK_TYPE_OF(PK_TYPE_NULL));
  }
  g_autoptr(GString) sql = group_sql(self, rel, group, numbered ? PK_REL_ROW : NULL, names, error);
  g_autoptr(GPtrArray) columns = sql ? self->host->describe(sql->str, self->host->user, error) : NULL;
  if (!columns)
    return FALSE;
  for (guint i = 0; i < wanted->len; i++)
    ((PkRelField *)made->fields->pdata[i])->type = ((PkColumnInfo *)columns->pdata[i])->type;
  if (numbered)
    pk_rel_declare(made, PK_REL_ROW, PK_REL_ROW, PK_TYPE_OF(PK_TYPE_I64));
  g_free(rel->from);
  rel->from = g_strdup_printf("(%s)", sql->str);
  rel->is_table = FALSE;
  g_ptr_array_unref(rel->fields);
  rel->fields = g_steal_pointer(&made->fields);
  made->fields = g_ptr_array_new();
  return TRUE;
}

PkTable *
pk_lower_rows(PkLowering *self, PkRel *rel, const GPtrArray *paths, gboolean ordered, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT ");
  g_autoptr(GPtrArray) fields = g_ptr_array_new();
  g_autoptr(PkFrame) frame = NULL;
  g_autoptr(PkTable) table = NULL;
  gboolean sorted = ordered && pk_rel_find(rel, PK_REL_ROW);

  pk_rel_flush(rel);
  for (guint i = 0; i < paths->len; i++)
    g_ptr_array_add(fields, field_or_null(self, rel, paths->pdata[i]));
  for (guint i = 0; i < fields->len; i++) {
    g_autofree char *column = pk_rel_quote(fields->pdata[i]);
    g_string_append_printf(sql, "%s%s AS c%u", i ? ", " : "", column, i);
  }
  g_string_append_printf(sql, fields->len ? " FROM %s" : "1 AS \"__one\" FROM %s", rel->from);
  if (sorted)
    g_string_append(sql, " ORDER BY " PK_REL_ROW);
  g_autofree char *title = pk_lower_purpose(self->view, "rows, a mark each");
  frame = self->host->run_sql(sql->str, rel->from, title, self->host->user, error);
  table = frame ? pk_table_from_frame(frame, self->options.row_limit, error) : NULL;
  if (!table)
    return NULL;
  if (fields->len == 0)
    pk_table_remove_column(table, 0);
  for (guint i = 0; i < fields->len; i++)
    pk_table_rename_column(table, i, ((PkRelField *)fields->pdata[i])->name);
  return g_steal_pointer(&table);
}

/* A value of a result as a double: dates as ms. */
static double
frame_number(const PkColumn *column)
{
  double x = pk_column_get_double(column, 0);

  if (column->type.kind == PK_TYPE_DATE)
    return x * 86400000;
  if (pk_type_is_temporal(column->type))
    return x * 1000 / (double)pk_type_unit_per_second(column->type.unit);
  return x;
}

gboolean
pk_lower_extent(PkLowering *self, PkRel *rel, const char *path, double *lo, double *hi, GError **error)
{
  PkRelField *field = pk_lower_field(self, rel, path, NULL);
  g_autoptr(PkPlan) plan = NULL;
  g_autoptr(PkFrame) frame = NULL;
  gint column;

  *lo = *hi = NAN;
  if (!field)
    return FALSE;
  field = pk_lower_measure(rel, field);
  if (!pk_type_is_temporal(field->type) && !(field = without_nan(self, rel, field, error)))
    return FALSE;
  plan = pk_plan_new(rel->from);
  column = (gint)pk_plan_add_column(plan, field->column, field->type);
  pk_plan_add_agg(plan, PK_AGG_MIN, column, -1, "lo");
  pk_plan_add_agg(plan, PK_AGG_MAX, column, -1, "hi");
  pk_rel_add_pending(rel, plan, FALSE);
  g_autofree char *title = pk_lower_purpose(self->view, "extent of %s", path);
  frame = self->host->run_plan(plan, title, self->host->user, error);
  if (!frame || pk_column_is_null(frame->columns[0], 0))
    return FALSE;
  *lo = frame_number(frame->columns[0]);
  *hi = frame_number(frame->columns[1]);
  return isfinite(*lo) && isfinite(*hi);
}

gint64
pk_lower_count(PkLowering *self, PkRel *rel, GError **error)
{
  if (!rel->filtered)
    return self->host->count(rel->from, self->host->user, error);
  g_autoptr(PkPlan) plan = pk_plan_new(rel->from);
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "rows");
  pk_rel_add_pending(rel, plan, FALSE);
  g_autofree char *title = pk_lower_purpose(self->view, "number of rows");
  g_autoptr(PkFrame) frame = self->host->run_plan(plan, title, self->host->user, error);
  return frame ? (gint64)pk_column_get_int(frame->columns[0], 0) : -1;
}
