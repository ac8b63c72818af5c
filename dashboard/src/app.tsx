// The frame: the key first, then navigation and the page the address names. Says when the relay does not answer.

import { useEffect, useRef } from 'preact/hooks';
import { ask, reachable } from './api.ts';
import { AlertsPage } from './pages/alerts-page.tsx';
import { AuditPage } from './pages/audit-page.tsx';
import { CredentialsPage } from './pages/credentials-page.tsx';
import { DeliveriesPage } from './pages/deliveries-page.tsx';
import { DeliveryPage } from './pages/delivery-page.tsx';
import { KeyPage } from './pages/key-page.tsx';
import { OverviewPage } from './pages/overview-page.tsx';
import { SourcePage } from './pages/source-page.tsx';
import { SourcesPage } from './pages/sources-page.tsx';
import { TargetsPage } from './pages/targets-page.tsx';
import { Failure } from './parts/parts.tsx';
import { ThemeButton } from './parts/theme-button.tsx';
import { linkTo, type Route, route } from './route.ts';
import { can, key, me, signOut } from './session.ts';
import { useLoad } from './use-load.ts';
import type { Me } from './wire.ts';

/** Each with the scope without which there is nothing to show. */
const pages = [
  { page: 'overview', title: 'Overview', scope: null },
  { page: 'deliveries', title: 'Deliveries', scope: 'deliveries:read' },
  { page: 'alerts', title: 'Alerts', scope: 'alerts:read' },
  { page: 'sources', title: 'Sources', scope: 'sources:read' },
  { page: 'targets', title: 'Targets', scope: 'targets:read' },
  { page: 'credentials', title: 'Credentials', scope: 'credentials:manage' },
  { page: 'audit', title: 'Audit', scope: 'audit:read' },
] as const;

export function App() {
  if (key.value === null) return <KeyPage />;
  return <SignedIn />;
}

function SignedIn() {
  const { value, failed, reload } = useLoad<Me>('/admin/me', {
    isLive: me.value === null || !reachable.value,
  });
  useEffect(() => {
    if (value !== null) me.value = value;
  }, [value]);
  if (me.value === null)
    return (
      <main class="alone">
        <h1>Holdfast</h1>
        {failed === null ? <p role="status">Loading …</p> : <Failure failed={failed} reload={reload} />}
      </main>
    );
  return (
    <>
      <button type="button" class="skip" onClick={toMain}>
        Skip to the page
      </button>
      <Header />
      <Connection />
      <Page at={route.value} />
    </>
  );
}

/** The address holds the page, so this is no link to a place in it. */
function toMain(): void {
  document.getElementById('main')?.focus();
}

function Header() {
  return (
    <header>
      <a class="brand" href="#/">
        <img src="/dashboard/icon.svg" alt="" width="28" height="28" /> Holdfast
      </a>
      <nav aria-label="Pages">
        <ul>
          {pages
            .filter(({ scope }) => scope === null || can(scope))
            .map(({ page, title }) => (
              <li key={page}>
                <a href={linkTo(page)} aria-current={route.value.page === page ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <div class="session">
        <span class="quiet">{me.value?.name}</span>
        <ThemeButton />
        <button type="button" onClick={signOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}

/** How often a relay that is away is looked for, ms. */
const searchEveryMs = 1_500;

function Connection() {
  const isAway = !reachable.value;
  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(() => void ask('/healthz'), searchEveryMs);
    return () => clearInterval(timer);
  }, [isAway]);
  return (
    <div role="status" aria-live="polite">
      {isAway ? (
        <p class="notice bad connection">
          The relay does not answer. What is shown may be old; it is looked for again and again.
        </p>
      ) : null}
    </div>
  );
}

function Page({ at }: { readonly at: Route }) {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const place = `${at.page}/${at.id ?? ''}`;
  useEffect(() => {
    if (!isFirst.current) {
      main.current?.focus();
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [place]);
  return (
    <main id="main" ref={main} tabIndex={-1}>
      <Content key={place} at={at} />
    </main>
  );
}

function Content({ at }: { readonly at: Route }) {
  const { page, id } = at;
  const known = pages.find((each) => each.page === page);
  const title = known?.title ?? 'Nothing here';
  useEffect(() => {
    document.title = `${id === null ? title : id} · Holdfast`;
  }, [title, id]);
  if (known === undefined) return <h1>Nothing here</h1>;
  if (known.scope !== null && !can(known.scope))
    return (
      <>
        <h1>{title}</h1>
        <p class="notice">Your key may not see this: it needs the scope {known.scope}.</p>
      </>
    );
  switch (known.page) {
    case 'overview':
      return <OverviewPage />;
    case 'deliveries':
      return id === null ? <DeliveriesPage query={at.query} /> : <DeliveryPage id={id} />;
    case 'alerts':
      return <AlertsPage />;
    case 'sources':
      return id === null ? <SourcesPage /> : <SourcePage id={id} />;
    case 'targets':
      return <TargetsPage />;
    case 'credentials':
      return <CredentialsPage />;
    case 'audit':
      return <AuditPage query={at.query} />;
  }
}
