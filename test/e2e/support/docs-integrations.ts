// What the documents talk about, in one relay: the example integrations, and senders of batches and thin webhooks. It takes the place of
// src/integrations/index.ts, and so may not import it.

import { payments } from '../../../src/integrations/payments.ts';
import { shopOrders } from '../../../src/integrations/shop-orders.ts';
import { smoke } from '../../../src/integrations/smoke.ts';
import { standardEvents } from '../../../src/integrations/standard-events.ts';
import { warehouseStock } from '../../../src/integrations/warehouse.ts';
import { integrations as intakes } from '../../support/batch-senders.ts';

export const integrations = [shopOrders, payments, warehouseStock, standardEvents, smoke, ...intakes];
