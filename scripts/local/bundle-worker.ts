// Bundles a Worker's entry into one module, as `wrangler deploy` does, and keeps the result for the next relay of
// the same process. It may not minify or rename: stack traces are read by people.

import { build } from 'esbuild';

/** Modules the runtime brings itself. */
const runtimeModules = ['cloudflare:*', 'node:*'];

const bundles = new Map<string, Promise<string>>();

/** The bundled code of the entry. Within one process a change of the sources after the first call is not seen. */
export function bundleWorker(entry: string): Promise<string> {
  let bundle = bundles.get(entry);
  if (bundle === undefined) {
    bundle = bundleOnce(entry).then(({ code }) => code);
    bundles.set(entry, bundle);
  }
  return bundle;
}

/** The bundled code and the source files that went into it. */
export async function bundleOnce(entry: string): Promise<{ code: string; inputs: string[] }> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: runtimeModules,
    logLevel: 'silent',
  });
  const code = result.outputFiles[0]?.text ?? '';
  return { code, inputs: Object.keys(result.metafile.inputs) };
}
