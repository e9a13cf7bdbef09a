#include "pk-planner.h"

#include "pk-error.h"

#include <string.h>

void
pk_choice_free(PkChoice *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_candidates; i++)
    g_free(self->candidates[i].reason);
  g_free(self->candidates);
  g_free(self->reason);
  g_free(self);
}

static double
total(const PkCandidate *candidate)
{
  return candidate->cost.setup_ms + candidate->cost.execute_ms;
}

static const char *
name_of(const PkCandidate *candidate)
{
  return pk_backend_get_name(candidate->backend);
}

static PkChoice *
list_candidates(PkBackend **backends, guint n, const PkPlan *plan, const PkWorkload *work)
{
  PkChoice *self = g_new0(PkChoice, 1);

  self->n_candidates = n;
  self->candidates = g_new0(PkCandidate, MAX(n, 1));
  for (guint i = 0; i < n; i++) {
    PkCandidate *candidate = &self->candidates[i];
    candidate->backend = backends[i];
    candidate->supported = pk_backend_supports(backends[i], plan, &candidate->reason);
    if (candidate->supported)
      candidate->cost = pk_backend_estimate(backends[i], plan, work);
    else if (!candidate->reason)
      candidate->reason = g_strdup("it does not support this plan");
  }
  return self;
}

static gboolean
choose_forced(PkChoice *self, const char *forced, GError **error)
{
  g_autoptr(GString) names = g_string_new(NULL);

  for (guint i = 0; i < self->n_candidates; i++) {
    const PkCandidate *candidate = &self->candidates[i];
    if (strcmp(name_of(candidate), forced) == 0) {
      if (!candidate->supported)
        return pk_fail(error, PK_ERROR_UNSUPPORTED, "backend %s cannot answer this: %s", forced,
                       candidate->reason);
      self->chosen = candidate->backend;
      self->reason = g_strdup_printf("%s was asked for", forced);
      return TRUE;
    }
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", name_of(candidate));
  }
  return pk_fail(error, PK_ERROR_USAGE, "there is no backend \"%s\" (choose from: %s)", forced, names->str);
}

/* "cpu: about 12 ms against 640 ms on sql" */
static char *
describe(const PkCandidate *best, const PkCandidate *second)
{
  const char *fetch = best->cost.setup_ms > 0 ? ", fetch included" : "";

  if (!second)
    return g_strdup_printf("%s is the only one that can", name_of(best));
  return g_strdup_printf("%s by estimate: %.3g ms%s, against %.3g ms on %s", name_of(best), total(best),
                         fetch,
                         total(second), name_of(second));
}

static gboolean
choose_cheapest(PkChoice *self, GError **error)
{
  const PkCandidate *best = NULL, *second = NULL;

  for (guint i = 0; i < self->n_candidates; i++) {
    const PkCandidate *candidate = &self->candidates[i];
    if (!candidate->supported)
      continue;
    if (!best || total(candidate) < total(best)) {
      second = best;
      best = candidate;
    } else if (!second || total(candidate) < total(second)) {
      second = candidate;
    }
  }
  if (!best)
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "no backend can answer this%s%s",
                   self->n_candidates > 0 ? ": " : "", self->n_candidates > 0 ? self->candidates[0].reason
                     : "");
  self->chosen = best->backend;
  self->reason = describe(best, second);
  return TRUE;
}

PkChoice *
pk_planner_choose(PkBackend **backends, guint n, const PkPlan *plan, const PkWorkload *work,
                  const char *forced,
                  GError **error)
{
  g_autoptr(PkChoice) self = list_candidates(backends, n, plan, work);

  if (forced ? !choose_forced(self, forced, error) : !choose_cheapest(self, error))
    return NULL;
  return g_steal_pointer(&self);
}

char *
pk_choice_explain(const PkChoice *self)
{
  GString *out = g_string_new(NULL);

  for (guint i = 0; i < self->n_candidates; i++) {
    const PkCandidate *candidate = &self->candidates[i];
    g_string_append_printf(out, "%s %-6s ", candidate->backend == self->chosen ? "→" : " ",
                           name_of(candidate));
    if (!candidate->supported)
      g_string_append_printf(out, "cannot: %s\n", candidate->reason);
    else if (candidate->cost.setup_ms > 0)
      g_string_append_printf(out, "%.3g ms to fetch + %.3g ms to run\n", candidate->cost.setup_ms,
                             candidate->cost.execute_ms);
    else
      g_string_append_printf(out, "%.3g ms to run\n", candidate->cost.execute_ms);
  }
  return g_string_free(out, FALSE);
}

static void
append_json_text(GString *out, const char *text)
{
  g_string_append_c(out, '"');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_printf(out, "\\%c", *p);
    else if ((guchar)*p < 0x20)
      g_string_append_printf(out, "\\u%04x", *p);
    else
      g_string_append_c(out, *p);
  }
  g_string_append_c(out, '"');
}

static void
append_json_number(GString *out, const char *key, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf(out, ",\"%s\":%s", key, g_ascii_formatd(buffer, sizeof buffer, "%.6g", value));
}

char *
pk_choice_to_json(const PkChoice *self)
{
  GString *out = g_string_new("{\"backend\":");

  append_json_text(out, pk_backend_get_name(self->chosen));
  g_string_append(out, ",\"reason\":");
  append_json_text(out, self->reason);
  g_string_append(out, ",\"candidates\":[");
  for (guint i = 0; i < self->n_candidates; i++) {
    const PkCandidate *candidate = &self->candidates[i];
    g_string_append(out, i > 0 ? ",{\"backend\":" : "{\"backend\":");
    append_json_text(out, name_of(candidate));
    g_string_append_printf(out, ",\"supported\":%s", candidate->supported ? "true" : "false");
    if (candidate->supported) {
      append_json_number(out, "setup_ms", candidate->cost.setup_ms);
      append_json_number(out, "execute_ms", candidate->cost.execute_ms);
    } else {
      g_string_append(out, ",\"reason\":");
      append_json_text(out, candidate->reason);
    }
    g_string_append_c(out, '}');
  }
  g_string_append(out, "]}");
  return g_string_free(out, FALSE);
}
