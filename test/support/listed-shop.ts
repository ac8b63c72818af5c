// The example shop with a list to be compared with: the integration of src/integrations/shop-orders.ts, its Shopify source
// given the Admin API of a test. In place of src/integrations/index.ts.

import { shopifyListing } from '../../src/core/listings/shopify-listing.ts';
import { toSenderApi } from '../../src/core/sender-api-options.ts';
import { shopify, shopOrders } from '../../src/integrations/shop-orders.ts';

export const listedSecrets = { LISTED_API_TOKEN: 'shpat_listed-test-token-0123456789' } as const;

const reconcile = {
  api: toSenderApi({
    baseUrl: 'LISTED_API_URL',
    token: 'LISTED_API_TOKEN',
    authorize: (token) => ({ 'x-shopify-access-token': token }),
    network: 'private',
    timeoutMs: 5_000,
  }),
  listing: shopifyListing,
  everyMs: 60_000,
};

// Routes know their source by the object itself, so it is this one that gets the list: in this module's bundle alone.
Object.assign(shopify, { reconcile });

export const integrations = [shopOrders];
