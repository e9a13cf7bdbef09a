/* Slots for tuples of words, by open addressing. Internal to the CPU backend; one thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint n_words;
  guint32 n;        /* tuples; tuple t has slot t + 1 */
  guint32 capacity; /* of words */
  guint64 *words;   /* n_words a tuple */
  guint32 n_places; /* a power of two */
  guint32 *places;  /* slot, 0: empty */
} PkCpuHash;

void pk_cpu_hash_init(PkCpuHash *self, guint n_words);
void pk_cpu_hash_clear(PkCpuHash *self);

/* Bytes that it will hold if n more tuples come. */
gsize pk_cpu_hash_bytes_with(const PkCpuHash *self, guint32 n);

/* The slot of a tuple, made if new. */
guint32 pk_cpu_hash_slot(PkCpuHash *self, const guint64 *tuple);

static inline const guint64 *
pk_cpu_hash_tuple(const PkCpuHash *self, guint32 slot)
{
  return self->words + (gsize)(slot - 1) * self->n_words;
}

G_END_DECLS
