/* A column's distribution as a small picture: bars of equal width, the highest as high as the widget. */
#pragma once

#include <adwaita.h>
#include <pika/pika.h>

G_BEGIN_DECLS

#define PA_TYPE_HISTOGRAM (pa_histogram_get_type())
G_DECLARE_FINAL_TYPE(PaHistogram, pa_histogram, PA, HISTOGRAM, GtkWidget)

/* Copies what it needs. NULL, or a profile without one: draws nothing. */
void pa_histogram_set_profile(PaHistogram *self, const PikaColumnProfile *profile);

G_END_DECLS
