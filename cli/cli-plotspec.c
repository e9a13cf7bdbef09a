#include "cli-plotspec.h"

#include <json-glib/json-glib.h>
#include <pika/pika.h>

#include <string.h>

static const char *const aggregates[] = {
  "count", "sum", "mean", "average", "median", "min", "max", "stdev", "stdevp", "variance", "variancep", "distinct",
  "q1", "q3", "valid", "missing", "product", "stderr", "values", NULL,
};

static const char *const time_units[] = {
  "year", "quarter", "month", "week", "day", "dayofyear", "date", "hours", "minutes", "seconds", "milliseconds",
  "yearquarter", "yearmonth", "yearweek", "yearmonthdate", "yearmonthdatehours", "yearmonthdatehoursminutes",
  "yearmonthdatehoursminutesseconds", "monthdate", "monthdatehours", "weekday", "hoursminutes",
  "hoursminutesseconds", "minutesseconds", "dayhours", "weekdayhours", NULL,
};

static const struct { const char *option, *channel; } channels[] = {
  { "x", "x" }, { "y", "y" }, { "x2", "x2" }, { "y2", "y2" }, { "color", "color" }, { "size", "size" },
  { "shape", "shape" }, { "opacity", "opacity" }, { "text", "text" }, { "order", "order" },
};

/* A shorthand taken apart. */
typedef struct {
  char *function; /* aggregate, "bin" or time unit; NULL: the column itself */
  char *column;   /* NULL: count() */
  double maxbins; /* 0: not given */
  const char *type;
} Field;

static void
field_clear(Field *f)
{
  g_free(f->function);
  g_free(f->column);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Field, field_clear)

static const char *
type_of_letter(const char *text)
{
  static const char *const types[] = { "quantitative", "temporal", "ordinal", "nominal" };
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (!g_ascii_strcasecmp(text, types[i]) || (strlen(text) == 1 && g_ascii_tolower(*text) == types[i][0]))
      return types[i];
  return NULL;
}

static gboolean
is_function(const char *name)
{
  return g_strv_contains(aggregates, name) || g_strv_contains(time_units, name) || !strcmp(name, "bin");
}

static gboolean
fail_function(const char *option, const char *name, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; aggregates[i]; i++)
    g_ptr_array_add(names, (gpointer)aggregates[i]);
  for (guint i = 0; time_units[i]; i++)
    g_ptr_array_add(names, (gpointer)time_units[i]);
  g_ptr_array_add(names, "bin");
  g_ptr_array_add(names, NULL);
  const char *near = cli_suggest(name, (const char *const *)names->pdata);
  g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--%s: unknown function %s()%s%s%s", option, name,
              near ? "; did you mean " : ": use an aggregate, bin or a time unit", near ? near : "", near ? "()?" : "");
  return FALSE;
}

/* A column whose own name has parentheses or a colon is taken as it is if the table has it. */
static gboolean
parse_field(const char *option, const char *text, CliColumnKindFunc kind_of, gpointer data, Field *f, GError **error)
{
  if (kind_of && kind_of(text, data) != CLI_COLUMN_UNKNOWN) {
    f->column = g_strdup(text);
    return TRUE;
  }
  g_autofree char *body = g_strdup(text);
  char *colon = strrchr(body, ':');
  if (colon && type_of_letter(colon + 1)) {
    f->type = type_of_letter(colon + 1);
    *colon = 0;
  }
  char *open = strchr(body, '(');
  gsize length = strlen(body);
  if (!open || length == 0 || body[length - 1] != ')') {
    f->column = g_strdup(body);
    return TRUE;
  }
  body[length - 1] = 0;
  *open = 0;
  if (!is_function(body))
    return fail_function(option, body, error);
  f->function = g_strdup(!strcmp(body, "average") ? "mean" : body);
  char *argument = g_strstrip(open + 1);
  char *comma = strrchr(argument, ',');
  if (!strcmp(body, "bin") && comma) {
    f->maxbins = g_ascii_strtod(comma + 1, NULL);
    *comma = 0;
    g_strchomp(argument);
    if (!(f->maxbins >= 1)) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--%s: bin(%s, N) takes a number of bins", option, argument);
      return FALSE;
    }
  }
  if (*argument)
    f->column = g_strdup(argument);
  else if (strcmp(f->function, "count")) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--%s: %s() needs a column", option, f->function);
    return FALSE;
  }
  return TRUE;
}

static const char *
guess_type(const Field *f, CliColumnKind kind)
{
  if (f->type)
    return f->type;
  if (f->function && g_strv_contains(time_units, f->function))
    return "temporal";
  if (f->function)
    return (!strcmp(f->function, "min") || !strcmp(f->function, "max")) && kind == CLI_COLUMN_TIME ? "temporal"
                                                                                                   : "quantitative";
  return kind == CLI_COLUMN_NUMBER ? "quantitative" : kind == CLI_COLUMN_TIME ? "temporal" : "nominal";
}

/* In a Vega-Lite field, dots and brackets are access paths; a column's name is one name. */
static char *
escape_field(const char *column)
{
  GString *out = g_string_new(NULL);
  for (; *column; column++) {
    if (strchr(".[]\\\"'", *column))
      g_string_append_c(out, '\\');
    g_string_append_c(out, *column);
  }
  return g_string_free(out, FALSE);
}

static JsonObject *
channel_def(const char *option, const char *text, CliColumnKindFunc kind_of, gpointer data, const char **type,
            GError **error)
{
  g_auto(Field) f = { 0 };
  if (!parse_field(option, text, kind_of, data, &f, error))
    return NULL;
  CliColumnKind kind = f.column && kind_of ? kind_of(f.column, data) : CLI_COLUMN_NUMBER;
  if (f.column && kind_of && kind == CLI_COLUMN_UNKNOWN) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_NOT_FOUND, "--%s: there is no column \"%s\"", option, f.column);
    return NULL;
  }
  JsonObject *def = json_object_new();
  if (f.function && !strcmp(f.function, "bin")) {
    if (f.maxbins > 0) {
      JsonObject *bin = json_object_new();
      json_object_set_double_member(bin, "maxbins", f.maxbins);
      json_object_set_object_member(def, "bin", bin);
    } else {
      json_object_set_boolean_member(def, "bin", TRUE);
    }
  } else if (f.function && g_strv_contains(time_units, f.function)) {
    json_object_set_string_member(def, "timeUnit", f.function);
  } else if (f.function) {
    json_object_set_string_member(def, "aggregate", f.function);
  }
  if (f.column) {
    g_autofree char *field = escape_field(f.column);
    json_object_set_string_member(def, "field", field);
  }
  *type = guess_type(&f, kind);
  json_object_set_string_member(def, "type", *type);
  return def;
}

static gboolean
set_scale(JsonObject *def, const char *type)
{
  JsonObject *scale = json_object_new();
  json_object_set_string_member(scale, "type", type);
  json_object_set_object_member(def, "scale", scale);
  return TRUE;
}

static gboolean
add_channels(const CliArgs *args, JsonObject *encoding, CliColumnKindFunc kind_of, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS(channels); i++) {
    const char *text = cli_get(args, channels[i].option), *type = NULL;
    if (!text)
      continue;
    char *end;
    double value = g_ascii_strtod(text, &end);
    JsonObject *def;
    if (end != text && !*end && !strcmp(channels[i].option, "opacity")) {
      def = json_object_new();
      json_object_set_double_member(def, "value", value);
    } else if (!(def = channel_def(channels[i].option, text, kind_of, data, &type, error))) {
      return FALSE;
    }
    if (!strcmp(channels[i].option, "x2") || !strcmp(channels[i].option, "y2"))
      json_object_remove_member(def, "type");
    json_object_set_object_member(encoding, channels[i].channel, def);
  }
  return TRUE;
}

static gboolean
add_lists(const CliArgs *args, JsonObject *encoding, CliColumnKindFunc kind_of, gpointer data, GError **error)
{
  static const char *const names[] = { "detail", "tooltip" };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    const GPtrArray *texts = cli_get_all(args, names[i]);
    if (!texts)
      continue;
    g_autoptr(JsonArray) defs = json_array_new();
    for (guint k = 0; k < texts->len; k++) {
      const char *type;
      JsonObject *def = channel_def(names[i], texts->pdata[k], kind_of, data, &type, error);
      if (!def)
        return FALSE;
      json_array_add_object_element(defs, def);
    }
    json_object_set_array_member(encoding, names[i], g_steal_pointer(&defs));
  }
  return TRUE;
}

static gboolean
add_scales(const CliArgs *args, JsonObject *encoding, GError **error)
{
  static const struct { const char *option, *channel; } scales[] = { { "x-scale", "x" }, { "y-scale", "y" } };
  for (guint i = 0; i < G_N_ELEMENTS(scales); i++) {
    const char *type = cli_get(args, scales[i].option);
    if (!type)
      continue;
    if (!json_object_has_member(encoding, scales[i].channel)) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--%s needs --%s", scales[i].option, scales[i].channel);
      return FALSE;
    }
    JsonObject *def = json_object_get_object_member(encoding, scales[i].channel);
    const char *shown = json_object_get_string_member_with_default(def, "type", "nominal");
    if (strcmp(shown, "quantitative") && strcmp(shown, "temporal")) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--%s %s is for numbers and times, but %s is %s: --%s '%s:Q' reads "
                  "it as a number, :T as a time", scales[i].option, type, cli_get(args, scales[i].channel), shown,
                  scales[i].channel, cli_get(args, scales[i].channel));
      return FALSE;
    }
    set_scale(def, type);
  }
  const char *scheme = cli_get(args, "scheme");
  if (scheme) {
    if (!json_object_has_member(encoding, "color")) {
      g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--scheme needs --color");
      return FALSE;
    }
    JsonObject *scale = json_object_new();
    json_object_set_string_member(scale, "scheme", scheme);
    json_object_set_object_member(json_object_get_object_member(encoding, "color"), "scale", scale);
  }
  const char *stack = cli_get(args, "stack");
  if (stack) {
    const char *channel = json_object_has_member(encoding, "y") ? "y" : "x";
    if (!json_object_has_member(encoding, channel)) {
      g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--stack needs --x or --y");
      return FALSE;
    }
    JsonObject *def = json_object_get_object_member(encoding, channel);
    if (!strcmp(stack, "none"))
      json_object_set_null_member(def, "stack");
    else
      json_object_set_string_member(def, "stack", stack);
  }
  return TRUE;
}

static const char *
member(JsonObject *encoding, const char *channel, const char *name)
{
  if (!json_object_has_member(encoding, channel))
    return NULL;
  return json_object_get_string_member_with_default(json_object_get_object_member(encoding, channel), name, NULL);
}

static gboolean
is_binned(JsonObject *encoding, const char *channel)
{
  return json_object_has_member(encoding, channel) &&
         json_object_has_member(json_object_get_object_member(encoding, channel), "bin");
}

/* The mark that fits: bars for aggregates over groups, a line over time, ticks for one number, points else. */
static const char *
default_mark(JsonObject *encoding)
{
  const char *x = member(encoding, "x", "type"), *y = member(encoding, "y", "type");
  gboolean aggregated = member(encoding, "x", "aggregate") || member(encoding, "y", "aggregate");
  if (json_object_has_member(encoding, "text"))
    return "text";
  if (is_binned(encoding, "x") && is_binned(encoding, "y"))
    return "rect";
  if (!g_strcmp0(x, "temporal") && !g_strcmp0(y, "quantitative"))
    return "line";
  if (aggregated)
    return "bar";
  if (!x != !y)
    return "tick";
  return "point";
}

/* Units that come round again: Monday, January, three o'clock. */
static gboolean
is_cyclic(const char *unit)
{
  static const char *const cyclic[] = { "quarter", "month", "week", "day", "date", "hours", "minutes", "seconds", "weekday",
                                        NULL };
  return unit && g_strv_contains(cyclic, unit);
}

/* Such a unit is a place of its own for each Monday unless a line runs through them: an axis of time would put ticks
 * between them. What the person said (:T) stands. */
static void
place_cyclic_units(const CliArgs *args, JsonObject *encoding, const char *mark)
{
  static const char *const names[] = { "x", "y" };
  if (!strcmp(mark, "line") || !strcmp(mark, "area"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *text = cli_get(args, names[i]), *colon = text ? strrchr(text, ':') : NULL;
    g_autofree char *scale = g_strconcat(names[i], "-scale", NULL);
    if (is_cyclic(member(encoding, names[i], "timeUnit")) && !(colon && type_of_letter(colon + 1)) && !cli_has(args, scale))
      json_object_set_string_member(json_object_get_object_member(encoding, names[i]), "type", "ordinal");
  }
}

static void
add_transforms(const CliArgs *args, JsonObject *spec)
{
  const GPtrArray *filters = cli_get_all(args, "filter");
  if (!filters)
    return;
  JsonArray *transforms = json_array_new();
  for (guint i = 0; i < filters->len; i++) {
    JsonObject *transform = json_object_new();
    json_object_set_string_member(transform, "filter", filters->pdata[i]);
    json_array_add_object_element(transforms, transform);
  }
  json_object_set_array_member(spec, "transform", transforms);
}

char *
cli_plot_spec(const CliArgs *args, const char *table, CliColumnKindFunc kind_of, gpointer data, GError **error)
{
  g_autoptr(JsonObject) spec = json_object_new();
  g_autoptr(JsonObject) encoding = json_object_new();
  if (!add_channels(args, encoding, kind_of, data, error) || !add_lists(args, encoding, kind_of, data, error) ||
      !add_scales(args, encoding, error))
    return NULL;
  if (json_object_get_size(encoding) == 0) {
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE,
                        "say what to show: --x and --y, as in --x 'bin(delay)' --y 'count()', or give a SPEC.vl.json");
    return NULL;
  }
  json_object_set_string_member(spec, "$schema", "https://vega.github.io/schema/vega-lite/v6.json");
  if (cli_get(args, "title"))
    json_object_set_string_member(spec, "title", cli_get(args, "title"));
  JsonObject *source = json_object_new();
  json_object_set_string_member(source, "name", table);
  json_object_set_object_member(spec, "data", source);
  add_transforms(args, spec);
  const char *mark = cli_get(args, "mark");
  mark = mark ? mark : default_mark(encoding);
  place_cyclic_units(args, encoding, mark);
  json_object_set_string_member(spec, "mark", mark);
  json_object_set_object_member(spec, "encoding", g_steal_pointer(&encoding));
  g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), spec);
  g_autoptr(JsonGenerator) generator = json_generator_new();
  json_generator_set_root(generator, root);
  json_generator_set_pretty(generator, TRUE);
  return json_generator_to_data(generator, NULL);
}
