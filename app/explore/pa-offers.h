/* The charts that fit what was picked, each drawn small from the real data; one click takes one. */
#pragma once

#include "pa-catalog.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_OFFERS (pa_offers_get_type())
G_DECLARE_FINAL_TYPE(PaOffers, pa_offers, PA, OFFERS, GtkWidget)

/* columns: of PikaColumn; table: what they are columns of; distinct, rows: see pa_chart_suggest. */
void pa_offers_show(PaOffers *self, PikaSession *session, const char *table, const GPtrArray *columns,
                    const gint64 *distinct, gint64 rows);
void pa_offers_clear(PaOffers *self);
guint pa_offers_get_n(PaOffers *self);
/* As if it had been clicked. */
void pa_offers_take(PaOffers *self, guint n);

/* Signal "taken" (const char *spec). */

G_END_DECLS
