// A subscription as tests need it: to everything, active, nobody's credential.

import { wholeView } from '../../src/core/identity/access-view.ts';
import type { Subscription } from '../../src/core/subscriptions/subscription.ts';

export function makeSubscription(changes: Partial<Subscription> = {}): Subscription {
  return {
    ...{ id: 'sub_1', owner: null, url: 'https://hooks.example.com/events', description: '' },
    ...{ types: ['sale.confirmed'], targets: null, entities: null, view: wholeView },
    ...{ createdAt: 0, createdBy: 'a test', disabled: null, failing: null },
    ...changes,
  };
}
