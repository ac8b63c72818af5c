// The connection a login or a key's rotation gets: to the target's token URL, else its base URL, with the key it is given or
// none, under the same egress rule as every call. Records nothing: what passes here is secret.

import type { TargetSettings } from '../../config.ts';
import { checkBaseUrl, joinPath } from '../../core/egress.ts';
import type { ErpConnection } from '../../core/erp.ts';
import type { TargetDefinition } from '../../core/target.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { sendRequest } from '../fetch/send-request.ts';

export type ConfiguredTarget = { readonly target: TargetDefinition; readonly settings: TargetSettings };

export function connectWithoutToken(configured: ConfiguredTarget, clock: Clock): ErpConnection {
  return connect(configured, clock, null);
}

/** Calls carry the key. */
export function connectWithKey(configured: ConfiguredTarget, clock: Clock, key: string): ErpConnection {
  return connect(configured, clock, key);
}

function connect({ target, settings }: ConfiguredTarget, clock: Clock, key: string | null): ErpConnection {
  const { session } = target.adapter;
  const headers = key === null ? {} : session.authorize(key);
  return {
    send: async (request) => {
      const base = checkBaseUrl(
        (key === null ? settings.tokenUrl : null) ?? settings.baseUrl ?? '',
        target.network,
      );
      const url = base.ok ? joinPath(base.value, request.path, request.query) : base;
      if (!url.ok) return { kind: 'not_sent', reason: 'egress_refused', message: url.error.message };
      const { timeoutMs } = target;
      const placed = key === null ? undefined : session.place?.(request, key).body;
      const sent = await sendRequest(request, { url: url.value, headers, timeoutMs, clock, placed });
      return sent.answer;
    },
  };
}
