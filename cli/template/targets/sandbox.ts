// The ERP the integrations run their operations on: here the embedded sandbox, in production yours.
// To change the ERP, change this file: another adapter, its credential, its times. Nothing else knows which ERP it is.

import { defineTarget } from '../../../src/core/define-integration.ts';
import { sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';

export const erp = defineTarget({
  id: 'erp',
  adapter: sandboxAdapter,
  // Names of Worker variables and secrets, not the values.
  baseUrl: 'ERP_BASE_URL',
  credential: { keyId: 'SANDBOX_ERP_KEY_ID', secret: 'SANDBOX_ERP_KEY_SECRET' },
  // The sandbox runs beside the relay, on loopback. Leave this out for an ERP with a public address.
  network: 'private',
  // The slowest call the ERP is known to finish, with a margin: after it the answer counts as lost.
  timeoutMs: 5_000,
  // How long after a lost answer the ERP may still commit: its longest transaction (5 s) and a stall on the way (5 s).
  // Only then is "I do not know that document" believed, and the operation run again.
  quietMs: 10_000,
});
