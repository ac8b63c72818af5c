// What a credential may be allowed: verbs on resources, and the presets that most callers need. Pure data.
// A new scope is a row here, a row in docs/security.md and a route that asks for it.

/** Each with what it lets its holder do, as docs and errors tell it. */
export const scopes = {
  'deliveries:read': 'list and show deliveries, lines and intakes',
  'deliveries:replay': 'replay deliveries, one or many',
  'deliveries:manage':
    'resolve, skip, hold, release, cancel and unblock deliveries, one or many; retry and drop items of intakes',
  'payloads:read': 'see bodies, headers, personal data, and what was sent to ERPs and answered',
  'operations:run': 'run operations directly and read its own jobs',
  'callbacks:send': "say that an ERP's job has ended",
  'sources:read': 'see sources and rejected requests',
  'sources:manage': 'set what a source may run',
  'sources:reconcile': "compare a source with its sender's list, and bring in what is missing",
  'targets:read': 'see targets and how they are',
  'targets:manage': 'pause and resume targets, set their circuits, release what is held for them',
  'alerts:read': 'list alerts',
  'alerts:manage': 'acknowledge alerts; acknowledge, resolve, ignore and reopen issues',
  'secrets:rotate': 'set and rotate webhook secrets and ERP credentials',
  'subscriptions:manage': 'subscribe to what it sees, without payloads, and look after its own subscriptions',
  'relay:read': 'see the partitions and all that is counted over the whole relay',
  'credentials:manage': 'make, change, rotate and revoke credentials',
  'audit:read': 'read, export and verify the audit',
} as const satisfies Readonly<Record<string, string>>;

export type Scope = keyof typeof scopes;

export const allScopes = Object.keys(scopes) as readonly Scope[];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopes, text);
}

/** They concern the whole relay: a credential that is narrowed to a part of it cannot hold them. */
export const wholeRelayScopes: readonly Scope[] = [
  'relay:read',
  'credentials:manage',
  'audit:read',
  'sources:manage',
  // An alert counts over all sources, and what is done to a target is done to all who use it.
  'alerts:read',
  'alerts:manage',
  'targets:manage',
];

const viewer: readonly Scope[] = [
  'deliveries:read',
  'sources:read',
  'targets:read',
  'alerts:read',
  'relay:read',
];

const operator: readonly Scope[] = [
  ...viewer,
  'payloads:read',
  'deliveries:replay',
  'deliveries:manage',
  'sources:reconcile',
  'operations:run',
  'callbacks:send',
  'targets:manage',
  'alerts:manage',
  'subscriptions:manage',
  'audit:read',
];

/** `integration`: an application that runs operations and looks after its own deliveries. */
export const presets = {
  viewer,
  operator,
  integration: [
    'operations:run',
    'callbacks:send',
    'deliveries:read',
    'deliveries:replay',
    'subscriptions:manage',
  ],
  admin: allScopes,
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

export type Preset = keyof typeof presets;

/** A preset's scopes for a credential that is narrowed: without those it could not hold. */
export function presetScopes(preset: Preset, isNarrowed: boolean): readonly Scope[] {
  const named: readonly Scope[] = presets[preset];
  return isNarrowed ? named.filter((scope) => !wholeRelayScopes.includes(scope)) : named;
}
