// The registry as an isolate changes it: after each change the isolate's own copy counts as old, so that whoever made the change
// sees it in the next request. Decides nothing.

import type { RegistryCopy } from './registry-copy.ts';
import type { Registry } from './registry-ports.ts';

/** After a change the isolate that made it does not believe its copy. */
export function expiring(registry: Registry, { expire }: Pick<RegistryCopy, 'expire'>): Registry {
  const after = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      expire();
    }
  };
  return {
    ...registry,
    createCredential: (request, giver) => after(registry.createCredential(request, giver)),
    rotateCredential: (id, giver) => after(registry.rotateCredential(id, giver)),
    revokeCredential: (id, act) => after(registry.revokeCredential(id, act)),
    setSourceGrants: (...args) => after(registry.setSourceGrants(...args)),
    createSubscription: (wanted) => after(registry.createSubscription(wanted)),
    setSubscriptionState: (...args) => after(registry.setSubscriptionState(...args)),
    changeSubscription: (...args) => after(registry.changeSubscription(...args)),
    removeSubscription: (...args) => after(registry.removeSubscription(...args)),
    noteSend: (id, result) => after(registry.noteSend(id, result)),
    putSecret: (secret) => after(registry.putSecret(secret)),
    endPreviousSecret: (...args) => after(registry.endPreviousSecret(...args)),
    removeSecret: (...args) => after(registry.removeSecret(...args)),
    rotateDataKey: () => after(registry.rotateDataKey()),
  };
}
