#include "pk-textmeasure.h"

#include "pk-ecma.h"
#include "pk-error.h"

#include <math.h>
#include <string.h>

#define ELLIPSIS "\xE2\x80\xA6"

static gboolean
is_space(gunichar c)
{
  return c == 0xFEFF || g_unichar_isspace(c) || c == '\v';
}

static char *
dup_trimmed(const char *text)
{
  const char *end = text + strlen(text);

  while (*text && is_space(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  while (end > text && is_space(g_utf8_get_char(g_utf8_prev_char(end))))
    end = g_utf8_prev_char(end);
  return g_strndup(text, end - text);
}

static double
measure_line(const PkTextMeasure *measure, const char *text, const PkTextStyle *style)
{
  if (measure && measure->width)
    return measure->width(text, style, measure->data);
  return trunc(0.8 * (double)pk_utf16_length(text) * style->font_size);
}

double
pk_text_width(const PkTextMeasure *measure, const char *text, const PkTextStyle *style)
{
  g_autofree char *trimmed = dup_trimmed(text);

  return measure_line(measure, trimmed, style);
}

/* The byte after the first n UTF-16 units; a surrogate pair is not split. */
static const char *
after_units(const char *text, gsize n)
{
  while (*text && n > 0) {
    gsize units = g_utf8_get_char(text) >= 0x10000 ? 2 : 1;

    if (units > n)
      break;
    n -= units;
    text = g_utf8_next_char(text);
  }
  return text;
}

char *
pk_text_truncate(const PkTextMeasure *measure, const char *text, const PkTextStyle *style, double limit)
{
  return pk_text_truncate_with(measure, text, style, limit, ELLIPSIS);
}

char *
pk_text_truncate_with(const PkTextMeasure *measure, const char *text, const PkTextStyle *style, double limit,
                      const char *ellipsis)
{
  g_autofree char *trimmed = dup_trimmed(text), *prefix = NULL;
  gsize lo = 0, hi;

  if (!(limit > 0) || !*trimmed || measure_line(measure, trimmed, style) < limit)
    return g_steal_pointer(&trimmed);
  limit -= measure_line(measure, ellipsis, style);
  /* The bisection of vega-scenegraph, with its upward-biased middle. */
  for (hi = pk_utf16_length(trimmed); lo < hi;) {
    gsize mid = 1 + (lo + hi) / 2;
    g_autofree char *head = g_strndup(trimmed, after_units(trimmed, mid) - trimmed);

    if (measure_line(measure, head, style) < limit)
      lo = mid;
    else
      hi = mid - 1;
  }
  prefix = g_strndup(trimmed, after_units(trimmed, lo) - trimmed);
  return g_strconcat(prefix, ellipsis, NULL);
}

gboolean
pk_text_align_parse(const char *name, PkTextAlign *align, GError **error)
{
  static const char *const names[] = { "left", "center", "right" };

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(name, names[i]) == 0) {
      *align = (PkTextAlign)i;
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_INVALID, "text align \"%s\" is not left, center or right", name);
}

gboolean
pk_text_baseline_parse(const char *name, PkTextBaseline *baseline, GError **error)
{
  static const char *const names[] = { "alphabetic", "top", "middle", "bottom", "line-top", "line-bottom" };

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(name, names[i]) == 0) {
      *baseline = (PkTextBaseline)i;
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_INVALID, "text baseline \"%s\" is not alphabetic, top, middle, bottom, "
                 "line-top or line-bottom", name);
}

static double
effective_line_height(double line_height, double font_size)
{
  return line_height > 0 ? line_height : font_size + 2;
}

double
pk_text_baseline_offset(PkTextBaseline baseline, double font_size, double line_height)
{
  double h = font_size, lh = effective_line_height(line_height, font_size);

  switch (baseline) {
  case PK_BASELINE_TOP: return pk_ecma_round(0.79 * h);
  case PK_BASELINE_MIDDLE: return pk_ecma_round(0.30 * h);
  case PK_BASELINE_BOTTOM: return pk_ecma_round(-0.21 * h);
  case PK_BASELINE_LINE_TOP: return pk_ecma_round(0.29 * h + 0.5 * lh);
  case PK_BASELINE_LINE_BOTTOM: return pk_ecma_round(0.29 * h - 0.5 * lh);
  default: return 0;
  }
}

/* The box of a box turned clockwise by degrees about x, y. */
static PkBox
rotate_box(PkBox b, double degrees, double x, double y)
{
  double a = degrees * G_PI / 180, cosa = cos(a), sina = sin(a);
  double xs[] = { b.x1, b.x1, b.x2, b.x2 }, ys[] = { b.y1, b.y2, b.y1, b.y2 };
  PkBox out = { INFINITY, INFINITY, -INFINITY, -INFINITY };

  for (int i = 0; i < 4; i++) {
    double px = cosa * xs[i] - sina * ys[i] + x - x * cosa + y * sina;
    double py = sina * xs[i] + cosa * ys[i] + y - x * sina - y * cosa;

    out.x1 = MIN(out.x1, px);
    out.y1 = MIN(out.y1, py);
    out.x2 = MAX(out.x2, px);
    out.y2 = MAX(out.y2, py);
  }
  return out;
}

PkBox
pk_text_box(const PkTextMeasure *measure, const char *text, const PkTextStyle *style,
            const PkTextPlace *place)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  gsize n = g_strv_length(lines);
  double h = style->font_size, w = 0, x = place->x, y = place->y, dx = place->dx, dy;
  PkBox box;

  if (place->radius != 0) {
    x += place->radius * cos(place->theta - G_PI / 2);
    y += place->radius * sin(place->theta - G_PI / 2);
  }
  for (gsize i = 0; i < n; i++) {
    g_autofree char *shown = pk_text_truncate(measure, lines[i], style, place->limit);

    w = MAX(w, measure_line(measure, shown, style));
  }
  dy = place->dy + pk_text_baseline_offset(place->baseline, h, place->line_height) - pk_ecma_round(0.8 * h);
  if (n > 1)
    h += effective_line_height(place->line_height, style->font_size) * (double)(n - 1);
  if (place->align == PK_ALIGN_CENTER)
    dx -= w / 2;
  else if (place->align == PK_ALIGN_RIGHT)
    dx -= w;
  box = (PkBox){ x + dx, y + dy, x + dx + w, y + dy + h };
  return place->angle != 0 ? rotate_box(box, place->angle, x, y) : box;
}
