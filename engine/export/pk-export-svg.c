/* SVG 1.1 (W3C), written by hand rather than by Cairo, whose SVG surface turns texts into outlines. */
#include "pk-export.h"

#include "pk-error.h"
#include "pk-sched.h"
#include "pk-text-pango.h"

#include <math.h>
#include <string.h>

typedef struct {
  GString *out;
  guint n_ids;
} Writer;

/* Up to three decimals: a thousandth of a px. */
static void
append_number(GString *out, double v)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite(v))
    v = 0;
  g_ascii_formatd(text, sizeof text, "%.3f", v);
  gsize n = strlen(text);
  while (text[n - 1] == '0')
    n--;
  if (text[n - 1] == '.')
    n--;
  if (n == 2 && text[0] == '-' && text[1] == '0')
    g_string_append_c(out, '0');
  else
    g_string_append_len(out, text, (gssize)n);
}

static void
append_attribute(GString *out, const char *name, double v)
{
  g_string_append_printf(out, " %s=\"", name);
  append_number(out, v);
  g_string_append_c(out, '"');
}

/* Escapes markup and drops what XML 1.0 cannot hold (control characters, bad UTF-8 becomes U+FFFD). */
static void
append_escaped(GString *out, const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
  for (const char *c = valid; *c; c++) {
    switch (*c) {
    case '&': g_string_append(out, "&amp;"); break;
    case '<': g_string_append(out, "&lt;"); break;
    case '>': g_string_append(out, "&gt;"); break;
    case '"': g_string_append(out, "&quot;"); break;
    default:
      if ((guchar)*c >= 0x20 || *c == '\n' || *c == '\t')
        g_string_append_c(out, *c);
    }
  }
}

static void
append_color(GString *out, const char *name, const PkRgba *c, double opacity)
{
  g_string_append_printf(out, " %s=\"#%02x%02x%02x\"", name, c->r, c->g, c->b);
  if (c->a * opacity < 1) {
    g_autofree char *attribute = g_strconcat(name, "-opacity", NULL);
    append_attribute(out, attribute, c->a * opacity);
  }
}

static guint
append_gradient(Writer *w, const PkGradient *g, const double box[4])
{
  guint id = ++w->n_ids;
  double width = box[2] - box[0], height = box[3] - box[1];
  g_string_append_printf(w->out, "<defs><linearGradient id=\"g%u\" gradientUnits=\"userSpaceOnUse\"", id);
  append_attribute(w->out, "x1", box[0] + g->x1 * width);
  append_attribute(w->out, "y1", box[1] + g->y1 * height);
  append_attribute(w->out, "x2", box[0] + g->x2 * width);
  append_attribute(w->out, "y2", box[1] + g->y2 * height);
  g_string_append_c(w->out, '>');
  for (guint i = 0; i < g->n; i++) {
    g_string_append(w->out, "<stop");
    append_attribute(w->out, "offset", g->offsets[i]);
    append_color(w->out, "stop-color", &g->colors[i], 1);
    g_string_append(w->out, "/>");
  }
  g_string_append(w->out, "</linearGradient></defs>\n");
  return id;
}

static void
append_paint(GString *out, const char *name, const PkPaint *paint, double opacity, guint gradient_id)
{
  if (paint->kind == PK_PAINT_NONE)
    g_string_append_printf(out, " %s=\"none\"", name);
  else if (paint->kind == PK_PAINT_COLOR)
    append_color(out, name, &paint->color, opacity);
  else {
    g_string_append_printf(out, " %s=\"url(#g%u)\"", name, gradient_id);
    if (opacity < 1) {
      g_autofree char *attribute = g_strconcat(name, "-opacity", NULL);
      append_attribute(out, attribute, opacity);
    }
  }
}

/* Ends an open tag, with the tooltip as its <title>. */
static void
close_element(GString *out, const char *tag, const PkOp *op)
{
  if (!op->tooltip || !*op->tooltip) {
    g_string_append(out, "/>\n");
    return;
  }
  g_string_append(out, "><title>");
  append_escaped(out, op->tooltip, strlen(op->tooltip));
  g_string_append_printf(out, "</title></%s>\n", tag);
}

static void
write_path(Writer *w, const PkOp *op)
{
  gboolean stroked = op->stroke.kind != PK_PAINT_NONE && op->stroke_width > 0;
  if (op->path->n == 0 || (op->fill.kind == PK_PAINT_NONE && !stroked))
    return;
  guint fill_id = op->fill.kind == PK_PAINT_GRADIENT ? append_gradient(w, op->fill.gradient, op->box) : 0;
  guint stroke_id = stroked && op->stroke.kind == PK_PAINT_GRADIENT
                      ? append_gradient(w, op->stroke.gradient, op->box) : 0;
  g_autofree char *data = pk_path_to_svg(op->path, 3);
  g_string_append_printf(w->out, "<path d=\"%s\"", data);
  append_paint(w->out, "fill", &op->fill, op->fill_opacity, fill_id);
  if (stroked) {
    append_paint(w->out, "stroke", &op->stroke, op->stroke_opacity, stroke_id);
    if (op->stroke_width != 1)
      append_attribute(w->out, "stroke-width", op->stroke_width);
    if (op->n_dash > 0) {
      g_string_append(w->out, " stroke-dasharray=\"");
      for (guint i = 0; i < op->n_dash; i++) {
        if (i > 0)
          g_string_append_c(w->out, ',');
        append_number(w->out, op->dash[i]);
      }
      g_string_append_c(w->out, '"');
      if (op->dash_offset != 0)
        append_attribute(w->out, "stroke-dashoffset", op->dash_offset);
    }
    if (op->cap)
      g_string_append_printf(w->out, " stroke-linecap=\"%s\"", op->cap);
    if (op->join)
      g_string_append_printf(w->out, " stroke-linejoin=\"%s\"", op->join);
  }
  if (op->opacity < 1)
    append_attribute(w->out, "opacity", op->opacity);
  close_element(w->out, "path", op);
}

static void
append_transform(GString *out, const PkOp *op)
{
  double radians = op->angle * G_PI / 180;
  double x = op->x - sin(radians) * op->baseline_dy, y = op->y + cos(radians) * op->baseline_dy;
  if (op->angle == 0) {
    append_attribute(out, "x", x);
    append_attribute(out, "y", y);
    return;
  }
  g_string_append(out, " transform=\"translate(");
  append_number(out, x);
  g_string_append_c(out, ',');
  append_number(out, y);
  g_string_append(out, ") rotate(");
  append_number(out, op->angle);
  g_string_append(out, ")\"");
}

static void
write_text(Writer *w, const PkOp *op)
{
  if (op->fill.kind == PK_PAINT_NONE)
    return;
  guint fill_id = op->fill.kind == PK_PAINT_GRADIENT ? append_gradient(w, op->fill.gradient, op->box) : 0;
  g_string_append(w->out, "<text");
  append_transform(w->out, op);
  if (!strcmp(op->align, "center"))
    g_string_append(w->out, " text-anchor=\"middle\"");
  else if (!strcmp(op->align, "right"))
    g_string_append(w->out, " text-anchor=\"end\"");
  g_string_append(w->out, " font-family=\"");
  append_escaped(w->out, op->font ? op->font : PK_FONT_DEFAULT, strlen(op->font ? op->font : PK_FONT_DEFAULT));
  g_string_append_c(w->out, '"');
  append_attribute(w->out, "font-size", op->font_size);
  if (op->font_weight) {
    g_string_append(w->out, " font-weight=\"");
    append_escaped(w->out, op->font_weight, strlen(op->font_weight));
    g_string_append_c(w->out, '"');
  }
  if (op->font_style) {
    g_string_append(w->out, " font-style=\"");
    append_escaped(w->out, op->font_style, strlen(op->font_style));
    g_string_append_c(w->out, '"');
  }
  append_paint(w->out, "fill", &op->fill, op->fill_opacity, fill_id);
  if (op->opacity < 1)
    append_attribute(w->out, "opacity", op->opacity);
  g_string_append_c(w->out, '>');
  append_escaped(w->out, op->text, op->text_length);
  if (op->tooltip && *op->tooltip) {
    g_string_append(w->out, "<title>");
    append_escaped(w->out, op->tooltip, strlen(op->tooltip));
    g_string_append(w->out, "</title>");
  }
  g_string_append(w->out, "</text>\n");
}

static cairo_status_t
on_png(void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append(closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
write_image(Writer *w, const PkOp *op, GError **error)
{
  if (op->image_width == 0 || op->image_height == 0)
    return TRUE;
  g_autoptr(GByteArray) png = g_byte_array_new();
  cairo_surface_t *image = cairo_image_surface_create_for_data(
    (unsigned char *)(gpointer)op->pixels, CAIRO_FORMAT_ARGB32, (int)op->image_width, (int)op->image_height,
    cairo_format_stride_for_width(CAIRO_FORMAT_ARGB32, (int)op->image_width));
  cairo_status_t status = cairo_surface_write_to_png_stream(image, on_png, png);
  cairo_surface_destroy(image);
  if (status != CAIRO_STATUS_SUCCESS)
    return pk_fail(error, PK_ERROR_IO, "encoding a raster for the SVG failed: %s", cairo_status_to_string(status));
  g_string_append(w->out, "<image preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\"");
  append_attribute(w->out, "x", op->x);
  append_attribute(w->out, "y", op->y);
  append_attribute(w->out, "width", op->width);
  append_attribute(w->out, "height", op->height);
  if (op->opacity < 1)
    append_attribute(w->out, "opacity", op->opacity);
  g_autofree char *base64 = g_base64_encode(png->data, png->len);
  g_string_append_printf(w->out, " xlink:href=\"data:image/png;base64,%s\"", base64);
  close_element(w->out, "image", op);
  return TRUE;
}

static void
write_push(Writer *w, const PkOp *op)
{
  guint clip = 0;
  if (op->clip) {
    clip = ++w->n_ids;
    g_string_append_printf(w->out, "<clipPath id=\"g%u\"><rect", clip);
    append_attribute(w->out, "width", op->width);
    append_attribute(w->out, "height", op->height);
    g_string_append(w->out, "/></clipPath>\n");
  }
  g_string_append(w->out, "<g");
  if (op->role)
    g_string_append_printf(w->out, " class=\"%s\"", op->role);
  if (op->x != 0 || op->y != 0) {
    g_string_append(w->out, " transform=\"translate(");
    append_number(w->out, op->x);
    g_string_append_c(w->out, ',');
    append_number(w->out, op->y);
    g_string_append(w->out, ")\"");
  }
  if (clip)
    g_string_append_printf(w->out, " clip-path=\"url(#g%u)\"", clip);
  g_string_append(w->out, ">\n");
}

static void
write_head(Writer *w, const PkDisplay *self, double scale, gboolean transparent)
{
  g_string_append(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
                          "xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" role=\"img\"");
  append_attribute(w->out, "width", self->width * scale);
  append_attribute(w->out, "height", self->height * scale);
  g_string_append(w->out, " viewBox=\"0 0 ");
  append_number(w->out, self->width);
  g_string_append_c(w->out, ' ');
  append_number(w->out, self->height);
  g_string_append(w->out, "\">\n");
  if (self->title) {
    g_string_append(w->out, "<title>");
    append_escaped(w->out, self->title, strlen(self->title));
    g_string_append(w->out, "</title>\n");
  }
  if (!transparent && self->background.kind == PK_PAINT_COLOR) {
    g_string_append(w->out, "<rect");
    append_attribute(w->out, "width", self->width);
    append_attribute(w->out, "height", self->height);
    append_color(w->out, "fill", &self->background.color, 1);
    g_string_append(w->out, "/>\n");
  }
}

GBytes *
pk_export_svg(const PkDisplay *self, const PkExportOptions *options, GError **error)
{
  Writer w = { .out = g_string_new(NULL) };
  gboolean ok = TRUE;
  write_head(&w, self, options && options->scale > 0 ? options->scale : 1, options && options->transparent);
  for (guint i = 0; i < self->ops->len && ok; i++) {
    const PkOp *op = &g_array_index(self->ops, PkOp, i);
    if (i % 256 == 0) {
      pk_sched_yield();
      if (options && g_cancellable_is_cancelled(options->cancellable)) {
        ok = pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
        break;
      }
    }
    switch (op->kind) {
    case PK_OP_PUSH: write_push(&w, op); break;
    case PK_OP_POP: g_string_append(w.out, "</g>\n"); break;
    case PK_OP_PATH: write_path(&w, op); break;
    case PK_OP_TEXT: write_text(&w, op); break;
    case PK_OP_IMAGE: ok = write_image(&w, op, error); break;
    }
  }
  g_string_append(w.out, "</svg>\n");
  if (ok)
    return g_string_free_to_bytes(w.out);
  g_string_free(w.out, TRUE);
  return NULL;
}
