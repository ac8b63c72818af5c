// The alarm of one Durable Object, set only when it becomes earlier: each setting is a row written. It is never taken back:
// one that rings for nothing is a request, a seventh of the price. Knows no reasons; its owner says when the object wants to
// be woken. Memory forgets over an eviction, the platform's alarm does not.

export type ObjectAlarm = {
  /** It is not known any more what it is set for: the next wish is set whatever it is. */
  readonly forget: () => void;
  /** Sets it where the wish is earlier than what it is set for. Written together with the rows of the same turn. */
  readonly ensure: (wantedAt: number | null) => void;
  /** It rang: none is set any more. */
  readonly rang: () => void;
};

export function createObjectAlarm(storage: Pick<DurableObjectStorage, 'setAlarm'>): ObjectAlarm {
  /** When it is set for, epoch ms; undefined: not known yet; null: not set. */
  let setFor: number | null | undefined;
  return {
    forget: () => {
      setFor = undefined;
    },
    ensure: (wantedAt) => {
      if (wantedAt === null) return;
      if (setFor !== undefined && setFor !== null && wantedAt >= setFor) return;
      setFor = wantedAt;
      void storage.setAlarm(wantedAt);
    },
    rang: () => {
      setFor = null;
    },
  };
}
