#include "pk-cpu-acc.h"
#include "pk-cpu-filter.h"
#include "pk-cpu-key.h"

#include "pk-mem.h"

#include <string.h>

gboolean
pk_cpu_table_reserve(PkCpuTable *self, gsize bytes)
{
  if (self->failure || !pk_mem_reserve(bytes, &self->failure))
    return FALSE;
  self->reserved += bytes;
  return TRUE;
}

/* Room in the hash for n more tuples. */
static gboolean
reserve_hash(PkCpuTable *self, guint32 n)
{
  gsize bytes = pk_cpu_hash_bytes_with(&self->hash, n);
  if (bytes <= self->hash_reserved)
    return TRUE;
  if (!pk_cpu_table_reserve(self, bytes - self->hash_reserved))
    return FALSE;
  self->hash_reserved = bytes;
  return TRUE;
}

/* Bytes that a slot takes, of what scratch has a part for each slot. */
static gsize
slot_bytes(const PkCpuProgram *program)
{
  gsize bytes = 0;
  for (guint i = 0; i < program->n_accs; i++)
    bytes += program->accs[i].klass->state_size + program->accs[i].klass->slot_scratch;
  return bytes;
}

static gboolean
reserve(PkCpuTable *self, guint32 n_slots)
{
  const PkCpuProgram *program = self->program;
  guint32 capacity = self->capacity;

  if (n_slots > capacity) {
    capacity = program->direct ? n_slots : MAX(n_slots, MAX(capacity * 2, 256));
    if (!pk_cpu_table_reserve(self, (capacity - self->capacity) * slot_bytes(program)))
      return FALSE;
    for (guint i = 0; i < program->n_accs; i++) {
      gsize size = program->accs[i].klass->state_size;
      if (size == 0)
        continue;
      if (self->states[i])
        self->states[i] = g_realloc_n(self->states[i], capacity, size);
      else
        self->states[i] = g_malloc0_n(capacity, size); /* untouched pages stay unused */
    }
    self->capacity = capacity;
  }
  for (guint i = 0; i < program->n_accs; i++) {
    const PkCpuAccClass *klass = program->accs[i].klass;
    if (klass->state_size == 0)
      continue;
    if (klass->init)
      klass->init(&program->accs[i], self->states[i], self->n_slots, n_slots);
    else if (self->n_slots > 0)
      memset((guint8 *)self->states[i] + klass->state_size * self->n_slots, 0,
             klass->state_size * (n_slots - self->n_slots));
  }
  self->n_slots = n_slots;
  return TRUE;
}

PkCpuTable *
pk_cpu_table_new(const PkCpuProgram *program)
{
  PkCpuTable *self = g_new0(PkCpuTable, 1);
  self->program = program;
  self->states = g_new0(gpointer, MAX(program->n_accs, 1));
  self->scratch = g_new0(gpointer, MAX(program->n_accs, 1));
  if (!program->direct) {
    pk_cpu_hash_init(&self->hash, program->n_words);
    reserve_hash(self, 0);
  }
  reserve(self, program->direct ? program->n_cells + 1 : 1);
  return self;
}

void
pk_cpu_table_free(PkCpuTable *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->program->n_accs; i++) {
    if (self->scratch[i] && self->program->accs[i].kind == PK_CPU_ACC_COLLECT) {
      PkCpuCollection *collection = self->scratch[i];
      g_free(collection->slots);
      g_free(collection->values);
      g_free(collection->wides);
    }
    g_free(self->states[i]);
    g_free(self->scratch[i]);
  }
  if (!self->program->direct)
    pk_cpu_hash_clear(&self->hash);
  pk_mem_release(self->reserved);
  g_clear_error(&self->failure);
  g_free(self->states);
  g_free(self->scratch);
  g_free(self);
}

/* The slots of the block by the keys' codes. */
static void
direct_slots(PkCpuContext *context)
{
  const PkCpuProgram *program = context->program;
  guint n = context->block.n;

  pk_cpu_key_codes(context, &program->keys[0], context->slots);
  for (guint k = 1; k < program->n_keys; k++) {
    pk_cpu_key_codes(context, &program->keys[k], context->codes);
    pk_cpu_combine_codes(context->slots, context->codes, (guint32)program->keys[k].n_codes, n);
  }
  if (!context->all_pass)
    pk_cpu_select_codes(context->slots, context->mask, 0, n);
}

/* The words of the block's rows, row by row, and which rows are in a group at all. */
static void
fill_words(PkCpuContext *context, guint8 *in_group)
{
  const PkCpuProgram *program = context->program;
  guint n = context->block.n, at = 1; /* word 0 holds the bits of NULLs */
  guint64 *columns = context->word_columns;

  memset(columns, 0, n * sizeof *columns);
  for (guint k = 0; k < program->n_keys; k++) {
    const PkCpuKey *key = &program->keys[k];
    guint64 *words = columns + (gsize)at * PK_CPU_BLOCK;
    if (key->n_codes > 0) {
      pk_cpu_key_codes(context, key, context->codes);
      for (guint i = 0; i < n; i++) {
        words[i] = context->codes[i];
        in_group[i] &= context->codes[i] != 0;
      }
      at++;
    } else {
      pk_cpu_key_words(context, key, words, key->n_words == 2 ? words + PK_CPU_BLOCK : NULL, columns, k);
      at += key->n_words;
    }
  }
  for (guint i = 0; i < n; i++)
    for (guint w = 0; w < program->n_words; w++)
      context->words[(gsize)i * program->n_words + w] = columns[(gsize)w * PK_CPU_BLOCK + i];
}

static gboolean
hash_slots(PkCpuTable *self, PkCpuContext *context)
{
  guint n = context->block.n, n_words = self->program->n_words;
  guint8 in_group[PK_CPU_BLOCK];
  if (!reserve_hash(self, n))
    return FALSE;
  if (context->all_pass)
    memset(in_group, 1, sizeof in_group);
  else
    memcpy(in_group, context->mask, sizeof in_group);
  fill_words(context, in_group);
  for (guint i = 0; i < n; i++)
    context->slots[i] = in_group[i] ? pk_cpu_hash_slot(&self->hash, context->words + (gsize)i * n_words) : 0;
  return self->hash.n + 1 <= self->n_slots || reserve(self, self->hash.n + 1);
}

void
pk_cpu_table_add(PkCpuTable *self, PkCpuContext *context)
{
  const PkCpuProgram *program = self->program;
  const guint32 *slots = NULL;

  if (self->failure)
    return;
  if (program->n_keys > 0) {
    if (program->direct && !program->byte_slots)
      direct_slots(context);
    else if (!program->direct && !hash_slots(self, context))
      return;
    slots = context->slots;
  }
  self->rows_in_scratch += context->block.n;
  for (guint i = 0; i < program->n_accs; i++)
    program->accs[i].klass->update(&program->accs[i], context, self, i, slots);
  if (self->rows_in_scratch >= 1 << 30)
    pk_cpu_table_flush(self);
}

void
pk_cpu_table_flush(PkCpuTable *self)
{
  for (guint i = 0; i < self->program->n_accs; i++) {
    const PkCpuAcc *acc = &self->program->accs[i];
    if (acc->klass->flush)
      acc->klass->flush(acc, self, i);
  }
  self->rows_in_scratch = 0;
}

void
pk_cpu_table_merge(PkCpuTable *self, PkCpuTable *from)
{
  const PkCpuProgram *program = self->program;
  g_autofree guint32 *map = NULL;

  if (self->failure)
    return;
  if (!program->direct) {
    if (!reserve_hash(self, from->hash.n))
      return;
    map = g_new0(guint32, (gsize)from->hash.n + 1);
    for (guint32 slot = 1; slot <= from->hash.n; slot++)
      map[slot] = pk_cpu_hash_slot(&self->hash, pk_cpu_hash_tuple(&from->hash, slot));
    if (self->hash.n + 1 > self->n_slots && !reserve(self, self->hash.n + 1))
      return;
  }
  for (guint i = 0; i < program->n_accs; i++)
    program->accs[i].klass->merge(&program->accs[i], self, from, i, map, from->n_slots - 1);
}
