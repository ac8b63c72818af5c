// Tells sequencers that a target takes deliveries again. What is still to be told is kept until it was told, so that a crash
// in the middle leaves nobody waiting.

import type { ResumeTargetAnswer, ResumeTargetRequest } from '../../core/sequencer/messages.ts';
import type { Telemetry } from '../../pipeline/ports.ts';
import type { KeptValues } from './kept-values.ts';

type Owed = { readonly sequencer: string; readonly release: boolean };

type ResumableObject = { resumeTarget(request: ResumeTargetRequest): Promise<ResumeTargetAnswer> };

export type Knocks = {
  /** `release`: what is held `unauthorized` may go on as well. */
  readonly owe: (sequencers: readonly string[], release: boolean) => void;
  readonly isOwed: () => boolean;
  /** Knocks at all that are owed one. Never rejects: what failed stays owed. */
  readonly run: () => Promise<void>;
};

/** Sequencers knocked at together. */
const width = 16;

export function createKnocks(deps: {
  readonly target: string;
  readonly namespace: Env['SEQUENCER'];
  readonly kept: KeptValues;
  readonly telemetry: Telemetry;
}): Knocks {
  const { target, namespace, kept, telemetry } = deps;
  let owed = JSON.parse(kept.get('knocks') ?? '[]') as readonly Owed[];
  let running: Promise<void> | null = null;

  const save = (next: readonly Owed[]): void => {
    owed = next;
    kept.put('knocks', next.length === 0 ? null : JSON.stringify(next));
  };
  const knock = async ({ sequencer, release }: Owed): Promise<boolean> => {
    try {
      for (let hasMore = true; hasMore; ) {
        const object = namespace.get(namespace.idFromName(sequencer)) as unknown as ResumableObject;
        ({ hasMore } = await object.resumeTarget({ target, release }));
      }
      return true;
    } catch (error) {
      telemetry.log('error', 'target.knock_failed', { target, sequencer, error: String(error) });
      return false;
    }
  };
  const runAll = async (): Promise<void> => {
    const todo = owed;
    const done = new Set<Owed>();
    for (let from = 0; from < todo.length; from += width) {
      const some = todo.slice(from, from + width);
      const answers = await Promise.all(some.map(knock));
      for (const [index, each] of some.entries()) if (answers[index]) done.add(each);
    }
    save(owed.filter((each) => !done.has(each)));
  };
  return {
    owe: (sequencers, release) => {
      if (sequencers.length === 0) return;
      const fresh = sequencers.map((sequencer) => ({ sequencer, release }));
      // One that is to release is not replaced by one that is not.
      const others = owed.filter((old) => old.release && !release);
      const told = owed.filter((old) => !others.includes(old) && !sequencers.includes(old.sequencer));
      save([...others, ...told, ...fresh]);
    },
    isOwed: () => owed.length > 0,
    run: () => {
      running ??= runAll().finally(() => {
        running = null;
      });
      return running;
    },
  };
}
