// The target `erp` of the example integrations with Tryton in place of the sandbox: what src/integrations/erp-target.ts
// would say. A local relay is bundled with it for the staging suite and for the demo's `--target tryton`.

import { defineTarget } from '../../src/core/define-integration.ts';
import { createTrytonAdapter } from '../../src/erp/tryton/tryton-adapter.ts';

export const erp = defineTarget({
  id: 'erp',
  adapter: createTrytonAdapter(),
  baseUrl: 'ERP_BASE_URL',
  credential: { user: 'TRYTON_USER', password: 'TRYTON_PASSWORD' },
  network: 'private',
  // A call takes 20 to 200 ms; SQLite lets one writer at a time, and a busy machine makes them wait for each other.
  timeoutMs: 5_000,
  // A transaction of Tryton is one call, so what has not committed within the time-out and a stall on the way is lost.
  quietMs: 6_000,
  // SQLite takes one writer at a time and locks no sequence: two at once get the same document number now and then.
  limits: { concurrency: 1 },
});
