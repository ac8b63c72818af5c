// A credential's key is replaced with an overlap, or the credential is revoked. Offered while it is active. A new key is shown
// once, by the page.

import { useState } from 'preact/hooks';
import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { OverlapField } from '../parts/fields.tsx';
import type { Credential, IssuedKey } from '../wire-access.ts';

type CredentialActsProps = {
  readonly credential: Credential;
  readonly done: () => void;
  readonly made: (key: string) => void;
};

export function CredentialActs({ credential, done, made }: CredentialActsProps) {
  return (
    <div class="acts" role="group" aria-label="Acts">
      {credential.token === null ? <Rotate credential={credential} done={done} made={made} /> : null}
      <Revoke credential={credential} done={done} />
    </div>
  );
}

function Rotate({ credential: { id, name }, done, made }: CredentialActsProps) {
  const [overlap, setOverlap] = useState('86400');
  const run = async (reason: string) => {
    const body = { overlapSeconds: Number(overlap), reason };
    const answer = await post<IssuedKey>(`/admin/credentials/${encodeURIComponent(id)}/rotate`, body);
    if (answer.kind === 'ok') made(answer.value.key ?? '');
    return answer;
  };
  return (
    <ActButton
      name="Rotate the key"
      scope="credentials:manage"
      says={
        <p>“{name}” gets a new key at once, shown this once. The old one is good beside it for a while.</p>
      }
      undo="It cannot be undone. Rotate again to end a key that was seen by others."
      run={run}
      done={done}
    >
      <OverlapField value={overlap} set={setOverlap} />
    </ActButton>
  );
}

function Revoke({ credential: { id, name }, done }: Omit<CredentialActsProps, 'made'>) {
  return (
    <ActButton
      name="Revoke"
      scope="credentials:manage"
      says={
        <p>
          No key of “{name}” is good for anything any more, everywhere within three seconds. Subscriptions it
          owns are told no more.
        </p>
      }
      undo="It cannot be undone; make a new one instead."
      run={(reason) => post(`/admin/credentials/${encodeURIComponent(id)}/revoke`, { reason })}
      done={done}
      isDangerous
    />
  );
}
