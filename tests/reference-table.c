#include "reference-table.h"

#include <math.h>
#include <string.h>

double
reference_number(const char *text)
{
  if (strcmp(text, "NaN") == 0 || strcmp(text, "null") == 0)
    return NAN;
  if (strcmp(text, "Infinity") == 0 || strcmp(text, "-Infinity") == 0)
    return *text == '-' ? -INFINITY : INFINITY;
  return g_ascii_strtod(text, NULL);
}

double *
reference_numbers(const char *text, gsize *n)
{
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);
  double *out;

  *n = *text ? g_strv_length(parts) : 0;
  out = g_new(double, *n + 1);
  for (gsize i = 0; i < *n; i++)
    out[i] = reference_number(parts[i]);
  return out;
}

void
reference_append_number(GString *out, double x)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan(x))
    g_string_append(out, "NaN");
  else if (isinf(x))
    g_string_append(out, x < 0 ? "-Infinity" : "Infinity");
  else
    g_string_append(out, g_ascii_dtostr(buffer, sizeof buffer, x));
}

void
reference_append_numbers(GString *out, const double *values, gsize n)
{
  g_string_append_c(out, '[');
  for (gsize i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    reference_append_number(out, values[i]);
  }
  g_string_append_c(out, ']');
}

static gboolean
starts_number(const char *p)
{
  return g_ascii_isdigit(p[*p == '-' ? 1 : 0]);
}

static gboolean
answers_agree(const char *expected, const char *got, double tolerance)
{
  while (*expected && *got) {
    if (starts_number(expected) && starts_number(got)) {
      char *e, *g;
      double a = g_ascii_strtod(expected, &e), b = g_ascii_strtod(got, &g);

      if (!(fabs(a - b) <= MAX(tolerance, 1e-9 * MAX(1, fabs(a)))))
        return FALSE;
      expected = e;
      got = g;
    } else if (*expected++ != *got++) {
      return FALSE;
    }
  }
  return !*expected && !*got;
}

void
reference_run(const char *table, const char *op, double absolute_tolerance, ReferenceFunc func)
{
  g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "reference", table, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = NULL;
  guint cases = 0;

  g_file_get_contents(path, &text, NULL, &error);
  g_assert_no_error(error);
  lines = g_strsplit(text, "\n", -1);
  for (gsize i = 0; lines[i]; i++) {
    g_auto(GStrv) fields = g_strsplit(lines[i], "\t", -1);
    guint n = g_strv_length(fields);
    g_autoptr(GString) out = g_string_new(NULL);

    if (n < 3 || strcmp(fields[0], op) != 0)
      continue;
    func(fields + 1, n - 2, out);
    cases++;
    if (strcmp(fields[n - 1], out->str) != 0 && !answers_agree(fields[n - 1], out->str, absolute_tolerance))
      g_error("%s:%" G_GSIZE_FORMAT ": %s\n  expected %s\n  got      %s", table, i + 1, lines[i],
              fields[n - 1], out->str);
  }
  g_assert_cmpuint(cases, >=, 1);
}
