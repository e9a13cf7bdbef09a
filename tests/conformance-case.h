/* Cases written down: a small frame, a plan, and the answer as text. */
#pragma once

#include "pk-backend.h"

typedef struct {
  const char *name;
  const char *columns; /* "name type value value …; name type …"; null, nan, inf, -inf */
  void (*fill)(PkPlan *plan); /* columns are in the plan already, in order */
  const char *answer;  /* rows joined by "; ", cells by spaces; or "error: overflow" */
} ConfCase;

extern const ConfCase conformance_cases[];
extern const guint conformance_n_cases;

/* The case's frame in chunks of 64 rows, each value `times` times over (in turn). */
PkFrame *conformance_case_frame(const ConfCase *self, guint times);

/* A frame's cells as an answer is written. */
char *conformance_answer(const PkFrame *frame);
