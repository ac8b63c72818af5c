// The senders' published signature vectors, through the real stage 2, by the same bench as `npm run test:vectors`; and every
// sender's own signature as if it were a published vector, so that the bench itself is known to tell good from bad.

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runVector } from '../../scripts/lib/vectors/run-vector.ts';
import { throwawayKeys } from '../../scripts/lib/vectors/throwaway-keys.ts';
import { readVectorFolder, type Vector } from '../../scripts/lib/vectors/vector.ts';
import { noon } from '../support/requests.ts';
import { publicUrl, senderCases, signedBy } from '../support/sender-cases.ts';
import { vectorsDirectory } from '../support/vectors.ts';

if (existsSync(vectorsDirectory)) {
  describe.each(readVectorFolder(vectorsDirectory))('the vectors of $file', ({ vectors }) => {
    it('are there', () => {
      expect(vectors.length).toBeGreaterThan(0);
    });

    it.each(vectors)('$name: valid is $valid', async (vector) => {
      expect(await runVector(vector)).toMatchObject({ agrees: true });
    });
  });
} else {
  describe('the published vectors', () => {
    it(`were NOT checked: ${vectorsDirectory} is absent (set VECTORS_DIR)`, () => {
      console.warn(`Signature vectors NOT checked: ${vectorsDirectory} is absent. Set VECTORS_DIR.`);
    });
  });
}

/** Those whose certificate or shown token a vector has no field for. */
const withoutVector = ['paypal', 'mollie-classic', 'shippo-by-token', 'generic-hmac', 'plaid', 'odoo'];

describe.each(senderCases.filter(({ sender }) => !withoutVector.includes(sender)))(
  'a vector made of a request of $sender',
  ({ sender, signs }) => {
    const { publicKey, configured } = throwawayKeys(sender);
    const { headers, body } = signedBy(sender);
    const vector: Vector = {
      name: 'genuine',
      provider: sender,
      scheme: sender,
      ...{ headers, body, url: publicUrl, now: noon, method: 'POST', valid: true },
      ...(publicKey === null ? { secret: configured } : { publicKey }),
      ...(sender === 'bigcommerce' ? { client_secret: configured } : {}),
    };

    it('agrees', async () => {
      expect(await runVector(vector)).toMatchObject({ agrees: true });
      expect(await runVector({ ...vector, valid: false })).toMatchObject({ agrees: false });
    });

    it(`does${signs === 'nothing' ? ' still' : ' not'} agree with other contents`, async () => {
      const changed = { ...vector, body: body.replaceAll('1001', '6666') };
      expect(await runVector(changed)).toMatchObject({ agrees: signs === 'nothing' });
    });
  },
);
