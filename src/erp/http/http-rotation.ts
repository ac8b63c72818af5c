// The rotation of a static key, of a description: calls of the ERP's own that issue a key, show that it works and end the old one.
// Keeps nothing: the one writer of the target's token does.

import type { ErpMethod, KeyRotation, RotationCall, RotationStep } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import { neverExpiresAt } from '../../core/token-life.ts';
import type { AnswerRules } from './compiled.ts';
import { answerRoots, type Compiler, type Reads } from './compiler.ts';
import type { RotationPlaces } from './description.ts';
import { readPlace } from './place.ts';
import { type HttpAnswer, readHttpAnswer } from './read-answer.ts';
import { renderTemplate } from './render-template.ts';
import type { Template } from './template.ts';
import { toRefused } from './to-refused.ts';

type Sendable = { readonly method: ErpMethod; readonly path: string; readonly body: Template | null };

const keyReads: Reads = { roots: ['key'], operation: null };

export function compileRotation(source: RotationPlaces, compiler: Compiler, rules: AnswerRules): KeyRotation {
  const field = 'session.rotation';
  const { rotate, prove, revoke, expiresInSeconds, expiresAt } = source;
  const sendable = (call: typeof rotate, name: string, reads: Reads): Sendable => ({
    ...{ method: call.method ?? 'POST', path: call.path },
    body: call.body === undefined ? null : compiler.template(call.body, `${field}.${name}.body`, reads),
  });
  const place = (text: string | undefined, name: string) =>
    text === undefined ? null : compiler.place(text, `${field}.${name}`, answerRoots);
  const issue = sendable(rotate, 'rotate', keyReads);
  const end = sendable(revoke, 'revoke', { roots: ['key', 'old'], operation: null });
  const key = compiler.place(source.key, `${field}.key`, answerRoots);
  const [seconds, instant] = [place(expiresInSeconds, 'expiresInSeconds'), place(expiresAt, 'expiresAt')];
  return {
    everyMs: source.everySeconds * 1_000,
    rotate: async (call) => {
      const answer = await send(issue, call, { rules, values: { key: call.key } });
      if (answer.kind !== 'answer') return toRefused(answer, 'no answer of the ERP');
      const issued = readPlace(key, answer.scope);
      if (typeof issued !== 'string' || issued === '') {
        return { kind: 'unavailable', message: `the answer holds no ${source.key}` };
      }
      const lifeMs = Number(seconds === null ? Number.NaN : readPlace(seconds, answer.scope)) * 1_000;
      const endsAt = Date.parse(String(instant === null ? '' : readPlace(instant, answer.scope)));
      const known = lifeMs > 0 ? call.now + lifeMs : endsAt;
      return { kind: 'rotated', key: issued, expiresAt: Number.isFinite(known) ? known : neverExpiresAt };
    },
    prove: async ({ erp }) => {
      const answer = await erp.send({ method: 'GET', path: prove.path, write: false });
      return toStep(readHttpAnswer(answer, rules, false));
    },
    revoke: async (call) =>
      toStep(await send(end, call, { rules, values: { key: call.key, old: call.old } })),
  };
}

async function send(
  { method, path, body }: Sendable,
  { erp }: RotationCall,
  { rules, values }: { readonly rules: AnswerRules; readonly values: Readonly<Record<string, JsonValue>> },
): Promise<HttpAnswer> {
  const content = body === null ? {} : { body: renderTemplate(body, { values }, []) ?? null };
  return readHttpAnswer(await erp.send({ method, path, ...content, write: false }), rules, false);
}

/** A key that is not there any more is ended. */
function toStep(answer: HttpAnswer): RotationStep {
  if (answer.kind === 'answer' || answer.kind === 'missing' || answer.kind === 'done_before') {
    return { kind: 'done' };
  }
  return toRefused(answer, 'no answer of the ERP');
}
