/* What the verbs share: a session with the files of the command line opened. */
#pragma once

#include "cli-loop.h"
#include "cli-progress.h"
#include "cli.h"

G_BEGIN_DECLS

typedef struct {
  PikaSession *session;
  CliProgress *progress;
  GPtrArray *tables;    /* of PikaTable *, in the order of the command line */
  gboolean verbose, quiet;
  guint64 rejected;
} CliContext;

/* The file, pattern or "-" of an argument NAME=FILE, and *name new; of any other the argument itself, and *name NULL.
 * An argument that is the name of a file, or a pattern that matches one (year=2024/a.parquet), is that. */
const char *cli_split_name(const char *argument, char **name);

/* Creates the session that the options ask for and opens `paths`, each of which may be NAME=FILE. `restrict_to` (NULL-terminated folders; NULL: none)
 * makes it a session for input that came from someone else, which may read only these and `paths`. */
gboolean cli_context_open(CliContext *self, const CliArgs *args, char **paths, guint n_paths,
                          const char *const *restrict_to, GError **error);
/* The same without opening them: a caller that does so has other options for each. */
gboolean cli_context_start(CliContext *self, const CliArgs *args, char **paths, guint n_paths,
                           const char *const *restrict_to, GError **error);
void cli_context_clear(CliContext *self);

/* Where all has been written and only the end of the process is left: the session's temporary files go, and cli_leave,
 * to be called last with all streams flushed, leaves without freeing anything. Does nothing before an abandon. */
void cli_context_abandon(CliContext *self);
void cli_leave(int status);

/* Writes --rejects, says on stderr what was read, and returns the exit status (--strict). */
int cli_context_finish(CliContext *self, const CliArgs *args, GError **error);

/* Writes --receipt, and says it on stderr with -v. */
gboolean cli_report_receipt(const CliContext *self, const CliArgs *args, const PikaReceipt *receipt, GError **error);

/* Prints "pika: message" and returns the exit status that fits. */
int cli_fail(const GError *error);

/* One line that is safe on a terminal: control characters, and those that turn the direction of text, are written as
 * escapes, line ends and tabs as spaces. Caller owns. */
char *cli_printable(const char *text);

/* One such line on stderr. */
void cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* With commas, whatever the locale. Caller owns. */
char *cli_group_digits(gint64 n);

/* Columns of the terminal on stdout, 0 if it is none. */
guint cli_terminal_width(void);

/* NO_COLOR, and whether stdout is a terminal. */
gboolean cli_use_color(void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliContext, cli_context_clear)

G_END_DECLS
