/* Transforms that make other rows or other columns, as SELECTs over the relation: fold, flatten, pivot, lookup, impute,
 * regression (vega-transforms' Fold, Flatten, Pivot, Lookup, Impute; vega-regression). */
#include "pk-lower-priv.h"

#include "pk-error.h"
#include "pk-sql-quote.h"
#include "pk-sql-text.h"

#include <string.h>

#define MAX_PIVOT_COLUMNS 1000

static guint
length_of(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_array_get_length(json_node_get_array(node)) : 0;
}

/* An element that is text, else `fallback`. */
static const char *
text_at(JsonNode *node, guint i, const char *fallback)
{
  const char *text = i < length_of(node) ? json_array_get_string_element(json_node_get_array(node), i) : NULL;

  return text ? text : fallback;
}

/* Puts a SELECT in place of what the relation reads from; *sql is taken. */
static void
read_from(PkRel *rel, GString *sql)
{
  g_free(rel->from);
  rel->from = g_string_free(sql, FALSE);
  rel->is_table = FALSE;
}

static PkRelField *
needed_field(PkLowering *self, PkRel *rel, const char *path, const PkTransform *transform, const char *member, GError **error)
{
  PkRelField *field = pk_lower_field(self, rel, path, NULL);

  if (!field)
    pk_fail(error, PK_ERROR_NOT_FOUND, "%s.%s: there is no field \"%s\"", transform->props.path, member, path);
  return field;
}

/* Sets a field to an expression whose type the engine tells. */
static gboolean
set_typed(PkLowering *self, PkRel *rel, const char *name, const char *sql, GError **error)
{
  g_autofree char *select = g_strdup_printf("SELECT %s AS v FROM %s", sql, rel->from);
  g_autoptr(GPtrArray) columns = self->host->describe(select, self->host->user, error);

  if (!columns)
    return FALSE;
  pk_rel_set(rel, name, sql, ((PkColumnInfo *)columns->pdata[0])->type);
  return TRUE;
}

/* Each row once for each of `count` (SQL over its columns), numbered from 0 in the column returned; caller owns. Rows stay
 * in order. */
static char *
multiply_rows(PkRel *rel, const char *count)
{
  g_autofree char *column = pk_rel_new_column(rel, "__part"), *order = NULL;
  GString *sql = g_string_new(NULL);

  pk_rel_number_rows(rel);
  g_string_printf(sql, "(SELECT *, unnest(range(CAST(%s AS BIGINT))) AS %s FROM %s)", count, column, rel->from);
  read_from(rel, sql);
  pk_rel_declare(rel, column, column, PK_TYPE_OF(PK_TYPE_I64));
  order = g_strdup_printf("row_number() OVER (ORDER BY " PK_REL_ROW ", %s)", column);
  pk_rel_set(rel, PK_REL_ROW, order, PK_TYPE_OF(PK_TYPE_I64));
  return g_steal_pointer(&column);
}

/* --- fold --- */

/* A field as one of several that become one column. */
static char *
folded_value(PkRel *rel, const char *path, gboolean as_text)
{
  g_autofree char *flat = pk_field_flat(path);
  PkRelField *field = pk_rel_find(rel, flat);
  g_autofree char *column = field ? pk_rel_quote(field) : NULL;

  if (!column)
    return g_strdup("NULL");
  return as_text && field->type.kind != PK_TYPE_TEXT ? g_strdup_printf("CAST(%s AS VARCHAR)", column)
                                                     : g_steal_pointer(&column);
}

static gboolean
apply_fold(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  JsonNode *fields = pk_props_get(&transform->props, "fold"), *as = pk_props_get(&transform->props, "as");
  g_autoptr(GString) keys = g_string_new("CASE"), values = g_string_new("CASE");
  gboolean text = FALSE;
  char count[32];

  for (guint i = 0; i < length_of(fields); i++) {
    PkRelField *field = pk_lower_field(self, rel, text_at(fields, i, ""), NULL);
    text = text || (field && field->type.kind == PK_TYPE_TEXT);
  }
  if (length_of(fields) == 0)
    return pk_fail(error, PK_ERROR_INVALID, "%s.fold: at least one field is needed", transform->props.path);
  g_snprintf(count, sizeof count, "%u", length_of(fields));
  g_autofree char *part = multiply_rows(rel, count);
  for (guint i = 0; i < length_of(fields); i++) {
    g_autofree char *value = folded_value(rel, text_at(fields, i, ""), text);
    g_autofree char *name = pk_field_flat(text_at(fields, i, ""));
    g_string_append_printf(keys, " WHEN %s = %u THEN ", part, i);
    pk_sql_append_literal(keys, name);
    g_string_append_printf(values, " WHEN %s = %u THEN %s", part, i, value);
  }
  g_string_append(keys, " END");
  g_string_append(values, " END");
  /* A column that is folded may itself be replaced by key or value: both are made before. */
  if (!set_typed(self, rel, "__fold_value", values->str, error))
    return FALSE;
  PkType type = pk_rel_find(rel, "__fold_value")->type;
  pk_rel_set(rel, text_at(as, 0, "key"), keys->str, PK_TYPE_OF(PK_TYPE_TEXT));
  pk_rel_set(rel, text_at(as, 1, "value"), "__fold_value", type);
  return TRUE;
}

/* --- flatten --- */

/* Lists of rows that stand in the specification are fields "a.0", "a.1" …: one list of them, as the field "a". */
static gboolean
gather_list(PkLowering *self, PkRel *rel, const char *path, GError **error)
{
  g_autofree char *flat = pk_field_flat(path);
  g_autoptr(GString) sql = g_string_new("list_filter([");

  for (guint i = 0;; i++) {
    g_autofree char *name = g_strdup_printf("%s.%u", flat, i);
    PkRelField *field = pk_rel_find(rel, name);
    g_autofree char *column = field ? pk_rel_quote(field) : NULL;
    if (i == 0 && (!field || pk_rel_find(rel, flat)))
      return TRUE;
    if (!field)
      break;
    g_string_append_printf(sql, "%s%s", i ? ", " : "", column);
  }
  g_string_append(sql, "], lambda v: v IS NOT NULL)");
  return set_typed(self, rel, flat, sql->str, error);
}

static gboolean
apply_flatten(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  JsonNode *fields = pk_props_get(&transform->props, "flatten"), *as = pk_props_get(&transform->props, "as");
  g_autoptr(GString) count = g_string_new("greatest(0");

  for (guint i = 0; i < length_of(fields); i++) {
    if (!gather_list(self, rel, text_at(fields, i, ""), error))
      return FALSE;
    PkRelField *field = needed_field(self, rel, text_at(fields, i, ""), transform, "flatten", error);
    if (!field)
      return FALSE;
    if (field->type.kind != PK_TYPE_LIST && field->type.kind != PK_TYPE_NULL)
      return pk_fail(error, PK_ERROR_INVALID, "%s.flatten: the field \"%s\" holds no lists", transform->props.path,
                     text_at(fields, i, ""));
    g_autofree char *column = pk_rel_quote(field);
    g_string_append_printf(count, ", coalesce(len(%s), 0)", column);
  }
  g_string_append_c(count, ')');
  g_autofree char *part = multiply_rows(rel, count->str);
  for (guint i = 0; i < length_of(fields); i++) {
    const char *path = text_at(fields, i, "");
    PkRelField *field = needed_field(self, rel, path, transform, "flatten", error);
    g_autofree char *column = field ? pk_rel_quote(field) : NULL, *flat = pk_field_flat(path);
    g_autofree char *sql = g_strdup_printf("list_extract(%s, %s + 1)", column ? column : "NULL", part);
    if (!field || !set_typed(self, rel, text_at(as, i, flat), sql, error))
      return FALSE;
  }
  return TRUE;
}

/* --- pivot --- */

/* The values of the pivoted field, in ascending order: as literals and as names. */
static gboolean
pivot_keys(PkLowering *self, PkRel *rel, PkRelField *field, const PkTransform *transform, GPtrArray *names, GError **error)
{
  g_autofree char *column = pk_rel_quote(field), *title = pk_lower_purpose(self->view, "columns of a pivot");
  guint limit = (guint)CLAMP(pk_props_get_double(&transform->props, "limit", 0), 0, MAX_PIVOT_COLUMNS);
  g_autofree char *sql = g_strdup_printf("SELECT CAST(%s AS VARCHAR) AS k FROM (SELECT DISTINCT %s FROM %s WHERE %s IS NOT NULL) "
                                         "ORDER BY %s LIMIT %u", column, column, rel->from, column, column,
                                         limit ? limit : MAX_PIVOT_COLUMNS + 1);
  g_autoptr(PkFrame) frame = self->host->run_sql(sql, rel->from, title, self->host->user, error);

  if (!frame)
    return FALSE;
  if (frame->length > MAX_PIVOT_COLUMNS)
    return pk_fail(error, PK_ERROR_LIMIT, "%s.pivot: more than %d different values; set \"limit\"", transform->props.path,
                   MAX_PIVOT_COLUMNS);
  for (gint64 i = 0; i < frame->length; i++) {
    gsize length;
    const char *text = pk_column_get_text(frame->columns[0], i, &length);
    g_ptr_array_add(names, g_strndup(text ? text : "", length));
  }
  return TRUE;
}

static gboolean
apply_pivot(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  const PkProps *props = &transform->props;
  JsonNode *groupby = pk_props_get(props, "groupby");
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(PkGroup) group = pk_group_new();
  PkRelField *key = needed_field(self, rel, pk_props_get_text(props, "pivot", ""), transform, "pivot", error);
  PkRelField *value = key ? needed_field(self, rel, pk_props_get_text(props, "value", ""), transform, "value", error) : NULL;

  if (!value)
    return FALSE;
  value = pk_lower_measure(rel, value);
  key = pk_lower_field(self, rel, pk_props_get_text(props, "pivot", ""), NULL);
  pk_rel_number_rows(rel);
  if (!pivot_keys(self, rel, key, transform, names, error))
    return FALSE;
  g_autofree char *key_column = pk_rel_quote(key), *value_column = pk_rel_quote(value);
  PkType type = value->type;
  const char *op = pk_props_get_text(props, "op", "sum");
  for (guint i = 0; i < length_of(groupby); i++) {
    const char *path = text_at(groupby, i, "");
    g_autofree char *flat = pk_field_flat(path);
    pk_group_add_dim(group, PK_DIM_VALUE, path, flat);
  }
  for (guint i = 0; i < names->len; i++) {
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autofree char *field = g_strdup_printf("__pivot_%u", i);
    g_string_printf(sql, "CASE WHEN CAST(%s AS VARCHAR) = ", key_column);
    pk_sql_append_literal(sql, names->pdata[i]);
    g_string_append_printf(sql, " THEN %s END", value_column);
    pk_rel_set(rel, field, sql->str, type);
    /* what is counted are the column's values */
    pk_group_add_measure(group, g_str_equal(op, "count") ? "valid" : op, field, names->pdata[i]);
  }
  if (!pk_lower_group_rel(self, rel, group, error)) {
    pk_fail_prefix(error, "%s: ", props->path);
    return FALSE;
  }
  return TRUE;
}

/* --- lookup --- */

/* A key as it is compared: numbers and their texts are the same key in JavaScript. */
static char *
key_sql(const PkRelField *field, const char *table, gboolean as_text)
{
  g_autofree char *column = pk_rel_quote(field), *full = g_strdup_printf("%s.%s", table, column);

  if (!as_text)
    return g_steal_pointer(&full);
  if (field->type.kind == PK_TYPE_F64 || field->type.kind == PK_TYPE_F32)
    return g_strdup_printf("CASE WHEN %s = floor(%s) AND abs(%s) < 1e15 THEN CAST(CAST(%s AS BIGINT) AS VARCHAR) ELSE "
                           "CAST(%s AS VARCHAR) END", full, full, full, full, full);
  return g_strdup_printf("CAST(%s AS VARCHAR)", full);
}

/* The other relation's fields that are taken over: name here → field there. */
static gboolean
lookup_columns(PkLowering *self, PkRel *other, const PkTransform *transform, GPtrArray *names, GPtrArray *fields, GError **error)
{
  PkProps from = pk_props_get_bag(&transform->props, "from");
  JsonNode *list = pk_props_get(&from, "fields"), *as = pk_props_get(&transform->props, "as");
  const char *single = pk_props_get_text(&transform->props, "as", NULL);

  for (guint i = 0; i < length_of(list); i++) {
    const char *path = text_at(list, i, "");
    g_autofree char *flat = pk_field_flat(path);
    PkRelField *field = needed_field(self, other, path, transform, "from.fields", error);
    if (!field)
      return FALSE;
    g_ptr_array_add(names, g_strdup(single && i == 0 ? single : text_at(as, i, flat)));
    g_ptr_array_add(fields, g_strdup(flat));
  }
  if (!list) {
    const char *name = single ? single : text_at(as, 0, NULL);
    if (!name)
      return pk_fail(error, PK_ERROR_INVALID, "%s: \"from.fields\" or \"as\" is needed", transform->props.path);
    g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_add(fields, g_strdup(pk_lower_tuple(other)));
  }
  return TRUE;
}

static gboolean
apply_lookup(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  PkProps from = pk_props_get_bag(&transform->props, "from");
  const char *fallback = pk_props_get_text(&transform->props, "default", NULL);
  g_autoptr(PkRel) other = pk_lower_base(self, transform->data, error);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), fields = g_ptr_array_new_with_free_func(g_free);
  PkView source = { .data = transform->data };

  if (!other || !pk_lower_prepare(self, other, &source, error))
    return FALSE;
  pk_rel_number_rows(other);
  PkRelField *own = needed_field(self, rel, pk_props_get_text(&transform->props, "lookup", ""), transform, "lookup", error);
  PkRelField *key = own ? needed_field(self, other, pk_props_get_text(&from, "key", ""), transform, "from.key", error) : NULL;
  if (!key || !lookup_columns(self, other, transform, names, fields, error))
    return FALSE;
  gboolean text = own->type.kind == PK_TYPE_TEXT || key->type.kind == PK_TYPE_TEXT;
  g_autofree char *left = key_sql(own, "r", text), *right = key_sql(key, "o", text);
  pk_rel_number_rows(rel);
  GString *sql = g_string_new("(SELECT r.*");
  g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *wanted = g_strdup_printf("__lookup_%u", i);
    char *column = pk_rel_new_column(rel, wanted);
    g_ptr_array_add(columns, column);
    g_string_append_printf(sql, ", m.%s", column);
    pk_rel_declare(rel, column, column, pk_rel_find(other, fields->pdata[i])->type);
  }
  g_string_append_printf(sql, " FROM %s r LEFT JOIN (SELECT %s AS __key", rel->from, right);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *field = pk_rel_quote(pk_rel_find(other, fields->pdata[i]));
    g_string_append_printf(sql, ", o.%s AS %s", field, (char *)columns->pdata[i]);
  }
  /* of rows with one key, Vega keeps the last */
  g_string_append_printf(sql, " FROM %s o QUALIFY row_number() OVER (PARTITION BY __key ORDER BY o." PK_REL_ROW
                         " DESC) = 1) m ON %s = m.__key)", other->from, left);
  read_from(rel, sql);
  for (guint i = 0; i < names->len; i++) {
    PkType type = pk_rel_find(rel, columns->pdata[i])->type;
    g_autoptr(GString) value = g_string_new(columns->pdata[i]);
    if (fallback) {
      g_string_printf(value, "coalesce(CAST(%s AS VARCHAR), ", (char *)columns->pdata[i]);
      pk_sql_append_literal(value, fallback);
      g_string_append_c(value, ')');
      type = PK_TYPE_OF(PK_TYPE_TEXT);
    }
    pk_rel_set(rel, names->pdata[i], value->str, type);
  }
  return TRUE;
}

/* --- impute --- */

/* A JSON value as SQL. */
static char *
literal_sql(JsonNode *node)
{
  g_autoptr(GString) sql = g_string_new(NULL);

  if (!node || !JSON_NODE_HOLDS_VALUE(node))
    return g_strdup("NULL");
  if (json_node_get_value_type(node) == G_TYPE_STRING) {
    pk_sql_append_literal(sql, json_node_get_string(node));
    return g_string_free(g_steal_pointer(&sql), FALSE);
  }
  return json_to_string(node, FALSE);
}

/* The keys that every group is to have: those of the data, and those that the specification lists. */
static char *
keys_sql(const PkTransform *transform, const char *key, const char *from)
{
  JsonNode *keyvals = pk_props_get(&transform->props, "keyvals");
  PkProps sequence = pk_props_get_bag(&transform->props, "keyvals");
  g_autoptr(GString) sql = g_string_new(NULL);

  g_string_printf(sql, "SELECT DISTINCT %s AS k FROM %s", key, from);
  for (guint i = 0; i < length_of(keyvals); i++) {
    g_autofree char *value = literal_sql(json_array_get_element(json_node_get_array(keyvals), i));
    g_string_append_printf(sql, " UNION SELECT %s", value);
  }
  if (pk_props_has(&sequence, "stop")) {
    double start = pk_props_get_double(&sequence, "start", 0), step = pk_props_get_double(&sequence, "step", 1);
    double stop = pk_props_get_double(&sequence, "stop", 0);
    for (guint i = 0; step != 0 && i < 100000 && (step > 0 ? start + i * step < stop : start + i * step > stop); i++) {
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append_printf(sql, " UNION SELECT %s", g_ascii_dtostr(text, sizeof text, start + i * step));
    }
  }
  return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* Rows for the keys that a group lacks, after all others. */
static void
add_missing_rows(PkLowering *self, PkRel *rel, const PkTransform *transform, const char *field, const char *key,
                 const char *value)
{
  JsonNode *groupby = pk_props_get(&transform->props, "groupby");
  g_autofree char *keys = keys_sql(transform, key, rel->from);
  g_autoptr(GString) columns = g_string_new(NULL), match = g_string_new(NULL), given = g_string_new(NULL);
  GString *sql = g_string_new(NULL);

  for (guint i = 0; i < length_of(groupby); i++) {
    PkRelField *by = pk_lower_field(self, rel, text_at(groupby, i, ""), NULL);
    g_autofree char *column = by ? pk_rel_quote(by) : NULL;
    if (!column)
      continue;
    g_string_append_printf(columns, "%s%s", columns->len ? ", " : "", column);
    g_string_append_printf(given, "g.%s, ", column);
    g_string_append_printf(match, " AND r.%s IS NOT DISTINCT FROM g.%s", column, column);
  }
  g_string_printf(sql, "(SELECT * FROM %s UNION ALL BY NAME SELECT %sd.k AS %s, %s AS %s, (SELECT max(" PK_REL_ROW
                  ") FROM %s) + row_number() OVER (ORDER BY g.__first, d.k) AS " PK_REL_ROW " FROM (SELECT %s%smin(" PK_REL_ROW
                  ") AS __first FROM %s%s%s) g CROSS JOIN (%s) d WHERE NOT EXISTS (SELECT 1 FROM %s r WHERE r.%s IS NOT DISTINCT "
                  "FROM d.k%s))", rel->from, given->str, key, value, field, rel->from, columns->str, columns->len ? ", " : "",
                  rel->from, columns->len ? " GROUP BY " : "", columns->str, keys, rel->from, key, match->str);
  read_from(rel, sql);
}

static void
append_frame(GString *sql, JsonNode *frame)
{
  static const char *const ends[] = { "UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING" };

  for (guint i = 0; i < 2; i++) {
    JsonNode *bound = length_of(frame) > i ? json_array_get_element(json_node_get_array(frame), i) : NULL;
    g_string_append(sql, i ? " AND " : " ROWS BETWEEN ");
    if (!bound || json_node_is_null(bound))
      g_string_append(sql, ends[i]);
    else
      g_string_append_printf(sql, "%" G_GINT64_FORMAT " %s", ABS((gint64)json_node_get_double(bound)),
                             i ? "FOLLOWING" : "PRECEDING");
  }
}

/* Nulls become an aggregate of the rows around them. */
static gboolean
fill_nulls(PkLowering *self, PkRel *rel, const PkTransform *transform, const char *path, const char *method, GError **error)
{
  JsonNode *groupby = pk_props_get(&transform->props, "groupby");
  g_autoptr(GString) over = g_string_new(" OVER (");
  g_autoptr(PkGroup) group = pk_group_new();
  PkType type;

  for (guint i = 0; i < length_of(groupby); i++) {
    PkRelField *by = pk_lower_field(self, rel, text_at(groupby, i, ""), NULL);
    g_autofree char *column = by ? pk_rel_quote(by) : g_strdup("NULL");
    g_string_append_printf(over, "%s%s", i ? ", " : "PARTITION BY ", column);
  }
  g_string_append(over, " ORDER BY " PK_REL_ROW);
  append_frame(over, pk_props_get(&transform->props, "frame"));
  g_string_append_c(over, ')');
  PkMeasureDef *measure = pk_group_add_measure(group, method, path, "imputed");
  g_autofree char *sql = pk_lower_measure_sql(self, rel, measure, over->str, &type, error);
  if (!sql)
    return FALSE;
  PkRelField *field = pk_lower_field(self, rel, path, NULL);
  g_autofree char *column = pk_rel_quote(field), *flat = pk_field_flat(path);
  g_autofree char *filled = g_strdup_printf("coalesce(%s, %s)", column, sql);
  return set_typed(self, rel, flat, filled, error);
}

static gboolean
apply_impute(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  const PkProps *props = &transform->props;
  const char *path = pk_props_get_text(props, "impute", ""), *method = pk_props_get_text(props, "method", "value");
  gboolean constant = g_str_equal(method, "value");
  PkRelField *field = needed_field(self, rel, path, transform, "impute", error);
  PkRelField *key = field ? needed_field(self, rel, pk_props_get_text(props, "key", ""), transform, "key", error) : NULL;

  if (!key)
    return FALSE;
  g_autofree char *column = pk_rel_quote(field), *key_column = pk_rel_quote(key);
  g_autofree char *value = constant ? literal_sql(pk_props_get(props, "value")) : g_strdup("NULL");
  pk_rel_number_rows(rel);
  add_missing_rows(self, rel, transform, column, key_column, value);
  return constant || fill_nulls(self, rel, transform, path, method, error);
}

/* --- regression --- */

/* The two ends of each group's line, or with "params" its coefficients. */
static gboolean
apply_regression(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  const PkProps *props = &transform->props;
  const char *method = pk_props_get_text(props, "method", "linear");
  JsonNode *groupby = pk_props_get(props, "groupby"), *as = pk_props_get(props, "as"), *extent = pk_props_get(props, "extent");
  const char *y_path = pk_props_get_text(props, "regression", ""), *x_path = pk_props_get_text(props, "on", "");
  g_autoptr(GString) by = g_string_new(NULL);
  g_autoptr(PkRel) made = pk_rel_new("", FALSE);

  if (!g_str_equal(method, "linear"))
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.method: only \"linear\" is supported", props->path);
  PkRelField *y = needed_field(self, rel, y_path, transform, "regression", error);
  PkRelField *x = y ? needed_field(self, rel, x_path, transform, "on", error) : NULL;
  if (!x)
    return FALSE;
  g_autofree char *xn = pk_lower_number_sql(x), *yn = pk_lower_number_sql(y);
  for (guint i = 0; i < length_of(groupby); i++) {
    PkRelField *field = needed_field(self, rel, text_at(groupby, i, ""), transform, "groupby", error);
    g_autofree char *column = field ? pk_rel_quote(field) : NULL;
    if (!field)
      return FALSE;
    g_string_append_printf(by, "%s%s", i ? ", " : "", column);
    pk_rel_declare(made, field->name, field->column, field->type);
  }
  pk_rel_number_rows(rel);
  gboolean params = pk_props_get_bool(props, "params", FALSE);
  g_autofree char *x_flat = pk_field_flat(x_path), *y_flat = pk_field_flat(y_path);
  const char *names[] = { params ? "coef" : text_at(as, 0, x_flat), params ? "rSquared" : text_at(as, 1, y_flat) };
  g_autofree char *lo = length_of(extent) == 2 ? literal_sql(json_array_get_element(json_node_get_array(extent), 0)) : NULL;
  g_autofree char *hi = length_of(extent) == 2 ? literal_sql(json_array_get_element(json_node_get_array(extent), 1)) : NULL;
  const char *comma = by->len ? ", " : "";
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "(SELECT %s%s%s, row_number() OVER (ORDER BY __first%s) AS " PK_REL_ROW " FROM (SELECT *, %s FROM (SELECT %s%s"
                  "regr_slope(y, x) AS m, regr_intercept(y, x) AS b, regr_r2(y, x) AS r2, min(x) AS x0, max(x) AS x1, min("
                  PK_REL_ROW ") AS __first FROM (SELECT *, CAST(%s AS DOUBLE) AS x, CAST(%s AS DOUBLE) AS y FROM %s) WHERE x IS NOT "
                  "NULL AND y IS NOT NULL AND NOT isnan(x) AND NOT isnan(y)%s%s)))",
                  by->str, comma, params ? "[b, m] AS __a, r2 AS __b" : "__x AS __a, b + m * __x AS __b", params ? "" : ", __end",
                  params ? "1 AS __end" : "unnest([0, 1]) AS __end, unnest([__lo, __hi]) AS __x", by->str, comma, xn, yn,
                  rel->from, by->len ? " GROUP BY " : "", by->str);
  g_auto(GStrv) around = g_strsplit(sql->str, "__lo, __hi", 2);
  if (around[1])
    g_string_printf(sql, "%s%s, %s%s", around[0], lo ? lo : "x0", hi ? hi : "x1", around[1]);
  for (guint i = 0; i < 2; i++)
    pk_rel_declare(made, names[i], i ? "__b" : "__a", PK_TYPE_OF(params && i == 0 ? PK_TYPE_LIST : PK_TYPE_F64));
  pk_rel_declare(made, PK_REL_ROW, PK_REL_ROW, PK_TYPE_OF(PK_TYPE_I64));
  read_from(rel, sql);
  g_ptr_array_unref(rel->fields);
  rel->fields = g_steal_pointer(&made->fields);
  made->fields = g_ptr_array_new();
  return TRUE;
}

gboolean
pk_lower_reshape(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  switch (transform->kind) {
  case PK_TRANSFORM_FOLD:
    return apply_fold(self, rel, transform, error);
  case PK_TRANSFORM_FLATTEN:
    return apply_flatten(self, rel, transform, error);
  case PK_TRANSFORM_PIVOT:
    return apply_pivot(self, rel, transform, error);
  case PK_TRANSFORM_LOOKUP:
    return apply_lookup(self, rel, transform, error);
  case PK_TRANSFORM_IMPUTE:
    return apply_impute(self, rel, transform, error);
  case PK_TRANSFORM_REGRESSION:
    return apply_regression(self, rel, transform, error);
  default:
    return pk_fail(error, PK_ERROR_INTERNAL, "%s: a transform of an unknown kind", transform->props.path);
  }
}
