/* Columns and keys as SQL. */
#include "pk-sql-text.h"
#include "pk-scalar-text.h"

#include "pk-sql-quote.h"
#include "pk-timeunit.h"

void
pk_sql_append_column(GString *out, const PkPlan *plan, guint column)
{
  const PkPlanColumn *c = &plan->columns[column];
  gboolean is_enum = c->type.kind == PK_TYPE_TEXT && c->type.dictionary;

  g_string_append(out, is_enum ? "CAST(" : "");
  pk_sql_append_ident(out, c->name);
  g_string_append(out, is_enum ? " AS VARCHAR)" : "");
}

void
pk_sql_append_ticks(GString *out, const char *name, PkType type)
{
  static const char *const functions[] = { "(epoch_us(", "epoch_ms(", "epoch_us(", "epoch_ns(" };
  gboolean is_seconds = type.kind != PK_TYPE_DATE && type.unit == PK_TYPE_UNIT_S;

  if (type.kind == PK_TYPE_DATE) {
    g_string_append_c(out, '(');
    pk_sql_append_ident(out, name);
    g_string_append(out, " - CAST('1970-01-01' AS DATE))");
    return;
  }
  g_string_append(out, functions[type.unit]);
  pk_sql_append_ident(out, name);
  g_string_append(out, is_seconds ? ") // 1000000)" : ")");
}

void
pk_sql_append_measure(GString *out, const char *name, PkType type)
{
  gboolean is_time = pk_type_is_temporal(type) || type.kind == PK_TYPE_TIME;

  if (type.kind == PK_TYPE_F64) {
    pk_sql_append_ident(out, name);
    return;
  }
  g_string_append(out, "CAST(");
  if (is_time)
    pk_sql_append_ticks(out, name, type);
  else
    pk_sql_append_ident(out, name);
  g_string_append(out, " AS DOUBLE)");
}

/* ((x - start) / step); x - 0 is x, so that a start of 0 is not written. */
static void
append_steps(GString *out, const PkPlan *plan, const PkKey *key)
{
  const PkPlanColumn *column = &plan->columns[key->column];

  g_string_append(out, key->start != 0 ? "((" : "(");
  pk_sql_append_measure(out, column->name, column->type);
  if (key->start != 0) {
    g_string_append(out, " - ");
    pk_double_append_sql(out, key->start);
    g_string_append_c(out, ')');
  }
  g_string_append(out, " / ");
  pk_double_append_sql(out, key->step);
  g_string_append_c(out, ')');
}

void
pk_sql_append_bin_position(GString *out, const PkPlan *plan, const PkKey *key)
{
  g_string_append(out, "(1e-14 + ");
  append_steps(out, plan, key);
  g_string_append_c(out, ')');
}

static void
append_floor(GString *out, const PkPlan *plan, const PkKey *key)
{
  g_string_append(out, key->offset != 0 ? "(" : "");
  g_string_append(out, key->scale != 1 ? "(" : "");
  g_string_append(out, "floor(");
  append_steps(out, plan, key);
  g_string_append_c(out, ')');
  if (key->scale != 1) {
    g_string_append(out, " * ");
    pk_double_append_sql(out, key->scale);
    g_string_append_c(out, ')');
  }
  if (key->offset != 0) {
    g_string_append(out, " + ");
    pk_double_append_sql(out, key->offset);
    g_string_append_c(out, ')');
  }
}

static void
append_edges(GString *out, const PkPlan *plan, const PkKey *key)
{
  const PkPlanColumn *column = &plan->columns[key->column];

  g_string_append(out, "CASE");
  for (guint i = 0; i < MAX(key->count - 1, 1); i++) {
    g_string_append(out, " WHEN ");
    pk_sql_append_measure(out, column->name, column->type);
    g_string_append(out, " < ");
    pk_double_append_sql(out, key->edges[i + 1]);
    g_string_append_printf(out, " THEN %u", i);
  }
  g_string_append_printf(out, " ELSE %u END", key->count - 1);
}

void
pk_sql_append_key(GString *out, const PkPlan *plan, const PkKey *key)
{
  const PkPlanColumn *column = &plan->columns[key->column];

  switch (key->kind) {
  case PK_KEY_VALUE:
    pk_sql_append_column(out, plan, key->column);
    break;
  case PK_KEY_BINS:
    g_string_append(out, "CAST(least(floor(");
    pk_sql_append_bin_position(out, plan, key);
    g_string_append_printf(out, "), %u) AS INTEGER)", key->count - 1);
    break;
  case PK_KEY_FLOOR:
    append_floor(out, plan, key);
    break;
  case PK_KEY_EDGES:
    append_edges(out, plan, key);
    break;
  case PK_KEY_TIME:
    pk_sql_append_time_floor(out, column->name, column->type, key->time_units, key->time_step);
    break;
  }
}

void
pk_sql_append_key_conditions(GPtrArray *conditions, const PkPlan *plan, const PkKey *key)
{
  const PkPlanColumn *column = &plan->columns[key->column];
  GString *out = g_string_new(NULL);

  if (key->kind == PK_KEY_BINS) {
    pk_sql_append_bin_position(out, plan, key);
    g_string_append(out, " >= 0");
    g_ptr_array_add(conditions, g_string_free(out, FALSE));
    out = g_string_new(NULL);
    pk_sql_append_measure(out, column->name, column->type);
    g_string_append(out, " <= ");
    pk_double_append_sql(out, key->start + key->step * key->count);
    g_ptr_array_add(conditions, g_string_free(out, FALSE));
  } else if (key->kind == PK_KEY_EDGES) {
    pk_sql_append_measure(out, column->name, column->type);
    g_string_append(out, " BETWEEN ");
    pk_double_append_sql(out, key->edges[0]);
    g_string_append(out, " AND ");
    pk_double_append_sql(out, key->edges[key->count]);
    g_ptr_array_add(conditions, g_string_free(out, FALSE));
  } else {
    g_string_free(out, TRUE);
  }
}
