// Logins of Tryton: what is sent, what the session becomes, and that a locked user is left alone.

import { describe, expect, it } from 'vitest';
import type { ErpConnection, ErpRequest } from '../../../src/core/erp.ts';
import { trytonSession } from '../../../src/erp/tryton/tryton-session.ts';
import { recordedAnswers, toResponse } from './support/recorded.ts';

function answering(status: number, text: string) {
  const sent: ErpRequest[] = [];
  const erp: ErpConnection = {
    send: async (request) => {
      sent.push(request);
      return toResponse({ status, text });
    },
  };
  return { erp, sent };
}

const credential = { user: 'relé', password: 'p' };
const now = 1_800_000_000_000;
const recorded = (name: string) => recordedAnswers.find((answer) => answer.name === name);

describe('a login of Tryton', () => {
  it('is one call, and its session goes into the header of the next ones', async () => {
    const { erp, sent } = answering(200, '{"id":1,"result":[7,"abc123"]}');
    const result = await trytonSession.login(erp, credential, now);
    expect(sent.map(({ body }) => body)).toEqual([
      { id: 1, method: 'common.db.login', params: ['relé', { password: 'p' }] },
    ]);
    expect(result).toMatchObject({ kind: 'logged_in', expiresAt: now + 24 * 3_600_000 });
    const token = result.kind === 'logged_in' ? result.token : '';
    const header = trytonSession.authorize(token).authorization ?? '';
    expect(Buffer.from(header.replace('Session ', ''), 'base64').toString('utf8')).toBe('relé:7:abc123');
  });

  it.each(['a wrong password', 'a locked user'])(
    'that met %s is refused: it is not tried again by itself',
    async (name) => {
      const { status = 0, text = '' } = recorded(name) ?? {};
      const { erp, sent } = answering(status, text);
      expect((await trytonSession.login(erp, credential, now)).kind).toBe('refused');
      expect(sent).toHaveLength(1);
    },
  );

  it.each([
    [503, ''],
    [200, '{"id":1,"result":null}'],
    [404, '<html>'],
  ])('answered %i %s says nothing of the credential', async (status, text) => {
    const { erp } = answering(status, text);
    expect((await trytonSession.login(erp, credential, now)).kind).toBe('unavailable');
  });
});
