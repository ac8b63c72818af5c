// Moves one document of the sandbox ERP on: confirm, cancel, post.
// A refusal over its state, and a success that shows no state, are settled by reading it: the first may mean "done
// before", the second "done not at all".

import type { ErpCall, Performed } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { textField } from './read-answer.ts';
import { readDocument, type SandboxOptions, write } from './sandbox-calls.ts';

export type Transition = {
  readonly collection: string;
  /** As a look-up or a write answered it. */
  readonly document: JsonObject;
  readonly verb: 'confirm' | 'cancel' | 'post';
  readonly goal: string;
  readonly body?: JsonValue;
};

export async function transition(
  call: ErpCall<unknown>,
  { collection, document, verb, goal, body = {} }: Transition,
  options: SandboxOptions,
): Promise<Performed> {
  const documentId = textField(document, 'documentId');
  if (typeof documentId !== 'string') return documentId;
  const path = `${collection}/${documentId}`;
  const answer = await write(
    call,
    { method: 'POST', path: `${path}/${verb}`, body },
    { options, step: verb },
  );
  if (answer.kind === 'answer')
    return isJsonObject(answer.json) ? performed(answer.json) : readEffect(call, path);
  if (answer.kind !== 'rejected' || answer.code !== 'invalid_state') return answer;
  const read = await readDocument(call, path);
  if (read.kind !== 'document') return read;
  return read.document.state === goal ? { ...performed(read.document), already: true } : answer;
}

const performed = (answer: JsonObject) => ({ kind: 'performed', answer }) as const;

/** What became of the document shows whether it was moved; where it cannot be read, the write stays in doubt. */
async function readEffect(call: ErpCall<unknown>, path: string): Promise<Performed> {
  const read = await readDocument(call, path);
  if (read.kind === 'document') return performed(read.document);
  return { kind: 'answer_lost', message: 'the ERP answered success and its document could not be read' };
}
