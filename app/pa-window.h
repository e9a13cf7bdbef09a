/* The window of one workspace. */
#pragma once

#include "pa-application.h"

G_BEGIN_DECLS

#define PA_TYPE_WINDOW (pa_window_get_type())
G_DECLARE_FINAL_TYPE(PaWindow, pa_window, PA, WINDOW, AdwApplicationWindow)

PaWindow *pa_window_new(PaApplication *application);

G_END_DECLS
