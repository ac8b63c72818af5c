// Microsoft Graph's records: which resources are asked for as they are told, and which never.
import { describe, expect, it } from 'vitest';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import { microsoftGraphRecords } from '../../../src/core/sources/microsoft-graph-records.ts';
import { announced, fetchWith, stepOf } from '../../support/scripted-sender-api.ts';

const office = defineThinSource({
  id: 'graph',
  secret: 'GRAPH_CLIENT_STATE',
  ...microsoftGraphRecords({ baseUrl: 'GRAPH_API_URL', token: 'GRAPH_ACCESS_TOKEN' }),
});
const user = '622eaaff-0683-4862-9de4-f2ec83c2bd98';
const notice = (type: string, resource: unknown, etag: unknown = 'W/"CQ"') =>
  announced(type, { resource, resourceData: { '@odata.etag': etag } } as never);

describe('a record of Microsoft Graph', () => {
  it.each([
    ['message.created', `Users/${user}/Messages/AAMkAGUwNjQ4ZjIxLTQ3Y2Yt_9-=`],
    ['message.updated', `me/mailFolders/inbox/messages/AAMk=`],
    ['event.updated', `users/jo.doe@contoso.test/events/AAMk=`],
    ['event.created', `groups/${user}/calendar/events/AAMk=`],
    ['contact.created', `users/${user}/contacts/AAMk=`],
    ['user.updated', `Users/${user}`],
  ])('of %s is asked for where the notification says', async (type, resource) => {
    const { asked, result } = await fetchWith(office, notice(type, resource), {
      [`/${resource}`]: { id: '1' },
    });
    expect(asked).toEqual([`/${resource}`]);
    expect(result).toEqual({ ok: true, value: { id: '1' } });
  });

  it('has its etag as its version, and none without one', () => {
    const { record } = stepOf(office);
    expect(record?.(notice('user.updated', 'users/1'))).toEqual({ id: 'users/1', version: 'W/"CQ"' });
    expect(record?.(notice('user.updated', 'users/1', null))).toBeNull();
  });
});

describe('fetching from Microsoft Graph', () => {
  it.each(['not_found', 'unauthorized', 'rate_limited', 'unavailable'] as const)(
    'hands on %s',
    async (reason) => {
      const failure = { reason, message: 'as the API says', retryAfterMs: 5_000 };
      const { result } = await fetchWith(office, notice('user.updated', 'users/1'), { '/users/1': failure });
      expect(result).toEqual({ ok: false, error: failure });
    },
  );

  it.each([
    ['message.created', 'https://evil.test/users/1/messages/2'],
    ['message.created', '//evil.test/messages/2'],
    ['message.created', 'users/1/messages/..'],
    ['message.created', 'users/../messages/2'],
    ['message.created', 'users/1/messages/%2e%2e'],
    ['message.created', 'users/1/messages/2?$expand=attachments'],
    ['message.created', 'users/1/messages/2#x'],
    ['message.created', 'users/1/messages/2\\3'],
    ['message.created', 'users/1/messages/2/attachments'],
    ['message.created', 'users/1/messages/'],
    ['message.created', 'users/1/messages/2\n'],
    ['message.created', `users/1/messages/${'a'.repeat(2_000)}`],
    ['message.created', `users/${user}`],
    ['user.updated', 'directory/deletedItems'],
    ['user.updated', 'users'],
    ['user.updated', null],
    ['user.updated', ['users/1']],
    ['drive.updated', 'drives/1/root'],
  ])('asks nothing for %s of %j', async (type, resource) => {
    const { asked, result } = await fetchWith(office, notice(type, resource));
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ error: { reason: 'not_enrichable' } });
  });
});
