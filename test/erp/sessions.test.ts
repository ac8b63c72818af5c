// Sessions an adapter chooses: what they send to the token endpoint and what they make of its answers.
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { ErpConnection, ErpRequest, ErpResponse } from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { jwtAssertion } from '../../src/erp/sessions/jwt-assertion.ts';
import { oauth2ClientCredentials } from '../../src/erp/sessions/oauth2.ts';

function endpoint(json: JsonValue, status = 200) {
  const sent: ErpRequest[] = [];
  const answer: ErpResponse = { kind: 'response', status, headers: {}, json, text: '' };
  const erp: ErpConnection = {
    send: async (request) => {
      sent.push(request);
      return answer;
    },
  };
  return { erp, sent };
}

const token = { access_token: 'a', expires_in: 3_600 };
const now = 1_800_000_000_000;

describe('client credentials', () => {
  const credential = { clientId: 'c:1', clientSecret: 's%' };

  it('prove the client in the header, form-encoded, or in the body where the ERP wants that', async () => {
    const { erp, sent } = endpoint(token);
    const options = { tokenPath: '/token', scope: 'erp' };
    expect(await oauth2ClientCredentials(options).login(erp, credential, now)).toEqual({
      kind: 'logged_in',
      token: 'a',
      expiresAt: now + 3_600_000,
    });
    await oauth2ClientCredentials({ ...options, clientAuthentication: 'body' }).login(erp, credential, now);
    expect(sent[0]?.headers).toEqual({ authorization: `Basic ${btoa('c%3A1:s%25')}` });
    expect(sent[0]?.form).toEqual({ grant_type: 'client_credentials', scope: 'erp' });
    expect(sent[1]?.form).toMatchObject({ client_id: 'c:1', client_secret: 's%' });
  });

  it.each([
    [401, {}, 'refused'],
    [400, { error: 'invalid_client' }, 'refused'],
    [400, { error: 'invalid_grant', error_description: 'revoked' }, 'refused'],
    [429, { error: 'slow_down' }, 'unavailable'],
    [503, {}, 'unavailable'],
    [200, { error: 'temporarily_unavailable' }, 'unavailable'],
  ])('answered %i %j are %s', async (status, body, kind) => {
    const { erp } = endpoint(body, status);
    const session = oauth2ClientCredentials({ tokenPath: '/token' });
    expect((await session.login(erp, credential, now)).kind).toBe(kind);
  });
});

describe('a JWT assertion', () => {
  it.each(['PS256', 'RS256', 'ES256'] as const)(
    'is signed with %s and holds for minutes',
    async (algorithm) => {
      const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
      const credential = { clientId: 'me', privateKey: await exportPKCS8(privateKey), keyId: 'k1' };
      const { erp, sent } = endpoint(token);
      const session = jwtAssertion({
        tokenPath: '/token',
        algorithm,
        audience: 'https://erp.example/token',
        scope: 'rest_webservices',
        scopeIn: 'claim',
      });
      expect((await session.login(erp, credential, now)).kind).toBe('logged_in');
      const assertion = sent[0]?.form?.client_assertion ?? '';
      const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
        audience: 'https://erp.example/token',
        issuer: 'me',
        currentDate: new Date(now),
      });
      expect(protectedHeader).toEqual({ typ: 'JWT', alg: algorithm, kid: 'k1' });
      expect(payload).toMatchObject({ scope: 'rest_webservices', exp: now / 1_000 + 300 });
    },
  );

  it('with a key that is none is refused without a call', async () => {
    const { erp, sent } = endpoint(token);
    const session = jwtAssertion({ tokenPath: '/token', algorithm: 'ES256', audience: 'a' });
    expect(await session.login(erp, { clientId: 'me', privateKey: 'nonsense' }, now)).toEqual({
      kind: 'refused',
      message: 'privateKey cannot be used for ES256',
    });
    expect(sent).toEqual([]);
  });
});
