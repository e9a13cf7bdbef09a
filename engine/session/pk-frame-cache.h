/* Columns that a session has fetched, kept for its next questions.
 *
 * Frames are dropped, the least recently used first, when a new one would not fit the memory limit beside
 * them. What is dropped here is freed once nobody else holds it. Any thread. */
#pragma once

#include "pk-frame.h"
#include "pk-plan.h"

G_BEGIN_DECLS

typedef struct _PkFrameCache PkFrameCache;

/* limit: bytes of column memory in all (pk_mem_used), not of the cache alone. */
PkFrameCache *pk_frame_cache_new(gsize limit);
void pk_frame_cache_free(PkFrameCache *self);

/* A frame of the plan's relation that holds all its columns, which counts as a use; NULL if none is kept. New
 * reference. */
PkFrame *pk_frame_cache_lookup(PkFrameCache *self, const PkPlan *plan);

/* Keeps a reference on the frame. */
void pk_frame_cache_add(PkFrameCache *self, const char *relation, PkFrame *frame);

/* Drops frames until so many bytes more fit the limit, or none is left; TRUE if any was dropped. */
gboolean pk_frame_cache_make_room(PkFrameCache *self, gsize bytes);

/* Drops those of the relations for which `is_meant` says so. */
void pk_frame_cache_drop(PkFrameCache *self, gboolean (*is_meant)(const char *relation, gpointer data), gpointer data);

/* Drops all. */
void pk_frame_cache_clear(PkFrameCache *self);

G_END_DECLS
