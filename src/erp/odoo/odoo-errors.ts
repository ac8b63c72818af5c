// What Odoo's refusals mean, as a table: the class of the exception and its message. The same for both APIs: JSON-2 names it with a
// status of its own, JSON-RPC in a 200. Pure data and its reading.

export type OdooErrorClass =
  /** The key or the session is no longer good. */
  | 'unauthorized'
  /** The instance, the user's rights or this adapter do not fit together: a person mends it. */
  | 'configuration'
  /** Lost against another transaction; Odoo has tried five times itself. */
  | 'race'
  | 'unavailable'
  /** May mean that it was done before: read, then decide. */
  | 'done_before'
  | 'missing'
  | 'final';

export type OdooErrorRow = {
  /** The exception, with or without its module. */
  readonly name: string;
  /** A part of the message, letter by letter. Absent: any. */
  readonly message?: string;
  readonly is: OdooErrorClass;
  /** Of a refusal. */
  readonly code?: string;
};

/** The first row that fits decides. */
export const odooErrors: readonly OdooErrorRow[] = [
  { name: 'AccessDenied', is: 'unauthorized' },
  { name: 'SessionExpiredException', is: 'unauthorized' },
  { name: 'Unauthorized', is: 'unauthorized' },
  { name: 'AccessError', is: 'configuration', code: 'access_denied' },
  { name: 'ValidationError', message: 'cannot follow twice the same object', is: 'race' },
  { name: 'ValidationError', message: 'a mandatory field is not set', is: 'final', code: 'field_required' },
  { name: 'ValidationError', is: 'final', code: 'invalid_input' },
  { name: 'MissingError', is: 'missing', code: 'unknown_document' },
  { name: 'LockError', is: 'race' },
  { name: 'UserError', message: 'not in a state requiring confirmation', is: 'done_before' },
  { name: 'UserError', message: 'must be in draft', is: 'done_before' },
  { name: 'UserError', message: 'nothing left to pay', is: 'done_before', code: 'nothing_left_to_pay' },
  {
    name: 'UserError',
    message: 'No items are available to invoice',
    is: 'done_before',
    code: 'nothing_to_invoice',
  },
  { name: 'UserError', message: 'no quantities are reserved', is: 'done_before', code: 'insufficient_stock' },
  { name: 'UserError', is: 'final' },
  // A refusal with a button to the page where it can be mended.
  { name: 'RedirectWarning', is: 'final' },
  { name: 'SerializationFailure', is: 'race' },
  { name: 'LockNotAvailable', is: 'race' },
  { name: 'DeadlockDetected', is: 'race' },
  { name: 'OperationalError', message: 'does not exist', is: 'configuration', code: 'unknown_database' },
  { name: 'OperationalError', is: 'unavailable' },
  { name: 'ValueError', is: 'configuration' },
  { name: 'AttributeError', is: 'configuration' },
  { name: 'TypeError', is: 'configuration' },
  { name: 'NotFound', is: 'configuration' },
  { name: 'UnprocessableEntity', is: 'configuration' },
];

/** Null: nobody has seen it yet. */
export function findOdooError(name: string, message: string): OdooErrorRow | null {
  const last = name.slice(name.lastIndexOf('.') + 1);
  return odooErrors.find((row) => row.name === last && message.includes(row.message ?? '')) ?? null;
}

/** What `load` says of a transaction that lost. */
export const loadRaceMessage = 'could not serialize access';

/** `Field: Customer (partner_id)`: the technical name, which Odoo puts in brackets at the end. */
export function fieldOfMessage(message: string): string | null {
  const start = message.lastIndexOf('Field: ');
  if (start < 0) return null;
  return /\(([A-Za-z_][A-Za-z0-9_]*)\)/.exec(message.slice(start))?.[1] ?? null;
}
