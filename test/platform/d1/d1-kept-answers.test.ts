// Answers to acts with an Idempotency-Key in D1: one request takes a key, and what is over goes.
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { createD1KeptAnswers } from '../../../src/platform/d1/d1-kept-answers.ts';

const kept = createD1KeptAnswers(env.DB);
const act = { caller: 'crd_1', key: 'k', hash: 'h', startedAt: 1_000_000 };
const answer = { status: 201, location: '/jobs/1', body: '{"a":1}' };

beforeEach(async () => {
  await env.DB.exec('DELETE FROM kept_answers');
});

const countRows = async () =>
  (await env.DB.prepare('SELECT count(*) AS n FROM kept_answers').first<{ n: number }>())?.n;

describe('a key', () => {
  it('is taken by one request of many at once', async () => {
    const begun = await Promise.all(Array.from({ length: 8 }, () => kept.begin(act)));
    expect(begun.map(({ kind }) => kind).sort()).toEqual(['fresh', ...Array(7).fill('running')]);
  });

  it('answers as it was answered, and refuses another request', async () => {
    await kept.begin(act);
    await kept.finish(act, answer);
    const later = { ...act, startedAt: act.startedAt + 5 };
    expect(await kept.begin(later)).toEqual({ kind: 'answered', answer });
    expect(await kept.begin({ ...later, hash: 'other' })).toEqual({ kind: 'other_request' });
    expect(await kept.begin({ ...later, caller: 'crd_2' })).toEqual({ kind: 'fresh' });
  });

  it('is free again once it is released, by its own request alone', async () => {
    await kept.begin(act);
    await kept.release({ ...act, hash: 'other' });
    expect((await kept.begin(act)).kind).toBe('running');
    await kept.release(act);
    expect((await kept.begin(act)).kind).toBe('fresh');
  });

  it('of an abandoned act is taken over, and the abandoned one writes nothing afterwards', async () => {
    await kept.begin(act);
    const later = { ...act, startedAt: act.startedAt + limits.abandonedActMs + 1 };
    expect((await kept.begin(later)).kind).toBe('fresh');
    await kept.finish(act, answer);
    expect((await kept.begin(later)).kind).toBe('running');
  });

  it('is gone after a day, a bounded number with each use', async () => {
    for (let index = 0; index < limits.keptAnswersRemovedAtOnce + 5; index += 1)
      await kept.begin({ ...act, key: `old-${index}` });
    const startedAt = act.startedAt + limits.keptAnswerMs + 1;
    await kept.begin({ ...act, key: 'new', startedAt });
    expect(await countRows()).toBe(6);
    await kept.begin({ ...act, key: 'newer', startedAt });
    expect(await countRows()).toBe(2);
  });
});
