// Starts the real sandbox ERP on a free loopback port, for tests of the adapter that speaks to it over HTTP.
// In memory: nothing is left behind. Whoever starts it stops it.
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from 'miniflare';
import { bundleWorker } from '../../../../scripts/local/bundle-worker.ts';

// biome-ignore lint/suspicious/noExplicitAny: the sandbox's documents are JSON of many shapes
export type Json = any;

export const sandboxKey = { keyId: 'adapter-test', secret: 'adapter-test-secret' };

export type RunningSandbox = {
  readonly url: string;
  control(method: string, path: string, body?: unknown): Promise<Json>;
  setFaults(faults: Record<string, unknown>): Promise<void>;
  state(query?: string): Promise<Json>;
  stop(): Promise<void>;
};

export async function startSandbox(): Promise<RunningSandbox> {
  const script = await bundleWorker('src/sandbox-erp/worker.ts');
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...{ host: '127.0.0.1', port: 0, cf: false, logRequests: false, log: new NoOpLog() },
      // The runtime reports a cut connection as an error of the Worker; here it is the test.
      handleStructuredLogs: () => {},
      workers: [
        {
          ...{ name: 'sandbox', modules: true, script, compatibilityDate: '2026-10-23' },
          durableObjects: { ERP: { className: 'SandboxErpObject', useSQLite: true } },
          bindings: { SANDBOX_ERP_KEY_ID: sandboxKey.keyId, SANDBOX_ERP_KEY_SECRET: sandboxKey.secret },
        },
      ],
    }),
  );
  const url = (await miniflare.ready).origin;
  const control = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await fetch(`${url}/sandbox${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} /sandbox${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    ...{ url, control, stop: () => miniflare.dispose() },
    setFaults: (faults) => control('PUT', '/faults', faults),
    state: (query = '') => control('GET', `/state${query}`),
  };
}
