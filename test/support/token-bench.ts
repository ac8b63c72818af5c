// A keeper of a target's token for tests: storage in a map, a clock that is turned by hand, an ERP that is a function in place of
// fetch, and a record of what its owner was told. Whoever uses it restores the mocks.

import { vi } from 'vitest';
import type { ErpSession } from '../../src/core/erp.ts';
import type { KeptName, KeptValues } from '../../src/platform/durable-objects/kept-values.ts';
import { KeyRotator } from '../../src/platform/durable-objects/key-rotator.ts';
import type { ConfiguredTarget } from '../../src/platform/durable-objects/login-connection.ts';
import { TokenKeeper } from '../../src/platform/durable-objects/token-keeper.ts';
import { TokenRecord } from '../../src/platform/durable-objects/token-record.ts';
import { createTokenVault } from '../../src/platform/token-vault.ts';
import { testAdapter } from './relay.ts';
import { testSecrets } from './test-bindings.ts';

export const day = 86_400_000;

export type Call = { readonly url: string; readonly body: string; readonly headers: Headers };

export function setUpKeeper(options: {
  readonly session: ErpSession;
  readonly credential: Record<string, string>;
  readonly answer?: (call: Call, count: number) => Response | Promise<Response>;
  readonly tokenKey?: string | null;
}) {
  const values = new Map<KeptName, string>();
  const kept: KeptValues = {
    get: (name) => values.get(name) ?? null,
    put: (name, value) => void (value === null ? values.delete(name) : values.set(name, value)),
    sync: () => Promise.resolve(),
  };
  const calls: Call[] = [];
  const told: string[] = [];
  let now = 1_800_000_000_000;
  let { credential } = options;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const call = { url: String(url), body: String(init?.body ?? ''), headers: new Headers(init?.headers) };
    calls.push(call);
    return options.answer?.(call, calls.length) ?? new Response('no answer', { status: 500 });
  });
  const configured = (): ConfiguredTarget => ({
    target: {
      ...{
        id: 'erp',
        adapter: { ...testAdapter, session: options.session },
        baseUrlVariable: 'ERP_BASE_URL',
      },
      ...{ credentialVariables: {}, network: 'private', timeoutMs: 5_000, quietMs: 10_000 },
    },
    settings: { baseUrl: 'http://127.0.0.1:9', credential },
  });
  const { tokenKey = testSecrets.TOKEN_KEY } = options;
  const create = () => {
    const vault = tokenKey === null ? null : createTokenVault(tokenKey);
    const record = new TokenRecord('erp', kept, vault);
    const clock = { now: () => now, wait: () => Promise.resolve() };
    return new TokenKeeper({
      targetId: 'erp',
      find: configured,
      ...{ record, clock },
      rotator: new KeyRotator({
        ...{ targetId: 'erp', kept, vault, clock },
        emit: ({ kind, ...facts }) => void told.push('step' in facts ? `${kind} ${facts.step}` : kind),
        switched: () => record.end(now),
      }),
      telemetry: { log: () => undefined },
      loggedIn: () => void told.push('logged_in'),
      refused: (message, retryAt) =>
        void told.push(`refused ${message} ${retryAt === null ? '' : retryAt - now}`),
      expiring: (what, expiresAt) => void told.push(`expiring ${what} ${(expiresAt - now) / day}`),
    });
  };
  return {
    create,
    calls,
    told,
    values,
    wait: (ms: number) => {
      now += ms;
    },
    now: () => now,
    replaceCredential: (next: Record<string, string>) => {
      credential = next;
    },
  };
}
