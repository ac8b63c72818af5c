// Group commit: calls that arrive together are decided in one transaction, so that they share one sync to disk. On a
// quiet object a call does not wait at all; on a busy one it waits a millisecond for company.

/** ms a call waits for others while the object is busy. */
const gatherMs = 1;

/** An object is busy while commits come closer together than this, ms. */
const busyMs = 5;

type Waiting<In, Out> = {
  readonly request: In;
  readonly resolve: (answer: Out) => void;
  readonly reject: (error: unknown) => void;
};

export function createGroupCommit<In, Out>(
  commit: (requests: readonly In[]) => readonly Out[],
  now: () => number,
) {
  let waiting: Waiting<In, Out>[] = [];
  let committedAt = 0;

  const flush = (): void => {
    const group = waiting;
    waiting = [];
    committedAt = now();
    try {
      const answers = commit(group.map((item) => item.request));
      group.forEach((item, index) => {
        item.resolve(answers[index] as Out);
      });
    } catch (error) {
      for (const item of group) item.reject(error);
    }
  };

  return (request: In): Promise<Out> =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (waiting.length > 1) return;
      if (now() - committedAt > busyMs) flush();
      else setTimeout(flush, gatherMs);
    });
}
