// What the builds of the upgrade test run: the example integrations, and senders of batches and thin webhooks. A frozen
// build carries it as it was then (scripts/freeze-build.ts), and the present one takes over what that left.

import { payments } from '../../src/integrations/payments.ts';
import { shopOrders } from '../../src/integrations/shop-orders.ts';
import { warehouseStock } from '../../src/integrations/warehouse.ts';
import { integrations as intakes } from './batch-senders.ts';

export const integrations = [shopOrders, payments, warehouseStock, ...intakes];
