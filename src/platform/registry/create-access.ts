// The isolate's side of the registry made from the Worker's bindings: its copy, who callers are, and the registry itself with
// the copy marked old after every change, so that whoever changes something sees it at once.

import type { Config } from '../../config.ts';
import type { RemoteKeys } from '../../core/signature/remote-keys.ts';
import { expiring } from '../../pipeline/expiring-registry.ts';
import { createIdentities, isBootstrapEnded } from '../../pipeline/identify-caller.ts';
import type { Telemetry } from '../../pipeline/ports.ts';
import { createRegistryCopy, type RegistryCopy } from '../../pipeline/registry-copy.ts';
import type { Identities, Registry } from '../../pipeline/registry-ports.ts';
import { createTokenVerifier } from '../../pipeline/verify-token.ts';
import { systemClock } from '../clock.ts';
import { createObjectRegistry } from '../durable-objects/object-registry.ts';

export type Access = {
  readonly copy: RegistryCopy;
  readonly identities: Identities;
  /** Null: no REGISTRY_KEY is set. */
  readonly registry: Registry | null;
  /** Warns where the bootstrap key still opens everything. Never rejects. */
  readonly warnOfBootstrap: () => Promise<void>;
};

export function createAccess(given: {
  readonly env: Pick<Env, 'REGISTRY'>;
  readonly config: Pick<Config, 'adminKey' | 'issuers' | 'registryKeys'>;
  readonly remoteKeys: RemoteKeys;
  readonly telemetry: Telemetry;
  readonly background: (work: Promise<unknown>) => void;
}): Access {
  const { env, config, remoteKeys, telemetry, background } = given;
  const clock = systemClock;
  const registry = createObjectRegistry(env.REGISTRY);
  const copy = createRegistryCopy({ registry, worker: config.registryKeys, clock, telemetry, background });
  const tokens = createTokenVerifier({ issuers: config.issuers, remoteKeys, clock });
  const identities = createIdentities({
    ...{ copy, registry, tokens, clock, background },
    bootstrapKey: config.adminKey,
  });
  return {
    copy,
    identities,
    registry: config.registryKeys === null ? null : expiring(registry, copy),
    warnOfBootstrap: async () => {
      const { adminKey } = config;
      // Without an answer nothing is known; the next isolate asks again.
      const isEnded = adminKey === null || (await isBootstrapEnded(copy, adminKey).catch(() => true));
      if (!isEnded) telemetry.log('warn', 'bootstrap_key.alive', { see: 'docs/security.md' });
    },
  };
}
