// A test event, signed in this browser with the secret as the sender has it, where that can be done (Standard Webhooks). The
// secret signs and is forgotten; it is sent nowhere. The event is of a type no route takes: it is accepted, and nothing is done.

import { useState } from 'preact/hooks';
import { signMessage } from '../../../src/core/signature/sign-message.ts';
import { Dialog, useOpener } from '../parts/dialog.tsx';
import { TextField } from '../parts/fields.tsx';
import type { Source } from '../wire-relay.ts';

const testType = 'holdfast.test';

export function canBeSigned({ scheme, topics }: Source): boolean {
  return scheme === 'standard-webhooks' && topics === null;
}

type TestProps = { readonly source: Source; readonly address: string };

export function TestEvent({ source, address }: TestProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useOpener();
  if (!canBeSigned(source)) return null;
  return (
    <div class="acts">
      <button ref={button} type="button" onClick={() => setOpen(true)}>
        Send a test event …
      </button>
      {isOpen ? (
        <Dialog title={`Send a test event to ${source.id}`} opener={button} close={() => setOpen(false)}>
          <Form address={address} close={() => setOpen(false)} />
        </Dialog>
      ) : null}
    </div>
  );
}

type Came = { readonly isGood: boolean; readonly says: string };

function Form({ address, close }: { readonly address: string; readonly close: () => void }) {
  const [secret, setSecret] = useState('');
  const [came, setCame] = useState<Came | null>(null);
  const send = async (event: Event) => {
    event.preventDefault();
    setCame(await sendTest(address, secret.trim()));
  };
  return (
    <form onSubmit={send}>
      <p>
        An event of the type <code>{testType}</code> is signed here and posted to the relay, as the sender
        would. No route takes that type, so nothing is done: there is nothing to undo. It tells whether the
        secret you have is the one the relay has.
      </p>
      <TextField
        label="The secret, as the sender has it"
        type="password"
        value={secret}
        set={setSecret}
        example="whsec_…"
        help="It signs in this browser and is sent nowhere."
        isNeeded
      />
      <div role="status">
        {came === null ? null : <p class={`notice ${came.isGood ? 'good' : 'bad'}`}>{came.says}</p>}
      </div>
      <div class="buttons">
        <button type="button" onClick={close}>
          Close
        </button>
        <button type="submit" class="primary">
          Sign and send
        </button>
      </div>
    </form>
  );
}

async function sendTest(address: string, secret: string): Promise<Came> {
  const now = Date.now();
  const body = JSON.stringify({ type: testType, timestamp: new Date(now).toISOString(), data: {} });
  try {
    const signed = await signMessage(secret, { id: `test_${crypto.randomUUID()}`, at: now, body });
    const headers = { ...signed, 'content-type': 'application/json' };
    const response = await fetch(address, { method: 'POST', headers, body });
    if (response.ok) return { isGood: true, says: 'The relay took it: address and secret are right.' };
    if (response.status === 401)
      return { isGood: false, says: 'The relay did not take the signature: it has another secret.' };
    return { isGood: false, says: `The relay answered ${response.status}.` };
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    return { isGood: false, says: `It could not be signed or sent: ${why}` };
  }
}
