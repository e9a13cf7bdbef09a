/* pika render: the plots of a workspace as files, without a window. What the workspace holds came from someone: the session
 * reads its sources and nothing besides, and runs nothing but SELECTs. */
#include "cli-context.h"
#include "cli-output.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  CliContext context;
  PikaWorkspace *workspace;
  char *folder;        /* of data that the workspace carries; NULL: none */
  const char *format;
  const char *output;  /* NULL: the current folder */
  gboolean into_folder;
  GHashTable *names;   /* of files written so far */
} Job;

static void
job_clear(Job *job)
{
  if (job->folder) {
    for (guint i = 0; job->workspace && i < job->workspace->sources->len; i++) {
      const PikaWorkspaceSource *source = job->workspace->sources->pdata[i];
      if (source->path && g_str_has_prefix(source->path, job->folder))
        g_unlink(source->path);
    }
    g_rmdir(job->folder);
  }
  g_free(job->folder);
  g_clear_pointer(&job->names, g_hash_table_unref);
  cli_context_clear(&job->context);
  g_clear_pointer(&job->workspace, pika_workspace_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

/* --- sources --- */

/* The source of an id, of a name, or of a table's name. */
static PikaWorkspaceSource *
find_source(const PikaWorkspace *workspace, const char *name)
{
  PikaWorkspaceSource *source = pika_workspace_find_source(workspace, name);
  const PikaWorkspaceNode *node = pika_workspace_find_named(workspace, name);
  for (guint i = 0; !source && i < workspace->sources->len; i++) {
    PikaWorkspaceSource *other = workspace->sources->pdata[i];
    source = !g_strcmp0(other->name, name) ? other : NULL;
  }
  return source ? source : node && node->source ? pika_workspace_find_source(workspace, node->source) : NULL;
}

static gboolean
replace_sources(const CliArgs *args, Job *job, GError **error)
{
  const GPtrArray *given = cli_get_all(args, "source");
  for (guint i = 0; given && i < given->len; i++) {
    const char *text = given->pdata[i], *equals = strchr(text, '=');
    g_autofree char *name = equals ? g_strndup(text, (gsize)(equals - text)) : NULL;
    PikaWorkspaceSource *source = name ? find_source(job->workspace, name) : NULL;
    if (!equals || !equals[1] || !source) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE,
                  equals && equals[1] ? "--source %s: the workspace has no such source or table"
                                      : "--source %s: write NAME=FILE", name && equals[1] ? name : text);
      return FALSE;
    }
    g_free(source->path);
    source->path = g_canonicalize_filename(equals + 1, NULL);
    g_clear_pointer(&source->data, g_bytes_unref);
  }
  return TRUE;
}

/* Data that the workspace carries lie in files of a folder of our own while it is rendered. */
static gboolean
unpack(Job *job, PikaWorkspaceSource *source, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data(source->data, &length);
  g_autofree char *stem = source->path ? g_path_get_basename(source->path) : g_strdup(source->id);
  g_autofree char *name = g_strdup_printf("%s.parquet", stem);
  if (!job->folder)
    job->folder = g_dir_make_tmp("pika-render-XXXXXX", error);
  if (!job->folder)
    return FALSE;
  g_free(source->path);
  source->path = g_build_filename(job->folder, name, NULL);
  return g_file_set_contents(source->path, data, (gssize)length, error);
}

static gboolean
start_session(const CliArgs *args, Job *job, GError **error)
{
  static const char *const nothing_else[] = { NULL };
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  for (guint i = 0; i < job->workspace->sources->len; i++) {
    PikaWorkspaceSource *source = job->workspace->sources->pdata[i];
    if (source->data && !unpack(job, source, error))
      return FALSE;
    g_ptr_array_add(paths, source->path);
  }
  return cli_context_start(&job->context, args, (char **)paths->pdata, paths->len, nothing_else, error);
}

/* The name that the table has in the workspace, where the file's is another. */
static const char *
name_of(const PikaWorkspace *workspace, const PikaWorkspaceSource *source)
{
  const PikaWorkspaceNode *only = NULL;
  guint n = 0;
  for (guint i = 0; i < workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = workspace->nodes->pdata[i];
    if (!g_strcmp0(node->source, source->id) && n++ == 0)
      only = node;
  }
  return source->name ? source->name : n == 1 ? only->name : NULL;
}

static gboolean
open_source(Job *job, const PikaWorkspaceSource *source, GError **error)
{
  guint n = source->options && !g_str_has_suffix(source->path, ".parquet") ? g_strv_length(source->options) / 2 : 0;
  g_autofree PikaImportOption *options = g_new(PikaImportOption, n + 1);
  g_autoptr(GPtrArray) added = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  for (guint i = 0; i < n; i++)
    options[i] = (PikaImportOption){ source->options[2 * i], source->options[2 * i + 1] };
  pika_session_open_async(job->context.session, source->path, name_of(job->workspace, source), options, n, cli_cancellable(),
                          cli_ready, &result);
  if (!pika_session_open_finish(cli_wait(&result), &added, error))
    return FALSE;
  for (guint i = 0; i < added->len; i++) {
    job->context.rejected += ((PikaTable *)added->pdata[i])->rejected;
    g_ptr_array_add(job->context.tables, added->pdata[i]);
  }
  g_ptr_array_set_free_func(added, NULL);
  return TRUE;
}

/* --- plots --- */

/* The table that a plot draws: the input's, or a view of the query, which stands for itself. */
static char *
prepare_table(Job *job, const PikaWorkspaceNode *plot, GError **error)
{
  const PikaWorkspaceNode *input = pika_workspace_find_node(job->workspace, plot->input);
  if (input && input->kind == PIKA_NODE_TABLE && !plot->frozen)
    return g_strdup(input->name);
  g_autofree char *sql = pika_workspace_dup_sql(job->workspace, plot, error);
  g_autofree char *name = input && !plot->frozen ? g_strdup(input->name) : g_strdup_printf("frozen %s", plot->id);
  g_autoptr(GAsyncResult) result = NULL;
  if (!sql)
    return NULL;
  pika_session_set_view_async(job->context.session, name, sql, cli_cancellable(), cli_ready, &result);
  return pika_session_set_view_finish(cli_wait(&result), error) ? g_steal_pointer(&name) : NULL;
}

/* A file's name from a title: what a name cannot hold becomes _; no two are the same. */
static char *
file_name(Job *job, const PikaWorkspaceNode *plot)
{
  g_autofree char *stem = g_strdup(plot->name && *plot->name ? plot->name : plot->id);
  for (char *c = stem; *c; c++)
    if ((guchar)*c < 0x80 && !g_ascii_isalnum(*c) && !strchr("-_. ", *c))
      *c = '_';
  if (*stem == '.')
    *stem = '_';
  if (!g_hash_table_add(job->names, g_strdup(stem))) {
    char *other = g_strdup_printf("%s-%s", stem, plot->id);
    g_free(stem);
    stem = other;
  }
  g_autofree char *name = g_strdup_printf("%s.%s", stem, job->format);
  return job->output ? g_build_filename(job->output, name, NULL) : g_steal_pointer(&name);
}

static GBytes *
draw(const CliArgs *args, Job *job, const PikaWorkspaceNode *plot, GError **error)
{
  static const char *const formats[] = { "png", "svg", "pdf" };
  g_autofree char *table = prepare_table(job, plot, error);
  double scale = cli_get_number(args, "scale", 2);
  PikaPlotOptions options = { .table = table, .theme = cli_get(args, "theme"), .pixel_ratio = scale };
  PikaPictureOptions picture = { .scale = !strcmp(job->format, "png") ? scale : 1 };
  g_autoptr(GAsyncResult) made = NULL, drawn = NULL;
  guint format = 0;
  if (!table)
    return NULL;
  while (strcmp(job->format, formats[format]))
    format++;
  pika_plot_new_async(job->context.session, plot->text ? plot->text : "", -1, &options, cli_cancellable(), cli_ready, &made);
  g_autoptr(PikaPlot) result = pika_plot_new_finish(cli_wait(&made), error);
  if (!result)
    return NULL;
  const char *const *warnings = pika_plot_get_warnings(result);
  for (guint i = 0; warnings[i] && !cli_has(args, "quiet"); i++)
    cli_say("pika: warning: %s: %s", plot->name ? plot->name : plot->id, warnings[i]);
  pika_plot_export_async(result, (PikaPictureFormat)format, &picture, cli_cancellable(), cli_ready, &drawn);
  return pika_plot_export_finish(cli_wait(&drawn), error);
}

static gboolean
render_plot(const CliArgs *args, Job *job, const PikaWorkspaceNode *plot, GError **error)
{
  g_autofree char *path = job->into_folder ? file_name(job, plot) : g_strdup(job->output);
  g_autoptr(GBytes) bytes = draw(args, job, plot, error);
  g_autoptr(CliOutput) out = bytes ? cli_output_open(path, strcmp(job->format, "svg"), error) : NULL;
  gsize length;
  if (!out)
    return FALSE;
  const char *data = g_bytes_get_data(bytes, &length);
  if (!cli_write_all(cli_output_get_stream(out), path, data, length, error) || !cli_output_commit(out, error))
    return FALSE;
  if (job->into_folder && !cli_has(args, "quiet"))
    printf("%s\n", path);
  return TRUE;
}

/* --- the verb --- */

static guint
count_plots(const PikaWorkspace *workspace)
{
  guint n = 0;
  for (guint i = 0; i < workspace->nodes->len; i++)
    n += ((PikaWorkspaceNode *)workspace->nodes->pdata[i])->kind == PIKA_NODE_PLOT;
  return n;
}

/* -o names a file if it ends as one, else a folder, which is made. */
static gboolean
choose_output(const CliArgs *args, Job *job, GError **error)
{
  static const char *const formats[] = { "png", "svg", "pdf" };
  guint n = count_plots(job->workspace);
  const char *format = NULL;
  job->output = cli_get(args, "output");
  for (guint i = 0; job->output && i < G_N_ELEMENTS(formats); i++) {
    g_autofree char *ending = g_strconcat(".", formats[i], NULL);
    if (g_str_has_suffix(job->output, ending))
      format = formats[i];
  }
  job->into_folder = !format && g_strcmp0(job->output, "-");
  job->format = cli_get(args, "format") ? cli_get(args, "format") : format ? format : "png";
  if (!job->into_folder && n != 1) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "the workspace has %u plots, and %s is one file: name a folder", n,
                job->output);
    return FALSE;
  }
  if (job->into_folder && job->output && g_mkdir_with_parents(job->output, 0777) != 0) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_IO, "cannot make the folder %s: %s", job->output, g_strerror(errno));
    return FALSE;
  }
  return TRUE;
}

static gboolean
prepare(const CliArgs *args, Job *job, GError **error)
{
  if (args->positional->len != 1) {
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika render takes one WORKSPACE.pika; see pika render --help");
    return FALSE;
  }
  if (cli_get_number(args, "scale", 1) <= 0) {
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--scale takes a number above 0");
    return FALSE;
  }
  g_autoptr(GAsyncResult) result = NULL;
  pika_workspace_load_async(args->positional->pdata[0], cli_cancellable(), cli_ready, &result);
  job->workspace = pika_workspace_load_finish(cli_wait(&result), error);
  job->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (!job->workspace || !replace_sources(args, job, error) || !choose_output(args, job, error) ||
      !start_session(args, job, error))
    return FALSE;
  for (guint i = 0; i < job->workspace->sources->len; i++)
    if (!open_source(job, job->workspace->sources->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* All that can be drawn is; each that cannot says why, and the status tells. */
int
cli_run_render(CliArgs *args)
{
  g_autoptr(GError) error = NULL;
  g_auto(Job) job = { 0 };
  guint failed = 0;
  if (!prepare(args, &job, &error))
    return cli_fail(error);
  for (guint i = 0; i < job.workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = job.workspace->nodes->pdata[i];
    g_autoptr(GError) failure = NULL;
    if (node->kind != PIKA_NODE_PLOT || render_plot(args, &job, node, &failure))
      continue;
    if (g_error_matches(failure, PIKA_ERROR, PIKA_ERROR_CANCELLED))
      return cli_fail(failure);
    cli_say("pika: %s: %s", node->name ? node->name : node->id, failure->message);
    failed++;
  }
  int status = cli_context_finish(&job.context, args, &error);
  if (error)
    return cli_fail(error);
  return failed ? CLI_FAILED : status;
}
