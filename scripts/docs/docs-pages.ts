// The pages of docs/ in the order they are read in, with what each tells. A page that is not there (yet) is left out of the index;
// one that is there and not here fails a test.

export type DocsPage = {
  /** Below docs/. */
  readonly path: string;
  readonly title: string;
  readonly says: string;
};

const page = (path: string, title: string, says: string): DocsPage => ({ path, title, says });

export const docsSections: Readonly<Record<string, readonly DocsPage[]>> = {
  Start: [
    page(
      'quick-start.md',
      'Quick start',
      'from a clone to your own webhook as a document in an ERP, in ten minutes',
    ),
    page(
      'concepts.md',
      'Concepts',
      'one page and one picture: what a webhook goes through, and the words for it',
    ),
    page('demo.md', 'The demo', 'doubled, shuffled webhooks and an ERP that goes down'),
    page('running.md', 'On your machine', 'commands, ports, state, tests'),
  ],
  Guides: [
    page(
      'guides/first-integration.md',
      'A first integration',
      'a source of yours, mapped to an operation, with its test',
    ),
    page('guides/custom-sender.md', 'A custom sender', 'somebody whose signature no preset knows'),
    page('guides/custom-erp.md', 'A custom ERP', 'which of the ways to connect yours, step by step'),
    page('guides/replaying.md', 'Replaying', 'one dead letter, an edited one, forty of one cause'),
    page(
      'guides/rotating.md',
      'Rotating secrets and keys',
      'of senders, ERPs, callers and the relay itself, losing nothing',
    ),
    page('guides/production.md', 'Going to production', 'a list to go through before the first real webhook'),
    page('deploying.md', 'Deploying', 'to Cloudflare, step by step'),
    page('upgrading.md', 'Upgrading', 'from one version to the next and back'),
    page('guides/ci.md', 'In CI', 'checks of your integrations on every change'),
    page('staging.md', 'Against staging', 'tests of integrations on an ERP that really runs'),
  ],
  Integrating: [
    page('integrations.md', 'Integrations', 'sources, routes, order, retries; three complete examples'),
    page(
      'sources.md',
      'Senders',
      'each sender: what is verified, what is the same event, what its traps are',
    ),
    page('operations.md', 'Operations', 'the intents, their inputs and rules'),
    page('targets.md', 'Targets', 'what each adapter can do, and what the ERP says of itself'),
    page('erp/http.md', 'An ERP described by data', 'your ERP without code, with a complete example'),
    page('erp/custom-adapter.md', 'An adapter of code', 'the next step'),
    page('erp/odoo.md', 'Odoo', 'which API, which operations, what its refusals mean'),
    page('erp/tryton.md', 'Tryton', 'set-up, what each operation does there'),
    page('erp/erpnext.md', 'ERPNext', 'from its documentation: what is verified and what is not'),
    page('erp/business-central.md', 'Business Central', 'from its documentation'),
    page('erp/netsuite.md', 'NetSuite', 'from its documentation'),
    page('reconciliation.md', 'Reconciliation', 'what a sender never sent'),
    page('watch.md', 'Watched ERPs', 'changes made in the ERP itself, as events'),
    page('sandbox.md', 'The sandbox ERP', 'its documents, its faults, the one read that shows everything'),
  ],
  Operating: [
    page('dashboard.md', 'The dashboard', 'see what is wrong, why, and mend it'),
    page('cli.md', 'The command line', 'the same from a terminal'),
    page('admin-api.md', 'The admin API', 'find, see, fix, replay; run operations as jobs'),
    page('bulk-jobs.md', 'Bulk jobs', 'replays of many, with plan and progress'),
    page('tail.md', 'The live tail', 'deliveries as they happen'),
    page('subscriptions.md', 'Subscriptions', 'a URL of yours is told what ended'),
    page('api-client.md', 'The typed client', 'the API in TypeScript'),
    page('issues.md', 'Issues', 'failures by their cause'),
    page('alerts.md', 'Alerts', 'what a person is told, and a runbook for each'),
    page('observability.md', 'Observability', 'overview, metrics, Grafana, traces, logs'),
    page('security.md', 'Security', 'credentials, scopes, secrets, the audit'),
    page('lifecycle.md', 'Lifecycle', 'a delivery, state by state'),
    page('scale.md', 'Scale', 'how much it takes, and what gives way first'),
    page('costs.md', 'Costs', 'what an event costs, and how that is counted'),
  ],
  Reference: [
    page('reference/api.md', 'API', 'every route, its scope and its answers'),
    page('reference/cli.md', 'The command line, command by command', 'every option'),
    page('reference/variables.md', 'Variables and secrets', 'every setting'),
    page('reference/operations.md', 'Operations, field by field', 'the catalogue as its schemas have it'),
    page('reference/problems.md', 'Problems', 'every code of an error, and what to do'),
    page('logs.md', 'Log lines', 'every line'),
    page('reference/metrics.md', 'Metrics', 'every series'),
    page('reference/spans.md', 'Attributes of spans', 'all that a trace says'),
    page('reference/limits.md', 'Limits', 'every bound, with its reason'),
  ],
  Decisions: [
    page('adr/0001-dashboard-stack.md', 'ADR 1', 'what the dashboard is built with'),
    page('adr/0002-cli-stack.md', 'ADR 2', 'how the command line is built'),
    page('adr/0003-traces.md', 'ADR 3', 'how traces are made and sent'),
    page('adr/0004-documentation.md', 'ADR 4', 'how the documentation is made, checked and served'),
  ],
};
