/* The steps of docs/user-guide.md, with its pictures: PIKA_SHOTS=docs/img draws them anew. */
#include "app-driver.h"

#include <string.h>

#define WAITS                                                                                                          \
  "SELECT origin, mean(delay) AS wait, count(*) AS flights\nFROM flights_3m\nGROUP BY origin\n"                        \
  "HAVING count(*) > 20000\nORDER BY wait DESC"

static void
take_first(Driver *d)
{
  pa_plot_pane_take(pa_explore_get_plot_pane(pa_window_get_explore(d->window)), 0);
  driver_wait(d, "the plot is drawn", driver_has_plot, NULL);
  driver_run_for(d, 500);
}

static gboolean
is_query(Driver *d, gpointer unused)
{
  PaResultView *view = pa_explore_get_result_view(pa_window_get_explore(d->window));
  PikaResult *result = pa_grid_get_result(pa_result_view_get_grid(view));
  return !pa_result_view_is_busy(view) && result && pika_result_get_n_columns(result) == 3 &&
         g_str_has_prefix(pa_plot_pane_get_table(pa_explore_get_plot_pane(pa_window_get_explore(d->window))), "__");
}

static void
test_guide(void)
{
  Driver d;
  const char *folder = g_getenv("PIKA_VEGA_DATASETS");
  if (!folder) {
    g_test_skip("PIKA_VEGA_DATASETS is not set");
    return;
  }
  g_autofree char *path = g_build_filename(folder, "flights-3m.parquet", NULL);
  driver_start(&d, (const char *const[]){ path, NULL });
  driver_wait(&d, "the table is profiled", driver_has_table, (gpointer) "flights_3m");
  driver_wait(&d, "all rows are there", driver_has_rows, GINT_TO_POINTER(3000000));
  driver_shot(&d, "guide-open");

  PaExplore *explore = pa_window_get_explore(d.window);
  PaTableItem *item = pa_catalog_find(pa_window_get_catalog(d.window), "flights_3m");
  pa_explore_pick(explore, item, (const char *const[]){ "delay", NULL });
  driver_wait(&d, "charts are offered", driver_has_offers, NULL);
  driver_run_for(&d, 2500);
  driver_shot(&d, "guide-offers");
  pa_explore_pick(explore, item, (const char *const[]){ "delay", "distance", NULL });
  take_first(&d);
  driver_shot(&d, "guide-density");

  pa_explore_run(explore, WAITS);
  driver_wait(&d, "the airports are shown", is_query, NULL);
  PaGrid *grid = pa_result_view_get_grid(pa_explore_get_result_view(explore));
  pa_grid_pick(grid, (const char *const[]){ "origin", "wait", NULL });
  g_signal_emit_by_name(grid, "picked-changed");
  driver_run_for(&d, 500);
  take_first(&d);
  driver_shot(&d, "guide-query");
  driver_stop(&d);
}

int
main(int argc, char **argv)
{
  g_setenv("PIKA_CHECK_BLOCKING", "1", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/guide/flights", test_guide);
  return g_test_run();
}
