#include "pk-mem.h"

#include "pk-error.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((gsize)2 << 20)

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

gpointer
pk_mem_alloc(gsize size, GError **error)
{
  gsize rounded = round_to_page(size);
  gsize limit = atomic_load(&limit_bytes);
  gsize now = atomic_fetch_add(&used_bytes, rounded) + rounded;
  if (rounded != 0 && (limit == 0 || now <= limit)) {
    gboolean large = rounded >= 2 * HUGE_PAGE;
    gpointer data = aligned_alloc(large ? HUGE_PAGE : PK_PAGE_SIZE, rounded);
    if (data) {
      if (large) /* a wish: a page is got at its first touch, and 512 touches are one then */
        madvise(data, rounded & ~(HUGE_PAGE - 1), MADV_HUGEPAGE);
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
  atomic_fetch_sub(&used_bytes, round_to_page(size));
  free(data);
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
