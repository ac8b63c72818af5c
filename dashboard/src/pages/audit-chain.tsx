// Saves the whole audit, and checks its chain: every hash is computed again in this browser, so the relay is not asked whether it
// is honest. By the same rules as `npm run audit:verify`.

import { useState } from 'preact/hooks';
import { type AuditReport, checkAudit } from '../../../scripts/lib/check-audit.ts';
import { askText, describe } from '../api.ts';

type State =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'failed'; readonly says: string }
  | { readonly kind: 'saved' }
  | { readonly kind: 'checked'; readonly report: AuditReport };

export function AuditChain() {
  const [state, setState] = useState<State>({ kind: 'ready' });
  const run = async (use: (text: string) => Promise<State>) => {
    setState({ kind: 'reading' });
    const answer = await askText('/admin/audit/export');
    setState(answer.kind === 'ok' ? await use(answer.value) : { kind: 'failed', says: describe(answer) });
  };
  const isBusy = state.kind === 'reading';
  return (
    <section aria-label="The chain">
      <div class="acts">
        <button type="button" disabled={isBusy} onClick={() => void run(check)}>
          Check the chain
        </button>
        <button type="button" disabled={isBusy} onClick={() => void run(save)}>
          Save all of it
        </button>
      </div>
      <div role="status">
        <Told state={state} />
      </div>
    </section>
  );
}

async function check(text: string): Promise<State> {
  const lines = text.split('\n').filter((line) => line !== '');
  return { kind: 'checked', report: await checkAudit(lines, null) };
}

async function save(text: string): Promise<State> {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'audit.jsonl';
  link.click();
  URL.revokeObjectURL(address);
  return { kind: 'saved' };
}

function Told({ state }: { readonly state: State }) {
  switch (state.kind) {
    case 'ready':
      return null;
    case 'reading':
      return <p>Reading all of it …</p>;
    case 'saved':
      return <p class="notice">Saved as audit.jsonl. It can be checked again at any time, anywhere.</p>;
    case 'failed':
      return <p class="notice bad">{state.says}</p>;
    case 'checked':
      return state.report.kind === 'broken' ? (
        <p class="notice bad">The audit is not whole: {state.report.problem}.</p>
      ) : (
        <p class="notice good">
          Whole: {state.report.count} acts, each as it was chained. Note the head somewhere else:{' '}
          <code>
            {state.report.head.number}:{state.report.head.hash}
          </code>
        </p>
      );
  }
}
