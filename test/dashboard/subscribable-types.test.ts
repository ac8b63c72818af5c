// What the dashboard offers to be told of is what the relay tells.

import { expect, it } from 'vitest';
import { subscribableTypes as offered } from '../../dashboard/src/subscribable-types.ts';
import { subscribableTypes } from '../../src/core/subscriptions/event-types.ts';

it('offers every type of event that can be subscribed to, and no other', () => {
  expect([...offered].sort()).toEqual([...subscribableTypes].sort());
});
