// price.set on the sandbox ERP: one write that replaces the price of a SKU, price list and currency.
// The price carries only the key of its newest write, so the audit log is what proves an older one.

import type { OperationHandler } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import type { priceSet } from '../../operations/pricing.ts';
import { keyedBody, lookupReplaced, performedWithoutAnswer } from './keyed-document.ts';
import {
  pathSegment,
  readDocument,
  refusedSegment,
  type SandboxOptions,
  verifyAnswer,
  write,
} from './sandbox-calls.ts';

const prices = '/api/prices';

export function createPriceHandler(options: SandboxOptions): OperationHandler<typeof priceSet> {
  return {
    lookup: (call) => {
      const { sku, priceList = null, currency, price } = call.input;
      return lookupReplaced(call, {
        collection: prices,
        find: (documentId) => readDocument(call, `${prices}/${documentId}`),
        written: { sku, priceList, currency, price },
      });
    },
    perform: async (call) => {
      const { sku, ...fields } = call.input;
      const segment = pathSegment(sku);
      if (segment === null) return refusedSegment('sku');
      const request = {
        method: 'PUT',
        path: `${prices}/${segment}`,
        body: keyedBody(fields, call.key),
      } as const;
      const answer = await write(call, request, { options, step: 'set' });
      if (answer.kind !== 'answer') return answer;
      if (isJsonObject(answer.json)) return { kind: 'performed', answer: answer.json };
      return performedWithoutAnswer(call, prices);
    },
    verify: verifyAnswer,
  };
}
