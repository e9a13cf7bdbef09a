/* Profiles of columns: counts, range, distinct values and a small histogram of each. */
#include "pk-session-private.h"

#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-sql-quote.h"

#include <math.h>
#include <string.h>

#define COLUMNS_A_QUERY 64       /* statements of bounded size, however wide the table */
#define FEW_VALUES ((gint64)1 << 24) /* of so many columns together: they are fetched together for their histograms */
#define MAX_TEXT_DISTINCT 100000 /* beyond it a list of frequent values says nothing */

typedef struct {
  PikaSession *session;
  GCancellable *cancellable;
  char *relation; /* the quoted table */
  guint n_bins;
} Profiler;

static gboolean
has_order(PkType type)
{
  return !pk_type_is_nested(type) && type.kind != PK_TYPE_NULL;
}

static void
append_measures(GString *sql, const PkColumnInfo *info)
{
  g_autofree char *c = pk_sql_dup_ident(info->name);
  g_string_append_printf(sql, ", count(%s)", c);
  if (has_order(info->type))
    g_string_append_printf(sql, ", min(%s), max(%s)", c, c);
  else
    g_string_append(sql, ", NULL, NULL");
  g_string_append_printf(sql, ", approx_count_distinct(%s)", c);
  /* The finite range, which a histogram spans. */
  if (info->type.kind == PK_TYPE_F32 || info->type.kind == PK_TYPE_F64)
    g_string_append_printf(sql, ", min(%s) FILTER (isfinite(%s)), max(%s) FILTER (isfinite(%s))", c, c, c, c);
  else
    g_string_append(sql, ", NULL, NULL");
}

static char *
dup_text(const PkColumn *column)
{
  g_autoptr(GString) text = g_string_new(NULL);
  return pk_column_append_text(column, 0, text) ? g_strdup(text->str) : NULL;
}

static gboolean
measure(Profiler *p, const GPtrArray *infos, guint from, guint to, GPtrArray *profiles, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT count(*)");
  for (guint i = from; i < to; i++)
    append_measures(sql, infos->pdata[i]);
  g_string_append_printf(sql, " FROM %s", p->relation);
  g_autoptr(PkFrame) frame = pk_session_fetch(p->session, sql->str, p->cancellable, NULL, error);
  if (!frame)
    return FALSE;
  gint64 rows = (gint64)pk_column_get_int(frame->columns[0], 0);
  for (guint i = from; i < to; i++) {
    const PkColumnInfo *info = infos->pdata[i];
    PkColumn **c = frame->columns + 1 + (i - from) * 6;
    gboolean is_float = info->type.kind == PK_TYPE_F32 || info->type.kind == PK_TYPE_F64;
    PikaColumnProfile *profile = g_new0(PikaColumnProfile, 1);
    profile->name = g_strdup(info->name);
    profile->type = info->sql_type ? g_strdup(info->sql_type) : pk_type_dup_name(info->type);
    profile->kind = pk_session_public_kind(info->type);
    profile->rows = rows;
    profile->nulls = rows - (gint64)pk_column_get_int(c[0], 0);
    profile->min = dup_text(c[1]);
    profile->max = dup_text(c[2]);
    profile->distinct = MIN((gint64)pk_column_get_int(c[3], 0), rows - profile->nulls); /* an estimate may exceed */
    profile->histogram_min = pk_column_get_double(is_float ? c[4] : c[1], 0);
    profile->histogram_max = pk_column_get_double(is_float ? c[5] : c[2], 0);
    g_ptr_array_add(profiles, profile);
  }
  return TRUE;
}

static gboolean
histogram_numbers(Profiler *p, const PkColumnInfo *info, PikaColumnProfile *profile, GError **error)
{
  double lo = profile->histogram_min, hi = profile->histogram_max, step = (hi - lo) / p->n_bins;
  if (!isfinite(lo) || !isfinite(hi) || !isfinite(hi - lo))
    return TRUE;
  /* A column of one value, or of values closer than a double can tell apart. */
  guint n = step > 0 && lo + step > lo ? p->n_bins : 1;
  profile->has_histogram = TRUE;
  profile->n_bins = n;
  profile->bins = g_new0(gint64, n);
  if (n == 1) {
    profile->bins[0] = profile->rows - profile->nulls;
    return TRUE;
  }
  g_autoptr(PkPlan) plan = pk_plan_new(p->relation);
  guint column = pk_plan_add_column(plan, info->name, info->type);
  PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, column, "bin");
  key->start = lo;
  key->step = step;
  key->count = n;
  plan->dense = TRUE;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  PikaReceipt receipt = { .exact = TRUE };
  g_auto(PkTally) tally = { .receipt = &receipt };
  if (!pk_plan_check(plan, error))
    return FALSE;
  g_autoptr(PkFrame) frame = pk_session_run_plan(p->session, plan, p->cancellable, &tally, error);
  if (!frame)
    return FALSE;
  for (guint i = 0; i < n && i < frame->length; i++)
    profile->bins[i] = (gint64)pk_column_get_int(frame->columns[frame->n_columns - 1], i);
  return TRUE;
}

static gboolean
frequent_values(Profiler *p, const PkColumnInfo *info, PikaColumnProfile *profile, GError **error)
{
  if (profile->distinct > MAX_TEXT_DISTINCT)
    return TRUE;
  g_autofree char *name = pk_sql_dup_ident(info->name);
  g_autofree char *sql = g_strdup_printf("SELECT CAST(%s AS VARCHAR), count(*) FROM %s WHERE %s IS NOT NULL "
                                         "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %u", name, p->relation, name, p->n_bins);
  g_autoptr(PkFrame) frame = pk_session_fetch(p->session, sql, p->cancellable, NULL, error);
  if (!frame)
    return FALSE;
  profile->has_histogram = frame->length > 0;
  profile->n_bins = (guint)frame->length;
  profile->bins = g_new0(gint64, frame->length + 1);
  profile->bin_labels = g_new0(char *, frame->length + 1);
  for (gint64 i = 0; i < frame->length; i++) {
    gsize length = 0;
    const char *text = pk_column_get_text(frame->columns[0], i, &length);
    profile->bin_labels[i] = g_strndup(text ? text : "", length);
    profile->bins[i] = (gint64)pk_column_get_int(frame->columns[1], i);
  }
  return TRUE;
}

static gboolean
is_measured(const PikaColumnProfile *profile)
{
  return profile->kind == PIKA_KIND_NUMBER || profile->kind == PIKA_KIND_TIME;
}

/* The histograms of a short table's columns are taken from memory: in a wide table a statement each would cost more
 * than all of its values. */
static gboolean
fetch_together(Profiler *p, const GPtrArray *infos, const GPtrArray *profiles, guint from, guint to, GError **error)
{
  g_autoptr(PkPlan) plan = pk_plan_new(p->relation);
  PikaReceipt receipt = { .exact = TRUE };
  g_auto(PkTally) tally = { .receipt = &receipt };
  gint64 rows = ((const PikaColumnProfile *)profiles->pdata[from])->rows;
  for (guint i = from; i < to; i++)
    if (is_measured(profiles->pdata[i]))
      pk_plan_add_column(plan, ((const PkColumnInfo *)infos->pdata[i])->name, ((const PkColumnInfo *)infos->pdata[i])->type);
  if (plan->n_columns < 2 || rows > FEW_VALUES / plan->n_columns)
    return TRUE;
  g_autoptr(PkFrame) frame = pk_session_columns(p->session, plan, p->cancellable, &tally, error);
  return frame != NULL;
}

static gboolean
picture(Profiler *p, const GPtrArray *infos, const GPtrArray *profiles, guint from, guint to, GError **error)
{
  if (!fetch_together(p, infos, profiles, from, to, error))
    return FALSE;
  for (guint i = from; i < to; i++) {
    PikaColumnProfile *profile = profiles->pdata[i];
    const PkColumnInfo *info = infos->pdata[i];
    gboolean listed = profile->kind == PIKA_KIND_TEXT || profile->kind == PIKA_KIND_BOOL;
    if (profile->rows == profile->nulls)
      continue;
    if (is_measured(profile) && !histogram_numbers(p, info, profile, error))
      return FALSE;
    if (listed && !frequent_values(p, info, profile, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
profile_all(Profiler *p, const GPtrArray *infos, GPtrArray *profiles, GError **error)
{
  for (guint from = 0; from < infos->len; from += COLUMNS_A_QUERY) {
    guint to = MIN(from + COLUMNS_A_QUERY, infos->len);
    if (!measure(p, infos, from, to, profiles, error) || !picture(p, infos, profiles, from, to, error))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
pk_session_profile(PikaSession *self, const char *table, guint n_bins, GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) infos = pk_source_describe_table(self->source, table, error);
  if (!infos)
    return NULL;
  Profiler p = { .session = self, .cancellable = cancellable, .relation = pk_sql_dup_ident(table),
                 .n_bins = CLAMP(n_bins, 1, 64) };
  g_autoptr(GPtrArray) profiles = g_ptr_array_new_with_free_func((GDestroyNotify)pika_column_profile_free);
  gboolean ok = profile_all(&p, infos, profiles, error);
  g_free(p.relation);
  return ok ? g_steal_pointer(&profiles) : NULL;
}
