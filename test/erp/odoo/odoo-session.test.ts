// Logging in to Odoo: a key as a bearer, replaced by the calls of its documentation; and over JSON-RPC the user's id, where a wrong
// key is a success that says false.
import { describe, expect, it } from 'vitest';
import type { ErpConnection, ErpRequest, ErpResponse } from '../../../src/core/erp.ts';
import { neverExpiresAt } from '../../../src/core/token-life.ts';
import { createOdooAdapter } from '../../../src/erp/odoo/odoo-adapter.ts';
import { invalidKey, overJson2, overJsonRpc, toResponse } from './support/recorded-bodies.ts';

const now = Date.UTC(2026, 10, 24, 12);

function answering(answer: ErpResponse) {
  const sent: ErpRequest[] = [];
  const erp: ErpConnection = {
    send: async (request) => {
      sent.push(request);
      return answer;
    },
  };
  return { erp, sent, call: { erp, credential: {}, key: 'old-key', now } };
}

describe('a key of JSON-2', () => {
  const { rotation } = createOdooAdapter({ database: 'shop' }).session;
  if (rotation === undefined) throw new Error('keys are not rotated');

  it('is replaced after 40 days by one of 85, asked for with the old one', async () => {
    const { call, sent } = answering(toResponse(200, 'new-key'));
    expect(rotation.everyMs).toBe(40 * 86_400_000);
    expect(await rotation.rotate(call)).toEqual({
      ...{ kind: 'rotated', key: 'new-key' },
      expiresAt: Date.UTC(2027, 1, 16, 12),
    });
    expect(sent).toMatchObject([
      {
        path: '/json/2/res.users.apikeys/generate',
        headers: { 'x-odoo-database': 'shop' },
        body: { key: 'old-key', scope: 'rpc', name: 'holdfast', expiration_date: '2027-02-17' },
      },
    ]);
  });

  it('is proven by a read, and the old one is ended by its own call', async () => {
    const { call, sent } = answering(toResponse(200, { lang: 'en_US' }));
    expect(await rotation.prove({ ...call, key: 'new-key' })).toEqual({ kind: 'done' });
    expect(await rotation.revoke({ ...call, key: 'new-key', old: 'old-key' })).toEqual({ kind: 'done' });
    expect(sent.map(({ path, body }) => [path, body])).toEqual([
      ['/json/2/res.users/context_get', {}],
      ['/json/2/res.users.apikeys/revoke', { key: 'old-key' }],
    ]);
  });

  it('that Odoo does not replace is told apart from an Odoo that does not answer', async () => {
    const tooMany = overJson2({ name: 'odoo.exceptions.UserError', message: 'Too many keys', status: 422 });
    expect(await rotation.rotate(answering(tooMany).call)).toEqual({
      kind: 'refused',
      message: 'Too many keys',
    });
    expect(await rotation.prove(answering(invalidKey).call)).toMatchObject({ kind: 'refused' });
    const down: ErpResponse = { kind: 'response', status: 503, headers: {}, json: undefined, text: '' };
    expect(await rotation.rotate(answering(down).call)).toMatchObject({ kind: 'unavailable' });
    expect(await rotation.rotate(answering(toResponse(200, null)).call)).toMatchObject({
      kind: 'unavailable',
    });
  });

  it('is left to a person where that is configured', () => {
    expect(createOdooAdapter({ rotateAfterDays: 0 }).session.rotation).toBeUndefined();
  });
});

describe('a login of JSON-RPC', () => {
  const { session } = createOdooAdapter({ api: 'jsonrpc', database: 'shop' });
  const credential = { login: 'relay@example.test', apiKey: 'the-key' };

  it('gives the user, whose id and key go into each body', async () => {
    const { erp, sent } = answering(toResponse(200, { jsonrpc: '2.0', id: 1, result: 2 }));
    expect(await session.login(erp, credential, now)).toEqual({
      ...{ kind: 'logged_in', token: '2:the-key', expiresAt: neverExpiresAt },
    });
    expect(sent[0]?.body).toMatchObject({
      params: {
        service: 'common',
        method: 'authenticate',
        args: ['shop', 'relay@example.test', 'the-key', {}],
      },
    });
  });

  it('with a wrong key is a success that says false, and is refused', async () => {
    const { erp } = answering(toResponse(200, { jsonrpc: '2.0', id: 1, result: false }));
    expect(await session.login(erp, credential, now)).toMatchObject({ kind: 'refused' });
  });

  it('at a database that is not there is refused; at one that is away it passes', async () => {
    const error = { name: 'psycopg2.OperationalError', message: 'FATAL:  database "shop" does not exist\n' };
    expect(await session.login(answering(overJsonRpc(error)).erp, credential, now)).toMatchObject({
      kind: 'refused',
    });
    const away = { ...error, message: 'server closed the connection unexpectedly' };
    expect(await session.login(answering(overJsonRpc(away)).erp, credential, now)).toMatchObject({
      kind: 'unavailable',
    });
  });
});
