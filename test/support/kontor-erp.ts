// Kontor: an ERP like none of the others, for tests of described ERPs: every answer is a 200 with an envelope, states are numbers, amounts
// texts, a field is named within a sentence, and an order is worked on as a job. It keeps what it was told, as an ERP does.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes
type Json = any;

export const kontorKey = 'kontor-key-of-the-tests';

export type KontorErp = {
  readonly url: string;
  readonly orders: Json[];
  readonly counts: Json[];
  /** `METHOD path` of each call. */
  readonly calls: string[];
  /** What goes wrong with the next writes, by order: a lock, an answer that is lost after the commit; null: nothing. */
  readonly faults: ('locked' | 'lost' | null)[];
  stop(): Promise<void>;
};

type World = Pick<KontorErp, 'orders' | 'counts' | 'faults'> & { readonly jobs: Map<string, Job> };
type Job = { looks: number; readonly order: Json; readonly refusal: Json | null };

const ok = (daten: Json): Json => ({ ergebnis: 'ok', daten });
const failure = (nummer: number, text: string): Json => ({ ergebnis: 'fehler', fehler: { nummer, text } });

export async function startKontorErp(): Promise<KontorErp> {
  const world: World = { orders: [], counts: [], faults: [], jobs: new Map() };
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://kontor.test');
    calls.push(`${request.method} ${url.pathname}`);
    const body = await readBody(request);
    const isKnown = request.headers['x-kontor-key'] === kontorKey;
    const answer = isKnown
      ? answerTo(world, { method: request.method ?? '', url, body })
      : failure(1, 'Zugang verweigert');
    if (answer === null) response.destroy();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { ...world, url: `http://127.0.0.1:${port}`, calls, stop };
}

/** Null: the connection breaks. */
function answerTo(
  world: World,
  { method, url, body }: { method: string; url: URL; body: Json },
): Json | null {
  const path = url.pathname;
  if (method === 'GET') return read(world, path, url.searchParams);
  const fault = world.faults.shift() ?? null;
  if (fault === 'locked') return failure(77, 'Mandant ist gesperrt');
  const answer = path === '/auftrag' ? placeOrder(world, body) : setStock(world, path, body);
  return fault === 'lost' ? null : answer;
}

function read(world: World, path: string, query: URLSearchParams): Json {
  const mine = (document: Json) => document.fremdnr === query.get('fremdnr');
  if (path === '/system') return ok(system);
  if (path === '/auftraege') return ok({ treffer: world.orders.filter(mine) });
  if (path === '/zaehlungen') return ok({ treffer: world.counts.filter(mine) });
  const job = world.jobs.get(path.replace('/vorgang/', ''));
  if (job === undefined) return failure(404, 'unbekannt');
  job.looks += 1;
  // Worked on while it is looked at for the first time, done at the second.
  if (job.looks === 1) return ok({ stand: 'laeuft' });
  return ok(
    job.refusal === null ? { stand: 'fertig', auftrag: job.order } : { stand: 'abgebrochen', ...job.refusal },
  );
}

const system = {
  fassung: 12.4,
  mandant: 'Kontor & Söhne',
  waehrung: 'EUR',
  bausteine: [
    { kuerzel: 'verkauf', aktiv: true },
    { kuerzel: 'lager', aktiv: true },
    { kuerzel: 'einkauf', aktiv: false },
  ],
  gesperrt_bis: '2026-03-31T23:59:59+01:00',
};

function placeOrder(world: World, body: Json): Json {
  if (world.orders.some(({ beleg }) => beleg === body.beleg))
    return failure(23, `Beleg ${body.beleg} existiert`);
  if (body.kunde === 'unbekannt') return failure(50, 'Feld kunde: nicht vorhanden');
  const id = `V-${world.jobs.size + 1}`;
  const order = { ...body, nr: `AB-${world.orders.length + 1}`, status: 20 };
  const isRefused = body.positionen.some(({ artikel }: Json) => artikel === 'GHOST');
  const refusal = isRefused ? { fehler: { nummer: 60, text: 'Feld positionen[0].artikel: gesperrt' } } : null;
  if (!isRefused) world.orders.push(order);
  world.jobs.set(id, { looks: 0, order, refusal });
  return { ergebnis: 'angenommen', vorgang: id };
}

function setStock(world: World, path: string, body: Json): Json {
  const problem = ({ artikel }: Json) => (artikel === 'GHOST' ? 'Feld artikel: unbekannt' : null);
  const keep = (line: Json) => {
    const count = { ...line, nr: `Z-${world.counts.length + 1}`, status: 'gebucht' };
    world.counts.push(count);
    return count;
  };
  if (path === '/bestand') {
    const text = problem(body);
    return text === null ? ok(keep(body)) : failure(51, text);
  }
  const hasProblem = body.zeilen.some((line: Json) => problem(line) !== null);
  const isUndone = body.nur_alle === true && hasProblem;
  const lines = body.zeilen.map((line: Json) => {
    const text = problem(line);
    if (text !== null) return { gebucht: false, nummer: 51, text };
    return isUndone
      ? { gebucht: false, nummer: 9, text: 'zurückgenommen' }
      : { gebucht: true, beleg: keep(line) };
  });
  return ok({ zeilen: lines });
}

async function readBody(request: IncomingMessage): Promise<Json> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? null : JSON.parse(text);
}
