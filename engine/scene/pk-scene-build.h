/* From a checked specification and its lowered units to a scene.
 *
 * Everything visual is decided here: scale types, domains and ranges, sizes, marks, axes,
 * legends and titles, by the rules of Vega-Lite 6 (its compiler) and of Vega 6 (its encoders
 * and layouts). No data work is done beyond reading the units' tables. */
#pragma once

#include "pk-scene.h"
#include "pk-shade.h"
#include "pk-textmeasure.h"
#include "pk-unit.h"

G_BEGIN_DECLS

/* What a continuous position scale shows in place of what the data say: as Vega's domainRaw, neither padded nor made
 * nice, and marks are clipped to the view. */
typedef struct {
  const char *id; /* of the PkSceneScale */
  double from, to;/* dates as ms */
} PkSceneDomain;

typedef struct {
  double width, height;         /* of the plot in px, over those of the specification; <= 0: not given */
  const PkTextMeasure *measure; /* NULL: the estimate */
  JsonObject *theme;            /* a Vega-Lite config under that of the specification, or NULL */
  /* Of a density raster how counts become shades, and the colours; else those of the specification's
   * "usermeta": {"density": {"transfer": "equalize" | "linear" | "log" | "cbrt", "scheme": NAME}}; else "equalize" and
   * "viridis", darkest where most rows are. */
  gboolean has_transfer;
  PkTransfer transfer;
  const char *density_scheme;   /* NULL: not given */
  double pixel_ratio;           /* device pixels a px: rasters and columns of lines are made for them; <= 0: 1 */
  guint n_domains;
  const PkSceneDomain *domains; /* of scales that show something else than their data */
} PkSceneOptions;

/* options may be NULL. Units drawn as a density or by M4 are asked for their rows once the scales are
 * known, which blocks; else spec and tree are only read. Any thread, one at a time for one tree.
 * The scene is the caller's (pk_scene_free). NULL with PK_ERROR_INVALID or PK_ERROR_UNSUPPORTED that
 * names the JSON path. */
PkScene *pk_scene_build(const PkSpec *spec, const PkUnitTree *tree, const PkSceneOptions *options,
                        GError **error);

G_END_DECLS
