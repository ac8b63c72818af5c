// The registry as the isolates see it: a stub of its one object, a new one for each call, and its errors as PortErrors.

import type { Registry } from '../../pipeline/registry-ports.ts';
import { toPortError } from './object-sequencer.ts';

/** One for the whole relay: a credential holds everywhere. */
const registryName = 'registry';

export function createObjectRegistry(namespace: Env['REGISTRY']): Registry {
  const call = async <T>(work: (registry: Registry) => Promise<T>): Promise<T> => {
    try {
      return await work(namespace.get(namespace.idFromName(registryName)) as unknown as Registry);
    } catch (error) {
      throw toPortError(error);
    }
  };
  return {
    snapshot: (known) => call((registry) => registry.snapshot(known)),
    listCredentials: () => call((registry) => registry.listCredentials()),
    createCredential: (request, giver) => call((registry) => registry.createCredential(request, giver)),
    rotateCredential: (id, giver) => call((registry) => registry.rotateCredential(id, giver)),
    revokeCredential: (id, act) => call((registry) => registry.revokeCredential(id, act)),
    usageOf: (id) => call((registry) => registry.usageOf(id)),
    lastUses: () => call((registry) => registry.lastUses()),
    noteUses: (uses) => call((registry) => registry.noteUses(uses)),
    listSourceGrants: () => call((registry) => registry.listSourceGrants()),
    setSourceGrants: (source, grants) => call((registry) => registry.setSourceGrants(source, grants)),
    listSubscriptions: () => call((registry) => registry.listSubscriptions()),
    createSubscription: (wanted) => call((registry) => registry.createSubscription(wanted)),
    setSubscriptionState: (id, disabled) => call((registry) => registry.setSubscriptionState(id, disabled)),
    removeSubscription: (id) => call((registry) => registry.removeSubscription(id)),
    noteSend: (id, result) => call((registry) => registry.noteSend(id, result)),
    listSecrets: () => call((registry) => registry.listSecrets()),
    putSecret: (secret) => call((registry) => registry.putSecret(secret)),
    endPreviousSecret: (name) => call((registry) => registry.endPreviousSecret(name)),
    removeSecret: (name) => call((registry) => registry.removeSecret(name)),
    rotateDataKey: () => call((registry) => registry.rotateDataKey()),
  };
}
