/* The inside of a PikaViewState, for those who draw by it. */
#pragma once

#include "pk-scene-build.h"

#include <pika/pika.h>

G_BEGIN_DECLS

/* Of scales that show something else than their data: an array of PkSceneDomain, whose ids are the state's. */
GArray *pk_view_state_domains(const PikaViewState *self);

PkTransfer pk_view_state_transfer(const PikaViewState *self);

G_END_DECLS
