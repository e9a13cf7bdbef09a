/* Error bars and error bands: a centre and its extent as layers (vega-lite's src/compositemark/errorbar.ts,
 * errorband.ts). */
#include "pk-error.h"
#include "pk-spec-composite.h"

typedef struct {
  PkComposite *base;
  JsonArray *aggregate, *after; /* measures, and the calculations over them */
  PkCompositeSummary summary[3];
  char *titles[3];              /* owned: those of summary */
  guint n_summary;
  gboolean named;               /* tooltips name the field */
} Errors;

static void
summarize(Errors *self, const char *prefix, char *title)
{
  self->titles[self->n_summary] = title;
  self->summary[self->n_summary++] = (PkCompositeSummary){ prefix, title };
}

static char *
capital(const char *word)
{
  char *made = g_strdup(word);
  made[0] = g_ascii_toupper(made[0]);
  return made;
}

static void
calculate(Errors *self, const char *prefix, const char *a, char op, const char *b)
{
  g_autofree char *expr = op ? g_strdup_printf("%s %c %s", a, op, b) : g_strdup(a);
  pk_composite_add(self->after, pk_composite_calculate(self->base, expr, prefix));
}

/* Centre and spread of each group. */
static gboolean
measure_rows(Errors *self, GError **error)
{
  PkComposite *base = self->base;
  const char *extent = pk_json_text_of(base->mark, "extent"), *center = pk_json_text_of(base->mark, "center");
  const char *configured = base->config ? pk_json_text_of(base->config, "center") : NULL;
  if (!center)
    center = extent ? (g_str_equal(extent, "iqr") ? "median" : "mean") : configured ? configured : "mean";
  if (!extent)
    extent = g_str_equal(center, "mean") ? "stderr" : "iqr";
  if (g_str_equal(extent, "ci"))
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.mark.extent: confidence intervals are drawn by lot in Vega-Lite, and not "
                   "supported; \"stderr\", \"stdev\" and \"iqr\" are", base->path);
  if (g_str_equal(extent, "iqr")) {
    pk_composite_measure(base, self->aggregate, "q1", "lower_");
    pk_composite_measure(base, self->aggregate, "q3", "upper_");
    pk_composite_measure(base, self->aggregate, "median", "center_");
    summarize(self, "upper_", g_strdup_printf("Q3 of %s", base->field));
    summarize(self, "lower_", g_strdup_printf("Q1 of %s", base->field));
    summarize(self, "center_", g_strdup_printf("Median of %s", base->field));
    return TRUE;
  }
  g_autofree char *middle = pk_composite_datum("center_", base->field), *reach = pk_composite_datum("extent_", base->field);
  g_autofree char *name = capital(center);
  pk_composite_measure(base, self->aggregate, extent, "extent_");
  pk_composite_measure(base, self->aggregate, center, "center_");
  /* A group of one row has no spread; null would count as 0. */
  g_autofree char *spread = g_strdup_printf("(isValid(%s) ? %s : NaN)", reach, reach);
  calculate(self, "upper_", middle, '+', spread);
  calculate(self, "lower_", middle, '-', spread);
  summarize(self, "center_", g_strdup(name));
  summarize(self, "upper_", g_strdup_printf("%s + %s", name, extent));
  summarize(self, "lower_", g_strdup_printf("%s - %s", name, extent));
  self->named = TRUE;
  return TRUE;
}

/* The field of another channel along the measured axis; NULL: none. */
static const char *
field_of(const PkComposite *base, const char *suffix)
{
  g_autofree char *name = g_strconcat(base->axis, suffix, NULL);
  JsonObject *def = pk_json_object_of(base->encoding, name);
  return def ? pk_json_text_of(def, "field") : NULL;
}

/* What the data hold already: the other end, or distances from the centre. */
static gboolean
measure_given(Errors *self, GError **error)
{
  PkComposite *base = self->base;
  g_autofree char *value = pk_composite_datum("", base->field);
  const char *first = field_of(base, base->input == PK_COMPOSITE_ENDS ? "2" : "Error"), *second = field_of(base, "Error2");
  if (!first)
    return pk_fail(error, PK_ERROR_INVALID, "%s.encoding.%s%s: a field is needed", base->path, base->axis,
                   base->input == PK_COMPOSITE_ENDS ? "2" : "Error");
  g_autofree char *other = pk_composite_datum("", first);
  if (base->input == PK_COMPOSITE_ENDS) {
    calculate(self, "upper_", other, 0, NULL);
    calculate(self, "lower_", value, 0, NULL);
    summarize(self, "upper_", g_strdup(first));
    summarize(self, "lower_", g_strdup(base->field));
    return TRUE;
  }
  g_autofree char *below = pk_composite_datum("", second ? second : first);
  calculate(self, "upper_", value, '+', other);
  calculate(self, "lower_", value, second ? '+' : '-', below);
  summarize(self, "", g_strdup(base->field));
  summarize(self, "upper_", g_strdup_printf("%s + %s", base->field, first));
  summarize(self, "lower_", g_strdup_printf("%s %c %s", base->field, second ? '+' : '-', second ? second : first));
  return TRUE;
}

static JsonArray *
transforms_of(Errors *self, JsonObject *outer)
{
  PkComposite *base = self->base;
  JsonArray *made = json_array_new();
  JsonNode *own = json_object_get_member(outer, "transform");
  g_autoptr(JsonArray) list = json_array_new();
  if (own)
    pk_composite_add_all(made, json_node_get_array(own));
  pk_composite_add_all(made, base->before);
  pk_composite_add_all(list, base->aggregate);
  pk_composite_add_all(list, self->aggregate);
  if (json_array_get_length(list) > 0)
    pk_composite_add(made, pk_composite_aggregate(base, "aggregate", list, base->input == PK_COMPOSITE_RAW));
  pk_composite_add_all(made, self->after);
  return made;
}

static void
add_parts(Errors *self, const PkCompositePart *parts, guint n, JsonObject *shared, JsonArray *layers)
{
  JsonNode *tooltip = pk_composite_tooltip(self->base, self->summary, self->n_summary, self->named);
  for (guint i = 0; i < n; i++) {
    JsonObject *unit = pk_composite_part(self->base, &parts[i], shared, tooltip);
    if (unit)
      pk_composite_add(layers, unit);
  }
}

static void
add_bars(Errors *self, JsonArray *layers)
{
  PkComposite *base = self->base;
  JsonNode *thickness = json_object_get_member(base->mark, "thickness"), *size = json_object_get_member(base->mark, "size");
  JsonObject *rule = pk_composite_mark(base, "rule", NULL);
  JsonObject *tick = pk_composite_mark(base, "tick", g_str_equal(base->orient, "vertical") ? "horizontal" : "vertical");
  JsonObject *shared = pk_spec_copy_object(base->maker, base->others, NULL);
  json_object_remove_member(shared, "size");
  if (thickness) {
    pk_json_set(tick, "thickness", json_node_ref(thickness));
    pk_json_set(rule, "size", json_node_ref(thickness));
  }
  if (size)
    pk_json_set(tick, "size", json_node_ref(size));
  const PkCompositePart parts[] = {
    { .name = "ticks", .mark = tick, .from = "lower_" },
    { .name = "ticks", .mark = tick, .from = "upper_" },
    { .name = "rule", .shown = TRUE, .mark = rule, .from = "lower_", .to = "upper_" },
  };
  add_parts(self, parts, G_N_ELEMENTS(parts), shared, layers);
}

static void
add_bands(Errors *self, JsonArray *layers)
{
  PkComposite *base = self->base;
  gboolean flat = json_object_has_member(base->encoding, "x") && json_object_has_member(base->encoding, "y");
  JsonObject *band = pk_composite_mark(base, flat ? "area" : "rect", NULL);
  JsonObject *border = pk_composite_mark(base, flat ? "line" : "rule", NULL);
  JsonNode *interpolate = json_object_get_member(base->mark, "interpolate");
  JsonNode *tension = json_object_get_member(base->mark, "tension");
  JsonObject *both[] = { band, border };
  for (guint i = 0; flat && interpolate && i < 2; i++) {
    pk_json_set(both[i], "interpolate", json_node_ref(interpolate));
    if (tension)
      pk_json_set(both[i], "tension", json_node_ref(tension));
  }
  const PkCompositePart parts[] = {
    { .name = "band", .shown = TRUE, .opacity = 0.3, .mark = band, .from = "lower_", .to = "upper_" },
    { .name = "borders", .mark = border, .from = "lower_" },
    { .name = "borders", .mark = border, .from = "upper_" },
  };
  add_parts(self, parts, G_N_ELEMENTS(parts), base->others, layers);
}

JsonObject *
pk_composite_errors(PkComposite *base, GError **error)
{
  g_autoptr(JsonArray) aggregate = json_array_new(), after = json_array_new(), layers = json_array_new();
  Errors self = { .base = base, .aggregate = aggregate, .after = after };
  gboolean bars = g_str_equal(base->name, "errorbar");
  JsonObject *made = NULL;
  if (base->input == PK_COMPOSITE_RAW ? measure_rows(&self, error) : measure_given(&self, error)) {
    made = pk_composite_outer(base);
    json_object_set_array_member(made, "transform", transforms_of(&self, made));
    bars ? add_bars(&self, layers) : add_bands(&self, layers);
    if (bars && json_array_get_length(layers) == 1)
      pk_composite_assign(made, json_array_get_object_element(layers, 0));
    else
      json_object_set_array_member(made, "layer", json_array_ref(layers));
  }
  for (guint i = 0; i < self.n_summary; i++)
    g_free(self.titles[i]);
  return made;
}
