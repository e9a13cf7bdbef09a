/* Which of a row of labels are shown: vega-view-transforms Overlap. Pure, thread-safe. */
#pragma once

#include "pk-textmeasure.h"

G_BEGIN_DECLS

typedef enum {
  PK_OVERLAP_NONE,    /* all are shown */
  PK_OVERLAP_PARITY,  /* drop every second while any overlap */
  PK_OVERLAP_GREEDY,  /* drop those that overlap the last one shown */
} PkOverlapMethod;

/* shown[i] says whether label i is shown. Boxes in tick order; one at most 1 px wide or high (an
 * empty label) takes no part and is left shown. Boxes closer than separation px in both
 * directions overlap; with 0 touching is no overlap. */
void pk_overlap(PkOverlapMethod method, const PkBox *boxes, gsize n, double separation, gboolean *shown);

/* Hides those that leave lo..hi (of x, or of y if vertical) by more than tolerance px (Vega's
 * labelBound). tolerance 0 counts as 1, as in Vega. */
void pk_overlap_bound(const PkBox *boxes, gsize n, gboolean vertical, double lo, double hi,
                      double tolerance, gboolean *shown);

G_END_DECLS
