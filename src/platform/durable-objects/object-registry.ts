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
    setSourceGrants: (...args) => call((registry) => registry.setSourceGrants(...args)),
    listSubscriptions: () => call((registry) => registry.listSubscriptions()),
    createSubscription: (wanted) => call((registry) => registry.createSubscription(wanted)),
    setSubscriptionState: (...args) => call((registry) => registry.setSubscriptionState(...args)),
    changeSubscription: (...args) => call((registry) => registry.changeSubscription(...args)),
    removeSubscription: (...args) => call((registry) => registry.removeSubscription(...args)),
    noteSend: (id, result) => call((registry) => registry.noteSend(id, result)),
    listSecrets: () => call((registry) => registry.listSecrets()),
    putSecret: (secret) => call((registry) => registry.putSecret(secret)),
    endPreviousSecret: (...args) => call((registry) => registry.endPreviousSecret(...args)),
    removeSecret: (...args) => call((registry) => registry.removeSecret(...args)),
    rotateDataKey: () => call((registry) => registry.rotateDataKey()),
  };
}
