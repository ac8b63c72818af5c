// Facts about a target that somebody should know: what TargetObject logs, and what alerts are made of. Pure data with
// stable names; `isAlert` and `endsAlert` say which need a person and which end that need.

export type RestReason = 'circuit_open' | 'paused' | 'limited' | 'unauthorized';

export type TargetSignal =
  | {
      readonly kind: 'circuit.opened';
      readonly target: string;
      readonly at: number;
      readonly reason: string;
      /** When the first probe goes, epoch ms; null: not before an operator closes it. */
      readonly untilAt: number | null;
      readonly by: 'rule' | 'operator';
    }
  | {
      readonly kind: 'circuit.closed';
      readonly target: string;
      readonly at: number;
      readonly openedAt: number;
      readonly by: 'rule' | 'operator';
    }
  | {
      readonly kind: 'circuit.probed';
      readonly target: string;
      readonly at: number;
      readonly passed: boolean;
      readonly untilAt: number | null;
    }
  | {
      readonly kind: 'target.paused' | 'target.resumed';
      readonly target: string;
      readonly at: number;
      readonly actor: string;
      readonly note: string;
    }
  /** The ERP asked for fewer calls; nothing goes there until then. */
  | {
      readonly kind: 'target.throttled';
      readonly target: string;
      readonly at: number;
      readonly untilAt: number;
    }
  /** The credential, or a fresh token, was refused. `retryAt`: when one login is tried; null: only by a person. */
  | {
      readonly kind: 'target.unauthorized';
      readonly target: string;
      readonly at: number;
      readonly message: string;
      readonly retryAt: number | null;
    }
  | { readonly kind: 'target.authorized'; readonly target: string; readonly at: number }
  /** A credential that ends by itself: a static key, or a refresh token with a hard end. */
  | {
      readonly kind: 'credential.expiring';
      readonly target: string;
      readonly at: number;
      readonly what: 'static_key' | 'refresh_token';
      readonly expiresAt: number;
    }
  /** The target uses a new key; the old one is ended when nobody uses it any more. */
  | {
      readonly kind: 'key.rotated';
      readonly target: string;
      readonly at: number;
      /** Epoch ms; null: it does not end. */
      readonly expiresAt: number | null;
    }
  | { readonly kind: 'key.revoked'; readonly target: string; readonly at: number }
  /** `step`: which one failed. The key in use goes on being used. */
  | {
      readonly kind: 'key.rotation_failed';
      readonly target: string;
      readonly at: number;
      readonly step: 'rotate' | 'prove' | 'revoke' | 'use';
      readonly message: string;
      /** When it is tried again, epoch ms. */
      readonly retryAt: number;
    };

const alerts: ReadonlySet<TargetSignal['kind']> = new Set([
  'circuit.opened',
  'target.unauthorized',
  'credential.expiring',
  'key.rotation_failed',
]);

/** Somebody has to know. */
export function isAlert(signal: TargetSignal): boolean {
  return alerts.has(signal.kind);
}

/** The alert this fact ends; null: none. */
export function endsAlert(signal: TargetSignal): TargetSignal['kind'] | null {
  if (signal.kind === 'circuit.closed') return 'circuit.opened';
  return signal.kind === 'target.authorized' ? 'target.unauthorized' : null;
}
