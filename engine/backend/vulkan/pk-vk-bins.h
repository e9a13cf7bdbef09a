/* Rows counted in very many groups, such as the bins of a picture. */
#pragma once

#include "pk-vk-run.h"

G_BEGIN_DECLS

/* Adds the rows that spec selects to args->rows, of args->n_groups groups. Rows that mostly fall near those before them
 * are counted through a cache (kernels/bins.comp), others sorted by bucket first (kernels/part.glsl): a sample of
 * each segment decides on the device. */
gboolean pk_vk_run_bins(PkVkRun *run, const PkVkSpec *spec, const struct PkKernelProgram *args, GError **error);

G_END_DECLS
