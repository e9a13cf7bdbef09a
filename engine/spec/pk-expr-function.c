#include "pk-expr-function.h"

#include <string.h>

const PkFunction *
pk_function_find(const char *name)
{
  static const PkFunction *const tables[] = { pk_math_functions, pk_text_functions, pk_date_functions,
                                              pk_list_functions };
  for (guint t = 0; t < G_N_ELEMENTS(tables); t++)
    for (const PkFunction *f = tables[t]; f->name; f++)
      if (g_str_equal(f->name, name))
        return f;
  return NULL;
}

gboolean
pk_function_is_foreign(const char *name)
{
  static const char *const names[] = { "random",
                                       "data",
                                       "indata",
                                       "setdata",
                                       "scale",
                                       "invert",
                                       "bandwidth",
                                       "bandspace",
                                       "domain",
                                       "range",
                                       "copy",
                                       "gradient",
                                       "geoArea",
                                       "geoBounds",
                                       "geoCentroid",
                                       "geoShape",
                                       "geoScale",
                                       "geoTranslate",
                                       "pathShape",
                                       "treePath",
                                       "treeAncestors",
                                       "event",
                                       "view",
                                       "item",
                                       "group",
                                       "xy",
                                       "x",
                                       "y",
                                       "pinchDistance",
                                       "pinchAngle",
                                       "screen",
                                       "containerSize",
                                       "windowSize",
                                       "inScope",
                                       "intersect",
                                       "modify",
                                       "encode",
                                       "warn",
                                       "info",
                                       "debug",
                                       "panLinear",
                                       "panLog",
                                       "panPow",
                                       "panSymlog",
                                       "zoomLinear",
                                       "zoomLog",
                                       "zoomPow",
                                       "zoomSymlog",
                                       "lassoAppend",
                                       "lassoPath",
                                       "intersectLasso",
                                       "isTuple",
                                       "vlSelectionTest",
                                       "vlSelectionIdTest",
                                       "vlSelectionResolve",
                                       "vlSelectionTuples",
                                       "sampleNormal",
                                       "sampleLogNormal",
                                       "sampleUniform",
                                       "timeUnitSpecifier",
                                       "btoa",
                                       "atob",
                                       "interpolateLinear",
                                       "cumulativeNormal",
                                       "cumulativeLogNormal",
                                       "cumulativeUniform",
                                       "densityNormal",
                                       "densityLogNormal",
                                       "densityUniform",
                                       "quantileNormal",
                                       "quantileLogNormal",
                                       "quantileUniform",
                                       NULL };
  return g_strv_contains(names, name);
}

gboolean
pk_call_fail(const PkCall *call, const char *what)
{
  return pk_fail(call->run->error, PK_ERROR_INVALID, "expression column %u: %s(): %s", call->node->column,
                 call->node->name, what);
}
