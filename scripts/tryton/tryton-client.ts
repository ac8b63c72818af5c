// A client of Tryton's JSON-RPC for whoever looks into it: the staging suite and the demo read its documents with this, as
// another user than the relay, and with none of the adapter's code.

export type Row = { readonly id: number } & Readonly<Record<string, unknown>>;

export type TrytonClient = ReturnType<typeof createTrytonClient>;

/** One call, ms: a busy machine takes seconds. */
const callTimeoutMs = 30_000;

export function createTrytonClient(options: {
  /** With the database's name. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
}) {
  let session: string | null = null;
  const post = async (body: unknown, headers: Record<string, string>) => {
    const response = await fetch(`${options.url}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    return { status: response.status, text: await response.text() };
  };
  /** The status of the login, and the session where there is one. */
  const login = async (user = options.user, password = options.password) => {
    const body = { id: 1, method: 'common.db.login', params: [user, { password }] };
    const { status, text } = await post(body, {});
    if (status !== 200) return { status, session: null };
    const [id, key] = (JSON.parse(text) as { result: [number, string] }).result;
    return { status, session: Buffer.from(`${user}:${id}:${key}`).toString('base64') };
  };
  const call = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
    for (let tries = 0; ; tries += 1) {
      session ??= (await login()).session;
      const { status, text } = await post({ id: 1, method, params }, { authorization: `Session ${session}` });
      if (status === 401 && tries === 0) {
        session = null;
        continue;
      }
      if (status !== 200) throw new Error(`${method} answered ${status}`);
      const answer = JSON.parse(text) as { result?: unknown; error?: unknown };
      if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
      return answer.result ?? null;
    }
  };
  const context = { company: 1, language: 'en' };
  return {
    login,
    call,
    context,
    find: (model: string, where: readonly unknown[], fields: readonly string[]) =>
      call(`model.${model}.search_read`, where, 0, null, [['id', 'ASC']], fields, context) as Promise<
        readonly Row[]
      >,
    create: async (model: string, values: unknown): Promise<number> =>
      ((await call(`model.${model}.create`, [values], context)) as number[])[0] ?? 0,
    press: (model: string, button: string, id: number) => call(`model.${model}.${button}`, [id], context),
    fields: (model: string) =>
      call(`model.${model}.fields_get`, [], context) as Promise<Record<string, { readonly type: string }>>,
  };
}

/** Tryton's decimals and days as text; rows of other models keep their form. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('__class__' in value)) return value;
  const tagged = value as Record<string, unknown>;
  if (tagged.__class__ === 'Decimal') return tagged.decimal;
  if (tagged.__class__ !== 'date') return value;
  const pad = (part: unknown, length: number) => String(part).padStart(length, '0');
  return `${pad(tagged.year, 4)}-${pad(tagged.month, 2)}-${pad(tagged.day, 2)}`;
}
