// Why an adapter of an ERP does not run the operations that are about the relay itself. Data only.

import type { Unsupported } from '../core/erp-capabilities.ts';

export const aboutNoErp: Unsupported = {
  'relay.smoke': 'it is about no ERP: the adapter loopback runs it',
};
