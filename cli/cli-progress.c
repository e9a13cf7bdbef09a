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
  GMutex lock; /* progress comes from whichever thread works */
};

CliProgress *
cli_progress_new(const char *mode, gboolean quiet)
{
  CliProgress *self = g_new0(CliProgress, 1);
  g_mutex_init(&self->lock);
  self->started = g_get_monotonic_time();
  if (!g_strcmp0(mode, "json"))
    self->mode = JSON;
  else if (quiet || !g_strcmp0(mode, "never") || !isatty(STDERR_FILENO))
    self->mode = NEVER;
  else
    self->mode = BAR;
  return self;
}

static void
print_json(const char *phase, double fraction, guint64 rows, guint64 total)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd(number, sizeof number, "%.4f", fraction);
  fprintf(stderr, "{\"phase\":\"%s\",\"fraction\":%s,\"rows\":%" G_GUINT64_FORMAT ",\"total\":%" G_GUINT64_FORMAT "}\n",
          phase, fraction < 0 ? "null" : number, rows, total);
}

static void
print_bar(CliProgress *self, const char *phase, double fraction, guint64 rows)
{
  char bar[31];
  int filled = fraction < 0 ? 0 : (int)(CLAMP(fraction, 0, 1) * 30);
  memset(bar, ' ', 30);
  memset(bar, '#', (size_t)filled);
  bar[30] = 0;
  if (fraction >= 0)
    fprintf(stderr, "\r%-10s [%s] %3.0f%%\033[K", phase, bar, CLAMP(fraction, 0, 1) * 100);
  else
    fprintf(stderr, "\r%-10s %" G_GUINT64_FORMAT " rows\033[K", phase, rows);
  fflush(stderr);
  self->shown = TRUE;
}

static void
on_progress(const char *phase, double fraction, guint64 rows, guint64 total, gpointer data)
{
  CliProgress *self = data;
  gint64 now = g_get_monotonic_time();
  g_mutex_lock(&self->lock);
  gboolean due = now - self->last >= INTERVAL_US && (self->mode == JSON || now - self->started >= SHOW_AFTER_US);
  if (due && self->mode == JSON)
    print_json(phase, fraction, rows, total);
  else if (due && self->mode == BAR)
    print_bar(self, phase, fraction, rows);
  if (due)
    self->last = now;
  g_mutex_unlock(&self->lock);
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
  g_mutex_clear(&self->lock);
  g_free(self);
}
