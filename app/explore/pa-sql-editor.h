/* The SQL of a window: highlighting, completion, history, and the fault underlined where the engine sees it. */
#pragma once

#include "pa-catalog.h"

#include <adwaita.h>
#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define PA_TYPE_SQL_EDITOR (pa_sql_editor_get_type())
G_DECLARE_FINAL_TYPE(PaSqlEditor, pa_sql_editor, PA, SQL_EDITOR, GtkWidget)

/* Where completion takes tables and columns from. */
void pa_sql_editor_set_catalog(PaSqlEditor *self, PaCatalog *catalog);

/* All of it. Caller frees. */
char *pa_sql_editor_dup_text(PaSqlEditor *self);
void pa_sql_editor_set_text(PaSqlEditor *self, const char *text);

/* After a statement that was run: what it said goes below the text; a message that ends with "(line L, column C)" is
 * underlined there. NULL: it went well, and is part of the history. */
void pa_sql_editor_take_answer(PaSqlEditor *self, const GError *error);

/* Signal "run" (const char *sql): Ctrl+Enter, with the selection or all of it.
 * Actions: editor.run, editor.previous, editor.next (history). */

G_END_DECLS
