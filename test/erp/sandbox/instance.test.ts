// What the running sandbox ERP says of itself, read by its adapter.
import { describe, expect, it } from 'vitest';
import { capabilityOf, missingModules } from '../../../src/core/erp-capabilities.ts';
import { sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';
import { readSandboxInstance } from '../../../src/erp/sandbox/sandbox-instance.ts';
import { operations } from '../../../src/operations/index.ts';
import { operationCases } from './support/operation-cases.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

async function read() {
  const answer = await readSandboxInstance(harness.erp);
  if (answer.kind !== 'instance') throw new Error(`not read: ${JSON.stringify(answer)}`);
  return answer.instance;
}

describe('the instance', () => {
  it('is read without a write: version, company, currency, modules, locked days', async () => {
    await harness.sandbox.setFaults({ modulesOff: ['pricing'] });
    await harness.sandbox.control('PATCH', '/settings', { closedThrough: '2026-10-31' });
    const instance = await read();
    expect(instance).toMatchObject({
      ...{ version: '1.1', company: 'Sandbox Company', currency: 'EUR', lockedThrough: '2026-10-31' },
    });
    expect(instance.modules).toContain('sales');
    expect(instance.modules).not.toContain('pricing');
    expect(harness.erp.writeCount()).toBe(0);
  });

  it('that lacks a field breaks the contract, and one that is down is tried again', async () => {
    await harness.sandbox.setFaults({ renamedField: { currency: 'money' } });
    expect(await readSandboxInstance(harness.erp)).toEqual({
      kind: 'contract_broken',
      issues: [{ path: '$.currency', expected: 'string', actual: 'missing' }],
    });
    await harness.sandbox.setFaults({ down: true });
    expect(await readSandboxInstance(harness.erp)).toMatchObject({ kind: 'retryable' });
  });
});

describe('the modules that are declared', () => {
  it.each(operationCases)('for $name are those without which the ERP refuses it', async (operation) => {
    const capability = capabilityOf(sandboxAdapter, operations[operation.name]);
    if (!capability.supported) throw new Error(`${operation.name} is not run`);
    expect(missingModules(capability, await read())).toEqual([]);
    const work = await harness.prepare(operation);
    for (const module of capability.modules) {
      await harness.sandbox.setFaults({ modulesOff: [module] });
      expect(missingModules(capability, await read())).toEqual([module]);
      // The document is looked up in a module that may be off itself, so only the write is asked for.
      expect(await work.finish(), module).toMatchObject({ kind: 'rejected', code: 'module_disabled' });
    }
    await harness.sandbox.setFaults({});
    expect(await work.finish()).toMatchObject({ kind: 'succeeded' });
  });
});
