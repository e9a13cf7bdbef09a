/* Pictures of cells: every backend's, byte for byte those of pk_raster_paint over what ref counts. */
#pragma once

#include "conformance.h"

void conformance_raster(void);
