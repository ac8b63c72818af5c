// BigCommerce's orders with their lines, products and customers, fetched when a webhook announces them. Pure; I/O is the
// given API's. The store is read from the signed body, and the token opens one store only: none is taken for another.

import type { EnrichFailure, SenderApi, SenderApiDefinition } from '../enrich.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { err, ok, type Result } from '../result.ts';
import type { IdentifiedEvent } from '../source.ts';
import { type BigCommerceEvent, bigcommerce } from './bigcommerce.ts';
import {
  bearing,
  checkedId,
  defineRecords,
  type Fetched,
  notEnrichable,
  type RecordsApi,
  type SenderRecords,
  unwrap,
} from './define-records.ts';
import { objectOf } from './items.ts';
import type { WireId } from './wire-id.ts';

export type BigCommerceAddress = {
  readonly first_name: string;
  readonly last_name: string;
  readonly company: string;
  readonly street_1: string;
  readonly street_2: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly country: string;
  /** ISO 3166-1, two letters. */
  readonly country_iso2: string;
  readonly phone: string;
  readonly email: string;
};

/** Money is a decimal string with four digits. */
export type BigCommerceLine = {
  readonly id: WireId;
  readonly product_id: WireId;
  readonly variant_id: WireId;
  readonly name: string;
  readonly sku: string;
  readonly quantity: number;
  readonly price_ex_tax: string;
  readonly price_inc_tax: string;
  readonly total_ex_tax: string;
  readonly total_inc_tax: string;
};

/** Money is a decimal string with four digits; dates are RFC 2822. */
export type BigCommerceOrder = {
  readonly id: WireId;
  /** 0: a guest. */
  readonly customer_id: WireId;
  readonly status_id: number;
  readonly status: string;
  readonly date_created: string;
  readonly date_modified: string;
  /** ISO 4217. */
  readonly currency_code: string;
  readonly subtotal_ex_tax: string;
  readonly subtotal_inc_tax: string;
  readonly shipping_cost_ex_tax: string;
  readonly shipping_cost_inc_tax: string;
  readonly discount_amount: string;
  readonly total_ex_tax: string;
  readonly total_tax: string;
  readonly total_inc_tax: string;
  readonly refunded_amount: string;
  readonly payment_method: string;
  readonly payment_status: string;
  readonly is_deleted: boolean;
  readonly billing_address: BigCommerceAddress;
  /** Its lines: another resource at BigCommerce, here in place of the link to it. */
  readonly products: readonly BigCommerceLine[];
};

export type BigCommerceProduct = {
  readonly id: WireId;
  readonly name: string;
  readonly sku: string;
  readonly type: 'physical' | 'digital';
  readonly price: number;
  readonly cost_price: number;
  readonly weight: number;
  readonly inventory_level: number;
  readonly inventory_tracking: 'none' | 'product' | 'variant';
  readonly is_visible: boolean;
  readonly date_modified: string;
};

export type BigCommerceCustomer = {
  readonly id: WireId;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly company: string;
  readonly phone: string;
  readonly customer_group_id: WireId;
  readonly date_modified: string;
};

export type BigCommerceRecordTopics = {
  readonly 'store/order/created': BigCommerceOrder;
  readonly 'store/order/updated': BigCommerceOrder;
  readonly 'store/order/statusUpdated': BigCommerceOrder;
  readonly 'store/product/created': BigCommerceProduct;
  readonly 'store/product/updated': BigCommerceProduct;
  readonly 'store/customer/created': BigCommerceCustomer;
  readonly 'store/customer/updated': BigCommerceCustomer;
  /** As announced. */
  readonly 'store/shipment/created': BigCommerceEvent<'store/shipment/created'>;
};

const storeForm = /^stores\/[a-z0-9]{1,32}$/;
const idForm = /^[1-9]\d{0,18}$/;
/** Lines of an order: BigCommerce's largest page. A page that is full may not be all, and half an order is none. */
const maxLines = 250;

const authorize: SenderApiDefinition['authorize'] = (token) => ({ 'x-auth-token': token });

async function fetchOrder(api: SenderApi, store: string, id: string): Promise<Fetched> {
  const path = `${store}/v2/orders/${id}`;
  const answer = await api.get(path);
  const order = answer.ok ? bearing(answer.value, 'id', id) : answer;
  if (!order.ok) return order;
  const products = toLines(await api.get(`${path}/products`, { limit: String(maxLines) }));
  return products.ok ? ok({ ...objectOf(order.value), products: products.value }) : products;
}

function toLines(answer: Fetched): Result<readonly JsonValue[], EnrichFailure> {
  if (!answer.ok) return answer;
  if (!Array.isArray(answer.value))
    return err({ reason: 'enrich_failed', message: 'the answer is no list of order lines' });
  if (answer.value.length >= maxLines)
    return err({ reason: 'too_large', message: `the order has ${maxLines} lines or more` });
  return ok(answer.value);
}

async function fetchProduct(api: SenderApi, store: string, id: string): Promise<Fetched> {
  const product = unwrap(await api.get(`${store}/v3/catalog/products/${id}`), 'data');
  return product.ok ? bearing(product.value, 'id', id) : product;
}

async function fetchCustomer(api: SenderApi, store: string, id: string): Promise<Fetched> {
  const customer = unwrap(await api.get(`${store}/v3/customers`, { 'id:in': id }), 'data');
  return customer.ok ? bearing(customer.value, 'id', id) : customer;
}

const fetchers = new Map([
  ['order', fetchOrder],
  ['product', fetchProduct],
  ['customer', fetchCustomer],
]);

async function fetchRecord({ type, payload }: IdentifiedEvent, api: SenderApi): Promise<Fetched> {
  const body = isJsonObject(payload) ? payload : {};
  const store = checkedId(body.producer, storeForm);
  const id = checkedId(objectOf(body.data).id, idForm);
  const fetchOne = fetchers.get(type.split('/')[1] ?? '');
  if (store === null || id === null || fetchOne === undefined)
    return notEnrichable('the event names no store, or no record, as BigCommerce does');
  return fetchOne(api, `/${store}`, id);
}

/**
 * `baseUrl` names the variable that holds `https://api.bigcommerce.com`, `token` the secret with the API account's access
 * token. There is no `record`: an announcement tells its time in seconds, and two changes of one second are two states.
 */
export function bigcommerceRecords(api: RecordsApi): SenderRecords<BigCommerceRecordTopics> {
  return defineRecords<BigCommerceRecordTopics>({
    preset: bigcommerce,
    api: { ...api, authorize },
    types: [
      'store/order/created',
      'store/order/updated',
      'store/order/statusUpdated',
      'store/product/created',
      'store/product/updated',
      'store/customer/created',
      'store/customer/updated',
    ],
    fetch: fetchRecord,
  });
}
