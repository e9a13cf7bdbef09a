/* The main loop of the command line: verbs read as if calls blocked, but while they wait for one, the default main context
 * is iterated, so that progress is shown and Ctrl+C is heard. */
#pragma once

#include "cli.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Cancelled by the first Ctrl+C; the second leaves with 130, whatever the main loop does. Never freed. */
GCancellable *cli_cancellable(void);
void cli_watch_signals(void);
/* Before another program takes this one's place. */
void cli_unwatch_signals(void);

/* Lets pika top see this process, once it has run for 100 ms: a command that is soon done need not be seen. Where that cannot
 * be done, verbose says why. */
void cli_publish(gboolean verbose);
void cli_unpublish(void);

/* A GAsyncReadyCallback: keeps the result in *slot (a GAsyncResult *, NULL before). */
void cli_ready(GObject *source, GAsyncResult *result, gpointer slot);
/* Iterates the default context until the slot is filled. Borrowed from the slot. */
GAsyncResult *cli_wait(GAsyncResult **slot);

/* All that can be read from a file descriptor. PIKA_ERROR_IO, PIKA_ERROR_CANCELLED; `what` names it. */
GString *cli_read_all(int fd, const char *what, GError **error);

/* Writes to a stream. PIKA_ERROR_IO, PIKA_ERROR_CANCELLED; `what` names where. */
gboolean cli_write_all(GOutputStream *stream, const char *what, const void *data, gsize length, GError **error);
/* The same to standard output. */
gboolean cli_print_all(const char *text, gsize length, GError **error);

G_END_DECLS
