/* A table in the sidebar, from the moment that its opening was asked for. */
#pragma once

#include "pa-column-item.h"

G_BEGIN_DECLS

#define PA_TYPE_TABLE_ITEM (pa_table_item_get_type())
G_DECLARE_FINAL_TYPE(PaTableItem, pa_table_item, PA, TABLE_ITEM, GObject)

/* Of what is being opened: path, the name that it is to have (NULL: by the file's), options (name, value, …, NULL; may be
 * NULL). */
PaTableItem *pa_table_item_new(const char *path, const char *name, const char *const *options);

/* Takes over what was opened; emits "changed". */
void pa_table_item_take_table(PaTableItem *self, PikaTable *table);
/* Borrowed; NULL as long as it loads. */
const PikaTable *pa_table_item_get_table(PaTableItem *self);

/* The table's name, or while it loads the file's. */
const char *pa_table_item_get_name(PaTableItem *self);
const char *pa_table_item_get_path(PaTableItem *self);
/* NULL: by the file's name. */
const char *pa_table_item_get_wanted_name(PaTableItem *self);
const char *const *pa_table_item_get_options(PaTableItem *self);

/* A list of PaColumnItem. Borrowed. */
GListStore *pa_table_item_get_columns(PaTableItem *self);
PaColumnItem *pa_table_item_find_column(PaTableItem *self, const char *name);

/* 0 … 1, or -1 while not known; emits "changed". */
void pa_table_item_set_progress(PaTableItem *self, double fraction);
double pa_table_item_get_progress(PaTableItem *self);

/* -1: not known yet. */
void pa_table_item_set_rows(PaTableItem *self, gint64 rows);
gint64 pa_table_item_get_rows(PaTableItem *self);

/* Were records rejected, or was anything else odd? */
gboolean pa_table_item_is_doubtful(PaTableItem *self);

/* "read 1,000 · loaded 998 · rejected 2", or "1,000 rows", or "" . Caller frees. */
char *pa_table_item_dup_report(PaTableItem *self);

G_END_DECLS
