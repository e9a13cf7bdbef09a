/* What the files that make axes share. Not for other folders. */
#pragma once

#include "pk-build.h"

G_BEGIN_DECLS

/* A property of an axis with this orient: the component's, else Vega's config and defaults. */
JsonNode *pk_axis_prop(const PkAxisComp *comp, const char *orient, const char *name);
void pk_axis_comp_free(gpointer comp);
/* The box of a label: 0 along the axis is the origin of the view, 0 across it the line of the axis. */
PkBox pk_axis_label_box(const PkBuild *b, const PkAxis *axis, const PkAxisTick *tick);

G_END_DECLS
