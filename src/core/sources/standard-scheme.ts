// The scheme of Standard Webhooks in both its header families, shared by the presets whose senders follow it. Data only.

import { firstPresent } from '../signature/combine-schemes.ts';
import { standardWebhooksRow } from '../signature/schemes.ts';
import { signedScheme } from '../signature/signed-scheme.ts';

export const standardScheme = firstPresent('standard-webhooks', [
  signedScheme(standardWebhooksRow('webhook')),
  signedScheme(standardWebhooksRow('svix')),
]);
