#include "pk-unit-rows.h"

#include "pk-lower-unit.h"
#include "pk-sql-quote.h"
#include "pk-unit-query.h"

#include <math.h>
#include <string.h>

/* A column of the unit's table, and what of the relation it comes from. */
typedef struct {
  char *column, *field;
  PkDimKind kind;
  double step; /* BIN */
  PkCalendarUnit unit;
} Dim;

struct PkUnitRows {
  PkRel *rel;
  GArray *dims;      /* of Dim */
  char *place[2];    /* the fields of x and y; NULL: not a field's own values */
  char **columns;
};

static void
dim_clear(gpointer data)
{
  Dim *dim = data;

  g_free(dim->column);
  g_free(dim->field);
}

void
pk_unit_rows_free(PkUnitRows *self)
{
  pk_rel_free(self->rel);
  g_array_unref(self->dims);
  g_free(self->place[0]);
  g_free(self->place[1]);
  g_strfreev(self->columns);
  g_free(self);
}

static void
take_places(PkUnitRows *self, const PkUnitBuild *build)
{
  for (int k = 0; k < 2; k++) {
    const PkChannelDef *def = pk_view_def(build->view, k ? PK_CHANNEL_Y : PK_CHANNEL_X);
    if (def && def->field && !def->aggregate)
      self->place[k] = pk_field_flat(def->field);
  }
}

static void
take_dims(PkUnitRows *self, const PkUnitBuild *build)
{
  for (guint i = 0; i < build->group->dims->len; i++) {
    const PkDim *from = build->group->dims->pdata[i];
    Dim dim = { .column = g_strdup(from->name), .field = pk_field_flat(from->path), .kind = from->kind,
                .step = from->bins.step, .unit = from->unit };
    g_array_append_val(self->dims, dim);
  }
}

void
pk_lower_keep_rows(PkUnitBuild *build, const PkRel *base, const PkRel *rel)
{
  PkUnitRows *self = build->unit->rows = g_new0(PkUnitRows, 1);
  g_autoptr(GStrvBuilder) columns = g_strv_builder_new();

  self->rel = pk_rel_copy(rel);
  pk_rel_flush(self->rel);
  self->dims = g_array_new(FALSE, FALSE, sizeof(Dim));
  g_array_set_clear_func(self->dims, dim_clear);
  take_places(self, build);
  take_dims(self, build);
  for (guint i = 0; i < base->fields->len; i++) {
    const PkRelField *field = base->fields->pdata[i];
    const PkRelField *now = pk_rel_find(self->rel, field->name);
    if (now && strcmp(field->name, PK_REL_ROW))
      g_strv_builder_add(columns, now->column);
  }
  self->columns = g_strv_builder_end(columns);
}

const char *
pk_unit_rows_from(const PkUnit *unit)
{
  return unit->rows->rel->from;
}

char **
pk_unit_rows_columns(const PkUnit *unit)
{
  return unit->rows->columns;
}

/* --- conditions --- */

static void
append_and(GString *out)
{
  if (out->len)
    g_string_append(out, " AND ");
}

static void
append_between(GString *out, const PkRelField *field, const PkRowsBetween *between)
{
  g_autofree char *x = pk_lower_number_sql(field);
  char lo[G_ASCII_DTOSTR_BUF_SIZE], hi[G_ASCII_DTOSTR_BUF_SIZE];

  append_and(out);
  g_string_append_printf(out, "(%s) >= %s::DOUBLE AND (%s) %s %s::DOUBLE", x, g_ascii_dtostr(lo, sizeof lo, between->from), x,
                         between->closed ? "<=" : "<", g_ascii_dtostr(hi, sizeof hi, between->to));
}

static void
append_equal(GString *out, const PkRelField *field, const PkValue *value)
{
  g_autofree char *column = pk_rel_quote(field);
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  append_and(out);
  if (value->kind == PK_VALUE_NULL) {
    g_string_append_printf(out, "%s IS NULL", column);
  } else if (value->kind == PK_VALUE_TEXT) {
    g_string_append_printf(out, "CAST(%s AS VARCHAR) = ", column);
    pk_sql_append_literal(out, value->text);
  } else if (value->kind == PK_VALUE_BOOL) {
    g_string_append_printf(out, "%s = %s", column, value->number != 0 ? "true" : "false");
  } else if (value->kind == PK_VALUE_NUMBER && value->text) {
    g_string_append_printf(out, "%s = %s", column, value->text);
  } else {
    g_autofree char *x = pk_lower_number_sql(field);
    if (isfinite(value->number))
      g_string_append_printf(out, "(%s) = %s::DOUBLE", x, g_ascii_dtostr(digits, sizeof digits, value->number));
    else
      g_string_append_printf(out, "(%s) = '%s'::DOUBLE", x, isnan(value->number) ? "nan" : value->number < 0 ? "-inf" : "inf");
  }
}

static void
append_dim(GString *out, const PkUnit *unit, const Dim *dim, gint64 row)
{
  const PkRelField *field = pk_rel_find(unit->rows->rel, dim->field);
  gint column = pk_table_find(unit->table, dim->column);

  if (!field || column < 0)
    return;
  const PkValue *value = pk_table_at(unit->table, (guint)column, row);
  if (dim->kind == PK_DIM_VALUE || value->kind == PK_VALUE_NULL) {
    append_equal(out, field, value);
    return;
  }
  double end = dim->kind == PK_DIM_BIN ? value->number + dim->step : pk_calendar_unit_end(&dim->unit, value->number);
  append_between(out, field, &(PkRowsBetween){ value->number, end, FALSE });
}

char *
pk_unit_rows_of_mark(const PkUnit *unit, gint64 row)
{
  GString *out = g_string_new(NULL);

  for (guint i = 0; i < unit->rows->dims->len; i++)
    append_dim(out, unit, &g_array_index(unit->rows->dims, Dim, i), row);
  if (!out->len)
    g_string_append(out, "true");
  return g_string_free(out, FALSE);
}

static const PkRelField *
place_field(const PkUnit *unit, int k)
{
  return unit->rows->place[k] ? pk_rel_find(unit->rows->rel, unit->rows->place[k]) : NULL;
}

char *
pk_unit_rows_between(const PkUnit *unit, const PkRowsBetween between[2])
{
  g_autoptr(GString) out = g_string_new(NULL);

  for (int k = 0; k < 2; k++) {
    const PkRelField *field = place_field(unit, k);
    if (between[k].from > between[k].to)
      continue;
    if (!field)
      return NULL;
    append_between(out, field, &between[k]);
  }
  if (!out->len)
    g_string_append(out, "true");
  return g_string_free(g_steal_pointer(&out), FALSE);
}

PkPlan *
pk_unit_rows_plan(const PkUnit *unit, const PkRowsBetween between[2])
{
  const PkUnitQuery *query = unit->query;
  PkPlan *plan = query && query->x && query->y ? pk_plan_new(query->rel->from) : NULL;

  for (int k = 0; plan && k < 2; k++) {
    const PkRelField *field = k ? query->y : query->x;
    double scale = pk_units_per_ms(field->type);
    PkPredicate range = { .kind = PK_PRED_RANGE, .column = pk_plan_add_column(plan, field->column, field->type),
                          .has_lo = TRUE, .has_hi = TRUE, .hi_exclusive = !between[k].closed,
                          .lo = pk_scalar_double(between[k].from * scale), .hi = pk_scalar_double(between[k].to * scale) };
    if (between[k].from <= between[k].to)
      pk_plan_add_predicate(plan, range);
  }
  if (!plan)
    return NULL;
  pk_rel_add_pending(query->rel, plan, TRUE);
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  if (query->mean)
    pk_plan_add_agg(plan, PK_AGG_MEAN, (gint)pk_plan_add_column(plan, query->mean->column, query->mean->type), -1, "mean");
  return plan;
}
