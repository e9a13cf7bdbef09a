/* A producer is a source of its context that is ready while the background lane has room. */
#include "pk-sched-private.h"

#define BATCH 32

typedef struct {
  GSource source;
  PkSched *sched;
  PkProducerNext next;
  gpointer data;
  GDestroyNotify free_data;
  GCancellable *cancellable;
  gboolean has_spec;
  PkJobSpec spec; /* that found no room */
} Producer;

static void
drop_spec(Producer *self)
{
  if (self->has_spec && self->spec.free_data)
    self->spec.free_data(self->spec.data);
  self->has_spec = FALSE;
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
  Producer *self = (Producer *)source;
  for (guint i = 0; i < BATCH; i++) {
    if (self->cancellable && g_cancellable_is_cancelled(self->cancellable)) {
      drop_spec(self);
      return G_SOURCE_REMOVE;
    }
    if (!self->has_spec) {
      self->spec = (PkJobSpec){ .lane = PK_LANE_BACKGROUND, .cancellable = self->cancellable };
      self->has_spec = self->next(&self->spec, self->data);
      if (!self->has_spec)
        return G_SOURCE_REMOVE;
    }
    PkJob *job = pk_sched_submit_or_pause(self->sched, &self->spec, source);
    if (!job)
      return G_SOURCE_CONTINUE;
    self->has_spec = FALSE;
    pk_job_unref(job);
  }
  return G_SOURCE_CONTINUE;
}

static void
finalize(GSource *source)
{
  Producer *self = (Producer *)source;
  drop_spec(self);
  if (self->free_data)
    self->free_data(self->data);
  g_clear_object(&self->cancellable);
  pk_sched_unref(self->sched);
}

static GSourceFuncs producer_funcs = { .dispatch = dispatch, .finalize = finalize };

void
pk_sched_produce(PkSched *sched, PkProducerNext next, gpointer data, GDestroyNotify free_data,
                 GCancellable *cancellable)
{
  g_autoptr(GSource) source = g_source_new(&producer_funcs, sizeof(Producer));
  Producer *self = (Producer *)source;
  g_atomic_int_inc(&sched->refs);
  self->sched = sched;
  self->next = next;
  self->data = data;
  self->free_data = free_data;
  self->cancellable = cancellable ? g_object_ref(cancellable) : NULL;
  g_source_set_static_name(source, "pika producer");
  g_source_set_ready_time(source, 0);
  g_source_attach(source, g_main_context_get_thread_default());
}
