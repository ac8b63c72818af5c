// An act of a person on a delivery or on the relay, as the audit keeps it: who, what, when, before and after, and why.
// Pure types. Append-only: an act is never changed and never taken back, only followed by another.

export type OperatorAct = {
  /** `act_{partition}_{number}`; of acts that concern no partition, a UUID. */
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly actor: string;
  readonly action:
    | 'replayed'
    | 'resolved'
    | 'skipped'
    | 'released'
    | 'unblocked'
    | 'held'
    | 'cancelled'
    | 'acknowledged'
    /** Of an issue. */
    | 'ignored'
    | 'reopened'
    | 'reconciled'
    /** A bulk job; `after` names it. */
    | 'bulk_started'
    | 'bulk_ended'
    | 'bulk_cancelled'
    | 'paused'
    | 'resumed'
    | 'circuit_opened'
    | 'circuit_closed'
    | 'credential_made'
    | 'credential_rotated'
    | 'credential_revoked'
    | 'bootstrap_ended'
    | 'secret_set'
    | 'secret_previous_ended'
    | 'secret_removed'
    | 'data_key_rotated'
    | 'grants_set'
    | 'subscription_made'
    | 'subscription_changed'
    | 'subscription_rotated'
    | 'subscription_tested'
    | 'subscription_disabled'
    | 'subscription_enabled'
    | 'subscription_removed'
    /** Something the actor lacked a scope or a grant for; `after` says what. */
    | 'refused';
  /** The delivery, where it is about one; else null. */
  readonly deliveryId: string | null;
  readonly orderingKey: string | null;
  readonly target: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
};
