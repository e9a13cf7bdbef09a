/* Texts in an arena that never moves, found by a hash table of open addressing. */
#include "pk-dictionary.h"

#include "pk-arrow-abi.h"
#include "pk-mem.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MIN ((gsize)4096)
#define ARENA_MAX ((gsize)1 << 22)
#define FIRST_SLOTS 512   /* a page of them */
#define FIRST_ENTRIES 256

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

typedef struct Recent Recent;

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
  Recent *recent; /* NULL until views come */
  guint32 n_recent; /* a power of two */
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
fold_hash(guint64 h)
{
  return (guint32)(h ^ (h >> 32));
}

/* --- short texts: those of up to 12 bytes are compared as two words --- */

#define SHORT_TEXT PK_ARROW_TEXT_INLINE
G_STATIC_ASSERT(G_BYTE_ORDER == G_LITTLE_ENDIAN);

typedef struct {
  guint64 a, b; /* the bytes, zeros after them; in b's upper half the length */
} Key;

/* length <= SHORT_TEXT; SHORT_TEXT bytes must be readable. */
static inline Key
key_of_padded(const char *text, gsize length)
{
  static const guint64 first[] = {
    0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff,
    G_MAXUINT64, G_MAXUINT64, G_MAXUINT64, G_MAXUINT64, G_MAXUINT64,
  };
  static const guint32 second[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xffff, 0xffffff, 0xffffffff };
  guint64 a;
  guint32 b;
  memcpy(&a, text, 8);
  memcpy(&b, text + 8, 4);
  return (Key){ a & first[length], (b & second[length]) | (guint64)length << 32 };
}

static inline Key
key_of(const char *text, gsize length)
{
  char padded[SHORT_TEXT] = { 0 };
  memcpy(padded, text, length);
  return key_of_padded(padded, length);
}

static inline guint32
hash_key(Key key)
{
  return fold_hash(mix(key.a ^ 0xa0761d6478bd642full, key.b ^ 0xe7037ed1a0b428dbull));
}

static inline guint32
hash_long(const char *text, gsize length)
{
  const guint64 k0 = 0xa0761d6478bd642full, k1 = 0xe7037ed1a0b428dbull;
  guint64 h = k0 ^ length, word;

  for (gsize at = 0; at + 8 < length; at += 8) {
    memcpy(&word, text + at, 8);
    h = mix(h ^ word, k1);
  }
  memcpy(&word, text + length - 8, 8);
  return fold_hash(mix(mix(h ^ word, k1), k0));
}

static inline guint32
hash_text(const char *text, gsize length)
{
  return length <= SHORT_TEXT ? hash_key(key_of(text, length)) : hash_long(text, length);
}

PkDictionary *
pk_dictionary_new(void)
{
  PkDictionary *self = g_new0(PkDictionary, 1);
  self->refs = 1;
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
  pk_mem_free(self->entries, self->entries_size * sizeof(Entry));
  pk_mem_free(self->slots, self->n_slots * sizeof(Slot));
  g_free(self->recent);
  g_free(self->ranks);
  g_mutex_clear(&self->ranks_mutex);
  g_free(self);
}

static char *
arena_take(PkDictionary *self, gsize size)
{
  if (size > self->arena_left) {
    gsize want = CLAMP(self->bytes, ARENA_MIN, ARENA_MAX);
    gsize block_size = MAX(want, size + sizeof(Block) + SHORT_TEXT); /* read beyond a short text stays within */
    Block *block = pk_mem_alloc(block_size, NULL);
    if (!block)
      return NULL;
    block->next = self->blocks;
    block->size = block_size;
    self->blocks = block;
    self->arena = (char *)(block + 1);
    self->arena_left = block_size - sizeof(Block) - SHORT_TEXT;
    self->bytes += block_size;
  }
  char *taken = self->arena;
  self->arena += size;
  self->arena_left -= size;
  return taken;
}

/* The tables are column memory: counted, limited, and scattered over huge pages, where finding an address is cheap. */
static gboolean
grow_slots(PkDictionary *self)
{
  if (self->n_slots >= (guint32)1 << 31)
    return FALSE;
  guint32 n_slots = self->n_slots ? self->n_slots * 2 : FIRST_SLOTS;
  Slot *slots = pk_mem_alloc(n_slots * sizeof *slots, NULL);
  if (!slots)
    return FALSE;
  memset(slots, 0, n_slots * sizeof *slots);
  for (guint32 i = 0; i < self->n_slots; i++) {
    if (self->slots[i].code == 0)
      continue;
    guint32 at = self->slots[i].hash & (n_slots - 1);
    while (slots[at].code != 0)
      at = (at + 1) & (n_slots - 1);
    slots[at] = self->slots[i];
  }
  pk_mem_free(self->slots, self->n_slots * sizeof *slots);
  self->slots = slots;
  self->n_slots = n_slots;
  return TRUE;
}

static gboolean
grow_entries(PkDictionary *self)
{
  guint32 size = self->entries_size ? self->entries_size * 2 : FIRST_ENTRIES;
  Entry *entries = pk_mem_alloc(size * sizeof *entries, NULL);
  if (!entries)
    return FALSE;
  if (self->n > 0)
    memcpy(entries, self->entries, self->n * sizeof *entries);
  pk_mem_free(self->entries, self->entries_size * sizeof *entries);
  self->entries = entries;
  self->entries_size = size;
  return TRUE;
}

static guint32
add_entry(PkDictionary *self, const char *text, gsize length)
{
  if (self->n == self->entries_size && !grow_entries(self))
    return PK_DICTIONARY_FULL;
  char *copy = arena_take(self, length + 1);
  if (!copy)
    return PK_DICTIONARY_FULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  self->entries[self->n] = (Entry){ copy, length };
  return self->n++;
}

static inline gboolean
is_same(const Entry *entry, const char *text, gsize length)
{
  return entry->length == length && memcmp(entry->text, text, length) == 0;
}

/* Adds a text that was looked for in vain; `at` is the empty slot that the search ended in. */
static guint32
add_text(PkDictionary *self, guint32 at, guint32 hash, const char *text, gsize length)
{
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

static guint32
intern_hashed(PkDictionary *self, guint32 hash, const char *text, gsize length)
{
  if (self->n_slots == 0 && !grow_slots(self))
    return PK_DICTIONARY_FULL;
  guint32 at = hash & (self->n_slots - 1);

  for (; self->slots[at].code != 0; at = (at + 1) & (self->n_slots - 1)) {
    const Slot *slot = &self->slots[at];
    if (slot->hash == hash && is_same(&self->entries[slot->code - 1], text, length))
      return slot->code - 1;
  }
  return add_text(self, at, hash, text, length);
}

static guint32
intern_short(PkDictionary *self, guint32 hash, Key key, const char *text, gsize length)
{
  guint32 at = hash & (self->n_slots - 1);

  for (; self->slots[at].code != 0; at = (at + 1) & (self->n_slots - 1)) {
    const Slot *slot = &self->slots[at];
    const Entry *entry = &self->entries[slot->code - 1];
    if (slot->hash != hash || entry->length != length)
      continue;
    Key other = key_of_padded(entry->text, length);
    if (other.a == key.a && other.b == key.b)
      return slot->code - 1;
  }
  return add_text(self, at, hash, text, length);
}

guint32
pk_dictionary_intern(PkDictionary *self, const char *text, gsize length)
{
  if (length == 0)
    text = "";
  return intern_hashed(self, hash_text(text, length), text, length);
}

/* --- string views --- */

#define VIEWS 2048    /* at once */
#define RECENT_MIN 512 /* short texts of which the code is known without a search, */
#define RECENT_MAX 8192 /* four times as many as there are texts, as far as they fit the second cache */
#define LARGE_TABLE 65536 /* slots: beyond, they are asked for ahead */

struct Recent {
  Key key;
  guint32 code; /* + 1; 0: empty */
};

static inline const char *
text_of(const PkArrowTextView *view, const void *const *buffers)
{
  if (view->length <= SHORT_TEXT)
    return view->u.text;
  return (const char *)buffers[view->u.far.buffer] + view->u.far.offset;
}

/* The slot that a later row begins its search at, and the entry that an earlier one of these found there. (Not inlined
 * at once, GCC takes it for a function without effect and drops it.) */
static inline __attribute__((always_inline)) void
look_ahead(const PkDictionary *self, const guint32 *hashes, guint i, guint n)
{
  const guint32 mask = self->n_slots - 1;
  if (i + 24 < n)
    __builtin_prefetch(&self->slots[hashes[i + 24] & mask]);
  if (i + 8 < n) {
    guint32 code = self->slots[hashes[i + 8] & mask].code;
    if (code != 0)
      __builtin_prefetch(&self->entries[code - 1]);
  }
}

static gboolean
intern_some_views(PkDictionary *self, const PkArrowTextView *views, const void *const *buffers,
                  const guint8 *valid, guint n, guint32 *codes)
{
  guint32 hashes[VIEWS];
  gboolean large = self->n_slots >= LARGE_TABLE;

  for (guint i = 0; i < n; i++) {
    hashes[i] = 0;
    if (!valid || valid[i])
      hashes[i] = views[i].length <= SHORT_TEXT ? hash_key(key_of_padded(views[i].u.text, views[i].length))
                                                : hash_long(text_of(&views[i], buffers), views[i].length);
  }
  for (guint i = 0; i < n; i++) {
    const PkArrowTextView *view = &views[i];
    codes[i] = 0;
    if (large)
      look_ahead(self, hashes, i, n);
    if (valid && !valid[i])
      continue;
    if (view->length > SHORT_TEXT) {
      codes[i] = intern_hashed(self, hashes[i], text_of(view, buffers), view->length);
    } else {
      Key key = key_of_padded(view->u.text, view->length);
      Recent *recent = large ? NULL : &self->recent[hashes[i] & (self->n_recent - 1)];
      if (recent && recent->code != 0 && recent->key.a == key.a && recent->key.b == key.b) {
        codes[i] = recent->code - 1;
        continue;
      }
      codes[i] = intern_short(self, hashes[i], key, view->u.text, view->length);
      if (recent)
        *recent = (Recent){ key, codes[i] + 1 };
    }
    if (codes[i] == PK_DICTIONARY_FULL)
      return FALSE;
  }
  return TRUE;
}

static void
fit_recent(PkDictionary *self)
{
  guint32 wanted = MAX(self->n_recent, RECENT_MIN);
  while (wanted < RECENT_MAX && wanted / 4 < self->n)
    wanted *= 2;
  if (wanted == self->n_recent)
    return;
  g_free(self->recent);
  self->recent = g_new0(Recent, wanted);
  self->n_recent = wanted;
}

gboolean
pk_dictionary_intern_views(PkDictionary *self, const void *views, const void *const *buffers, const guint8 *valid,
                           gsize n, guint32 *codes)
{
  if (self->n_slots == 0 && !grow_slots(self))
    return FALSE;
  for (gsize i = 0; i < n; i += VIEWS) {
    fit_recent(self);
    if (!intern_some_views(self, (const PkArrowTextView *)views + i, buffers, valid ? valid + i : NULL,
                           (guint)MIN(n - i, VIEWS), codes + i))
      return FALSE;
  }
  return TRUE;
}

gint64
pk_dictionary_lookup(const PkDictionary *self, const char *text, gsize length)
{
  if (self->n_slots == 0)
    return -1;
  if (length == 0)
    text = "";
  guint32 hash = hash_text(text, length);
  guint32 at = hash & (self->n_slots - 1);

  for (; self->slots[at].code != 0; at = (at + 1) & (self->n_slots - 1)) {
    const Slot *slot = &self->slots[at];
    if (slot->hash == hash && is_same(&self->entries[slot->code - 1], text, length))
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
