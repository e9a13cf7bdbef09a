/* The application's figures: from its start to a window that takes input, a CSV of 10 MB to its first chart, and how long
 * the main loop is held while a large CSV loads and statements run. Run it through tests/app/headless where there is no
 * display. usage: pika-bench-app [MEGABYTES]  (of the large CSV; 256) */
#include "app-driver.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define STARTS 5

/* --- the start, in a process of its own --- */

static gboolean
painted(GtkWidget *widget, GdkFrameClock *clock, gpointer frames)
{
  return ++*(int *)frames < 2;
}

static int
measure_start(const char *began)
{
  Driver d;
  int frames = 0;
  driver_start(&d, NULL);
  gtk_widget_add_tick_callback(GTK_WIDGET(d.window), painted, &frames, NULL);
  while (frames < 2)
    g_main_context_iteration(NULL, TRUE);
  printf("%.0f\n", (double)(g_get_monotonic_time() - g_ascii_strtoll(began, NULL, 10)) / 1000);
  fflush(stdout);
  _exit(0);
}

static double
start_once(const char *self)
{
  g_autofree char *began = g_strdup_printf("%" G_GINT64_FORMAT, g_get_monotonic_time());
  g_autofree char *out = NULL;
  const char *argv[] = { self, "--start", began, NULL };
  if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, NULL, NULL))
    return -1;
  return g_ascii_strtod(out, NULL);
}

static int
by_size(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* --- a CSV --- */

static void
write_csv(const char *path, gsize bytes)
{
  FILE *file = fopen(path, "w");
  guint32 x = 1;
  g_assert_nonnull(file);
  fputs("id,when,place,amount\n", file);
  for (gsize id = 1; (gsize)ftell(file) < bytes; id++) {
    x = x * 1664525u + 1013904223u;
    fprintf(file, "%zu,2024-%02u-%02u,place %u,%u.%02u\n", id, 1 + x % 12, 1 + (x >> 8) % 28, (x >> 16) % 50, (x >> 12) % 1000,
            x % 100);
  }
  fclose(file);
}

static gboolean
has_columns(Driver *d, gpointer name)
{
  PaTableItem *item = pa_catalog_find(pa_window_get_catalog(d->window), name);
  return item && g_list_model_get_n_items(G_LIST_MODEL(pa_table_item_get_columns(item))) > 0;
}

static gboolean
has_session(Driver *d, gpointer unused)
{
  return pa_catalog_get_session(pa_window_get_catalog(d->window)) != NULL;
}

static void
open_csv(Driver *d, const char *path)
{
  g_autoptr(GFile) file = g_file_new_for_path(path);
  pa_window_open(d->window, &file, 1);
}

static void
chart(Driver *d, const char *table, const char *column)
{
  PaExplore *explore = pa_window_get_explore(d->window);
  pa_explore_pick(explore, pa_catalog_find(pa_window_get_catalog(d->window), table), (const char *const[]){ column, NULL });
  pa_plot_pane_take(pa_explore_get_plot_pane(explore), 0);
  driver_wait(d, "the plot is drawn", driver_has_plot, NULL);
}

static void
measure_first_chart(void)
{
  Driver d;
  g_autofree char *path = g_build_filename(g_get_tmp_dir(), "ten.csv", NULL);
  write_csv(path, 10 << 20);
  driver_start(&d, NULL);
  driver_wait(&d, "there is a session", has_session, NULL);
  driver_run_for(&d, 500);
  gint64 began = g_get_monotonic_time();
  open_csv(&d, path);
  driver_wait(&d, "its columns are known", has_columns, (gpointer) "ten");
  double opened = (double)(g_get_monotonic_time() - began) / 1000;
  chart(&d, "ten", "amount");
  printf("a CSV of 10 MB: columns after %.0f ms, first chart after %.0f ms (goal 1000)\n", opened,
         (double)(g_get_monotonic_time() - began) / 1000);
  driver_stop(&d);
  g_unlink(path);
}

static void
measure_stalls(guint megabytes)
{
  Driver d;
  g_autofree char *path = g_build_filename(g_get_tmp_dir(), "large.csv", NULL);
  write_csv(path, (gsize)megabytes << 20);
  driver_start(&d, NULL);
  driver_run_for(&d, 1000);
  driver_watch(&d);
  gint64 began = g_get_monotonic_time();
  open_csv(&d, path);
  driver_wait(&d, "its columns are known", has_columns, (gpointer) "large");
  double opened = (double)(g_get_monotonic_time() - began) / 1000;
  double loading = driver_get_longest_ms(&d), loading_cpu = driver_get_longest_cpu_ms(&d);
  driver_watch(&d);
  pa_explore_run(pa_window_get_explore(d.window), "SELECT place, date_trunc('month', \"when\") AS month, sum(amount) AS total FROM large "
                                                  "GROUP BY ALL ORDER BY ALL");
  driver_wait(&d, "600 rows are shown", driver_has_rows, GINT_TO_POINTER(600));
  pa_explore_show_table(pa_window_get_explore(d.window), pa_catalog_find(pa_window_get_catalog(d.window), "large"));
  chart(&d, "large", "amount");
  PaGrid *grid = pa_result_view_get_grid(pa_explore_get_result_view(pa_window_get_explore(d.window)));
  for (guint i = 0; i < 200; i++) {
    pa_grid_set_cursor(grid, (gint64)i * 997 % pika_result_get_n_rows(pa_grid_get_result(grid)), i % 4);
    driver_run_for(&d, 10);
  }
  printf("a CSV of %u MB loads in %.0f ms: the main loop's longest turn is %.0f ms (%.0f of processor time); then a statement, "
         "a chart and 200 jumps in the rows: %.0f ms (%.0f) (goal: 50)\n", megabytes, opened, loading, loading_cpu,
         driver_get_longest_ms(&d), driver_get_longest_cpu_ms(&d));
  driver_stop(&d);
  g_unlink(path);
}

int
main(int argc, char **argv)
{
  double starts[STARTS];
  if (argc > 2 && !strcmp(argv[1], "--start"))
    return measure_start(argv[2]);
  for (guint i = 0; i < STARTS; i++)
    starts[i] = start_once(argv[0]);
  qsort(starts, STARTS, sizeof *starts, by_size);
  printf("start to a window that was drawn: median %.0f ms, worst %.0f ms of %d (goal 500)\n", starts[STARTS / 2],
         starts[STARTS - 1], STARTS);
  fflush(stdout);
  measure_first_chart();
  measure_stalls(argc > 1 ? (guint)g_ascii_strtoull(argv[1], NULL, 10) : 256);
  return 0;
}
