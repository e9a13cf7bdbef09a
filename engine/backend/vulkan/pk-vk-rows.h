/* Plans of rows on a device: their numbers come back, their values are the host's. */
#pragma once

#include "pk-vk-exec.h"

G_BEGIN_DECLS

/* A new frame. */
PkFrame *pk_vk_rows(PkVkRun *run, PkVkProgram *program, GError **error);

G_END_DECLS
