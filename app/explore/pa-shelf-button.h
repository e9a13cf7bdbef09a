/* One shelf: what stands on a channel of a plot, in a few words, with a popover to change it. */
#pragma once

#include "pa-chart.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_SHELF_BUTTON (pa_shelf_button_get_type())
G_DECLARE_FINAL_TYPE(PaShelfButton, pa_shelf_button, PA, SHELF_BUTTON, GtkWidget)

/* label: the channel as people call it. */
PaShelfButton *pa_shelf_button_new(const char *channel, const char *label);
const char *pa_shelf_button_get_channel(PaShelfButton *self);

/* Copies; of PikaColumn. */
void pa_shelf_button_set_columns(PaShelfButton *self, const GPtrArray *columns);
void pa_shelf_button_set_shelf(PaShelfButton *self, const PaShelf *shelf);
/* The caller clears it. */
void pa_shelf_button_read(PaShelfButton *self, PaShelf *out);

/* Signal "changed" (): by a person. */

G_END_DECLS
