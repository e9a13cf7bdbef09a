#include "pa-sql-proposal.h"

#include "pa-sql.h"

#include <string.h>

struct _PaSqlProposal {
  GObject parent_instance;
  char *text, *detail, *folded;
  const char *icon;
  gboolean is_name;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(PaSqlProposal, pa_sql_proposal, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(GTK_SOURCE_TYPE_COMPLETION_PROPOSAL, NULL))

static void
finalize(GObject *object)
{
  PaSqlProposal *self = PA_SQL_PROPOSAL(object);
  g_free(self->text);
  g_free(self->detail);
  g_free(self->folded);
  G_OBJECT_CLASS(pa_sql_proposal_parent_class)->finalize(object);
}

static void
pa_sql_proposal_class_init(PaSqlProposalClass *class)
{
  G_OBJECT_CLASS(class)->finalize = finalize;
}

static void
pa_sql_proposal_init(PaSqlProposal *self)
{
}

PaSqlProposal *
pa_sql_proposal_new(const char *text, const char *detail, const char *icon, gboolean is_name)
{
  PaSqlProposal *self = g_object_new(PA_TYPE_SQL_PROPOSAL, NULL);
  self->text = g_strdup(text);
  self->detail = g_strdup(detail);
  self->folded = g_utf8_casefold(text, -1);
  self->icon = icon;
  self->is_name = is_name;
  return self;
}

const char *
pa_sql_proposal_get_text(PaSqlProposal *self)
{
  return self->text;
}

const char *
pa_sql_proposal_get_detail(PaSqlProposal *self)
{
  return self->detail;
}

const char *
pa_sql_proposal_get_icon(PaSqlProposal *self)
{
  return self->icon;
}

char *
pa_sql_proposal_dup_inserted(PaSqlProposal *self)
{
  gboolean plain = g_ascii_isalpha(self->text[0]) || self->text[0] == '_';
  for (const char *c = self->text; *c; c++)
    plain &= g_ascii_isalnum(*c) || *c == '_';
  return self->is_name && !plain ? pa_sql_dup_ident(self->text) : g_strdup(self->text);
}

guint
pa_sql_proposal_match(PaSqlProposal *self, const char *typed)
{
  const char *at = strstr(self->folded, typed);
  if (!at)
    return 0;
  return (at == self->folded ? 4u : at[-1] == '_' ? 2u : 1u) + (self->is_name ? 4u : 0u);
}
