/* Box plots: quartiles, whiskers and outliers as layers (vega-lite's src/compositemark/boxplot.ts). */
#include "pk-error.h"
#include "pk-spec-composite.h"

typedef struct {
  PkComposite *base;
  gboolean min_max;      /* whiskers reach the extremes, and there are no outliers */
  double extent;         /* else they reach so many interquartile ranges */
  const char *tick_orient;
  JsonObject *uncolored; /* the other channels without colour and size */
  JsonNode *color, *size, *box_size;
} Boxplot;

static void
set_node(JsonObject *into, const char *name, JsonNode *node)
{
  if (node)
    pk_json_set(into, name, json_node_ref(node));
}

static gboolean
read_extent(Boxplot *self, GError **error)
{
  PkComposite *base = self->base;
  JsonNode *extent = json_object_get_member(base->mark, "extent");
  if (!extent && base->config)
    extent = json_object_get_member(base->config, "extent");
  self->extent = 1.5;
  self->min_max = extent && pk_json_is_text(extent);
  if (extent && pk_json_is_number(extent))
    self->extent = json_node_get_double(extent);
  else if (extent && !self->min_max)
    return pk_fail(error, PK_ERROR_INVALID, "%s.mark.extent: \"min-max\" or a number is expected", base->path);
  return TRUE;
}

static JsonObject *
mark_of(Boxplot *self, const char *type, const char *orient)
{
  JsonObject *made = pk_composite_mark(self->base, type, orient);
  set_node(made, "invalid", json_object_get_member(self->base->mark, "invalid"));
  return made;
}

static void
add_part(Boxplot *self, JsonArray *layers, const PkCompositePart *part, JsonObject *shared, JsonNode *tooltip)
{
  JsonObject *unit = pk_composite_part(self->base, part, shared, tooltip);
  if (unit)
    pk_composite_add(layers, unit);
}

static void
add_whiskers(Boxplot *self, JsonArray *layers, JsonNode *five)
{
  static const PkCompositeSummary ends[] = { { "upper_whisker_", "Upper Whisker" }, { "lower_whisker_", "Lower Whisker" } };
  JsonNode *tooltip = self->min_max ? five : pk_composite_tooltip(self->base, ends, 2, TRUE);
  JsonObject *tick = mark_of(self, "tick", self->tick_orient), *rule = mark_of(self, "rule", NULL);
  json_object_set_string_member(tick, "color", "black");
  json_object_set_int_member(tick, "opacity", 1);
  const PkCompositePart parts[] = {
    { .name = "rule", .shown = TRUE, .mark = rule, .from = "lower_whisker_", .to = "lower_box_" },
    { .name = "rule", .shown = TRUE, .mark = rule, .from = "upper_box_", .to = "upper_whisker_" },
    { .name = "ticks", .mark = tick, .from = "lower_whisker_" },
    { .name = "ticks", .mark = tick, .from = "upper_whisker_" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    add_part(self, layers, &parts[i], self->uncolored, tooltip);
}

/* The box of a single value is as thin as its median, which then takes the box's colour. */
static JsonObject *
median_color(Boxplot *self)
{
  PkComposite *base = self->base;
  JsonObject *config = base->maker->spec.config.object;
  JsonObject *made = pk_composite_object(base), *condition = pk_composite_object(base);
  JsonObject *box = base->config ? pk_json_object_of(base->config, "box") : NULL;
  gboolean no_box = base->config && json_object_has_member(base->config, "box") && !box;
  JsonObject *marks = config ? pk_json_object_of(config, "mark") : NULL;
  const char *color = no_box ? (marks ? pk_json_text_of(marks, "color") : NULL) : box ? pk_json_text_of(box, "color") : NULL;
  g_autofree char *lower = pk_composite_datum("lower_box_", base->field);
  g_autofree char *upper = pk_composite_datum("upper_box_", base->field);
  g_autofree char *test = g_strdup_printf("%s >= %s", lower, upper);
  json_object_set_string_member(condition, "test", test);
  if (self->color && JSON_NODE_HOLDS_OBJECT(self->color))
    pk_composite_assign(condition, json_node_get_object(self->color));
  else
    json_object_set_string_member(condition, "value", color ? color : "#4c78a8");
  json_object_set_object_member(made, "condition", json_object_ref(condition));
  return made;
}

static void
add_boxes(Boxplot *self, JsonArray *layers, JsonNode *five)
{
  PkComposite *base = self->base;
  JsonObject *median_config = base->config ? pk_json_object_of(base->config, "median") : NULL;
  JsonObject *bar = mark_of(self, "bar", base->orient), *tick = mark_of(self, "tick", self->tick_orient);
  JsonObject *shared = pk_spec_copy_object(base->maker, self->uncolored, NULL);
  set_node(bar, "size", self->box_size);
  set_node(tick, "size", self->box_size);
  if (!self->box_size) {
    json_object_set_int_member(bar, "size", 14);
    json_object_set_int_member(tick, "size", 14);
  }
  if (!median_config)
    json_object_set_string_member(tick, "color", "white");
  else
    json_object_set_string_member(tick, "color", pk_json_text_of(median_config, "color")
                                                   ? pk_json_text_of(median_config, "color") : "white");
  set_node(shared, "size", self->size);
  json_object_set_object_member(shared, "color", json_object_ref(median_color(self)));
  add_part(self, layers, &(PkCompositePart){ .name = "box", .shown = TRUE, .mark = bar, .from = "lower_box_", .to = "upper_box_" },
           base->others, five);
  add_part(self, layers, &(PkCompositePart){ .name = "median", .shown = TRUE, .color = "white", .mark = tick, .from = "mid_box_" },
           shared, five);
}

/* What is left of the encoding for outliers, which are rows. */
static JsonObject *
outliers(Boxplot *self, const char *filter)
{
  PkComposite *base = self->base;
  JsonObject *shared = pk_spec_copy_object(base->maker, self->uncolored, NULL), *transform = pk_composite_object(base);
  JsonArray *transforms = json_array_new();
  json_object_remove_member(shared, "tooltip");
  set_node(shared, "color", self->color);
  JsonObject *unit = pk_composite_part(base, &(PkCompositePart){ .name = "outliers", .shown = TRUE,
                                                                 .mark = pk_composite_mark(base, "point", NULL) },
                                       shared, base->row_tooltip);
  json_object_set_string_member(transform, "filter", filter);
  pk_composite_add(transforms, transform);
  if (unit)
    json_object_set_array_member(unit, "transform", transforms);
  else
    json_array_unref(transforms);
  return unit;
}

/* Whiskers that reach the last row within their range. */
static JsonObject *
inner_whiskers(Boxplot *self, JsonArray *first, const char *filter, JsonNode *five)
{
  static const struct { const char *op, *source, *prefix; } kept[] = {
    { "min", "", "lower_whisker_" }, { "max", "", "upper_whisker_" },
    { "min", "lower_box_", "lower_box_" }, { "max", "upper_box_", "upper_box_" },
  };
  PkComposite *base = self->base;
  JsonObject *made = pk_composite_object(base), *transform = pk_composite_object(base);
  g_autoptr(JsonArray) list = json_array_new(), transforms = json_array_new(), layers = json_array_new();
  for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
    pk_composite_measure(base, list, kept[i].op, kept[i].prefix);
    g_autofree char *source = g_strconcat(kept[i].source, base->field, NULL);
    json_object_set_string_member(json_array_get_object_element(list, i), "field", source);
  }
  pk_composite_add_all(list, base->aggregate);
  json_object_set_string_member(transform, "filter", filter);
  pk_composite_add_all(transforms, first);
  pk_composite_add(transforms, transform);
  pk_composite_add(transforms, pk_composite_aggregate(base, "aggregate", list, TRUE));
  add_whiskers(self, layers, five);
  json_object_set_array_member(made, "transform", json_array_ref(transforms));
  json_object_set_array_member(made, "layer", json_array_ref(layers));
  return made;
}

/* Outliers and whiskers: both need each row beside its group's quartiles. */
static JsonObject *
tukey_layer(Boxplot *self, JsonNode *five)
{
  PkComposite *base = self->base;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *lower = pk_composite_datum("lower_box_", base->field);
  g_autofree char *upper = pk_composite_datum("upper_box_", base->field);
  g_autofree char *value = pk_composite_datum("", base->field);
  const char *extent = g_ascii_dtostr(number, sizeof number, self->extent);
  g_autofree char *low = g_strdup_printf("%s - %s * (%s - %s)", lower, extent, upper, lower);
  g_autofree char *high = g_strdup_printf("%s + %s * (%s - %s)", upper, extent, upper, lower);
  g_autofree char *within = g_strdup_printf("(%s <= %s) && (%s <= %s)", low, value, value, high);
  g_autofree char *beyond = g_strdup_printf("(%s < %s) || (%s > %s)", value, low, value, high);
  g_autoptr(JsonArray) quartiles = json_array_new(), first = json_array_new(), none = json_array_new();
  pk_composite_measure(base, quartiles, "q1", "lower_box_");
  pk_composite_measure(base, quartiles, "q3", "upper_box_");
  pk_composite_add_all(first, base->before);
  pk_composite_add(first, pk_composite_aggregate(base, "joinaggregate", quartiles, TRUE));
  JsonObject *points = outliers(self, beyond);
  if (!points)
    return inner_whiskers(self, first, within, five);
  JsonObject *made = pk_composite_object(base);
  JsonArray *layers = json_array_new();
  pk_composite_add(layers, points);
  pk_composite_add(layers, inner_whiskers(self, none, within, five));
  json_object_set_array_member(made, "transform", json_array_ref(first));
  json_object_set_array_member(made, "layer", layers);
  return made;
}

/* The transforms of boxes: groups with their five numbers. */
static void
add_transforms(Boxplot *self, JsonArray *into)
{
  PkComposite *base = self->base;
  g_autoptr(JsonArray) list = json_array_new();
  pk_composite_add_all(list, base->aggregate);
  pk_composite_measure(base, list, "q1", "lower_box_");
  pk_composite_measure(base, list, "q3", "upper_box_");
  pk_composite_measure(base, list, "median", "mid_box_");
  pk_composite_measure(base, list, "min", self->min_max ? "lower_whisker_" : "min_");
  pk_composite_measure(base, list, "max", self->min_max ? "upper_whisker_" : "max_");
  pk_composite_add_all(into, base->before);
  pk_composite_add(into, pk_composite_aggregate(base, "aggregate", list, TRUE));
}

static JsonNode *
five_numbers(Boxplot *self)
{
  const PkCompositeSummary summary[] = {
    { self->min_max ? "upper_whisker_" : "max_", "Max" }, { "upper_box_", "Q3" }, { "mid_box_", "Median" },
    { "lower_box_", "Q1" }, { self->min_max ? "lower_whisker_" : "min_", "Min" },
  };
  return pk_composite_tooltip(self->base, summary, G_N_ELEMENTS(summary), TRUE);
}

JsonObject *
pk_composite_boxplot(PkComposite *base, GError **error)
{
  Boxplot self = { .base = base };
  JsonObject *made = pk_composite_outer(base);
  JsonNode *own = json_object_get_member(made, "transform");
  g_autoptr(JsonArray) transforms = json_array_new(), layers = json_array_new();
  if (!read_extent(&self, error))
    return NULL;
  self.tick_orient = g_str_equal(base->orient, "vertical") ? "horizontal" : "vertical";
  self.color = json_object_get_member(base->others, "color");
  self.size = json_object_get_member(base->others, "size");
  self.uncolored = pk_spec_copy_object(base->maker, base->others, NULL);
  json_object_remove_member(self.uncolored, "color");
  json_object_remove_member(self.uncolored, "size");
  self.box_size = json_object_get_member(base->mark, "size");
  if (!self.box_size && base->config)
    self.box_size = json_object_get_member(base->config, "size");
  JsonNode *five = five_numbers(&self);
  if (self.min_max) {
    if (own)
      pk_composite_add_all(transforms, json_node_get_array(own));
    add_whiskers(&self, layers, five);
    add_boxes(&self, layers, five);
    add_transforms(&self, transforms);
    json_object_set_array_member(made, "transform", json_array_ref(transforms));
  } else {
    JsonObject *boxes = pk_composite_object(base);
    JsonArray *inner = json_array_new();
    add_boxes(&self, inner, five);
    add_transforms(&self, transforms);
    json_object_set_array_member(boxes, "transform", json_array_ref(transforms));
    json_object_set_array_member(boxes, "layer", inner);
    pk_composite_add(layers, tukey_layer(&self, five));
    pk_composite_add(layers, boxes);
  }
  json_object_set_array_member(made, "layer", json_array_ref(layers));
  return made;
}
