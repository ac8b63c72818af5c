// The audit as handlers see it: written by way of its one object, read from D1.

import type { OperatorAct } from '../../core/operator-act.ts';
import type { AuditLog, AuditStanding } from '../../pipeline/ports.ts';
import { createD1AuditReader } from '../d1/d1-audit.ts';
import { toPortError } from './object-sequencer.ts';

type Stub = { record(act: OperatorAct): Promise<void>; flush(): Promise<AuditStanding> };

/** One chain for the whole relay. */
const auditName = 'audit';

export function createObjectAudit(namespace: Env['AUDIT'], db: D1Database): AuditLog {
  const call = async <T>(work: (audit: Stub) => Promise<T>): Promise<T> => {
    try {
      return await work(namespace.get(namespace.idFromName(auditName)) as unknown as Stub);
    } catch (error) {
      throw toPortError(error);
    }
  };
  return {
    ...createD1AuditReader(db),
    record: (act) => call((audit) => audit.record(act)),
    flush: () => call((audit) => audit.flush()),
  };
}
