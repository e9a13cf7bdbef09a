/* The parameters of a specification: what they are, and their values as a person set them. */
#pragma once

#include "pk-view-state.h"

G_BEGIN_DECLS

typedef struct {
  JsonNode *root;    /* of the specification as it was given; owned */
  GPtrArray *params; /* of PikaParamInfo *, owned */
  gboolean follows_scales; /* one is bound to the scales: what is shown is its value */
} PkViewParams;

/* json is a specification that pk_spec_parse has taken. */
void pk_view_params_init(PkViewParams *self, const char *json, gssize length);
void pk_view_params_clear(PkViewParams *self);

/* The specification with the state's values in place of the initial ones. Caller frees. */
char *pk_view_params_apply(const PkViewParams *self, const PikaViewState *state);

G_END_DECLS
