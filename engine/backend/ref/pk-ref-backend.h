/* The reference backend: slow, scalar, one row and one value at a time. It
 * defines the semantics of pk-plan.h; every other backend is compared with it.
 * Supports every plan that pk_plan_check accepts. */
#pragma once

#include "pk-backend.h"

G_BEGIN_DECLS

PkBackend *pk_ref_backend_new(void);

G_END_DECLS
