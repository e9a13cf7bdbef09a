#include "cli-progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOW_AFTER_US 2000000
#define INTERVAL_US 100000

struct CliProgress {
  enum { NEVER, BAR, JSON } mode;
  gint64 started, last;
  gboolean shown;
};

CliProgress *
cli_progress_new(const char *mode, gboolean quiet)
{
  CliProgress *self = g_new0(CliProgress, 1);
  self->started = g_get_monotonic_time();
  if (!g_strcmp0(mode, "json"))
    self->mode = JSON;
  else if (quiet || !g_strcmp0(mode, "never") || !isatty(STDERR_FILENO))
    self->mode = NEVER;
  else
    self->mode = BAR;
  return self;
}

static double
get_fraction(const PikaProgress *progress)
{
  return progress->total > 0 ? CLAMP(progress->done / progress->total, 0, 1) : -1;
}

static void
print_json(const PikaProgress *progress)
{
  char fraction[G_ASCII_DTOSTR_BUF_SIZE], done[G_ASCII_DTOSTR_BUF_SIZE], total[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd(fraction, sizeof fraction, "%.4f", get_fraction(progress));
  g_ascii_dtostr(done, sizeof done, progress->done);
  g_ascii_dtostr(total, sizeof total, progress->total);
  fprintf(stderr, "{\"phase\":\"%s\",\"fraction\":%s,\"done\":%s,\"total\":%s,\"unit\":\"%s\",\"rows\":%"
          G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT "}\n", progress->phase, progress->total > 0 ? fraction : "null",
          done, progress->total > 0 ? total : "null", progress->unit ? progress->unit : "", progress->rows, progress->bytes);
}

static void
print_bar(CliProgress *self, const PikaProgress *progress)
{
  double fraction = get_fraction(progress);
  char bar[31];
  int filled = fraction < 0 ? 0 : (int)(fraction * 30);
  memset(bar, ' ', 30);
  memset(bar, '#', (size_t)filled);
  bar[30] = 0;
  if (fraction >= 0)
    fprintf(stderr, "\r%-10s [%s] %3.0f%%\033[K", progress->phase, bar, fraction * 100);
  else
    fprintf(stderr, "\r%-10s %" G_GUINT64_FORMAT " rows\033[K", progress->phase, progress->rows);
  fflush(stderr);
  self->shown = TRUE;
}

static void
on_progress(const PikaProgress *progress, gpointer data)
{
  CliProgress *self = data;
  gint64 now = g_get_monotonic_time();
  gboolean due = now - self->last >= INTERVAL_US && (self->mode == JSON || now - self->started >= SHOW_AFTER_US);
  if (due && self->mode == JSON)
    print_json(progress);
  else if (due && self->mode == BAR)
    print_bar(self, progress);
  if (due)
    self->last = now;
}

void
cli_progress_attach(CliProgress *self, PikaSession *session)
{
  if (self->mode != NEVER)
    pika_session_set_progress(session, on_progress, self);
}

void
cli_progress_free(CliProgress *self)
{
  if (!self)
    return;
  if (self->shown)
    fputs("\r\033[K", stderr);
  g_free(self);
}
