/* The CPU backend: all threads of the engine's pool, vector code chosen for the
 * processor at run time. Supports every plan that ref does and gives the same
 * result; sums of floats are within the bound stated in tests/conformance.
 * Results do not depend on the number of threads: rows are cut in fixed
 * partitions whose partial results are merged in their order. */
#pragma once

#include "pk-backend.h"

G_BEGIN_DECLS

PkBackend *pk_cpu_backend_new(void);

G_END_DECLS
