/* The scales themselves: domains adjusted, ranges set, and their use (Vega's Scale operator). */
#include "pk-build.h"

#include <string.h>

static PkColorSpace
interpolation(const PkScaleComp *comp, double *gamma)
{
  JsonNode *node = pk_scale_comp_prop(comp, "interpolate");
  JsonNode *type = pk_node_is_text(node) ? node : pk_node_member(node, "type");
  PkColorSpace space = PK_COLOR_SPACE_RGB;
  GError *error = NULL;
  *gamma = pk_build_double(comp->build, pk_node_member(node, "gamma"), 1);
  if (pk_node_is_text(type) && !pk_color_space_parse(json_node_get_string(type), &space, &error))
    pk_build_take_error(comp->build, error);
  return space;
}

/* Whether Vega takes a linear scale of colours as a sequential or diverging one: then the colours
 * are spread evenly. */
static gboolean
spreads_colors(const PkScaleComp *comp, gsize n_domain)
{
  return pk_scale_type_is_continuous(comp->type) && comp->type != PK_SCALE_TIME &&
         comp->type != PK_SCALE_UTC && (n_domain == 2 || n_domain == 3);
}

static gsize
scheme_count(const PkScaleComp *comp, JsonNode *count)
{
  gsize given = (gsize)fmax(0, pk_build_double(comp->build, count, 0));
  switch (comp->type) {
  case PK_SCALE_THRESHOLD:
    return comp->n_domain + 1;
  case PK_SCALE_BIN_ORDINAL:
    return comp->n_domain > 0 ? comp->n_domain - 1 : 0;
  case PK_SCALE_ORDINAL:
    return given ? given : pk_scale_comp_count(comp) ? pk_scale_comp_count(comp) : 5;
  default:
    return given ? given : 5;
  }
}

static void
set_ramp(PkScaleComp *comp, PkColorRamp ramp, JsonNode *count, const PkScheme *scheme, gsize n_domain)
{
  gboolean categorical = scheme && scheme->kind == PK_SCHEME_CATEGORICAL;
  if (pk_scale_type_is_continuous(comp->type) && spreads_colors(comp, n_domain)) {
    pk_scale_set_range_ramp(comp->scale, &ramp);
    return;
  }
  if (pk_scale_type_is_continuous(comp->type)) { /* dates: a colour for each end, mixed between */
    double gamma;
    PkColorSpace space = interpolation(comp, &gamma);
    g_autofree PkColor *ends = pk_color_ramp_sample(&ramp, MAX(n_domain, 1));
    pk_scale_set_range_colors(comp->scale, ends, MAX(n_domain, 1), space, gamma);
    return;
  }
  gsize n = categorical && comp->type == PK_SCALE_ORDINAL ? scheme->n : scheme_count(comp, count);
  g_autofree PkColor *colors = pk_color_ramp_sample(&ramp, MAX(n, 1));
  pk_scale_set_range_colors(comp->scale, colors, MAX(n, 1), PK_COLOR_SPACE_RGB, 1);
}

static void
set_scheme(PkScaleComp *comp, JsonNode *node, gsize n_domain)
{
  PkBuild *b = comp->build;
  gboolean object = node && JSON_NODE_HOLDS_OBJECT(node) && !pk_node_expr(node);
  JsonNode *name = object ? pk_node_member(node, "name") : node;
  if (!name)
    name = pk_node_member(node, "scheme");
  JsonNode *count = pk_node_member(node, "count"), *extent = pk_node_member(node, "extent");
  double gamma;
  PkColorSpace space = interpolation(comp, &gamma);
  PkColorRamp ramp;
  const PkScheme *scheme = NULL;
  guint n_name = 0;
  GError *error = NULL;
  if (name && JSON_NODE_HOLDS_ARRAY(name)) {
    JsonArray *array = json_node_get_array(name);
    guint n = json_array_get_length(array);
    PkColor *colors = pk_build_alloc(b, n, sizeof *colors);
    for (guint i = 0; i < n; i++)
      pk_build_color(b, json_array_get_element(array, i), &colors[i]);
    ramp = pk_color_ramp_for_colors(colors, n, space, gamma);
  } else {
    const char *text = pk_build_text(b, name, "");
    if (!pk_scheme_parse(text, &scheme, &n_name, &error)) {
      pk_build_take_error(b, error);
      return;
    }
    ramp = pk_color_ramp_for_scheme(scheme);
    if (n_name && !count)
      count = pk_build_node_double(b, n_name);
  }
  if (extent && JSON_NODE_HOLDS_ARRAY(extent) && json_array_get_length(json_node_get_array(extent)) == 2)
    for (guint i = 0; i < 2; i++)
      ramp.extent[i] = pk_build_double(b, json_array_get_element(json_node_get_array(extent), i), i);
  set_ramp(comp, ramp, count, scheme, n_domain);
}

/* A list of numbers, colours or other things (shapes, dashes). */
static void
set_list(PkScaleComp *comp, GPtrArray *nodes, gsize n_domain)
{
  PkBuild *b = comp->build;
  guint n = nodes->len;
  g_autofree PkColor *colors = g_new0(PkColor, MAX(n, 1));
  g_autofree double *numbers = g_new0(double, MAX(n, 1));
  gboolean all_colors = n > 0, all_numbers = n > 0;
  for (guint i = 0; i < n; i++) {
    JsonNode *node = nodes->pdata[i];
    PkValue value = pk_build_value(b, node);
    all_numbers &= value.kind == PK_VALUE_NUMBER || value.kind == PK_VALUE_BOOL;
    numbers[i] = all_numbers ? pk_value_to_number(&value) : 0;
    if (value.kind == PK_VALUE_TEXT &&
        (g_str_equal(value.text, "width") || g_str_equal(value.text, "height")) && pk_channel_is_xy(comp->channel)) {
      numbers[i] = value.text[0] == 'w' ? b->width : b->height;
      all_numbers = TRUE;
      all_colors = FALSE;
    } else {
      all_colors &= value.kind == PK_VALUE_TEXT && pk_color_parse(value.text, &colors[i]);
    }
  }
  gboolean color = comp->channel == PK_CHANNEL_COLOR || comp->channel == PK_CHANNEL_FILL ||
                   comp->channel == PK_CHANNEL_STROKE;
  if (all_numbers && !color) {
    pk_scale_set_range(comp->scale, numbers, n);
  } else if (all_colors && color) {
    double gamma;
    PkColorSpace space = interpolation(comp, &gamma);
    if (spreads_colors(comp, n_domain)) {
      PkColor *kept = pk_build_alloc(b, n, sizeof *kept);
      memcpy(kept, colors, n * sizeof *kept);
      PkColorRamp ramp = pk_color_ramp_for_colors(kept, n, space, gamma);
      pk_scale_set_range_ramp(comp->scale, &ramp);
    } else {
      pk_scale_set_range_colors(comp->scale, colors, n, space, gamma);
    }
  } else {
    pk_scale_set_range_slots(comp->scale, n);
    g_clear_pointer(&comp->slots, g_ptr_array_unref);
    comp->slots = g_ptr_array_ref(nodes);
  }
}

static GPtrArray *
nodes_of(PkBuild *b, JsonNode *node)
{
  GPtrArray *nodes = g_ptr_array_new();
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      g_ptr_array_add(nodes, json_array_get_element(array, i));
    return nodes;
  }
  PkValue value = pk_build_value(b, node);
  for (guint i = 0; value.kind == PK_VALUE_ARRAY && i < value.items->len; i++) {
    const PkValue *item = value.items->pdata[i];
    g_ptr_array_add(nodes, item->kind == PK_VALUE_TEXT ? pk_build_node_text(b, item->text)
                                                       : pk_build_node_double(b, pk_value_to_number(item)));
  }
  return nodes;
}

/* The distinct values of a column, in the order of the domain's column (range: {field}). */
static GPtrArray *
nodes_of_column(PkScaleComp *comp)
{
  const PkModel *m = comp->range.unit;
  const PkTable *table = m->unit->table;
  GPtrArray *nodes = g_ptr_array_new();
  gint column = pk_table_find(table, comp->range.name);
  const PkChannelData *data = pk_model_channel(m, comp->channel);
  gint key = data && data->column ? pk_table_find(table, data->column) : -1;
  if (column < 0 || key < 0 || !comp->values) {
    pk_build_fail(comp->build, PK_ERROR_NOT_FOUND, "%s.range: there is no field \"%s\"",
                  data->def->scale_props.path, comp->range.name);
    return nodes;
  }
  g_autofree const PkValue **found = g_new0(const PkValue *, MAX(pk_scale_comp_count(comp), 1));
  for (gint64 row = 0; row < table->n_rows; row++) {
    PkDatum datum = pk_value_to_datum(pk_table_at(table, key, row));
    gssize at = pk_datum_index_find(comp->values, &datum);
    if (at >= 0 && !found[at])
      found[at] = pk_table_at(table, column, row);
  }
  PkDatumIndex *seen = pk_datum_index_new();
  for (gsize i = 0; i < pk_scale_comp_count(comp); i++) {
    if (!found[i])
      continue;
    PkDatum datum = pk_value_to_datum(found[i]);
    gsize n = pk_datum_index_size(seen);
    if (pk_datum_index_add(seen, &datum) == n)
      g_ptr_array_add(nodes, found[i]->kind == PK_VALUE_TEXT
                                 ? pk_build_node_text(comp->build, found[i]->text)
                                 : pk_build_node_double(comp->build, found[i]->number));
  }
  pk_datum_index_free(seen);
  return nodes;
}

static void
set_named(PkScaleComp *comp, gsize n_domain)
{
  PkBuild *b = comp->build;
  const char *name = comp->range.name;
  double size = g_str_equal(name, "width") ? b->width : g_str_equal(name, "height") ? b->height : NAN;
  if (!isnan(size)) {
    gboolean down = g_str_equal(name, "height") && !pk_scale_comp_is_discrete(comp);
    pk_scale_set_range(comp->scale, down ? (double[]){ size, 0 } : (double[]){ 0, size }, 2);
    return;
  }
  JsonNode *node = pk_config_get(b, "range", name);
  if (!node)
    node = pk_vega_get(b, "range", name);
  if (!node) {
    pk_build_fail(b, PK_ERROR_INVALID, "%s: there is no range named \"%s\"", comp->range.unit->view->path,
                  name);
    return;
  }
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    g_autoptr(GPtrArray) nodes = nodes_of(b, node);
    set_list(comp, nodes, n_domain);
  } else {
    set_scheme(comp, node, n_domain);
  }
}

static void
set_range(PkScaleComp *comp, gsize n_domain)
{
  const PkRangeDef *range = &comp->range;
  double ends[2];
  if (pk_scale_comp_ends(comp, ends)) {
    if (range->n > 1) {
      g_autofree double *steps = g_new(double, range->n);
      for (guint i = 0; i < range->n; i++)
        steps[i] = ends[0] + (ends[1] - ends[0]) * i / (range->n - 1);
      pk_scale_set_range(comp->scale, steps, range->n);
    } else {
      pk_scale_set_range(comp->scale, ends, 2);
    }
    return;
  }
  if (range->kind == PK_RANGE_SCHEME) {
    set_scheme(comp, range->node, n_domain);
  } else if (range->kind == PK_RANGE_NAMED) {
    set_named(comp, n_domain);
  } else if (range->kind == PK_RANGE_LIST || range->kind == PK_RANGE_FIELD) {
    g_autoptr(GPtrArray) nodes =
        range->kind == PK_RANGE_LIST ? nodes_of(comp->build, range->node) : nodes_of_column(comp);
    set_list(comp, nodes, n_domain);
  }
}

gboolean
pk_scale_comp_reversed(PkScaleComp *comp)
{
  return pk_build_bool(comp->build, pk_scale_comp_prop(comp, "reverse"), FALSE);
}

/* domainMin, -Max and -Mid as numbers; dates in temporal domains. */
static double
domain_bound(const PkScaleComp *comp, const char *name)
{
  JsonNode *node = pk_scale_comp_prop(comp, name);
  if (pk_node_is_null(node))
    return NAN;
  gboolean temporal = comp->type == PK_SCALE_TIME || comp->type == PK_SCALE_UTC;
  PkValue value = pk_build_datum(comp->build, node, temporal, NULL);
  return value.kind == PK_VALUE_NULL ? NAN : pk_value_to_number(&value);
}

static gsize
adjusted_domain(PkScaleComp *comp, double *domain)
{
  gsize n = comp->n_domain;
  memcpy(domain, comp->domain, n * sizeof *domain);
  JsonNode *zero_node = pk_scale_comp_prop(comp, "zero");
  gboolean zero = zero_node ? pk_build_bool(comp->build, zero_node, FALSE)
                            : (!pk_scale_comp_prop(comp, "bins") && (comp->type == PK_SCALE_LINEAR ||
                               comp->type == PK_SCALE_POW || comp->type == PK_SCALE_SQRT));
  double least = domain_bound(comp, "domainMin"), most = domain_bound(comp, "domainMax");
  double mid = domain_bound(comp, "domainMid");
  gsize last = n > 1 ? n - 1 : 1;
  if (zero && domain[0] > 0)
    domain[0] = 0;
  if (zero && n > 1 && domain[last] < 0)
    domain[last] = 0;
  if (!isnan(least))
    domain[0] = least;
  if (!isnan(most) && n > 1)
    domain[last] = most;
  if (!isnan(mid)) {
    gsize at = mid > domain[last] ? last + 1 : mid < domain[0] ? 0 : last;
    memmove(domain + at + 1, domain + at, (n - at) * sizeof *domain);
    domain[at] = mid;
    n++;
  }
  return n;
}

static void
apply_nice(PkScaleComp *comp)
{
  JsonNode *nice = pk_scale_comp_prop(comp, "nice");
  if (pk_node_is_null(nice) || pk_node_is_false(nice))
    return;
  JsonNode *interval = pk_node_is_text(nice) ? nice : pk_node_member(nice, "interval");
  if (pk_node_is_text(interval)) {
    PkTimeInterval unit;
    GError *error = NULL;
    double step = pk_build_double(comp->build, pk_node_member(nice, "step"), 1);
    if (pk_time_interval_parse(json_node_get_string(interval), step, &unit, &error))
      pk_scale_nice_interval(comp->scale, &unit);
    else
      pk_build_take_error(comp->build, error);
    return;
  }
  PkValue value = pk_build_value(comp->build, nice);
  if (value.kind == PK_VALUE_BOOL && value.number == 0)
    return;
  pk_scale_nice(comp->scale, value.kind == PK_VALUE_NUMBER ? value.number : 10);
}

static void
set_bins(PkScaleComp *comp)
{
  JsonNode *bins = pk_scale_comp_prop(comp, "bins");
  PkBuild *b = comp->build;
  if (pk_node_is_null(bins))
    return;
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
  if (JSON_NODE_HOLDS_ARRAY(bins)) {
    JsonArray *array = json_node_get_array(bins);
    for (guint i = 0; i < json_array_get_length(array); i++) {
      double x = pk_build_double(b, json_array_get_element(array, i), NAN);
      g_array_append_val(all, x);
    }
  } else {
    gsize n;
    const double *domain = pk_scale_get_domain(comp->scale, &n);
    double lo = n ? domain[0] : 0, hi = n ? domain[n - 1] : 0;
    double step = pk_build_double(b, pk_node_member(bins, "step"), 0);
    double start = pk_build_double(b, pk_node_member(bins, "start"), lo);
    double stop = pk_build_double(b, pk_node_member(bins, "stop"), hi);
    if (start < lo)
      start = step * ceil(lo / step);
    if (stop > hi)
      stop = step * floor(hi / step);
    if (step > 0 && (stop - start) / step < PK_TICKS_MAX)
      for (gsize i = 0; start + i * step < stop + step / 2; i++) {
        double x = start + i * step;
        g_array_append_val(all, x);
      }
  }
  pk_scale_set_bins(comp->scale, (double *)(gpointer)all->data, all->len);
}

static void
set_parameters(PkScaleComp *comp)
{
  PkScale *scale = comp->scale;
  if (comp->type == PK_SCALE_LOG)
    pk_scale_set_base(scale, pk_scale_comp_double(comp, "base", 10));
  if (comp->type == PK_SCALE_POW)
    pk_scale_set_exponent(scale, pk_scale_comp_double(comp, "exponent", 1));
  if (comp->type == PK_SCALE_SYMLOG)
    pk_scale_set_constant(scale, pk_scale_comp_double(comp, "constant", 1));
  pk_scale_set_clamp(scale, pk_build_bool(comp->build, pk_scale_comp_prop(comp, "clamp"), FALSE));
  pk_scale_set_round(scale, pk_build_bool(comp->build, pk_scale_comp_prop(comp, "round"), FALSE));
  if (comp->type == PK_SCALE_BAND || comp->type == PK_SCALE_POINT) {
    double inner, outer;
    pk_scale_comp_paddings(comp, &inner, &outer);
    pk_scale_set_padding(scale, inner, outer);
    pk_scale_set_align(scale, pk_scale_comp_double(comp, "align", 0.5));
  }
}

/* No logarithm reaches across zero: nothing can be read off such a scale. */
static void
warn_of_log(const PkScaleComp *comp, double first, double last)
{
  char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = g_strdup_printf("the log scale of %s spans %s to %s, and has no place for 0: filter the rows, "
                                          "give it a domain, or use symlog", pk_channel_name(comp->channel),
                                          g_ascii_formatd(a, sizeof a, "%g", first), g_ascii_formatd(b, sizeof b, "%g", last));
  pk_scene_warn(comp->build->scene, text);
}

/* A domain that is shown as it is. */
static void
resolve_shown(PkScaleComp *comp)
{
  const double domain[] = { comp->shown->from, comp->shown->to };
  pk_scale_set_domain(comp->scale, domain, G_N_ELEMENTS(domain));
  set_range(comp, G_N_ELEMENTS(domain));
  if (pk_scale_comp_reversed(comp))
    pk_scale_reverse(comp->scale);
  set_bins(comp);
}

/* Makes the scale for the present size of the view. */
void
pk_scale_comp_resolve(PkScaleComp *comp)
{
  pk_scale_free(comp->scale);
  comp->scale = pk_scale_new(comp->type);
  set_parameters(comp);
  if (comp->shown && comp->has_domain) {
    resolve_shown(comp);
    return;
  }
  gboolean discrete = pk_scale_type_is_discrete(comp->type);
  g_autofree double *domain = g_new0(double, comp->n_domain + 3);
  gsize n = discrete ? 0 : comp->has_domain ? adjusted_domain(comp, domain) : 0;
  if (discrete && comp->values)
    pk_scale_set_values(comp->scale, comp->values);
  else if (n > 0)
    pk_scale_set_domain(comp->scale, domain, n);
  if (comp->type == PK_SCALE_LOG && n > 1 && !(domain[0] * domain[n - 1] > 0))
    warn_of_log(comp, domain[0], domain[n - 1]);
  set_range(comp, n);
  if (pk_scale_type_is_continuous(comp->type) && n > 0) {
    double padding = pk_scale_comp_double(comp, "padding", 0);
    if (padding && domain[0] != domain[n - 1])
      pk_scale_pad_domain(comp->scale, padding);
    apply_nice(comp);
  } else if (!discrete && n > 0) {
    apply_nice(comp);
  }
  if (pk_scale_comp_reversed(comp))
    pk_scale_reverse(comp->scale);
  if (!discrete)
    set_bins(comp);
}

/* ---------------------------------------------------------------- using a scale */

double
pk_scale_comp_place(const PkScaleComp *comp, const PkValue *value, double band)
{
  if (pk_scale_type_is_discrete(comp->type)) {
    PkDatum datum = pk_value_to_datum(value);
    return pk_scale_apply_datum(comp->scale, &datum) + (band ? band * pk_scale_bandwidth(comp->scale) : 0);
  }
  if (value->kind == PK_VALUE_NULL || !comp->has_domain)
    return NAN;
  return pk_scale_apply(comp->scale, pk_value_to_number(value));
}

gboolean
pk_scale_comp_color(const PkScaleComp *comp, const PkValue *value, PkColor *color)
{
  if (pk_scale_type_is_discrete(comp->type)) {
    PkDatum datum = pk_value_to_datum(value);
    return pk_scale_color_datum(comp->scale, &datum, color);
  }
  return value->kind != PK_VALUE_NULL && pk_scale_color(comp->scale, pk_value_to_number(value), color);
}

JsonNode *
pk_scale_comp_slot(const PkScaleComp *comp, const PkValue *value)
{
  if (!comp->slots || comp->slots->len == 0)
    return NULL;
  gssize at;
  if (pk_scale_type_is_discrete(comp->type)) {
    PkDatum datum = pk_value_to_datum(value);
    at = comp->values ? pk_datum_index_find(comp->values, &datum) : -1;
  } else {
    at = value->kind == PK_VALUE_NULL ? -1 : pk_scale_slot(comp->scale, pk_value_to_number(value));
  }
  return at < 0 ? NULL : comp->slots->pdata[at % comp->slots->len];
}
