// The sandbox ERP's faults and settings, borrowed for the run: what was set before is put back at its end, however it ends.
// It may change nothing but these.

/** One call on loopback, ms: it takes a few; a hung ERP must not keep an interrupted demo. */
const callTimeoutMs = 3_000;

/** What the demo needs to be so; the other settings (token lives, clock) stay as they are. */
const neededSettings = {
  autoCreateProducts: true,
  acceptUnknownPurchaseOrders: true,
  closedThrough: null,
} as const;

type Values = Readonly<Record<string, unknown>>;

export type ErpSwitches = {
  /**
   * Takes the switches over: no faults, and settings under which the demo's own documents are not refused.
   * @returns the names of the faults that were on, `down, errorRate`; empty where none was
   */
  take(): Promise<string>;
  /** Replaces all faults; what is not named is off. Refused once they are being put back. */
  setFaults(faults: Values): Promise<void>;
  /** Puts back what was there. The first call does it, later ones wait for it. */
  restore(): Promise<void>;
};

/** Reads what is set; changes nothing before `take`. */
export async function borrowErpSwitches(erpUrl: string): Promise<ErpSwitches> {
  const call = (method: string, path: string, body?: Values) =>
    callErp(`${erpUrl}/sandbox/${path}`, method, body);
  const faults = await call('GET', 'faults');
  const settings = await call('GET', 'settings');
  const borrowed = Object.fromEntries(Object.keys(neededSettings).map((name) => [name, settings[name]]));
  let isTaken = false;
  let restored: Promise<void> | undefined;
  // One after the other: a switch that is still on its way must not arrive after what puts it back.
  let lastCall: Promise<unknown> = Promise.resolve();
  const setFaults = (values: Values): Promise<Values> => {
    if (restored !== undefined) throw new Error('the faults of the ERP are being put back');
    const answer = call('PUT', 'faults', values);
    lastCall = answer.catch(() => {});
    return answer;
  };
  const restore = async (): Promise<void> => {
    await lastCall;
    await call('PUT', 'faults', faults);
    await call('PATCH', 'settings', borrowed);
  };
  return {
    take: async () => {
      isTaken = true;
      const off = await setFaults({});
      await call('PATCH', 'settings', neededSettings);
      return changedNames(faults, off);
    },
    setFaults: async (values) => void (await setFaults(values)),
    restore: () => {
      restored ??= isTaken ? restore() : Promise.resolve();
      return restored;
    },
  };
}

async function callErp(url: string, method: string, body?: Values): Promise<Values> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(callTimeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Values;
}

function changedNames(values: Values, off: Values): string {
  const isOn = (name: string) => JSON.stringify(values[name]) !== JSON.stringify(off[name]);
  return Object.keys(values).filter(isOn).join(', ');
}
