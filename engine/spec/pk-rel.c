#include "pk-rel.h"

#include "pk-sql-quote.h"
#include "pk-sql-text.h"

#include <string.h>

static void
field_free(gpointer data)
{
  PkRelField *field = data;

  g_free(field->name);
  g_free(field->column);
  g_free(field->sql_type);
  g_free(field);
}

PkRel *
pk_rel_new(const char *from, gboolean is_table)
{
  PkRel *self = g_new0(PkRel, 1);

  self->from = g_strdup(from);
  self->is_table = is_table;
  self->fields = g_ptr_array_new_with_free_func(field_free);
  return self;
}

/* --- what is pending --- */

static PkPredicate
copy_predicate(const PkPredicate *from, guint column)
{
  PkPredicate copy = *from;

  copy.column = column;
  copy.lo = pk_scalar_copy(&from->lo);
  copy.hi = pk_scalar_copy(&from->hi);
  copy.values = from->n_values ? g_new(PkScalar, from->n_values) : NULL;
  for (guint i = 0; i < from->n_values; i++)
    copy.values[i] = pk_scalar_copy(&from->values[i]);
  return copy;
}

static void
add_predicates(const PkPlan *from, PkPlan *to)
{
  for (guint i = 0; from && i < from->n_predicates; i++) {
    const PkPlanColumn *column = &from->columns[from->predicates[i].column];
    pk_plan_add_predicate(to, copy_predicate(&from->predicates[i], pk_plan_add_column(to, column->name, column->type)));
  }
}

static PkPlan *
copy_pending(const PkPlan *from)
{
  PkPlan *copy = from ? pk_plan_new("") : NULL;

  if (copy)
    add_predicates(from, copy);
  return copy;
}

void
pk_rel_pend(PkRel *self, const PkRelField *field, PkPredicate predicate, gboolean is_brush)
{
  PkPlan **plan = is_brush ? &self->brushed : &self->filtered;

  if (!*plan)
    *plan = pk_plan_new("");
  predicate.column = pk_plan_add_column(*plan, field->column, field->type);
  pk_plan_add_predicate(*plan, predicate);
}

void
pk_rel_add_pending(const PkRel *self, PkPlan *plan, gboolean brushes)
{
  add_predicates(self->filtered, plan);
  if (brushes)
    add_predicates(self->brushed, plan);
}

void
pk_rel_flush(PkRel *self)
{
  g_autoptr(PkPlan) all = pk_plan_new("");
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *where = NULL;

  pk_rel_add_pending(self, all, TRUE);
  g_clear_pointer(&self->filtered, pk_plan_unref);
  g_clear_pointer(&self->brushed, pk_plan_unref);
  for (guint i = 0; i < all->n_predicates; i++)
    pk_sql_append_predicate(conditions, all, &all->predicates[i]);
  if (conditions->len == 0)
    return;
  g_ptr_array_add(conditions, NULL);
  where = g_strjoinv(" AND ", (char **)conditions->pdata);
  pk_rel_where(self, where);
}

static gboolean
is_pending_on(const PkRel *self, const char *column)
{
  const PkPlan *const plans[] = { self->filtered, self->brushed };

  for (guint p = 0; p < G_N_ELEMENTS(plans); p++)
    for (guint i = 0; plans[p] && i < plans[p]->n_columns; i++)
      if (g_str_equal(plans[p]->columns[i].name, column))
        return TRUE;
  return FALSE;
}

/* --- relations --- */

PkRel *
pk_rel_copy(const PkRel *self)
{
  PkRel *copy = pk_rel_new(self->from, self->is_table);

  copy->filtered = copy_pending(self->filtered);
  copy->brushed = copy_pending(self->brushed);

  for (guint i = 0; i < self->fields->len; i++) {
    const PkRelField *field = self->fields->pdata[i];
    PkRelField *f = pk_rel_declare(copy, field->name, field->column, field->type);
    f->sql_type = g_strdup(field->sql_type);
    f->csv_text = field->csv_text;
    f->nan_free = field->nan_free;
  }
  return copy;
}

void
pk_rel_free(PkRel *self)
{
  if (!self)
    return;
  g_clear_pointer(&self->filtered, pk_plan_unref);
  g_clear_pointer(&self->brushed, pk_plan_unref);
  g_free(self->from);
  g_ptr_array_unref(self->fields);
  g_free(self);
}

PkRelField *
pk_rel_find(const PkRel *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++) {
    PkRelField *field = self->fields->pdata[i];
    if (g_str_equal(field->name, name))
      return field;
  }
  return NULL;
}

PkRelField *
pk_rel_declare(PkRel *self, const char *name, const char *column, PkType type)
{
  PkRelField *field = g_new0(PkRelField, 1);

  field->name = g_strdup(name);
  field->column = g_strdup(column);
  field->type = type;
  g_ptr_array_add(self->fields, field);
  return field;
}

char *
pk_rel_quote(const PkRelField *field)
{
  GString *sql = g_string_new(NULL);

  pk_sql_append_ident(sql, field->column);
  return g_string_free(sql, FALSE);
}

static gboolean
column_is_taken(const PkRel *self, const char *column)
{
  for (guint i = 0; i < self->fields->len; i++) {
    const PkRelField *field = self->fields->pdata[i];
    if (g_ascii_strcasecmp(field->column, column) == 0)
      return TRUE;
  }
  return FALSE;
}

char *
pk_rel_new_column(const PkRel *self, const char *name)
{
  char *column = g_strdup(*name ? name : "_");

  for (guint i = 2; column_is_taken(self, column); i++) {
    g_free(column);
    column = g_strdup_printf("%s_%u", name, i);
  }
  return column;
}

static void
wrap(PkRel *self, GString *sql)
{
  g_free(self->from);
  self->from = g_string_free(sql, FALSE);
  self->is_table = FALSE;
}

PkRelField *
pk_rel_set(PkRel *self, const char *name, const char *sql, PkType type)
{
  PkRelField *field = pk_rel_find(self, name);

  if (field && is_pending_on(self, field->column))
    pk_rel_flush(self); /* of the column as it was */
  GString *text = g_string_new("(SELECT *");

  if (field) {
    g_string_append_printf(text, " REPLACE (%s AS ", sql);
    pk_sql_append_ident(text, field->column);
    g_string_append_c(text, ')');
    field->type = type;
    g_clear_pointer(&field->sql_type, g_free);
    field->csv_text = field->nan_free = FALSE;
  } else {
    g_autofree char *column = pk_rel_new_column(self, name);
    field = pk_rel_declare(self, name, column, type);
    g_string_append_printf(text, ", %s AS ", sql);
    pk_sql_append_ident(text, column);
  }
  g_string_append_printf(text, " FROM %s)", self->from);
  wrap(self, text);
  return field;
}

void
pk_rel_where(PkRel *self, const char *condition)
{
  GString *text = g_string_new(NULL);

  g_string_printf(text, "(SELECT * FROM %s WHERE %s)", self->from, condition);
  wrap(self, text);
}

void
pk_rel_number_rows(PkRel *self)
{
  if (!pk_rel_find(self, PK_REL_ROW))
    pk_rel_set(self, PK_REL_ROW, "row_number() OVER ()", PK_TYPE_OF(PK_TYPE_I64));
}

char **
pk_field_split(const char *path)
{
  g_autoptr(GStrvBuilder) steps = g_strv_builder_new();
  g_autoptr(GString) step = g_string_new(NULL);
  gboolean pending = *path != '\0';
  char quote = 0;
  gboolean in_bracket = FALSE;

  for (const char *p = path; *p; p++) {
    if (*p == '\\' && p[1]) {
      g_string_append_c(step, *++p);
      pending = TRUE;
    } else if (quote) {
      if (*p == quote)
        quote = 0;
      else
        g_string_append_c(step, *p);
    } else if (in_bracket) {
      if (*p == '"' || *p == '\'')
        quote = *p;
      else if (*p == ']') {
        g_strv_builder_add(steps, step->str);
        g_string_truncate(step, 0);
        in_bracket = pending = FALSE;
      } else
        g_string_append_c(step, *p);
    } else if (*p == '.' || (*p == '[' && strchr(p, ']'))) {
      if (pending)
        g_strv_builder_add(steps, step->str);
      g_string_truncate(step, 0);
      in_bracket = *p == '[';
      pending = *p == '.';
    } else {
      g_string_append_c(step, *p);
      pending = TRUE;
    }
  }
  if (pending || in_bracket)
    g_strv_builder_add(steps, step->str);
  return g_strv_builder_end(steps);
}

char *
pk_field_flat(const char *path)
{
  g_auto(GStrv) steps = pk_field_split(path);

  return g_strjoinv(".", steps);
}

char *
pk_field_escape(const char *name)
{
  GString *path = g_string_new(NULL);

  for (; *name; name++) {
    if (strchr(".[]\\'\"", *name))
      g_string_append_c(path, '\\');
    g_string_append_c(path, *name);
  }
  return g_string_free(path, FALSE);
}
