/* pika top: what the runtimes of this user's processes do. */
#include "cli-context.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const char *const lanes[] = { "interactive", "query", "background" };
static const char *const statuses[] = { "runs", "winds down", "waits", "waits for room" };

/* Nothing but what the question itself can say; NULL with *error on failure. */
static GPtrArray *
list_processes(GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  pika_runtime_list_async(cli_cancellable(), cli_ready, &result);
  return pika_runtime_list_finish(cli_wait(&result), error);
}

/* --- JSON --- */

static char *
make_json(const GPtrArray *processes)
{
  GString *out = g_string_new("{\"processes\":[");
  for (guint i = 0; i < processes->len; i++) {
    g_autofree char *process = pika_process_to_json(processes->pdata[i]);
    g_string_append_printf(out, "%s%s", i > 0 ? ",\n" : "", process);
  }
  g_string_append(out, "]}\n");
  return g_string_free(out, FALSE);
}

/* --- a table for people --- */

static void
append_seconds(GString *out, double ms)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf(out, "%9s s", g_ascii_formatd(text, sizeof text, "%.1f", ms / 1000));
}

static void
append_progress(GString *out, const PikaJob *job)
{
  if (!job->phase)
    return;
  g_autofree char *phase = cli_printable(job->phase);
  g_string_append_printf(out, "  %s", phase);
  if (job->total > 0)
    g_string_append_printf(out, " %d %%", (int)(CLAMP(job->done / job->total, 0, 1) * 100));
  if (job->rows > 0) {
    g_autofree char *rows = cli_group_digits((gint64)job->rows);
    g_string_append_printf(out, ", %s rows", rows);
  }
}

static void
append_job(GString *out, const PikaJob *job)
{
  g_autofree char *name = cli_printable(job->name);
  gboolean has_started = job->status == PIKA_JOB_RUNNING || job->status == PIKA_JOB_LEFT;
  g_string_append_printf(out, "  %-11s  %-14s  %-14s", lanes[job->lane], name, statuses[job->status]);
  append_seconds(out, has_started ? job->ran_ms : job->waited_ms);
  append_progress(out, job);
  g_string_append_c(out, '\n');
}

static void
append_state(GString *out, const PikaRuntimeState *state)
{
  g_string_append_printf(out, "  %u workers", state->workers);
  if (state->borrowed > 0)
    g_string_append_printf(out, ", %u lent to loops", state->borrowed);
  g_string_append_printf(out, "; jobs so far: %" G_GUINT64_FORMAT " done, %" G_GUINT64_FORMAT " failed, %" G_GUINT64_FORMAT
                         " cancelled, %" G_GUINT64_FORMAT " superseded, %" G_GUINT64_FORMAT " refused\n", state->done,
                         state->failed, state->cancelled, state->superseded, state->refused);
  g_string_append(out, "  lane         run  wait\n");
  for (guint lane = 0; lane < G_N_ELEMENTS(lanes); lane++) {
    g_string_append_printf(out, "  %-11s %4u  %4u", lanes[lane], state->running[lane], state->waiting[lane]);
    if (lane == PIKA_LANE_QUERY && state->parked > 0)
      g_string_append_printf(out, ", and %u for room", state->parked);
    if (lane == PIKA_LANE_QUERY && state->left > 0)
      g_string_append_printf(out, "; %u cancelled wind down", state->left);
    g_string_append_c(out, '\n');
  }
}

static void
append_process(GString *out, const PikaProcess *process)
{
  if (!process->answered) {
    g_string_append_printf(out, "%d  does not answer: its main loop is busy\n", process->pid);
    return;
  }
  g_autofree char *command = cli_printable(process->command);
  g_string_append_printf(out, "%d  %s\n", process->pid, command);
  append_state(out, &process->state);
  for (guint i = 0; i < process->jobs->len; i++)
    append_job(out, process->jobs->pdata[i]);
}

static char *
make_table(const GPtrArray *processes)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < processes->len; i++) {
    if (i > 0)
      g_string_append_c(out, '\n');
    append_process(out, processes->pdata[i]);
  }
  if (processes->len == 0)
    g_string_append(out, "nothing of Pika-Plot runs: what computes for longer than 0.1 s is shown here\n");
  return g_string_free(out, FALSE);
}

static int
print_once(gboolean as_json, GError **error)
{
  g_autoptr(GPtrArray) processes = list_processes(error);
  if (!processes)
    return CLI_FAILED;
  g_autofree char *text = as_json ? make_json(processes) : make_table(processes);
  return cli_print_all(text, strlen(text), error) ? CLI_DONE : CLI_FAILED;
}

/* --- on a terminal --- */

typedef struct {
  struct termios before;
  gboolean has_keys;  /* stdin is a terminal, and its mode was changed */
  guint keys_id, timer_id;
  gboolean leaves, is_due;
} Screen;

static gboolean
on_key(gint fd, GIOCondition condition, gpointer data)
{
  Screen *self = data;
  char keys[64];
  ssize_t n = read(fd, keys, sizeof keys);
  for (ssize_t i = 0; i < n; i++)
    self->leaves |= keys[i] == 'q' || keys[i] == 'Q';
  self->leaves |= n == 0; /* there is no terminal any more */
  return G_SOURCE_CONTINUE;
}

static gboolean
on_due(gpointer data)
{
  ((Screen *)data)->is_due = TRUE;
  return G_SOURCE_CONTINUE;
}

/* The other screen, without a cursor; keys come one by one and are not shown. */
static void
screen_open(Screen *self, double interval_s)
{
  if (tcgetattr(STDIN_FILENO, &self->before) == 0) {
    struct termios raw = self->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    self->has_keys = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
  }
  if (self->has_keys)
    self->keys_id = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_key, self);
  self->timer_id = g_timeout_add((guint)(interval_s * 1000), on_due, self);
  fputs("\033[?1049h\033[?25l", stdout);
}

static void
screen_close(Screen *self)
{
  fputs("\033[?25h\033[?1049l", stdout);
  fflush(stdout);
  if (self->has_keys) {
    g_source_remove(self->keys_id);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &self->before);
  }
  g_source_remove(self->timer_id);
}

/* The first `width` characters of a line. */
static void
append_cut(GString *out, const char *line, guint width)
{
  const char *end = line;
  for (guint n = 0; *end && n < width; n++)
    end = g_utf8_next_char(end);
  g_string_append_len(out, line, end - line);
  g_string_append(out, "\033[K\r\n");
}

/* What fits of it, over what stood there. */
static void
screen_show(const char *table)
{
  struct winsize size = { 0 };
  g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
  g_autoptr(GString) out = g_string_new("\033[H");
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *time = g_date_time_format(now, "%H:%M:%S");
  g_autofree char *title = g_strdup_printf("pika top, %s; q leaves", time);
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    size = (struct winsize){ .ws_row = 24, .ws_col = 80 }; /* it does not say */
  g_string_append(out, cli_use_color() ? "\033[7m" : "");
  append_cut(out, title, size.ws_col);
  g_string_append(out, cli_use_color() ? "\033[m" : "");
  for (guint i = 0; lines[i] && i + 2 < size.ws_row; i++)
    append_cut(out, lines[i], size.ws_col);
  g_string_append(out, "\033[J");
  fwrite(out->str, 1, out->len, stdout);
  fflush(stdout);
}

static int
show_on_terminal(double interval_s, GError **error)
{
  Screen screen = { .is_due = TRUE };
  g_autoptr(GError) local = NULL;
  screen_open(&screen, interval_s);
  while (!screen.leaves && !local && !g_cancellable_is_cancelled(cli_cancellable())) {
    if (screen.is_due) {
      g_autoptr(GPtrArray) processes = list_processes(&local);
      g_autofree char *table = processes ? make_table(processes) : NULL;
      screen.is_due = FALSE;
      if (table)
        screen_show(table);
    } else {
      g_main_context_iteration(NULL, TRUE);
    }
  }
  screen_close(&screen);
  if (!local || g_error_matches(local, PIKA_ERROR, PIKA_ERROR_CANCELLED)) /* Ctrl+C is a way of leaving */
    return CLI_DONE;
  g_propagate_error(error, g_steal_pointer(&local));
  return CLI_FAILED;
}

int
cli_run_top(CliArgs *args)
{
  g_autoptr(GError) error = NULL;
  gboolean as_json = !g_strcmp0(cli_get(args, "format"), "json");
  gboolean once = as_json || cli_has(args, "once") || !isatty(STDOUT_FILENO);
  double interval_s = cli_get_number(args, "interval", 1);
  if (args->positional->len > 0)
    g_set_error(&error, PIKA_ERROR, PIKA_ERROR_USAGE, "top takes no file: \"%s\"", (char *)args->positional->pdata[0]);
  else if (!(interval_s >= 0.1 && interval_s <= 3600))
    g_set_error_literal(&error, PIKA_ERROR, PIKA_ERROR_USAGE, "--interval is from 0.1 to 3600 seconds");
  if (error)
    return cli_fail(error);
  int status = once ? print_once(as_json, &error) : show_on_terminal(interval_s, &error);
  return error ? cli_fail(error) : status;
}
