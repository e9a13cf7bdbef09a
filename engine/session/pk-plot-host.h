/* What lowering asks of its surroundings, answered by a session: data of a
 * specification become tables, plans and statements are run, and every step is
 * entered in the plot's receipt. Not thread-safe; one for each plot. */
#pragma once

#include "pk-lower.h"
#include "pk-session-private.h"

G_BEGIN_DECLS

typedef struct {
  PikaSession *session;      /* borrowed */
  GCancellable *cancellable; /* borrowed; may be NULL */
  PikaReceipt receipt;
  PkTally tally;             /* of the receipt */
  char *table;               /* of data without a source; may be NULL */
  char *spec_folder;         /* may be NULL */
  char *data_folder;         /* may be NULL */
  GHashTable *kept;          /* url → what stands after FROM */
  GHashTable *described;     /* SELECT → array of PkColumnInfo */
  GHashTable *answers;       /* of a plot that asks again and again: canonical text of a plan without predicates, about
                                bins, extents and groups → PkFrame; NULL: not kept */
  GString *explained;        /* NULL: not wanted */
  gboolean explained_as_json;
} PkPlotHost;

/* options: table, spec_path and data_directory are copied. The host must not be moved after. */
void pk_plot_host_init(PkPlotHost *self, PikaSession *session, const PikaPlotOptions *options, GCancellable *cancellable);
void pk_plot_host_clear(PkPlotHost *self);

/* From now on plans that nobody's brush changes are answered once. The data must not change then. */
void pk_plot_host_keep_answers(PkPlotHost *self);

/* The functions; `self` is their user data and must outlive what lowering returns. */
PkLowerHost pk_plot_host_functions(PkPlotHost *self);

/* The file that a url of a specification names, checked: inside the specification's folder, the data folder, or a file
 * that the session was allowed. PK_ERROR_FORBIDDEN, PK_ERROR_NOT_FOUND. Caller frees. */
char *pk_plot_host_resolve(const PkPlotHost *self, const char *url, GError **error);

G_END_DECLS
