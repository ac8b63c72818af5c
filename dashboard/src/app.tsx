// The frame: the key first, then navigation and the page the address names. Says when the relay does not answer.

import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { ask, reachable } from './api.ts';
import { AlertsPage } from './pages/alerts-page.tsx';
import { AuditPage } from './pages/audit-page.tsx';
import { CostsPage } from './pages/costs-page.tsx';
import { CredentialPage } from './pages/credential-page.tsx';
import { CredentialsPage } from './pages/credentials-page.tsx';
import { DeliveriesPage } from './pages/deliveries-page.tsx';
import { DeliveryPage } from './pages/delivery-page.tsx';
import { IntakePage } from './pages/intake-page.tsx';
import { IntakesPage } from './pages/intakes-page.tsx';
import { IssuePage } from './pages/issue-page.tsx';
import { IssuesPage } from './pages/issues-page.tsx';
import { KeyPage } from './pages/key-page.tsx';
import { LinesPage } from './pages/lines-page.tsx';
import { OverviewPage } from './pages/overview-page.tsx';
import { ReconciliationPage } from './pages/reconciliation-page.tsx';
import { ReplayPage } from './pages/replay-page.tsx';
import { ReplaysPage } from './pages/replays-page.tsx';
import { SecretsPage } from './pages/secrets-page.tsx';
import { SourcePage } from './pages/source-page.tsx';
import { SourcesPage } from './pages/sources-page.tsx';
import { SubscriptionsPage } from './pages/subscriptions-page.tsx';
import { TargetPage } from './pages/target-page.tsx';
import { TargetsPage } from './pages/targets-page.tsx';
import { findPage, MenuButton, Navigation, type PageName } from './parts/navigation.tsx';
import { Failure } from './parts/parts.tsx';
import { Said, say } from './parts/said.tsx';
import { ThemeButton } from './parts/theme-button.tsx';
import { type Route, route } from './route.ts';
import { can, key, me, signOut } from './session.ts';
import { useLoad } from './use-load.ts';
import type { Me } from './wire.ts';

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
      <div class="frame">
        <Navigation />
        <Page at={route.value} />
      </div>
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
        <img src="/dashboard/icon.svg" alt="" width="28" height="28" /> <span>Holdfast</span>
      </a>
      <MenuButton />
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
  // Not a frame later: by then the reader may have gone on, and the focus would be taken away.
  useLayoutEffect(() => {
    if (!isFirst.current) {
      say('');
      main.current?.focus();
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [place]);
  return (
    <main id="main" ref={main} tabIndex={-1}>
      <Said />
      <Content key={place} at={at} />
    </main>
  );
}

function Content({ at }: { readonly at: Route }) {
  const { page, id } = at;
  const known = findPage(page);
  const title = known?.title ?? 'Nothing here';
  useLayoutEffect(() => {
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
  const thing = id === null ? undefined : things[known.page]?.(id);
  return thing ?? lists[known.page](at.query);
}

const lists: Readonly<Record<PageName, (query: URLSearchParams) => VNode>> = {
  overview: () => <OverviewPage />,
  issues: (query) => <IssuesPage query={query} />,
  alerts: () => <AlertsPage />,
  lines: () => <LinesPage />,
  deliveries: (query) => <DeliveriesPage query={query} />,
  replays: () => <ReplaysPage />,
  intakes: () => <IntakesPage />,
  reconciliation: () => <ReconciliationPage />,
  sources: () => <SourcesPage />,
  targets: () => <TargetsPage />,
  subscriptions: () => <SubscriptionsPage />,
  credentials: () => <CredentialsPage />,
  secrets: () => <SecretsPage />,
  audit: (query) => <AuditPage query={query} />,
  costs: () => <CostsPage />,
};

/** What is shown of one thing, where there is more of it than in the list. */
const things: Readonly<Partial<Record<PageName, (id: string) => VNode>>> = {
  issues: (id) => <IssuePage id={id} />,
  deliveries: (id) => <DeliveryPage id={id} />,
  replays: (id) => <ReplayPage id={id} />,
  intakes: (id) => <IntakePage id={id} />,
  sources: (id) => <SourcePage id={id} />,
  targets: (id) => <TargetPage id={id} />,
  credentials: (id) => <CredentialPage id={id} />,
};
