// `npm run drift`: live answers of a target against the shapes its operations rely on, as a table and an exit code.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErpConnection, ErpSample } from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { AnyOperation } from '../../src/core/operation.ts';
import { ok } from '../../src/core/result.ts';
import { checkSamples } from '../../src/erp/check-samples.ts';
import { sandboxSamples } from '../../src/erp/sandbox/sandbox-samples.ts';
import { operations } from '../../src/operations/index.ts';

const repository = resolve(import.meta.dirname, '../..');

const sample: ErpSample = {
  operation: operations['sale.cancel'],
  path: '/orders',
  documents: (answer) => ok(answer as readonly JsonValue[]),
};
const order = { documentId: 'SO-1', documentNumber: '1', state: 'confirmed', orderId: '1001', extra: true };

function answering(json: JsonValue | undefined, status = 200): { erp: ErpConnection; methods: string[] } {
  const methods: string[] = [];
  const erp: ErpConnection = {
    send: async ({ method, write }) => {
      methods.push(`${method} ${write}`);
      return { kind: 'response', status, headers: {}, json, text: '' };
    },
  };
  return { erp, methods };
}

async function verdictOf(json: JsonValue | undefined, status = 200) {
  const [finding] = await checkSamples([sample], answering(json, status).erp);
  return finding?.verdict;
}

describe('checking samples', () => {
  it('takes documents with fields nobody uses as recorded, and sends reads only', async () => {
    const { erp, methods } = answering([order]);
    const [finding] = await checkSamples([sample], erp);
    expect(finding).toMatchObject({ documentCount: 1, verdict: { kind: 'as_recorded' } });
    expect(methods).toEqual(['GET false']);
  });

  it('names a missing and a re-typed field once, however many documents show it', async () => {
    const { orderId: _, ...renamed } = order;
    expect(await verdictOf([renamed, renamed, { ...order, state: 7 }])).toEqual({
      kind: 'drifted',
      issues: [
        { path: '$.orderId', expected: 'string', actual: 'missing' },
        { path: '$.state', expected: 'string', actual: 'number' },
      ],
    });
  });

  it('says nothing where there is nothing to look at, and does not take an error for a drift', async () => {
    expect(await verdictOf([])).toEqual({ kind: 'no_documents' });
    expect(await verdictOf(null, 503)).toMatchObject({ kind: 'not_read' });
    expect(await verdictOf(undefined)).toMatchObject({ kind: 'drifted' });
  });

  it('covers every operation of the sandbox adapter', () => {
    const covered = sandboxSamples().map(({ operation }) => operation.name);
    // The documents of a batch are those of its records, which are operations of their own.
    const all: readonly AnyOperation[] = Object.values(operations);
    const single = all.filter(({ name, batch }) => name !== 'relay.smoke' && batch === undefined);
    expect([...covered].sort()).toEqual(single.map(({ name }) => name).sort());
  });
});

describe('npm run drift', () => {
  it('wants a target it knows', async () => {
    const { code, output } = await run(['nowhere']);
    expect(code).toBe(1);
    expect(output).toContain('There is no target nowhere');
  });
});

function run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['scripts/drift.ts', ...args], { cwd: repository, timeout: 30_000 });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  return new Promise((done) => child.on('close', (code) => done({ code, output })));
}
