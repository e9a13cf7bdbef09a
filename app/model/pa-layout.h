/* Where nodes go that no person has placed: a column a stage, tables, then what reads them, then what reads that, each at
 * the height of what it reads or at the next free place below. Nothing that is there is moved. */
#pragma once

#include <pika/pika.h>

G_BEGIN_DECLS

#define PA_LAYOUT_GRID 20.0 /* px: all places and sizes are multiples of it */

/* The size that a kind of node has at first. */
void pa_layout_get_size(PikaNodeKind kind, double *width, double *height);

/* A place for a node of node's size that reads `inputs` (of PikaWorkspaceNode; may be empty) and overlaps none of
 * `nodes` but itself; groups do not count. */
void pa_layout_place(const GPtrArray *nodes, const GPtrArray *inputs, const PikaWorkspaceNode *node, double *x, double *y);

G_END_DECLS
