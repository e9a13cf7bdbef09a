#include "pk-bench-gpu-data.h"

#include "pk-error.h"
#include "pk-mem.h"
#include "pk-workers.h"

#include <math.h>
#include <string.h>

static const struct { const char *name; PkTypeKind type; PkPhysical physical; guint groups; gboolean zipf; } kinds[] = {
  [PK_GPU_DATA_I64] = { "i64", PK_TYPE_I64, PK_PHYS_I64, 0, FALSE },
  [PK_GPU_DATA_I64_NULLS] = { "n64", PK_TYPE_I64, PK_PHYS_I64, 0, FALSE },
  [PK_GPU_DATA_F64] = { "f64", PK_TYPE_F64, PK_PHYS_F64, 0, FALSE },
  [PK_GPU_DATA_X] = { "x", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_Y] = { "y", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_CX] = { "cx", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_CY] = { "cy", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_ROW] = { "row", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_T] = { "t", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_TX] = { "tx", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_TY] = { "ty", PK_TYPE_F32, PK_PHYS_F32, 0, FALSE },
  [PK_GPU_DATA_G4] = { "g4", PK_TYPE_I32, PK_PHYS_U8, 4, FALSE },
  [PK_GPU_DATA_G50] = { "g50", PK_TYPE_I32, PK_PHYS_U8, 50, FALSE },
  [PK_GPU_DATA_G1K] = { "g1k", PK_TYPE_I32, PK_PHYS_U16, 1000, FALSE },
  [PK_GPU_DATA_G64K] = { "g64k", PK_TYPE_I32, PK_PHYS_U16, 65536, FALSE },
  [PK_GPU_DATA_Z50] = { "z50", PK_TYPE_I32, PK_PHYS_U8, 50, TRUE },
  [PK_GPU_DATA_Z1K] = { "z1k", PK_TYPE_I32, PK_PHYS_U16, 1000, TRUE },
  [PK_GPU_DATA_Z64K] = { "z64k", PK_TYPE_I32, PK_PHYS_U16, 65536, TRUE },
  [PK_GPU_DATA_H1M] = { "h1m", PK_TYPE_I64, PK_PHYS_I64, 1000000, FALSE },
};

#define SPREAD G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

/* splitmix64 (Steele, Lea, Flood 2014): the number of a row is its own seed, so threads need no order. */
static guint64
draw(guint64 row, guint64 stream)
{
  guint64 z = (row + 1) * SPREAD + stream * G_GUINT64_CONSTANT(0xd1b54a32d192ed03);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static double
unit(guint64 bits)
{
  return (double)(bits >> 11) * 0x1p-53;
}

/* About normal: the sum of four uniforms (Irwin-Hall), of deviation 1. */
static double
about_normal(guint64 row, guint64 stream)
{
  guint64 a = draw(row, stream);
  double sum = (a & 0xffff) + (a >> 16 & 0xffff) + (a >> 32 & 0xffff) + (a >> 48);
  return (sum / 65536 - 2) * 1.7320508;
}

static double
real_at(PkGpuData what, guint64 row, guint64 rows)
{
  guint64 cluster = draw(row, 40) & 63, tile = row * 192 / rows;
  switch (what) {
  case PK_GPU_DATA_X: return unit(draw(row, 2));
  case PK_GPU_DATA_Y: return unit(draw(row, 3));
  case PK_GPU_DATA_CX: return CLAMP(unit(draw(cluster, 41)) + 0.01 * about_normal(row, 42), 0, 1);
  case PK_GPU_DATA_CY: return CLAMP(unit(draw(cluster, 43)) + 0.01 * about_normal(row, 44), 0, 1);
  case PK_GPU_DATA_ROW: return 0.5003 + unit(draw(row, 5)) * 0.0005;
  case PK_GPU_DATA_T: return (double)row / (double)rows;
  case PK_GPU_DATA_TX: return ((double)(tile % 16) + unit(draw(row, 6)) * 0.9999) / 16;
  case PK_GPU_DATA_TY: return ((double)(tile / 16) + unit(draw(row, 7)) * 0.9999) / 12;
  default: return unit(draw(row, 4));
  }
}

typedef struct {
  PkGpuData what;
  PkColumn *column;
  guint32 *zipf; /* 65536 places of equal likelihood */
  gint next;     /* atomic: chunk */
} Fill;

static void
fill_values(const Fill *f, PkChunk *chunk, guint64 first)
{
  guint64 rows = (guint64)f->column->length, groups = kinds[f->what].groups;
  for (gint64 i = 0; i < chunk->length; i++) {
    guint64 row = first + (guint64)i, bits = groups || f->column->physical == PK_PHYS_I64 ? draw(row, 8 + f->what) : 0;
    guint32 group = f->zipf ? f->zipf[bits >> 48] : (guint32)((bits >> 32) * groups >> 32);
    switch (f->column->physical) {
    case PK_PHYS_U8: ((guint8 *)chunk->data)[i] = (guint8)group; break;
    case PK_PHYS_U16: ((guint16 *)chunk->data)[i] = (guint16)group; break;
    case PK_PHYS_F32: ((float *)chunk->data)[i] = (float)real_at(f->what, row, rows); break;
    case PK_PHYS_F64: ((double *)chunk->data)[i] = real_at(f->what, row, rows); break;
    default: ((gint64 *)chunk->data)[i] = groups ? (gint64)(group * SPREAD) : (gint64)bits >> 16;
    }
  }
  for (gint64 w = 0; chunk->valid && w < (chunk->length + 63) / 64; w++) {
    chunk->valid[w] = G_MAXUINT64;
    for (guint b = 0; b < 64; b++)
      if (draw(first + (guint64)w * 64 + b, 60) % 10 == 0)
        chunk->valid[w] &= ~((guint64)1 << b);
  }
}

static void
fill_chunks(gpointer data, guint worker)
{
  Fill *f = data;
  for (;;) {
    guint k = (guint)g_atomic_int_add(&f->next, 1);
    if (k >= f->column->n_chunks)
      return;
    fill_values(f, &f->column->chunks[k], (guint64)k * PK_CHUNK_ROWS);
  }
}

/* Zipf's law as 65536 places of equal likelihood: the rarest groups of very many share a place or have none. */
static guint32 *
zipf_places(guint groups)
{
  guint32 *places = g_new(guint32, 65536);
  double total = 0, sum = 0;
  guint at = 0;
  for (guint i = 1; i <= groups; i++)
    total += pow(i, -1.2);
  for (guint i = 0; i < groups; i++) {
    sum += pow(i + 1, -1.2);
    guint end = i + 1 == groups ? 65536 : (guint)(sum / total * 65536);
    while (at < end)
      places[at++] = i;
  }
  return places;
}

static void
set_stats(PkColumn *c, PkGpuData what)
{
  PkColumnStats stats = { .has_range = TRUE, .min = 0, .max = 1 };
  if (c->physical == PK_PHYS_I64) {
    stats.min_int = kinds[what].groups ? G_MININT64 : -((__int128)1 << 47);
    stats.max_int = kinds[what].groups ? G_MAXINT64 : ((__int128)1 << 47) - 1;
  } else if (c->physical < PK_PHYS_F32) {
    stats.max_int = kinds[what].groups - 1;
  }
  if (c->physical < PK_PHYS_F32) {
    stats.min = (double)stats.min_int;
    stats.max = (double)stats.max_int;
  }
  /* At least one of ten is NULL; how many exactly matters to nobody. */
  stats.null_count = what == PK_GPU_DATA_I64_NULLS ? c->length / 10 : 0;
  stats.sortedness = what == PK_GPU_DATA_T ? PK_SORT_ASCENDING : PK_SORT_NONE;
  c->stats = stats;
  for (guint k = 0; k < c->n_chunks; k++)
    c->chunks[k].stats = stats;
}

PkColumn *
pk_gpu_column(PkGpuData what, gint64 rows, GError **error)
{
  g_autoptr(PkColumn) c = g_new0(PkColumn, 1);
  gsize size = pk_physical_size(kinds[what].physical);
  c->name = g_strdup(kinds[what].name);
  c->type = PK_TYPE_OF(kinds[what].type);
  c->physical = kinds[what].physical;
  c->length = rows;
  c->n_chunks = (guint)((rows + PK_CHUNK_ROWS - 1) / PK_CHUNK_ROWS);
  c->chunks = g_new0(PkChunk, MAX(c->n_chunks, 1));
  for (guint k = 0; k < c->n_chunks; k++) {
    PkChunk *chunk = &c->chunks[k];
    chunk->length = MIN(PK_CHUNK_ROWS, rows - (gint64)k * PK_CHUNK_ROWS);
    chunk->data_bytes = (gsize)chunk->length * size;
    if (!(chunk->data = pk_mem_alloc(chunk->data_bytes, error)))
      return NULL;
    if (what != PK_GPU_DATA_I64_NULLS)
      continue;
    chunk->valid_bytes = (gsize)(chunk->length + 63) / 64 * 8;
    if (!(chunk->valid = pk_mem_alloc(chunk->valid_bytes, error)))
      return NULL;
  }
  g_autofree guint32 *places = kinds[what].zipf ? zipf_places(kinds[what].groups) : NULL;
  Fill fill = { what, c, places, 0 };
  pk_workers_run(fill_chunks, &fill, pk_workers_get_count());
  set_stats(c, what);
  return g_steal_pointer(&c);
}

/* --- plans --- */

static void
basics(PkPlan *plan)
{
  pk_plan_add_agg(plan, PK_AGG_COUNT, 0, -1, "count");
  pk_plan_add_agg(plan, PK_AGG_SUM, 0, -1, "sum");
  pk_plan_add_agg(plan, PK_AGG_MEAN, 0, -1, "mean");
  pk_plan_add_agg(plan, PK_AGG_MIN, 0, -1, "min");
  pk_plan_add_agg(plan, PK_AGG_MAX, 0, -1, "max");
}

static void
sum(PkPlan *plan)
{
  pk_plan_add_agg(plan, PK_AGG_SUM, 0, -1, "sum");
}

static void
add_range(PkPlan *plan, guint column, double lo, double hi)
{
  PkPredicate p = { .kind = PK_PRED_RANGE, .column = column, .has_lo = TRUE, .has_hi = TRUE,
                    .lo = pk_scalar_double(lo), .hi = pk_scalar_double(hi) };
  pk_plan_add_predicate(plan, p);
}

static void
filtered(PkPlan *plan)
{
  add_range(plan, 1, 0.1, 0.8);
  basics(plan);
}

static void
grouped(PkPlan *plan)
{
  pk_plan_add_key(plan, PK_KEY_VALUE, 0, "key");
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "count");
  pk_plan_add_agg(plan, PK_AGG_SUM, 1, -1, "sum");
}

static void
add_bins(PkPlan *plan, guint column, const char *name, guint count)
{
  PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, column, name);
  key->step = 1.0 / count;
  key->count = count;
}

static void
histogram(PkPlan *plan)
{
  add_bins(plan, 0, "bin", 50);
  plan->dense = TRUE;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "count");
}

static void
picture(PkPlan *plan)
{
  add_bins(plan, 1, "row", 768);
  add_bins(plan, 0, "column", 1024);
  plan->dense = TRUE;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "count");
}

static void
frame(PkPlan *plan)
{
  add_range(plan, 2, 0.2, 0.7);
  add_range(plan, 3, 0.1, 0.9);
  add_bins(plan, 1, "row", 1080);
  add_bins(plan, 0, "column", 1920);
  plan->dense = TRUE;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "count");
}

static void
line(PkPlan *plan)
{
  plan->is_m4 = TRUE;
  plan->m4 = (PkM4){ 0, 1, 0, 1, 2000 };
}

static void
median(PkPlan *plan)
{
  pk_plan_add_agg(plan, PK_AGG_QUANTILE, 0, -1, "median")->p = 0.5;
}

#define D(name) PK_GPU_DATA_##name
const PkGpuCase pk_gpu_cases[] = {
  { "sum-i64", "sum(i64)", 4.0, "TB/s", { D(I64) }, 1, sum, 1 },
  { "basics-i64", "count, sum, mean, min, max (i64)", 4.0, "TB/s", { D(I64) }, 1, basics, 1 },
  { "basics-f64", "count, sum, mean, min, max (f64)", 4.0, "TB/s", { D(F64) }, 1, basics, 1 },
  { "filtered", "the same of i64 with NULLs where f64 in a range", 3.6, "TB/s", { D(I64_NULLS), D(F64) }, 2, filtered, 1 },
  { "group-4", "count, sum(f64) by 4 groups", 3.0, "TB/s", { D(G4), D(F64) }, 2, grouped, 1 },
  { "group-50", "… by 50 groups", 3.0, "TB/s", { D(G50), D(F64) }, 2, grouped, 1 },
  { "group-1k", "… by 1000 groups", 3.0, "TB/s", { D(G1K), D(F64) }, 2, grouped, 1 },
  { "group-64k", "… by 65536 groups", 1.5, "TB/s", { D(G64K), D(F64) }, 2, grouped, 1 },
  { "zipf-50", "… by 50 groups, Zipf 1.2", 2.1, "TB/s", { D(Z50), D(F64) }, 2, grouped, 1 },
  { "zipf-1k", "… by 1000 groups, Zipf 1.2", 2.1, "TB/s", { D(Z1K), D(F64) }, 2, grouped, 1 },
  { "zipf-64k", "… by 65536 groups, Zipf 1.2", 1.05, "TB/s", { D(Z64K), D(F64) }, 2, grouped, 1 },
  { "group-1k-i64", "count, sum(i64) by 1000 groups", 3.0, "TB/s", { D(G1K), D(I64) }, 2, grouped, 1 },
  { "histogram", "histogram of f32, 50 bins", 3.0, "TB/s", { D(X) }, 1, histogram, 1 },
  { "hash-1m", "count, sum(f64) by 1M groups, hashed i64", 12, "G rows/s", { D(H1M), D(F64) }, 2, grouped, 1 },
  { "bins-uniform", "1024 × 768 bins of f32, uniform", 95, "G rows/s", { D(X), D(Y) }, 2, picture, 1 },
  { "bins-clustered", "… clustered", 150, "G rows/s", { D(CX), D(CY) }, 2, picture, 1 },
  { "bins-row", "… all in one row of bins", 150, "G rows/s", { D(X), D(ROW) }, 2, picture, 1 },
  { "bins-tiles", "… rows in spatial order", 350, "G rows/s", { D(TX), D(TY) }, 2, picture, 1 },
  { "m4", "M4 to 2000 columns, f32, sorted x", 3.0, "TB/s", { D(T), D(Y) }, 2, line, 1 },
  { "median-f32", "exact median of f32 (bytes of 4 passes)", 1.0, "TB/s", { D(X) }, 1, median, 4 },
  { "frame", "1920 × 1080 bins where two columns are brushed", 16, "ms", { D(TX), D(TY), D(X), D(T) }, 4, frame, 1 },
};
const guint pk_gpu_n_cases = G_N_ELEMENTS(pk_gpu_cases);

PkPlan *
pk_gpu_plan(const PkGpuCase *self)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  for (guint i = 0; i < self->n_columns; i++)
    pk_plan_add_column(plan, kinds[self->columns[i]].name, PK_TYPE_OF(kinds[self->columns[i]].type));
  self->fill(plan);
  return plan;
}
