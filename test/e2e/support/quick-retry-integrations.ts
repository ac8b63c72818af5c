// The example integrations, with tries that follow each other within seconds: at an ERP where nearly a third of the calls fail some
// look-ups fail ten times, and ten minutes between two of them are right for an ERP that is down and no test can wait for them. How
// often is tried, and all else, is as there. It takes the place of src/integrations/index.ts, and so may not import it.

import { payments } from '../../../src/integrations/payments.ts';
import { shopOrders } from '../../../src/integrations/shop-orders.ts';
import { smoke } from '../../../src/integrations/smoke.ts';
import { standardEvents } from '../../../src/integrations/standard-events.ts';
import { warehouseStock } from '../../../src/integrations/warehouse.ts';

export const integrations = [shopOrders, payments, warehouseStock, standardEvents, smoke].map(
  (integration) => ({
    ...integration,
    routes: integration.routes.map((route) => ({ ...route, retry: { ...route.retry, capMs: 8_000 } })),
  }),
);
