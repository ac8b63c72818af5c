// Every sender's signer by name: for the demo, the send script and the tests. What signs is in the files beside this one.
// It may not import anything that runs in the relay: what it signs proves the relay's own verification.

import { erpSigners } from './senders-erps.ts';
import { keySigners } from './senders-keys.ts';
import { paymentSigners } from './senders-payments.ts';
import { serviceSigners } from './senders-service.ts';
import { shopSigners } from './senders-shops.ts';
import { workSigners } from './senders-work.ts';
import type { SignedRequest, Signing } from './signing.ts';

export type { SignedRequest, Signing } from './signing.ts';

const signers = {
  ...{ ...shopSigners, ...paymentSigners, ...keySigners },
  ...{ ...serviceSigners, ...workSigners, ...erpSigners },
};

export type Sender = keyof typeof signers;

export const senders = Object.keys(signers) as readonly Sender[];

export function isSender(name: string): name is Sender {
  return Object.hasOwn(signers, name);
}

export function signedRequest(sender: Sender, signing: Signing): SignedRequest {
  return signers[sender](signing);
}
