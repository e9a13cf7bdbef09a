/* Group keys: columns, the bins that plan → SQL writes, and fixed steps as
 * people write them. */
#include "pk-sql-const.h"
#include "pk-sql-text.h"

#include <math.h>
#include <string.h>

PkKey *
pk_sql_add_key(PkSqlReader *self, PkKeyKind kind, const PkColumnInfo *column, const char *name,
               PkSqlKeyInfo info)
{
  g_array_append_val(self->key_infos, info);
  return pk_plan_add_key(self->plan, kind, pk_sql_use_column(self, column), name);
}

/* --- what plan → SQL writes --- */

static void
collect_numbers(JsonObject *expression, GArray *numbers)
{
  g_auto(PkSqlConst) constant = { 0 };
  JsonArray *children = pk_json_array(expression, "children");
  double value;

  if (pk_sql_is(expression, "CONSTANT") && pk_sql_const_read(expression, FALSE, &constant) &&
      pk_sql_const_to_double(&constant, &value))
    g_array_append_val(numbers, value);
  for (guint i = 0; i < pk_json_length(children); i++)
    if (pk_json_item(children, i))
      collect_numbers(pk_json_item(children, i), numbers);
  if (pk_json_object(expression, "child"))
    collect_numbers(pk_json_object(expression, "child"), numbers);
}

static double
number(GArray *numbers, guint i)
{
  return g_array_index(numbers, double, i);
}

/* The key is what was written if writing it gives the same text. */
static gboolean
is_text_of(const PkSqlReader *self, const PkKey *key, const char *text)
{
  g_autoptr(GString) written = g_string_new(NULL);

  pk_sql_append_key(written, self->plan, key);
  return strcmp(written->str, text) == 0;
}

/* CAST(least(floor((1e-14 + ((x - start) / step))), last) AS INTEGER) */
static gboolean
guess_bins(GArray *numbers, PkKey *key)
{
  guint n = numbers->len;

  if (n < 3 || n > 5)
    return FALSE;
  double last = number(numbers, n - 1);
  if (last < 0 || last >= G_MAXINT32)
    return FALSE;
  key->kind = PK_KEY_BINS;
  key->step = number(numbers, n - 2);
  key->count = (guint)last + 1;
  return TRUE;
}

/* CASE WHEN x < e1 THEN 0 … ELSE n END; the outer edges are in the condition. */
static gboolean
guess_edges(JsonObject *expression, PkKey *key)
{
  JsonArray *checks = pk_json_array(expression, "case_checks");
  g_auto(PkSqlConst) last = { 0 };
  guint n = pk_json_length(checks);

  if (n == 0 || !pk_sql_const_read(pk_json_object(expression, "else_expr"), FALSE, &last) ||
      last.type.kind != PK_TYPE_I32 || last.i < 0 || last.i > n)
    return FALSE;
  key->kind = PK_KEY_EDGES;
  key->count = (guint)last.i + 1;
  if (n != MAX(key->count - 1, 1))
    return FALSE;
  key->edges = g_new0(double, key->count + 1);
  for (guint i = 0; i < n; i++) {
    JsonObject *when = pk_json_object(pk_json_item(checks, i), "when_expr");
    g_auto(PkSqlConst) edge = { 0 };
    if (!pk_sql_const_read(pk_json_object(when, "right"), FALSE, &edge) || edge.type.kind != PK_TYPE_F64)
      return FALSE;
    key->edges[i + 1] = edge.d;
  }
  return TRUE;
}

/* Takes the condition of that text out of the statement's. */
static gboolean
take_condition(PkSqlReader *self, const char *text)
{
  for (guint i = 0; self->conditions && i < self->conditions->len; i++) {
    PkSqlCondition *condition = g_ptr_array_index(self->conditions, i);
    if (g_strcmp0(condition->text, text) == 0) {
      g_ptr_array_remove_index(self->conditions, i);
      return TRUE;
    }
  }
  return FALSE;
}

/* The outer edges from "x BETWEEN lo AND hi". */
static gboolean
find_outer_edges(PkSqlReader *self, PkKey *key)
{
  for (guint i = 0; self->conditions && i < self->conditions->len; i++) {
    PkSqlCondition *condition = g_ptr_array_index(self->conditions, i);
    const PkPredicate *p = &condition->predicate;
    if (!condition->is_predicate || p->kind != PK_PRED_RANGE || !p->has_lo || !p->has_hi ||
        p->column != key->column ||
        p->lo.kind != PK_SCALAR_DOUBLE || p->lo_exclusive || p->hi_exclusive)
      continue;
    if (key->count > 1 ? p->lo.d >= key->edges[1] || p->hi.d <= key->edges[key->count - 1]
        : p->hi.d != key->edges[1])
      continue;
    key->edges[0] = p->lo.d;
    key->edges[key->count] = p->hi.d;
    return TRUE;
  }
  return FALSE;
}

static gboolean
take_conditions(PkSqlReader *self, const PkKey *key)
{
  g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func(g_free);

  pk_sql_append_key_conditions(wanted, self->plan, key);
  for (guint i = 0; i < wanted->len; i++)
    if (!take_condition(self, wanted->pdata[i]))
      return FALSE;
  return TRUE;
}

/* BINS and EDGES. A key whose text is right but whose conditions are missing would count other rows. */
static gboolean
read_own_bins(PkSqlReader *self, JsonObject *expression, const PkColumnInfo *column, const char *text,
              const char *name,
              gboolean *is_own)
{
  g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(double));
  gboolean is_case = pk_sql_is(expression, "CASE");
  PkKey guess = { .step = 1, .scale = 1, .time_step = 1, .column = pk_sql_use_column(self, column) };

  *is_own = FALSE;
  collect_numbers(expression, numbers);
  if (is_case ? !guess_edges(expression, &guess) : !guess_bins(numbers, &guess)) {
    g_free(guess.edges);
    return FALSE;
  }
  /* Between the 1e-14 and the step a start may stand, and an epoch's divisor. */
  for (guint i = 1; guess.kind == PK_KEY_BINS && i + 2 < numbers->len &&
       !is_text_of(self, &guess, text); i++)
    guess.start = number(numbers, i);
  *is_own = is_text_of(self, &guess, text);
  if (!*is_own || (is_case && !find_outer_edges(self, &guess)) || !take_conditions(self, &guess)) {
    g_free(guess.edges);
    return *is_own && pk_sql_refuse(self, "the bins %s lack the conditions that bound them", text);
  }
  PkKey *key = pk_sql_add_key(self, guess.kind, column, name,
                              (PkSqlKeyInfo){ g_strdup(text), 0, PK_TYPE_OF(PK_TYPE_I32) });
  key->start = guess.start;
  key->step = guess.step;
  key->count = guess.count;
  key->edges = guess.edges;
  return TRUE;
}

/* --- fixed steps by hand --- */

/* ((x - start) / step) with the arithmetic that the engine does. */
typedef struct {
  const PkColumnInfo *column;
  gboolean as_double; /* CAST(x AS DOUBLE), or an epoch so cast */
  gboolean is_decimal; /* the shift made it a DECIMAL, which only a division turns into a DOUBLE */
  double start, step, scale, offset;
} Steps;

static gboolean
read_number(const PkSqlReader *self, JsonObject *expression, PkSqlConst *constant, double *value)
{
  return pk_sql_const_read(expression, self->context->utc, constant) &&
    constant->type.kind != PK_TYPE_TEXT &&
         pk_sql_const_to_double(constant, value) && isfinite(*value);
}

static gboolean
is_narrow_integer(PkType type)
{
  return (type.kind >= PK_TYPE_I8 && type.kind <= PK_TYPE_I32) ||
    (type.kind >= PK_TYPE_U8 && type.kind <= PK_TYPE_U32);
}

/* x, or the text of its measure. */
static gboolean
read_subject(PkSqlReader *self, JsonObject *expression, Steps *steps)
{
  steps->column = pk_sql_column_of(self, expression);
  steps->as_double = FALSE;
  if (steps->column)
    return pk_type_is_numeric(steps->column->type);
  steps->column = expression ? pk_sql_only_column(self, expression) : NULL;
  if (!steps->column)
    return FALSE;
  g_autofree char *text = pk_sql_text_of(self, expression);
  g_autoptr(GString) measure = g_string_new(NULL);
  pk_sql_append_measure(measure, steps->column->name, steps->column->type);
  steps->as_double = TRUE;
  return g_strcmp0(text, measure->str) == 0;
}

/* Is x - c in the engine's arithmetic the same number as in double? */
static gboolean
shift_is_exact(PkSqlReader *self, const Steps *steps, const PkSqlConst *c)
{
  PkType type = steps->column->type;
  gboolean c_is_double = c->type.kind == PK_TYPE_F64;

  if (steps->as_double || type.kind == PK_TYPE_F64 || (c_is_double && type.kind != PK_TYPE_DECIMAL))
    return TRUE;
  /* Whole and half numbers below 2^49: every step on the way is exact. */
  double value;
  if (!pk_sql_const_to_double(c, &value) || fabs(value) > 0x1p48 || value * 1024 != floor(value * 1024))
    return FALSE;
  if (is_narrow_integer(type))
    return TRUE;
  if (type.kind != PK_TYPE_I64 && type.kind != PK_TYPE_U64)
    return FALSE;
  pk_sql_assume(self, steps->column, -((__int128)1 << 38), (__int128)1 << 38);
  return TRUE;
}

/* x, x - c, x + c */
static gboolean
read_shifted(PkSqlReader *self, JsonObject *expression, Steps *steps)
{
  gboolean minus = pk_sql_is_call(expression, "-", 2), plus = pk_sql_is_call(expression, "+", 2);
  g_auto(PkSqlConst) c = { 0 };

  if (!minus && !plus)
    return read_subject(self, expression, steps);
  if (read_subject(self, expression, steps))
    return TRUE;
  if (!read_subject(self, pk_sql_argument(expression, 0), steps) ||
      !read_number(self, pk_sql_argument(expression, 1), &c, &steps->start) ||
        !shift_is_exact(self, steps, &c))
    return FALSE;
  steps->start = minus ? steps->start : -steps->start;
  steps->is_decimal = c.type.kind == PK_TYPE_DECIMAL && !steps->as_double &&
                      pk_type_is_integer(steps->column->type);
  return TRUE;
}

/* Is the quotient the one of doubles? */
static gboolean
division_is_double(const Steps *steps, const PkSqlConst *divisor)
{
  PkType type = steps->column->type;

  if (type.kind == PK_TYPE_F32)
    return steps->as_double || divisor->type.kind == PK_TYPE_F64;
  if (type.kind == PK_TYPE_DECIMAL)
    return type.precision <= 15;
  return TRUE;
}

/* x // step: the quotient cut towards zero, so only values from 0 up are rounded down by it. */
static gboolean
read_whole_division(PkSqlReader *self, JsonObject *expression, Steps *steps)
{
  g_auto(PkSqlConst) divisor = { 0 };
  PkType type;

  if (!read_subject(self, pk_sql_argument(expression, 0), steps) || steps->as_double ||
      !read_number(self, pk_sql_argument(expression, 1), &divisor, &steps->step) ||
      divisor.type.kind != PK_TYPE_I32 || divisor.is_cast || steps->step < 1)
    return FALSE;
  type = steps->column->type;
  if (!pk_type_is_integer(type) || type.kind == PK_TYPE_I128 || type.kind == PK_TYPE_U128)
    return FALSE;
  /* A literal that fits the column's type takes it; the quotient is of that type then. */
  if (pk_type_width(type) < 4 && steps->step >= (double)((guint64)1 << (8 * pk_type_width(type) - 1)))
    return FALSE;
  if (!(type.kind >= PK_TYPE_U8 && type.kind <= PK_TYPE_U32))
    pk_sql_assume(self, steps->column, 0, (__int128)1 << 48);
  return TRUE;
}

/* (x - start) / step, x // step, or x alone (steps of 1) */
static gboolean
read_quotient(PkSqlReader *self, JsonObject *expression, Steps *steps)
{
  g_auto(PkSqlConst) divisor = { 0 };

  if (!pk_sql_is_call(expression, "/", 2)) {
    steps->step = 1;
    return read_shifted(self, expression, steps) && !steps->is_decimal &&
           steps->column->type.kind != PK_TYPE_DECIMAL;
  }
  return read_shifted(self, pk_sql_argument(expression, 0), steps) &&
         read_number(self, pk_sql_argument(expression, 1), &divisor, &steps->step) && steps->step != 0 &&
         division_is_double(steps, &divisor);
}

/* floor(quotient), perhaps cast to a whole type; *type is the engine's type of it. */
static gboolean
read_floor_call(PkSqlReader *self, JsonObject *expression, Steps *steps, PkType *type)
{
  PkType to;

  if (pk_sql_is(expression, "CAST") && !pk_json_true(expression, "try_cast")) {
    if (!pk_sql_type_of_cast(expression, &to) || !(pk_type_is_integer(to) || to.kind == PK_TYPE_F64) ||
        !read_floor_call(self, pk_json_object(expression, "child"), steps, type))
      return FALSE;
    *type = to;
    return TRUE;
  }
  *type = PK_TYPE_OF(PK_TYPE_F64);
  if (pk_sql_is_call(expression, "floor", 1)) {
    JsonObject *inside = pk_sql_argument(expression, 0);
    if (!read_quotient(self, inside, steps))
      return FALSE;
    if (pk_sql_is(inside, "COLUMN_REF") && steps->column->type.kind == PK_TYPE_F32)
      *type = PK_TYPE_OF(PK_TYPE_F32);
    return TRUE;
  }
  if (!pk_sql_is_call(expression, "//", 2) || !read_whole_division(self, expression, steps))
    return FALSE;
  *type = steps->column->type;
  return TRUE;
}

/* Whole numbers keep whole types whole; anything else must be in DOUBLE already. */
static gboolean
fits_type(PkType type, const PkSqlConst *c, double value)
{
  if (type.kind == PK_TYPE_F64)
    return TRUE;
  return pk_type_is_integer(type) && pk_type_is_integer(c->type) && fabs(value) < 0x1p31;
}

/* floor(…) * scale, scale * floor(…) */
static gboolean
read_scaled(PkSqlReader *self, JsonObject *expression, Steps *steps, PkType *type)
{
  g_auto(PkSqlConst) c = { 0 };

  if (!pk_sql_is_call(expression, "*", 2))
    return read_floor_call(self, expression, steps, type);
  for (guint side = 0; side < 2; side++) {
    pk_sql_const_clear(&c);
    if (!read_number(self, pk_sql_argument(expression, side), &c, &steps->scale))
      continue;
    return steps->scale != 0 && read_floor_call(self, pk_sql_argument(expression, 1 - side), steps, type) &&
           fits_type(*type, &c, steps->scale);
  }
  return FALSE;
}

/* scaled + offset, offset + scaled, scaled - offset; perhaps cast as a whole */
static gboolean
read_steps(PkSqlReader *self, JsonObject *expression, Steps *steps, PkType *type)
{
  gboolean minus = pk_sql_is_call(expression, "-", 2), plus = pk_sql_is_call(expression, "+", 2);
  g_auto(PkSqlConst) c = { 0 };
  PkType to;

  if (pk_sql_is(expression, "CAST") && !pk_json_true(expression, "try_cast") &&
      pk_sql_type_of_cast(expression, &to) &&
      (pk_type_is_integer(to) || to.kind == PK_TYPE_F64)) {
    if (!read_steps(self, pk_json_object(expression, "child"), steps, type))
      return FALSE;
    *type = to;
    /* A cast rounds what is not whole, and would join groups. */
    return to.kind == PK_TYPE_F64 || (steps->scale == floor(steps->scale) &&
                                      steps->offset == floor(steps->offset));
  }
  if (!minus && !plus)
    return read_scaled(self, expression, steps, type);
  for (guint side = minus ? 1 : 0; side < 2; side++) {
    pk_sql_const_clear(&c);
    if (!read_number(self, pk_sql_argument(expression, side), &c, &steps->offset))
      continue;
    steps->offset = minus ? -steps->offset : steps->offset;
    return read_scaled(self, pk_sql_argument(expression, 1 - side), steps, type) &&
      fits_type(*type, &c, steps->offset);
  }
  return FALSE;
}

gboolean
pk_sql_read_floor(PkSqlReader *self, JsonObject *expression, const char *name)
{
  Steps steps = { .scale = 1 };
  PkType type;
  guint n_assumptions = self->assumptions->len;

  if (!read_steps(self, expression, &steps, &type)) {
    g_array_set_size(self->assumptions, n_assumptions);
    return FALSE;
  }
  PkSqlKeyInfo info = { pk_sql_text_of(self, expression), 0, type };
  PkKey *key = pk_sql_add_key(self, PK_KEY_FLOOR, steps.column, name, info);
  key->start = steps.start;
  key->step = steps.step;
  key->scale = steps.scale;
  key->offset = steps.offset;
  return TRUE;
}

/* --- all of them --- */

static gboolean
read_value(PkSqlReader *self, JsonObject *expression, const char *text, const char *name)
{
  const PkColumnInfo *column = pk_sql_only_column(self, expression);
  g_autoptr(GString) written = g_string_new(NULL);
  PkSqlKeyInfo info = { NULL, 0, column ? column->type : PK_TYPE_OF(PK_TYPE_NULL) };

  if (!column || !text)
    return FALSE;
  guint index = pk_sql_use_column(self, column);
  pk_sql_append_column(written, self->plan, index);
  if (!pk_sql_column_of(self, expression) && strcmp(written->str, text) != 0)
    return FALSE;
  info.text = g_strdup(text);
  info.type.dictionary = info.type.dictionary && pk_sql_column_of(self, expression);
  pk_sql_add_key(self, PK_KEY_VALUE, column, name, info);
  return TRUE;
}

gboolean
pk_sql_read_key(PkSqlReader *self, JsonObject *expression, const char *name)
{
  g_autofree char *text = pk_sql_text_of(self, expression);
  const PkColumnInfo *column = pk_sql_only_column(self, expression);
  gboolean is_own = FALSE;

  if (column && text && read_value(self, expression, text, name))
    return TRUE;
  if (column && text && pk_sql_read_time(self, expression, name))
    return TRUE;
  if (column && text && read_own_bins(self, expression, column, text, name, &is_own))
    return TRUE;
  if (!is_own && column && text && pk_sql_read_floor(self, expression, name))
    return TRUE;
  g_autofree char *shown = pk_sql_describe(self, expression);
  return pk_sql_refuse(self, "the group %s is neither a column, fixed bins nor a unit of time", shown);
}
