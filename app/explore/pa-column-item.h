/* A column of a table in the sidebar: what is known of it, first its type, later its profile. */
#pragma once

#include <gio/gio.h>
#include <pika/pika.h>

G_BEGIN_DECLS

#define PA_TYPE_COLUMN_ITEM (pa_column_item_get_type())
G_DECLARE_FINAL_TYPE(PaColumnItem, pa_column_item, PA, COLUMN_ITEM, GObject)

/* table: its name. */
PaColumnItem *pa_column_item_new(const char *table, const PikaColumn *column);

const char *pa_column_item_get_table(PaColumnItem *self);
/* Borrowed. */
const PikaColumn *pa_column_item_get_column(PaColumnItem *self);
/* Borrowed; NULL until it was made. */
const PikaColumnProfile *pa_column_item_get_profile(PaColumnItem *self);
/* Takes it over; emits "changed". */
void pa_column_item_take_profile(PaColumnItem *self, PikaColumnProfile *profile);

/* "0 – 120 · 35 distinct · 2% empty"; NULL without a profile. Caller frees. */
char *pa_column_item_dup_summary(PaColumnItem *self);

/* The icon and the word of a kind. Static. */
const char *pa_kind_get_icon(PikaKind kind);
const char *pa_kind_get_name(PikaKind kind);

G_END_DECLS
