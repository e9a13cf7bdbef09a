/* The header's sight of what runs: a spinner and Stop while something does; in a popover the memory and the device. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_ACTIVITY (pa_activity_get_type())
G_DECLARE_FINAL_TYPE(PaActivity, pa_activity, PA, ACTIVITY, GtkWidget)

/* What runs and how far it is, 0 … 1 or -1; shown while something runs. */
void pa_activity_tell(PaActivity *self, const char *what, double fraction);

/* Action: its Stop button activates win.stop. */

G_END_DECLS
