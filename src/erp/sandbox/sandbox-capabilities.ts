// What of the sandbox ERP cannot be seen from the adapter's handlers: the modules an operation always touches further down,
// and that closing a period always is a job.

import type { DeclaredCapabilities } from '../../core/erp-capabilities.ts';

/** Money is posted; goods are posted only where they have a value, and then the ERP itself says what it lacks. */
const posted = (...modules: readonly string[]) => ({ modules: [...modules, 'accounting'] });

export const sandboxCapabilities: DeclaredCapabilities = {
  'payment.register': posted('payments'),
  'invoice.post': posted('invoicing'),
  'invoice.post_many': posted('invoicing'),
  'invoice.reconcile': posted('invoicing', 'payments'),
  'credit_note.issue': posted('invoicing'),
  'period.close': { async: 'always' },
};
