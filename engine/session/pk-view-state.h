/* The inside of a PikaViewState, for those who draw by it. */
#pragma once

#include "pk-lower.h"
#include "pk-scene-build.h"

#include <pika/pika.h>

G_BEGIN_DECLS

/* Of scales that show something else than their data: an array of PkSceneDomain, whose ids are the state's. */
GArray *pk_view_state_domains(const PikaViewState *self);

/* Arrays of PkHiddenValues and PkFieldFilter, which borrow from the state. */
GArray *pk_view_state_hidden(const PikaViewState *self);
GArray *pk_view_state_filters(const PikaViewState *self);

/* Borrowed; NULL if it is as the specification has it. */
JsonNode *pk_view_state_param(const PikaViewState *self, const char *name);

/* The same for states that draw the same rows. with_domains: what is shown decides about rows too. Caller frees. */
char *pk_view_state_data_key(const PikaViewState *self, gboolean with_domains);

PkTransfer pk_view_state_transfer(const PikaViewState *self);

G_END_DECLS
