#include "pk-cpu-hash.h"

#include <string.h>

void
pk_cpu_hash_init(PkCpuHash *self, guint n_words)
{
  memset(self, 0, sizeof *self);
  self->n_words = n_words;
  self->n_places = 1024;
  self->places = g_new0(guint32, self->n_places);
}

void
pk_cpu_hash_clear(PkCpuHash *self)
{
  g_free(self->words);
  g_free(self->places);
  memset(self, 0, sizeof *self);
}

gsize
pk_cpu_hash_bytes_with(const PkCpuHash *self, guint32 n)
{
  gsize tuples = (gsize)self->n + n, capacity = self->capacity, places = self->n_places;
  while (capacity < tuples)
    capacity = MAX(capacity * 2, 256);
  while (tuples > places / 2)
    places *= 2;
  return capacity * self->n_words * sizeof *self->words + places * sizeof *self->places;
}

static inline guint32
hash_tuple(const guint64 *tuple, guint n_words)
{
  guint64 h = 0x9e3779b97f4a7c15ull;
  for (guint i = 0; i < n_words; i++) {
    unsigned __int128 product = (unsigned __int128)(h ^ tuple[i]) * 0xe7037ed1a0b428dbull;
    h = (guint64)product ^ (guint64)(product >> 64);
  }
  return (guint32)(h ^ (h >> 32));
}

static void
grow(PkCpuHash *self)
{
  self->n_places *= 2;
  g_free(self->places);
  self->places = g_new0(guint32, self->n_places);
  for (guint32 slot = 1; slot <= self->n; slot++) {
    guint32 at = hash_tuple(pk_cpu_hash_tuple(self, slot), self->n_words) & (self->n_places - 1);
    while (self->places[at] != 0)
      at = (at + 1) & (self->n_places - 1);
    self->places[at] = slot;
  }
}

guint32
pk_cpu_hash_slot(PkCpuHash *self, const guint64 *tuple)
{
  gsize bytes = self->n_words * sizeof *tuple;
  guint32 at = hash_tuple(tuple, self->n_words) & (self->n_places - 1);

  for (; self->places[at] != 0; at = (at + 1) & (self->n_places - 1))
    if (memcmp(pk_cpu_hash_tuple(self, self->places[at]), tuple, bytes) == 0)
      return self->places[at];

  if (self->n == self->capacity) {
    self->capacity = MAX(self->capacity * 2, 256);
    self->words = g_realloc_n(self->words, self->capacity, bytes);
  }
  memcpy(self->words + (gsize)self->n * self->n_words, tuple, bytes);
  self->places[at] = ++self->n;
  guint32 slot = self->n;
  if (self->n > self->n_places / 2)
    grow(self);
  return slot;
}
