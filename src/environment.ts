// The environment as the parts of the configuration read it: named variables only, and where a person mends them.
// Parts of config.ts import this and no other part.

/** What a Worker is given. Bindings stand in it too; only named variables are read. */
export type Environment = Readonly<Record<string, unknown>>;

/** Where variables and secrets are written: what a person has to open to mend a problem. */
export const variablesFile = 'wrangler.toml';
export const secretsFile = '.dev.vars';

/** Null where it is missing or empty: `.dev.vars` lists every name, filled in or not. */
export function readText(environment: Environment, name: string): string | null {
  const value = environment[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** In place of a source's or a target's secret: it is set by API, and until then nothing of that source or target is taken. */
export const inRegistry = 'registry';
