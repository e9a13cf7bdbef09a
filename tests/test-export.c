/* Drawing: a scene made by hand, laid out and written in every format. */
#include "pk-display.h"
#include "pk-error.h"
#include "pk-export.h"
#include "pk-render-stroke.h"
#include "pk-workers.h"

#include <cairo.h>
#include <string.h>

static const PkRgba black = { 0, 0, 0, 1 }, blue = { 0x4c, 0x78, 0xa8, 1 }, white = { 255, 255, 255, 1 };

static PkPaint
solid(PkRgba color)
{
  return (PkPaint){ .kind = PK_PAINT_COLOR, .color = color };
}

static PkAxisTick
make_tick(double position, const char *label)
{
  return (PkAxisTick){ .position = position, .tick_position = position, .label = label, .label_shown = TRUE,
                       .label_color = black, .label_opacity = 1, .label_font_size = 10, .tick_color = black,
                       .tick_width = 1, .tick_size = 5, .tick_opacity = 1, .tick_shown = TRUE, .grid_shown = TRUE,
                       .grid_color = { 221, 221, 221, 1 }, .grid_width = 1, .grid_opacity = 1 };
}

static void
fill_axis(PkScene *scene, PkAxis *axis, const char *orient, const char *title)
{
  *axis = (PkAxis){ .orient = orient, .title = title, .domain_shown = TRUE, .labels_shown = TRUE, .ticks_shown = TRUE,
                    .grid_shown = TRUE, .domain_color = black, .domain_width = 1, .domain_opacity = 1,
                    .label_padding = 2, .title_padding = 4, .title_font_size = 11, .title_font_weight = "bold",
                    .title_color = black, .title_opacity = 1, .max_extent = 200, .n_ticks = 3 };
  axis->ticks = pk_scene_alloc(scene, 3, sizeof(PkAxisTick));
  axis->ticks[0] = make_tick(0, "0");
  axis->ticks[1] = make_tick(50, "50");
  axis->ticks[2] = make_tick(100, "100 <&> x");
}

/* One view of 100 x 100 at the origin, of one mark. */
static PkScene *
make_scene(PkItemType type, PkItem *items, guint n)
{
  PkScene *scene = pk_scene_new();
  scene->background = solid(white);
  for (int i = 0; i < 4; i++)
    scene->padding[i] = 5;
  scene->n_views = 1;
  scene->views = pk_scene_alloc(scene, 1, sizeof(PkSceneView));
  PkSceneView *view = &scene->views[0];
  view->width = view->height = 100;
  view->n_marks = 1;
  view->marks = pk_scene_alloc(scene, 1, sizeof(PkMarkGroup));
  view->marks[0] = (PkMarkGroup){ .type = type, .role = "test", .n_items = n };
  view->marks[0].items = pk_scene_alloc(scene, n, sizeof(PkItem));
  memcpy(view->marks[0].items, items, n * sizeof(PkItem));
  return scene;
}

static void
add_axes(PkScene *scene)
{
  PkSceneView *view = &scene->views[0];
  view->n_axes = 2;
  view->axes = pk_scene_alloc(scene, 2, sizeof(PkAxis));
  fill_axis(scene, &view->axes[0], "bottom", "across");
  fill_axis(scene, &view->axes[1], "left", "up");
}

static PkItem
make_rect(double x, double y, double w, double h)
{
  return (PkItem){ .x = x, .y = y, .width = w, .height = h, .fill = solid(blue), .fill_opacity = 1, .stroke_opacity = 1,
                   .opacity = 1, .tooltip = "a: 1 < 2" };
}

/* A pixel of the display list drawn at scale 1, as 0xaarrggbb. */
static guint32
pixel(const PkDisplay *display, int x, int y)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)display->width, (int)display->height);
  cairo_t *cr = cairo_create(surface);
  g_assert_true(pk_display_draw(display, cr, FALSE, NULL));
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  guint32 value;
  memcpy(&value, cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface) + 4 * x, 4);
  cairo_surface_destroy(surface);
  return value;
}

static void
test_bare_view_fills_its_pixels(void)
{
  PkItem item = make_rect(10, 20, 30, 40);
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, &item, 1);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  g_assert_cmpfloat(display->width, ==, 110);
  g_assert_cmpfloat(display->height, ==, 110);
  g_assert_cmphex(pixel(display, 15, 25), ==, 0xff4c78a8);      /* first pixel of the rect, sharp */
  g_assert_cmphex(pixel(display, 15 + 29, 25 + 39), ==, 0xff4c78a8);
  g_assert_cmphex(pixel(display, 14, 25), ==, 0xffffffff);
  g_assert_cmphex(pixel(display, 15 + 30, 25), ==, 0xffffffff);
}

static void
test_axes_take_room(void)
{
  PkItem item = make_rect(10, 20, 30, 40);
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, &item, 1);
  add_axes(scene);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  /* Ticks, a label line and a title line: more than 30, less than 60 px on either side. */
  g_assert_cmpfloat(display->height, >, 140);
  g_assert_cmpfloat(display->height, <, 170);
  g_assert_cmpfloat(display->width, >, 140);
}

static void
test_clip_cuts(void)
{
  PkItem item = make_rect(-50, -50, 300, 300);
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, &item, 1);
  scene->views[0].marks[0].clip = TRUE;
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  g_assert_cmpfloat(display->width, ==, 110); /* what is clipped takes no room */
  g_assert_cmphex(pixel(display, 2, 2), ==, 0xffffffff);
  g_assert_cmphex(pixel(display, 50, 50), ==, 0xff4c78a8);
}

static void
test_raster_keeps_cells_sharp(void)
{
  guint32 cells[4] = { 0xffff0000, 0xff00ff00, 0xff0000ff, 0xff000000 };
  PkItem item = { .width = 100, .height = 100, .opacity = 1, .pixels = cells, .image_width = 2, .image_height = 2 };
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_IMAGE, &item, 1);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  g_assert_cmphex(pixel(display, 5 + 49, 5 + 49), ==, 0xffff0000);
  g_assert_cmphex(pixel(display, 5 + 50, 5 + 49), ==, 0xff00ff00);
  g_assert_cmphex(pixel(display, 5 + 50, 5 + 50), ==, 0xff000000);
}

static guint
count(const char *text, const char *part)
{
  guint n = 0;
  for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
    n++;
  return n;
}

static void
test_svg_is_text_and_elements(void)
{
  PkItem items[3] = { make_rect(0, 0, 10, 10), make_rect(20, 0, 10, 10), make_rect(40, 0, 10, 10) };
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, items, 3);
  add_axes(scene);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  g_autoptr(GBytes) bytes = pk_export_svg(display, NULL, NULL);
  g_autofree char *svg = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  const char *marks = strstr(svg, "class=\"test\"");
  g_assert_nonnull(marks);
  g_autofree char *group = g_strndup(marks, (gsize)(strstr(marks, "</g>") - marks));
  g_assert_cmpuint(count(group, "<path"), ==, 3);
  g_assert_nonnull(strstr(group, "<title>a: 1 &lt; 2</title>"));
  g_assert_nonnull(strstr(svg, ">100 &lt;&amp;&gt; x</text>"));
  g_assert_nonnull(strstr(svg, ">across</text>"));
  /* Well-formed to GLib's parser too. */
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&(GMarkupParser){ 0 }, 0, NULL, NULL);
  g_autoptr(GError) error = NULL;
  const char *body = strstr(svg, "<svg");
  g_assert_true(g_markup_parse_context_parse(context, body, -1, &error));
  g_assert_true(g_markup_parse_context_end_parse(context, &error));
}

static void
test_png_carries_its_resolution(void)
{
  PkItem item = make_rect(0, 0, 10, 10);
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, &item, 1);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  PkExportOptions options = { .scale = 2, .ppi = 300 };
  g_autoptr(GBytes) bytes = pk_export_png(display, &options, NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data(bytes, &length);
  g_assert_cmpmem(data, 4, "\x89PNG", 4);
  g_assert_cmpuint(data[19], ==, 220); /* IHDR's width, 110 px at scale 2 */
  const guint8 *phys = memmem(data, length, "pHYs", 4);
  g_assert_nonnull(phys);
  guint32 per_metre = (guint32)phys[4] << 24 | (guint32)phys[5] << 16 | (guint32)phys[6] << 8 | phys[7];
  g_assert_cmpuint(per_metre, ==, 11811); /* 300 / 0.0254 */
}

typedef struct {
  const guint8 *at;
  gsize left;
} Reader;

static cairo_status_t
read_png(void *closure, unsigned char *out, unsigned int length)
{
  Reader *reader = closure;
  if (length > reader->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy(out, reader->at, length);
  reader->at += length;
  reader->left -= length;
  return CAIRO_STATUS_SUCCESS;
}

static void
assert_png_shows(GBytes *bytes, cairo_surface_t *drawn)
{
  Reader reader = { 0 };
  reader.at = g_bytes_get_data(bytes, &reader.left);
  cairo_surface_t *read = cairo_image_surface_create_from_png_stream(read_png, &reader);
  g_assert_cmpint(cairo_surface_status(read), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpuint(reader.left, ==, 0);
  int width = cairo_image_surface_get_width(drawn), height = cairo_image_surface_get_height(drawn);
  g_assert_cmpint(cairo_image_surface_get_width(read), ==, width);
  g_assert_cmpint(cairo_image_surface_get_height(read), ==, height);
  guint32 mask = cairo_image_surface_get_format(read) == CAIRO_FORMAT_ARGB32 ? 0xffffffff : 0x00ffffff;
  for (int y = 0; y < height; y++) {
    const guint32 *a = (gconstpointer)(cairo_image_surface_get_data(drawn) + y * cairo_image_surface_get_stride(drawn));
    const guint32 *b = (gconstpointer)(cairo_image_surface_get_data(read) + y * cairo_image_surface_get_stride(read));
    for (int x = 0; x < width; x++)
      g_assert_cmphex(a[x] & mask, ==, b[x] & mask);
  }
  cairo_surface_destroy(read);
}

/* Large enough for several bands: with noise, which hardly compresses, in its middle, opaque and not. */
static void
test_png_has_the_pixels_drawn(void)
{
  guint32 noise[64 * 64];
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  for (guint i = 0; i < G_N_ELEMENTS(noise); i++)
    noise[i] = 0xff000000 | g_rand_int(rand);
  PkItem item = { .x = 10, .y = 10, .width = 64, .height = 64, .image_width = 64, .image_height = 64, .pixels = noise,
                  .opacity = 1 };
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_IMAGE, &item, 1);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  for (int transparent = 0; transparent < 2; transparent++) {
    PkExportOptions options = { .scale = 6, .transparent = transparent };
    cairo_surface_t *drawn = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 660, 660);
    cairo_t *cr = cairo_create(drawn);
    cairo_scale(cr, 6, 6);
    g_assert_true(pk_display_draw(display, cr, transparent, NULL));
    cairo_destroy(cr);
    cairo_surface_flush(drawn);
    pk_workers_set_count(1);
    g_autoptr(GBytes) alone = pk_export_png(display, &options, NULL);
    pk_workers_set_count(4);
    g_autoptr(GBytes) together = pk_export_png(display, &options, NULL);
    g_assert_true(g_bytes_equal(alone, together));
    assert_png_shows(together, drawn);
    cairo_surface_destroy(drawn);
  }
}

/* A line of many points with gaps, up and down at random; to the right or to the left. */
static PkPath *
make_walk(GRand *rand, gboolean leftward)
{
  PkPath *path = pk_path_new();
  double y = 60;
  for (int i = 0; i < 400; i++) {
    double x = i / 4 + 0.5;
    y = CLAMP(y + g_rand_double_range(rand, -30, 30), -10, 130);
    if (i == 0 || g_rand_int_range(rand, 0, 40) == 0)
      pk_path_move_to(path, leftward ? 100 - x : x, y);
    else
      pk_path_line_to(path, leftward ? 100 - x : x, y);
  }
  return path;
}

static cairo_surface_t *
stroke_walk(const PkPath *path, double width, int style, double edge, gboolean tiles)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 260, 250);
  cairo_t *cr = cairo_create(surface);
  cairo_rectangle(cr, edge, edge, 230, 220);
  cairo_clip(cr);
  cairo_translate(cr, 7.3, 4.6);
  cairo_scale(cr, 2.4, 1.9);
  cairo_set_source_rgba(cr, 0.2, 0.5, 0.9, 0.6);
  cairo_set_line_width(cr, width);
  cairo_set_line_join(cr, style == 0 ? CAIRO_LINE_JOIN_ROUND : style == 1 ? CAIRO_LINE_JOIN_BEVEL : CAIRO_LINE_JOIN_MITER);
  cairo_set_line_cap(cr, style == 0 ? CAIRO_LINE_CAP_ROUND : style == 1 ? CAIRO_LINE_CAP_SQUARE : CAIRO_LINE_CAP_BUTT);
  if (tiles) {
    g_assert_true(pk_render_stroke_tiles(cr, path));
  } else {
    for (gsize i = 0; i < path->n; i++)
      if (path->segments[i].op == PK_PATH_MOVE)
        cairo_move_to(cr, path->segments[i].v[0], path->segments[i].v[1]);
      else
        cairo_line_to(cr, path->segments[i].v[0], path->segments[i].v[1]);
    cairo_stroke(cr);
  }
  g_assert_cmpint(cairo_status(cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  return surface;
}

/* Tile by tile, on several threads, as in one: but for the rounding of antialiased edges. */
static void
test_long_stroke_in_tiles(void)
{
  static const double widths[] = { 0.5, 1, 2, 5 };
  g_autoptr(GRand) rand = g_rand_new_with_seed(11);
  pk_workers_set_count(3);
  for (guint w = 0; w < G_N_ELEMENTS(widths); w++)
    for (int style = 0; style < 3; style++)
      for (int leftward = 0; leftward < 2; leftward++) {
        double edge = w % 2 ? 10 : 10.4; /* of the clip, on whole pixels or not */
        g_autoptr(PkPath) path = make_walk(rand, leftward);
        cairo_surface_t *a = stroke_walk(path, widths[w], style, edge, FALSE);
        cairo_surface_t *b = stroke_walk(path, widths[w], style, edge, TRUE);
        const guint8 *p = cairo_image_surface_get_data(a), *q = cairo_image_surface_get_data(b);
        guint64 ink = 0;
        for (int i = 0; i < cairo_image_surface_get_stride(a) * 250; i++) {
          g_assert_cmpint(ABS((int)p[i] - (int)q[i]), <=, 8); /* of 255: Cairo samples rows of pixels in two ways */
          ink += p[i];
        }
        g_assert_cmpuint(ink, >, 100000);
        cairo_surface_destroy(a);
        cairo_surface_destroy(b);
      }
}

static void
test_png_too_large_is_refused(void)
{
  PkItem item = make_rect(0, 0, 10, 10);
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, &item, 1);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  PkExportOptions options = { .scale = 1000 };
  g_autoptr(GError) error = NULL;
  g_assert_null(pk_export_png(display, &options, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_LIMIT);
}

static void
test_pdf_is_a_pdf(void)
{
  PkItem item = make_rect(0, 0, 10, 10);
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, &item, 1);
  add_axes(scene);
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  g_autoptr(GBytes) bytes = pk_export_pdf(display, NULL, NULL);
  gsize length;
  const char *data = g_bytes_get_data(bytes, &length);
  g_assert_cmpmem(data, 5, "%PDF-", 5);
  g_assert_nonnull(memmem(data, length, "/FontFile", 9)); /* text as text, its font embedded */
}

static void
test_legend_stands_to_the_right(void)
{
  PkItem item = make_rect(0, 0, 100, 100);
  g_autoptr(PkScene) scene = make_scene(PK_ITEM_RECT, &item, 1);
  scene->n_legends = 1;
  scene->legends = pk_scene_alloc(scene, 1, sizeof(PkLegend));
  PkLegend *legend = &scene->legends[0];
  *legend = (PkLegend){ .title = "kind", .orient = "right", .direction = "vertical", .offset = 18, .n_entries = 2,
                        .label_font_size = 10, .title_font_size = 11, .label_offset = 4, .row_padding = 2,
                        .title_padding = 5, .label_color = black, .title_color = black };
  legend->entries = pk_scene_alloc(scene, 2, sizeof(PkLegendEntry));
  for (guint i = 0; i < 2; i++)
    legend->entries[i] = (PkLegendEntry){ .label = i ? "b" : "a",
      .symbol = { .size = 100, .shape = "square", .fill = solid(blue), .fill_opacity = 1, .stroke_opacity = 1, .opacity = 1 } };
  g_autoptr(PkDisplay) display = pk_display_new(scene);
  g_assert_cmpfloat(display->width, >, 110 + 18 + 20);
  g_assert_cmphex(pixel(display, 5 + 100 + 18 + 5, 5 + 11 + 5 + 5), ==, 0xff4c78a8);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/export/bare-view", test_bare_view_fills_its_pixels);
  g_test_add_func("/export/axes", test_axes_take_room);
  g_test_add_func("/export/clip", test_clip_cuts);
  g_test_add_func("/export/raster", test_raster_keeps_cells_sharp);
  g_test_add_func("/export/svg", test_svg_is_text_and_elements);
  g_test_add_func("/export/png-resolution", test_png_carries_its_resolution);
  g_test_add_func("/export/png-pixels", test_png_has_the_pixels_drawn);
  g_test_add_func("/export/long-stroke", test_long_stroke_in_tiles);
  g_test_add_func("/export/png-limit", test_png_too_large_is_refused);
  g_test_add_func("/export/pdf", test_pdf_is_a_pdf);
  g_test_add_func("/export/legend", test_legend_stands_to_the_right);
  return g_test_run();
}
