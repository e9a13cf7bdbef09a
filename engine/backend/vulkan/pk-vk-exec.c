#include "pk-vk-exec.h"

#include "pk-error.h"
#include "pk-vk-bins.h"

#include <math.h>
#include <string.h>

#define MOST_SLOTS ((guint64)1 << 31)

/* --- states on the host --- */

guint32
pk_vk_pass_count(const PkVkPass *pass, const PkVkGroups *groups, guint64 g)
{
  if (pass->state.cells && pass->ops & PK_OP_COUNT)
    return (guint32)(pass->state.cells[4 * g] >> 32);
  return pass->state.counts ? pass->state.counts[g] : pk_vk_groups_rows(groups, g);
}

__int128
pk_vk_state_sum(const PkVkPass *pass, guint64 n_groups, guint64 g)
{
  guint apart = pass->term == PK_TERM_INT ? 32 : 31;
  __int128 sum = 0;
  for (guint j = 0; j < pass->limbs; j++) {
    __int128 limb = pass->state.cells ? (gint64)pass->state.cells[4 * g + 1 + j] : pass->state.limbs[j * n_groups + g];
    sum += (__int128)((unsigned __int128)limb << (apart * j)); /* in C, only numbers without sign are shifted so */
  }
  return sum;
}

long double
pk_vk_state_long(const PkVkPass *pass, guint64 n_groups, guint64 g)
{
  __int128 sum = pk_vk_state_sum(pass, n_groups, g);
  long double high = (long double)(gint64)(sum >> 64), low = (long double)(guint64)sum;
  return ldexpl(high * 18446744073709551616.0L + low, -pass->exponent);
}

double
pk_vk_state_double(const PkVkPass *pass, guint64 n_groups, guint64 g)
{
  if (pass->state.has_sum)
    return pass->state.sum;
  guint32 flags = pass->state.flags[g];
  if (flags & PK_FLAG_NAN || (flags & PK_FLAG_INF && flags & PK_FLAG_NEG_INF))
    return NAN;
  if (flags)
    return flags & PK_FLAG_INF ? INFINITY : -INFINITY;
  return (double)pk_vk_state_long(pass, n_groups, g);
}

double
pk_vk_pass_mean(const PkVkProgram *program, const PkVkPass *pass, const PkVkGroups *groups, guint64 g)
{
  const PkVkColumn *column = &program->columns[pass->a];
  guint32 n = pk_vk_pass_count(pass, groups, g);
  if (n == 0)
    return 0;
  if (column->is_float)
    return pk_vk_state_double(pass, groups->n_groups, g) / n;
  __int128 sum = pk_vk_state_sum(pass, groups->n_groups, g);
  if (column->kind == PK_KIND_U64)
    sum += ((__int128)1 << 63) * n;
  return (double)((long double)sum / column->divisor / n);
}

/* --- where states lie on the device --- */

typedef struct {
  PkVkRun *run;
  PkVkProgram *program;
  PkVkGroups *groups;
  PkVkBuffer *states;
  gsize rows, zero_end, end;
  gsize rows_cells; /* offset of the cells that hold the rows too; 0: none do */
  gsize *counts, *limbs, *cells, *flags, *least, *greatest; /* offsets, a pass each */
} Exec;

static gsize
reserve(gsize *at, gsize bytes)
{
  gsize place = *at;
  *at += (bytes + 63) / 64 * 64;
  return place;
}

/* Are the sums of a pass too many for shared memory, and to be kept as cells? */
static gboolean
has_cells(const Exec *self, const PkVkPass *pass)
{
  guint words = 2 + pass->limbs;
  return pass->ops & PK_OP_SUM && !(pass->ops & (PK_OP_MIN | PK_OP_MAX)) &&
         self->groups->n_groups * 4 * words > self->run->context->device->shared_bytes;
}

static gsize
extreme_bytes(const PkVkPass *pass)
{
  return pass->kind == PK_VK_PASS_LINE ? 16 : 8;
}

/* First what begins as 0, then what begins as all ones. */
static void
lay_out(Exec *self)
{
  GArray *passes = self->program->passes;
  gsize n = self->groups->n_groups, at = 0;
  gsize **lists[] = { &self->counts, &self->limbs, &self->cells, &self->flags, &self->least, &self->greatest };
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
    *lists[i] = g_new0(gsize, passes->len + 1);
  self->rows = reserve(&at, n * 4);
  for (guint i = 0; i < passes->len; i++) {
    const PkVkPass *pass = pk_vk_program_pass(self->program, i);
    gboolean cells = has_cells(self, pass);
    self->cells[i] = cells ? reserve(&at, n * 32) : 0;
    self->counts[i] = pass->ops & PK_OP_COUNT && !cells ? reserve(&at, n * 4) : 0;
    self->limbs[i] = pass->ops & PK_OP_SUM && !cells ? reserve(&at, n * 8 * pass->limbs) : 0;
    self->flags[i] = pass->ops & PK_OP_SUM ? reserve(&at, n * 4) : 0;
    self->greatest[i] = pass->ops & PK_OP_MAX ? reserve(&at, n * extreme_bytes(pass)) : 0;
  }
  self->zero_end = at;
  for (guint i = 0; i < passes->len; i++)
    if (pk_vk_program_pass(self->program, i)->ops & PK_OP_MIN)
      self->least[i] = reserve(&at, n * extreme_bytes(pk_vk_program_pass(self->program, i)));
  self->end = at;
}

static void
exec_clear(Exec *self)
{
  g_free(self->counts);
  g_free(self->limbs);
  g_free(self->cells);
  g_free(self->flags);
  g_free(self->least);
  g_free(self->greatest);
}

static gboolean
make_states(Exec *self, GError **error)
{
  lay_out(self);
  self->states = pk_vk_run_scratch(self->run, self->end + 64, PK_VK_MEMORY_DEVICE, error);
  if (!self->states)
    return FALSE;
  pk_vk_run_fill(self->run, self->states, 0, self->zero_end, 0);
  pk_vk_run_fill(self->run, self->states, self->zero_end, self->end - self->zero_end, G_MAXUINT32);
  return TRUE;
}

static gboolean
read_states(Exec *self, GError **error)
{
  const guint8 *host = pk_vk_run_read(self->run, self->states, 0, self->end, error);
  if (!host || !pk_vk_run_submit(self->run, error))
    return FALSE;
  self->groups->rows = self->rows_cells ? NULL : (const guint32 *)(gconstpointer)(host + self->rows);
  self->groups->cells = self->rows_cells ? (const guint64 *)(gconstpointer)(host + self->rows_cells) : NULL;
  for (guint i = 0; i < self->program->passes->len; i++) {
    PkVkPass *pass = pk_vk_program_pass(self->program, i);
    PkVkState *s = &pass->state;
    s->cells = self->cells[i] ? (gconstpointer)(host + self->cells[i]) : NULL;
    s->counts = pass->ops & PK_OP_COUNT && !s->cells ? (gconstpointer)(host + self->counts[i]) : NULL;
    s->limbs = pass->ops & PK_OP_SUM && !s->cells ? (gconstpointer)(host + self->limbs[i]) : NULL;
    s->flags = pass->ops & PK_OP_SUM ? (gconstpointer)(host + self->flags[i]) : NULL;
    s->least = pass->ops & PK_OP_MIN ? (gconstpointer)(host + self->least[i]) : NULL;
    s->greatest = pass->ops & PK_OP_MAX ? (gconstpointer)(host + self->greatest[i]) : NULL;
  }
  return TRUE;
}

static void
point_at(const Exec *self, guint i, struct PkKernelProgram *args)
{
  guint64 base = self->states->address;
  args->rows = base + self->rows;
  args->counts = base + self->counts[i];
  args->limbs = base + self->limbs[i];
  args->cells = base + self->cells[i];
  args->flags = base + self->flags[i];
  args->least = base + self->least[i];
  args->greatest = base + self->greatest[i];
  args->n_groups = (guint32)self->groups->n_groups;
}

/* --- the selection --- */

static gboolean
place_table(PkVkRun *run, const PkVkTable *table, guint64 *address, GError **error)
{
  if (!table->data)
    return TRUE;
  *address = pk_vk_run_place(run, table->data, table->bytes, error);
  return *address != 0;
}

static gboolean
place_predicate(PkVkRun *run, guint i, const PkVkPredicate *p, GError **error)
{
  run->spec.predicates[i] = p->packed;
  run->args.predicates[i] = p->args;
  return place_table(run, &p->table, &run->args.predicates[i].table, error);
}

static gboolean
place_key(PkVkRun *run, guint i, const PkVkKey *key, GError **error)
{
  run->spec.keys[i] = key->packed;
  run->args.keys[i] = key->args;
  return place_table(run, &key->table, &run->args.keys[i].table, error) &&
         place_table(run, &key->table2, &run->args.keys[i].table2, error);
}

/* A 32-bit number for each row, which the next scans write and those after read. */
static gboolean
make_gid_buffers(PkVkRun *run, GError **error)
{
  for (guint i = 0; i < run->n_segments; i++) {
    if (run->segments[i].out_)
      continue;
    gsize bytes = ((gsize)run->segments[i].n_rows + 3) / 4 * 16;
    PkVkBuffer *buffer = pk_vk_run_scratch(run, bytes, PK_VK_MEMORY_DEVICE, error);
    if (!buffer)
      return FALSE;
    run->segments[i].gid = run->segments[i].out_ = buffer->address;
  }
  return TRUE;
}

/* Writes the selection so far to the gid buffers and selects by them from now on. */
static gboolean
materialise(PkVkRun *run, GError **error)
{
  if (!make_gid_buffers(run, error) || !pk_vk_run_scan(run, PK_VK_GID, &run->spec, &run->args, FALSE, error))
    return FALSE;
  memset(run->spec.predicates, 0, sizeof run->spec.predicates);
  memset(run->spec.keys, 0, sizeof run->spec.keys);
  run->spec.source = PK_SOURCE_GID;
  return TRUE;
}

gboolean
pk_vk_select(PkVkRun *run, const PkVkProgram *p, GError **error)
{
  guint placed = 0;
  run->spec = (PkVkSpec){ .workgroup = run->context->workgroup };
  for (guint i = 0; i < p->plan->n_predicates; i++) {
    if (placed == PK_KERNEL_PREDICATES) {
      if (!materialise(run, error))
        return FALSE;
      placed = 0;
    }
    if (!place_predicate(run, placed++, &p->predicates[i], error))
      return FALSE;
  }
  for (guint i = 0; i < p->n_keys; i++)
    if (!place_key(run, i, &p->keys[i], error))
      return FALSE;
  return TRUE;
}

/* --- hashing --- */

typedef struct {
  PkVkBuffer *slots, *control;
  guint64 n_slots;
} Hash;

static guint
log2_of(guint64 power)
{
  return 63 - (guint)__builtin_clzll(power);
}

/* Fills a hash table by the keys of spec; larger tables until all fit. */
static gboolean
fill_hash(Exec *self, const PkVkSpec *spec, struct PkKernelProgram *args, Hash *hash, GError **error)
{
  PkVkRun *run = self->run;
  guint64 rows = (guint64)self->program->frame->length, most = 2;
  while (most < 2 * rows)
    most *= 2;
  if (run->streaming)
    return pk_fail(error, PK_ERROR_LIMIT, "the device's memory does not hold the columns of a hash table's keys together");
  hash->control = pk_vk_run_scratch(run, sizeof(struct PkKernelControl), PK_VK_MEMORY_DEVICE, error);
  if (!hash->control)
    return FALSE;
  for (hash->n_slots = MIN(PK_VK_FIRST_SLOTS, most); hash->n_slots <= MOST_SLOTS; hash->n_slots *= 16) {
    hash->slots = pk_vk_run_scratch(run, hash->n_slots * 4, PK_VK_MEMORY_DEVICE, error);
    if (!hash->slots)
      return FALSE;
    pk_vk_run_fill(run, hash->slots, 0, hash->n_slots * 4, PK_KERNEL_NONE);
    pk_vk_run_fill(run, hash->control, 0, sizeof(struct PkKernelControl), 0);
    args->table = hash->slots->address;
    args->control = hash->control->address;
    args->mask = (guint32)(hash->n_slots - 1);
    args->segment_shift = log2_of((guint64)run->context->segment_rows);
    PkVkSpec insert = *spec;
    insert.workgroup = pk_vk_run_workgroup(run, PK_VK_INSERT, 256);
    if (!pk_vk_run_scan(run, PK_VK_INSERT, &insert, args, FALSE, error))
      return FALSE;
    const struct PkKernelControl *control =
      pk_vk_run_read(run, hash->control, 0, sizeof(struct PkKernelControl), error);
    if (!control || !pk_vk_run_submit(run, error))
      return FALSE;
    if (!control->full)
      return TRUE;
  }
  return pk_fail(error, PK_ERROR_LIMIT, "the groups are too many for the device's hash table");
}

static gboolean
hash_groups(Exec *self, GError **error)
{
  PkVkRun *run = self->run;
  Hash hash = { 0 };
  if (!make_gid_buffers(run, error) || !fill_hash(self, &run->spec, &run->args, &hash, error))
    return FALSE;
  guint64 limit = MIN(hash.n_slots, MAX((guint64)self->program->frame->length, 1));
  PkVkBuffer *names = pk_vk_run_scratch(run, hash.n_slots * 4, PK_VK_MEMORY_DEVICE, error);
  PkVkBuffer *reps = names ? pk_vk_run_scratch(run, limit * 4, PK_VK_MEMORY_DEVICE, error) : NULL;
  if (!reps)
    return FALSE;
  struct PkKernelControl control = { .limit = (guint32)limit };
  guint64 control_at = pk_vk_run_place(run, &control, sizeof control, error);
  PkVkSpec spec = { .workgroup = run->context->workgroup };
  if (!control_at)
    return FALSE;
  run->args.names = names->address;
  run->args.reps = reps->address;
  run->args.control = control_at;
  gsize at = control_at - run->arena->address;
  if (!pk_vk_run_once(run, PK_VK_NUMBER, &spec, &run->args, hash.n_slots, error))
    return FALSE;
  const struct PkKernelControl *done = pk_vk_run_read(run, run->arena, at, sizeof *done, error);
  if (!done || !pk_vk_run_submit(run, error))
    return FALSE;
  self->groups->n_groups = done->n_groups;
  self->groups->reps = pk_vk_run_read(run, reps, 0, MAX(self->groups->n_groups, 1) * 4, error);
  run->spec = (PkVkSpec){ .workgroup = run->context->workgroup, .source = PK_SOURCE_GID | PK_SOURCE_NAMED };
  return self->groups->reps != NULL;
}

/* --- passes --- */

static guint32
pack(const PkVkProgram *p, gint column, guint32 flags)
{
  return column < 0 ? 0 : pk_vk_column_pack(&p->columns[column], (guint)column) | flags;
}

static guint
words_of(const PkVkSpec *spec)
{
  return ((spec->ops & PK_OP_ROWS) ? 1 : 0) + ((spec->ops & PK_OP_COUNT) ? 1 : 0) +
         ((spec->ops & PK_OP_SUM) ? spec->limbs : 0);
}

/* Shared memory that lets as many workgroups of 256 run at once as the device can hold; with more, larger ones
 * do better. */
#define SMALL_SHARED ((guint)12 << 10)
#define CACHE_SLOTS 1024
/* What arrays take that a pipeline does not use: one element each. */
#define LEAST_ARRAYS 64

/* Shared memory for as many copies of all groups as fit well, one if they fit at all, else a cache of them. */
static void
set_copies(const Exec *self, PkVkSpec *spec, gboolean cells)
{
  const PkVkDevice *device = self->run->context->device;
  guint64 n = self->groups->n_groups;
  guint extremes = ((spec->ops & PK_OP_MIN) ? 1 : 0) + ((spec->ops & PK_OP_MAX) ? 1 : 0), words = words_of(spec);
  guint each = 4 * words + 8 * extremes;
  guint room = device->shared_bytes - LEAST_ARRAYS;
  spec->form = 1;
  spec->cache = 0;
  spec->tags = spec->stage_words = 1;
  if (cells) {
    spec->workgroup = spec->stage = spec->stage_words = MIN(1024, device->most_workgroup);
    n = spec->cache = spec->tags = CACHE_SLOTS;
    while (n * (each + 4) + spec->stage * 20 > room)
      n = spec->cache = spec->tags = (guint)n / 2;
  } else if (n * each > room) {
    n = spec->cache = spec->tags = CACHE_SLOTS;
    while (n * (each + 4) > room)
      n = spec->cache = spec->tags = (guint)n / 2;
  }
  while (spec->form < 32 && !spec->cache && n * each * 2 * spec->form <= SMALL_SHARED)
    spec->form *= 2;
  spec->shared_words = (guint)MAX(n * words * spec->form, 1);
  spec->shared_extremes = (guint)MAX(n * extremes * spec->form, 1);
  if (!cells)
    spec->workgroup = pk_vk_run_workgroup(self->run, PK_VK_GROUP, n * each * spec->form > SMALL_SHARED ? 1024 : 256);
}

static void
fill_args(const Exec *self, guint i, struct PkKernelProgram *args, PkVkSpec *spec)
{
  const PkVkPass *pass = pk_vk_program_pass(self->program, i);
  const PkVkProgram *p = self->program;
  *args = self->run->args;
  *spec = self->run->spec;
  point_at(self, i, args);
  spec->a = pack(p, pass->a, pass->flags_a);
  spec->b = pack(p, pass->b, pass->flags_b);
  spec->ops = pass->ops;
  spec->term = pass->term;
  spec->limbs = pass->ops & PK_OP_SUM ? pass->limbs : 0;
  args->divisor = pass->a >= 0 ? p->columns[pass->a].divisor : 1;
  args->divisor2 = pass->b >= 0 ? p->columns[pass->b].divisor : 1;
  args->least_unit = ldexp(1.5, 52 - pass->exponent);
  args->middle = ldexp(1.5, 52 + 31 - pass->exponent);
  args->top = ldexp(1.5, 52 + 62 - pass->exponent);
}

static gboolean
scan_groups(Exec *self, PkVkSpec *spec, const struct PkKernelProgram *args, gboolean cells, GError **error)
{
  set_copies(self, spec, cells);
  return pk_vk_run_scan(self->run, PK_VK_GROUP, spec, args, FALSE, error);
}

/* Rows of each group, with the first pass of sums if there is one. */
static gboolean
run_sums(Exec *self, guint i, gboolean with_rows, GError **error)
{
  struct PkKernelProgram args;
  PkVkSpec spec;
  fill_args(self, i, &args, &spec);
  spec.ops |= with_rows ? PK_OP_ROWS : 0;
  self->rows_cells = with_rows ? self->cells[i] : self->rows_cells;
  return scan_groups(self, &spec, &args, self->cells[i] != 0, error);
}

static gboolean
run_rows(Exec *self, GError **error)
{
  struct PkKernelProgram args = self->run->args;
  PkVkSpec spec = self->run->spec;
  point_at(self, 0, &args);
  spec.ops = PK_OP_ROWS;
  if (self->groups->n_groups > 4096)
    return pk_vk_run_bins(self->run, &spec, &args, error);
  return scan_groups(self, &spec, &args, FALSE, error);
}

static gboolean
run_ties(Exec *self, guint i, GError **error)
{
  const PkVkPass *pass = pk_vk_program_pass(self->program, i);
  struct PkKernelProgram args;
  PkVkSpec spec;
  fill_args(self, i, &args, &spec);
  spec.ops = 0;
  spec.form = pass->greatest ? 1 : 0;
  args.table = args.least;
  args.least = self->states->address + self->least[pass->of];
  args.greatest = self->states->address + self->greatest[pass->of];
  spec.workgroup = pk_vk_run_workgroup(self->run, PK_VK_TIE, 256);
  return pk_vk_run_scan(self->run, PK_VK_TIE, &spec, &args, FALSE, error);
}

static gboolean
run_line(Exec *self, guint i, GError **error)
{
  const PkVkPass *pass = pk_vk_program_pass(self->program, i);
  struct PkKernelProgram args;
  PkVkSpec spec;
  fill_args(self, i, &args, &spec);
  spec.ops = 0;
  args.base = pass->base_a;
  args.base2 = pass->base_b;
  spec.workgroup = pk_vk_run_workgroup(self->run, PK_VK_LINE, 256);
  return pk_vk_run_scan(self->run, PK_VK_LINE, &spec, &args, TRUE, error);
}

static gboolean
run_distinct(Exec *self, guint i, GError **error)
{
  PkVkRun *run = self->run;
  struct PkKernelProgram args;
  PkVkSpec spec;
  Hash hash = { 0 };
  if (run->spec.keys[0] != 0 && !materialise(run, error))
    return FALSE;
  gboolean by_group = run->spec.source != 0;
  fill_args(self, i, &args, &spec);
  guint32 column = spec.a;
  spec.a = spec.b = spec.ops = spec.limbs = 0;
  spec.source &= ~PK_SOURCE_NAMED; /* slots tell groups apart as well as names do */
  memset(spec.keys, 0, sizeof spec.keys);
  spec.keys[0] = column | PK_KEY_SHIFT(PK_KEY_FORM_VALUE);
  spec.keys[1] = by_group ? PK_COLUMN_USED | PK_KEY_SHIFT(PK_KEY_FORM_GID) : 0;
  spec.form = 1; /* the gid buffers hold the groups and stay */
  gboolean ok = fill_hash(self, &spec, &args, &hash, error);
  PkVkSpec count = { .workgroup = spec.workgroup, .source = run->spec.source, .form = 1 };
  return ok && pk_vk_run_once(run, PK_VK_NUMBER, &count, &args, hash.n_slots, error);
}

/* --- quantiles --- */

#define MOST_SHARED_DIGITS 8192

static guint
radix_bits(guint64 n_groups)
{
  guint bits = n_groups == 1 ? 11 : 8;
  while (bits > 2 && n_groups << bits > (guint64)1 << 27)
    bits--;
  return bits;
}

static gboolean
run_quantile(Exec *self, guint i, GError **error)
{
  PkVkRun *run = self->run;
  PkVkPass *pass = pk_vk_program_pass(self->program, i);
  const PkVkColumn *column = &self->program->columns[pass->a];
  guint64 n = self->groups->n_groups;
  guint bits = radix_bits(n), width = 64;
  struct PkKernelProgram args;
  PkVkSpec spec;
  fill_args(self, i, &args, &spec);
  args.base = pass->base = column->kind == PK_KIND_F32 ? G_MININT32 : column->is_float ? G_MININT64 : column->least;
  if (column->kind == PK_KIND_F32)
    width = 32;
  else if (!column->is_float)
    width = column->least >= column->greatest ? 1
            : 64 - (guint)__builtin_clzll((guint64)column->greatest - (guint64)column->least);
  PkVkBuffer *table = pk_vk_run_scratch(run, (n << bits) * 4, PK_VK_MEMORY_DEVICE, error);
  gsize control_at = n * sizeof(struct PkKernelSelect);
  PkVkBuffer *select = table ? pk_vk_run_scratch(run, control_at + 4, PK_VK_MEMORY_DEVICE, error) : NULL;
  if (!select)
    return FALSE;
  pk_vk_run_fill(run, table, 0, (n << bits) * 4, 0);
  pk_vk_run_fill(run, select, 0, control_at + 4, 0);
  args.table = table->address;
  args.reps = select->address;
  args.control = select->address + control_at;
  args.p = pass->p;
  args.take = pass->take;
  PkVkSpec pick = { .workgroup = 64 }; /* a workgroup a group */
  for (guint left = width; left > 0;) {
    args.bits = MIN(bits, left);
    args.shift = left - args.bits;
    args.first = left == width;
    spec.form = n << args.bits <= MOST_SHARED_DIGITS ? 1 : 0;
    spec.shared_words = spec.form ? MOST_SHARED_DIGITS : 1;
    for (args.width = 1; (n << args.bits) * args.width * 2 <= MOST_SHARED_DIGITS && args.width < 32;)
      args.width *= 2;
    spec.workgroup = pk_vk_run_workgroup(run, PK_VK_RADIX, spec.form ? 1024 : 256);
    if (!pk_vk_run_scan(run, PK_VK_RADIX, &spec, &args, FALSE, error) ||
        !pk_vk_run_once(run, PK_VK_PICK, &pick, &args, n * pick.workgroup, error))
      return FALSE;
    left = args.shift;
  }
  spec.form = 2;
  spec.shared_words = 1;
  if (!pass->take && !pk_vk_run_scan(run, PK_VK_RADIX, &spec, &args, FALSE, error))
    return FALSE;
  pass->state.select = pk_vk_run_read(run, select, 0, n * sizeof(struct PkKernelSelect), error);
  return pass->state.select != NULL;
}

/* --- spreads --- */

static gboolean
run_spread(Exec *self, guint i, GError **error)
{
  const PkVkPass *pass = pk_vk_program_pass(self->program, i);
  const PkVkPass *of = pk_vk_program_pass(self->program, pass->of);
  const PkVkPass *of2 = pk_vk_program_pass(self->program, pass->of2);
  gsize n = self->groups->n_groups;
  struct PkKernelProgram args;
  PkVkSpec spec;
  PkVkBuffer *host = pk_vk_run_scratch(self->run, n * 16, PK_VK_MEMORY_UPLOAD, error);
  PkVkBuffer *means = host ? pk_vk_run_scratch(self->run, n * 16, PK_VK_MEMORY_DEVICE, error) : NULL;
  if (!means)
    return FALSE;
  double *values = host->map;
  for (gsize g = 0; g < n; g++) {
    values[g] = pk_vk_pass_mean(self->program, of, self->groups, g);
    values[n + g] = pk_vk_pass_mean(self->program, of2, self->groups, g);
  }
  VkBufferCopy copy = { 0, 0, n * 16 };
  self->run->context->device->api.CmdCopyBuffer(self->run->commands, host->buffer, means->buffer, 1, &copy);
  pk_vk_run_fill(self->run, self->states, self->end, 4, 0); /* and its barrier */
  fill_args(self, i, &args, &spec);
  args.means = means->address;
  return scan_groups(self, &spec, &args, self->cells[i] != 0, error);
}

/* --- one group --- */

/* The workgroups' partial sums added up in their order. */
static void
join_partials(Exec *self, guint i, const struct PkKernelPartial *partials, guint n, gboolean with_rows, guint8 *states)
{
  PkVkPass *pass = i < self->program->passes->len ? pk_vk_program_pass(self->program, i) : NULL;
  __int128 sum = 0;
  long double total = 0;
  guint64 rows = 0, count = 0, least = G_MAXUINT64, greatest = 0;
  for (guint k = 0; k < n; k++) {
    rows += partials[k].rows;
    count += partials[k].count;
    sum += (__int128)partials[k].low + ((__int128)partials[k].high << 32);
    total += partials[k].sum;
    least = MIN(least, partials[k].least);
    greatest = MAX(greatest, partials[k].greatest);
  }
  if (with_rows)
    *(guint32 *)(gpointer)(states + self->rows) = (guint32)rows;
  if (!pass)
    return;
  if (pass->ops & PK_OP_COUNT)
    *(guint32 *)(gpointer)(states + self->counts[i]) = (guint32)count;
  if (pass->ops & PK_OP_MIN)
    *(guint64 *)(gpointer)(states + self->least[i]) = n ? least : G_MAXUINT64;
  if (pass->ops & PK_OP_MAX)
    *(guint64 *)(gpointer)(states + self->greatest[i]) = greatest;
  pass->state.has_sum = (pass->ops & PK_OP_SUM) && self->program->columns[pass->a].is_float;
  pass->state.sum = (double)total;
  for (guint j = 0; j < pass->limbs && (pass->ops & PK_OP_SUM); j++)
    ((gint64 *)(gpointer)(states + self->limbs[i]))[j] =
      j + 1 == pass->limbs ? (gint64)(sum >> (32 * j)) : (gint64)(guint32)(sum >> (32 * j));
}

typedef struct {
  guint pass;
  const struct PkKernelPartial *partials;
  guint n;
} Reduced;

static gboolean
run_reduce(Exec *self, guint i, gboolean with_rows, Reduced *reduced, GError **error)
{
  PkVkRun *run = self->run;
  struct PkKernelProgram args;
  PkVkSpec spec;
  if (i < self->program->passes->len) {
    fill_args(self, i, &args, &spec);
  } else {
    args = run->args;
    spec = run->spec;
  }
  spec.ops |= with_rows ? PK_OP_ROWS : 0;
  spec.limbs = spec.term = 0;
  spec.workgroup = pk_vk_run_workgroup(run, PK_VK_REDUCE, 256);
  guint n = 0;
  for (guint s = 0; s < run->n_segments; s++)
    n += pk_vk_run_groups(run, &spec, s);
  PkVkBuffer *partials = pk_vk_run_scratch(run, n * sizeof(struct PkKernelPartial), PK_VK_MEMORY_DEVICE, error);
  if (!partials)
    return FALSE;
  args.partials = partials->address;
  if (!pk_vk_run_scan(run, PK_VK_REDUCE, &spec, &args, FALSE, error))
    return FALSE;
  reduced->pass = i;
  reduced->n = n;
  reduced->partials = pk_vk_run_read(run, partials, 0, n * sizeof(struct PkKernelPartial), error);
  return reduced->partials != NULL;
}

/* --- whole --- */

static gboolean
run_first(Exec *self, Reduced *reduced, guint *n_reduced, GError **error)
{
  gboolean need_rows = TRUE, one = self->program->n_keys == 0, ok = TRUE;
  guint n = self->program->passes->len;
  for (guint i = 0; i < n && ok; i++) {
    if (pk_vk_program_pass(self->program, i)->kind != PK_VK_PASS_SUMS)
      continue;
    ok = one ? run_reduce(self, i, need_rows, &reduced[(*n_reduced)++], error) : run_sums(self, i, need_rows, error);
    need_rows = FALSE;
  }
  if (ok && need_rows && !self->program->plan->is_m4)
    ok = one ? run_reduce(self, n, TRUE, &reduced[(*n_reduced)++], error) : run_rows(self, error);
  return ok;
}

/* With one group, the extremes that ties compare with are known on the host alone; they go back. */
static gboolean
put_back(Exec *self, const Reduced *reduced, guint n_reduced, GError **error)
{
  PkVkBuffer *host = pk_vk_run_scratch(self->run, self->end, PK_VK_MEMORY_UPLOAD, error);
  if (!host)
    return FALSE;
  memset(host->map, 0, self->zero_end);
  memset((guint8 *)host->map + self->zero_end, 0xff, self->end - self->zero_end);
  for (guint k = 0; k < n_reduced; k++)
    join_partials(self, reduced[k].pass, reduced[k].partials, reduced[k].n, k == 0, host->map);
  VkBufferCopy copy = { 0, 0, self->end };
  self->run->context->device->api.CmdCopyBuffer(self->run->commands, host->buffer, self->states->buffer, 1, &copy);
  pk_vk_run_fill(self->run, self->states, self->end, 4, 0); /* and its barrier */
  return TRUE;
}

static gboolean
run_passes(Exec *self, GError **error)
{
  guint n = self->program->passes->len, n_reduced = 0;
  g_autofree Reduced *reduced = g_new0(Reduced, n + 1);
  gboolean spreads = FALSE, ok = run_first(self, reduced, &n_reduced, error);
  if (ok && n_reduced > 0)
    ok = pk_vk_run_submit(self->run, error) && put_back(self, reduced, n_reduced, error);
  for (guint i = 0; i < n && ok; i++) {
    const PkVkPass *pass = pk_vk_program_pass(self->program, i);
    spreads = spreads || pass->kind == PK_VK_PASS_SPREAD;
    if (pass->kind == PK_VK_PASS_TIES)
      ok = run_ties(self, i, error);
    else if (pass->kind == PK_VK_PASS_QUANTILE)
      ok = run_quantile(self, i, error);
    else if (pass->kind == PK_VK_PASS_LINE)
      ok = run_line(self, i, error);
    else if (pass->kind == PK_VK_PASS_DISTINCT)
      ok = run_distinct(self, i, error);
  }
  ok = ok && read_states(self, error);
  for (guint i = 0; i < n && ok; i++)
    if (pk_vk_program_pass(self->program, i)->kind == PK_VK_PASS_SPREAD)
      ok = run_spread(self, i, error);
  return ok && (!spreads || read_states(self, error));
}

gboolean
pk_vk_execute(PkVkRun *run, PkVkProgram *program, PkVkGroups *groups, GError **error)
{
  Exec self = { .run = run, .program = program, .groups = groups };
  *groups = (PkVkGroups){ .n_groups = program->n_cells };
  for (guint i = 0; i < program->passes->len; i++)
    memset(&pk_vk_program_pass(program, i)->state, 0, sizeof(PkVkState));
  gboolean ok = pk_vk_select(run, program, error);
  if (ok && program->hashed)
    ok = hash_groups(&self, error);
  ok = ok && (groups->n_groups <= G_MAXUINT32 / 2 ||
              pk_fail(error, PK_ERROR_LIMIT, "%" G_GUINT64_FORMAT " groups are too many for the device", groups->n_groups));
  if (ok && groups->n_groups == 0)
    ok = pk_vk_run_submit(run, error);
  else
    ok = ok && make_states(&self, error) && run_passes(&self, error);
  exec_clear(&self);
  return ok;
}

guint64
pk_vk_count(PkVkRun *run, PkVkProgram *program, GError **error)
{
  PkVkGroups groups = { .n_groups = program->n_cells };
  Exec self = { .run = run, .program = program, .groups = &groups };
  gboolean ok = pk_vk_select(run, program, error) && make_states(&self, error) && run_rows(&self, error);
  guint64 address = ok ? self.states->address + self.rows : 0;
  exec_clear(&self);
  return address;
}
