/* The rows behind the marks, as a frame. */
#pragma once

#include "pk-table.h"

G_BEGIN_DECLS

/* Columns whose values are all numbers are DOUBLE, all dates TIMESTAMP (ms), all booleans BOOLEAN; others are text. New reference. */
PkFrame *pk_plot_data_frame(const PkTable *table, GError **error);

G_END_DECLS
