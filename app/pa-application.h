/* The process: one instance for the user, a window for each workspace, the actions that belong to no window. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_APPLICATION_ID "org.pikaplot.PikaPlot"

#define PA_TYPE_APPLICATION (pa_application_get_type())
G_DECLARE_FINAL_TYPE(PaApplication, pa_application, PA, APPLICATION, AdwApplication)

PaApplication *pa_application_new(void);

G_END_DECLS
