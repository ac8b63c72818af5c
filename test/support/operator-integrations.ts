// All that an operator may meet, in one relay: the example integrations, the shop with a list to be compared with, and the
// senders of batches and thin webhooks. In place of src/integrations/index.ts, so it may not import that.

import { payments } from '../../src/integrations/payments.ts';
import { smoke } from '../../src/integrations/smoke.ts';
import { standardEvents } from '../../src/integrations/standard-events.ts';
import { warehouseStock } from '../../src/integrations/warehouse.ts';
import { integrations as batches } from './batch-senders.ts';
import { integrations as listed } from './listed-shop.ts';

export const integrations = [...listed, payments, warehouseStock, standardEvents, smoke, ...batches];
