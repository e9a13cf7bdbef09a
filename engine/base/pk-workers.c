#include "pk-workers.h"

static gint wanted_count; /* 0: one for each processor */

typedef struct {
  PkWorkerFunc func;
  gpointer data;
  GMutex mutex;
  GCond done;
  guint running; /* calls that began in the pool and have not ended */
} Run;

/* A call that waits in the pool's queue or runs. Either a pool thread begins it or its run, having
 * ended, disowns it: whoever sets `taken` first. The second of the two frees it. */
typedef struct {
  gint refs;
  gint taken;
  Run *run; /* valid for the one who set taken */
  guint worker;
} Call;

void
pk_workers_set_count(guint count)
{
  g_atomic_int_set(&wanted_count, (gint)MIN(count, 1024));
}

guint
pk_workers_get_count(void)
{
  gint count = g_atomic_int_get(&wanted_count);
  return count > 0 ? (guint)count : g_get_num_processors();
}

static void
call_unref(Call *call)
{
  if (g_atomic_int_dec_and_test(&call->refs))
    g_free(call);
}

static void
call_worker(gpointer data, gpointer user_data)
{
  Call *call = data;
  if (g_atomic_int_compare_and_exchange(&call->taken, 0, 1)) {
    Run *run = call->run;
    run->func(run->data, call->worker);
    g_mutex_lock(&run->mutex);
    if (--run->running == 0)
      g_cond_signal(&run->done);
    g_mutex_unlock(&run->mutex);
  }
  call_unref(call);
}

static GThreadPool *
get_pool(void)
{
  static GThreadPool *pool;
  static gsize once;
  if (g_once_init_enter(&once)) {
    pool = g_thread_pool_new(call_worker, NULL, 1, FALSE, NULL);
    g_once_init_leave(&once, 1);
  }
  return pool;
}

void
pk_workers_run(PkWorkerFunc func, gpointer data, guint max_workers)
{
  guint n = MAX(MIN(pk_workers_get_count(), max_workers), 1);
  Run run = { .func = func, .data = data, .running = n - 1 };
  g_autofree Call **calls = g_new0(Call *, n);

  g_mutex_init(&run.mutex);
  g_cond_init(&run.done);
  if (n > 1) {
    GThreadPool *pool = get_pool();
    if (g_thread_pool_get_max_threads(pool) < (gint)n - 1)
      g_thread_pool_set_max_threads(pool, (gint)n - 1, NULL);
    for (guint i = 1; i < n; i++) {
      calls[i] = g_new(Call, 1);
      *calls[i] = (Call){ .refs = 2, .run = &run, .worker = i };
      g_thread_pool_push(pool, calls[i], NULL);
    }
  }
  func(data, 0);

  g_mutex_lock(&run.mutex);
  for (guint i = 1; i < n; i++) {
    if (g_atomic_int_compare_and_exchange(&calls[i]->taken, 0, 1))
      run.running--;
    call_unref(calls[i]);
  }
  while (run.running > 0)
    g_cond_wait(&run.done, &run.mutex);
  g_mutex_unlock(&run.mutex);
  g_cond_clear(&run.done);
  g_mutex_clear(&run.mutex);
}
