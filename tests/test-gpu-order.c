/* The GPU backend's ways with very many groups, on rows in several orders: whichever way a sample of the rows chooses,
 * the answers are those of ref. */
#include "conformance.h"
#include "conformance-case.h"

#include "pk-mem.h"
#include "pk-ref-backend.h"
#include "pk-vk-backend.h"

#define ROWS 150001

typedef enum { ORDER_UNIFORM, ORDER_CLUSTERED, ORDER_LINE, ORDER_TILES, N_ORDERS } Order;

/* x (0) and y (1) in [0, 1), with something beyond. */
static double
coordinate(GRand *rand, Order order, gint64 row, guint axis)
{
  double u = g_rand_double(rand);
  switch (order) {
  case ORDER_CLUSTERED: return axis * 0.3 + 0.01 * (g_rand_double(rand) + g_rand_double(rand)) + row % 7 * 0.1;
  case ORDER_LINE: return axis ? 0.5 : u;
  case ORDER_TILES: return ((double)(row * 64 / ROWS % 8) + u) / 8;
  default: return u * 1.1 - 0.05;
  }
}

static PkColumn *
make_column(const char *name, PkTypeKind kind, gint64 rows, GError **error)
{
  PkColumn *c = g_new0(PkColumn, 1);
  gboolean is_float = kind == PK_TYPE_F32;
  c->name = g_strdup(name);
  c->type = PK_TYPE_OF(kind);
  c->physical = is_float ? PK_PHYS_F32 : kind == PK_TYPE_F64 ? PK_PHYS_F64 : PK_PHYS_I32;
  c->length = rows;
  c->n_chunks = 1;
  c->chunks = g_new0(PkChunk, 1);
  c->chunks->length = rows;
  c->chunks->data_bytes = (gsize)rows * pk_physical_size(c->physical);
  c->chunks->data = pk_mem_alloc(c->chunks->data_bytes, error);
  c->stats = (PkColumnStats){ .has_range = TRUE, .min = -1000, .max = 100000, .min_int = 0, .max_int = 99999 };
  c->chunks->stats = c->stats;
  return c;
}

/* x, y, a key of up to 100,000 values (few of them most often), and a value. */
static PkFrame *
make_frame(Order order, GError **error)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(order + 1);
  PkFrame *frame = g_new0(PkFrame, 1);
  frame->refs = 1;
  frame->length = ROWS;
  frame->n_columns = 4;
  frame->columns = g_new0(PkColumn *, 4);
  frame->columns[0] = make_column("x", PK_TYPE_F32, ROWS, error);
  frame->columns[1] = make_column("y", PK_TYPE_F32, ROWS, error);
  frame->columns[2] = make_column("key", PK_TYPE_I32, ROWS, error);
  frame->columns[3] = make_column("value", PK_TYPE_F64, ROWS, error);
  for (gint64 i = 0; i < ROWS; i++) {
    ((float *)frame->columns[0]->chunks->data)[i] = (float)coordinate(rand, order, i, 0);
    ((float *)frame->columns[1]->chunks->data)[i] = (float)coordinate(rand, order, i, 1);
    double few = g_rand_double(rand);
    ((gint32 *)frame->columns[2]->chunks->data)[i] = (gint32)(99999 * (order % 2 ? few * few * few * few : few));
    ((double *)frame->columns[3]->chunks->data)[i] = g_rand_double_range(rand, -1000, 1000) / (1 + i % 1000);
  }
  return frame;
}

static PkPlan *
picture_plan(void)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  for (guint i = 0; i < 2; i++) {
    guint column = pk_plan_add_column(plan, i ? "x" : "y", PK_TYPE_OF(PK_TYPE_F32));
    PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, column, i ? "column" : "row");
    key->count = i ? 320 : 200;
    key->step = 1.0 / key->count;
  }
  plan->dense = TRUE;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  return plan;
}

static PkPlan *
groups_plan(void)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  guint key = pk_plan_add_column(plan, "key", PK_TYPE_OF(PK_TYPE_I32));
  gint value = (gint)pk_plan_add_column(plan, "value", PK_TYPE_OF(PK_TYPE_F64));
  pk_plan_add_key(plan, PK_KEY_VALUE, key, "key");
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  pk_plan_add_agg(plan, PK_AGG_SUM, value, -1, "sum");
  pk_plan_add_agg(plan, PK_AGG_VAR_POP, value, -1, "variance");
  return plan;
}

static void
check(PkPlan *plan, Order order)
{
  PkVkOptions options = { .segment_rows = 1 << 16, .least_partition = 1000 };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkBackend) gpu = pk_vk_backend_new(&options, &error);
  if (!gpu) {
    g_test_skip(error->message);
    return;
  }
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkFrame) frame = make_frame(order, &error);
  g_assert_no_error(error);
  ConfSubject subject = { "vulkan", gpu, NULL };
  conformance_check(ref, &subject, 1, plan, frame, "many groups");
  g_autoptr(PkFrame) first = pk_backend_run(gpu, plan, frame, NULL, NULL, &error);
  g_autoptr(PkFrame) again = pk_backend_run(gpu, plan, frame, NULL, NULL, &error);
  g_assert_no_error(error);
  g_autofree char *a = conformance_answer(first), *b = conformance_answer(again);
  g_assert_cmpstr(a, ==, b);
}

static void
test_picture(gconstpointer order)
{
  g_autoptr(PkPlan) plan = picture_plan();
  check(plan, (Order)GPOINTER_TO_INT(order));
}

static void
test_groups(gconstpointer order)
{
  g_autoptr(PkPlan) plan = groups_plan();
  check(plan, (Order)GPOINTER_TO_INT(order));
}

int
main(int argc, char **argv)
{
  static const char *const names[] = { "uniform", "clustered", "line", "tiles" };
  g_test_init(&argc, &argv, NULL);
  for (int i = 0; i < N_ORDERS; i++) {
    g_autofree char *picture = g_strdup_printf("/gpu-order/picture/%s", names[i]);
    g_autofree char *groups = g_strdup_printf("/gpu-order/groups/%s", names[i]);
    g_test_add_data_func(picture, GINT_TO_POINTER(i), test_picture);
    g_test_add_data_func(groups, GINT_TO_POINTER(i), test_groups);
  }
  return g_test_run();
}
