/* A word that completion offers. */
#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define PA_TYPE_SQL_PROPOSAL (pa_sql_proposal_get_type())
G_DECLARE_FINAL_TYPE(PaSqlProposal, pa_sql_proposal, PA, SQL_PROPOSAL, GObject)

/* text: as it is shown and typed; what is inserted is quoted where it must be. icon: static. */
PaSqlProposal *pa_sql_proposal_new(const char *text, const char *detail, const char *icon, gboolean is_name);

const char *pa_sql_proposal_get_text(PaSqlProposal *self);
const char *pa_sql_proposal_get_detail(PaSqlProposal *self);
const char *pa_sql_proposal_get_icon(PaSqlProposal *self);
/* Caller frees. */
char *pa_sql_proposal_dup_inserted(PaSqlProposal *self);
/* How well it fits what was typed (folded): 0 not at all. */
guint pa_sql_proposal_match(PaSqlProposal *self, const char *typed);

G_END_DECLS
