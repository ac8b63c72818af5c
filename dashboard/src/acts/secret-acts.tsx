// An overlap is ended at once, or a secret that was set here is taken away. Offered where there is one.

import { post, remove } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import type { SecretVersion } from '../wire-access.ts';
import { pathOfSecret } from './set-secret.tsx';

type SecretActsProps = {
  readonly name: string;
  readonly versions: readonly SecretVersion[];
  readonly done: () => void;
};

export function SecretActs({ name, versions, done }: SecretActsProps) {
  return (
    <>
      {versions.some(({ endsAt }) => endsAt !== null) ? (
        <ActButton
          name="End the old one"
          of={name}
          scope="secrets:rotate"
          says={<p>What is signed with the version before is refused from now on.</p>}
          undo="Set the old value again."
          run={(reason) => post(pathOfSecret(name, 'end-previous'), { reason })}
          done={done}
          isDangerous
        />
      ) : null}
      {versions.length === 0 ? null : (
        <ActButton
          name="Take away"
          of={name}
          scope="secrets:rotate"
          says={
            <p>
              All versions that were set here are gone, and the Worker secret counts again. Where that is{' '}
              <code>registry</code>, senders are told to come again until one is set.
            </p>
          }
          undo="Set it again: nobody can read it from here."
          run={(reason) => remove(pathOfSecret(name), { reason })}
          done={done}
          isDangerous
        />
      )}
    </>
  );
}
