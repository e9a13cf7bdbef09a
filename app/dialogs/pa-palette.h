/* The command palette: everything that can be done or gone to, found by typing a few letters of it. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_PALETTE (pa_palette_get_type())
G_DECLARE_FINAL_TYPE(PaPalette, pa_palette, PA, PALETTE, AdwWindow)

/* Actions are activated on the parent. */
PaPalette *pa_palette_new(GtkWindow *parent);

/* detail: what stands below, such as keys; may be NULL. target may be NULL; a floating one is taken over. An action that is
 * not enabled is not offered. */
void pa_palette_add(PaPalette *self, const char *label, const char *detail, const char *icon, const char *action,
                    GVariant *target);
/* Once all is added. */
void pa_palette_open(PaPalette *self);

G_END_DECLS
