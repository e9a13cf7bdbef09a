/* From the states of passes to the columns of the result, as pk-plan.h describes it. */
#pragma once

#include "pk-vk-exec.h"

G_BEGIN_DECLS

/* A new frame. PK_ERROR_OVERFLOW where a result does not fit. */
PkFrame *pk_vk_emit(const PkVkProgram *program, const PkVkGroups *groups, GError **error);

/* One column: what the codes of the program's first key stand for, in their order. The program is not hashed. */
PkFrame *pk_vk_emit_codes(const PkVkProgram *program, GError **error);

G_END_DECLS
