// The readings of all isolates that can be asked: this one's, and those the sequencers and targets run in. Isolates that
// only answer requests cannot be reached; their share is what the platform's own dashboard counts.

import type { CostReading } from '../../core/costs.ts';
import type { Costs, Telemetry } from '../../pipeline/ports.ts';
import type { CostMeter } from './cost-meter.ts';

type CostKeeper = { costs(): Promise<CostReading> };

type Namespace = Pick<Env['SEQUENCER'], 'idFromName'> & { get(id: DurableObjectId): unknown };

export function createObjectCosts(deps: {
  readonly meter: CostMeter;
  readonly telemetry: Telemetry;
  readonly objects: readonly { readonly namespace: Namespace; readonly names: readonly string[] }[];
}): Costs {
  const ask = async (namespace: Namespace, name: string): Promise<CostReading | null> => {
    try {
      return await (namespace.get(namespace.idFromName(name)) as CostKeeper).costs();
    } catch (error) {
      deps.telemetry.log('error', 'costs.unanswered', { object: name, error: String(error) });
      return null;
    }
  };
  return {
    read: async () => {
      const asked = deps.objects.flatMap(({ namespace, names }) => names.map((name) => ask(namespace, name)));
      const answers = await Promise.all(asked);
      const readings = answers.filter((answer) => answer !== null);
      return { readings: [deps.meter.read(), ...readings], unanswered: answers.length - readings.length };
    },
  };
}
