/* Texts of marks and tooltips: numbers, dates and bins as Vega-Lite formats them
 * (compile/format, mark/encode/text, tooltip). */
#include "pk-build-mark.h"

#include "pk-calendar.h"
#include "pk-timefmt.h"
#include "pk-timeunit.h"

typedef enum { TEXT_RAW, TEXT_NUMBER, TEXT_TIME, TEXT_BIN, TEXT_SHARE } TextKind;

struct PkTextRef {
  TextKind kind;
  gint column, column2;
  gboolean has_constant;
  PkValue constant;
  const char *specifier;   /* NULL: d3's default */
  gboolean exact;          /* a number without a format shows the digits that it came with */
  gboolean tooltip;        /* … and in a tooltip all its digits */
};

/* The format and its type that a definition gives: its own, or its axis' or legend's. */
static void
given_format(PkBuild *b, const PkChannelDef *def, const char **format, const char **type)
{
  *format = def->format;
  *type = def->format_type;
  if (*format || *type)
    return;
  const PkProps *guide = def->axis.object ? &def->axis : &def->legend;
  JsonNode *node = pk_props_get(guide, "format");
  *format = pk_node_is_text(node) ? pk_build_text(b, node, NULL) : NULL;
  *type = pk_props_get_text(guide, "formatType", NULL);
}

static gboolean
is_time(const PkChannelDef *def, const PkChannelData *data, const char *type)
{
  if (type)
    return g_str_equal(type, "time") || g_str_equal(type, "utc");
  return (data && data->type == PK_MEASURE_TEMPORAL) || def->time_unit != NULL;
}

static void
set_time(PkBuild *b, PkTextRef *ref, const PkChannelDef *def, const char *format)
{
  ref->kind = TEXT_TIME;
  ref->specifier = format;
  PkCalendarUnit unit;
  if (!format && def->time_unit && pk_calendar_unit_parse(def->time_unit, &unit, NULL)) {
    unit.step = def->time_step > 0 ? def->time_step : 1;
    g_autofree char *specifier = pk_calendar_unit_specifier(&unit);
    ref->specifier = pk_scene_intern(b->scene, specifier);
  }
  if (!ref->specifier)
    ref->specifier = pk_build_text(b, pk_config_top(b, "timeFormat"), "%b %d, %Y");
}

PkTextRef *
pk_text_ref_new(const PkModel *m, const PkChannelDef *def, const PkChannelData *data, gboolean tooltip,
                gboolean normalized)
{
  PkBuild *b = m->build;
  PkTextRef *ref = pk_build_alloc(b, 1, sizeof *ref);
  const char *format, *type;
  given_format(b, def, &format, &type);
  ref->column = data ? pk_unit_column(m, data->column) : -1;
  ref->column2 = data ? pk_unit_column(m, data->column_end) : -1;
  PkMeasure measure = data ? data->type : def->type;
  if (pk_def_is_datum(def)) {
    ref->has_constant = TRUE;
    ref->constant = pk_build_datum(b, def->datum, measure == PK_MEASURE_TEMPORAL, def->time_unit);
    if (measure == PK_MEASURE_NONE && ref->constant.kind == PK_VALUE_NUMBER)
      measure = PK_MEASURE_QUANTITATIVE;
  }
  if (is_time(def, data, type)) {
    set_time(b, ref, def, format);
    return ref;
  }
  gboolean quantitative = measure == PK_MEASURE_QUANTITATIVE;
  if (!format && quantitative)
    format =
        pk_build_text(b, pk_config_top(b, normalized ? "normalizedNumberFormat" : "numberFormat"), NULL);
  ref->specifier = format;
  if (normalized)
    ref->kind = TEXT_SHARE;
  else if (def->bin.present && !def->bin.binned && ref->column2 >= 0)
    ref->kind = TEXT_BIN;
  else
    ref->kind = format || quantitative ? TEXT_NUMBER : TEXT_RAW;
  ref->exact = !format;
  ref->tooltip = tooltip;
  return ref;
}

static char *
format_number(PkBuild *b, const PkTextRef *ref, const PkValue *value)
{
  if (value->kind == PK_VALUE_NULL)
    return g_strdup("null");
  if (ref->exact && !ref->specifier && value->kind == PK_VALUE_NUMBER && value->text)
    return g_strdup(value->text);
  if (ref->tooltip && !ref->specifier && value->kind == PK_VALUE_NUMBER)
    return pk_number_to_js(value->number);
  GError *error = NULL;
  char *text = pk_format_number(ref->specifier ? ref->specifier : "", pk_value_to_number(value), &error);
  if (!text)
    pk_build_take_error(b, error);
  return text ? text : g_strdup("");
}

static char *
format_raw(const PkValue *value)
{
  if (value->kind == PK_VALUE_NULL)
    return g_strdup(isnan(value->number) ? "undefined" : "null");
  if (value->kind == PK_VALUE_NUMBER && value->text)
    return g_strdup(value->text);
  if (value->kind != PK_VALUE_ARRAY)
    return pk_value_to_string(value);
  g_autoptr(GString) lines = g_string_new(NULL);
  for (guint i = 0; i < value->items->len; i++) {
    g_autofree char *line = pk_value_to_string(value->items->pdata[i]);
    g_string_append_printf(lines, "%s%s", i ? "\n" : "", line);
  }
  return g_strdup(lines->str);
}

static char *
format_bin(PkBuild *b, const PkTextRef *ref, const PkTable *table, gint64 row)
{
  const PkValue *start = pk_table_at(table, ref->column, row), *end = pk_table_at(table, ref->column2, row);
  if (pk_value_is_invalid(start))
    return g_strdup("null");
  g_autofree char *lo = format_number(b, ref, start), *hi = format_number(b, ref, end);
  return g_strdup_printf("%s – %s", lo, hi);
}

char *
pk_text_ref_format(PkBuild *b, const PkTextRef *ref, const PkTable *table, gint64 row)
{
  PkValue none = pk_value_undefined();
  const PkValue *value = ref->has_constant ? &ref->constant
                         : ref->column >= 0 ? pk_table_at(table, ref->column, row) : &none;
  switch (ref->kind) {
  case TEXT_TIME: {
    if (value->kind == PK_VALUE_NULL)
      return g_strdup("null");
    PkValue date = pk_build_datum_value(b, value);
    return pk_time_format(ref->specifier, date.number);
  }
  case TEXT_NUMBER:
    return format_number(b, ref, value);
  case TEXT_BIN:
    return format_bin(b, ref, table, row);
  case TEXT_SHARE: {
    double start = pk_value_to_number(value);
    double end = ref->column2 >= 0 ? pk_value_to_number(pk_table_at(table, ref->column2, row)) : start;
    PkValue share = pk_value_number(end - start);
    return format_number(b, ref, &share);
  }
  default:
    return format_raw(value);
  }
}

static void
text_main(const PkModel *m, const PkChannelDef *def, gpointer user, PkRule *rule)
{
  PkBuild *b = m->build;
  (void)user;
  if (def->value) {
    PkRef ref = pk_ref_node(def->value);
    if (pk_node_expr(def->value)) {
      ref.kind = PK_REF_EXPR;
      ref.expr = pk_build_expr(b, pk_node_expr(def->value));
    }
    pk_rule_add(b, rule, ref);
  } else if (pk_def_is_field(def) || pk_def_is_datum(def)) {
    PkRef ref = pk_ref_number(0);
    ref.kind = PK_REF_TEXT;
    ref.text = pk_text_ref_new(m, def, pk_model_data_of(m, def), FALSE, FALSE);
    pk_rule_add(b, rule, ref);
  }
}

void
pk_rule_text_channel(const PkModel *m, PkChannel channel, PkRule *rule)
{
  const PkChannelDef *def = pk_model_def(m, channel);
  if (!def)
    return;
  pk_rule_conditions(m, def, text_main, NULL, rule);
  text_main(m, def, NULL, rule);
}

/* ---------------------------------------------------------------- tooltips */

typedef struct {
  const char *key;
  PkTextRef *text;
} Line;

struct PkTooltip {
  GArray *lines;   /* of Line: a table of keys and values */
  PkRule rule;     /* or one text */
  gboolean is_rule;
};

static void
add_line(const PkModel *m, PkTooltip *tip, const PkChannelData *data)
{
  const PkChannelDef *def = data->def;
  if (!pk_def_is_field(def))
    return;
  const char *title = def->has_title && def->title ? def->title : data->title;
  const char *key = pk_scene_intern(m->build->scene, title ? title : def->field ? def->field : "");
  for (guint i = 0; i < tip->lines->len; i++)
    if (g_str_equal(g_array_index(tip->lines, Line, i).key, key))
      return;
  gboolean stacked = m->unit->stack != PK_STACK_NONE && def->channel == m->unit->stack_channel;
  Line line = { key, pk_text_ref_new(m, def, data, TRUE, stacked && m->unit->stack == PK_STACK_NORMALIZE) };
  if (stacked && line.text->kind == TEXT_NUMBER) {
    line.text->column = pk_model_raw_column(m, data);
    line.text->kind = line.text->column < 0 ? TEXT_SHARE : TEXT_NUMBER;
    if (line.text->column < 0)
      line.text->column = pk_unit_column(m, data->column);
  }
  g_array_append_val(tip->lines, line);
}

/* Every field of the encoding; of a stack its own value, of stacked channels not the stack's ends. */
static void
add_encoding(const PkModel *m, PkTooltip *tip)
{
  for (int channel = 0; channel < PK_N_CHANNELS; channel++) {
    if (channel == PK_CHANNEL_TOOLTIP || channel == PK_CHANNEL_ORDER || channel == PK_CHANNEL_KEY)
      continue;
    for (guint i = 0; i < m->unit->n[channel]; i++)
      add_line(m, tip, &m->unit->channels[channel][i]);
  }
}

PkTooltip *
pk_tooltip_new(const PkModel *m)
{
  PkBuild *b = m->build;
  const PkEncoding *encoding = &m->view->encoding[PK_CHANNEL_TOOLTIP];
  if (encoding->is_null)
    return NULL;
  PkTooltip *tip = pk_build_alloc(b, 1, sizeof *tip);
  tip->lines = g_array_new(FALSE, FALSE, sizeof(Line));
  if (encoding->n == 1) {
    pk_rule_text_channel(m, PK_CHANNEL_TOOLTIP, &tip->rule);
    tip->is_rule = TRUE;
    return tip;
  }
  for (guint i = 0; i < m->unit->n[PK_CHANNEL_TOOLTIP]; i++)
    add_line(m, tip, &m->unit->channels[PK_CHANNEL_TOOLTIP][i]);
  if (encoding->n > 0)
    return tip;
  JsonNode *node = pk_mark_prop_or_config(m, "tooltip", NULL);
  JsonNode *content = pk_node_member(node, "content");
  if (pk_node_is_null(node) || pk_node_is_false(node))
    return tip; /* no tooltip */
  if (pk_node_is_true(node) || content) {
    add_encoding(m, tip);
    return tip;
  }
  PkRef ref = pk_ref_node(node);
  if (pk_node_expr(node)) {
    ref.kind = PK_REF_EXPR;
    ref.expr = pk_build_expr(b, pk_node_expr(node));
  }
  pk_rule_add(b, &tip->rule, ref);
  tip->is_rule = TRUE;
  return tip;
}

void
pk_tooltip_free(PkTooltip *tip)
{
  if (tip)
    g_array_unref(tip->lines);
}

const char *
pk_tooltip_text(PkBuild *b, const PkTooltip *tip, const PkTable *table, gint64 row)
{
  if (!tip)
    return NULL;
  if (tip->is_rule)
    return pk_rule_text(b, &tip->rule, table, row);
  if (tip->lines->len == 0)
    return NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < tip->lines->len; i++) {
    const Line *line = &g_array_index(tip->lines, Line, i);
    g_autofree char *value = pk_text_ref_format(b, line->text, table, row);
    g_string_append_printf(text, "%s%s: %s", i ? "\n" : "", line->key, value);
  }
  return pk_scene_intern(b->scene, text->str);
}
