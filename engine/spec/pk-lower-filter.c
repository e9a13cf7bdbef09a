/* Filters that a plan carries as predicates, so that a brush that moves costs a scan and no fetch. */
#include "pk-lower-priv.h"
#include "pk-unit-query.h"

#include "pk-error.h"

#include <math.h>

/* --- predicates --- */

static gboolean
is_number(JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static gboolean
takes_range(PkType type)
{
  return (pk_type_is_numeric(type) && type.kind != PK_TYPE_BOOL) || type.kind == PK_TYPE_DATE ||
         type.kind == PK_TYPE_TIMESTAMP || type.kind == PK_TYPE_TIMESTAMP_TZ;
}

static PkPredicate
range_of(PkType type, double a, double b)
{
  double scale = pk_units_per_ms(type);

  return (PkPredicate){ .kind = PK_PRED_RANGE, .has_lo = TRUE, .has_hi = TRUE, .lo = pk_scalar_double(fmin(a, b) * scale),
                        .hi = pk_scalar_double(fmax(a, b) * scale) };
}

/* The value as the column compares it; NULL kind: it does not. */
static PkScalar
scalar_of(JsonNode *node, PkType type)
{
  GType held = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;

  if (held == G_TYPE_STRING && type.kind == PK_TYPE_TEXT)
    return pk_scalar_text(json_node_get_string(node));
  if (held == G_TYPE_BOOLEAN && type.kind == PK_TYPE_BOOL)
    return pk_scalar_bool(json_node_get_boolean(node));
  if (is_number(node) && pk_type_is_numeric(type) && type.kind != PK_TYPE_BOOL && isfinite(json_node_get_double(node)))
    return pk_scalar_double(json_node_get_double(node));
  return (PkScalar){ .kind = PK_SCALAR_NULL };
}

static gboolean
in_of(JsonArray *values, PkType type, PkPredicate *out)
{
  *out = (PkPredicate){ .kind = PK_PRED_IN, .values = g_new0(PkScalar, json_array_get_length(values) + 1) };
  for (guint i = 0; i < json_array_get_length(values); i++) {
    PkScalar value = scalar_of(json_array_get_element(values, i), type);
    if (value.kind == PK_SCALAR_NULL) {
      for (guint k = 0; k < out->n_values; k++)
        pk_scalar_clear(&out->values[k]);
      g_free(out->values);
      return FALSE;
    }
    out->values[out->n_values++] = value;
  }
  return TRUE;
}

/* --- filters of a specification --- */

/* Where the expression language has null as 0, a range around 0 keeps NULLs, and a plan's does not. */
static gboolean
has_nulls(PkLowering *self, PkRel *rel, const PkRelField *field)
{
  g_autoptr(PkPlan) plan = pk_plan_new(rel->from);
  g_autoptr(PkFrame) frame = NULL;

  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "rows");
  pk_plan_add_agg(plan, PK_AGG_COUNT, (gint)pk_plan_add_column(plan, field->column, field->type), -1, "values");
  g_autofree char *title = pk_lower_purpose(self->view, "is %s free of nulls", field->name);
  frame = pk_plan_check(plan, NULL) ? self->host->run_plan(plan, title, self->host->user, NULL) : NULL;
  return !frame || pk_column_get_int(frame->columns[0], 0) != pk_column_get_int(frame->columns[1], 0);
}

/* One that holds for a field of the relation; NULL if it is of another kind. */
static PkRelField *
one_predicate(PkLowering *self, PkRel *rel, JsonObject *object, PkPredicate *out)
{
  const char *path = json_object_get_string_member_with_default(object, "field", NULL);
  JsonNode *range = json_object_get_member(object, "range"), *values = json_object_get_member(object, "oneOf");
  g_autofree char *flat = path ? pk_field_flat(path) : NULL;
  PkRelField *field = flat ? pk_rel_find(rel, flat) : NULL;

  if (!field || field->csv_text || json_object_get_size(object) != 2)
    return NULL;
  if (range && JSON_NODE_HOLDS_ARRAY(range) && json_array_get_length(json_node_get_array(range)) == 2 &&
      takes_range(field->type)) {
    JsonNode *a = json_array_get_element(json_node_get_array(range), 0),
             *b = json_array_get_element(json_node_get_array(range), 1);
    if (!is_number(a) || !is_number(b))
      return NULL;
    *out = range_of(field->type, json_node_get_double(a), json_node_get_double(b));
    if (out->lo.d <= 0 && out->hi.d >= 0 && has_nulls(self, rel, field))
      return NULL;
    return field;
  }
  return values && JSON_NODE_HOLDS_ARRAY(values) && in_of(json_node_get_array(values), field->type, out) ? field : NULL;
}

static gboolean
collect(PkLowering *self, PkRel *rel, JsonNode *node, GArray *predicates, GPtrArray *fields)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  PkPredicate one;

  if (!object)
    return FALSE;
  JsonNode *all = json_object_get_member(object, "and"), *any = json_object_get_member(object, "or");
  JsonNode *test = json_object_get_member(object, "test"); /* of a selection */
  if (test && json_object_get_size(object) == 1)
    return collect(self, rel, test, predicates, fields);
  if (any && json_array_get_length(json_node_get_array(any)) != 1)
    return FALSE;
  if (all || any) {
    JsonArray *parts = json_node_get_array(all ? all : any);
    for (guint i = 0; i < json_array_get_length(parts); i++)
      if (!collect(self, rel, json_array_get_element(parts, i), predicates, fields))
        return FALSE;
    return TRUE;
  }
  PkRelField *field = one_predicate(self, rel, object, &one);
  if (!field)
    return FALSE;
  g_array_append_val(predicates, one);
  g_ptr_array_add(fields, field);
  return TRUE;
}

gboolean
pk_lower_pend_filter(PkLowering *self, PkRel *rel, JsonNode *predicate)
{
  g_autoptr(GArray) predicates = g_array_new(FALSE, FALSE, sizeof(PkPredicate));
  g_autoptr(GPtrArray) fields = g_ptr_array_new();
  gboolean fits = collect(self, rel, predicate, predicates, fields);

  for (guint i = 0; i < predicates->len; i++) {
    PkPredicate *one = &g_array_index(predicates, PkPredicate, i);
    if (fits) {
      pk_rel_pend(rel, fields->pdata[i], *one, FALSE);
      continue;
    }
    for (guint k = 0; k < one->n_values; k++)
      pk_scalar_clear(&one->values[k]);
    g_free(one->values);
  }
  return fits;
}

/* --- filters of the options --- */

gboolean
pk_lower_field_filters(PkLowering *self, PkRel *rel, GError **error)
{
  for (guint i = 0; i < self->options.n_filters; i++) {
    const PkFieldFilter *filter = &self->options.filters[i];
    PkRelField *field = pk_rel_find(rel, filter->field);
    PkPredicate predicate;
    if (!field)
      continue;
    if (filter->is_range && takes_range(field->type))
      predicate = range_of(field->type, filter->lo, filter->hi);
    else if (filter->is_range || !in_of(filter->values, field->type, &predicate))
      return pk_fail(error, PK_ERROR_TYPE, "the filter of %s: a column of type %s does not compare with its values",
                     filter->field, field->sql_type ? field->sql_type : "another kind");
    pk_rel_pend(rel, field, predicate, TRUE);
  }
  return TRUE;
}
