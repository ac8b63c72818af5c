// A refusal: what the sandbox ERP answers instead of doing something.
// Thrown, not returned, because a refusal must undo the whole transaction and the storage rolls back on a throw.
// Nothing outside the gateway and the batch may catch it.

/** One field of the request and the rule it breaks. `field` is a path into the body: "lines[2].quantity". */
export type RefusedField = { readonly field: string; readonly code: string; readonly message: string };

export type RefusalBody = {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly fields?: readonly RefusedField[];
  };
};

/** A business error: well-formed, understood, and against a rule. */
const BUSINESS_ERROR_STATUS = 422;

export class Refusal extends Error {
  readonly status: number;
  readonly body: RefusalBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refused: {
    status: number;
    code: string;
    message: string;
    fields?: readonly RefusedField[];
    headers?: Readonly<Record<string, string>>;
  }) {
    super(refused.message);
    this.status = refused.status;
    this.headers = refused.headers ?? {};
    const { code, message, fields } = refused;
    this.body = { error: fields === undefined ? { code, message } : { code, message, fields } };
  }
}

/** Refuses with a business error, naming the field where one is to blame. */
export function refuse(code: string, message: string, field?: string): never {
  if (field === undefined) throw new Refusal({ status: BUSINESS_ERROR_STATUS, code, message });
  throw new Refusal({ status: BUSINESS_ERROR_STATUS, code, message, fields: [{ field, code, message }] });
}

export function refuseFields(fields: readonly RefusedField[]): never {
  const message = `The request breaks ${fields.length === 1 ? 'a rule' : `${fields.length} rules`}: ${fields[0]?.message ?? ''}`;
  throw new Refusal({ status: BUSINESS_ERROR_STATUS, code: 'validation_failed', message, fields });
}

export function refuseUnknown(kind: string, id: string): never {
  throw new Refusal({ status: 404, code: 'unknown_document', message: `There is no ${kind} ${id}.` });
}
