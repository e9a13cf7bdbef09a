#include "pk-text-pango.h"

#include <string.h>

/* Hinting and rounding off: the same advance widths on every output, at every scale. */
static PangoContext *
context_new(void)
{
  PangoFontMap *map = pango_cairo_font_map_new();
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 96);
  PangoContext *context = pango_font_map_create_context(map);
  g_object_unref(map);
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context, FALSE);
  return context;
}

static GPrivate own_context = G_PRIVATE_INIT(g_object_unref);

static PangoContext *
thread_context(void)
{
  PangoContext *context = g_private_get(&own_context);
  if (!context)
    g_private_set(&own_context, context = context_new());
  return context;
}

static PangoWeight
parse_weight(const char *weight)
{
  if (!weight || !strcmp(weight, "normal"))
    return PANGO_WEIGHT_NORMAL;
  if (!strcmp(weight, "bold") || !strcmp(weight, "bolder"))
    return PANGO_WEIGHT_BOLD;
  if (!strcmp(weight, "lighter"))
    return PANGO_WEIGHT_LIGHT;
  guint64 n = g_ascii_strtoull(weight, NULL, 10);
  return n >= 1 && n <= 1000 ? (PangoWeight)n : PANGO_WEIGHT_NORMAL;
}

PangoLayout *
pk_text_layout_new(PangoContext *context, const char *text, gssize length, const char *font, double size,
                   const char *weight, const char *style)
{
  PangoLayout *layout = pango_layout_new(context ? context : thread_context());
  PangoFontDescription *description = pango_font_description_new();
  pango_font_description_set_family(description, font && *font ? font : PK_FONT_DEFAULT);
  pango_font_description_set_absolute_size(description, CLAMP(size, 0.1, 2000) * PANGO_SCALE);
  pango_font_description_set_weight(description, parse_weight(weight));
  if (style && (!strcmp(style, "italic") || !strcmp(style, "oblique")))
    pango_font_description_set_style(description, PANGO_STYLE_ITALIC);
  pango_layout_set_font_description(layout, description);
  pango_font_description_free(description);
  /* Markup is never read: a label is data. */
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_text(layout, text, (int)length);
  return layout;
}

double
pk_text_extents(const char *text, gssize length, const char *font, double size, const char *weight,
                const char *style, double *ascent, double *descent)
{
  g_autoptr(PangoLayout) layout = pk_text_layout_new(NULL, text, length, font, size, weight, style);
  PangoRectangle logical;
  pango_layout_get_extents(layout, NULL, &logical);
  double baseline = (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
  if (ascent)
    *ascent = baseline;
  if (descent)
    *descent = (double)logical.height / PANGO_SCALE - baseline;
  return (double)logical.width / PANGO_SCALE;
}

struct PkFonts {
  PkJob *job;
  PangoContext *context; /* that has them */
};

/* The sizes and weights of axes and titles. */
static gboolean
warm_up(PkJob *job, gpointer data, GError **error)
{
  static const struct { double size; const char *weight; } fonts[] = { { 10, NULL }, { 11, "bold" } };
  PkFonts *self = data;
  self->context = context_new();
  for (guint i = 0; i < G_N_ELEMENTS(fonts); i++) {
    g_autoptr(PangoLayout) layout = pk_text_layout_new(self->context, "0", 1, NULL, fonts[i].size, fonts[i].weight, NULL);
    pango_layout_get_baseline(layout);
  }
  return TRUE;
}

PkFonts *
pk_text_warm_up(void)
{
  PkFonts *self = g_new0(PkFonts, 1);
  PkJobSpec spec = { .lane = PK_LANE_INTERACTIVE, .name = "fonts", .run = warm_up, .data = self };
  self->job = pk_sched_submit(pk_sched_get_default(), &spec);
  return self;
}

void
pk_text_finish_warm_up(PkFonts *self)
{
  pk_job_join(self->job);
  pk_job_unref(self->job);
  if (!self->context || g_private_get(&own_context))
    g_clear_object(&self->context);
  else
    g_private_set(&own_context, self->context);
  g_free(self);
}
