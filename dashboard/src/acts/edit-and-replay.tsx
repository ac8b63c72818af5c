// An edited input beside what would be sent: the relay checks each version against the operation's schema before anything runs,
// and only a version it found good can be sent.

import { useEffect, useRef, useState } from 'preact/hooks';
import { describe, post } from '../api.ts';
import { Terms } from '../parts/act-dialog.tsx';
import { Dialog, useOpener } from '../parts/dialog.tsx';
import { go, linkTo } from '../route.ts';
import type { DryRun, Story } from '../wire.ts';
import { type Checked, CheckedPart } from './dry-run-part.tsx';

export function EditAndReplay({ story }: { readonly story: Story }) {
  const [isOpen, setOpen] = useState(false);
  const button = useOpener();
  return (
    <>
      <button ref={button} type="button" onClick={() => setOpen(true)}>
        Edit and replay …
      </button>
      {isOpen ? (
        <Dialog title="Edit and replay" opener={button} close={() => setOpen(false)} isWide>
          <Editor story={story} close={() => setOpen(false)} />
        </Dialog>
      ) : null}
    </>
  );
}

/** After the last change, ms: a word is typed to its end before the relay is asked about it. */
const checkAfterMs = 700;

function Editor({ story, close }: { readonly story: Story; readonly close: () => void }) {
  const path = `/admin/deliveries/${encodeURIComponent(story.id)}/replay`;
  const [original, setOriginal] = useState<unknown>(null);
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState<Checked | null>(null);
  useEffect(() => {
    void post<DryRun>(`${path}?dryRun=true&reads=false`, {}).then((answer) => {
      if (answer.kind !== 'ok') return setChecked({ kind: 'wrong', says: describe(answer), errors: [] });
      setOriginal(answer.value.input);
      setText(JSON.stringify(answer.value.input, null, 2));
      setChecked(toChecked(answer.value, JSON.stringify(answer.value.input, null, 2)));
    });
  }, []);
  const latest = useRef('');
  latest.current = text;
  /** Only when it is asked for are the ERP's reads made: nobody types against an ERP. */
  const check = async ({ reads }: { readonly reads: boolean }) => {
    const input = parse(text);
    if (input.kind === 'wrong') return setChecked(input);
    const answer = await post<DryRun>(`${path}?dryRun=true&reads=${reads}`, { input: input.value });
    // What was changed meanwhile is checked by itself.
    if (latest.current !== text) return;
    if (answer.kind === 'ok') return setChecked(toChecked(answer.value, text));
    const errors = answer.kind === 'problem' ? answer.errors : [];
    setChecked({ kind: 'wrong', says: describe(answer), errors });
  };
  useEffect(() => {
    if (text === '' || checked?.text === text) return;
    const timer = setTimeout(() => void check({ reads: false }), checkAfterMs);
    return () => clearTimeout(timer);
  }, [text]);
  const send = async (event: Event) => {
    event.preventDefault();
    const input = parse(text);
    if (input.kind === 'wrong') return setChecked(input);
    const answer = await post<{ readonly deliveryId: string }>(path, {
      input: input.value,
      reason: reason.trim(),
    });
    if (answer.kind !== 'ok')
      return setChecked({
        kind: 'wrong',
        says: describe(answer),
        errors: answer.kind === 'problem' ? answer.errors : [],
      });
    close();
    go(linkTo('deliveries', answer.value.deliveryId));
  };
  const isGood = checked?.kind === 'good' && checked.text === text && text !== '';
  return (
    <form onSubmit={send}>
      <p>
        The edited input runs <strong>{story.operation}</strong> at <strong>{story.target}</strong> in place
        of what the route makes of the event.
      </p>
      <div class="beside">
        <label>
          Input
          <textarea
            class="code"
            rows={16}
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <div>
          <CheckedPart checked={checked} original={original} />
        </div>
      </div>
      <label>
        Reason, for the audit
        <input
          required
          maxLength={1000}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <Terms
        scope="deliveries:replay"
        undo="It cannot be called back. The place keeps its operation key: what the ERP did already is found."
      />
      <div class="buttons">
        <button type="button" onClick={close}>
          Leave it
        </button>
        <button type="button" onClick={() => void check({ reads: true })}>
          Check
        </button>
        <button type="submit" class="primary" disabled={!isGood}>
          Replay with this input
        </button>
      </div>
      <p class="quiet">{isGood ? 'Checked: it can be sent.' : 'Check it first; then it can be sent.'}</p>
    </form>
  );
}

function parse(
  text: string,
): { readonly kind: 'json'; readonly value: unknown } | Extract<Checked, { kind: 'wrong' }> {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch (error) {
    return {
      kind: 'wrong',
      says: `This is no JSON: ${error instanceof Error ? error.message : ''}`,
      errors: [],
    };
  }
}

function toChecked(shown: DryRun, text: string): Checked {
  if (shown.problem === null) return { kind: 'good', shown, text };
  return { kind: 'wrong', says: shown.problem.message, errors: shown.problem.errors ?? [] };
}
