/* Texts in an arena that never moves, found by a hash table of open addressing. */
#include "pk-dictionary.h"

#include "pk-mem.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MIN ((gsize)4096)
#define ARENA_MAX ((gsize)1 << 20)

typedef struct {
  const char *text;
  gsize length;
} Entry;

typedef struct {
  guint32 code; /* + 1; 0: empty */
  guint32 hash;
} Slot;

typedef struct Block {
  struct Block *next;
  gsize size;
} Block;

struct PkDictionary {
  gint refs;
  guint32 n;
  guint32 entries_size;
  Entry *entries;
  guint32 n_slots; /* a power of two, at least twice n */
  Slot *slots;
  Block *blocks;
  char *arena;
  gsize arena_left;
  gsize bytes;
  guint32 *ranks;
  GMutex ranks_mutex;
};

/* The 128-bit product folded to 64 bits, as in wyhash (Wang Yi). */
static inline guint64
mix(guint64 a, guint64 b)
{
  unsigned __int128 product = (unsigned __int128)a * b;
  return (guint64)product ^ (guint64)(product >> 64);
}

static inline guint32
hash_text(const char *text, gsize length)
{
  const guint64 k0 = 0xa0761d6478bd642full, k1 = 0xe7037ed1a0b428dbull;
  guint64 h = k0 ^ length;
  guint64 word;

  while (length >= 8) {
    memcpy(&word, text, 8);
    h = mix(h ^ word, k1);
    text += 8;
    length -= 8;
  }
  if (length > 0) {
    word = 0;
    memcpy(&word, text, length);
    h = mix(h ^ word, k1);
  }
  h = mix(h, k0);
  return (guint32)(h ^ (h >> 32));
}

PkDictionary *
pk_dictionary_new(void)
{
  PkDictionary *self = g_new0(PkDictionary, 1);
  self->refs = 1;
  self->n_slots = 16;
  self->slots = g_new0(Slot, self->n_slots);
  g_mutex_init(&self->ranks_mutex);
  return self;
}

PkDictionary *
pk_dictionary_ref(PkDictionary *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

void
pk_dictionary_unref(PkDictionary *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  while (self->blocks) {
    Block *block = self->blocks;
    self->blocks = block->next;
    pk_mem_free(block, block->size);
  }
  g_free(self->entries);
  g_free(self->slots);
  g_free(self->ranks);
  g_mutex_clear(&self->ranks_mutex);
  g_free(self);
}

static char *
arena_take(PkDictionary *self, gsize size)
{
  if (size > self->arena_left) {
    gsize want = CLAMP(self->bytes, ARENA_MIN, ARENA_MAX);
    gsize block_size = MAX(want, size + sizeof(Block));
    Block *block = pk_mem_alloc(block_size, NULL);
    if (!block)
      return NULL;
    block->next = self->blocks;
    block->size = block_size;
    self->blocks = block;
    self->arena = (char *)(block + 1);
    self->arena_left = block_size - sizeof(Block);
    self->bytes += block_size;
  }
  char *taken = self->arena;
  self->arena += size;
  self->arena_left -= size;
  return taken;
}

static gboolean
grow_slots(PkDictionary *self)
{
  if (self->n_slots >= (guint32)1 << 31)
    return FALSE;
  guint32 n_slots = self->n_slots * 2;
  Slot *slots = g_try_new0(Slot, n_slots);
  if (!slots)
    return FALSE;
  for (guint32 i = 0; i < self->n_slots; i++) {
    if (self->slots[i].code == 0)
      continue;
    guint32 at = self->slots[i].hash & (n_slots - 1);
    while (slots[at].code != 0)
      at = (at + 1) & (n_slots - 1);
    slots[at] = self->slots[i];
  }
  g_free(self->slots);
  self->slots = slots;
  self->n_slots = n_slots;
  return TRUE;
}

static guint32
add_entry(PkDictionary *self, const char *text, gsize length)
{
  if (self->n == self->entries_size) {
    guint32 size = self->entries_size ? self->entries_size * 2 : 16;
    Entry *entries = g_try_realloc_n(self->entries, size, sizeof(Entry));
    if (!entries)
      return PK_DICTIONARY_FULL;
    self->entries = entries;
    self->entries_size = size;
  }
  char *copy = arena_take(self, length + 1);
  if (!copy)
    return PK_DICTIONARY_FULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  self->entries[self->n] = (Entry){ copy, length };
  return self->n++;
}

guint32
pk_dictionary_intern(PkDictionary *self, const char *text, gsize length)
{
  if (length == 0)
    text = "";
  guint32 hash = hash_text(text, length);
  guint32 at = hash & (self->n_slots - 1);

  for (; self->slots[at].code != 0; at = (at + 1) & (self->n_slots - 1)) {
    const Slot *slot = &self->slots[at];
    if (slot->hash != hash)
      continue;
    const Entry *entry = &self->entries[slot->code - 1];
    if (entry->length == length && memcmp(entry->text, text, length) == 0)
      return slot->code - 1;
  }

  guint32 code = add_entry(self, text, length);
  if (code == PK_DICTIONARY_FULL)
    return code;
  self->slots[at] = (Slot){ code + 1, hash };
  if (self->n > self->n_slots / 2 && !grow_slots(self)) {
    /* Without room to grow the table would fill up: the text is not taken. */
    self->slots[at] = (Slot){ 0, 0 };
    self->n--;
    return PK_DICTIONARY_FULL;
  }
  return code;
}

gint64
pk_dictionary_lookup(const PkDictionary *self, const char *text, gsize length)
{
  if (length == 0)
    text = "";
  guint32 hash = hash_text(text, length);
  guint32 at = hash & (self->n_slots - 1);

  for (; self->slots[at].code != 0; at = (at + 1) & (self->n_slots - 1)) {
    const Slot *slot = &self->slots[at];
    const Entry *entry = &self->entries[slot->code - 1];
    if (slot->hash == hash && entry->length == length && memcmp(entry->text, text, length) == 0)
      return slot->code - 1;
  }
  return -1;
}

guint32
pk_dictionary_size(const PkDictionary *self)
{
  return self->n;
}

const char *
pk_dictionary_get(const PkDictionary *self, guint32 code, gsize *length)
{
  g_return_val_if_fail(code < self->n, NULL);
  if (length)
    *length = self->entries[code].length;
  return self->entries[code].text;
}

static int
compare_codes(const void *a, const void *b, void *data)
{
  const PkDictionary *self = data;
  const Entry *x = &self->entries[*(const guint32 *)a];
  const Entry *y = &self->entries[*(const guint32 *)b];
  int order = memcmp(x->text, y->text, MIN(x->length, y->length));
  if (order != 0)
    return order;
  return (x->length > y->length) - (x->length < y->length);
}

const guint32 *
pk_dictionary_get_ranks(PkDictionary *self)
{
  g_mutex_lock(&self->ranks_mutex);
  if (!self->ranks) {
    g_autofree guint32 *codes = g_new(guint32, MAX(self->n, 1));
    guint32 *ranks = g_new(guint32, MAX(self->n, 1));
    for (guint32 i = 0; i < self->n; i++)
      codes[i] = i;
    qsort_r(codes, self->n, sizeof *codes, compare_codes, self);
    for (guint32 i = 0; i < self->n; i++)
      ranks[codes[i]] = i;
    self->ranks = ranks;
  }
  g_mutex_unlock(&self->ranks_mutex);
  return self->ranks;
}

gsize
pk_dictionary_get_bytes(const PkDictionary *self)
{
  return self->bytes + self->entries_size * sizeof(Entry) + self->n_slots * sizeof(Slot) +
         (self->ranks ? self->n * sizeof(guint32) : 0);
}
