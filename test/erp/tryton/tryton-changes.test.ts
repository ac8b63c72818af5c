// Tryton's change feed at a store that answers its searches as Tryton does: pages that end between records of one time, a record that
// changes while a look is under way, and answers that are none. The running server is in the staging suite.

import { describe, expect, it } from 'vitest';
import type { ErpConnection, ErpRequest } from '../../../src/core/erp.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import type { Change } from '../../../src/core/watch.ts';
import { trytonAdapter } from '../../../src/erp/tryton/tryton-adapter.ts';

// biome-ignore lint/suspicious/noExplicitAny: a request's params
type Json = any;

type Party = { readonly id: number; readonly name: string; made: number; written: number | null };

const day = Date.UTC(2026, 10, 24, 9, 0, 0) * 1_000;

/** Epoch µs as Tryton writes it. */
function time(us: number | null): JsonValue {
  if (us === null) return null;
  const at = new Date(Math.floor(us / 1_000));
  return {
    ...{
      __class__: 'datetime',
      year: at.getUTCFullYear(),
      month: at.getUTCMonth() + 1,
      day: at.getUTCDate(),
    },
    ...{ hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds() },
    microsecond: us % 1_000_000,
  };
}

const read = ({ year, month, day: date, hour, minute, second, microsecond }: Json): number =>
  Date.UTC(year, month - 1, date, hour, minute, second) * 1_000 + microsecond;

/** Answers `search_read` by the feed's own conditions: later than a time, or at it with a higher id; not later than another. */
function serve(
  parties: readonly Party[],
  answers: (rows: JsonValue) => JsonValue = (rows) => rows,
): ErpConnection {
  return {
    send: async (request: ErpRequest) => {
      const { method, params } = request.body as Json;
      const result = method.endsWith('get_preferences') ? { company: 1 } : answers(find(parties, params));
      const json = { id: 1, result } as JsonValue;
      return { kind: 'response', status: 200, headers: {}, json, text: JSON.stringify(json) };
    },
  };
}

function find(parties: readonly Party[], [where, , limit]: Json): JsonValue {
  const [[, [field, , after], [, [, , id]]], [, , end], unwritten] = where;
  const at = (party: Party) => (field === 'create_date' ? party.made : (party.written ?? -1));
  return parties
    .filter((party) => at(party) > read(after) || (at(party) === read(after) && party.id > id))
    .filter((party) => at(party) <= read(end) && (unwritten === undefined || party.written === null))
    .sort((a, b) => at(a) - at(b) || a.id - b.id)
    .slice(0, limit)
    .map(({ id: own, name, made, written }) => ({
      ...{ id: own, code: null, name, active: 1 },
      ...{ create_date: time(made), write_date: time(written) },
    })) as JsonValue;
}

const party = (id: number, made: number, written: number | null = null): Party => ({
  ...{ id, name: `party ${id}` },
  ...{ made: day + made, written: written === null ? null : day + written },
});

const list = (erp: ErpConnection, cursor: string | null, limit = 2) => {
  const until = day / 1_000 + 60_000;
  const page = trytonAdapter.changes?.list(erp, { kind: 'party.party', cursor, until, limit });
  if (page === undefined) throw new Error('no feed');
  return page;
};

async function look(erp: ErpConnection, limit: number, between: () => void = () => {}): Promise<Change[]> {
  const changes: Change[] = [];
  let cursor = `done|${day + 30_000_000}`;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await list(erp, cursor, limit);
    if (page.kind !== 'changes') throw new Error(JSON.stringify(page));
    changes.push(...page.changes);
    cursor = page.cursor;
    if (page.isLast) return changes;
    between();
  }
  throw new Error('the look has no end');
}

describe("Tryton's changes", () => {
  it.each([1, 2, 3, 4, 100])(
    'are read once each, by pages of %i, with five records of one time',
    async (limit) => {
      const parties = [1, 2, 3, 4, 5].map((id) => party(id, 7));
      const more = [party(6, 7, 9), party(7, 8, 9), party(8, 10)];
      const changes = await look(serve([...parties, ...more]), limit);
      const ids = changes.map(({ entity }) => entity.id);
      expect([...ids].sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    },
  );

  it('of a record that is written while a look is under way are not lost, and the newer state is another version', async () => {
    const parties = [party(1, 1), party(2, 2), party(3, 3)];
    let isChanged = false;
    const changes = await look(serve(parties), 1, () => {
      const [, , third] = parties;
      if (!isChanged && third !== undefined) third.written = day + 50;
      isChanged = true;
    });
    const third = changes.filter(({ entity }) => entity.id === '3');
    expect(third.map(({ version }) => version)).toEqual([`3@${day + 50}`]);
  });

  it('begin now where there is no cursor, and end at what is old enough', async () => {
    const begun = await list(serve([party(1, 1)]), null);
    expect(begun).toEqual({ kind: 'changes', changes: [], cursor: `done|${day + 60_000_000}`, isLast: true });
    expect(await look(serve([party(1, 60_000_001)]), 10)).toEqual([]);
  });

  it.each([
    ['no list', () => ({ rows: [] })],
    ['a record without a time', () => [{ id: 1, create_date: null, write_date: null }]],
    ['something that is no record', () => ['party']],
  ])('that come as %s break the contract', async (_what, answer) => {
    const page = await list(serve([], answer as () => JsonValue), `done|${day}`);
    expect(page).toMatchObject({ kind: 'contract_broken' });
  });
});
