// Sources with their secrets: those of the registry where one is set there, else the Worker's. One that is set and cannot be
// opened, or stands nowhere, makes the source unavailable: its senders come again, and nothing is judged by an older secret.

import type { Config } from '../../config.ts';
import type { RelayDefinition, SourceDefinition } from '../../core/relay-definition.ts';
import type { SourceRuntime, SourceSecrets } from '../../core/source.ts';
import type { AcceptDependencies } from '../../pipeline/index.ts';
import { PortError } from '../../pipeline/ports.ts';
import type { RegistryCopy } from '../../pipeline/registry-copy.ts';

/** `secrets` null: they stand in the registry alone. */
export type ConfiguredSource = Omit<SourceRuntime, 'secrets'> & { readonly secrets: SourceSecrets | null };

export function sourceRuntimes(
  definition: RelayDefinition,
  config: Pick<Config, 'sourceSecrets' | 'sourceSettings'>,
): ReadonlyMap<string, ConfiguredSource> {
  // A watched ERP is read, and never posts: to the outside there is no such source.
  const all = [...definition.sources.values()].filter(({ watch }) => watch === undefined);
  return new Map(all.map((source) => [source.id, toConfigured(source, config)]));
}

function toConfigured(
  { id, preset, entity, earlierEntities, enrich }: SourceDefinition,
  config: Pick<Config, 'sourceSecrets' | 'sourceSettings'>,
): ConfiguredSource {
  return {
    ...{ id, preset, secrets: config.sourceSecrets.get(id) ?? null, ...config.sourceSettings.get(id) },
    ...(entity === undefined ? {} : { entity }),
    ...(earlierEntities === undefined ? {} : { earlierEntities }),
    ...(enrich === undefined ? {} : { enrich }),
  };
}

export function createSourceFinder(
  sources: ReadonlyMap<string, ConfiguredSource>,
  copy: Pick<RegistryCopy, 'lenient' | 'afterMiss' | 'secret'>,
): AcceptDependencies['findSource'] {
  return async (id, { fresh } = { fresh: false }) => {
    const source = sources.get(id);
    if (source === undefined) return null;
    await (fresh ? copy.afterMiss() : copy.lenient());
    const kept = await copy.secret(`source/${id}`);
    if (kept.kind === 'open') {
      const { secret = '', ...others } = kept.current;
      const workers = kept.besideWorker ? (source.secrets?.current ?? null) : null;
      const secrets = { current: secret, previous: kept.previous?.secret ?? workers };
      return { ...source, secrets, credentials: { ...source.credentials, ...others } };
    }
    const { secrets } = source;
    if (kept.kind === 'unreadable' || secrets === null)
      throw new PortError(`the secret of ${id} is ${kept.kind}`, { retryable: false, overloaded: false });
    return { ...source, secrets };
  };
}
