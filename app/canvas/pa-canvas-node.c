/* What a node looks like, drawn once for each level of detail and kept until it changes. */
#include "pa-canvas-private.h"

#include <math.h>
#include <string.h>

static GdkRGBA
mix(const GdkRGBA *a, const GdkRGBA *b, float share)
{
  return (GdkRGBA){ a->red + (b->red - a->red) * share, a->green + (b->green - a->green) * share,
                    a->blue + (b->blue - a->blue) * share, 1 };
}

static GdkRGBA
faded(const GdkRGBA *color, float alpha)
{
  return (GdkRGBA){ color->red, color->green, color->blue, alpha };
}

static void
lookup(GtkStyleContext *style, const char *name, const char *fallback, GdkRGBA *color)
{
  if (!gtk_style_context_lookup_color(style, name, color))
    gdk_rgba_parse(color, fallback);
}

const PaCanvasColors *
pa_canvas_get_colors(PaCanvas *self)
{
  PaCanvasColors *c = &self->colors;
  GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(self));
  if (self->has_colors)
    return c;
  c->dark = adw_style_manager_get_dark(adw_style_manager_get_default());
  lookup(style, "window_bg_color", c->dark ? "#242424" : "#fafafa", &c->background);
  lookup(style, "view_bg_color", c->dark ? "#1e1e1e" : "#ffffff", &c->surface);
  gdk_rgba_parse(&c->text, c->dark ? "#ffffff" : "#2e2e36");
  if (c->dark)
    c->surface = mix(&c->background, &c->text, 0.07f);
  lookup(style, "accent_bg_color", "#3584e4", &c->accent);
  lookup(style, "error_color", "#c01c28", &c->error);
  lookup(style, "warning_color", "#ae7b03", &c->warning);
  lookup(style, "success_color", "#1b8553", &c->success);
  c->dim = mix(&c->surface, &c->text, 0.58f);
  c->line = mix(&c->background, &c->text, c->dark ? 0.2f : 0.15f);
  static const char *const kinds[2][5] = { { "#1c71d8", "#813d9c", "#26a269", "#e5a50a", "#77767b" },
                                           { "#62a0ea", "#c061cb", "#57e389", "#f8e45c", "#9a9996" } };
  for (guint i = 0; i < G_N_ELEMENTS(c->kinds); i++)
    gdk_rgba_parse(&c->kinds[i], kinds[c->dark][i]);
  self->has_colors = TRUE;
  return c;
}

/* --- pieces --- */

static void
append_rounded(GtkSnapshot *snapshot, const graphene_rect_t *box, const GdkRGBA *fill, const GdkRGBA *edge, float width)
{
  GskRoundedRect outline;
  gsk_rounded_rect_init_from_rect(&outline, box, PA_CANVAS_RADIUS);
  gtk_snapshot_push_rounded_clip(snapshot, &outline);
  gtk_snapshot_append_color(snapshot, fill, box);
  gtk_snapshot_pop(snapshot);
  gtk_snapshot_append_border(snapshot, &outline, (float[4]){ width, width, width, width },
                             (GdkRGBA[4]){ *edge, *edge, *edge, *edge });
}

/* One line or more at a place, cut to a width and height; markup for weight. */
static void
append_text(PaCanvas *self, GtkSnapshot *snapshot, const char *text, const GdkRGBA *color, float x, float y, float width,
            float height, const char *font)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), text);
  g_autoptr(PangoFontDescription) description = pango_font_description_from_string(font);
  if (width < 8)
    return;
  pango_layout_set_font_description(layout, description);
  pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
  if (height > 0) {
    pango_layout_set_height(layout, (int)(height * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  }
  pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  gtk_snapshot_save(snapshot);
  gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT(x, y));
  gtk_snapshot_append_layout(snapshot, layout, color);
  gtk_snapshot_restore(snapshot);
}

static void
append_icon(PaCanvas *self, GtkSnapshot *snapshot, const char *name, const GdkRGBA *color, float x, float y, float size)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display(gtk_widget_get_display(GTK_WIDGET(self)));
  g_autoptr(GtkIconPaintable) icon = gtk_icon_theme_lookup_icon(theme, name, NULL, 16, 2, GTK_TEXT_DIR_NONE,
                                                                GTK_ICON_LOOKUP_FORCE_SYMBOLIC);
  gtk_snapshot_save(snapshot);
  gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT(x, y));
  gtk_symbolic_paintable_snapshot_symbolic(GTK_SYMBOLIC_PAINTABLE(icon), snapshot, size, size, color, 1);
  gtk_snapshot_restore(snapshot);
}

static const char *const kind_icons[] = { "view-list-symbolic", "edit-find-symbolic", "image-x-generic-symbolic",
                                          "document-edit-symbolic", "folder-symbolic" };

static const char *
title_of(const PikaWorkspaceNode *node)
{
  static const char *const untitled[] = { N_("Table"), N_("Query"), N_("Plot"), N_("Note"), N_("Group") };
  return node->name && *node->name ? node->name : _(untitled[node->kind]);
}

/* --- state --- */

/* NULL: nothing that needs to be said. */
static const char *
state_icon(PaCanvas *self, const PikaWorkspaceNode *node, GdkRGBA *color)
{
  const PaCanvasColors *c = &self->colors;
  *color = c->dim;
  switch (pa_graph_get_state(self->graph, node->id)) {
  case PA_STATE_FAILED: *color = c->error; return "dialog-error-symbolic";
  case PA_STATE_RUNNING: *color = c->accent; return "content-loading-symbolic";
  case PA_STATE_FROZEN: *color = c->accent; return "changes-prevent-symbolic";
  case PA_STATE_STALE:
    *color = c->warning;
    return pa_graph_get_waits(self->graph, node->id) ? "media-playback-start-symbolic" : "content-loading-symbolic";
  default: return NULL;
  }
}

/* 3,000,000 */
static char *
group_digits(gint64 n)
{
  g_autofree char *plain = g_strdup_printf("%" G_GINT64_FORMAT, n);
  GString *out = g_string_new(NULL);
  gsize length = strlen(plain);
  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append_c(out, ',');
    g_string_append_c(out, plain[i]);
  }
  return g_string_free(out, FALSE);
}

/* The line at the foot of a node: why it failed or waits, else what it holds. Caller frees; NULL: none. */
static char *
foot_of(PaCanvas *self, const PikaWorkspaceNode *node, GdkRGBA *color)
{
  const PaCanvasColors *c = &self->colors;
  const char *reason = pa_graph_get_reason(self->graph, node->id);
  const GPtrArray *columns = pa_graph_get_columns(self->graph, node->id);
  PaState state = pa_graph_get_state(self->graph, node->id);
  gint64 rows = pa_graph_get_rows(self->graph, node->id);
  *color = state == PA_STATE_FAILED ? c->error : state == PA_STATE_STALE && reason ? c->warning : c->dim;
  if (reason)
    return g_strdup(reason);
  if (state == PA_STATE_RUNNING) {
    double progress = pa_graph_get_progress(self->graph, node->id);
    return progress >= 0 ? g_strdup_printf(_("Running, %.0f %%"), progress * 100) : g_strdup(_("Running…"));
  }
  if (node->kind == PIKA_NODE_TABLE && rows >= 0) {
    g_autofree char *digits = group_digits(rows);
    return g_strdup_printf(_("%s rows · %u columns"), digits, columns ? columns->len : 0);
  }
  if (node->kind != PIKA_NODE_PLOT && columns)
    return g_strdup_printf(ngettext("%u column", "%u columns", columns->len), columns->len);
  return NULL;
}

static void
append_progress(PaCanvas *self, GtkSnapshot *snapshot, const PikaWorkspaceNode *node, float width)
{
  double progress = pa_graph_get_progress(self->graph, node->id);
  if (pa_graph_get_state(self->graph, node->id) != PA_STATE_RUNNING || progress < 0)
    return;
  gtk_snapshot_append_color(snapshot, &self->colors.accent,
                            &GRAPHENE_RECT_INIT(0, PA_CANVAS_HEADER - 2, width * (float)progress, 2));
}

/* --- bodies --- */

static const char *
kind_mark(PikaKind kind)
{
  static const char *const marks[] = { "123", "⏱", "✓", "abc", "…" };
  return marks[kind];
}

static void
append_columns(PaCanvas *self, GtkSnapshot *snapshot, const GPtrArray *columns, float width, float bottom)
{
  const float row = 22;
  float y = PA_CANVAS_HEADER + 8;
  for (guint i = 0; columns && i < columns->len && y + row <= bottom; i++, y += row) {
    const PikaColumn *column = columns->pdata[i];
    if (y + 2 * row > bottom && i + 1 < columns->len) {
      g_autofree char *more = g_strdup_printf(_("and %u more"), columns->len - i);
      append_text(self, snapshot, more, &self->colors.dim, 14, y, width - 28, 0, "Cantarell, Sans 9");
      return;
    }
    append_text(self, snapshot, kind_mark(column->kind), &self->colors.dim, 14, y + 2, 30, 0, "Cantarell, Sans 7.5");
    append_text(self, snapshot, column->name, &self->colors.text, 46, y, width - 60, 0, "Cantarell, Sans 9.5");
  }
}

static void
append_picture(PaCanvas *self, GtkSnapshot *snapshot, const PaCanvasItem *item, float width, float height)
{
  gboolean live = item->live && pa_plot_view_get_frame(item->live); /* it draws itself */
  if (item->picture && !live)
    gtk_snapshot_append_texture(snapshot, item->picture,
                                &GRAPHENE_RECT_INIT(1, PA_CANVAS_HEADER, width - 2, height - PA_CANVAS_HEADER - 6));
}

static void
append_body(PaCanvas *self, GtkSnapshot *snapshot, const PaCanvasItem *item, const PikaWorkspaceNode *node, float width,
            float bottom)
{
  const PaCanvasColors *c = &self->colors;
  if (node->kind == PIKA_NODE_TABLE)
    append_columns(self, snapshot, pa_graph_get_columns(self->graph, node->id), width, bottom);
  else if (node->kind == PIKA_NODE_QUERY && node->text)
    append_text(self, snapshot, node->text, &c->text, 14, PA_CANVAS_HEADER + 8, width - 28, bottom - PA_CANVAS_HEADER - 12,
                "Source Code Pro, Monospace 9");
}

static void
append_header(PaCanvas *self, GtkSnapshot *snapshot, const PikaWorkspaceNode *node, float width, gboolean large)
{
  const PaCanvasColors *c = &self->colors;
  GdkRGBA color;
  const char *icon = state_icon(self, node, &color);
  float size = large ? 22 : 16, inset = icon ? size + 22 : 14;
  append_icon(self, snapshot, kind_icons[node->kind], &c->kinds[node->kind], 12, (PA_CANVAS_HEADER - size) / 2, size);
  append_text(self, snapshot, title_of(node), &c->text, size + 20, large ? 4 : 8, width - size - 20 - inset, 0,
              large ? "Cantarell, Sans Bold 16" : "Cantarell, Sans Bold 10.5");
  if (icon)
    append_icon(self, snapshot, icon, &color, width - size - 12, (PA_CANVAS_HEADER - size) / 2, size);
}

static void
draw_note(PaCanvas *self, GtkSnapshot *snapshot, const PaCanvasItem *item, const PikaWorkspaceNode *node)
{
  const PaCanvasColors *c = &self->colors;
  float width = item->box.size.width, height = item->box.size.height;
  GdkRGBA paper = mix(&c->surface, &c->kinds[PIKA_NODE_NOTE], c->dark ? 0.16f : 0.2f);
  GdkRGBA edge = mix(&paper, &c->kinds[PIKA_NODE_NOTE], 0.5f);
  gboolean empty = !node->text || !*node->text;
  append_rounded(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height), &paper, &edge, 1);
  append_text(self, snapshot, empty ? _("Double-click to write") : node->text, empty ? &c->dim : &c->text, 14, 12,
              width - 28, height - 24, "Cantarell, Sans 10.5");
}

static void
draw_group(PaCanvas *self, GtkSnapshot *snapshot, const PaCanvasItem *item, const PikaWorkspaceNode *node)
{
  const PaCanvasColors *c = &self->colors;
  GdkRGBA fill = faded(&c->kinds[PIKA_NODE_GROUP], 0.09f), edge = faded(&c->kinds[PIKA_NODE_GROUP], 0.45f);
  append_rounded(snapshot, &GRAPHENE_RECT_INIT(0, 0, item->box.size.width, item->box.size.height), &fill, &edge, 1);
  append_text(self, snapshot, title_of(node), &c->dim, 16, 10, item->box.size.width - 32, 0, "Cantarell, Sans Bold 11");
}

/* A shade below the card in place of a blurred shadow, which costs as much as all else. */
static void
append_card(PaCanvas *self, GtkSnapshot *snapshot, const PikaWorkspaceNode *node, float width, float height)
{
  const PaCanvasColors *c = &self->colors;
  GdkRGBA shade = { 0, 0, 0, c->dark ? 0.25f : 0.06f }, edge = c->line;
  if (pa_graph_get_state(self->graph, node->id) == PA_STATE_FAILED)
    edge = mix(&c->line, &c->error, 0.7f);
  GskRoundedRect below;
  gsk_rounded_rect_init_from_rect(&below, &GRAPHENE_RECT_INIT(1, 3, width - 2, height), PA_CANVAS_RADIUS);
  gtk_snapshot_push_rounded_clip(snapshot, &below);
  gtk_snapshot_append_color(snapshot, &shade, &below.bounds);
  gtk_snapshot_pop(snapshot);
  append_rounded(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height), &c->surface, &edge, 1);
}

static void
draw_full(PaCanvas *self, GtkSnapshot *snapshot, const PaCanvasItem *item, const PikaWorkspaceNode *node, PaDetail detail)
{
  const PaCanvasColors *c = &self->colors;
  float width = item->box.size.width, height = item->box.size.height;
  GdkRGBA color;
  g_autofree char *foot = foot_of(self, node, &color);
  append_card(self, snapshot, node, width, height);
  gtk_snapshot_push_clip(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
  append_header(self, snapshot, node, width, detail == PA_DETAIL_PICTURE);
  if (node->kind == PIKA_NODE_PLOT)
    append_picture(self, snapshot, item, width, height);
  if (detail == PA_DETAIL_FULL) {
    if (node->kind != PIKA_NODE_PLOT)
      gtk_snapshot_append_color(snapshot, &c->line, &GRAPHENE_RECT_INIT(1, PA_CANVAS_HEADER - 1, width - 2, 1));
    append_body(self, snapshot, item, node, width, height - (foot ? 28 : 8));
    if (foot && (node->kind != PIKA_NODE_PLOT || !item->picture))
      append_text(self, snapshot, foot, &color, 14, height - 26, width - 28, 0, "Cantarell, Sans 8.5");
    append_progress(self, snapshot, node, width);
  } else if (node->kind != PIKA_NODE_PLOT && foot) {
    append_text(self, snapshot, foot, &color, 14, PA_CANVAS_HEADER + 12, width - 28, height - PA_CANVAS_HEADER - 24,
                "Cantarell, Sans 14");
  }
  gtk_snapshot_pop(snapshot);
}

GskRenderNode *
pa_canvas_draw_item(PaCanvas *self, PaCanvasItem *item, PaDetail detail)
{
  const PikaWorkspaceNode *node = pa_canvas_node(self, item);
  GtkSnapshot *snapshot;
  pa_canvas_get_colors(self);
  if (item->drawn[detail] || !node)
    return item->drawn[detail];
  snapshot = gtk_snapshot_new();
  if (node->kind == PIKA_NODE_NOTE)
    draw_note(self, snapshot, item, node);
  else if (node->kind == PIKA_NODE_GROUP)
    draw_group(self, snapshot, item, node);
  else
    draw_full(self, snapshot, item, node, detail);
  return item->drawn[detail] = gtk_snapshot_free_to_node(snapshot);
}
