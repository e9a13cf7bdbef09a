/* WHERE as a conjunction of predicates. */
#include "pk-sql-const.h"
#include "pk-sql-text.h"

#include <math.h>
#include <string.h>

/* What a constant is compared with. */
typedef enum { SIDE_VALUE, SIDE_MEASURE, SIDE_TICKS, SIDE_DATE } SideForm;

typedef struct {
  const PkColumnInfo *column;
  SideForm form; /* the value; as DOUBLE; as integer of its unit; its DATE */
} Side;

typedef enum { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE } Op;

static void
condition_free(gpointer data)
{
  PkSqlCondition *condition = data;

  pk_scalar_clear(&condition->predicate.lo);
  pk_scalar_clear(&condition->predicate.hi);
  for (guint i = 0; i < condition->predicate.n_values; i++)
    pk_scalar_clear(&condition->predicate.values[i]);
  g_free(condition->predicate.values);
  g_free(condition->text);
  g_free(condition->reason);
  g_free(condition);
}

static void
add_condition(PkSqlReader *self, char *text, PkPredicate predicate)
{
  PkSqlCondition *condition = g_new0(PkSqlCondition, 1);

  if (!self->conditions)
    self->conditions = g_ptr_array_new_with_free_func(condition_free);
  condition->text = text;
  condition->is_predicate = TRUE;
  condition->predicate = predicate;
  g_ptr_array_add(self->conditions, condition);
}

static void
add_unknown(PkSqlReader *self, JsonObject *expression, const char *why)
{
  PkSqlCondition *condition = g_new0(PkSqlCondition, 1);
  g_autofree char *shown = pk_sql_describe(self, expression);

  if (!self->conditions)
    self->conditions = g_ptr_array_new_with_free_func(condition_free);
  condition->text = pk_sql_text_of(self, expression);
  condition->reason = g_strdup_printf("the condition %s %s", shown, why);
  g_ptr_array_add(self->conditions, condition);
}

/* --- the two sides --- */

static gboolean
text_is(const char *text, void (*append)(GString *, const char *, PkType), const PkColumnInfo *column)
{
  g_autoptr(GString) form = g_string_new(NULL);

  append(form, column->name, column->type);
  return strcmp(form->str, text) == 0;
}

static gboolean
read_cast_side(const PkSqlReader *self, JsonObject *expression, Side *side)
{
  const PkColumnInfo *column = pk_sql_column_of(self, pk_json_object(expression, "child"));
  PkType to, from;

  if (!column || pk_json_true(expression, "try_cast") || !pk_sql_type_of_cast(expression, &to))
    return FALSE;
  from = column->type;
  *side = (Side){ column, SIDE_VALUE };
  if (from.kind == PK_TYPE_TEXT && to.kind == PK_TYPE_TEXT)
    return TRUE;
  if (pk_type_equal(from, to))
    return TRUE;
  side->form = SIDE_DATE;
  return to.kind == PK_TYPE_DATE && (from.kind == PK_TYPE_TIMESTAMP ||
                                     (from.kind == PK_TYPE_TIMESTAMP_TZ && self->context->utc));
}

static gboolean
read_side(const PkSqlReader *self, JsonObject *expression, Side *side)
{
  if (pk_sql_is(expression, "COLUMN_REF")) {
    *side = (Side){ pk_sql_column_of(self, expression), SIDE_VALUE };
    return side->column != NULL;
  }
  if (pk_sql_is(expression, "CAST") && read_cast_side(self, expression, side))
    return TRUE;
  const PkColumnInfo *column = expression ? pk_sql_only_column(self, expression) : NULL;
  g_autofree char *text = column ? pk_sql_text_of(self, expression) : NULL;
  gboolean is_time = column && (pk_type_is_temporal(column->type) || column->type.kind == PK_TYPE_TIME);
  if (!text || !(is_time || pk_type_is_numeric(column->type)))
    return FALSE;
  *side = (Side){ column, SIDE_MEASURE };
  if (text_is(text, pk_sql_append_measure, column))
    return TRUE;
  side->form = SIDE_TICKS;
  return is_time && text_is(text, pk_sql_append_ticks, column);
}

/* --- comparisons --- */

/* The type whose rules a comparison of that side follows. */
static PkType
type_of(const Side *side)
{
  switch (side->form) {
  case SIDE_MEASURE:
    return PK_TYPE_OF(PK_TYPE_F64);
  case SIDE_TICKS:
    return PK_TYPE_OF(PK_TYPE_I64);
  case SIDE_DATE:
    return PK_TYPE_OF(PK_TYPE_DATE);
  case SIDE_VALUE:
    break;
  }
  return side->column->type;
}

static gboolean
read_bound(const PkSqlReader *self, const Side *side, JsonObject *expression, PkScalar *bound,
           gboolean *exact)
{
  g_auto(PkSqlConst) constant = { 0 };

  return pk_sql_const_read(expression, self->context->utc, &constant) &&
    constant.type.kind != PK_TYPE_NULL &&
         pk_sql_const_to_bound(&constant, type_of(side), self->context->utc, bound, exact);
}

static PkPredicate
list_of(PkScalar value, gboolean negated)
{
  PkPredicate predicate = { .kind = PK_PRED_IN, .n_values = 1, .negated = negated };

  predicate.values = g_new0(PkScalar, 1);
  predicate.values[0] = value;
  return predicate;
}

/* CAST(x AS DATE) against a day: the whole day's times. */
static gboolean
day_range(const Side *side, Op op, const PkScalar *day, gboolean exact, PkPredicate *out)
{
  __int128 per_day = (__int128)86400 * pk_type_unit_per_second(side->column->type.unit);
  PkScalar start = pk_scalar_int(day->i * per_day), end = pk_scalar_int((day->i + 1) * per_day);

  if (!exact || op == OP_NE)
    return FALSE;
  if (op == OP_EQ || op == OP_GE || op == OP_GT) {
    out->has_lo = TRUE;
    out->lo = op == OP_GT ? end : start;
  }
  if (op == OP_EQ || op == OP_LE || op == OP_LT) {
    out->has_hi = TRUE;
    out->hi_exclusive = TRUE;
    out->hi = op == OP_LT ? start : end;
  }
  return TRUE;
}

/* The range of a comparison; `bound` is moved. An inexact bound is the integer below the constant. */
static gboolean
value_range(Op op, PkScalar bound, gboolean exact, PkPredicate *out)
{
  gboolean is_lower = op == OP_GT || op == OP_GE;

  if (bound.kind == PK_SCALAR_DOUBLE && isnan(bound.d))
    return FALSE;
  if (is_lower) {
    out->has_lo = TRUE;
    out->lo = bound;
    out->lo.i += !exact;
    out->lo_exclusive = op == OP_GT && exact;
  } else {
    out->has_hi = TRUE;
    out->hi = bound;
    out->hi_exclusive = op == OP_LT && exact;
  }
  return TRUE;
}

static const char *const never = "can never be true";

/* A predicate of side op bound; NULL or why not. Takes bound. */
static const char *
compare(const Side *side, Op op, PkScalar bound, gboolean exact, PkPredicate *out)
{
  *out = (PkPredicate){ .kind = PK_PRED_RANGE };
  if (side->form == SIDE_DATE)
    return day_range(side, op, &bound, exact, out) ? NULL : "compares a date in a way that is no range";
  if (op == OP_EQ || op == OP_NE) {
    if (exact)
      *out = list_of(bound, op == OP_NE);
    else if (op == OP_NE)
      out->kind = PK_PRED_NOT_NULL;
    return exact || op == OP_NE ? NULL : never;
  }
  return value_range(op, bound, exact, out) ? NULL : "compares with NaN";
}

static gboolean
op_of(const char *type, Op *op)
{
  static const char *const names[] = { "COMPARE_EQUAL", "COMPARE_NOTEQUAL", "COMPARE_LESSTHAN",
                                       "COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHAN",
                                       "COMPARE_GREATERTHANOREQUALTO" };

  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_strcmp0(type, names[i]) == 0) {
      *op = (Op)i;
      return TRUE;
    }
  return FALSE;
}

static Op
flipped(Op op)
{
  static const Op flip[] = { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE };

  return flip[op];
}

static Op
inverse(Op op)
{
  static const Op inverses[] = { OP_NE, OP_EQ, OP_GE, OP_GT, OP_LE, OP_LT };

  return inverses[op];
}

/* 1 = 1 and the like, which tools write to have something after WHERE. */
static gboolean
is_true_constant(const PkSqlReader *self, JsonObject *expression, Op op)
{
  g_auto(PkSqlConst) left = { 0 }, right = { 0 };

  return pk_sql_const_read(pk_json_object(expression, "left"), self->context->utc, &left) &&
         pk_sql_const_read(pk_json_object(expression, "right"), self->context->utc, &right) &&
         left.type.kind == PK_TYPE_I32 && right.type.kind == PK_TYPE_I32 &&
         (op == OP_EQ ? left.i == right.i : op == OP_NE && left.i != right.i);
}

static void
read_comparison(PkSqlReader *self, JsonObject *expression, gboolean negated)
{
  JsonObject *left = pk_json_object(expression, "left"), *right = pk_json_object(expression, "right");
  Op op;
  Side side;
  PkScalar bound;
  gboolean exact;
  PkPredicate predicate;

  if (!op_of(pk_json_text(expression, "type"), &op)) {
    add_unknown(self, expression, "is not a comparison that a plan has");
    return;
  }
  op = negated ? inverse(op) : op;
  if (is_true_constant(self, expression, op))
    return;
  if (!read_side(self, left, &side)) {
    JsonObject *swapped = left;
    left = right;
    right = swapped;
    op = flipped(op);
    if (!read_side(self, left, &side)) {
      add_unknown(self, expression, "does not compare a column");
      return;
    }
  }
  if (!read_bound(self, &side, right, &bound, &exact)) {
    add_unknown(self, expression, "does not compare with a constant whose meaning is certain");
    return;
  }
  const char *why = compare(&side, op, bound, exact, &predicate);
  if (why) {
    pk_scalar_clear(&bound);
    add_unknown(self, expression, why);
    return;
  }
  predicate.column = pk_sql_use_column(self, side.column);
  add_condition(self, negated ? NULL : pk_sql_text_of(self, expression), predicate);
}

static void
read_between(PkSqlReader *self, JsonObject *expression)
{
  Side side;
  PkScalar lo = { 0 }, hi = { 0 };
  gboolean lo_exact, hi_exact;
  PkPredicate lower, upper;

  if (!read_side(self, pk_json_object(expression, "input"), &side) ||
      !read_bound(self, &side, pk_json_object(expression, "lower"), &lo, &lo_exact)) {
    add_unknown(self, expression, "does not compare a column with constants");
    return;
  }
  if (!read_bound(self, &side, pk_json_object(expression, "upper"), &hi, &hi_exact)) {
    pk_scalar_clear(&lo);
    add_unknown(self, expression, "does not compare a column with constants");
    return;
  }
  if (compare(&side, OP_GE, lo, lo_exact, &lower) || compare(&side, OP_LE, hi, hi_exact, &upper) ||
      lower.lo.kind != upper.hi.kind || pk_scalar_compare(&lower.lo, &upper.hi) > 0) {
    pk_scalar_clear(&lo);
    pk_scalar_clear(&hi);
    add_unknown(self, expression, "is not a range");
    return;
  }
  lower.has_hi = TRUE;
  lower.hi = upper.hi;
  lower.hi_exclusive = upper.hi_exclusive;
  lower.column = pk_sql_use_column(self, side.column);
  add_condition(self, pk_sql_text_of(self, expression), lower);
}

/* --- lists --- */

static void
append_value(PkPredicate *list, PkScalar value)
{
  list->values = g_renew(PkScalar, list->values, list->n_values + 1);
  list->values[list->n_values++] = value;
}

static void
clear_list(PkPredicate *list)
{
  for (guint i = 0; i < list->n_values; i++)
    pk_scalar_clear(&list->values[i]);
  g_clear_pointer(&list->values, g_free);
  list->n_values = 0;
}

static gboolean
read_values(PkSqlReader *self, const Side *side, JsonArray *children, PkPredicate *list)
{
  for (guint i = 1; i < pk_json_length(children); i++) {
    PkScalar value;
    gboolean exact;
    if (!read_bound(self, side, pk_json_item(children, i), &value, &exact))
      return FALSE;
    if (exact)
      append_value(list, value);
    else
      return FALSE;
  }
  for (guint i = 1; i < list->n_values; i++)
    if (list->values[i].kind != list->values[0].kind)
      return FALSE;
  return list->n_values > 0;
}

/* The engine compares all with one common type: constants of one type only. */
static gboolean
one_type(const PkSqlReader *self, JsonArray *children)
{
  PkTypeKind kind = PK_TYPE_NULL;

  for (guint i = 1; i < pk_json_length(children); i++) {
    g_auto(PkSqlConst) constant = { 0 };
    if (!pk_sql_const_read(pk_json_item(children, i), self->context->utc, &constant))
      return FALSE;
    PkTypeKind own = pk_type_is_integer(constant.type) ? PK_TYPE_I64 : constant.type.kind;
    if (i > 1 && own != kind)
      return FALSE;
    kind = own;
  }
  return TRUE;
}

static void
read_in(PkSqlReader *self, JsonObject *expression, gboolean negated)
{
  JsonArray *children = pk_json_array(expression, "children");
  PkPredicate list = { .kind = PK_PRED_IN };
  Side side;

  list.negated = negated != (g_strcmp0(pk_json_text(expression, "type"), "COMPARE_NOT_IN") == 0);
  if (!read_side(self, pk_json_item(children, 0), &side) || side.form == SIDE_DATE ||
      !one_type(self, children) ||
      !read_values(self, &side, children, &list)) {
    clear_list(&list);
    add_unknown(self, expression, "is not a list of constants of the column's type");
    return;
  }
  list.column = pk_sql_use_column(self, side.column);
  add_condition(self, pk_sql_text_of(self, expression), list);
}

/* x = 1 OR x = 2 OR x IN (3, 4): a list. */
static void
read_or(PkSqlReader *self, JsonObject *expression)
{
  JsonArray *children = pk_json_array(expression, "children");
  guint before = self->conditions ? self->conditions->len : 0;
  PkPredicate list = { .kind = PK_PRED_IN };
  gboolean ok = pk_json_length(children) > 0;

  for (guint i = 0; i < pk_json_length(children) && ok; i++) {
    guint at = self->conditions ? self->conditions->len : 0;
    ok = pk_json_item(children, i) && pk_sql_read_where(self, pk_json_item(children, i)) &&
      self->conditions &&
         self->conditions->len == at + 1;
    PkSqlCondition *one = ok ? g_ptr_array_index(self->conditions, at) : NULL;
    ok = ok && one->is_predicate && one->predicate.kind == PK_PRED_IN && !one->predicate.negated &&
         (i == 0 || one->predicate.column == list.column) &&
         (i == 0 || one->predicate.values[0].kind == list.values[0].kind);
    for (guint v = 0; ok && v < one->predicate.n_values; v++)
      append_value(&list, pk_scalar_copy(&one->predicate.values[v]));
    list.column = ok ? one->predicate.column : 0;
  }
  if (self->conditions)
    g_ptr_array_set_size(self->conditions, (gint)before);
  if (ok) {
    add_condition(self, NULL, list);
    return;
  }
  clear_list(&list);
  add_unknown(self, expression, "is an OR of more than one column's values");
}

/* --- the rest --- */

static void
read_null_test(PkSqlReader *self, JsonObject *expression, gboolean is_null)
{
  const PkColumnInfo *column = pk_sql_column_of(self, pk_sql_argument(expression, 0));
  PkPredicate predicate = { .kind = is_null ? PK_PRED_NULL : PK_PRED_NOT_NULL };

  if (!column) {
    add_unknown(self, expression, "does not test a column");
    return;
  }
  predicate.column = pk_sql_use_column(self, column);
  add_condition(self, pk_sql_text_of(self, expression), predicate);
}

/* flag, NOT flag */
static gboolean
read_flag(PkSqlReader *self, JsonObject *expression, gboolean negated)
{
  const PkColumnInfo *column = pk_sql_column_of(self, expression);

  if (!column || column->type.kind != PK_TYPE_BOOL)
    return FALSE;
  PkPredicate predicate = list_of(pk_scalar_bool(!negated), FALSE);
  predicate.column = pk_sql_use_column(self, column);
  add_condition(self, NULL, predicate);
  return TRUE;
}

/* isfinite(x); NOT isnan(x), which drops NULL too. */
static gboolean
read_float_test(PkSqlReader *self, JsonObject *expression, gboolean negated)
{
  gboolean finite = pk_sql_is_call(expression, "isfinite", 1), is_nan =
    pk_sql_is_call(expression, "isnan", 1);
  const PkColumnInfo *column = finite || is_nan ? pk_sql_column_of(self, pk_sql_argument(expression, 0))
    : NULL;
  PkPredicate predicate = { .kind = PK_PRED_RANGE, .has_hi = TRUE };

  if (!column || (column->type.kind != PK_TYPE_F64 && column->type.kind != PK_TYPE_F32) || finite == negated)
    return FALSE;
  predicate.hi = pk_scalar_double(INFINITY);
  if (finite) {
    predicate.has_lo = predicate.lo_exclusive = predicate.hi_exclusive = TRUE;
    predicate.lo = pk_scalar_double(-INFINITY);
  }
  g_autofree char *text = pk_sql_text_of(self, expression);
  predicate.column = pk_sql_use_column(self, column);
  add_condition(self, text ? g_strconcat(negated ? "NOT " : "", text, NULL) : NULL, predicate);
  return TRUE;
}

static gboolean
is_constant_true(JsonObject *expression, gboolean negated)
{
  g_auto(PkSqlConst) constant = { 0 };

  return pk_sql_const_read(expression, FALSE, &constant) && constant.type.kind == PK_TYPE_BOOL &&
         (constant.i != 0) != negated;
}

static void read_condition(PkSqlReader *self, JsonObject *expression, gboolean negated);

static void
read_operator(PkSqlReader *self, JsonObject *expression, gboolean negated)
{
  const char *type = pk_json_text(expression, "type");

  if (g_strcmp0(type, "OPERATOR_NOT") == 0 && pk_sql_argument(expression, 0))
    read_condition(self, pk_sql_argument(expression, 0), !negated);
  else if (g_strcmp0(type, "OPERATOR_IS_NULL") == 0)
    read_null_test(self, expression, !negated);
  else if (g_strcmp0(type, "OPERATOR_IS_NOT_NULL") == 0)
    read_null_test(self, expression, negated);
  else if (g_strcmp0(type, "COMPARE_IN") == 0 || g_strcmp0(type, "COMPARE_NOT_IN") == 0)
    read_in(self, expression, negated);
  else
    add_unknown(self, expression, "is not one that a plan has");
}

static void
read_condition(PkSqlReader *self, JsonObject *expression, gboolean negated)
{
  gboolean is_and = g_strcmp0(pk_json_text(expression, "type"), "CONJUNCTION_AND") == 0;

  if (pk_sql_is(expression, "CONJUNCTION") && is_and && !negated) {
    JsonArray *children = pk_json_array(expression, "children");
    for (guint i = 0; i < pk_json_length(children); i++)
      if (pk_json_item(children, i))
        read_condition(self, pk_json_item(children, i), FALSE);
      else
        pk_sql_refuse(self, "a condition is malformed");
  } else if (pk_sql_is(expression, "CONJUNCTION") && !is_and && !negated) {
    read_or(self, expression);
  } else if (pk_sql_is(expression, "COMPARISON")) {
    read_comparison(self, expression, negated);
  } else if (pk_sql_is(expression, "BETWEEN") && !negated) {
    read_between(self, expression);
  } else if (pk_sql_is(expression, "OPERATOR")) {
    read_operator(self, expression, negated);
  } else if (!read_flag(self, expression, negated) && !read_float_test(self, expression, negated) &&
             !is_constant_true(expression, negated)) {
    add_unknown(self, expression, negated ? "is negated" : "is not one that a plan has");
  }
}

gboolean
pk_sql_read_where(PkSqlReader *self, JsonObject *expression)
{
  read_condition(self, expression, FALSE);
  return self->reason == NULL;
}

gboolean
pk_sql_finish_where(PkSqlReader *self)
{
  for (guint i = 0; self->conditions && i < self->conditions->len; i++) {
    PkSqlCondition *condition = g_ptr_array_index(self->conditions, i);
    if (!condition->is_predicate)
      return pk_sql_refuse(self, "%s", condition->reason);
    pk_plan_add_predicate(self->plan, condition->predicate);
    condition->predicate = (PkPredicate){ .kind = PK_PRED_NULL };
  }
  return TRUE;
}
