/* What a document is and was is kept on disk while it is open, so that a crash, a kill or a power failure loses nothing
 * older than a second; and what is left of such an end is found and opened again.
 *
 * Each open document has a folder in $XDG_STATE_HOME/pika-plot/recovery, which is locked as long as the process lives:
 *   lock       held by flock
 *   N.pika     the whole workspace at some moment, N counts up; written beside its place and renamed
 *   N.steps    what happened since, a line of JSON a step, appended; the last line may be torn
 * A new N begins when the document is loaded or saved, and when the steps grow long. What is written is on the disk
 * (fdatasync). A step is written within 0.2 s, by one thread of GIO's at a time. */
#pragma once

#include "pa-document.h"

G_BEGIN_DECLS

#define PA_TYPE_RECOVERY (pa_recovery_get_type())
G_DECLARE_FINAL_TYPE(PaRecovery, pa_recovery, PA, RECOVERY, GObject)

/* Keeps the document from now on. Property error (text): why it cannot any more; NULL: it can. Main thread. */
PaRecovery *pa_recovery_new(PaDocument *document);
const char *pa_recovery_get_error(PaRecovery *self);

/* All is well: what was kept is removed. Without this, to drop the last reference leaves it as a crash would. */
void pa_recovery_close(PaRecovery *self);

/* A document that nobody has open, as it was kept. */
typedef struct {
  char *folder;
  char *path;      /* of its file; NULL: it had none */
  gint64 time;     /* of its last change, s since 1970 */
} PaRecovered;

void pa_recovered_free(PaRecovered *self);

/* Those that hold anything that no file has, the latest first; what holds nothing is removed. An array of PaRecovered.
 * Blocks; any thread. */
GPtrArray *pa_recovery_list(void);

/* Brings the document to what was kept, as a changed one. FALSE: nothing could be read; the document is as it was. Steps
 * after one that cannot be read are lost. */
gboolean pa_recovery_restore(const PaRecovered *recovered, PaDocument *document, GError **error);
void pa_recovery_discard(const PaRecovered *recovered);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PaRecovered, pa_recovered_free)

G_END_DECLS
