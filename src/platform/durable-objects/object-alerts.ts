// The book of alerts as reporters and operators see it: a stub of its one object.

import type { Alerts } from '../../pipeline/ports.ts';
import { toPortError } from './object-sequencer.ts';

/** There is one book for the whole relay: the same cause at several partitions is one alert. */
const bookName = 'alerts';

export function createObjectAlerts(namespace: Env['ALERTS']): Alerts {
  const call = async <T>(work: (alerts: Alerts) => Promise<T>): Promise<T> => {
    try {
      return await work(namespace.get(namespace.idFromName(bookName)) as unknown as Alerts);
    } catch (error) {
      throw toPortError(error);
    }
  };
  return {
    report: (report) => call((alerts) => alerts.report(report)),
    list: (request) => call((alerts) => alerts.list(request)),
    mute: (of) => call((alerts) => alerts.mute(of)),
    acknowledge: (id, act) => call((alerts) => alerts.acknowledge(id, act)),
  };
}
