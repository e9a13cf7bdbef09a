#include "pk-mem.h"

#include "pk-error.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

static atomic_size_t used_bytes;
static atomic_size_t peak_bytes;
static atomic_size_t limit_bytes;

static gsize
round_to_page(gsize size)
{
  if (size == 0)
    return PK_PAGE_SIZE;
  if (size > G_MAXSIZE - PK_PAGE_SIZE)
    return 0;
  return (size + PK_PAGE_SIZE - 1) & ~(PK_PAGE_SIZE - 1);
}

static void
raise_peak(gsize now)
{
  gsize peak = atomic_load(&peak_bytes);
  while (now > peak && !atomic_compare_exchange_weak(&peak_bytes, &peak, now))
    ;
}

/* Large blocks are mapped, at a huge page's bound, and ask for huge pages, where the system leaves that to the program:
 * filling one meets 512 times fewer faults, and scanning it needs as many times fewer address translations. The
 * sanitizers watch only what malloc gives. */
#if defined(MADV_HUGEPAGE) && !defined(__SANITIZE_ADDRESS__)
#define HUGE_PAGE ((gsize)1 << 21)
#else
#define HUGE_PAGE G_MAXSIZE
#endif

static gpointer
map_large(gsize rounded)
{
  gsize spare = HUGE_PAGE - PK_PAGE_SIZE;
  if (rounded > G_MAXSIZE - spare)
    return NULL;
  guint8 *data = mmap(NULL, rounded + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED)
    return NULL;
  gsize before = (gsize)(-(guintptr)data) & (HUGE_PAGE - 1);
  if (before > 0)
    munmap(data, before);
  if (spare > before)
    munmap(data + before + rounded, spare - before);
  madvise(data + before, rounded, MADV_HUGEPAGE); /* advice alone: a system that does not take it loses nothing */
  return data + before;
}

static gpointer
take(gsize rounded)
{
  return rounded < HUGE_PAGE ? aligned_alloc(PK_PAGE_SIZE, rounded) : map_large(rounded);
}

gpointer
pk_mem_alloc(gsize size, GError **error)
{
  gsize rounded = round_to_page(size);
  gsize limit = atomic_load(&limit_bytes);
  gsize now = atomic_fetch_add(&used_bytes, rounded) + rounded;
  if (rounded != 0 && (limit == 0 || now <= limit)) {
    gpointer data = take(rounded);
    if (data) {
      raise_peak(now);
      return data;
    }
  }
  atomic_fetch_sub(&used_bytes, rounded);
  pk_fail(error, PK_ERROR_LIMIT,
          "%" G_GSIZE_FORMAT " bytes of column memory do not fit (%" G_GSIZE_FORMAT
          " in use, limit %" G_GSIZE_FORMAT "): raise --memory-limit or select fewer columns",
          size, now - rounded, limit);
  return NULL;
}

void
pk_mem_free(gpointer data, gsize size)
{
  if (!data)
    return;
  gsize rounded = round_to_page(size);
  atomic_fetch_sub(&used_bytes, rounded);
  if (rounded < HUGE_PAGE)
    free(data);
  else
    munmap(data, rounded);
}

gboolean
pk_mem_trim(gpointer data, gsize size, gsize wanted)
{
  gsize rounded = round_to_page(size), kept = round_to_page(wanted);
  if (kept < HUGE_PAGE || rounded < kept)
    return FALSE;
  if (rounded > kept) {
    munmap((guint8 *)data + kept, rounded - kept);
    atomic_fetch_sub(&used_bytes, rounded - kept);
  }
  return TRUE;
}

gboolean
pk_mem_reserve(gsize bytes, GError **error)
{
  gsize limit = atomic_load(&limit_bytes);
  gsize before = atomic_fetch_add(&used_bytes, bytes);
  if (bytes <= G_MAXSIZE - before && (limit == 0 || before + bytes <= limit)) {
    raise_peak(before + bytes);
    return TRUE;
  }
  atomic_fetch_sub(&used_bytes, bytes);
  return pk_fail(error, PK_ERROR_LIMIT,
                 "%" G_GSIZE_FORMAT " more bytes of groups and values do not fit (%" G_GSIZE_FORMAT
                 " in use, limit %" G_GSIZE_FORMAT "): raise --memory-limit, or filter or round first",
                 bytes, before, limit);
}

void
pk_mem_release(gsize bytes)
{
  atomic_fetch_sub(&used_bytes, bytes);
}

gsize pk_mem_used(void) { return atomic_load(&used_bytes); }
gsize pk_mem_peak(void) { return atomic_load(&peak_bytes); }
void pk_mem_reset_peak(void) { atomic_store(&peak_bytes, atomic_load(&used_bytes)); }
void pk_mem_set_limit(gsize bytes) { atomic_store(&limit_bytes, bytes); }

gboolean
pk_mem_parse_size(const char *text, gsize *bytes, GError **error)
{
  static const struct { const char *suffix; double scale; } units[] = {
    { "", 1 },       { "b", 1 },
    { "k", 1e3 },    { "kb", 1e3 },  { "kib", 1024.0 },
    { "m", 1e6 },    { "mb", 1e6 },  { "mib", 1048576.0 },
    { "g", 1e9 },    { "gb", 1e9 },  { "gib", 1073741824.0 },
    { "t", 1e12 },   { "tb", 1e12 }, { "tib", 1099511627776.0 },
  };
  char *end = NULL;
  double number = g_ascii_strtod(text, &end);
  if (end != text && isfinite(number) && number > 0) {
    while (g_ascii_isspace(*end))
      end++;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
      double value = number * units[i].scale;
      if (g_ascii_strcasecmp(end, units[i].suffix) == 0 && value < 9e18) {
        *bytes = (gsize)value;
        return TRUE;
      }
    }
  }
  return pk_fail(error, PK_ERROR_USAGE, "\"%s\" is not a size: write a number and a unit, as in 512MB or 2GiB", text);
}
