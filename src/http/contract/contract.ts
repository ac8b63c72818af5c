// Every route of the API with what it takes and answers: the one table behind /openapi.json, the typed client, the reference of
// problems and the tests. Its access column is ../access/route-rules.ts, and a route that lacks a row in either fails a test.

import { accessContract } from './access.ts';
import { bulkContract } from './bulk-jobs.ts';
import { deliveryContract } from './deliveries.ts';
import { issueContract } from './issues.ts';
import { relayContract } from './relay.ts';
import { sourceContract } from './sources.ts';
import { subscriptionContract } from './subscriptions.ts';
import { targetContract } from './targets.ts';

export const contract = {
  ...deliveryContract,
  ...bulkContract,
  ...sourceContract,
  ...targetContract,
  ...accessContract,
  ...issueContract,
  ...subscriptionContract,
  ...relayContract,
} as const;

export type Contract = typeof contract;
