/* One SELECT with groups: these, their order and limit. */
#include "pk-sql-const.h"
#include "pk-sql-text.h"

#include "pk-error.h"

#include <string.h>

/* A SELECT being read. */
typedef struct {
  PkSqlReader *reader;
  JsonObject *select;
  JsonArray *items;
  GArray *outputs; /* PkSqlOutput, one an item; column: the key's or aggregate's number */
  GArray *is_key;  /* gboolean, one an item */
  GPtrArray *texts; /* normal form of each item, or NULL */
} Select;

static void
output_clear(gpointer data)
{
  g_free(((PkSqlOutput *)data)->name);
}

static void
select_init(Select *self, const PkSqlContext *context, JsonObject *select, const char *relation,
            const char *alias)
{
  self->reader = pk_sql_reader_new(context, relation, alias);
  self->select = select;
  self->items = pk_json_array(select, "select_list");
  self->outputs = g_array_new(FALSE, TRUE, sizeof(PkSqlOutput));
  g_array_set_clear_func(self->outputs, output_clear);
  self->is_key = g_array_new(FALSE, TRUE, sizeof(gboolean));
  self->texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < pk_json_length(self->items); i++)
    g_ptr_array_add(self->texts, pk_json_item(self->items, i)
                                   ? pk_sql_text_of(self->reader, pk_json_item(self->items, i)) : NULL);
}

static void
select_clear(Select *self)
{
  pk_sql_reader_free(self->reader);
  g_array_unref(self->outputs);
  g_array_unref(self->is_key);
  g_ptr_array_unref(self->texts);
}

/* The name that the engine gives a column without an alias: its own, or the call's text. */
static char *
name_of(const PkSqlReader *reader, JsonObject *item)
{
  const char *alias = pk_json_text(item, "alias");
  const PkColumnInfo *column = pk_sql_column_of(reader, item);

  if (alias && *alias)
    return g_strdup(alias);
  if (column)
    return g_strdup(column->name);
  if (pk_sql_is_call(item, "count_star", 0))
    return g_strdup("count_star()");
  g_autofree char *text = pk_sql_describe(reader, item);
  g_autoptr(GString) plain = g_string_new(text);
  g_string_replace(plain, "\"", "", 0);
  return g_strdup(plain->str);
}

/* A name that no other column of the plan's result has. */
static char *
unique_name(const PkPlan *plan, const char *name)
{
  g_autoptr(GString) out = g_string_new(name);

  for (guint n = 2;; n++) {
    gboolean taken = FALSE;
    for (guint i = 0; i < plan->n_keys; i++)
      taken = taken || strcmp(plan->keys[i].name, out->str) == 0;
    for (guint i = 0; i < plan->n_aggs; i++)
      taken = taken || strcmp(plan->aggs[i].name, out->str) == 0;
    if (!taken)
      return g_strdup(out->str);
    g_string_printf(out, "%s_%u", name, n);
  }
}

/* --- groups --- */

/* The item that an ordinal, an alias or the same expression means; -1: none. */
static gint
item_meant(const Select *self, JsonObject *expression, gboolean alias_first)
{
  g_auto(PkSqlConst) ordinal = { 0 };
  JsonArray *names = pk_json_array(expression, "column_names");
  g_autofree char *text = pk_sql_text_of(self->reader, expression);
  guint n = pk_json_length(self->items);

  if (pk_sql_is(expression, "CONSTANT"))
    return pk_sql_const_read(expression, FALSE, &ordinal) && ordinal.type.kind == PK_TYPE_I32 &&
      ordinal.i >= 1 &&
           ordinal.i <= n ? (gint)ordinal.i - 1 : -1;
  /* A lone name is a column first in GROUP BY and an alias first in ORDER BY. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n; i++) {
      const char *alias = pk_json_text(pk_json_item(self->items, i), "alias");
      if ((pass == 0) == alias_first) {
        if (pk_json_length(names) == 1 && alias && *alias && pk_json_text_item(names, 0) &&
            g_ascii_strcasecmp(alias, pk_json_text_item(names, 0)) == 0 && (alias_first || !text))
          return (gint)i;
      } else if (text && self->texts->pdata[i] && strcmp(text, self->texts->pdata[i]) == 0) {
        return (gint)i;
      }
    }
  return -1;
}

static gint
key_of_text(const Select *self, const char *text)
{
  for (guint i = 0; text && i < self->reader->key_infos->len; i++)
    if (g_strcmp0(g_array_index(self->reader->key_infos, PkSqlKeyInfo, i).text, text) == 0)
      return (gint)i;
  return -1;
}

static gboolean
add_key(Select *self, JsonObject *expression, JsonObject *item)
{
  g_autofree char *text = pk_sql_text_of(self->reader, expression);

  if (key_of_text(self, text) >= 0)
    return TRUE;
  g_autofree char *name = name_of(self->reader, item ? item : expression);
  g_autofree char *unique = unique_name(self->reader->plan, name);
  return pk_sql_read_key(self->reader, expression, unique);
}

/* GROUPING SETS, ROLLUP and CUBE group more than once. */
static gboolean
is_one_set(JsonObject *select, guint n)
{
  JsonArray *sets = pk_json_array(select, "group_sets");
  JsonNode *set = pk_json_length(sets) == 1 ? json_array_get_element(sets, 0) : NULL;

  if (n == 0)
    return pk_json_length(sets) == 0;
  return set && JSON_NODE_HOLDS_ARRAY(set) && json_array_get_length(json_node_get_array(set)) == n;
}

static gboolean
group_by_all(Select *self)
{
  for (guint i = 0; i < pk_json_length(self->items); i++) {
    JsonObject *item = pk_json_item(self->items, i);
    if (item && !pk_sql_has_aggregate(item) && !add_key(self, item, item))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_group_by(Select *self, gboolean is_distinct)
{
  JsonArray *groups = pk_json_array(self->select, "group_expressions");
  gboolean is_all = g_strcmp0(pk_json_text(self->select, "aggregate_handling"), "FORCE_AGGREGATES") == 0;
  guint n = pk_json_length(groups);

  if (is_distinct && (n > 0 || is_all))
    return pk_sql_refuse(self->reader, "it has both DISTINCT and GROUP BY");
  if (is_all || is_distinct)
    return n == 0 && group_by_all(self);
  if (!is_one_set(self->select, n))
    return pk_sql_refuse(self->reader, "it groups by more than one set");
  for (guint i = 0; i < n; i++) {
    JsonObject *expression = pk_json_item(groups, i);
    gint meant = expression ? item_meant(self, expression, FALSE) : -1;
    JsonObject *item = meant >= 0 ? pk_json_item(self->items, (guint)meant) : NULL;
    if (!expression || (meant < 0 && pk_sql_is(expression, "CONSTANT")))
      return pk_sql_refuse(self->reader, "GROUP BY item %u means no column", i + 1);
    if (!add_key(self, item ? item : expression, item))
      return FALSE;
  }
  return TRUE;
}

/* --- items --- */

static gboolean
read_item(Select *self, guint i)
{
  JsonObject *item = pk_json_item(self->items, i);
  PkSqlOutput *output = &g_array_index(self->outputs, PkSqlOutput, i);
  gint key = key_of_text(self, self->texts->pdata[i]);

  output->name = name_of(self->reader, item);
  g_array_index(self->is_key, gboolean, i) = key >= 0;
  if (key >= 0) {
    const PkSqlKeyInfo *info = &g_array_index(self->reader->key_infos, PkSqlKeyInfo, key);
    output->column = (guint)key;
    output->part = info->part;
    output->type = info->type;
    return TRUE;
  }
  if (pk_sql_has_aggregate(item)) {
    g_autofree char *unique = unique_name(self->reader->plan, output->name);
    output->column = self->reader->plan->n_aggs;
    return pk_sql_read_agg(self->reader, item, unique, &output->type);
  }
  g_autofree char *shown = pk_sql_describe(self->reader, item);
  if (pk_sql_is(item, "STAR") || self->reader->plan->n_keys == 0)
    return pk_sql_refuse(self->reader, "it lists rows: %s is neither a group nor an aggregate", shown);
  return pk_sql_refuse(self->reader, "%s is neither a group nor an aggregate", shown);
}

static gboolean
read_items(Select *self)
{
  guint n = pk_json_length(self->items);

  g_array_set_size(self->outputs, n);
  g_array_set_size(self->is_key, n);
  for (guint i = 0; i < n; i++)
    if (!pk_json_item(self->items, i) || !read_item(self, i))
      return pk_sql_refuse(self->reader, "the list of columns is malformed");
  for (guint i = 0; i < n; i++)
    if (!g_array_index(self->is_key, gboolean, i))
      g_array_index(self->outputs, PkSqlOutput, i).column += self->reader->plan->n_keys;
  return n > 0 || pk_sql_refuse(self->reader, "it selects nothing");
}

/* --- order and limit --- */

static gboolean
read_order(Select *self, JsonObject *order, GArray *orders)
{
  const char *type = pk_json_text(order, "type"), *nulls = pk_json_text(order, "null_order");
  JsonObject *expression = pk_json_object(order, "expression");
  gint item = expression ? item_meant(self, expression, TRUE) : -1;
  PkSqlOrder out = { .output = (guint)MAX(item, 0) };

  if (item < 0)
    return pk_sql_refuse(self->reader, "it is ordered by something that it does not select");
  const PkSqlOutput *output = &g_array_index(self->outputs, PkSqlOutput, item);
  if (output->type.kind == PK_TYPE_TEXT && output->type.dictionary)
    return pk_sql_refuse(self->reader, "%s is ordered as an ENUM, which a plan orders as text",
                         output->name);
  out.descending = g_strcmp0(type, "DESCENDING") == 0;
  /* NULLS LAST is the engine's default, whatever the direction. */
  out.nulls_first = g_strcmp0(nulls, "NULLS FIRST") == 0 || g_strcmp0(nulls, "NULLS_FIRST") == 0;
  g_array_append_val(orders, out);
  return TRUE;
}

static gboolean
read_count(Select *self, JsonObject *modifier, const char *member, gint64 *count)
{
  JsonObject *expression = pk_json_object(modifier, member);
  g_auto(PkSqlConst) constant = { 0 };

  if (!expression)
    return pk_json_is_absent(modifier, member);
  if (!pk_sql_const_read(expression, FALSE, &constant) || !pk_type_is_integer(constant.type) ||
      constant.i < 0 ||
      constant.i > G_MAXINT64)
    return pk_sql_refuse(self->reader, "its LIMIT is no plain number");
  *count = (gint64)constant.i;
  return TRUE;
}

static gboolean
read_modifiers(Select *self, PkSqlMatch *match, GArray *orders)
{
  JsonArray *modifiers = pk_json_array(self->select, "modifiers");

  for (guint i = 0; i < pk_json_length(modifiers); i++) {
    JsonObject *modifier = pk_json_item(modifiers, i);
    const char *type = pk_json_text(modifier, "type");
    JsonArray *list = pk_json_array(modifier, "orders");
    if (g_strcmp0(type, "ORDER_MODIFIER") == 0) {
      for (guint o = 0; o < pk_json_length(list); o++)
        if (!pk_json_item(list, o) || !read_order(self, pk_json_item(list, o), orders))
          return pk_sql_refuse(self->reader, "its ORDER BY is malformed");
    } else if (g_strcmp0(type, "LIMIT_MODIFIER") == 0) {
      if (!read_count(self, modifier, "limit", &match->limit) ||
          !read_count(self, modifier, "offset", &match->offset))
        return pk_sql_refuse(self->reader, "its LIMIT is malformed");
    } else if (g_strcmp0(type, "DISTINCT_MODIFIER") != 0 || !pk_json_is_absent(modifier,
                                                                               "distinct_on_targets")) {
      return pk_sql_refuse(self->reader, "a plan has no %s", type ? type : "such clause");
    }
  }
  return TRUE;
}

static gboolean
has_distinct(JsonObject *select)
{
  JsonArray *modifiers = pk_json_array(select, "modifiers");

  for (guint i = 0; i < pk_json_length(modifiers); i++)
    if (g_strcmp0(pk_json_text(pk_json_item(modifiers, i), "type"), "DISTINCT_MODIFIER") == 0)
      return TRUE;
  return FALSE;
}

/* The plan's rows ascend by its keys, NULL last: does that order them as asked from the order `first` on? */
static gboolean
is_plan_order(const Select *self, GArray *orders, guint first)
{
  for (guint i = first; i < orders->len; i++) {
    const PkSqlOrder *order = &g_array_index(orders, PkSqlOrder, i);
    if (order->descending || order->nulls_first || !g_array_index(self->is_key, gboolean, order->output) ||
        g_array_index(self->outputs, PkSqlOutput, order->output).column != i - first)
      return FALSE;
  }
  return TRUE;
}

static PkType
type_of_result(const PkPlan *plan, guint column)
{
  return column < plan->n_keys ? pk_plan_key_type(plan, &plan->keys[column])
                               : pk_plan_agg_type(plan, &plan->aggs[column - plan->n_keys]);
}

/* The first groups by one of the plan's values, others by their keys: the plan itself then gives no more than these. */
static void
take_top(const Select *self, PkSqlMatch *match, GArray *orders)
{
  PkPlan *plan = self->reader->plan;
  guint by = is_plan_order(self, orders, 0) ? 0 : 1;

  if (plan->n_keys == 0 || match->offset > 0 || match->limit < 1 || match->limit > G_MAXINT32 ||
      !is_plan_order(self, orders, by))
    return;
  if (by > 0) {
    const PkSqlOrder *order = &g_array_index(orders, PkSqlOrder, 0);
    const PkSqlOutput *output = &g_array_index(self->outputs, PkSqlOutput, order->output);
    PkType own = output->type;
    own.dictionary = FALSE;
    if (order->nulls_first || output->part != 0 || !pk_type_equal(own, type_of_result(plan, output->column)))
      return;
    plan->top.by = (gint)output->column;
    plan->top.descending = order->descending;
  }
  plan->top.limit = (guint)match->limit;
  match->limit = -1;
  g_array_set_size(orders, 0);
}

/* --- the whole --- */

static gboolean
check_clauses(Select *self)
{
  static const struct { const char *member, *name; } clauses[] = {
    { "having", "HAVING" }, { "qualify", "QUALIFY" }, { "sample", "TABLESAMPLE" },
  };

  for (guint i = 0; i < G_N_ELEMENTS(clauses); i++)
    if (!pk_json_is_absent(self->select, clauses[i].member))
      return pk_sql_refuse(self->reader, "a plan has no %s", clauses[i].name);
  return TRUE;
}

static gboolean
read_select(Select *self, PkSqlMatch *match, GArray *orders)
{
  JsonObject *where = pk_json_object(self->select, "where_clause");
  gboolean is_distinct = has_distinct(self->select);
  g_autoptr(GError) error = NULL;

  if (!check_clauses(self))
    return FALSE;
  if (!where && !pk_json_is_absent(self->select, "where_clause"))
    return pk_sql_refuse(self->reader, "its WHERE is malformed");
  if (where && !pk_sql_read_where(self->reader, where))
    return FALSE;
  if (!read_group_by(self, is_distinct) || !read_items(self) || !pk_sql_finish_where(self->reader))
    return FALSE;
  if (is_distinct && self->reader->plan->n_aggs > 0)
    return pk_sql_refuse(self->reader, "it has DISTINCT over aggregates");
  if (!read_modifiers(self, match, orders))
    return FALSE;
  if (!pk_plan_check(self->reader->plan, &error))
    return pk_sql_refuse(self->reader, "%s", error->message);
  return TRUE;
}

static gboolean
is_plain(const PkSqlMatch *match)
{
  const PkPlan *plan = match->plan;

  if (match->n_orders > 0 || match->offset > 0 || match->limit >= 0 || match->n_assumptions > 0 ||
      match->n_outputs != plan->n_keys + plan->n_aggs)
    return FALSE;
  for (guint i = 0; i < match->n_outputs; i++) {
    const PkSqlOutput *output = &match->outputs[i];
    const char *name = i < plan->n_keys ? plan->keys[i].name : plan->aggs[i - plan->n_keys].name;
    PkType type = type_of_result(plan, i);
    PkType own = output->type;
    own.dictionary = FALSE;
    if (output->column != i || output->part != 0 || strcmp(output->name, name) != 0 ||
        !pk_type_equal(own, type))
      return FALSE;
  }
  return TRUE;
}

PkSqlMatch *
pk_sql_read_groups(const PkSqlContext *context, JsonObject *select, char **reason)
{
  g_autoptr(PkSqlMatch) match = g_new0(PkSqlMatch, 1);
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(PkSqlOrder));
  g_autofree char *relation = NULL, *alias = NULL;
  Select self;

  match->limit = -1;
  if (!pk_sql_read_from(context, select, &relation, &alias, reason))
    return NULL;
  select_init(&self, context, select, relation, alias);
  if (!read_select(&self, match, orders)) {
    *reason = g_strdup(self.reader->reason ? self.reader->reason : "it is not of a plan's form");
    select_clear(&self);
    return NULL;
  }
  take_top(&self, match, orders);
  if (is_plan_order(&self, orders, 0))
    g_array_set_size(orders, 0);
  match->plan = pk_plan_ref(self.reader->plan);
  match->n_outputs = self.outputs->len;
  g_array_set_clear_func(self.outputs, NULL);
  match->outputs = g_memdup2(self.outputs->data, self.outputs->len * sizeof(PkSqlOutput));
  match->n_orders = orders->len;
  match->orders = g_memdup2(orders->data, orders->len * sizeof(PkSqlOrder));
  match->n_assumptions = self.reader->assumptions->len;
  g_array_set_clear_func(self.reader->assumptions, NULL);
  match->assumptions = g_memdup2(self.reader->assumptions->data,
                                 match->n_assumptions * sizeof(PkSqlAssumption));
  match->is_plain = is_plain(match);
  select_clear(&self);
  return g_steal_pointer(&match);
}
