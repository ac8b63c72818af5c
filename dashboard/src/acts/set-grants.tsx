// What a source may run, whatever its routes say: bounded without a deploy. The answer names the routes that are refused from
// now on.

import { useRef, useState } from 'preact/hooks';
import { put } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { ChoiceField } from '../parts/fields.tsx';
import { say } from '../parts/said.tsx';
import { useKnownTargets } from '../use-known.ts';
import type { Grant, Source } from '../wire-relay.ts';
import { GrantsField } from './grants-field.tsx';

type SetGrantsProps = { readonly source: Source; readonly done: () => void };

export function SetGrants({ source: { id, grants }, done }: SetGrantsProps) {
  const present = Array.isArray(grants) ? (grants as readonly Grant[]) : null;
  const [bound, setBound] = useState(present === null ? 'routes' : 'list');
  const [list, setList] = useState<readonly Grant[]>(present ?? []);
  const refused = useRef<readonly string[]>([]);
  const run = async (reason: string) => {
    const body = { grants: bound === 'routes' ? null : list, reason };
    const answer = await put<{ readonly refusedRoutes: readonly string[] }>(
      `/admin/sources/${encodeURIComponent(id)}/grants`,
      body,
    );
    if (answer.kind === 'ok') refused.current = answer.value.refusedRoutes;
    return answer;
  };
  return (
    <ActButton
      name="Set what it may run"
      scope="sources:manage"
      says={
        <p>
          A delivery of {id} beyond it is not tried but becomes a dead letter, and is told. It counts within
          three seconds.
        </p>
      }
      undo="Set what was before; then replay the dead letters."
      run={run}
      done={() => {
        if (refused.current.length > 0) say(`Refused from now on: ${refused.current.join(', ')}.`);
        done();
      }}
    >
      <ChoiceField
        label="It may run"
        value={bound}
        set={setBound}
        choices={[
          { value: 'routes', label: 'what its routes say' },
          { value: 'list', label: 'only what is listed below' },
        ]}
      />
      {bound === 'list' ? <Listed list={list} setList={setList} /> : null}
    </ActButton>
  );
}

type ListedProps = {
  readonly list: readonly Grant[];
  readonly setList: (list: readonly Grant[]) => void;
};

function Listed({ list, setList }: ListedProps) {
  const knownTargets = useKnownTargets();
  return (
    <GrantsField
      grants={list}
      set={setList}
      targets={knownTargets}
      none="nothing at all: every delivery becomes a dead letter"
      more="Allow an operation"
    />
  );
}
