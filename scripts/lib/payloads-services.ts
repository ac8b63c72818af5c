// Realistic payloads of code hosts, chat, mail, support, documents and identity, by topic. See payloads-samples.ts.

import type { Samples } from './payloads-samples.ts';

const iso = (at: number): string => new Date(at).toISOString();
const numberOf = (id: string): number => Number(id.replace(/\D/g, '').slice(0, 9)) || 1001;

export const serviceSamples = {
  github: {
    'issues.opened': ({ id, at }) => ({
      issue: { id: numberOf(id), number: 7, title: 'Crate lost', updated_at: iso(at) },
      repository: { id: 1, full_name: 'holdfast/demo', owner: { login: 'holdfast' } },
    }),
    push: ({ at }) => ({
      ref: 'refs/heads/main',
      head_commit: { id: 'a'.repeat(40), timestamp: iso(at) },
      repository: { id: 1, full_name: 'holdfast/demo', owner: { login: 'holdfast' } },
    }),
  },
  bitbucket: {
    'pullrequest:updated': ({ id, at }) => ({
      repository: { uuid: '{a-repository}', workspace: { uuid: '{a-workspace}' } },
      pullrequest: { id: numberOf(id), title: 'Anchor', updated_on: iso(at) },
    }),
  },
  gitlab: {
    'merge_request.open': ({ id, at }) => ({
      project: { id: 15 },
      object_attributes: {
        iid: numberOf(id),
        updated_at: iso(at)
          .replace('T', ' ')
          .replace(/\.\d+Z/, ' UTC'),
      },
    }),
    push: ({ at }) => ({ project_id: 15, ref: 'refs/heads/main', commits: [{ timestamp: iso(at) }] }),
  },
  linear: { 'Issue.update': ({ id, at }) => ({ id, title: 'Crate lost', updatedAt: iso(at) }) },
  slack: { message: ({ id }) => ({ channel: id, user: 'U1', text: 'Goods are in' }) },
  zoom: { 'meeting.started': ({ id }) => ({ id: '1234567890', uuid: id, topic: 'Stocktaking' }) },
  meta: { 'page.feed': ({ id }) => ({ item: 'comment', comment_id: id, message: 'äöå' }) },
  twilio: {
    'message.delivered': ({ id }) => ({ MessageSid: id, To: '+18005551212', From: '+14158675309' }),
    'message.failed': ({ id }) => ({ MessageSid: id, To: '+18005551212', ErrorCode: '30003' }),
  },
  mailgun: {
    delivered: ({ id }) => ({ message: { headers: { 'message-id': id } }, recipient: 'ada@example.com' }),
  },
  sendgrid: {
    delivered: ({ id }) => ({ email: 'ada@example.com', sg_message_id: `${id}.filterdrecv-p3mdw1` }),
  },
  hubspot: {
    'contact.creation': ({ id }) => ({ objectId: numberOf(id), changeSource: 'CRM', changeFlag: 'NEW' }),
    'deal.propertyChange': ({ id }) => ({
      objectId: numberOf(id),
      propertyName: 'amount',
      propertyValue: '49',
    }),
  },
  zendesk: { 'zen:event-type:ticket.created': ({ id }) => ({ id, subject: 'Crate lost', status: 'new' }) },
  typeform: { form_response: ({ id }) => ({ form_id: 'lT4Z3j', token: id, answers: [] }) },
  docusign: { 'envelope-completed': ({ id }) => ({ accountId: '1', envelopeId: id }) },
  discord: { APPLICATION_AUTHORIZED: ({ id }) => ({ user: { id, username: 'ada' }, scopes: [] }) },
  okta: {
    'user.lifecycle.create': ({ id }) => ({ target: [{ id, type: 'User', alternateId: 'ada@example.com' }] }),
  },
  auth0: { 'user.created': ({ id }) => ({ user_id: id, email: 'ada@example.com' }) },
  'microsoft-graph': {
    'message.created': ({ id }) => ({
      resource: `Users/1/Messages/${id}`,
      resourceData: { '@odata.type': '#Microsoft.Graph.Message', '@odata.etag': 'W/"CQ"', id },
    }),
  },
} satisfies Readonly<Record<string, Samples>>;
