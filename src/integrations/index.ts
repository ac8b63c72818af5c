// The integrations this relay runs. Add a file beside this one and its value to the list; take out what you do not use.
// They are compiled and checked at start: a mistake names its file, its field and the rule.

import { payments } from './payments.ts';
import { shopOrders } from './shop-orders.ts';
import { smoke } from './smoke.ts';
import { standardEvents } from './standard-events.ts';
import { warehouseStock } from './warehouse.ts';

export const integrations = [shopOrders, payments, warehouseStock, standardEvents, smoke];
