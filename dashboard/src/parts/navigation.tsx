// All pages, in groups: a column at the side of a desk, a menu behind a button on a phone. Names each page and the scope without
// which it has nothing to show; draws none of them.

import { signal } from '@preact/signals';
import { linkTo, route } from '../route.ts';
import { can } from '../session.ts';

type Listed = { readonly page: string; readonly title: string; readonly scope: string | null };

const groups = [
  {
    name: 'Now',
    pages: [
      { page: 'overview', title: 'Overview', scope: null },
      { page: 'issues', title: 'Issues', scope: 'deliveries:read' },
      { page: 'alerts', title: 'Alerts', scope: 'alerts:read' },
      { page: 'lines', title: 'Blocked lines', scope: 'deliveries:read' },
    ],
  },
  {
    name: 'Traffic',
    pages: [
      { page: 'deliveries', title: 'Deliveries', scope: 'deliveries:read' },
      { page: 'replays', title: 'Bulk jobs', scope: 'deliveries:read' },
      { page: 'intakes', title: 'Intakes', scope: 'deliveries:read' },
      { page: 'reconciliation', title: 'Reconciliation', scope: 'sources:read' },
    ],
  },
  {
    name: 'Set-up',
    pages: [
      { page: 'sources', title: 'Sources', scope: 'sources:read' },
      { page: 'targets', title: 'Targets', scope: 'targets:read' },
      { page: 'subscriptions', title: 'Subscriptions', scope: 'subscriptions:manage' },
      { page: 'credentials', title: 'Credentials', scope: 'credentials:manage' },
      { page: 'secrets', title: 'Secrets', scope: 'secrets:rotate' },
    ],
  },
  {
    name: 'Books',
    pages: [
      { page: 'audit', title: 'Audit', scope: 'audit:read' },
      { page: 'costs', title: 'Costs', scope: 'relay:read' },
    ],
  },
] as const;

export type PageName = (typeof groups)[number]['pages'][number]['page'];

export type KnownPage = { readonly page: PageName; readonly title: string; readonly scope: string | null };

const known: readonly KnownPage[] = groups.flatMap(({ pages }) => pages as readonly KnownPage[]);

export function findPage(name: string): KnownPage | undefined {
  return known.find(({ page }) => page === name);
}

/** On a phone the menu is shut until it is asked for, and again when a page was chosen. */
const isMenuOpen = signal(false);

export function MenuButton() {
  return (
    <button
      type="button"
      class="menu-button"
      aria-expanded={isMenuOpen.value}
      aria-controls="pages"
      onClick={() => {
        isMenuOpen.value = !isMenuOpen.value;
      }}
    >
      Menu
    </button>
  );
}

export function Navigation() {
  return (
    <nav aria-label="Pages" id="pages" class={isMenuOpen.value ? 'open' : ''}>
      {groups.map(({ name, pages }) => {
        const shown = (pages as readonly Listed[]).filter(({ scope }) => scope === null || can(scope));
        return shown.length === 0 ? null : (
          <div key={name}>
            <p class="group" aria-hidden="true">
              {name}
            </p>
            <ul aria-label={name}>
              {shown.map((each) => (
                <PageLink key={each.page} {...each} />
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}

function PageLink({ page, title }: Listed) {
  return (
    <li>
      <a
        href={linkTo(page)}
        aria-current={route.value.page === page ? 'page' : undefined}
        onClick={() => {
          isMenuOpen.value = false;
        }}
      >
        {title}
      </a>
    </li>
  );
}
