// Credentials for tests of who may do what: made by way of the API itself, by an administrator whom the bootstrap key makes first
// and by whom it is replaced.

import { adminKey, askAs, type MemoryRelay } from './memory-relay.ts';

export type Wanted = {
  readonly scopes?: readonly string[];
  readonly preset?: string;
  readonly sources?: readonly string[];
  readonly grants?: readonly { readonly operation: string; readonly target: string }[];
  readonly expiresAt?: string;
};

export type Made = { readonly id: string; readonly key: string };

const administrators = new WeakMap<object, string>();

/** The key of the relay's administrator. */
export async function administratorOf(relay: MemoryRelay): Promise<string> {
  const known = administrators.get(relay.app);
  if (known !== undefined) return known;
  const { key } = await makeWith(relay, adminKey, { preset: 'admin' });
  administrators.set(relay.app, key);
  return key;
}

export async function makeCredential(relay: MemoryRelay, wanted: Wanted): Promise<Made> {
  return makeWith(relay, await administratorOf(relay), wanted);
}

async function makeWith(relay: MemoryRelay, by: string, wanted: Wanted): Promise<Made> {
  const body = { name: 'a test', reason: 'a test', ...wanted };
  const response = await askAs(relay.app, by, { path: '/admin/credentials', body });
  const answer = (await response.json()) as {
    readonly credential: { readonly id: string };
    readonly key: string;
  };
  if (response.status !== 201) throw new Error(`not made: ${response.status} ${JSON.stringify(answer)}`);
  return { id: answer.credential.id, key: answer.key };
}

export async function revokeCredential(relay: MemoryRelay, id: string): Promise<void> {
  const asked = { path: `/admin/credentials/${id}/revoke`, body: { reason: 'a test' } };
  const response = await askAs(relay.app, await administratorOf(relay), asked);
  if (response.status !== 200) throw new Error(`not revoked: ${response.status}`);
}
