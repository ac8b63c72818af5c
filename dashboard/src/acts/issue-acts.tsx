// What a person says of an issue: that somebody looks after it, that nobody wants to hear of it, that it is over, or that it is
// not. Offered where its state allows it. Touches no delivery.

import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import type { IssueSummary } from '../wire-relay.ts';

type Say = {
  readonly act: string;
  readonly name: string;
  readonly from: readonly string[];
  readonly says: string;
  readonly undo: string;
};

const sayings: readonly Say[] = [
  {
    act: 'acknowledge',
    name: 'Acknowledge',
    from: ['open'],
    says: 'Somebody looks after it: nobody is reminded of its alert any more. Its deliveries stay as they are.',
    undo: 'Reopen it.',
  },
  {
    act: 'ignore',
    name: 'Ignore',
    from: ['open', 'acknowledged'],
    says: 'Nobody is told of it, however often it fails. Its deliveries stay as they are, dead or held.',
    undo: 'Reopen it.',
  },
  {
    act: 'resolve',
    name: 'Say it is over',
    from: ['open', 'acknowledged', 'ignored'],
    says: 'Its cause was mended. It comes back by itself when it fails again. What is dead with it stays so: replay that.',
    undo: 'Reopen it.',
  },
  {
    act: 'reopen',
    name: 'Reopen',
    from: ['acknowledged', 'resolved', 'ignored'],
    says: 'It is not over: it is told again as when it was new.',
    undo: 'Acknowledge, ignore or resolve it again.',
  },
];

type IssueActsProps = { readonly issue: IssueSummary; readonly done: () => void };

export function IssueActs({ issue: { id, state }, done }: IssueActsProps) {
  return (
    <>
      {sayings
        .filter(({ from }) => from.includes(state))
        .map(({ act, name, says, undo }) => (
          <ActButton
            key={act}
            name={name}
            scope="alerts:manage"
            says={<p>{says}</p>}
            undo={undo}
            run={(note) => post(`/admin/issues/${encodeURIComponent(id)}/${act}`, { note })}
            done={done}
          />
        ))}
    </>
  );
}
