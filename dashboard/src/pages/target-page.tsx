// One target: how it stands, its limits, its circuit and last failures, the operations that are held, the credential in use, and
// what the running ERP says of itself. Never a credential's value.

import { ReleaseOperation, TargetActs } from '../acts/target-acts.tsx';
import { durationOf, words } from '../format.ts';
import { Badge, Empty, Facts, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { RateLimits, Target } from '../wire-relay.ts';
import { CapabilitiesPart } from './target-capabilities.tsx';
import { CredentialInUse } from './target-credential.tsx';
import { Standing, stateOf, type TargetList } from './targets-page.tsx';

export function TargetPage({ id }: { readonly id: string }) {
  const loaded = useLoad<TargetList>('/admin/targets');
  return (
    <>
      <p>
        <a href={linkTo('targets')}>← Targets</a>
      </p>
      <h1>{id}</h1>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>
        {({ targets }) => {
          const target = targets.find((each) => each.id === id);
          return target === undefined ? (
            <p class="notice">There is no such target, or your key does not see it.</p>
          ) : (
            <Told target={target} reload={loaded.reload} />
          );
        }}
      </Show>
    </>
  );
}

type PartProps = { readonly target: Target; readonly reload: () => void };

function Told({ target, reload }: PartProps) {
  const { id, redacted = [] } = target;
  return (
    <>
      <p class="lead">
        <Badge word={stateOf(target)} />{' '}
        {target.status === 'unavailable' ? 'How it stands cannot be had now.' : ''}
      </p>
      <Standing target={target} />
      <TargetActs target={target} done={reload} />
      <Facts rows={factsOf(target)} />
      {can('deliveries:read') ? (
        <p>
          <a href={linkTo('deliveries', null, { target: id })}>Its deliveries</a> ·{' '}
          <a href={linkTo('deliveries', null, { target: id, status: 'dead_lettered,held' })}>
            those that wait for a person
          </a>
        </p>
      ) : null}
      {redacted.length === 0 ? null : <p class="notice">Your key does not show: {redacted.join(', ')}.</p>}
      <HeldOperations target={target} reload={reload} />
      <h2>Limits</h2>
      <Facts rows={limitsOf(target)} />
      <CredentialInUse target={target} />
      <Failures target={target} />
      <CapabilitiesPart target={id} />
    </>
  );
}

function factsOf({ adapter, baseUrl, network, inFlight, circuit }: Target) {
  const rows: (readonly [string, preact.ComponentChildren])[] = [
    ['Adapter', `${adapter.name} ${adapter.version} (${adapter.level})`],
    ['Done once by', words(adapter.once)],
    ['At', baseUrl ?? 'not configured'],
    ['Network', network ?? 'public'],
  ];
  if (inFlight !== undefined) rows.push(['Places granted', String(inFlight)]);
  if (circuit !== undefined) {
    rows.push(['Circuit', words(circuit.state)]);
    if (circuit.openedAt !== null) rows.push(['Opened', <Time key="o" at={circuit.openedAt} />]);
    if (circuit.failedProbes > 0) rows.push(['Probes that failed', String(circuit.failedProbes)]);
  }
  return rows;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function limitsOf({ limits, timeoutMs, quietMs }: Target) {
  const rows: (readonly [string, string])[] = [];
  if (timeoutMs !== undefined) rows.push(['An answer counts as lost after', durationOf(timeoutMs)]);
  if (quietMs !== undefined) rows.push(['A lost one may be done for', durationOf(quietMs)]);
  if (limits === undefined) return rows;
  const { concurrency, rate } = limits;
  return [
    ...rows,
    ['At once', concurrency === null ? 'no limit' : `${concurrency} calls`] as const,
    ['Rate', rate === null ? 'no limit' : `${rate.calls} calls in ${durationOf(rate.perMs)}`] as const,
    ['Hours', windowsOf(limits)] as const,
  ];
}

function windowsOf({ windows, timeZone }: RateLimits): string {
  if (windows.length === 0) return 'at any time';
  const named = windows.map(({ days: on, from, to }) => {
    const which = on === undefined ? '' : `${on.map((day) => days[day]).join(' ')} `;
    return `${which}${from} to ${to}`;
  });
  return `${named.join(', ')} (${timeZone})`;
}

function HeldOperations({ target, reload }: PartProps) {
  const { heldOperations } = target;
  if (heldOperations === undefined) return null;
  return (
    <>
      <h2>Held operations</h2>
      {heldOperations === null ? (
        <p class="notice warn">They cannot be had now.</p>
      ) : heldOperations.length === 0 ? (
        <Empty>None: every answer has its shape.</Empty>
      ) : (
        <Table
          caption="Operations that are held because an answer has changed its shape"
          head={['Operation', 'Since', 'Found by', 'What was found', 'Acts']}
          rows={heldOperations.map(({ operation, since, deliveryId, adapter, issues }) => ({
            key: operation,
            cells: [
              operation,
              <Time key="t" at={since} />,
              <span key="f">
                <a href={linkTo('deliveries', deliveryId)}>{deliveryId}</a> ({adapter})
              </span>,
              issues
                .map(({ path, expected, actual }) => `${path}: expected ${expected}, got ${actual}`)
                .join('; '),
              <ReleaseOperation key="a" target={target} operation={operation} done={reload} />,
            ],
          }))}
        />
      )}
    </>
  );
}

function Failures({ target: { lastFailures } }: { readonly target: Target }) {
  if (lastFailures === undefined) return null;
  return (
    <>
      <h2>Last failures</h2>
      {lastFailures.length === 0 ? (
        <Empty>None that is remembered.</Empty>
      ) : (
        <Table
          caption="Last failures, as the circuit counts them"
          head={['When', 'Delivery', 'Operation', 'Counts as', 'What happened']}
          rows={lastFailures.map(({ at, deliveryId, operation, health, message }, index) => ({
            key: `${deliveryId} ${index}`,
            cells: [
              <Time key="t" at={at} />,
              <a key="d" href={linkTo('deliveries', deliveryId)}>
                {deliveryId}
              </a>,
              operation,
              words(health),
              message,
            ],
          }))}
        />
      )}
    </>
  );
}
