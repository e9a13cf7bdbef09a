/* Where data goes: stdout, or a file that appears only when it is whole. */
#pragma once

#include "cli.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct CliOutput CliOutput;

/* Whether that is the path of a file, there or to be made: not stdout, a device or a folder. */
gboolean cli_output_is_file(const char *path);

/* path NULL or "-": stdout; binary to a terminal is refused (PIKA_ERROR_USAGE).
 * A file is written beside its place under a temporary name. A device or pipe is written to as it is. */
CliOutput *cli_output_open(const char *path, gboolean binary, GError **error);

/* Borrowed. Not for writers that need a path. */
GOutputStream *cli_output_get_stream(CliOutput *self);

/* Flushes, and renames the file into its place. FALSE: nothing was left behind. */
gboolean cli_output_commit(CliOutput *self, GError **error);

/* Removes what was not committed, and frees. */
void cli_output_free(CliOutput *self);

/* Removes the temporary files of outputs that are open: for a signal's second arrival. Async-signal-safe. */
void cli_output_emergency_cleanup(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliOutput, cli_output_free)

G_END_DECLS
