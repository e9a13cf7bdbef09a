/* The session of a window and the tables that were opened in it. Main thread; nothing in it waits. */
#pragma once

#include "pa-table-item.h"

G_BEGIN_DECLS

#define PA_TYPE_CATALOG (pa_catalog_get_type())
G_DECLARE_FINAL_TYPE(PaCatalog, pa_catalog, PA, CATALOG, GObject)

/* Starts a session on a worker; what is opened meanwhile waits for it. */
PaCatalog *pa_catalog_new(void);

/* From now on, in a new session: the engine refuses everything but SELECT, and every file but these (NULL-terminated). For a
 * workspace that came from someone else. Only while no table is open. */
void pa_catalog_restrict(PaCatalog *self, const char *const *paths);

/* Borrowed; NULL until "ready". */
PikaSession *pa_catalog_get_session(PaCatalog *self);

/* A list of PaTableItem, those that load first shown as such. Borrowed. */
GListModel *pa_catalog_get_tables(PaCatalog *self);
/* By the name of a table that is loaded; borrowed; NULL: none. */
PaTableItem *pa_catalog_find(PaCatalog *self, const char *table);

/* Opens a file. options: name, value, …, NULL (as PikaImportOption); may be NULL. */
void pa_catalog_open(PaCatalog *self, const char *path, const char *const *options);
/* The same under a name; NULL: by the file's. */
void pa_catalog_open_as(PaCatalog *self, const char *path, const char *name, const char *const *options);
/* Opens the file of a table again with other options, under the same name; the table goes once the new one is there. */
void pa_catalog_reopen(PaCatalog *self, PaTableItem *item, const char *const *options);
/* Takes a table out of the window; nothing happens to its file. */
void pa_catalog_close(PaCatalog *self, PaTableItem *item);

gboolean pa_catalog_is_loading(PaCatalog *self);
/* What loads stops. */
void pa_catalog_cancel(PaCatalog *self);

/* Gives the session back on a worker. The catalog is of no use afterwards. */
void pa_catalog_shut(PaCatalog *self);

/* Signals: "ready" (); "opened" (PaTableItem *); "failed" (const char *what, const GError *);
 * "progress" (const char *phase, double fraction or -1); "idle" (): nothing loads any more. */

G_END_DECLS
