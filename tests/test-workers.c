/* The pool of workers: all work is done once, whoever does it. */
#include "pk-workers.h"

typedef struct {
  gint next, done;
  gint n;
  guint inner; /* runs within each piece */
} Work;

static void
work(gpointer data, guint worker)
{
  Work *self = data;
  while (g_atomic_int_add(&self->next, 1) < self->n) {
    if (self->inner > 0) {
      Work more = { .n = 50, .inner = self->inner - 1 };
      pk_workers_run(work, &more, 8);
      g_assert_cmpint(more.done, ==, 50);
    }
    g_atomic_int_inc(&self->done);
  }
}

static void
test_run(void)
{
  static const guint counts[] = { 1, 2, 7 };
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
    Work all = { .n = 10000 };
    pk_workers_set_count(counts[i]);
    g_assert_cmpuint(pk_workers_get_count(), ==, counts[i]);
    pk_workers_run(work, &all, G_MAXUINT);
    g_assert_cmpint(all.done, ==, 10000);
  }
  pk_workers_set_count(0);
  g_assert_cmpuint(pk_workers_get_count(), ==, g_get_num_processors());
}

/* Runs within runs wait for no free thread. */
static void
test_nested(void)
{
  Work all = { .n = 20, .inner = 2 };
  pk_workers_set_count(3);
  pk_workers_run(work, &all, 3);
  g_assert_cmpint(all.done, ==, 20);
  pk_workers_set_count(0);
}

static gpointer
run_alone(gpointer data)
{
  Work all = { .n = 500, .inner = 1 };
  pk_workers_run(work, &all, 4);
  g_assert_cmpint(all.done, ==, 500);
  return NULL;
}

static void
test_overlapping(void)
{
  GThread *threads[4];
  pk_workers_set_count(3);
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("run", run_alone, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
  pk_workers_set_count(0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/workers/run", test_run);
  g_test_add_func("/workers/nested", test_nested);
  g_test_add_func("/workers/overlapping", test_overlapping);
  return g_test_run();
}
