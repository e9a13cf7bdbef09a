#include "cli-context.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- text --- */

/* One block a bin, its height by the square root of the count, so that small bins are seen; an empty bin is a blank. */
static char *
sparkline(const PikaColumnProfile *p)
{
  static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
  GString *out = g_string_new(NULL);
  gint64 most = 1;
  for (guint i = 0; i < p->n_bins; i++)
    most = MAX(most, p->bins[i]);
  for (guint i = 0; i < p->n_bins; i++) {
    double height = sqrt((double)p->bins[i] / (double)most) * 8;
    g_string_append(out, blocks[p->bins[i] > 0 ? (guint)CLAMP(round(height), 1, 8) : 0]);
  }
  return g_string_free(out, FALSE);
}

static char *
value_list(const PikaColumnProfile *p)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < p->n_bins && i < 3; i++) {
    g_autofree char *label = cli_printable(p->bin_labels[i]);
    g_autofree char *n = cli_group_digits(p->bins[i]);
    g_autofree char *cut = g_utf8_strlen(label, -1) > 18 ? g_utf8_substring(label, 0, 17) : NULL;
    g_string_append_printf(out, "%s%s%s %s", i ? ", " : "", cut ? cut : label, cut ? "…" : "", n);
  }
  if (p->distinct > 3)
    g_string_append(out, ", …");
  return g_string_free(out, FALSE);
}

static char *
cut_text(const char *text, glong columns)
{
  if (!text)
    return g_strdup("");
  g_autofree char *valid = cli_printable(text);
  if (g_utf8_strlen(valid, -1) <= columns)
    return g_strdup(valid);
  g_autofree char *cut = g_utf8_substring(valid, 0, columns - 1);
  return g_strconcat(cut, "…", NULL);
}

/* Columns on a terminal. */
static glong
text_columns(const char *text)
{
  glong n = 0;
  for (; *text; text = g_utf8_next_char(text)) {
    gunichar u = g_utf8_get_char(text);
    n += g_unichar_iszerowidth(u) ? 0 : g_unichar_iswide(u) ? 2 : 1;
  }
  return n;
}

/* A line that would wrap is unreadable: what is too much becomes "…". from: where the line begins in out. */
static void
fit_line(GString *out, gsize from, glong columns)
{
  if (columns < 2 || text_columns(out->str + from) <= columns)
    return;
  glong n = 0;
  char *c = out->str + from;
  for (; *c; c = g_utf8_next_char(c)) {
    gunichar u = g_utf8_get_char(c);
    n += g_unichar_iszerowidth(u) ? 0 : g_unichar_iswide(u) ? 2 : 1;
    if (n > columns - 1)
      break;
  }
  g_string_truncate(out, (gsize)(c - out->str));
  g_string_append(out, "…");
}

static void
pad(GString *out, const char *text, glong width, gboolean right)
{
  glong columns = text_columns(text);
  if (right)
    g_string_append_printf(out, "%*s", (int)MAX(width - columns, 0), "");
  g_string_append(out, text);
  if (!right)
    g_string_append_printf(out, "%*s", (int)MAX(width - columns, 0), "");
}

enum { NAME, TYPE, NULLS, DISTINCT, MIN_VALUE, MAX_VALUE, PICTURE, N_CELLS };

static void
fill_cells(const PikaColumnProfile *p, glong most, char *cells[N_CELLS])
{
  gboolean listed = p->bin_labels != NULL;
  cells[NAME] = cut_text(p->name, most + 6);
  cells[TYPE] = cut_text(p->type, most);
  cells[NULLS] = p->nulls ? cli_group_digits(p->nulls) : g_strdup("");
  cells[DISTINCT] = p->rows == p->nulls ? g_strdup("") : cli_group_digits(p->distinct);
  cells[MIN_VALUE] = cut_text(p->min, most);
  cells[MAX_VALUE] = cut_text(p->max, most);
  cells[PICTURE] = !p->has_histogram ? g_strdup("") : listed ? value_list(p) : sparkline(p);
}

static const char *const heads[N_CELLS] = { "column", "type", "nulls", "distinct ~", "min", "max", "values" };

/* The columns of a terminal that all cells but the pictures take, two blanks after each. */
static glong
measure(char *const *cells, guint n_rows, glong widths[N_CELLS])
{
  glong sum = 2;
  for (guint k = 0; k < N_CELLS; k++) {
    widths[k] = (glong)strlen(heads[k]);
    for (guint i = 0; i < n_rows; i++)
      widths[k] = MAX(widths[k], text_columns(cells[i * N_CELLS + k]));
    sum += k == PICTURE ? 0 : widths[k] + 2;
  }
  return sum;
}

/* Cells whose texts are cut as far as it takes to leave room for the histograms. Free each, and the array. */
static char **
make_cells(const GPtrArray *profiles, glong terminal, glong widths[N_CELLS])
{
  char **cells = g_new0(char *, (gsize)profiles->len * N_CELLS + 1);
  for (glong most = 26;; most -= 4) {
    glong bars = 0;
    for (guint i = 0; i < profiles->len; i++) {
      const PikaColumnProfile *p = profiles->pdata[i];
      for (guint k = 0; k < N_CELLS; k++)
        g_clear_pointer(&cells[i * N_CELLS + k], g_free);
      fill_cells(p, most, cells + i * N_CELLS);
      bars = MAX(bars, p->bin_labels ? 16 : (glong)p->n_bins);
    }
    if (measure(cells, profiles->len, widths) + bars <= terminal || terminal == 0 || most <= 10)
      return cells;
  }
}

static void
append_columns(GString *out, const GPtrArray *profiles, gboolean color)
{
  glong widths[N_CELLS];
  g_autofree char **cells = make_cells(profiles, cli_terminal_width(), widths);
  for (gint i = -1; i < (gint)profiles->len; i++) {
    gsize from = out->len;
    g_string_append(out, "  ");
    for (guint k = 0; k < N_CELLS; k++) {
      const char *text = i < 0 ? heads[k] : cells[(guint)i * N_CELLS + k];
      pad(out, text, k + 1 < N_CELLS ? widths[k] : 0, k == NULLS || k == DISTINCT || k == MIN_VALUE || k == MAX_VALUE);
      if (k + 1 < N_CELLS)
        g_string_append(out, "  ");
    }
    while (out->str[out->len - 1] == ' ')
      g_string_truncate(out, out->len - 1);
    fit_line(out, from, cli_terminal_width());
    if (i < 0 && color) {
      g_string_insert(out, (gssize)from, "\033[1m");
      g_string_append(out, "\033[0m");
    }
    g_string_append_c(out, '\n');
  }
  for (guint i = 0; i < profiles->len * N_CELLS; i++)
    g_free(cells[i]);
}

static void
append_table(GString *out, const PikaTable *table, const GPtrArray *profiles, gboolean color)
{
  gint64 rows = profiles->len ? ((PikaColumnProfile *)profiles->pdata[0])->rows : 0;
  g_autofree char *n = cli_group_digits(rows);
  g_autofree char *name = cli_printable(table->name);
  g_string_append_printf(out, "%s%s%s · %s · %s row%s · %u column%s", color ? "\033[1m" : "", name,
                         color ? "\033[0m" : "", table->format, n, rows == 1 ? "" : "s", profiles->len,
                         profiles->len == 1 ? "" : "s");
  if (table->has_report) {
    g_autofree char *read = cli_group_digits((gint64)table->read), *loaded = cli_group_digits((gint64)table->loaded);
    g_autofree char *rejected = cli_group_digits((gint64)table->rejected);
    g_string_append_printf(out, " · read %s · loaded %s · rejected %s", read, loaded, rejected);
  }
  g_string_append_c(out, '\n');
  append_columns(out, profiles, color);
}

/* --- JSON --- */

static void
add_text(JsonBuilder *b, const char *name, const char *text)
{
  json_builder_set_member_name(b, name);
  if (!text) {
    json_builder_add_null_value(b);
    return;
  }
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  json_builder_add_string_value(b, valid);
}

static void
add_int(JsonBuilder *b, const char *name, gint64 n)
{
  json_builder_set_member_name(b, name);
  json_builder_add_int_value(b, n);
}

static void
add_profile(JsonBuilder *b, const PikaColumnProfile *p)
{
  json_builder_begin_object(b);
  add_text(b, "name", p->name);
  add_text(b, "type", p->type);
  add_int(b, "rows", p->rows);
  add_int(b, "nulls", p->nulls);
  add_int(b, "distinct", p->distinct);
  add_text(b, "min", p->min);
  add_text(b, "max", p->max);
  if (p->has_histogram) {
    json_builder_set_member_name(b, p->bin_labels ? "frequent" : "histogram");
    json_builder_begin_array(b);
    for (guint i = 0; i < p->n_bins; i++) {
      if (p->bin_labels) {
        json_builder_begin_object(b);
        add_text(b, "value", p->bin_labels[i]);
        add_int(b, "count", p->bins[i]);
        json_builder_end_object(b);
      } else {
        json_builder_add_int_value(b, p->bins[i]);
      }
    }
    json_builder_end_array(b);
  }
  json_builder_end_object(b);
}

static void
add_table(JsonBuilder *b, const PikaTable *table, const GPtrArray *profiles)
{
  json_builder_begin_object(b);
  add_text(b, "name", table->name);
  add_text(b, "format", table->format);
  add_int(b, "rows", profiles->len ? ((PikaColumnProfile *)profiles->pdata[0])->rows : 0);
  if (table->has_report) {
    add_int(b, "read", (gint64)table->read);
    add_int(b, "loaded", (gint64)table->loaded);
    add_int(b, "rejected", (gint64)table->rejected);
  }
  json_builder_set_member_name(b, "columns");
  json_builder_begin_array(b);
  for (guint i = 0; i < profiles->len; i++)
    add_profile(b, profiles->pdata[i]);
  json_builder_end_array(b);
  json_builder_end_object(b);
}

/* --- the verb --- */

static gboolean
print_all(const CliContext *context, const CliArgs *args, GError **error)
{
  guint n_bins = (guint)CLAMP(cli_get_number(args, "bins", 16), 1, 64);
  g_autoptr(JsonBuilder) builder = cli_has(args, "json") ? json_builder_new() : NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  if (builder)
    json_builder_begin_array(builder);
  for (guint i = 0; i < context->tables->len; i++) {
    const PikaTable *table = context->tables->pdata[i];
    g_autoptr(GAsyncResult) result = NULL;
    pika_session_profile_async(context->session, table->name, n_bins, PIKA_LANE_QUERY, cli_cancellable(), cli_ready,
                               &result);
    g_autoptr(GPtrArray) profiles = pika_session_profile_finish(cli_wait(&result), error);
    if (!profiles)
      return FALSE;
    if (builder)
      add_table(builder, table, profiles);
    else
      append_table(out, table, profiles, cli_use_color());
    if (!builder && i + 1 < context->tables->len)
      g_string_append_c(out, '\n');
  }
  if (builder) {
    json_builder_end_array(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, TRUE);
    g_string_append(out, text);
    g_string_append_c(out, '\n');
  }
  return cli_print_all(out->str, out->len, error);
}

int
cli_run_info(CliArgs *args)
{
  g_autoptr(GError) error = NULL;
  g_auto(CliContext) context = { 0 };
  if (args->positional->len == 0) {
    g_set_error_literal(&error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika info: name a file, as in pika info flights.parquet");
    return cli_fail(error);
  }
  if (!cli_context_open(&context, args, (char **)args->positional->pdata, args->positional->len, NULL, &error) ||
      !print_all(&context, args, &error))
    return cli_fail(error);
  int status = cli_context_finish(&context, args, &error);
  return error ? cli_fail(error) : status;
}
