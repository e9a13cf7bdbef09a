/* Progress on stderr: a bar on a terminal after two seconds, JSON lines, or nothing. */
#pragma once

#include "cli.h"

#include <pika/pika.h>

G_BEGIN_DECLS

typedef struct CliProgress CliProgress;

/* mode: "auto", "never", "json" or NULL (auto). */
CliProgress *cli_progress_new(const char *mode, gboolean quiet);
void cli_progress_attach(CliProgress *self, PikaSession *session);
/* Takes the bar away. */
void cli_progress_free(CliProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliProgress, cli_progress_free)

G_END_DECLS
