/* A file in the making, for writers that take a path and may not stop when they
 * are told to.
 *
 * It is made in a private folder beside its place, and renamed into it when it
 * is whole. A cancel removes the folder at once, in the thread that cancels:
 * where there is no folder no file can be opened, so a writer that winds down
 * after its caller was told, or whose process ends, leaves nothing. Not for
 * several threads, but for that cancel. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct PkStagedFile PkStagedFile;

/* Makes the folder. cancellable may be NULL. NULL with *error that names `path`. */
PkStagedFile *pk_staged_file_new(const char *path, GCancellable *cancellable, GError **error);

/* Where to write; no such file is there. Borrowed. */
const char *pk_staged_file_get_path(const PkStagedFile *self);

/* Renames the file over what is at its place, unless it was cancelled: FALSE with *error, and nothing was changed. */
gboolean pk_staged_file_commit(PkStagedFile *self, GError **error);

/* Writes the place, as the caller named it, for each mention of the path of now. */
void pk_staged_file_name_place(const PkStagedFile *self, GError *error);

/* Removes what was not committed. */
void pk_staged_file_free(PkStagedFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkStagedFile, pk_staged_file_free)

G_END_DECLS
