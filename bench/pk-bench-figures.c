#include "pk-bench-figures.h"

#include "pk-error.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

static gint
compare(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

PkBenchFigure
pk_bench_figure(const char *name, const char *title, const char *unit, GArray *samples, double goal)
{
  PkBenchFigure f = { .name = name, .title = title, .unit = unit, .n = samples->len, .goal = goal };
  g_array_sort(samples, compare);
  if (samples->len > 0) {
    const double *v = (const double *)(gpointer)samples->data;
    f.p50 = v[samples->len / 2];
    f.p99 = v[(samples->len * 99 + 99) / 100 - 1]; /* nearest rank */
    f.worst = v[samples->len - 1];
  }
  return f;
}

static gboolean
is_met(const PkBenchFigure *f)
{
  return f->n > 0 && (f->goal <= 0 || f->p99 <= f->goal);
}

static void
print_table(const GArray *figures, guint workers, FILE *out)
{
  fprintf(out, "%u workers\n%-57s %9s %9s %9s %9s  %s\n", workers, "", "p50", "p99", "worst", "goal", "samples");
  for (guint i = 0; i < figures->len; i++) {
    const PkBenchFigure *f = &g_array_index(figures, PkBenchFigure, i);
    fprintf(out, "%-50s %-6s %9.3f %9.3f %9.3f ", f->title, f->unit, f->p50, f->p99, f->worst);
    if (f->goal > 0)
      fprintf(out, "%9.3g  %u  %s\n", f->goal, f->n, is_met(f) ? "met" : "MISSED");
    else
      fprintf(out, "%9s  %u\n", "", f->n);
  }
  guint n_goals = 0, n_met = 0;
  for (guint i = 0; i < figures->len; i++) {
    const PkBenchFigure *f = &g_array_index(figures, PkBenchFigure, i);
    n_goals += f->goal > 0;
    n_met += f->goal > 0 && is_met(f);
  }
  fprintf(out, "%u of %u goals met (of the 99th percentile)\n", n_met, n_goals);
}

static void
add_number(JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name(json, name);
  json_builder_add_double_value(json, value);
}

static char *
make_json(const GArray *figures, guint workers)
{
  g_autoptr(JsonBuilder) json = json_builder_new();
  json_builder_begin_object(json);
  json_builder_set_member_name(json, "workers");
  json_builder_add_int_value(json, workers);
  json_builder_set_member_name(json, "figures");
  json_builder_begin_array(json);
  for (guint i = 0; i < figures->len; i++) {
    const PkBenchFigure *f = &g_array_index(figures, PkBenchFigure, i);
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "name");
    json_builder_add_string_value(json, f->name);
    json_builder_set_member_name(json, "unit");
    json_builder_add_string_value(json, f->unit);
    add_number(json, "p50", f->p50);
    add_number(json, "p99", f->p99);
    add_number(json, "worst", f->worst);
    add_number(json, "goal", f->goal);
    json_builder_set_member_name(json, "samples");
    json_builder_add_int_value(json, f->n);
    json_builder_set_member_name(json, "met");
    json_builder_add_boolean_value(json, is_met(f));
    json_builder_end_object(json);
  }
  json_builder_end_array(json);
  json_builder_end_object(json);
  g_autoptr(JsonNode) root = json_builder_get_root(json);
  return json_to_string(root, TRUE);
}

gboolean
pk_bench_report(const GArray *figures, guint workers, const char *json, GError **error)
{
  gboolean to_stdout = json && g_str_equal(json, "-");
  print_table(figures, workers, to_stdout ? stderr : stdout);
  if (!json)
    return TRUE;
  g_autofree char *text = make_json(figures, workers);
  if (to_stdout)
    return puts(text) >= 0 || pk_fail(error, PK_ERROR_IO, "the figures could not be written");
  return g_file_set_contents(json, text, -1, error);
}
