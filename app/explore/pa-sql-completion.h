/* Completion of SQL: the tables and columns of a catalog, and the engine's functions and keywords. */
#pragma once

#include "pa-catalog.h"

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define PA_TYPE_SQL_COMPLETION (pa_sql_completion_get_type())
G_DECLARE_FINAL_TYPE(PaSqlCompletion, pa_sql_completion, PA, SQL_COMPLETION, GObject)

PaSqlCompletion *pa_sql_completion_new(PaCatalog *catalog);

G_END_DECLS
