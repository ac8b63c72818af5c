// Bundles a Worker's entry into one module, as `wrangler deploy` does, and keeps the result for the next relay of
// the same process. It may not minify or rename: stack traces are read by people.

import { build, type Plugin, stop } from 'esbuild';

/** Modules the runtime brings itself. */
const runtimeModules = ['cloudflare:*', 'node:*'];

const bundles = new Map<string, Promise<string>>();

/** Modules in place of the repository's own, by their absolute paths. */
export type Replacements = {
  /** For src/integrations/index.ts. */
  readonly integrations?: string | undefined;
  /** For src/integrations/erp-target.ts: another ERP behind the same integrations. */
  readonly erpTarget?: string | undefined;
};

/**
 * The bundled code of the entry, with other modules in place of its own where they are given. Within one process a change
 * of the sources after the first call is not seen.
 */
export function bundleWorker(entry: string, replacements: Replacements = {}): Promise<string> {
  const name = [entry, replacements.integrations, replacements.erpTarget].join('\n');
  let bundle = bundles.get(name);
  if (bundle === undefined) {
    bundle = bundleOnce(entry, replacements).then(({ code }) => code);
    bundles.set(name, bundle);
  }
  return bundle;
}

function replace(name: string, filter: RegExp, path: string | undefined): Plugin[] {
  if (path === undefined) return [];
  return [{ name, setup: (builder) => void builder.onResolve({ filter }, () => ({ path })) }];
}

/** `exports`: what it exports by name. */
type Bundle = { code: string; inputs: string[]; exports: string[] };

let underWay = 0;

/** The bundled code and the source files that went into it. The bundler's process ends with the last one under way. */
export async function bundleOnce(entry: string, replacements: Replacements = {}): Promise<Bundle> {
  underWay += 1;
  try {
    return await buildBundle(entry, replacements);
  } finally {
    underWay -= 1;
    // It would live as long as the relay, with 70 MB, for nothing.
    if (underWay === 0) await stop();
  }
}

async function buildBundle(entry: string, { integrations, erpTarget }: Replacements): Promise<Bundle> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    plugins: [
      ...replace('replace-integrations', /\/integrations\/index\.ts$/, integrations),
      ...replace('replace-erp-target', /\/erp-target\.ts$/, erpTarget),
    ],
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
