#include "pa-chart.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FEW 30       /* values of a text that stay readable on an axis */
#define COLORS 12    /* values that are told apart by colour */
#define STRIPS 50000 /* rows of which each gets a tick */
#define BOXES 500000 /* rows of which outliers get a point each */

void
pa_chart_free(PaChart *self)
{
  g_free(self->title);
  g_free(self->spec);
  g_free(self);
}

/* --- names and kinds --- */

const char *
pa_chart_type_of(PikaKind kind)
{
  return kind == PIKA_KIND_NUMBER ? "quantitative" : kind == PIKA_KIND_TIME ? "temporal" : "nominal";
}

char *
pa_chart_dup_field(const char *column)
{
  GString *out = g_string_new(NULL);
  for (; *column; column++) {
    if (strchr(".[]\\\"'", *column))
      g_string_append_c(out, '\\');
    g_string_append_c(out, *column);
  }
  return g_string_free(out, FALSE);
}

char *
pa_chart_dup_column(const char *field)
{
  GString *out = g_string_new(NULL);
  for (; *field; field++) {
    if (*field == '\\' && field[1])
      field++;
    g_string_append_c(out, *field);
  }
  return g_string_free(out, FALSE);
}

/* --- specifications as text --- */

JsonObject *
pa_chart_parse(const char *text, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) failure = NULL;
  if (!json_parser_load_from_data(parser, text, -1, &failure)) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_PARSE, "%s", failure->message);
    return NULL;
  }
  JsonNode *root = json_parser_get_root(parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_PARSE, _("a specification is a JSON object, { … }"));
    return NULL;
  }
  return json_node_dup_object(root);
}

char *
pa_chart_to_text(JsonObject *spec)
{
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  json_node_set_object(node, spec);
  return json_to_string(node, TRUE);
}

static JsonObject *
member_object(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static const char *
member_text(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : NULL;
}

static void
set_text(JsonObject *object, const char *name, const char *text)
{
  if (text)
    json_object_set_string_member(object, name, text);
  else
    json_object_remove_member(object, name);
}

gboolean
pa_chart_is_single(JsonObject *spec)
{
  return json_object_has_member(spec, "mark");
}

const char *
pa_chart_get_mark(JsonObject *spec)
{
  JsonObject *mark = member_object(spec, "mark");
  return mark ? member_text(mark, "type") : member_text(spec, "mark");
}

void
pa_chart_set_mark(JsonObject *spec, const char *mark)
{
  JsonObject *object = member_object(spec, "mark");
  if (object)
    json_object_set_string_member(object, "type", mark);
  else
    json_object_set_string_member(spec, "mark", mark);
}

/* --- shelves --- */

void
pa_shelf_clear(PaShelf *self)
{
  g_free(self->field);
  g_free(self->type);
  g_free(self->aggregate);
  g_free(self->time_unit);
  g_free(self->scale);
  *self = (PaShelf){ 0 };
}

void
pa_shelf_read(JsonObject *spec, const char *channel, PaShelf *out)
{
  JsonObject *encoding = member_object(spec, "encoding");
  JsonObject *def = encoding ? member_object(encoding, channel) : NULL;
  JsonObject *scale = def ? member_object(def, "scale") : NULL;
  JsonNode *bin = def ? json_object_get_member(def, "bin") : NULL;
  *out = (PaShelf){ 0 };
  if (!def)
    return;
  const char *field = member_text(def, "field");
  out->field = field ? pa_chart_dup_column(field) : NULL;
  out->type = g_strdup(member_text(def, "type"));
  out->aggregate = g_strdup(member_text(def, "aggregate"));
  out->time_unit = g_strdup(member_text(def, "timeUnit"));
  out->scale = g_strdup(scale ? member_text(scale, "type") : NULL);
  out->bin = bin && (JSON_NODE_HOLDS_OBJECT(bin) || (JSON_NODE_HOLDS_VALUE(bin) && json_node_get_value_type(bin) == G_TYPE_BOOLEAN &&
                                                     json_node_get_boolean(bin)));
}

static JsonObject *
need_object(JsonObject *object, const char *name)
{
  if (!member_object(object, name))
    json_object_set_object_member(object, name, json_object_new());
  return member_object(object, name);
}

static void
write_scale(JsonObject *def, const char *type)
{
  JsonObject *scale = type ? need_object(def, "scale") : member_object(def, "scale");
  if (!scale)
    return;
  set_text(scale, "type", type);
  if (json_object_get_size(scale) == 0)
    json_object_remove_member(def, "scale");
}

void
pa_shelf_write(JsonObject *spec, const char *channel, const PaShelf *shelf)
{
  JsonObject *encoding = need_object(spec, "encoding");
  if (!shelf->field && g_strcmp0(shelf->aggregate, "count")) {
    json_object_remove_member(encoding, channel);
    return;
  }
  JsonObject *def = need_object(encoding, channel);
  g_autofree char *field = shelf->field ? pa_chart_dup_field(shelf->field) : NULL;
  gboolean was_binned = json_object_has_member(def, "bin");
  set_text(def, "field", field);
  set_text(def, "aggregate", shelf->aggregate);
  set_text(def, "timeUnit", shelf->time_unit);
  set_text(def, "type", shelf->type);
  if (shelf->bin && !was_binned)
    json_object_set_boolean_member(def, "bin", TRUE);
  else if (!shelf->bin)
    json_object_remove_member(def, "bin");
  write_scale(def, shelf->scale);
}

/* --- what fits --- */

typedef struct {
  GPtrArray *charts;
  const PikaColumn *a, *b, *c;
  gint64 n_a, n_b; /* distinct values; -1: not known */
  gint64 rows;     /* -1: not known */
} Offer;

static JsonObject *
new_spec(const char *mark)
{
  JsonObject *spec = json_object_new();
  json_object_set_string_member(spec, "mark", mark);
  json_object_set_object_member(spec, "encoding", json_object_new());
  return spec;
}

/* A channel in short: "mean(x)", "bin(x)", "count()", "yearmonth(x)" or the column itself. */
static void
put(JsonObject *spec, const char *channel, const char *function, const PikaColumn *column)
{
  g_auto(PaShelf) shelf = { 0 };
  static const char *const units[] = { "year", "month", "yearmonth", "yearmonthdate", "hours", "day", "monthdate", NULL };
  gboolean is_unit = function && g_strv_contains(units, function);
  shelf.field = column ? g_strdup(column->name) : NULL;
  shelf.bin = function && !strcmp(function, "bin");
  shelf.time_unit = is_unit ? g_strdup(function) : NULL;
  shelf.aggregate = function && !shelf.bin && !is_unit ? g_strdup(function) : NULL;
  shelf.type = g_strdup(shelf.aggregate || !column ? "quantitative" : pa_chart_type_of(column->kind));
  pa_shelf_write(spec, channel, &shelf);
}

/* Takes over spec and title. */
static void
add(Offer *offer, char *title, JsonObject *spec)
{
  PaChart *chart = g_new(PaChart, 1);
  chart->title = title;
  chart->spec = pa_chart_to_text(spec);
  json_object_unref(spec);
  g_ptr_array_add(offer->charts, chart);
}

static void
sort_by_value(JsonObject *spec, const char *channel, const char *other)
{
  JsonObject *def = member_object(member_object(spec, "encoding"), channel);
  g_autofree char *order = g_strdup_printf("-%s", other);
  json_object_set_string_member(def, "sort", order);
}

static gboolean
is_number(const PikaColumn *c)
{
  return c->kind == PIKA_KIND_NUMBER;
}

static gboolean
is_name(const PikaColumn *c)
{
  return c->kind == PIKA_KIND_TEXT || c->kind == PIKA_KIND_BOOL;
}

static gboolean
is_few(gint64 n, gint64 most)
{
  return n < 0 || n <= most;
}

/* For values that crowd into a few of the usual bins, and for those that are too few to be seen beside them. */
static JsonObject *
fine_histogram(const PikaColumn *c, gboolean log_counts)
{
  JsonObject *spec = new_spec("bar"), *bin = json_object_new();
  put(spec, "x", "bin", c);
  put(spec, "y", "count", NULL);
  json_object_set_int_member(bin, "maxbins", 100);
  json_object_set_object_member(member_object(member_object(spec, "encoding"), "x"), "bin", bin);
  if (log_counts)
    write_scale(member_object(member_object(spec, "encoding"), "y"), "symlog");
  return spec;
}

static void
of_number(Offer *o, const PikaColumn *c, gint64 n)
{
  JsonObject *spec = new_spec("bar");
  put(spec, "x", "bin", c);
  put(spec, "y", "count", NULL);
  add(o, g_strdup_printf(_("Histogram of %s"), c->name), fine_histogram(c, FALSE));
  add(o, g_strdup_printf(_("Histogram of %s in few bins"), c->name), spec);
  add(o, g_strdup_printf(_("Histogram of %s, counts logarithmic"), c->name), fine_histogram(c, TRUE));
  if (is_few(o->rows, BOXES)) {
    spec = new_spec("boxplot");
    put(spec, "x", NULL, c);
    add(o, g_strdup_printf(_("Box of %s"), c->name), spec);
  }
  if (is_few(o->rows, STRIPS)) {
    spec = new_spec("tick");
    put(spec, "x", NULL, c);
    add(o, g_strdup_printf(_("Strip of %s"), c->name), spec);
  }
  if (n >= 0 && n <= FEW) {
    spec = new_spec("bar");
    put(spec, "x", NULL, c);
    json_object_set_string_member(member_object(member_object(spec, "encoding"), "x"), "type", "ordinal");
    put(spec, "y", "count", NULL);
    add(o, g_strdup_printf(_("Rows by %s"), c->name), spec);
  }
}

static void
of_time(Offer *o, const PikaColumn *c)
{
  static const struct { const char *unit, *mark, *title; } kinds[] = {
    { "yearmonthdate", "line", N_("Rows a day") },
    { "yearmonth", "bar", N_("Rows a month") },
    { "month", "bar", N_("Rows by month of the year") },
    { "day", "bar", N_("Rows by day of the week") },
    { "hours", "bar", N_("Rows by hour of the day") },
  };
  gboolean has_hours = strncmp(c->type, "DATE", 4) != 0;
  for (guint i = 0; i < G_N_ELEMENTS(kinds) - (has_hours ? 0 : 1); i++) {
    JsonObject *spec = new_spec(kinds[i].mark);
    put(spec, "x", kinds[i].unit, c);
    put(spec, "y", "count", NULL);
    add(o, g_strdup(_(kinds[i].title)), spec);
  }
}

static void
of_name(Offer *o, const PikaColumn *c, gint64 n)
{
  JsonObject *spec = new_spec("bar");
  put(spec, "y", NULL, c);
  put(spec, "x", "count", NULL);
  sort_by_value(spec, "y", "x");
  add(o, g_strdup_printf(_("Rows by %s"), c->name), spec);
  if (is_few(n, COLORS)) {
    spec = new_spec("bar");
    put(spec, "x", "count", NULL);
    put(spec, "color", NULL, c);
    add(o, g_strdup_printf(_("Shares of %s"), c->name), spec);
  }
}

static void
of_numbers(Offer *o, const PikaColumn *x, const PikaColumn *y)
{
  JsonObject *spec = new_spec("point");
  put(spec, "x", NULL, x);
  put(spec, "y", NULL, y);
  add(o, g_strdup_printf(_("%s against %s"), y->name, x->name), spec);
  spec = new_spec("rect");
  put(spec, "x", "bin", x);
  put(spec, "y", "bin", y);
  put(spec, "color", "count", NULL);
  add(o, g_strdup_printf(_("Heat map of %s and %s"), x->name, y->name), spec);
  spec = new_spec("line");
  put(spec, "x", "bin", x);
  put(spec, "y", "mean", y);
  add(o, g_strdup_printf(_("Mean of %s by %s"), y->name, x->name), spec);
}

static void
of_time_and_number(Offer *o, const PikaColumn *t, const PikaColumn *y)
{
  JsonObject *spec = new_spec("line");
  put(spec, "x", "yearmonthdate", t);
  put(spec, "y", "mean", y);
  add(o, g_strdup_printf(_("Mean of %s a day"), y->name), spec);
  spec = new_spec("line");
  put(spec, "x", NULL, t);
  put(spec, "y", NULL, y);
  add(o, g_strdup_printf(_("%s over time"), y->name), spec);
  spec = new_spec("bar");
  put(spec, "x", "yearmonth", t);
  put(spec, "y", "sum", y);
  add(o, g_strdup_printf(_("Sum of %s a month"), y->name), spec);
  spec = new_spec("point");
  put(spec, "x", NULL, t);
  put(spec, "y", NULL, y);
  add(o, g_strdup_printf(_("Every %s over time"), y->name), spec);
}

static void
of_name_and_number(Offer *o, const PikaColumn *c, const PikaColumn *y, gint64 n)
{
  JsonObject *spec = new_spec("bar");
  put(spec, "y", NULL, c);
  put(spec, "x", "mean", y);
  sort_by_value(spec, "y", "x");
  add(o, g_strdup_printf(_("Mean of %s by %s"), y->name, c->name), spec);
  if (is_few(o->rows, BOXES)) {
    spec = new_spec("boxplot");
    put(spec, "y", NULL, c);
    put(spec, "x", NULL, y);
    add(o, g_strdup_printf(_("Boxes of %s by %s"), y->name, c->name), spec);
  }
  spec = new_spec("bar");
  put(spec, "y", NULL, c);
  put(spec, "x", "q1", y);
  put(spec, "x2", "q3", y);
  json_object_remove_member(member_object(member_object(spec, "encoding"), "x2"), "type");
  add(o, g_strdup_printf(_("Middle half of %s by %s"), y->name, c->name), spec);
  if (is_few(o->rows, STRIPS)) {
    spec = new_spec("tick");
    put(spec, "y", NULL, c);
    put(spec, "x", NULL, y);
    add(o, g_strdup_printf(_("Strips of %s by %s"), y->name, c->name), spec);
  }
  if (is_few(n, COLORS)) {
    spec = new_spec("bar");
    put(spec, "x", "bin", y);
    put(spec, "y", "count", NULL);
    put(spec, "color", NULL, c);
    add(o, g_strdup_printf(_("Histogram of %s, coloured by %s"), y->name, c->name), spec);
  }
}

static void
of_name_and_time(Offer *o, const PikaColumn *c, const PikaColumn *t, gint64 n)
{
  JsonObject *spec = new_spec("line");
  put(spec, "x", "yearmonth", t);
  put(spec, "y", "count", NULL);
  if (is_few(n, COLORS))
    put(spec, "color", NULL, c);
  add(o, g_strdup_printf(_("Rows a month by %s"), c->name), spec);
  spec = new_spec("rect");
  put(spec, "x", "yearmonth", t);
  put(spec, "y", NULL, c);
  put(spec, "color", "count", NULL);
  add(o, g_strdup_printf(_("Heat map of %s over time"), c->name), spec);
}

static void
of_names(Offer *o, const PikaColumn *a, const PikaColumn *b, gint64 n)
{
  JsonObject *spec = new_spec("rect");
  put(spec, "x", NULL, b);
  put(spec, "y", NULL, a);
  put(spec, "color", "count", NULL);
  add(o, g_strdup_printf(_("Heat map of %s and %s"), a->name, b->name), spec);
  spec = new_spec("bar");
  put(spec, "y", NULL, a);
  put(spec, "x", "count", NULL);
  if (is_few(n, COLORS))
    put(spec, "color", NULL, b);
  add(o, g_strdup_printf(_("Rows by %s, coloured by %s"), a->name, b->name), spec);
}

static void
of_two(Offer *o)
{
  const PikaColumn *a = o->a, *b = o->b;
  if (is_number(a) && is_number(b))
    of_numbers(o, a, b);
  else if (a->kind == PIKA_KIND_TIME && is_number(b))
    of_time_and_number(o, a, b);
  else if (is_number(a) && b->kind == PIKA_KIND_TIME)
    of_time_and_number(o, b, a);
  else if (is_name(a) && is_number(b))
    of_name_and_number(o, a, b, o->n_a);
  else if (is_number(a) && is_name(b))
    of_name_and_number(o, b, a, o->n_b);
  else if (is_name(a) && b->kind == PIKA_KIND_TIME)
    of_name_and_time(o, a, b, o->n_a);
  else if (a->kind == PIKA_KIND_TIME && is_name(b))
    of_name_and_time(o, b, a, o->n_b);
  else if (is_name(a) && is_name(b))
    of_names(o, a, b, o->n_b);
}

/* The third column is told by colour in what the first two give. */
static void
color_by(GPtrArray *charts, const PikaColumn *c)
{
  for (guint i = 0; i < charts->len; i++) {
    PaChart *chart = charts->pdata[i];
    JsonObject *spec = pa_chart_parse(chart->spec, NULL);
    g_auto(PaShelf) taken = { 0 };
    pa_shelf_read(spec, "color", &taken);
    const char *mark = pa_chart_get_mark(spec);
    if (!taken.field && !taken.aggregate && strcmp(mark, "boxplot")) {
      put(spec, "color", is_number(c) && strcmp(mark, "point") ? "mean" : NULL, c);
      char *title = g_strdup_printf(_("%s, coloured by %s"), chart->title, c->name);
      g_free(chart->title);
      g_free(chart->spec);
      chart->title = title;
      chart->spec = pa_chart_to_text(spec);
    }
    json_object_unref(spec);
  }
}

GPtrArray *
pa_chart_suggest(const GPtrArray *columns, const gint64 *distinct, gint64 rows)
{
  GPtrArray *charts = g_ptr_array_new_with_free_func((GDestroyNotify)pa_chart_free);
  Offer o = { .charts = charts, .n_a = -1, .n_b = -1, .rows = rows };
  if (columns->len == 0)
    return charts;
  o.a = columns->pdata[0];
  o.n_a = distinct ? distinct[0] : -1;
  if (columns->len == 1) {
    if (is_number(o.a))
      of_number(&o, o.a, o.n_a);
    else if (o.a->kind == PIKA_KIND_TIME)
      of_time(&o, o.a);
    else if (is_name(o.a))
      of_name(&o, o.a, o.n_a);
    return charts;
  }
  o.b = columns->pdata[1];
  o.n_b = distinct ? distinct[1] : -1;
  of_two(&o);
  if (columns->len > 2)
    color_by(charts, columns->pdata[2]);
  return charts;
}
