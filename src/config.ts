// Env → Config: every setting with its unit, bounds and reason; every secret a source or target names. All problems at
// once, each with file, field and rule. It may not import a layer that reads it, and no message may hold a secret.

import type { AlertSettings } from './alert-config.ts';
import type { WorkerKeys } from './core/identity/envelope.ts';
import type { ConfigProblem, RelayDefinition } from './core/relay-definition.ts';
import { err, ok, type Result } from './core/result.ts';
import type { SourceSecrets } from './core/source.ts';
import { type Environment, inRegistry, variablesFile } from './environment.ts';
import type { TokenIssuer } from './identity-config.ts';
import {
  listingSettingsId,
  readSenderApi,
  readSourceSecrets,
  readSourceSettings,
  readTargetSettings,
} from './integrations-config.ts';
import type { TraceSettings } from './trace-config.ts';
import { parseVariables } from './variables-config.ts';

export type { AlertSettings, Environment, TokenIssuer, TraceSettings };
export { inRegistry, listingSettingsId, parseVariables };

export type TargetSettings = {
  /** Without a slash at its end; null where the target's adapter makes no call. */
  readonly baseUrl: string | null;
  /** Where tokens are obtained, where that is another host; absent: the base URL. */
  readonly tokenUrl?: string;
  readonly credential: Readonly<Record<string, string>>;
};

export type SourceSettings = {
  /** As the sender knows it, to the character: it may be a part of what is signed. Null: not configured. */
  readonly publicUrl: string | null;
  readonly credentials: Readonly<Record<string, string>>;
};

export type SenderApiSettings = {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Null where the API takes none; `registry`: it stands in the registry alone. */
  readonly token: string | null;
};

export type Config = {
  /** How many sequencers share the ordering keys. */
  readonly partitions: number;
  readonly generation: number;
  /** Partitions of each earlier generation, the first first. */
  readonly previousPartitions: readonly number[];
  /** The bootstrap key: good until a credential that manages credentials is made with it. Null: none is set. */
  readonly adminKey: string | null;
  /** Encrypts what is kept of tokens, base64 of 32 bytes; null: tokens stay in memory. */
  readonly tokenKey: string | null;
  /** What opens the registry; null: it keeps no credentials and no secrets. */
  readonly registryKeys: WorkerKeys | null;
  /** Whose tokens prove a caller. */
  readonly issuers: readonly TokenIssuer[];
  /** Requests of one credential, counted by each isolate. */
  readonly apiRequestsPerMinute: number;
  /** Origins whose pages may call the API; empty: none. */
  readonly corsOrigins: readonly string[];
  readonly maxBodyBytes: number;
  readonly ledgerHorizonMs: number;
  /** How long the bodies of closed events are kept after their receipt. */
  readonly bodyRetentionMs: number;
  /** ERP calls one consumer makes at once. */
  readonly deliveryConcurrency: number;
  /** How long one consumer takes new work, ms. */
  readonly deliveryBudgetMs: number;
  readonly alerts: AlertSettings;
  /** Null: nothing is traced. */
  readonly traces: TraceSettings | null;
  /** Where notices of ended jobs may go, and what they are signed with; null: no callbacks. */
  readonly callbacks: { readonly origins: readonly string[]; readonly secret: string } | null;
  /** By source id; null: they stand in the registry alone. */
  readonly sourceSecrets: ReadonlyMap<string, SourceSecrets | null>;
  /** By source id. */
  readonly sourceSettings: ReadonlyMap<string, SourceSettings>;
  /** By target id. */
  readonly targetSettings: ReadonlyMap<string, TargetSettings>;
  /** Of sources that enrich, by source id; of their listings by `listingSettingsId`. */
  readonly senderApis: ReadonlyMap<string, SenderApiSettings>;
};

/** The settings that need no knowledge of the integrations. */
export type Variables = Omit<Config, 'sourceSecrets' | 'sourceSettings' | 'targetSettings' | 'senderApis'>;

export function parseConfig(
  environment: Environment,
  relay: RelayDefinition,
): Result<Config, readonly ConfigProblem[]> {
  const variables = parseVariables(environment);
  // Nobody signs for a watched ERP: there is no secret.
  const signed = [...relay.sources.values()].filter(({ watch }) => watch === undefined);
  const secrets = signed.map((source) => readSourceSecrets(environment, source));
  const settings = [...relay.sources.values()].map((source) => readSourceSettings(environment, source));
  const targets = [...relay.targets.values()].map((target) => readTargetSettings(environment, target));
  const apis = [...relay.sources.values()].flatMap(({ id, enrich, reconcile }) => [
    ...readSenderApi(environment, { id, owner: `the API of source ${id}` }, enrich?.api),
    ...readSenderApi(
      environment,
      { id: listingSettingsId(id), owner: `the list of source ${id}` },
      reconcile?.api,
    ),
  ]);
  const problems = [variables, ...secrets, ...settings, ...targets, ...apis].flatMap((read) =>
    read.ok ? [] : read.error,
  );
  if (variables.ok) problems.push(...earlierRulesInUse(relay, variables.value.generation));
  if (!variables.ok || problems.length > 0) return err(problems);
  return ok({
    ...variables.value,
    sourceSecrets: new Map(secrets.flatMap((read) => (read.ok ? [read.value] : []))),
    sourceSettings: new Map(settings.flatMap((read) => (read.ok ? [read.value] : []))),
    targetSettings: new Map(targets.flatMap((read) => (read.ok ? [read.value] : []))),
    senderApis: new Map(apis.flatMap((read) => (read.ok ? [read.value] : []))),
  });
}

/** An entity rule that is an earlier one belongs to an earlier generation, or nobody could tell what was accepted under it. */
function earlierRulesInUse(relay: RelayDefinition, generation: number): readonly ConfigProblem[] {
  return [...relay.sources.values()].flatMap(({ id, earlierEntities = [] }) => {
    const last = Math.max(0, ...earlierEntities.map(({ untilGeneration }) => untilGeneration));
    if (last < generation) return [];
    const rule = `must be above ${last}: until that generation source ${id} uses an earlier entity rule`;
    return [{ file: variablesFile, field: 'GENERATION', rule }];
  });
}
