/* Pictures of a plan's cells on a device: counts stay there, the picture comes back. */
#pragma once

#include "pk-raster.h"

#include "pk-vk-exec.h"

G_BEGIN_DECLS

/* Can the counts be painted where they are? They cannot where groups are hashed. */
gboolean pk_vk_raster_can(const PkVkProgram *program, const PkRasterStyle *style);

/* PK_ERROR_LIMIT also where a cell has more than PK_SHADES_MOST rows: then the counts themselves must come back. */
gboolean pk_vk_raster(PkVkRun *run, PkVkProgram *program, const PkRasterStyle *style, PkRaster *raster, GError **error);

G_END_DECLS
