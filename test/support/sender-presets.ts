// Every sender's preset by the sender's name, for tests and nothing else: a Worker imports the presets it uses.

import type { Sender } from '../../scripts/lib/senders.ts';
import type { SourcePreset } from '../../src/core/source.ts';
import { adobeIoEvents } from '../../src/core/sources/adobe-io-events.ts';
import { adyen } from '../../src/core/sources/adyen.ts';
import { adyenPlatform } from '../../src/core/sources/adyen-platform.ts';
import { auth0 } from '../../src/core/sources/auth0.ts';
import { bigcommerce } from '../../src/core/sources/bigcommerce.ts';
import { bitbucket } from '../../src/core/sources/bitbucket.ts';
import { businessCentral } from '../../src/core/sources/business-central.ts';
import { discord } from '../../src/core/sources/discord.ts';
import { docusign } from '../../src/core/sources/docusign.ts';
import { easypost, easypostV2 } from '../../src/core/sources/easypost.ts';
import { ebay } from '../../src/core/sources/ebay.ts';
import { frappe } from '../../src/core/sources/frappe.ts';
import { genericHmac } from '../../src/core/sources/generic-hmac.ts';
import { github } from '../../src/core/sources/github.ts';
import { gitlab } from '../../src/core/sources/gitlab.ts';
import { gocardless } from '../../src/core/sources/gocardless.ts';
import { hubspot } from '../../src/core/sources/hubspot.ts';
import { lemonSqueezy } from '../../src/core/sources/lemon-squeezy.ts';
import { linear } from '../../src/core/sources/linear.ts';
import { mailgun } from '../../src/core/sources/mailgun.ts';
import { meta } from '../../src/core/sources/meta.ts';
import { microsoftGraph } from '../../src/core/sources/microsoft-graph.ts';
import { mollie } from '../../src/core/sources/mollie.ts';
import { mollieClassic } from '../../src/core/sources/mollie-classic.ts';
import { odoo } from '../../src/core/sources/odoo.ts';
import { okta } from '../../src/core/sources/okta.ts';
import { paddle } from '../../src/core/sources/paddle.ts';
import { paypal } from '../../src/core/sources/paypal.ts';
import { plaid } from '../../src/core/sources/plaid.ts';
import { quickbooks } from '../../src/core/sources/quickbooks.ts';
import { sendgrid } from '../../src/core/sources/sendgrid.ts';
import { shippo, shippoByToken } from '../../src/core/sources/shippo.ts';
import { shipstation } from '../../src/core/sources/shipstation.ts';
import { shopify } from '../../src/core/sources/shopify.ts';
import { slack } from '../../src/core/sources/slack.ts';
import { sns } from '../../src/core/sources/sns.ts';
import { square } from '../../src/core/sources/square.ts';
import { standardWebhooks } from '../../src/core/sources/standard-webhooks.ts';
import { stripe } from '../../src/core/sources/stripe.ts';
import { twilio } from '../../src/core/sources/twilio.ts';
import { typeform } from '../../src/core/sources/typeform.ts';
import { woocommerce } from '../../src/core/sources/woocommerce.ts';
import { xero } from '../../src/core/sources/xero.ts';
import { zendesk } from '../../src/core/sources/zendesk.ts';
import { zoom } from '../../src/core/sources/zoom.ts';

const warehouse = genericHmac({
  name: 'warehouse',
  signature: {
    header: 'x-warehouse-signature',
    prefix: 'sha256=',
    signed: '{timestamp}.{body}',
    timestamp: { header: 'x-warehouse-timestamp' },
  },
  id: { header: 'x-warehouse-event-id' },
  type: { header: 'x-warehouse-event' },
  entity: { kind: 'receipt', path: 'receipt_id' },
  sequence: { path: 'sequence' },
});

const presets: Readonly<Record<Sender, SourcePreset>> = {
  shopify,
  stripe,
  woocommerce,
  'standard-webhooks': standardWebhooks(),
  'generic-hmac': warehouse,
  bigcommerce,
  square,
  adyen,
  'adyen-platform': adyenPlatform,
  mollie,
  'mollie-classic': mollieClassic,
  paddle,
  'lemon-squeezy': lemonSqueezy,
  gocardless,
  xero,
  quickbooks,
  shippo,
  'shippo-by-token': shippoByToken,
  sns: sns({
    type: { path: 'NotificationType' },
    entity: { kind: 'order', id: { path: 'Payload.OrderChangeNotification.AmazonOrderId' } },
  }),
  paypal,
  ebay: ebay(),
  'adobe-io-events': adobeIoEvents({
    entity: { kind: 'order', id: { path: 'event.data.value.increment_id' } },
  }),
  plaid: plaid(),
  shipstation,
  sendgrid,
  discord,
  twilio,
  mailgun,
  hubspot: hubspot(),
  zendesk,
  typeform,
  docusign,
  easypost,
  'easypost-v2': easypostV2,
  github,
  bitbucket,
  meta,
  gitlab,
  linear,
  slack,
  zoom,
  okta: okta(),
  auth0,
  'microsoft-graph': microsoftGraph(),
  frappe: frappe(),
  'business-central': businessCentral,
  odoo,
};

export function presetOf(sender: Sender): SourcePreset {
  return presets[sender];
}
