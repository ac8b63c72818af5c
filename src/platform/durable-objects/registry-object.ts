// RegistryObject: credentials, source grants, secrets and the keys that seal them, as one Durable Object. It decides nothing:
// pipeline/registry.ts does. D1 has no part in it, so a cold isolate works while D1 is away. May not log: what passes is secret.

import { DurableObject } from 'cloudflare:workers';
import { parseVariables } from '../../config.ts';
import { createRegistry } from '../../pipeline/registry.ts';
import type { Registry } from '../../pipeline/registry-ports.ts';
import { randomBytes, systemClock } from '../clock.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countRequests } from '../costs/count-object.ts';
import { createSqlRegistryRows } from '../registry/sql-registry-rows.ts';

export class RegistryObject extends DurableObject<Env> implements Registry {
  readonly #registry: Registry;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const variables = parseVariables({ ...env });
    this.#registry = createRegistry({
      rows: createSqlRegistryRows(ctx.storage),
      worker: variables.ok ? variables.value.registryKeys : null,
      random: randomBytes,
      clock: systemClock,
    });
  }

  snapshot(...args: Parameters<Registry['snapshot']>): ReturnType<Registry['snapshot']> {
    costMeter.add('registryReads');
    return this.#registry.snapshot(...args);
  }

  listCredentials(): ReturnType<Registry['listCredentials']> {
    return this.#registry.listCredentials();
  }

  createCredential(
    ...args: Parameters<Registry['createCredential']>
  ): ReturnType<Registry['createCredential']> {
    return this.#registry.createCredential(...args);
  }

  rotateCredential(
    ...args: Parameters<Registry['rotateCredential']>
  ): ReturnType<Registry['rotateCredential']> {
    return this.#registry.rotateCredential(...args);
  }

  revokeCredential(
    ...args: Parameters<Registry['revokeCredential']>
  ): ReturnType<Registry['revokeCredential']> {
    return this.#registry.revokeCredential(...args);
  }

  usageOf(...args: Parameters<Registry['usageOf']>): ReturnType<Registry['usageOf']> {
    return this.#registry.usageOf(...args);
  }

  lastUses(): ReturnType<Registry['lastUses']> {
    return this.#registry.lastUses();
  }

  noteUses(...args: Parameters<Registry['noteUses']>): ReturnType<Registry['noteUses']> {
    return this.#registry.noteUses(...args);
  }

  listSourceGrants(): ReturnType<Registry['listSourceGrants']> {
    return this.#registry.listSourceGrants();
  }

  setSourceGrants(...args: Parameters<Registry['setSourceGrants']>): ReturnType<Registry['setSourceGrants']> {
    return this.#registry.setSourceGrants(...args);
  }

  listSubscriptions(): ReturnType<Registry['listSubscriptions']> {
    return this.#registry.listSubscriptions();
  }

  createSubscription(
    ...args: Parameters<Registry['createSubscription']>
  ): ReturnType<Registry['createSubscription']> {
    return this.#registry.createSubscription(...args);
  }

  setSubscriptionState(
    ...args: Parameters<Registry['setSubscriptionState']>
  ): ReturnType<Registry['setSubscriptionState']> {
    return this.#registry.setSubscriptionState(...args);
  }

  changeSubscription(
    ...args: Parameters<Registry['changeSubscription']>
  ): ReturnType<Registry['changeSubscription']> {
    return this.#registry.changeSubscription(...args);
  }

  removeSubscription(
    ...args: Parameters<Registry['removeSubscription']>
  ): ReturnType<Registry['removeSubscription']> {
    return this.#registry.removeSubscription(...args);
  }

  noteSend(...args: Parameters<Registry['noteSend']>): ReturnType<Registry['noteSend']> {
    return this.#registry.noteSend(...args);
  }

  listSecrets(): ReturnType<Registry['listSecrets']> {
    return this.#registry.listSecrets();
  }

  putSecret(...args: Parameters<Registry['putSecret']>): ReturnType<Registry['putSecret']> {
    return this.#registry.putSecret(...args);
  }

  endPreviousSecret(
    ...args: Parameters<Registry['endPreviousSecret']>
  ): ReturnType<Registry['endPreviousSecret']> {
    return this.#registry.endPreviousSecret(...args);
  }

  removeSecret(...args: Parameters<Registry['removeSecret']>): ReturnType<Registry['removeSecret']> {
    return this.#registry.removeSecret(...args);
  }

  rotateDataKey(): ReturnType<Registry['rotateDataKey']> {
    return this.#registry.rotateDataKey();
  }
}

countRequests(RegistryObject.prototype, costMeter);
