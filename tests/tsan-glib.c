/* For builds with ThreadSanitizer, which sees only what it has instrumented: GLib's locks are futexes of its own, and its
 * reference counts go down inside it. These stand before GLib's functions, call them, and tell what they order. */
#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define REAL(NAME) ((__typeof__(&NAME))(real(#NAME)))

static gpointer
real(const char *name)
{
  return dlsym(RTLD_NEXT, name);
}

/* The functions that are called often are looked up once, before there are threads. */
static __typeof__(&g_mutex_lock) real_lock;
static __typeof__(&g_mutex_unlock) real_unlock;
static __typeof__(&g_cond_wait) real_wait;
static __typeof__(&g_object_unref) real_unref;

__attribute__((constructor)) static void
look_up(void)
{
  real_lock = REAL(g_mutex_lock);
  real_unlock = REAL(g_mutex_unlock);
  real_wait = REAL(g_cond_wait);
  real_unref = REAL(g_object_unref);
}

void
g_mutex_lock(GMutex *mutex)
{
  real_lock(mutex);
  __tsan_acquire(mutex);
}

void
g_mutex_unlock(GMutex *mutex)
{
  __tsan_release(mutex);
  real_unlock(mutex);
}

void
g_cond_wait(GCond *cond, GMutex *mutex)
{
  __tsan_release(mutex);
  real_wait(cond, mutex);
  __tsan_acquire(mutex);
}

#undef g_object_unref
void
g_object_unref(gpointer object)
{
  __tsan_release(object);
  real_unref(object);
}

#undef g_once_init_leave
void
g_once_init_leave(volatile void *location, gsize result)
{
  __tsan_release((void *)location);
  ((void (*)(volatile void *, gsize))real("g_once_init_leave"))(location, result);
}

/* A context's thread sees what stood in a source when it was attached, and when it was made ready. */
guint
g_source_attach(GSource *source, GMainContext *context)
{
  __tsan_release(context ? context : g_main_context_default());
  return REAL(g_source_attach)(source, context);
}

/* Interned strings lie in a table of GLib's, which it reads and writes under a lock of its own. */
const gchar *
g_intern_string(const gchar *string)
{
  static GMutex lock;
  g_mutex_lock(&lock);
  const gchar *interned = REAL(g_intern_string)(string);
  g_mutex_unlock(&lock);
  return interned;
}

void
g_main_context_unref(GMainContext *context)
{
  __tsan_release(context);
  __tsan_acquire(context);
  REAL(g_main_context_unref)(context);
}

/* A handler sees what stood when it was connected, and whoever disconnects it has waited for it to return. */
typedef struct {
  void (*callback)(GCancellable *cancellable, gpointer data);
  gpointer data;
  GDestroyNotify free_data;
} Handler;

static void
on_cancelled(GCancellable *cancellable, gpointer data)
{
  const Handler *self = data;
  __tsan_acquire(cancellable);
  self->callback(cancellable, self->data);
  __tsan_release(data);
  __tsan_release(cancellable);
}

static void
handler_free(gpointer data)
{
  Handler *self = data;
  __tsan_acquire(self); /* its reference count is the closure's */
  if (self->free_data)
    self->free_data(self->data);
  g_free(self);
}

gulong
g_cancellable_connect(GCancellable *cancellable, GCallback callback, gpointer data, GDestroyNotify free_data)
{
  Handler *self = g_new(Handler, 1);
  *self = (Handler){ (void (*)(GCancellable *, gpointer))callback, data, free_data };
  if (cancellable)
    __tsan_release(cancellable);
  __tsan_release(self);
  return REAL(g_cancellable_connect)(cancellable, G_CALLBACK(on_cancelled), self, handler_free);
}

void
g_cancellable_disconnect(GCancellable *cancellable, gulong id)
{
  REAL(g_cancellable_disconnect)(cancellable, id);
  if (cancellable)
    __tsan_acquire(cancellable);
}
