// The schemes of the first presets by name, for the tests of the signature itself.

import { shopify } from '../../../src/core/sources/shopify.ts';
import { standardWebhooks } from '../../../src/core/sources/standard-webhooks.ts';
import { stripe } from '../../../src/core/sources/stripe.ts';
import { woocommerce } from '../../../src/core/sources/woocommerce.ts';

export const schemes = {
  shopify: shopify.scheme,
  stripe: stripe.scheme,
  woocommerce: woocommerce.scheme,
  standard_webhooks: standardWebhooks().scheme,
};
