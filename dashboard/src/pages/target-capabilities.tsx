// What an adapter can do of each operation, and what the running ERP says of itself. The ERP is asked when somebody wants it, not
// every few seconds.

import { useState } from 'preact/hooks';
import { words } from '../format.ts';
import { Facts, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { useLoad } from '../use-load.ts';
import type { Capabilities, Capability } from '../wire-relay.ts';

export function CapabilitiesPart({ target }: { readonly target: string }) {
  const [askedCount, setAskedCount] = useState(0);
  const fresh = askedCount === 0 ? '' : '?fresh=true';
  const loaded = useLoad<Capabilities>(`/admin/targets/${encodeURIComponent(target)}/capabilities${fresh}`, {
    isLive: false,
  });
  const again = () => {
    setAskedCount(askedCount + 1);
    loaded.reload();
  };
  return (
    <section aria-label="What it can do">
      <div class="title">
        <h2>The running ERP</h2>
        <button type="button" onClick={again}>
          Ask it now
        </button>
      </div>
      {loaded.value !== null && loaded.failed !== null ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>
        {({ instance, operations }) => (
          <>
            <Instance instance={instance} />
            <h2>What it can do</h2>
            <Operations operations={operations} />
          </>
        )}
      </Show>
    </section>
  );
}

function Instance({ instance }: Pick<Capabilities, 'instance'>) {
  const { status, message, askedAt, readAt } = instance;
  if (status === 'not_offered')
    return <p class="notice">Its adapter cannot ask it which version and modules it has.</p>;
  if (status === 'unread')
    return (
      <p class="notice warn" role="status">
        It did not say{askedAt === undefined ? '' : <> (asked {<Time at={askedAt} />})</>}: {message}
      </p>
    );
  const { version, company, currency, modules, lockedThrough } = instance;
  return (
    <Facts
      rows={[
        ['Version', version ?? 'not told'],
        ['Company', company ?? 'not told'],
        ['Currency', currency ?? 'not told'],
        ['Books are closed through', lockedThrough ?? 'none'],
        ['Modules', modules?.join(', ') ?? 'not told'],
        ['Read', readAt === undefined ? '' : <Time key="r" at={readAt} />],
      ]}
    />
  );
}

function Operations({ operations }: Pick<Capabilities, 'operations'>) {
  const all = Object.entries(operations);
  const supported = all.filter(([, { supported: is }]) => is);
  const others = all.filter(([, { supported: is }]) => !is).map(([name]) => name);
  return (
    <>
      <Table
        caption="Operations the adapter can do"
        head={['Operation', 'A batch at once', 'Own idempotency', 'In the background', 'Needs', 'Limits']}
        rows={supported.map(([name, capability]) => ({ key: name, cells: [name, ...cellsOf(capability)] }))}
      />
      {others.length === 0 ? null : <p class="quiet">Not of: {others.join(', ')}.</p>}
    </>
  );
}

function cellsOf({
  atomicBatch,
  nativeIdempotency,
  async,
  modules = [],
  limits = [],
  missingModules,
}: Capability) {
  const missing = missingModules ?? [];
  return [
    atomicBatch === null || atomicBatch === undefined
      ? 'no batch'
      : atomicBatch
        ? 'all or nothing'
        : 'in part',
    nativeIdempotency ? 'yes' : 'no',
    words(async ?? 'never'),
    missing.length > 0 ? (
      <strong key="m">{missing.join(', ')} is off</strong>
    ) : modules.length === 0 ? (
      'nothing'
    ) : (
      modules.join(', ')
    ),
    limits.length === 0 ? 'none' : limits.map(words).join('; '),
  ];
}
