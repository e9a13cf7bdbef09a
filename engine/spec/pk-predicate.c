/* Vega-Lite predicates as expressions (vega-lite's src/predicate.ts, src/datetime.ts). */
#include "pk-error.h"
#include "pk-jsdate.h"
#include "pk-rel.h"
#include "pk-spec.h"
#include "pk-timeunit.h"

#include <math.h>
#include <string.h>

static void
append_text(GString *out, const char *text)
{
  g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);
  g_autofree char *quoted = json_to_string(node, FALSE);

  g_string_append(out, quoted);
}

/* datum["a"]["b"] */
static void
append_field(GString *out, const char *path)
{
  g_auto(GStrv) steps = pk_field_split(path);

  g_string_append(out, "datum");
  for (guint i = 0; steps[i]; i++) {
    g_string_append_c(out, '[');
    append_text(out, steps[i]);
    g_string_append_c(out, ']');
  }
}

/* --- dates --- */

static int
find_name(const char *text, const char *const *names, guint n)
{
  g_autofree char *lower = g_ascii_strdown(text, -1);

  for (guint i = 0; i < n; i++)
    if (g_str_equal(lower, names[i]) || (strlen(lower) == 3 && g_str_has_prefix(names[i], lower)))
      return (int)i;
  return -1;
}

static const char *const month_names[] = { "january", "february", "march", "april", "may", "june", "july", "august",
                                           "september", "october", "november", "december" };
static const char *const day_names[] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" };

static gboolean
is_number(JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

/* A month from 0, or a day of the week from 0; names in full or of three letters. */
static gboolean
named_number(JsonNode *node, const char *const *names, guint n, double first, double *value)
{
  if (is_number(node)) {
    *value = json_node_get_double(node) - first;
    return TRUE;
  }
  if (json_node_get_value_type(node) != G_TYPE_STRING)
    return FALSE;
  const char *text = json_node_get_string(node);
  char *end;
  int found = find_name(text, names, n);
  *value = found >= 0 ? found : g_ascii_strtod(text, &end) - first;
  return found >= 0 || (end != text && !*end);
}

/* One member of a date; FALSE if it is wrong. */
static gboolean
set_part(const char *name, JsonNode *node, double parts[7])
{
  static const char *const plain[] = { "year", NULL, "date", "hours", "minutes", "seconds", "milliseconds" };
  double value;

  if (g_str_equal(name, "month"))
    return named_number(node, month_names, 12, 1, &parts[1]);
  if (g_str_equal(name, "quarter")) {
    if (!named_number(node, NULL, 0, 1, &value))
      return FALSE;
    parts[1] = value * 3;
    return TRUE;
  }
  if (g_str_equal(name, "day")) {
    if (!named_number(node, day_names, 7, 0, &value))
      return FALSE;
    parts[2] = fmod(value, 7) + 1;
    return TRUE;
  }
  if (g_str_equal(name, "utc"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
    if (plain[i] && g_str_equal(plain[i], name))
      return named_number(node, NULL, 0, 0, &parts[i]);
  return FALSE;
}

static void
append_parts(GString *out, const double parts[7])
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append(out, "time(datetime(");
  for (guint i = 0; i < 7; i++)
    g_string_append_printf(out, "%s%s", i ? ", " : "", g_ascii_dtostr(text, sizeof text, parts[i]));
  g_string_append(out, "))");
}

static gboolean
append_date(GString *out, JsonObject *date, const char *path, GError **error)
{
  double parts[7] = { 2012, 0, 1, 0, 0, 0, 0 };
  gboolean several = json_object_get_size(date) - (json_object_has_member(date, "utc") ? 1 : 0) > 1;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init(&iter, date);
  while (json_object_iter_next(&iter, &name, &node)) {
    if (g_str_equal(name, "day") && several)
      continue; /* a day of the week stands alone */
    if (g_str_equal(name, "quarter") && json_object_has_member(date, "month"))
      continue;
    if (!set_part(name, node, parts))
      return pk_fail(error, PK_ERROR_INVALID, "%s: \"%s\" is no part of a date, or its value is none", path, name);
  }
  append_parts(out, parts);
  return TRUE;
}

/* --- values --- */

static gboolean
is_single_unit(const char *unit)
{
  PkCalendarUnit parsed;

  return unit && pk_calendar_unit_parse(unit, &parsed, NULL) && !parsed.binned &&
         (parsed.parts & (parsed.parts - 1)) == 0;
}

/* A number or text that is compared with a time unit: "feb", 2, 2010, or a date. */
static gboolean
append_unit_value(GString *out, JsonNode *value, const char *unit, const char *path, GError **error)
{
  gboolean number = is_number(value);
  gboolean names_unit = is_single_unit(unit) &&
                        (number ? json_node_get_double(value) < 10000 : isnan(pk_js_date_parse(json_node_get_string(value))));

  if (names_unit) {
    g_autoptr(JsonObject) date = json_object_new();
    json_object_set_member(date, unit + (g_str_has_prefix(unit, "utc") ? 3 : 0), json_node_copy(value));
    return append_date(out, date, path, error);
  }
  g_autofree char *text = json_to_string(value, FALSE);
  g_string_append_printf(out, "time(datetime(%s))", text);
  return TRUE;
}

static gboolean
append_value(GString *out, JsonNode *value, const char *unit, const char *path, GError **error)
{
  if (JSON_NODE_HOLDS_OBJECT(value)) {
    JsonObject *object = json_node_get_object(value);
    if (json_object_has_member(object, "expr")) {
      g_string_append_printf(out, "(%s)", json_object_get_string_member(object, "expr"));
      return TRUE;
    }
    return append_date(out, object, path, error);
  }
  if (unit && (is_number(value) || json_node_get_value_type(value) == G_TYPE_STRING))
    return append_unit_value(out, value, unit, path, error);
  g_autofree char *text = json_to_string(value, FALSE);
  g_string_append(out, text);
  return TRUE;
}

static gboolean
append_values(GString *out, JsonNode *values, const char *unit, const char *path, GError **error)
{
  if (!values || !JSON_NODE_HOLDS_ARRAY(values))
    return pk_fail(error, PK_ERROR_INVALID, "%s: a list of values is expected", path);
  g_string_append_c(out, '[');
  for (guint i = 0; i < json_array_get_length(json_node_get_array(values)); i++) {
    g_string_append(out, i ? ", " : "");
    if (!append_value(out, json_array_get_element(json_node_get_array(values), i), unit, path, error))
      return FALSE;
  }
  g_string_append_c(out, ']');
  return TRUE;
}

/* --- predicates on a field --- */

/* time(datetime(…)): the field floored to the unit. */
static gboolean
append_floored(GString *out, const char *field, const char *name, const char *path, GError **error)
{
  static const struct { PkTimePart part; guint slot; const char *before, *after; } parts[] = {
    { PK_TIME_YEAR, 0, "year(", ")" }, { PK_TIME_QUARTER, 1, "(quarter(", ")-1)*3" }, { PK_TIME_MONTH, 1, "month(", ")" },
    { PK_TIME_DATE, 2, "date(", ")" }, { PK_TIME_DAY, 2, "day(", ")+1" }, { PK_TIME_DAYOFYEAR, 2, "dayofyear(", ")" },
    { PK_TIME_HOURS, 3, "hours(", ")" }, { PK_TIME_MINUTES, 4, "minutes(", ")" }, { PK_TIME_SECONDS, 5, "seconds(", ")" },
    { PK_TIME_MILLISECONDS, 6, "milliseconds(", ")" },
  };
  static const char *const defaults[] = { "2012", "0", "1", "0", "0", "0", "0" };
  PkCalendarUnit unit;

  if (!pk_calendar_unit_parse(name, &unit, error)) {
    pk_fail_prefix(error, "%s.timeUnit: ", path);
    return FALSE;
  }
  if (unit.parts & PK_TIME_WEEK)
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.timeUnit: weeks are not supported in a predicate", path);
  g_string_append(out, "time(");
  if (unit.binned)
    append_field(out, field);
  for (guint slot = 0; slot < 7 && !unit.binned; slot++) {
    gint found = -1;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
      if (parts[i].slot == slot && unit.parts & parts[i].part)
        found = (gint)i;
    g_string_append(out, slot ? ", " : "datetime(");
    g_string_append(out, found < 0 ? defaults[slot] : parts[found].before);
    if (found >= 0) {
      append_field(out, field);
      g_string_append(out, parts[found].after);
    }
  }
  g_string_append(out, unit.binned ? ")" : "))");
  return TRUE;
}

static const char *
unit_name(JsonObject *predicate)
{
  JsonNode *node = json_object_get_member(predicate, "timeUnit");

  if (node && JSON_NODE_HOLDS_OBJECT(node))
    return json_object_get_string_member_with_default(json_node_get_object(node), "unit", NULL);
  return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : NULL;
}

static gboolean
append_range(GString *out, const char *field, JsonNode *range, const char *unit, const char *path, GError **error)
{
  JsonArray *ends = JSON_NODE_HOLDS_ARRAY(range) ? json_node_get_array(range) : NULL;

  if (!ends || json_array_get_length(ends) != 2)
    return pk_fail(error, PK_ERROR_INVALID, "%s.range: two values are expected", path);
  gboolean has_lo = !json_array_get_null_element(ends, 0), has_hi = !json_array_get_null_element(ends, 1);
  if (has_lo && has_hi) {
    g_string_append_printf(out, "inrange(%s, ", field);
    if (!append_values(out, range, unit, path, error))
      return FALSE;
    g_string_append_c(out, ')');
    return TRUE;
  }
  if (!has_lo && !has_hi) {
    g_string_append(out, "true");
    return TRUE;
  }
  g_string_append_printf(out, "%s %s ", field, has_lo ? ">=" : "<=");
  return append_value(out, json_array_get_element(ends, has_lo ? 0 : 1), unit, path, error);
}

static gboolean
append_field_predicate(GString *out, JsonObject *predicate, const char *path, GError **error)
{
  static const struct { const char *name, *op; } comparisons[] = {
    { "equal", "===" }, { "lt", "<" }, { "gt", ">" }, { "lte", "<=" }, { "gte", ">=" },
  };
  const char *name = json_object_get_string_member(predicate, "field"), *unit = unit_name(predicate);
  g_autoptr(GString) field = g_string_new(NULL);

  if (!unit)
    append_field(field, name);
  else if (!append_floored(field, name, unit, path, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(comparisons); i++) {
    JsonNode *value = json_object_get_member(predicate, comparisons[i].name);
    if (!value)
      continue;
    g_string_append_printf(out, "(%s%s", field->str, comparisons[i].op);
    if (!append_value(out, value, unit, path, error))
      return FALSE;
    g_string_append_c(out, ')');
    return TRUE;
  }
  JsonNode *values = json_object_get_member(predicate, "oneOf");
  if (!values)
    values = json_object_get_member(predicate, "in");
  if (values) {
    g_string_append(out, "(indexof(");
    if (!append_values(out, values, unit, path, error))
      return FALSE;
    g_string_append_printf(out, ", %s) !== -1)", field->str);
    return TRUE;
  }
  if (json_object_has_member(predicate, "range"))
    return append_range(out, field->str, json_object_get_member(predicate, "range"), unit, path, error);
  if (json_object_has_member(predicate, "valid")) {
    gboolean valid = json_object_get_boolean_member(predicate, "valid");
    g_string_append_printf(out, "%s(isValid(%s) && isFinite(+%s))", valid ? "" : "!", field->str, field->str);
    return TRUE;
  }
  return pk_fail(error, PK_ERROR_INVALID, "%s: a predicate on a field needs one of equal, lt, lte, gt, gte, range, oneOf, valid",
                 path);
}

static gboolean append_predicate(GString *out, JsonNode *predicate, const char *path, GError **error);

static gboolean
append_all(GString *out, JsonNode *list, const char *op, const char *path, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY(list))
    return pk_fail(error, PK_ERROR_INVALID, "%s: \"and\" and \"or\" take lists", path);
  JsonArray *array = json_node_get_array(list);
  g_string_append_c(out, '(');
  for (guint i = 0; i < json_array_get_length(array); i++) {
    g_string_append(out, i ? op : "");
    if (!append_predicate(out, json_array_get_element(array, i), path, error))
      return FALSE;
  }
  g_string_append(out, json_array_get_length(array) ? ")" : "true)");
  return TRUE;
}

static gboolean
append_predicate(GString *out, JsonNode *predicate, const char *path, GError **error)
{
  JsonObject *object;

  if (json_node_get_value_type(predicate) == G_TYPE_STRING) {
    g_string_append_printf(out, "(%s)", json_node_get_string(predicate));
    return TRUE;
  }
  if (!JSON_NODE_HOLDS_OBJECT(predicate))
    return pk_fail(error, PK_ERROR_INVALID, "%s: a predicate is an expression or an object", path);
  object = json_node_get_object(predicate);
  if (json_object_has_member(object, "and"))
    return append_all(out, json_object_get_member(object, "and"), " && ", path, error);
  if (json_object_has_member(object, "or"))
    return append_all(out, json_object_get_member(object, "or"), " || ", path, error);
  if (json_object_has_member(object, "not")) {
    g_string_append(out, "!(");
    if (!append_predicate(out, json_object_get_member(object, "not"), path, error))
      return FALSE;
    g_string_append_c(out, ')');
    return TRUE;
  }
  if (json_object_has_member(object, "field"))
    return append_field_predicate(out, object, path, error);
  if (json_object_has_member(object, "param")) {
    /* A selection in which nothing is selected: it counts as all, unless it says otherwise. */
    gboolean empty = json_object_get_boolean_member_with_default(object, "empty", TRUE);
    g_string_append(out, empty ? "true" : "false");
    return TRUE;
  }
  return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s: this kind of predicate is not supported here", path);
}

char *
pk_predicate_to_expr(JsonNode *predicate, const char *path, GError **error)
{
  g_autoptr(GString) out = g_string_new(NULL);

  return append_predicate(out, predicate, path, error) ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
