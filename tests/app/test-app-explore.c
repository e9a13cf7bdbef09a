/* Journeys through the window: from a file to a chart, statements, undo, saving and opening again. */
#include "app-driver.h"

#include "pa-chart.h"
#include "pa-import-dialog.h"
#include "pa-sql.h"

#include <string.h>

static void
assert_pane_has(Driver *d, const char *text)
{
  const char *spec = pa_plot_pane_get_spec(pa_explore_get_plot_pane(pa_window_get_explore(d->window)));
  g_assert_nonnull(spec);
  g_assert_nonnull(strstr(spec, text));
}

/* A file, one column, one chart: three clicks. */
static void
test_three_clicks(void)
{
  Driver d;
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "..", "app", "data", "examples", "weather.csv", NULL);
  driver_start(&d, (const char *const[]){ path, NULL });
  driver_wait(&d, "the table is there", driver_has_table, (gpointer) "weather");
  driver_wait(&d, "its rows are shown", driver_has_rows, GINT_TO_POINTER(4383));
  driver_shot(&d, "explore-table");
  PaExplore *explore = pa_window_get_explore(d.window);
  PaTableItem *item = pa_catalog_find(pa_window_get_catalog(d.window), "weather");
  pa_explore_pick(explore, item, (const char *const[]){ "date", "temperature", NULL });
  driver_wait(&d, "charts are offered", driver_has_offers, NULL);
  driver_run_for(&d, 1500);
  driver_shot(&d, "explore-offers");
  pa_plot_pane_take(pa_explore_get_plot_pane(explore), 0);
  driver_wait(&d, "the plot is drawn", driver_has_plot, NULL);
  assert_pane_has(&d, "\"yearmonthdate\"");
  pa_plot_pane_show_text(pa_explore_get_plot_pane(explore), TRUE);
  driver_shot(&d, "explore-plot");
  driver_stop(&d);
}

static gboolean
has_query(Driver *d, gpointer sql)
{
  const char *shown = pa_result_view_get_sql(pa_explore_get_result_view(pa_window_get_explore(d->window)));
  return shown && !strcmp(shown, sql) && !pa_result_view_is_busy(pa_explore_get_result_view(pa_window_get_explore(d->window)));
}

static gboolean
is_saved(Driver *d, gpointer path)
{
  return !pa_document_get_modified(pa_window_get_document(d->window)) && g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
saved(GObject *source, GAsyncResult *result, gpointer document)
{
  g_assert_true(pa_document_save_finish(document, result, NULL));
}

#define MEANS "SELECT station, mean(temperature) AS warm FROM weather GROUP BY station ORDER BY station"

/* A statement is charted, undone, redone, saved, and opened again in another window. */
static void
test_query_undo_save(void)
{
  Driver d;
  g_autofree char *example = g_test_build_filename(G_TEST_DIST, "..", "..", "app", "data", "examples", "weather.csv", NULL);
  g_autofree char *workspace = g_build_filename(g_get_home_dir(), "work.pika", NULL);
  driver_start(&d, (const char *const[]){ example, NULL });
  driver_wait(&d, "the table is there", driver_has_table, (gpointer) "weather");
  PaExplore *explore = pa_window_get_explore(d.window);
  PaDocument *document = pa_window_get_document(d.window);
  PaPlotPane *pane = pa_explore_get_plot_pane(explore);
  pa_explore_run(explore, MEANS);
  driver_wait(&d, "three rows are shown", driver_has_rows, GINT_TO_POINTER(3));
  driver_run_for(&d, 300);
  pa_grid_pick(pa_result_view_get_grid(pa_explore_get_result_view(explore)), (const char *const[]){ "station", "warm", NULL });
  g_signal_emit_by_name(pa_result_view_get_grid(pa_explore_get_result_view(explore)), "picked-changed");
  driver_wait(&d, "charts are offered", driver_has_offers, NULL);
  driver_shot(&d, "query-offers");
  pa_plot_pane_take(pane, 0);
  driver_wait(&d, "the plot is drawn", driver_has_plot, NULL);
  assert_pane_has(&d, "\"warm\"");
  g_assert_true(pa_document_undo(document));
  g_assert_null(pa_plot_pane_get_spec(pane));
  g_assert_true(pa_document_redo(document));
  assert_pane_has(&d, "\"warm\"");
  gtk_widget_activate_action(GTK_WIDGET(d.window), "win.switch-view", NULL);
  driver_run_for(&d, 2500);
  driver_shot(&d, "canvas");
  gtk_widget_activate_action(GTK_WIDGET(d.window), "win.switch-view", NULL);
  pa_document_save_async(document, workspace, NULL, saved, document);
  driver_wait(&d, "it is saved", is_saved, workspace);
  driver_shot(&d, "query-plot");
  driver_stop(&d);

  driver_start(&d, (const char *const[]){ workspace, NULL });
  driver_wait(&d, "the query ran again", has_query, (gpointer)MEANS);
  driver_wait(&d, "three rows are shown", driver_has_rows, GINT_TO_POINTER(3));
  driver_wait(&d, "the plot is drawn again", driver_has_plot, NULL);
  assert_pane_has(&d, "\"warm\"");
  driver_shot(&d, "reopened");
  driver_stop(&d);
}

static gboolean
has_mine(Driver *d, gpointer unused)
{
  return pa_catalog_find(pa_window_get_catalog(d->window), "mine") != NULL;
}

/* A workspace of someone else's does nothing but SELECT, and reads nothing but its own files. */
static void
test_foreign(void)
{
  Driver d;
  g_autofree char *mine = driver_write("mine.csv", "a\n1\n2\n");
  g_autofree char *secret = driver_write("secret.csv", "s\n1\n");
  g_autofree char *out = g_build_filename(g_get_home_dir(), "stolen.csv", NULL);
  g_autofree char *sql = g_strdup_printf("COPY (SELECT * FROM '%s') TO '%s'", secret, out);
  g_autofree char *text = g_strdup_printf("{\"pika\": \"workspace\", \"version\": 1, \"sources\": [{\"id\": \"s1\", \"path\": \"mine.csv\", \"name\": \"mine\"}],"
    "\"nodes\": [{\"id\": \"t1\", \"kind\": \"table\", \"source\": \"s1\", \"name\": \"mine\", \"x\": 0, \"y\": 0, \"width\": 240, \"height\": 200},"
    "{\"id\": \"q1\", \"kind\": \"query\", \"name\": \"q\", \"x\": 320, \"y\": 0, \"width\": 320, \"height\": 200, \"sql\": \"%s\"}]}", sql);
  g_autofree char *path = driver_write("foreign.pika", text);
  driver_start(&d, (const char *const[]){ path, NULL });
  driver_wait(&d, "its table is there", has_mine, NULL);
  driver_run_for(&d, 1500);
  driver_shot(&d, "foreign");
  g_assert_true(pa_document_get_restricted(pa_window_get_document(d.window)));
  g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
  g_autofree char *read = g_strdup_printf("SELECT * FROM '%s'", secret);
  pa_explore_run(pa_window_get_explore(d.window), read);
  driver_run_for(&d, 1000);
  g_assert_cmpstr(pa_plot_pane_get_table(pa_explore_get_plot_pane(pa_window_get_explore(d.window))), ==, NULL);
  driver_stop(&d);
}

static gboolean
has_misfits(Driver *d, gpointer dialog)
{
  return pa_import_dialog_get_misfits(dialog, "amount") >= 0 && pa_import_dialog_get_misfits(dialog, "when") >= 0;
}

static gboolean
is_double(Driver *d, gpointer unused)
{
  PaTableItem *item = pa_catalog_find(pa_window_get_catalog(d->window), "messy");
  PaColumnItem *column = item ? pa_table_item_find_column(item, "amount") : NULL;
  return column && !strcmp(pa_column_item_get_column(column)->type, "DOUBLE");
}

/* What does not fit is counted and shown; a fault in SQL is underlined where it is. */
static void
test_messy(void)
{
  Driver d;
  g_autofree char *path = driver_write("messy.csv", "id,when,amount\n1,2024-01-05,3.5\n2,2024-02-30,x\n3,2024-01-07,4,extra\n4,,5.25\n");
  driver_start(&d, (const char *const[]){ path, NULL });
  driver_wait(&d, "the table is there", driver_has_table, (gpointer) "messy");
  PaTableItem *item = pa_catalog_find(pa_window_get_catalog(d.window), "messy");
  const PikaTable *table = pa_table_item_get_table(item);
  g_assert_cmpuint(table->read, ==, table->loaded + table->rejected);
  g_assert_cmpuint(table->rejected, ==, 1);
  pa_explore_run(pa_window_get_explore(d.window), "SELECT id,\n  amuont FROM messy");
  driver_run_for(&d, 800);
  driver_shot(&d, "fault");

  PaImportDialog *dialog = pa_import_dialog_new(GTK_WINDOW(d.window), pa_window_get_catalog(d.window), item);
  gtk_window_present(GTK_WINDOW(dialog));
  pa_import_dialog_set_type(dialog, "amount", "DOUBLE");
  pa_import_dialog_set_type(dialog, "when", "DATE");
  driver_wait(&d, "misfits are counted", has_misfits, dialog);
  g_assert_cmpint(pa_import_dialog_get_misfits(dialog, "amount"), ==, 1);
  g_assert_cmpint(pa_import_dialog_get_misfits(dialog, "when"), ==, 1);
  driver_shot_of(&d, GTK_WIDGET(dialog), "import");
  pa_import_dialog_apply(dialog);
  driver_wait(&d, "it is read again", is_double, NULL);
  item = pa_catalog_find(pa_window_get_catalog(d.window), "messy");
  table = pa_table_item_get_table(item);
  g_assert_cmpuint(table->read, ==, 4);
  g_assert_cmpuint(table->loaded + table->rejected, ==, 4);
  driver_shot(&d, "typed");
  driver_stop(&d);
}

typedef struct {
  const char *path, *start;
} Written;

static gboolean
is_written(Driver *d, gpointer data)
{
  const Written *written = data;
  g_autofree char *text = NULL;
  return g_file_get_contents(written->path, &text, NULL, NULL) && g_str_has_prefix(text, written->start);
}

static void
test_export(void)
{
  static const struct { PaExportFormat format; const char *start; } cases[] = {
    { PA_EXPORT_PNG, "\x89PNG" }, { PA_EXPORT_SVG, "<" }, { PA_EXPORT_PDF, "%PDF" }, { PA_EXPORT_HTML, "<!DOCTYPE html>" },
    { PA_EXPORT_VEGALITE, "{" }, { PA_EXPORT_CSV, "date,station," }, { PA_EXPORT_PARQUET, "PAR1" },
  };
  Driver d;
  g_autofree char *example = g_test_build_filename(G_TEST_DIST, "..", "..", "app", "data", "examples", "weather.csv", NULL);
  driver_start(&d, (const char *const[]){ example, NULL });
  driver_wait(&d, "the table is there", driver_has_table, (gpointer) "weather");
  driver_wait(&d, "its rows are shown", driver_has_rows, GINT_TO_POINTER(4383));
  PaExplore *explore = pa_window_get_explore(d.window);
  pa_explore_pick(explore, pa_catalog_find(pa_window_get_catalog(d.window), "weather"), (const char *const[]){ "wind", "rain", NULL });
  driver_wait(&d, "charts are offered", driver_has_offers, NULL);
  pa_plot_pane_take(pa_explore_get_plot_pane(explore), 0);
  driver_wait(&d, "the plot is drawn", driver_has_plot, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *name = g_strconcat("out", pa_export_get_suffix(cases[i].format), NULL);
    g_autofree char *path = g_build_filename(g_get_home_dir(), name, NULL);
    PaExport how = { .format = cases[i].format, .scale = 2 };
    pa_window_export(d.window, &how, path);
    Written written = { path, cases[i].start };
    driver_wait(&d, name, is_written, &written);
  }
  driver_stop(&d);
}

static void
assert_filter(const char *typed, PikaKind kind, const char *type, const char *sql)
{
  PikaColumn column = { (char *)"a b", (char *)type, kind };
  g_autoptr(GError) error = NULL;
  g_autofree char *predicate = pa_sql_dup_filter(typed, &column, &error);
  g_assert_cmpstr(predicate, ==, sql);
}

static void
test_filters(void)
{
  assert_filter("", PIKA_KIND_TEXT, "VARCHAR", NULL);
  assert_filter(" > 5 ", PIKA_KIND_NUMBER, "BIGINT", "\"a b\" > 5");
  assert_filter("1..9", PIKA_KIND_NUMBER, "BIGINT", "\"a b\" BETWEEN 1 AND 9");
  assert_filter("12", PIKA_KIND_NUMBER, "BIGINT", "\"a b\" = 12");
  assert_filter("x'y%", PIKA_KIND_TEXT, "VARCHAR", "CAST(\"a b\" AS VARCHAR) ILIKE '%x''y\\%%' ESCAPE '\\'");
  assert_filter("=x", PIKA_KIND_TEXT, "VARCHAR", "\"a b\" = 'x'");
  assert_filter(">=2024-01-01", PIKA_KIND_TIME, "DATE", "\"a b\" >= CAST('2024-01-01' AS DATE)");
  assert_filter("null", PIKA_KIND_TIME, "DATE", "\"a b\" IS NULL");
  assert_filter("!null", PIKA_KIND_NUMBER, "BIGINT", "\"a b\" IS NOT NULL");
  assert_filter(">x", PIKA_KIND_NUMBER, "BIGINT", NULL);
}

/* Shelves change what they show and leave the rest of a specification alone. */
static void
test_shelves(void)
{
  g_autoptr(GError) error = NULL;
  JsonObject *spec = pa_chart_parse("{\"title\":\"T\",\"mark\":{\"type\":\"bar\",\"opacity\":0.5},\"encoding\":{\"x\":{\"field\":\"a\\\\.b\","
                                    "\"bin\":{\"maxbins\":40},\"type\":\"quantitative\",\"axis\":null}}}", &error);
  g_assert_no_error(error);
  g_auto(PaShelf) x = { 0 }, y = { 0 }, again = { 0 };
  pa_shelf_read(spec, "x", &x);
  g_assert_cmpstr(x.field, ==, "a.b");
  g_assert_true(x.bin);
  pa_shelf_write(spec, "x", &x);
  y = (PaShelf){ .aggregate = g_strdup("count"), .type = g_strdup("quantitative"), .scale = g_strdup("log") };
  pa_shelf_write(spec, "y", &y);
  pa_chart_set_mark(spec, "area");
  g_autofree char *text = pa_chart_to_text(spec);
  g_assert_nonnull(strstr(text, "\"maxbins\" : 40"));
  g_assert_nonnull(strstr(text, "\"axis\" : null"));
  g_assert_nonnull(strstr(text, "\"opacity\" : 0.5"));
  g_assert_cmpstr(pa_chart_get_mark(spec), ==, "area");
  pa_shelf_read(spec, "y", &again);
  g_assert_cmpstr(again.scale, ==, "log");
  pa_shelf_write(spec, "y", &(PaShelf){ 0 });
  pa_shelf_clear(&again);
  pa_shelf_read(spec, "y", &again);
  g_assert_null(again.aggregate);
  json_object_unref(spec);
}

int
main(int argc, char **argv)
{
  g_setenv("PIKA_CHECK_BLOCKING", "1", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/explore/filters", test_filters);
  g_test_add_func("/explore/shelves", test_shelves);
  g_test_add_func("/explore/three-clicks", test_three_clicks);
  g_test_add_func("/explore/query-undo-save", test_query_undo_save);
  g_test_add_func("/explore/messy", test_messy);
  g_test_add_func("/explore/export", test_export);
  g_test_add_func("/explore/foreign", test_foreign);
  return g_test_run();
}
