/* How a PkSpec is made: the parts of pk_spec_parse share this. Not for use outside engine/spec. */
#pragma once

#include "pk-spec.h"

G_BEGIN_DECLS

typedef struct {
  PkSpec spec;       /* first: what the caller sees */
  JsonNode *root;
  GHashTable *paths; /* JsonObject * → its path, char * */
  GHashTable *param_views; /* a parameter's JsonObject * → that of its view */
  GPtrArray *blocks; /* all that g_free frees */
  GPtrArray *made;   /* JsonObject *: those that normalisation made */
} PkSpecMaker;

gpointer pk_spec_alloc(PkSpecMaker *self, gsize size);
char *pk_spec_dup(PkSpecMaker *self, const char *text);

/* The path of an object of the specification, "$" if it is not known. */
const char *pk_spec_path(const PkSpecMaker *self, JsonObject *object);
/* A copy (members shared) with the same path, or an empty object; owned by the specification. */
JsonObject *pk_spec_copy_object(PkSpecMaker *self, JsonObject *object, const char *path);
PkProps pk_spec_bag(const PkSpecMaker *self, JsonObject *object);

/* Sets a member, taking the reference. json_object_set_member keeps none when the member is that very node, and
 * so leaks what was given. */
void pk_json_set(JsonObject *object, const char *name, JsonNode *node);
/* A member that is an object, else NULL. */
JsonObject *pk_json_object_of(JsonObject *object, const char *name);
const char *pk_json_text_of(JsonObject *object, const char *name);
gboolean pk_json_is_text(JsonNode *node);
gboolean pk_json_is_number(JsonNode *node);
gboolean pk_json_is_true(JsonNode *node);
/* As JavaScript's truthiness; NULL is false. */
gboolean pk_json_is_truthy(JsonNode *node);

/* The encoding of a child under that of its layers: Vega-Lite's mergeEncoding. */
JsonObject *pk_spec_merge_encoding(PkSpecMaker *self, JsonObject *parent, JsonObject *own,
                                   gboolean is_layer);
/* A unit whose mark has overlays as a layer, a line with a range as a rule; NULL if it stays as it is.
 * has_overlay_config: config.line.point and its like count. *is_overlay: the result has been made with them.
 */
JsonObject *pk_spec_normalize_unit(PkSpecMaker *self, JsonObject *unit, gboolean has_overlay_config,
                                   gboolean *is_overlay);

/* The concatenation or layer that a repeated view is. */
JsonObject *pk_spec_expand_repeat(PkSpecMaker *self, JsonObject *object);
/* *made: the layer (or unit) that a boxplot, errorbar or errorband is; NULL for other marks. FALSE with an error. */
gboolean pk_spec_normalize_composite(PkSpecMaker *self, JsonObject *unit, JsonObject **made, GError **error);

/* The selection of that name, or NULL. */
const PkParam *pk_spec_find_selection(const PkSpecMaker *self, const char *name);
/* The predicate that holds for the rows it selects from the start; without any, `empty` for all.
 * Borrowed. NULL with
 * PK_ERROR_UNSUPPORTED. */
JsonNode *pk_spec_selection_test(PkSpecMaker *self, const PkParam *param, gboolean empty, GError **error);
/* The predicate with such tests in place of {"param": selection}; the caller unrefs. */
JsonNode *pk_spec_resolve_selections(PkSpecMaker *self, JsonNode *predicate, GError **error);

/* The scale with what an interval selection selects as "domainRaw" in place of {"domain": {"param": …}}, or without a
 * domain while it selects nothing. */
PkProps pk_spec_resolve_domain(PkSpecMaker *self, PkChannel channel, const char *field, PkProps scale);

/* Fills spec.root and what stands at the top. */
gboolean pk_spec_build(PkSpecMaker *self, GError **error);
gboolean pk_spec_build_channel(PkSpecMaker *self, PkChannel channel, JsonNode *node, PkEncoding *out,
                               GError **error);

G_END_DECLS
