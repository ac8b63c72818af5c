// Bundles a Worker's entry into one module, as `wrangler deploy` does, and keeps the result for the next relay of
// the same process. It may not minify or rename: stack traces are read by people.

import { build, type Plugin, stop } from 'esbuild';

/** Modules the runtime brings itself. */
const runtimeModules = ['cloudflare:*', 'node:*'];

const bundles = new Map<string, Promise<string>>();

/**
 * The bundled code of the entry, with another module in place of its integrations where one is given. Within one process a
 * change of the sources after the first call is not seen.
 */
export function bundleWorker(entry: string, integrations?: string): Promise<string> {
  const name = `${entry}\n${integrations ?? ''}`;
  let bundle = bundles.get(name);
  if (bundle === undefined) {
    bundle = bundleOnce(entry, integrations).then(({ code }) => code);
    bundles.set(name, bundle);
  }
  return bundle;
}

function replaceIntegrations(path: string): Plugin {
  return {
    name: 'replace-integrations',
    setup: (builder) => {
      builder.onResolve({ filter: /\/integrations\/index\.ts$/ }, () => ({ path }));
    },
  };
}

/** `exports`: what it exports by name. */
type Bundle = { code: string; inputs: string[]; exports: string[] };

let underWay = 0;

/** The bundled code and the source files that went into it. The bundler's process ends with the last one under way. */
export async function bundleOnce(entry: string, integrations?: string): Promise<Bundle> {
  underWay += 1;
  try {
    return await buildBundle(entry, integrations);
  } finally {
    underWay -= 1;
    // It would live as long as the relay, with 70 MB, for nothing.
    if (underWay === 0) await stop();
  }
}

async function buildBundle(entry: string, integrations?: string): Promise<Bundle> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    plugins: integrations === undefined ? [] : [replaceIntegrations(integrations)],
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: runtimeModules,
    logLevel: 'silent',
  });
  const code = result.outputFiles[0]?.text ?? '';
  const [output] = Object.values(result.metafile.outputs);
  return { code, inputs: Object.keys(result.metafile.inputs), exports: output?.exports ?? [] };
}
