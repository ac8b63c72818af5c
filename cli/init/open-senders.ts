// Senders whose events have no one meaning for an ERP: what a new project gets for them is a source that verifies, keeps and shows
// what comes, and says where to write what it shall do. Data only.

/** What is known of every sender, whether its events are mapped or not. */
export type Sender = {
  readonly title: string;
  readonly hint: string;
  /** Of the file in src/integrations, without `.ts`. */
  readonly file: string;
  readonly value: string;
  readonly variable: string;
  readonly send: string;
  /** `registry`: nobody can make one up, so it is set on the running relay. Default: local ones are made at random. */
  readonly secretForm?: 'registry';
  /** Names the variable with the URL its sender posts to, which is a part of what is signed. */
  readonly url?: string;
  /** What its API asks for: values that run here until the real ones stand there. */
  readonly variables?: Readonly<Record<string, string>>;
};

/** Its file is also the source's name and, without `page`, that of the preset's page in docs/senders. */
export type OpenSender = Sender & {
  /** Module in src/core/sources and what is taken from it. */
  readonly preset: { readonly module: string; readonly name: string; readonly use: string };
  /** What its events are, and which operation comes closest. */
  readonly says: string;
  readonly credentials?: Readonly<Record<string, string>>;
  /** The source is a thin one: its records are fetched. */
  readonly isThin?: true;
  /** Page in docs/senders, where it is not the file's name. */
  readonly page?: string;
};

type Row = Pick<OpenSender, 'title' | 'hint' | 'variable' | 'send' | 'says'> &
  Partial<Omit<OpenSender, 'preset'>> & {
    readonly name: string;
    readonly use?: string;
    readonly module?: string;
  };

/** `file`: the sender's name, by which `holdfast send` and the docs know it. */
function open(file: string, row: Row): OpenSender {
  const { name, use = name, module = file, ...rest } = row;
  const value = `${name.replace(/Records$/, '')}Events`;
  return { file, value, preset: { module, name, use }, ...rest };
}

const parcels =
  'It tells where a parcel is. With an order id of yours on the shipment, the first scan is a shipment.deliver of that order.';
const people = 'It tells of people and their access. A changed person may be a customer.upsert.';
const books =
  'It tells of records in other books, each fetched when it changed. A customer is a customer.upsert, a payment a payment.register.';
const talk =
  'It tells what people say and do; none of it is a document of an ERP. A person may be a customer.upsert.';
const mail = 'It tells what became of e-mails; none of it is a document of an ERP.';
const code = 'It tells what happens to code and its issues; none of it is a document of an ERP.';
const erps =
  'It is an ERP itself. Between two ERPs, a customer is a customer.upsert, a price a price.set, stock a stock.set.';
const noSum =
  'It tells that money moved, not how much of which order: fetch the payment (defineThinSource) and run payment.register.';
const thinOrder =
  'It tells that an order changed, not what is in it: fetch the order (defineThinSource) and run sale.confirm.';

export const openSenders = {
  mollie: open('mollie', {
    title: 'Mollie, next-gen',
    hint: 'signed events',
    name: 'mollie',
    variable: 'MOLLIE_WEBHOOK_SECRET',
    send: 'mollie payment-link.paid',
    says: noSum,
  }),
  'adyen-platform': open('adyen-platform', {
    title: 'Adyen, platform',
    hint: 'accounts and transfers',
    name: 'adyenPlatform',
    variable: 'ADYEN_PLATFORM_HMAC_KEY',
    send: 'adyen-platform balancePlatform.accountHolder.updated',
    says: 'It tells of accounts and transfers of a platform. An account holder may be a customer.upsert.',
  }),
  gocardless: open('gocardless', {
    title: 'GoCardless',
    hint: 'direct debits',
    name: 'gocardless',
    variable: 'GOCARDLESS_WEBHOOK_SECRET',
    send: 'gocardless payments.confirmed',
    says: noSum,
  }),
  plaid: open('plaid', {
    title: 'Plaid',
    hint: 'bank accounts',
    name: 'plaid',
    use: 'plaid()',
    variable: 'PLAID_URL_TOKEN',
    send: 'plaid TRANSACTIONS.SYNC_UPDATES_AVAILABLE',
    credentials: { client_id: 'PLAID_CLIENT_ID', secret: 'PLAID_SECRET' },
    says: noSum,
  }),
  ebay: open('ebay', {
    title: 'eBay',
    hint: 'notifications of a marketplace',
    name: 'ebay',
    use: 'ebay()',
    variable: 'EBAY_VERIFICATION_TOKEN',
    send: 'ebay ORDER_CONFIRMATION',
    url: 'EBAY_WEBHOOK_URL',
    credentials: { client_id: 'EBAY_CLIENT_ID', client_secret: 'EBAY_CLIENT_SECRET' },
    says: thinOrder,
  }),
  'adobe-io-events': open('adobe-io-events', {
    title: 'Adobe I/O Events',
    hint: 'Adobe Commerce',
    name: 'adobeIoEvents',
    use: "adobeIoEvents({ entity: { kind: 'order', id: { path: 'event.data.value.increment_id' } } })",
    variable: 'ADOBE_CLIENT_ID',
    send: 'adobe-io-events com.adobe.commerce.observer.sales_order_save_after',
    says: 'It tells the fields of an order that its event is set up with. With lines, customer and total among them it is a sale.confirm.',
  }),
  sns: open('sns', {
    title: 'Amazon SNS',
    hint: 'the notifications of a topic',
    name: 'sns',
    use: "sns({ type: { path: 'NotificationType' }, entity: { kind: 'order', id: { path: 'Payload.OrderChangeNotification.AmazonOrderId' } } })",
    variable: 'SNS_TOPIC_ARN',
    secretForm: 'registry',
    send: 'sns ORDER_CHANGE',
    says: thinOrder,
  }),
  shippo: open('shippo', {
    title: 'Shippo',
    hint: 'parcels',
    name: 'shippo',
    variable: 'SHIPPO_WEBHOOK_SECRET',
    send: 'shippo track_updated',
    says: parcels,
  }),
  shipstation: open('shipstation', {
    title: 'ShipStation v2 and ShipEngine',
    hint: 'parcels',
    name: 'shipstation',
    variable: 'SHIPSTATION_URL_TOKEN',
    send: 'shipstation API_TRACK',
    says: parcels,
  }),
  easypost: open('easypost', {
    title: 'EasyPost',
    hint: 'parcels',
    name: 'easypost',
    variable: 'EASYPOST_WEBHOOK_SECRET',
    send: 'easypost tracker.updated',
    says: parcels,
  }),
  quickbooks: open('quickbooks', {
    title: 'QuickBooks',
    hint: 'records of another ledger',
    name: 'quickbooksRecords',
    module: 'quickbooks-records',
    use: "quickbooksRecords({ baseUrl: 'QUICKBOOKS_API_URL', token: 'QUICKBOOKS_ACCESS_TOKEN' })",
    isThin: true,
    variables: {
      QUICKBOOKS_API_URL: 'https://quickbooks.api.intuit.com',
      QUICKBOOKS_ACCESS_TOKEN: 'replace-me',
    },
    variable: 'QUICKBOOKS_VERIFIER_TOKEN',
    send: 'quickbooks Invoice.Update',
    says: books,
  }),
  xero: open('xero', {
    title: 'Xero',
    hint: 'records of another ledger',
    name: 'xeroRecords',
    module: 'xero-records',
    use: "xeroRecords({ baseUrl: 'XERO_API_URL', token: 'XERO_ACCESS_TOKEN', tenantId: '00000000-0000-0000-0000-000000000000' })",
    isThin: true,
    variables: { XERO_API_URL: 'https://api.xero.com/api.xro/2.0', XERO_ACCESS_TOKEN: 'replace-me' },
    variable: 'XERO_WEBHOOK_KEY',
    send: 'xero INVOICE.UPDATE',
    says: `${books} Its tenantId is that of your organisation.`,
  }),
  'microsoft-graph': open('microsoft-graph', {
    title: 'Microsoft Graph',
    hint: 'what changes in Microsoft 365',
    name: 'microsoftGraphRecords',
    module: 'microsoft-graph-records',
    use: "microsoftGraphRecords({ baseUrl: 'GRAPH_API_URL', token: 'GRAPH_ACCESS_TOKEN' })",
    isThin: true,
    variables: { GRAPH_API_URL: 'https://graph.microsoft.com/v1.0', GRAPH_ACCESS_TOKEN: 'replace-me' },
    variable: 'GRAPH_CLIENT_STATE',
    send: 'microsoft-graph message.created',
    says: people,
  }),
  hubspot: open('hubspot', {
    title: 'HubSpot',
    hint: 'contacts and deals',
    name: 'hubspot',
    use: 'hubspot()',
    variable: 'HUBSPOT_CLIENT_SECRET',
    send: 'hubspot contact.creation',
    url: 'HUBSPOT_WEBHOOK_URL',
    says: 'It tells which contact or deal changed, not what it is: fetch it (defineThinSource) and run customer.upsert.',
  }),
  zendesk: open('zendesk', {
    title: 'Zendesk',
    hint: 'tickets',
    name: 'zendesk',
    variable: 'ZENDESK_SIGNING_SECRET',
    send: 'zendesk zen:event-type:ticket.created',
    says: talk,
  }),
  typeform: open('typeform', {
    title: 'Typeform',
    hint: 'filled forms',
    name: 'typeform',
    variable: 'TYPEFORM_SECRET',
    send: 'typeform form_response',
    says: 'It tells the answers of a form. A form that takes orders is a sale.confirm, one that takes addresses a customer.upsert.',
  }),
  docusign: open('docusign', {
    title: 'DocuSign Connect',
    hint: 'signed envelopes',
    name: 'docusign',
    variable: 'DOCUSIGN_CONNECT_KEY',
    send: 'docusign envelope-completed',
    says: 'It tells that a contract was signed. One that is an order is a sale.confirm.',
  }),
  github: open('github', {
    title: 'GitHub',
    hint: 'code and issues',
    name: 'github',
    variable: 'GITHUB_WEBHOOK_SECRET',
    send: 'github push',
    says: code,
  }),
  gitlab: open('gitlab', {
    title: 'GitLab',
    hint: 'code and issues',
    name: 'gitlab',
    variable: 'GITLAB_WEBHOOK_TOKEN',
    send: 'gitlab push',
    says: code,
  }),
  bitbucket: open('bitbucket', {
    title: 'Bitbucket',
    hint: 'code and issues',
    name: 'bitbucket',
    variable: 'BITBUCKET_SECRET',
    send: 'bitbucket pullrequest:updated',
    says: code,
  }),
  linear: open('linear', {
    title: 'Linear',
    hint: 'issues',
    name: 'linear',
    variable: 'LINEAR_WEBHOOK_SECRET',
    send: 'linear Issue.update',
    says: code,
  }),
  slack: open('slack', {
    title: 'Slack',
    hint: 'messages',
    name: 'slack',
    variable: 'SLACK_SIGNING_SECRET',
    send: 'slack message',
    says: talk,
  }),
  discord: open('discord', {
    title: 'Discord',
    hint: 'events of a community',
    name: 'discord',
    variable: 'DISCORD_PUBLIC_KEY',
    secretForm: 'registry',
    send: 'discord APPLICATION_AUTHORIZED',
    says: talk,
  }),
  zoom: open('zoom', {
    title: 'Zoom',
    hint: 'meetings',
    name: 'zoom',
    variable: 'ZOOM_SECRET_TOKEN',
    send: 'zoom meeting.started',
    says: talk,
  }),
  meta: open('meta', {
    title: 'Meta',
    hint: 'pages, WhatsApp',
    name: 'meta',
    variable: 'META_APP_SECRET',
    send: 'meta page.feed',
    credentials: { verify_token: 'META_VERIFY_TOKEN' },
    says: talk,
  }),
  twilio: open('twilio', {
    title: 'Twilio',
    hint: 'messages and calls',
    name: 'twilio',
    variable: 'TWILIO_AUTH_TOKEN',
    send: 'twilio message.delivered',
    url: 'TWILIO_WEBHOOK_URL',
    says: talk,
  }),
  mailgun: open('mailgun', {
    title: 'Mailgun',
    hint: 'what became of e-mails',
    name: 'mailgun',
    variable: 'MAILGUN_SIGNING_KEY',
    send: 'mailgun delivered',
    says: mail,
  }),
  sendgrid: open('sendgrid', {
    title: 'SendGrid',
    hint: 'what became of e-mails',
    name: 'sendgrid',
    variable: 'SENDGRID_PUBLIC_KEY',
    secretForm: 'registry',
    send: 'sendgrid delivered',
    says: mail,
  }),
  okta: open('okta', {
    title: 'Okta',
    hint: 'people and access',
    name: 'okta',
    use: 'okta()',
    variable: 'OKTA_HOOK_SECRET',
    send: 'okta user.lifecycle.create',
    says: people,
  }),
  auth0: open('auth0', {
    title: 'Auth0',
    hint: 'people and access',
    name: 'auth0',
    variable: 'AUTH0_STREAM_TOKEN',
    send: 'auth0 user.created',
    says: people,
  }),
  frappe: open('frappe', {
    title: 'Frappe and ERPNext',
    hint: 'documents of an ERP',
    name: 'frappe',
    use: "frappe({ utcOffset: '+00:00' })",
    variable: 'ERPNEXT_WEBHOOK_SECRET',
    send: 'frappe sales_order.on_submit',
    says: erps,
  }),
  'business-central': open('business-central', {
    title: 'Business Central',
    hint: 'records of an ERP',
    name: 'businessCentral',
    variable: 'BC_CLIENT_STATE',
    send: 'business-central items.updated',
    says: `${erps} Its subscriptions are made by \`subscribe\`.`,
  }),
  odoo: open('odoo', {
    title: 'Odoo',
    hint: 'records of an ERP',
    name: 'odoo',
    variable: 'ODOO_URL_TOKEN',
    send: 'odoo sale.order.order_confirmed',
    says: erps,
  }),
} satisfies Readonly<Record<string, OpenSender>>;
